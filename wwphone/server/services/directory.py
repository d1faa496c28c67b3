"""Users, presence groups, ring groups, rooms and rules of pick-up: who may see whom, and changes of them while clients are signed in.

Users are edited by the command line, in another process. Every change moves a counter in the store on, in the same
transaction; the running server reads that counter every 0.4 s and loads the directory when it has moved. So there is
no second way into the server to be guarded, nothing to be lost when the server is down, and it works alike for SQLite
and PostgreSQL.

A hidden user is seen by nobody but themselves (requirement 000, "Hide this user from other participants").
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from wwphone.domain.account import Profile
from wwphone.domain.pickup import PickupRule
from wwphone.domain.presence import Colleague, PresenceGroup
from wwphone.protocol.account import ProfileChanged
from wwphone.protocol.message import Event
from wwphone.protocol.presence import ColleagueChanged, ColleagueRemoved, GroupsChanged
from wwphone.server.api import PbxRoom, Store, StoreError, UserRecord
from wwphone.server.ring_group_api import PbxRingGroup
from wwphone.server.services.event_log import EventLog
from wwphone.server.switch_api import PbxSwitch
from wwphone.server.tasks import TaskOwner

logger = logging.getLogger(__name__)

WATCH_S = 0.4


@dataclass(frozen=True)
class DirectoryChange:
    """What is different now."""

    appeared: tuple[UserRecord, ...]
    """Users whom somebody sees who did not before: presence and phone state must be told again."""
    changed: tuple[tuple[UserRecord, UserRecord], ...]
    """Before and after."""
    removed: tuple[UserRecord, ...]


def profile_of(record: UserRecord) -> Profile:
    """The user as they see themselves."""
    others = dict.fromkeys((record.displayed_number_when_forwarding, record.number, *record.shown_numbers))
    return Profile(
        record.user,
        record.number,
        record.nickname,
        record.first_name,
        record.surname,
        record.rights,
        record.displayed_number,
        tuple(number for number in others if number not in ("", record.displayed_number)),
    )


def colleague_of(record: UserRecord) -> Colleague:
    """The user as others see them."""
    return Colleague(record.user, record.number, record.nickname, record.group, record.email)


class DirectoryService:
    """Knows all users and tells what changes."""

    def __init__(self, store: Store, log: EventLog, watch_s: float = WATCH_S) -> None:
        self._store = store
        self._log = log
        self._watch_s = watch_s
        self._revision = -1
        self._users: dict[str, UserRecord] = {}
        self._colleagues: dict[str, Colleague] = {}
        self._groups: tuple[PresenceGroup, ...] = ()
        self._ring_groups: tuple[PbxRingGroup, ...] = ()
        self._rooms: tuple[PbxRoom, ...] = ()
        self._pickup_rules: tuple[PickupRule, ...] = ()
        self._switches: tuple[PbxSwitch, ...] = ()
        self._listeners: list[Callable[[DirectoryChange], None]] = []
        self._tasks = TaskOwner("directory")
        self._reachable = True

    async def start(self) -> None:
        """Load everything and begin to watch. Raises StoreError."""
        self._revision = await self._store.directory_revision()
        self._take({record.user: record for record in await self._store.users()})
        self._groups = await self._store.groups()
        self._ring_groups, self._rooms = await self._store.ring_groups(), await self._store.rooms()
        self._pickup_rules = await self._store.pickup_rules()
        self._switches = await self._store.switches()
        self._tasks.start(self._watch())

    async def shutdown(self) -> None:
        """Stop watching."""
        await self._tasks.shutdown()

    @property
    def users(self) -> Mapping[str, UserRecord]:
        """Everybody, hidden ones too, by name."""
        return MappingProxyType(self._users)

    @property
    def groups(self) -> tuple[PresenceGroup, ...]:
        """The presence groups in their order."""
        return self._groups

    @property
    def ring_groups(self) -> tuple[PbxRingGroup, ...]:
        """The ring groups by number."""
        return self._ring_groups

    @property
    def rooms(self) -> tuple[PbxRoom, ...]:
        """The rooms that were made, by number."""
        return self._rooms

    @property
    def switches(self) -> tuple[PbxSwitch, ...]:
        """The switches by name."""
        return self._switches

    @property
    def pickup_rules(self) -> tuple[PickupRule, ...]:
        """The rules of pick-up that differ from the usual."""
        return self._pickup_rules

    def seen_by(self, user: str) -> tuple[Colleague, ...]:
        """Whom this user may see, by name: everybody who is not hidden, and oneself."""
        return tuple(
            self._colleagues[record.user]
            for record in self._users.values()
            if not record.hidden or record.user == user
        )

    def publish_about(self, user: str, event: Event) -> None:
        """Tell an event about a user to all who may see that user; about somebody unknown, to nobody."""
        record = self._users.get(user)
        if record is not None:
            self._log.publish(event, only=user if record.hidden else None)

    def on_change(self, listener: Callable[[DirectoryChange], None]) -> None:
        """Call `listener` after each change has been published."""
        self._listeners.append(listener)

    async def refresh(self) -> None:
        """Look for changes now. Raises StoreError."""
        revision = await self._store.directory_revision()
        if revision == self._revision:
            return
        # Read after the counter: what is loaded may be newer than `revision`, then it is simply loaded again.
        users = {record.user: record for record in await self._store.users()}
        groups = await self._store.groups()
        ring_groups, rooms = await self._store.ring_groups(), await self._store.rooms()
        pickup_rules, switches = await self._store.pickup_rules(), await self._store.switches()
        self._revision, self._ring_groups, self._rooms = revision, ring_groups, rooms
        self._pickup_rules, self._switches = pickup_rules, switches
        self._apply(users, groups)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._watch_s)
            try:
                await self.refresh()
            except StoreError as error:
                if self._reachable:
                    logger.warning("the store is out of reach, users are as they were: %s", error)
                self._reachable = False
            else:
                if not self._reachable:
                    logger.info("the store is back")
                self._reachable = True

    def _take(self, users: dict[str, UserRecord]) -> None:
        self._users = users
        self._colleagues = {name: colleague_of(record) for name, record in users.items()}

    def _apply(self, users: dict[str, UserRecord], groups: tuple[PresenceGroup, ...]) -> None:
        before = self._users
        self._take(users)
        if groups != self._groups:
            self._groups = groups
            self._log.publish(GroupsChanged(groups))
        removed = tuple(record for name, record in before.items() if name not in users)
        changed = tuple(
            (before[name], record)
            for name, record in users.items()
            if name in before and before[name] != record
        )
        for record in removed:
            if not record.hidden:
                self._log.publish(ColleagueRemoved(record.user))
        added = tuple(record for name, record in users.items() if name not in before)
        for record in added:
            self.publish_about(record.user, ColleagueChanged(colleague_of(record)))
        for old, new in changed:
            self._publish_change(old, new)
        shown = tuple(new for old, new in changed if old.hidden != new.hidden)
        change = DirectoryChange(added + shown, changed, removed)
        for listener in self._listeners:
            listener(change)

    def _publish_change(self, old: UserRecord, new: UserRecord) -> None:
        if profile_of(old) != profile_of(new):
            self._log.publish(ProfileChanged(profile_of(new)), only=new.user)
        if new.hidden and not old.hidden:
            self._log.publish(ColleagueRemoved(new.user))
        if colleague_of(old) != colleague_of(new) or old.hidden != new.hidden:
            self.publish_about(new.user, ColleagueChanged(colleague_of(new)))
