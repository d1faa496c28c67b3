"""A conference held by keyboard alone, and read only through the accessibility interface."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.end_to_end.conftest import OUR_MICROPHONE, OUR_SPEAKER
from tests.helpers.accessibility import AccessibilityBus
from tests.helpers.baresip_control import EventKind
from tests.helpers.client import Client, seat_in
from tests.helpers.company import RealCompany
from tests.helpers.display import VirtualDisplay
from tests.helpers.screen_reader import ScreenReader
from tests.helpers.sound import SoundServer

pytestmark = pytest.mark.end_to_end


@pytest.fixture(scope="module")
def ursula(
    company: RealCompany,
    sound: SoundServer,
    display: VirtualDisplay,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[ScreenReader]:
    """Ursula at her window, registered, with the keyboard in it."""
    with AccessibilityBus(tmp_path_factory.mktemp("bus"), display) as bus:
        environment = (
            display.environment() | bus.environment() | sound.environment(OUR_SPEAKER, OUR_MICROPHONE)
        )
        seat = seat_in(company, "ursula", environment=environment)
        with Client(seat, tmp_path_factory.mktemp("ursula")) as client:
            client.wait_until_reachable()
            display.activate(display.wait_for_window("wwphone"))
            reader = ScreenReader(display, bus)
            reader.is_at("Name or number to dial")
            yield reader


def test_a_conference_from_dialling_in_to_its_end(company: RealCompany, ursula: ScreenReader) -> None:
    with company.phone("beat") as beat, company.phone("eva") as eva:
        beat.register()
        eva.register()
        ursula.press("ctrl+5")
        ursula.hears_of("Dial in", role="push button")
        ursula.press("F5")
        ursula.hears_of("(you)", "chair", role="list item")

        ursula.press("ctrl+i")
        ursula.is_at("Invite by phone")
        ursula.types(f"{company.member('beat').number}, {company.member('eva').number}")
        ursula.press("Return")
        for phone in (beat, eva):
            phone.wait_for(EventKind.CALL_INCOMING)
        ursula.hears_of("Beat Keller", "ringing", role="list item")
        beat.answer()
        eva.hang_up()
        ursula.hears_of("Beat Keller", "since", role="list item")
        ursula.hears_of("Eva", "busy", role="list item")

        ursula.press("ctrl+1")
        ursula.press("Home")
        ursula.press("Down")
        ursula.is_at("Beat Keller")
        ursula.press("m")
        ursula.hears_of("Beat Keller", "muted", role="list item")
        ursula.press("ctrl+l")
        ursula.hears_of("locked")
        ursula.press("Delete")
        beat.wait_for(EventKind.CALL_CLOSED)
        ursula.hears_of("Beat Keller", "left", role="list item")

        ursula.press("Escape")
        ursula.hears_no_more_of("Invite by phone")
        ursula.hears_of("talking")
        ursula.press("ctrl+5")
        ursula.hears_of("(you)", "chair", role="list item")
        plans_with_words_alone(ursula)
        ursula.press("ctrl+shift+e")
        ursula.is_at("End for all")
        ursula.press("Return")
        ursula.hears_no_more_of("(you)")


def plans_with_words_alone(ursula: ScreenReader) -> None:
    """A plan is written, cannot be sent as this company has no mail server, and is given up after a question."""
    ursula.press("ctrl+n")
    ursula.is_at("Title")
    ursula.types("Offer")
    ursula.hears_of("The server cannot send e-mail")
    ursula.press("Tab")
    ursula.is_at("Place")
    ursula.press("Escape")
    ursula.hears_of("Nothing was sent yet")
    ursula.press("Escape")
    ursula.hears_no_more_of("Nothing was sent yet")
    ursula.press("Escape")
    ursula.hears_no_more_of("Conferences that you plan")
