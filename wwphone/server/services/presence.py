"""Presence: what each person chose, kept with its journal, and whether a client of theirs is connected.

*Be right back* ends by itself at the time that was given, also when the server was down at that moment. A client that
lost its line is shown as *Offline* only after a grace period, so that a reconnect does not flicker in every window; who
signs out is offline at once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from wwphone.domain.account import Right
from wwphone.domain.presence import JournalEntry, Presence, PresenceStatus
from wwphone.protocol.errors import CommandRefusedError, ErrorCode, WireError
from wwphone.protocol.message import Command, Done, Result
from wwphone.protocol.presence import PresenceChanged, SetPresence
from wwphone.server.api import Store, StoreError
from wwphone.server.clock import Clock
from wwphone.server.services.commands import Handler
from wwphone.server.services.directory import DirectoryChange, DirectoryService
from wwphone.server.services.sessions import Session
from wwphone.server.tasks import KeyedLocks, TaskOwner

logger = logging.getLogger(__name__)

BY_ITSELF = "(clock)"
"""`set_by` of a return by itself; no user can be called so."""

_MAX_ABSENCE = timedelta(days=366)
_LOOK_AT_LEAST_EVERY_S = 30.0
_RETRY_S = 5.0


@dataclass(frozen=True)
class PresenceTimes:
    """How long a lost line goes unnoticed by others."""

    grace_s: float = 6.0


def _never(user: str) -> bool:
    del user
    return False


class PresenceService:
    """Everybody's presence."""

    def __init__(
        self,
        store: Store,
        directory: DirectoryService,
        clock: Clock,
        times: PresenceTimes = PresenceTimes(),
        do_not_disturb: Callable[[str], bool] = _never,
    ) -> None:
        """`do_not_disturb` says of a user whether it is on: for the journal, and for whoever sees them."""
        self._store = store
        self._directory = directory
        self._clock = clock
        self._times = times
        self._do_not_disturb = do_not_disturb
        self._listeners: list[Callable[[str], None]] = []
        self._chosen: dict[str, Presence] = {}
        self._connected: set[str] = set()
        self._current: dict[str, Presence] = {}
        """What `of` has put together, until it changes: a snapshot asks for everybody's."""
        self._leaving: dict[str, asyncio.TimerHandle] = {}
        self._locks = KeyedLocks()
        self._returns_changed = asyncio.Event()
        self._looks_again = clock()
        """When it is looked who is due: with thousands away, looking at each change would cost more than the change."""
        self._tasks = TaskOwner("presence")
        self._started = clock()

    async def start(self) -> None:
        """Load what was chosen before. Raises StoreError."""
        self._chosen = await self._store.presences()
        self._directory.on_change(self._on_directory_change)
        self._tasks.start(self._return_people())

    async def shutdown(self) -> None:
        """Stop the clocks; what was chosen is in the store already."""
        for timer in self._leaving.values():
            timer.cancel()
        self._leaving.clear()
        await self._tasks.shutdown()

    def on_change(self, listener: Callable[[str], None]) -> None:
        """Call `listener` with the user after each choice."""
        self._listeners.append(listener)

    def of(self, user: str) -> Presence:
        """The presence of a user; who never chose one is available."""
        known = self._current.get(user)
        if known is None:
            chosen = self._chosen.get(user) or Presence(PresenceStatus.AVAILABLE, self._started)
            disturb = self._do_not_disturb(user)
            connected = user in self._connected
            known = self._current[user] = replace(chosen, connected=connected, do_not_disturb=disturb)
        return known

    def of_all(self, users: Iterable[str]) -> tuple[tuple[str, Presence], ...]:
        """Pairs of user and presence."""
        return tuple((user, self.of(user)) for user in users)

    async def choose(self, user: str, command: SetPresence, set_from: str, set_by: str = "") -> None:
        """Set a user's presence; `set_by`: somebody else does. Raises CommandRefusedError (INVALID) and StoreError."""
        back_at = self._checked(command)
        async with self._locks.of(user):
            now = self.of(user)
            same = user in self._chosen and (now.status, now.back_at) == (command.status, back_at)
            if same and (set_by or not now.set_by):  # what another chose is one's own choice by saying so
                return
            presence = Presence(command.status, self._clock(), back_at, set_from, set_by=set_by)
            await self._change(user, presence, set_by or user)

    def commands(self) -> Mapping[type[Command], Handler]:
        """What clients may ask of this service."""
        return {SetPresence: self._on_set_presence}

    async def _on_set_presence(self, session: Session, command: SetPresence) -> Result:
        if command.user in ("", session.user):
            await self.choose(session.user, command, session.host_name)
            return Done()
        self._must_be_permitted(session.user, command.user)
        await self.choose(command.user, command, session.host_name, session.user)
        return Done()

    def _must_be_permitted(self, setter: str, whose: str) -> None:
        """Raise CommandRefusedError unless one may set the presence of another."""
        if Right.SET_PRESENCE not in self._directory.users[setter].rights:
            sentence = "the presence of others needs the right set_presence"
            raise CommandRefusedError(WireError(ErrorCode.NOT_PERMITTED, sentence))
        other = self._directory.users.get(whose)
        if other is None or other.hidden:
            raise CommandRefusedError(WireError(ErrorCode.NOT_FOUND, "there is no such user"))

    def disturb_changed(self, user: str) -> None:
        """*Do not disturb* of this user is another now: colleagues see it beside what was chosen."""
        self._publish(user)

    # ------------------------------------------------------------ connected or not

    def client_connected(self, user: str) -> None:
        """A client of this user is signed in over a living line."""
        if timer := self._leaving.pop(user, None):
            timer.cancel()
        if user not in self._connected:
            self._connected.add(user)
            self._publish(user)

    def client_lost(self, user: str) -> None:
        """The user's last line is lost; it may come back within the grace period."""
        if user in self._connected and user not in self._leaving:
            loop = asyncio.get_running_loop()
            self._leaving[user] = loop.call_later(self._times.grace_s, self.client_left, user)

    def client_left(self, user: str) -> None:
        """The user's last client is gone for good."""
        if timer := self._leaving.pop(user, None):
            timer.cancel()
        if user in self._connected:
            self._connected.remove(user)
            self._publish(user)

    # ------------------------------------------------------------ inside

    def _checked(self, command: SetPresence) -> datetime | None:
        if not command.status.selectable:
            raise _invalid("this presence cannot be chosen")
        if command.back_at is None:
            return None
        if command.status is not PresenceStatus.BE_RIGHT_BACK:
            raise _invalid("only Be right back has a time of return")
        if command.back_at.tzinfo is None:
            raise _invalid("a time needs its zone")
        try:
            back_at = command.back_at.astimezone(UTC)
        except OverflowError:
            raise _invalid("this time does not exist") from None
        if not self._clock() < back_at <= self._clock() + _MAX_ABSENCE:
            raise _invalid("the time of return lies in the future, at most a year ahead")
        return back_at

    async def _change(self, user: str, presence: Presence, set_by: str) -> None:
        connected = replace(presence, connected=user in self._connected)
        await self._store.save_presence(
            JournalEntry(presence.since, user, connected, set_by, self._do_not_disturb(user))
        )
        self._chosen[user] = presence
        self._publish(user)
        if presence.back_at is not None and presence.back_at < self._looks_again:
            self._returns_changed.set()
        for listener in self._listeners:
            listener(user)

    def _publish(self, user: str) -> None:
        self._current.pop(user, None)
        self._directory.publish_about(user, PresenceChanged(user, self.of(user)))

    def _on_directory_change(self, change: DirectoryChange) -> None:
        for record in change.removed:
            self._chosen.pop(record.user, None)
            self._current.pop(record.user, None)
            self._connected.discard(record.user)
            if timer := self._leaving.pop(record.user, None):
                timer.cancel()
        for record in change.appeared:
            self._publish(record.user)

    async def _return_people(self) -> None:
        while True:
            self._returns_changed.clear()
            pause_s = await self._return_who_is_due()
            self._looks_again = self._clock() + timedelta(seconds=pause_s)
            try:
                # Looks now and then even without a reason: the wall clock may have been set.
                async with asyncio.timeout(pause_s):
                    await self._returns_changed.wait()
            except TimeoutError:
                continue

    async def _return_who_is_due(self) -> float:
        """Return all whose time has come; the seconds until the next one's time."""
        now = self._clock()
        pause_s = _LOOK_AT_LEAST_EVERY_S
        for user, presence in tuple(self._chosen.items()):
            if presence.back_at is None:
                continue
            if presence.back_at > now:
                pause_s = min(pause_s, (presence.back_at - now).total_seconds())
                continue
            try:
                await self._return(user, presence)
            except StoreError as error:
                logger.warning("%s could not be made available again yet: %s", user, error)
                pause_s = min(pause_s, _RETRY_S)
        return pause_s

    async def _return(self, user: str, due: Presence) -> None:
        async with self._locks.of(user):
            if self._chosen.get(user) is due:
                await self._change(user, Presence(PresenceStatus.AVAILABLE, self._clock()), BY_ITSELF)


def _invalid(sentence: str) -> CommandRefusedError:
    return CommandRefusedError(WireError(ErrorCode.INVALID, sentence))
