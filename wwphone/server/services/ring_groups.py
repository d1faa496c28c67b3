"""Logging in to ring groups and out of them: by a client, by a service code at a phone, by the administrator.

The PBX obeys on its own (`Pbx.set_flag`): it is told of everybody before it is connected, and of each change afterwards.
What was keyed in at a phone counts there already; here it is taken over, unless something newer is known. The
administrator's commands write into the store, as all changes of the directory, and are noticed with it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from wwphone.domain.calls import Party
from wwphone.domain.presence import JournalEntry, JournalSubject
from wwphone.domain.ring_groups import RingGroupLogin, RingGroupMembership
from wwphone.protocol.errors import CommandRefusedError, ErrorCode, WireError
from wwphone.protocol.message import Command, Done, Result
from wwphone.protocol.ring_groups import RingGroupsChanged, SetLoggedIn
from wwphone.server.api import Pbx, PbxEvent, Store, StoreError
from wwphone.server.clock import Clock
from wwphone.server.ring_group_api import PbxFlag, PbxFlagKeyed, PbxFlagKind, PbxRingGroup
from wwphone.server.services.commands import Handler
from wwphone.server.services.directory import DirectoryChange, DirectoryService
from wwphone.server.services.event_log import EventLog
from wwphone.server.services.presence import PresenceService
from wwphone.server.services.sessions import Session
from wwphone.server.services.waiting import WaitingService
from wwphone.server.tasks import TaskOwner

logger = logging.getLogger(__name__)

_NEW = RingGroupLogin()
Membership = tuple[str, str]
"""Number of the group, and user."""


@dataclass(frozen=True)
class _Change:
    """Somebody logs in or out."""

    number: str
    user: str
    logged_in: bool
    at: datetime
    set_from: str


def flag_of(number: str, user: str) -> PbxFlag:
    """The flag that keeps this member from ringing."""
    return PbxFlag(PbxFlagKind.LOGGED_OUT, f"{number}/{user}")


class RingGroupService:
    """Everybody's places in ring groups."""

    def __init__(
        self,
        store: Store,
        pbx: Pbx,
        directory: DirectoryService,
        presence: PresenceService,
        do_not_disturb: Callable[[str], bool],
        log: EventLog,
        clock: Clock,
    ) -> None:
        """`do_not_disturb` says of a user whether it is on, for the journal."""
        self._store = store
        self._pbx = pbx
        self._directory = directory
        self._presence = presence
        self._do_not_disturb = do_not_disturb
        self._log = log
        self._clock = clock
        self._logins: dict[Membership, RingGroupLogin] = {}
        self._waiting: WaitingService | None = None
        self._groups_of: dict[str, list[PbxRingGroup]] = {}
        self._told: dict[str, tuple[RingGroupMembership, ...]] = {}
        self._out_in_pbx: set[Membership] = set()
        self._listeners: list[Callable[[str], None]] = []
        self._one_at_a_time = asyncio.Lock()
        self._tasks = TaskOwner("ring groups")

    async def start(self) -> None:
        """Load who is logged out and tell the PBX, before it connects. Raises StoreError."""
        self._logins = await self._store.ring_group_logins()
        self._sort_groups()
        self._told = {user: self.of(user) for user in self._groups_of}
        await self._tell_pbx()
        self._directory.on_change(self._on_directory_change)

    async def shutdown(self) -> None:
        """Stop following; who is logged out is in the store already."""
        await self._tasks.shutdown()

    def on_change(self, listener: Callable[[str], None]) -> None:
        """Call `listener` with the user after each change of their places."""
        self._listeners.append(listener)

    def of(self, user: str) -> tuple[RingGroupMembership, ...]:
        """The ring groups of a user, by number."""
        return tuple(
            RingGroupMembership(
                group.number,
                group.name,
                self._logins.get((group.number, user), _NEW),
                *self._queue(group.number),
            )
            for group in self._groups_of.get(user, ())
        )

    def watch(self, waiting: WaitingService) -> None:
        """Tell members from now on who waits for their groups."""
        self._waiting = waiting
        waiting.on_change(self._on_waiting_changed)

    def _queue(self, number: str) -> tuple[tuple[datetime, ...], Party | None]:
        if self._waiting is None:
            return (), None
        return self._waiting.since(number), self._waiting.next_caller(number)

    def _on_waiting_changed(self, number: str) -> None:
        for group in self._directory.ring_groups:
            if group.number == number:
                for user in sorted(set(group.members)):
                    self._tell(user)

    # ------------------------------------------------------------ commands

    def commands(self) -> Mapping[type[Command], Handler]:
        """What clients may ask of this service."""
        return {SetLoggedIn: self._on_set_logged_in}

    async def _on_set_logged_in(self, session: Session, command: SetLoggedIn) -> Result:
        await self.set_logged_in(session.user, command, session.host_name)
        return Done()

    async def set_logged_in(self, user: str, command: SetLoggedIn, set_from: str) -> None:
        """Log a user in or out; returns when the PBX knows. Raises CommandRefusedError (NOT_FOUND), StoreError."""
        change = _Change(command.number, user, command.logged_in, self._clock(), set_from)
        async with self._one_at_a_time:
            try:
                await self._carry_out(change)
            except KeyError:
                no_member = WireError(ErrorCode.NOT_FOUND, "you are no member of this ring group")
                raise CommandRefusedError(no_member) from None

    # ------------------------------------------------------------ what is keyed in at phones

    def on_pbx_event(self, event: PbxEvent) -> None:
        """Take over what was keyed in."""
        if isinstance(event, PbxFlagKeyed) and event.flag.kind is PbxFlagKind.LOGGED_OUT:
            self._tasks.start(self._take_over(event))

    async def _take_over(self, keyed: PbxFlagKeyed) -> None:
        number, _, user = keyed.flag.name.partition("/")
        async with self._one_at_a_time:
            known = self._logins.get((number, user), _NEW)
            newer = known.since is None or keyed.at >= known.since
            if newer:
                try:
                    await self._carry_out(_Change(number, user, not keyed.on, keyed.at, keyed.set_from))
                except KeyError:
                    logger.info("%s, who is no member of %s, keyed in for it", user, number)
                except StoreError as error:
                    logger.warning("what %s keyed in could not be stored yet: %s", user, error)
                    return
            # Whatever counts is the answer, also when it counts already.
            await self._set_flag(number, user)

    # ------------------------------------------------------------ inside

    async def _carry_out(self, change: _Change) -> None:
        """Raises KeyError for who is no member, StoreError."""
        place = (change.number, change.user)
        names = {group.number: group.name for group in self._groups_of.get(change.user, ())}
        name = names[change.number]
        if self._logins.get(place, _NEW).logged_in == change.logged_in:
            return
        presence = replace(self._presence.of(change.user), set_from=change.set_from)
        entry = JournalEntry(
            change.at,
            change.user,
            presence,
            change.user,
            self._do_not_disturb(change.user),
            JournalSubject.RING_GROUP,
            name,
            change.logged_in,
        )
        await self._store.save_ring_group_login(change.number, entry)
        self._logins[place] = RingGroupLogin(change.logged_in, change.at, change.set_from)
        self._tell(change.user)
        await self._set_flag(*place)

    def _on_directory_change(self, change: DirectoryChange) -> None:
        del change
        self._tasks.start(self._read_again())

    async def _read_again(self) -> None:
        """Groups, members or, by the administrator, log-ins may be others."""
        async with self._one_at_a_time:
            try:
                self._logins = await self._store.ring_group_logins()
            except StoreError as error:
                logger.warning("who is logged in to ring groups could not be read: %s", error)
            before = self._groups_of.keys()
            self._sort_groups()
            for user in sorted(before | self._groups_of.keys()):
                self._tell(user)
            await self._tell_pbx()

    def _sort_groups(self) -> None:
        self._groups_of = {}
        for group in self._directory.ring_groups:
            for user in group.members:
                self._groups_of.setdefault(user, []).append(group)

    def _tell(self, user: str) -> None:
        now = self.of(user)
        if now != self._told.get(user, ()):
            self._told[user] = now
            self._log.publish(RingGroupsChanged(now), only=user)
            for listener in self._listeners:
                listener(user)

    async def _tell_pbx(self) -> None:
        out = {place for place, login in self._logins.items() if not login.logged_in}
        for place in sorted(out ^ self._out_in_pbx):
            await self._set_flag(*place)

    async def _set_flag(self, number: str, user: str) -> None:
        out = not self._logins.get((number, user), _NEW).logged_in
        (self._out_in_pbx.add if out else self._out_in_pbx.discard)((number, user))
        await self._pbx.set_flag(flag_of(number, user), on=out)
