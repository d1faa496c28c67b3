"""What the end-to-end tests share: a company and a private sound server for each module, a screen where one is needed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.helpers.company import RealCompany
from tests.helpers.display import VirtualDisplay
from tests.helpers.mail_server import MailServer
from tests.helpers.sound import SoundServer

OUR_SPEAKER, THEIR_SPEAKER = "ours", "theirs"
OUR_MICROPHONE = "our_microphone"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealCompany]:
    """Asterisk and CTI server with everybody in it; nobody is signed in."""
    with RealCompany(tmp_path_factory.mktemp("company")) as running:
        yield running


@pytest.fixture(scope="module")
def mail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    """The company's mail server."""
    with MailServer(tmp_path_factory.mktemp("mail")) as server:
        yield server


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoundServer]:
    """A speaker and a microphone for our client, a speaker for whoever is at the other end."""
    folder = tmp_path_factory.mktemp("sound")
    with SoundServer(folder, [OUR_SPEAKER, THEIR_SPEAKER], [OUR_MICROPHONE]) as server:
        yield server


@pytest.fixture(scope="module")
def display(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VirtualDisplay]:
    """A screen with a window manager."""
    with VirtualDisplay(tmp_path_factory.mktemp("display")) as screen:
        yield screen
