"""The watch over registrations: how often it asks, and that one failed question does not end it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from tests.helpers.waiting import SECONDS, wait_until_async
from tests.unit.server.asterisk.channel_events import Ticking, contact_detail, contact_status
from wwphone.server.api import PbxError, PbxEvent, PbxLostError, PbxRegistrationsChanged, PbxUser
from wwphone.server.asterisk import registration_watch
from wwphone.server.asterisk.ami import AmiEvent, Response
from wwphone.server.asterisk.registration_watch import ALL_CONTACTS, RegistrationWatch, watch_until_lost
from wwphone.server.asterisk.state import PbxState

_USERS = [f"user{number}" for number in range(50)]


class Asked:
    """Answers every question with one device for each user asked about, unless told to raise."""

    def __init__(self) -> None:
        self.questions: list[str] = []
        self.errors: list[PbxError] = []

    async def __call__(self, name: str, *fields: tuple[str, str]) -> Response:
        user = dict(fields).get("Endpoint", "")
        self.questions.append(f"{name} {user}".strip())
        if self.errors:
            raise self.errors.pop(0)
        users = [user] if user else _USERS
        items = tuple(
            AmiEvent("ContactStatusDetail", contact_detail(one, f"sip:{one}@192.0.2.1")) for one in users
        )
        return Response("1", True, "", {}, items)


class Watched:
    """A watch that runs."""

    def __init__(self, asked: Asked, period_s: float) -> None:
        self.told: list[PbxEvent] = []
        self.state = PbxState(Ticking())
        self.state.set_users(PbxUser(user, str(100 + n), user, "x") for n, user in enumerate(_USERS))
        self.watch = RegistrationWatch(self.state, asked, self.told.extend, period_s)
        self.task = asyncio.create_task(watch_until_lost(self.watch))


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
async def start(asked: Asked) -> AsyncIterator[Callable[..., Watched]]:
    started: list[Watched] = []

    def make(period_s: float = 3_600.0) -> Watched:
        started.append(Watched(asked, period_s))
        return started[-1]

    yield make
    for watched in started:
        watched.task.cancel()
        await asyncio.gather(watched.task, return_exceptions=True)


def new_device(user: str) -> AmiEvent:
    return contact_status(user, f"sip:{user}@192.0.2.1", "NonQualified")


async def test_several_events_of_one_device_make_one_question(
    asked: Asked, start: Callable[..., Watched]
) -> None:
    watched = start()
    for _ in range(3):
        watched.watch.note(new_device("user1"))
    watched.watch.note(new_device("stranger"))
    await wait_until_async(lambda: bool(watched.told), "the device")

    assert asked.questions == ["PJSIPShowEndpoint user1"]
    assert isinstance(watched.told[0], PbxRegistrationsChanged)
    assert watched.told[0].user == "user1"


async def test_after_a_storm_of_devices_everybody_is_asked_about_at_once(
    asked: Asked, start: Callable[..., Watched]
) -> None:
    watched = start()
    for user in _USERS:
        watched.watch.note(new_device(user))
    await wait_until_async(lambda: len(watched.told) >= len(_USERS), "all devices")

    assert asked.questions == [ALL_CONTACTS]


async def test_everybody_is_asked_about_now_and_then(asked: Asked, start: Callable[..., Watched]) -> None:
    start(period_s=0.05 * SECONDS)
    await wait_until_async(lambda: len(asked.questions) >= 3, "three rounds")

    assert set(asked.questions) == {ALL_CONTACTS}


async def test_a_question_that_was_not_sent_is_asked_later(
    asked: Asked, start: Callable[..., Watched], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registration_watch, "_PAUSE_S", 0.0)
    asked.errors = [PbxError("too much is under way")]
    watched = start()
    watched.watch.note(new_device("user1"))
    await wait_until_async(lambda: bool(watched.told), "the answer")

    assert asked.questions == ["PJSIPShowEndpoint user1"] * 2


async def test_a_broken_line_ends_it(asked: Asked, start: Callable[..., Watched]) -> None:
    asked.errors = [PbxLostError("cut")]
    watched = start()
    watched.watch.note(new_device("user1"))

    async with asyncio.timeout(5 * SECONDS):
        await watched.task
