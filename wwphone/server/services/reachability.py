"""Do not disturb and forwardings: set by their user alone, kept, obeyed by the PBX, told to all of the user's clients.

What keeps calls from ringing is put together here too, from everything that decides it, and told when it is different
from what was told last; registrations change far more often than that. The rules are in `reach_rules`.

The PBX obeys on its own (`Pbx.set_reach`): it is told of everybody before it is connected, and of each change afterwards.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from wwphone.domain.account import Right
from wwphone.domain.numbers import VOICEMAIL_NUMBER
from wwphone.domain.presence import DEFAULT_REACH, JournalEntry
from wwphone.domain.reachability import (
    NOTHING_SET,
    Forwarding,
    ForwardingCause,
    Obstacle,
    Reachability,
)
from wwphone.protocol.errors import CommandRefusedError, ErrorCode, WireError
from wwphone.protocol.message import Command, Done, Result
from wwphone.protocol.reachability import (
    EndForwarding,
    Journal,
    ReachabilityChanged,
    ReadJournal,
    SetDoNotDisturb,
    SetForwarding,
)
from wwphone.server.api import EVERYTHING_RINGS, Pbx, PbxReach, Store
from wwphone.server.clock import Clock
from wwphone.server.services import reach_rules
from wwphone.server.services.calls import CallService
from wwphone.server.services.commands import Handler
from wwphone.server.services.devices import DeviceService
from wwphone.server.services.directory import DirectoryChange, DirectoryService
from wwphone.server.services.event_log import EventLog
from wwphone.server.services.presence import PresenceService
from wwphone.server.services.reach_rules import Matrix, Situation
from wwphone.server.services.ring_groups import RingGroupService
from wwphone.server.services.sessions import Session
from wwphone.server.tasks import TaskOwner

EVERYBODY = "*"
"""`ReadJournal.user` of an administrator who wants to see everybody's; no user can be called so."""
_MOST_ENTRIES = 1_000
_HIGHEST_ID = 2**63 - 1

Told = tuple[Reachability, tuple[Obstacle, ...]]


@dataclass(frozen=True)
class Sources:
    """The services that know what decides whether a call rings."""

    directory: DirectoryService
    presence: PresenceService
    calls: CallService
    devices: DeviceService
    ring_groups: RingGroupService


class ReachabilityService:
    """Everybody's reachability."""

    def __init__(
        self,
        store: Store,
        pbx: Pbx,
        sources: Sources,
        log: EventLog,
        clock: Clock,
        matrix: Matrix = DEFAULT_REACH,
    ) -> None:
        self._store = store
        self._pbx = pbx
        self._sources = sources
        self._log = log
        self._clock = clock
        self._matrix = matrix
        self._set_by: dict[str, Reachability] = {}
        self._told: dict[str, Told] = {}
        self._in_pbx: dict[str, PbxReach] = {}
        self._one_at_a_time = asyncio.Lock()
        self._tasks = TaskOwner("reachability")

    async def start(self) -> None:
        """Load what was set before and tell the PBX, before it connects. Raises StoreError."""
        self._set_by = await self._store.reachabilities()
        sources = self._sources
        for user in (user for user, own in self._set_by.items() if own.do_not_disturb):
            sources.presence.disturb_changed(user)
        self._told = {user: self._told_in(self._situation(user)) for user in sources.directory.users}
        await self._tell_pbx(sources.directory.users)
        sources.directory.on_change(self._on_directory_change)
        sources.presence.on_change(self._on_presence)
        sources.devices.on_change(self._refresh)
        sources.calls.on_change(self._refresh)
        sources.ring_groups.on_change(self._refresh)

    async def shutdown(self) -> None:
        """Stop telling the PBX; what was set is in the store already."""
        await self._tasks.shutdown()

    def of(self, user: str) -> Told:
        """What a user set, and what keeps calls from ringing: as it was told last."""
        return self._told.get(user, (NOTHING_SET, ()))

    @property
    def matrix(self) -> Matrix:
        """Which kinds of call ring in which presence."""
        return self._matrix

    def do_not_disturb(self, user: str) -> bool:
        """Whether do not disturb is on."""
        return self._set_by.get(user, NOTHING_SET).do_not_disturb

    # ------------------------------------------------------------ commands

    def commands(self) -> Mapping[type[Command], Handler]:
        """What clients may ask of this service."""
        return {
            SetDoNotDisturb: self._on_set_do_not_disturb,
            SetForwarding: self._on_set_forwarding,
            EndForwarding: self._on_end_forwarding,
            ReadJournal: self._on_read_journal,
        }

    async def _on_set_do_not_disturb(self, session: Session, command: SetDoNotDisturb) -> Result:
        await self.set_do_not_disturb(session.user, command.on, session.host_name)
        return Done()

    async def _on_set_forwarding(self, session: Session, command: SetForwarding) -> Result:
        await self.set_forwarding(session.user, command.forwarding)
        return Done()

    async def _on_end_forwarding(self, session: Session, command: EndForwarding) -> Result:
        await self.end_forwarding(session.user, command.cause)
        return Done()

    async def _on_read_journal(self, session: Session, command: ReadJournal) -> Result:
        return Journal(await self.journal(session.user, command))

    async def set_do_not_disturb(self, user: str, on: bool, set_from: str) -> None:
        """Silence a user's devices or let them ring again; returns when the PBX knows. Raises StoreError."""
        async with self._one_at_a_time:
            own = self._set_by.get(user, NOTHING_SET)
            if own.do_not_disturb == on:
                return
            now = self._clock()
            presence = replace(self._sources.presence.of(user), set_from=set_from, do_not_disturb=False)
            await self._store.save_do_not_disturb(
                JournalEntry(now, user, presence, set_by=user, do_not_disturb=on)
            )
            await self._take(
                user, replace(own, do_not_disturb=on, disturb_since=now, disturb_set_from=set_from)
            )

    async def set_forwarding(self, user: str, wanted: Forwarding) -> None:
        """Forward a user's calls. Raises CommandRefusedError (INVALID, CONFLICT) and StoreError."""
        users = self._sources.directory.users
        try:
            target = reach_rules.forwarding_target(wanted.target, users[user])
        except ValueError as error:
            raise _refused(ErrorCode.INVALID, str(error)) from error
        async with self._one_at_a_time:
            if reach_rules.comes_back(user, target, users.values(), self._set_by):
                raise _refused(ErrorCode.CONFLICT, "the calls would come back to you in a loop")
            own = self._set_by.get(user, NOTHING_SET)
            those = {one.cause: one for one in own.forwardings}
            those[wanted.cause] = replace(wanted, target=target)
            await self._replace_forwardings(user, those)

    async def end_forwarding(self, user: str, cause: ForwardingCause | None) -> None:
        """Forward a user's calls no more, for one cause or for any; that it was not set is no error."""
        async with self._one_at_a_time:
            own = self._set_by.get(user, NOTHING_SET)
            kept = {one.cause: one for one in own.forwardings if cause not in (None, one.cause)}
            await self._replace_forwardings(user, kept)

    async def journal(self, asker: str, command: ReadJournal) -> tuple[JournalEntry, ...]:
        """The newest entries. Raises CommandRefusedError (INVALID, NOT_PERMITTED) and StoreError."""
        whose = asker if command.user is None else command.user
        rights = self._sources.directory.users[asker].rights
        if whose != asker and Right.ADMINISTRATE not in rights:
            raise _refused(ErrorCode.NOT_PERMITTED, "you may see your own journal only")
        if command.limit < 1 or not 0 <= command.before <= _HIGHEST_ID:
            raise _refused(
                ErrorCode.INVALID, "a journal has one entry at least, and no entry has such a number"
            )
        return await self._store.journal(
            None if whose == EVERYBODY else whose, min(command.limit, _MOST_ENTRIES), command.before
        )

    # ------------------------------------------------------------ what changes

    async def _replace_forwardings(self, user: str, those: Mapping[ForwardingCause, Forwarding]) -> None:
        own = self._set_by.get(user, NOTHING_SET)
        ordered = tuple(those[cause] for cause in ForwardingCause if cause in those)
        if ordered == own.forwardings:
            return
        await self._store.replace_forwardings(user, ordered)
        await self._take(user, replace(own, forwardings=ordered))

    async def _take(self, user: str, new: Reachability) -> None:
        """Let this count; colleagues who share a target may be forwarded differently now."""
        former = self._set_by.get(user, NOTHING_SET)
        self._set_by[user] = new
        if former.do_not_disturb != new.do_not_disturb:
            self._sources.presence.disturb_changed(user)
        targets = {one.target for one in (*former.forwardings, *new.forwardings)}
        sharing = [
            other
            for other, those in self._set_by.items()
            if other != user and any(one.target in targets for one in those.forwardings)
        ]
        for one in (user, *sharing):
            self._refresh(one)
        await self._tell_pbx((user, *sharing))

    def _on_presence(self, user: str) -> None:
        if user not in self._sources.directory.users:
            return
        situation = self._situation(user)
        self._tell(user, situation)
        if self._in_pbx.get(user, EVERYTHING_RINGS) != reach_rules.pbx_reach(situation, self._matrix):
            self._tasks.start(self._tell_pbx((user,)))

    def _on_directory_change(self, change: DirectoryChange) -> None:
        gone = [record.user for record in change.removed]
        for user in gone:
            self._set_by.pop(user, None)
            self._told.pop(user, None)
        # A new number may have made a target an inside one, so everybody's forwardings are looked at.
        users = self._sources.directory.users
        for user in users:
            self._refresh(user)
        self._tasks.start(self._tell_pbx((*gone, *users)))

    # ------------------------------------------------------------ telling

    def _refresh(self, user: str) -> None:
        """Tell the user's clients when it is different from what they were told."""
        if user in self._sources.directory.users:
            self._tell(user, self._situation(user))

    def _tell(self, user: str, situation: Situation) -> None:
        now = self._told_in(situation)
        if now != self._told.get(user):
            self._told[user] = now
            self._log.publish(ReachabilityChanged(*now), only=user)

    def _told_in(self, situation: Situation) -> Told:
        return situation.reachability, reach_rules.obstacles(situation, self._matrix)

    def _situation(self, user: str) -> Situation:
        sources = self._sources
        ((_, phone),) = sources.calls.phones([user])
        return Situation(
            sources.directory.users[user],
            sources.presence.of(user),
            self._set_by.get(user, NOTHING_SET),
            reach_rules.forwardings_in_force(user, self._set_by, self._is_outside),
            phone,
            sources.calls.legs_of(user),
            sources.devices.of(user) if sources.devices.known else None,
            sources.ring_groups.of(user),
        )

    def _is_outside(self, number: str) -> bool:
        directory = self._sources.directory
        inside = {VOICEMAIL_NUMBER}
        inside.update(group.number for group in directory.ring_groups)
        inside.update(room.number for room in directory.rooms)
        return number not in inside and all(
            number not in reach_rules.own_numbers(record) for record in directory.users.values()
        )

    async def _tell_pbx(self, users: Iterable[str]) -> None:
        known = self._sources.directory.users
        for user in users:
            reach = EVERYTHING_RINGS
            if user in known:
                reach = reach_rules.pbx_reach(self._situation(user), self._matrix)
            if self._in_pbx.get(user, EVERYTHING_RINGS) != reach:
                self._in_pbx[user] = reach
                await self._pbx.set_reach(user, reach)


def _refused(code: ErrorCode, sentence: str) -> CommandRefusedError:
    return CommandRefusedError(WireError(code, sentence))
