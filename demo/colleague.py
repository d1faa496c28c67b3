"""A colleague of the demo: signs in at the CTI server, registers a phone, and lives a working day in small."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from demo.errors import DemoError
from demo.phone import Phone
from demo.voices import Voices
from wwphone import __version__
from wwphone.cti.api import CommandRefusedError, Credentials, ServerAddress
from wwphone.cti.link import WebSocketLink
from wwphone.domain.calls import CallState, PhoneState
from wwphone.domain.presence import PresenceStatus
from wwphone.protocol.account import ClientInfo
from wwphone.protocol.presence import SetPresence

logger = logging.getLogger(__name__)

RING_S = (1.5, 3.5)
TALK_S = (8.0, 20.0)
PAUSE_S = (3.0, 12.0)
_MOODS = (
    (PresenceStatus.AVAILABLE, 6),
    (PresenceStatus.TELEPHONE_SERVICE, 3),
    (PresenceStatus.BE_RIGHT_BACK, 2),
    (PresenceStatus.DIRECT_ONLY, 1),
    (PresenceStatus.INTERNAL_ONLY, 1),
    (PresenceStatus.UNAVAILABLE, 1),
)


@dataclass(frozen=True)
class Person:
    """Who a colleague is; `position` chooses voice and luck."""

    user: str
    number: str
    nickname: str
    position: int


@dataclass(frozen=True)
class Surroundings:
    """What a colleague lives in."""

    server: ServerAddress
    voices: Voices
    folder: Path
    visitor_number: str
    """The person in front of the window: called now and then."""
    sentences: tuple[str, str]
    """What is said when answering, and when calling; `{name}` is the colleague's."""


class Colleague:
    """One living colleague."""

    def __init__(self, person: Person, surroundings: Surroundings) -> None:
        self.person = person
        self._around = surroundings
        self._luck = random.Random(person.position)
        self._link = WebSocketLink(ClientInfo(__version__, f"PC-{person.number}"))
        self._phone = Phone(person.nickname, surroundings.folder / f"{person.user}.log", self._on_phone_event)
        self._calls: dict[str, str] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.registered = asyncio.Event()
        self.heard: list[Path] = []
        """Recordings of what the other side said, one a call."""

    async def start(self, password: str) -> None:
        """Sign in and register. Raises CommandRefusedError, LinkFailedError, OSError, DemoError."""
        answer = await self._link.sign_in(self._around.server, Credentials(self.person.user, password))
        if answer.sip_account is None:
            raise DemoError(f"the CTI server gives {self.person.nickname} no SIP account")
        await self._phone.start(answer.sip_account)

    async def stop(self) -> None:
        """Hang up, sign out, end."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._phone.stop()
        await self._link.sign_out()
        await self._link.shutdown()

    async def live(self) -> None:
        """Do this and that until cancelled.

        Every other one begins with another presence and the rest with a call, so that there is soon something to see.
        """
        await self._mood(PresenceStatus.AVAILABLE)
        await self._pause()
        if self.person.position % 2 == 0:
            await self._mood(self._some_mood(_MOODS[1:]))
        elif not self._calls:
            self._call_somebody()
        while True:
            await self._pause()
            if self._calls:
                continue
            if self._luck.random() < 0.5:
                await self._mood(self._some_mood(_MOODS))
            else:
                self._call_somebody()

    def call(self, number: str) -> None:
        """Call a number, say one's sentence, and hang up after a while."""
        self._phone.dial(number)

    # ------------------------------------------------------------ what one does

    async def _pause(self) -> None:
        await asyncio.sleep(self._luck.uniform(*PAUSE_S))

    def _some_mood(self, moods: Sequence[tuple[PresenceStatus, int]]) -> PresenceStatus:
        statuses, weights = [status for status, _ in moods], [weight for _, weight in moods]
        return self._luck.choices(statuses, weights)[0]

    async def _mood(self, status: PresenceStatus) -> None:
        back_at = None
        if status is PresenceStatus.BE_RIGHT_BACK:
            back_at = datetime.now(UTC) + timedelta(minutes=self._luck.choice((5, 10, 15)))
        try:
            await self._link.request(SetPresence(status, back_at))
        except CommandRefusedError as error:
            logger.info("%s could not change presence: %s", self.person.nickname, error)

    def _call_somebody(self) -> None:
        mirror = self._link.mirror
        free = [
            colleague.number
            for user, colleague in mirror.colleagues.items()
            if user != self.person.user and mirror.phones.get(user) is PhoneState.FREE
        ]
        if free:
            wants_visitor = self._around.visitor_number in free and self._luck.random() < 0.25
            self.call(self._around.visitor_number if wants_visitor else self._luck.choice(free))

    # ------------------------------------------------------------ what the phone tells

    def _on_phone_event(self, event: dict[str, Any]) -> None:
        match event:
            case {"event": "RegistrationChanged", "state": "registered"}:
                self.registered.set()
            case {"event": "CallChanged", "call": dict(call)}:
                self._on_call(call)

    def _on_call(self, call: dict[str, Any]) -> None:
        call_id, state = str(call["call_id"]), CallState(call["state"])
        former = self._calls.get(call_id)
        if state is CallState.ENDED:
            self._calls.pop(call_id, None)
            return
        self._calls[call_id] = state.value
        if former == state.value:
            return
        if state is CallState.INCOMING:
            if len(self._calls) > 1:
                self._phone.do("hang_up", call_id=call_id, reason="busy")
                return
            self._phone.do("ring", call_id=call_id)
            self._start(self._answer_later(call_id))
        elif state is CallState.ACTIVE:
            self._start(self._talk(call_id, incoming=call["direction"] == "incoming"))

    async def _answer_later(self, call_id: str) -> None:
        await asyncio.sleep(self._luck.uniform(*RING_S))
        if self._calls.get(call_id) == CallState.INCOMING.value:
            self._phone.do("answer", call_id=call_id)

    async def _talk(self, call_id: str, *, incoming: bool) -> None:
        text = self._around.sentences[0 if incoming else 1].format(name=self.person.nickname)
        voice = await asyncio.to_thread(self._around.voices.say, text, self.person.position)
        recording = self._around.folder / f"heard-{self.person.user}-{call_id[:8]}.wav"
        self.heard.append(recording)
        self._phone.do("record_file", call_id=call_id, path=str(recording))
        ends_s = asyncio.get_running_loop().time() + self._luck.uniform(*TALK_S)
        while call_id in self._calls and asyncio.get_running_loop().time() < ends_s:
            self._phone.do("play_file", call_id=call_id, path=str(voice))
            await asyncio.sleep(8.0)
        if call_id in self._calls:
            self._phone.do("hang_up", call_id=call_id)

    def _start(self, coroutine: Any) -> None:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
