"""Switches: operated by a client, by a code at a phone, or by the administrator; the PBX obeys on its own.

As with log-ins to ring groups (`services.ring_groups`), what was keyed in counts in the PBX already and is taken over here
unless something newer is known, and the administrator's commands write into the store.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from wwphone.domain.account import Right
from wwphone.domain.presence import JournalEntry, JournalSubject
from wwphone.domain.switches import Switch, SwitchState
from wwphone.protocol.errors import CommandRefusedError, ErrorCode, WireError
from wwphone.protocol.message import Command, Done, Result
from wwphone.protocol.switches import SetSwitch, SwitchesChanged
from wwphone.server.api import Pbx, PbxEvent, Store, StoreError
from wwphone.server.clock import Clock
from wwphone.server.ring_group_api import PbxFlag, PbxFlagKeyed, PbxFlagKind
from wwphone.server.services.commands import Handler
from wwphone.server.services.directory import DirectoryChange, DirectoryService
from wwphone.server.services.event_log import EventLog
from wwphone.server.services.presence import PresenceService
from wwphone.server.services.sessions import Session
from wwphone.server.switch_api import PbxSwitch
from wwphone.server.tasks import TaskOwner

logger = logging.getLogger(__name__)

_NEW = SwitchState()


@dataclass(frozen=True)
class _Change:
    """Somebody operates a switch."""

    name: str
    user: str
    on: bool
    at: datetime
    set_from: str


class SwitchService:
    """All switches."""

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
        self._switches: dict[str, PbxSwitch] = {}
        self._states: dict[str, SwitchState] = {}
        self._told: dict[str, tuple[Switch, ...]] = {}
        self._on_in_pbx: set[str] = set()
        self._one_at_a_time = asyncio.Lock()
        self._tasks = TaskOwner("switches")

    async def start(self) -> None:
        """Load them and tell the PBX, before it connects. Raises StoreError."""
        self._states = await self._store.switch_states()
        self._take_switches()
        self._told = {user: self.of(user) for user in self._directory.users}
        await self._tell_pbx()
        self._directory.on_change(self._on_directory_change)

    async def shutdown(self) -> None:
        """Stop following; what is on is in the store already."""
        await self._tasks.shutdown()

    def of(self, user: str) -> tuple[Switch, ...]:
        """The switches this user may see, by name."""
        record = self._directory.users.get(user)
        operates = record is not None and Right.OPERATE_SWITCHES in record.rights
        return tuple(
            Switch(one.name, one.title, one.code, self._states.get(one.name, _NEW))
            for one in self._switches.values()
            if operates or one.for_all
        )

    # ------------------------------------------------------------ commands

    def commands(self) -> Mapping[type[Command], Handler]:
        """What clients may ask of this service."""
        return {SetSwitch: self._on_set_switch}

    async def _on_set_switch(self, session: Session, command: SetSwitch) -> Result:
        await self.set(session.user, command, session.host_name)
        return Done()

    async def set(self, user: str, command: SetSwitch, set_from: str) -> None:
        """Operate a switch; returns when the PBX knows.

        Raises CommandRefusedError (NOT_PERMITTED, NOT_FOUND), StoreError.
        """
        if Right.OPERATE_SWITCHES not in self._directory.users[user].rights:
            raise CommandRefusedError(WireError(ErrorCode.NOT_PERMITTED, "you may not operate switches"))
        change = _Change(command.name, user, command.on, self._clock(), set_from)
        async with self._one_at_a_time:
            try:
                await self._carry_out(change)
            except KeyError:
                none = WireError(ErrorCode.NOT_FOUND, "there is no such switch")
                raise CommandRefusedError(none) from None

    # ------------------------------------------------------------ what is keyed in at phones

    def on_pbx_event(self, event: PbxEvent) -> None:
        """Take over what was keyed in."""
        if isinstance(event, PbxFlagKeyed) and event.flag.kind is PbxFlagKind.SWITCH:
            self._tasks.start(self._take_over(event))

    async def _take_over(self, keyed: PbxFlagKeyed) -> None:
        name = keyed.flag.name
        async with self._one_at_a_time:
            known = self._states.get(name, _NEW)
            if known.since is None or keyed.at >= known.since:
                try:
                    await self._carry_out(_Change(name, keyed.user, keyed.on, keyed.at, keyed.set_from))
                except KeyError:
                    logger.info("%s keyed in for %s, which is no switch", keyed.user, name)
                except StoreError as error:
                    logger.warning("what %s keyed in could not be stored yet: %s", keyed.user, error)
                    return
            # Whatever counts is the answer, also when it counts already.
            await self._set_flag(name)

    # ------------------------------------------------------------ inside

    async def _carry_out(self, change: _Change) -> None:
        """Raises KeyError where there is no such switch, StoreError."""
        switch = self._switches[change.name]
        if self._states.get(change.name, _NEW).on == change.on:
            return
        presence = replace(self._presence.of(change.user), set_from=change.set_from)
        silent = self._do_not_disturb(change.user)
        subject = JournalSubject.SWITCH
        entry = JournalEntry(
            change.at, change.user, presence, change.user, silent, subject, switch.title, change.on
        )
        await self._store.save_switch_state(change.name, entry)
        self._states[change.name] = SwitchState(change.on, change.at, change.user, change.set_from)
        self._tell()
        await self._set_flag(change.name)

    def _on_directory_change(self, change: DirectoryChange) -> None:
        del change
        self._tasks.start(self._read_again())

    async def _read_again(self) -> None:
        """Switches, rights or, by the administrator, states may be others."""
        async with self._one_at_a_time:
            try:
                self._states = await self._store.switch_states()
            except StoreError as error:
                logger.warning("which switches are on could not be read: %s", error)
            self._take_switches()
            self._tell()
            await self._tell_pbx()

    def _take_switches(self) -> None:
        self._switches = {switch.name: switch for switch in self._directory.switches}

    def _tell(self) -> None:
        """Tell everybody who may see it; who may, mostly sees the same, so the texts are few."""
        for user in self._directory.users:
            now = self.of(user)
            if now != self._told.get(user, ()):
                self._told[user] = now
                self._log.publish(SwitchesChanged(now), only=user)
        for user in self._told.keys() - self._directory.users.keys():
            del self._told[user]

    async def _tell_pbx(self) -> None:
        on = {name for name, state in self._states.items() if state.on and name in self._switches}
        for name in sorted(on ^ self._on_in_pbx):
            await self._set_flag(name)

    async def _set_flag(self, name: str) -> None:
        on = name in self._switches and self._states.get(name, _NEW).on
        (self._on_in_pbx.add if on else self._on_in_pbx.discard)(name)
        await self._pbx.set_flag(PbxFlag(PbxFlagKind.SWITCH, name), on=on)
