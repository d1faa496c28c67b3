"""The store of `server.api` over SQLAlchemy: blocking work runs on threads of its own.

Each method is one transaction, or shares one with others asked for at the same time, and returns when the database has
confirmed it. Errors of the database become `StoreError`; their texts never hold values (`hide_parameters`), because
values may be passwords.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import ParamSpec, TypeVar

import sqlalchemy as sa

from wwphone.domain.history import HistoryFilter, HistoryPlace
from wwphone.domain.pickup import PickupRule
from wwphone.domain.presence import JournalEntry, Presence, PresenceGroup
from wwphone.domain.reachability import Forwarding, Reachability
from wwphone.domain.ring_groups import RingGroupLogin
from wwphone.domain.shown import Shown
from wwphone.domain.switches import SwitchState
from wwphone.server.api import (
    PbxRoom,
    StoreError,
    UserRecord,
)
from wwphone.server.history_api import (
    NO_LETTERS,
    CallWords,
    HistoryPageRead,
    HistoryStep,
    RecordedCall,
    RecordMark,
)
from wwphone.server.mail_api import Letter
from wwphone.server.phonebook_api import BookChange, BookChanged, ContactRecord
from wwphone.server.ring_group_api import PbxRingGroup
from wwphone.server.store import (
    changes,
    favourites,
    history,
    history_reading,
    numbers,
    phonebook,
    pickup,
    presence,
    reachability,
    ring_groups,
    shown,
    switches,
    users,
)
from wwphone.server.store.engine import make_engine, store_url, what_is_missing, workers
from wwphone.server.store.schema import SchemaState, schema_state, upgrade
from wwphone.server.store.sql_conference_plans import SqlConferencePlans
from wwphone.server.store.sql_conferences import SqlConferences
from wwphone.server.store.sql_imports import SqlImports
from wwphone.server.store.sql_mails import SqlMails
from wwphone.server.store.sql_part import Work
from wwphone.server.store.sql_recordings import SqlRecordings
from wwphone.server.store.sql_sessions import SqlSessions
from wwphone.server.store.transactions import transact
from wwphone.server.store.write_queue import WorkForMany, WriteQueue
from wwphone.server.switch_api import PbxSwitch

_T = TypeVar("_T")
_V = TypeVar("_V")
_P = ParamSpec("_P")


class SqlStore(SqlConferences, SqlConferencePlans, SqlImports, SqlMails, SqlRecordings, SqlSessions):
    """`server.api.Store` in SQLite or PostgreSQL."""

    def __init__(self, url: str) -> None:
        """Name the database (`sqlite:///file` or `postgresql://…`). Raises ValueError when the URL is neither."""
        self._url = store_url(url)
        self._engine: sa.Engine | None = None
        self._executor: ThreadPoolExecutor | None = None
        self._writes: WriteQueue | None = None

    # ------------------------------------------------------------ life

    async def open(self) -> None:
        """Connect and bring the tables up to date."""
        await self._connect()
        try:
            await self._write(upgrade)
        except StoreError:
            await self.close()
            raise

    async def examine(self) -> SchemaState:
        """Connect for a moment and tell where the tables stand, changing nothing. Raises StoreError."""
        await self._connect()
        try:
            return await self._read(schema_state)
        finally:
            await self.close()

    async def close(self) -> None:
        """Finish what runs and let go; safe to call twice."""
        executor, self._executor = self._executor, None
        engine, self._engine = self._engine, None
        writes, self._writes = self._writes, None
        if executor is None or engine is None or writes is None:
            return
        await writes.finish()
        # What was being read when its reader was cancelled is read to its end: a connection that comes back later
        # would be closed by nobody.
        await asyncio.to_thread(executor.shutdown)
        await asyncio.to_thread(engine.dispose)

    async def _connect(self) -> None:
        if self._engine is not None:
            raise StoreError("the store is open already")
        if missing := what_is_missing(self._url):
            raise StoreError(missing)
        try:
            engine = make_engine(self._url)
        except OSError as error:
            raise StoreError(f"the database file cannot be opened: {error}") from error
        self._engine = engine
        self._executor = ThreadPoolExecutor(workers(engine), thread_name_prefix="store")
        self._writes = WriteQueue(engine, self._executor)

    # ------------------------------------------------------------ users and groups

    async def users(self) -> tuple[UserRecord, ...]:
        """All users, by name."""
        return await self._read(users.all_users)

    async def user(self, name: str) -> UserRecord | None:
        """One user."""
        return await self._read(users.one_user, name)

    async def add_user(self, record: UserRecord) -> None:
        """Add a user; raises DuplicateError when name or number is taken, StoreError when the group is unknown."""
        await self._write(users.add_user, record)

    async def replace_user(self, record: UserRecord) -> None:
        """Change everything but the name; raises DuplicateError, KeyError. A new CTI password ends the sessions."""
        await self._write(users.replace_user, record)

    async def remove_user(self, name: str) -> None:
        """Remove a user and what hangs on them, except the journal; raises KeyError."""
        await self._write(users.remove_user, name)

    async def groups(self) -> tuple[PresenceGroup, ...]:
        """All presence groups, in their order."""
        return await self._read(users.all_groups)

    async def replace_groups(self, groups: tuple[PresenceGroup, ...]) -> None:
        """Write the list anew; raises StoreError when a group that is left out still has members."""
        await self._write(users.replace_groups, groups)

    async def directory_revision(self) -> int:
        """Grows with every change of users, groups, ring groups and rooms, whichever process makes it."""
        return await self._read(changes.directory_revision)

    # ------------------------------------------------------------ ring groups and rooms

    async def ring_groups(self) -> tuple[PbxRingGroup, ...]:
        """All ring groups, by number; their members by name."""
        return await self._read(ring_groups.all_ring_groups)

    async def replace_ring_group(self, group: PbxRingGroup) -> None:
        """Add a ring group or write it anew; raises DuplicateError, StoreError when a member is no user."""
        await self._write(ring_groups.replace_ring_group, group)

    async def remove_ring_group(self, number: str) -> None:
        """Remove a ring group; raises KeyError."""
        await self._write(ring_groups.remove_ring_group, number)

    async def ring_group_logins(self) -> dict[tuple[str, str], RingGroupLogin]:
        """By number and user, of every member who ever logged out or in."""
        return await self._read(ring_groups.all_logins)

    async def save_ring_group_login(
        self, number: str, entry: JournalEntry, *, announce: bool = False
    ) -> None:
        """Write that a member logged in or out, and the journal entry that says so; raises KeyError."""
        await self._write(ring_groups.save_login, number, entry, announce=announce)

    async def switches(self) -> tuple[PbxSwitch, ...]:
        """All switches, by name."""
        return await self._read(switches.all_switches)

    async def replace_switch(self, switch: PbxSwitch) -> None:
        """Add a switch or write it anew; raises DuplicateError when another one has the code."""
        await self._write(switches.replace_switch, switch)

    async def remove_switch(self, name: str) -> None:
        """Remove a switch; raises KeyError."""
        await self._write(switches.remove_switch, name)

    async def switch_states(self) -> dict[str, SwitchState]:
        """Of every switch that was ever operated."""
        return await self._read(switches.all_states)

    async def save_switch_state(self, name: str, entry: JournalEntry, *, announce: bool = False) -> None:
        """Write that somebody operated a switch, and the journal entry that says so; raises KeyError."""
        await self._write(switches.save_state, name, entry, announce=announce)

    async def rooms(self) -> tuple[PbxRoom, ...]:
        """All rooms, by number."""
        return await self._read(numbers.all_rooms)

    async def replace_room(self, room: PbxRoom) -> None:
        """Add a room or write it anew; raises DuplicateError, StoreError when the owner is no user."""
        await self._write(numbers.replace_room, room)

    async def remove_room(self, number: str) -> None:
        """Remove a room; raises KeyError."""
        await self._write(numbers.remove_room, number)

    async def pickup_rules(self) -> tuple[PickupRule, ...]:
        """All rules of pick-up, by name."""
        return await self._read(pickup.all_rules)

    async def replace_pickup_rule(self, rule: PickupRule) -> None:
        """Add a rule or write it anew; raises StoreError when one of its groups does not exist."""
        await self._write(pickup.replace_rule, rule)

    async def remove_pickup_rule(self, group: str, by: str) -> None:
        """Remove a rule; raises KeyError."""
        await self._write(pickup.remove_rule, group, by)

    # ------------------------------------------------------------ favourites

    async def favourites(self) -> dict[str, frozenset[str]]:
        """Everybody's favourites, by user."""
        return await self._read(favourites.all_favourites)

    async def add_favourite(self, user: str, contact_id: str, most: int) -> None:
        """Mark an entry; raises KeyError, TooManyFavouritesError."""
        await self._write(favourites.add, user, contact_id, most)

    async def remove_favourite(self, user: str, contact_id: str) -> None:
        """Take a mark away."""
        await self._write(favourites.remove, user, contact_id)

    # ------------------------------------------------------------ shown numbers

    async def shown_defaults(self) -> dict[str, dict[str, Shown]]:
        """Everybody's defaults, by user and number called."""
        return await self._read(shown.all_defaults)

    async def save_shown_default(self, user: str, called: str, shown_number: Shown | None) -> None:
        """Write what is shown to a number, or (None) forget it."""
        await self._write(shown.save_default, user, called, shown_number)

    # ------------------------------------------------------------ phone book

    async def phonebook_id(self) -> str:
        """What this book is called."""
        return await self._read(phonebook.book_id)

    async def phonebook_revision(self) -> int:
        """Grows with every change of an entry, whichever process makes it."""
        return await self._read(phonebook.revision)

    async def latest_contact_revisions(self, after: int = 0) -> dict[str, int]:
        """The revision of each owner's latest change, of those who have one after a revision."""
        return await self._read(phonebook.latest_revisions, after)

    async def contacts_seen(self, user: str, after: int, limit: int) -> tuple[ContactRecord, ...]:
        """Entries that a user sees with a greater revision, in its order."""
        return await self._read(phonebook.seen_by, user, after, limit)

    async def contacts_since(self, revision: int, limit: int) -> tuple[ContactRecord, ...]:
        """Everybody's entries with a greater revision, in its order."""
        return await self._read(phonebook.since, revision, limit)

    async def contacts(self, ids: Iterable[str]) -> dict[str, ContactRecord]:
        """These entries, removed ones too, by id."""
        return await self._read(phonebook.by_ids, tuple(ids))

    async def change_contacts(self, change: BookChange) -> BookChanged:
        """Carry a change out, all of it or nothing; raises KeyError, TooManyContactsError."""
        return await self._write(phonebook.change, change)

    async def wipe_removed_contacts(self, before: datetime) -> int:
        """Forget the details of what was removed before a time; return of how many."""
        return await self._write(phonebook.wipe_removed, before)

    # ------------------------------------------------------------ record of calls

    async def history_mark(self) -> RecordMark | None:
        """How far the PBX's records were read."""
        return await self._read(history.mark)

    async def history_revision(self) -> int:
        """The revision of the latest change of a row."""
        return await self._read(history.revision)

    async def open_tasks(self) -> dict[str, int]:
        """How many tasks wait for whom."""
        return await self._read(history.open_tasks)

    async def write_history(
        self,
        calls: Collection[RecordedCall],
        mark: RecordMark | None,
        *,
        oldest: datetime | None = None,
        letters: Mapping[str, Letter] = NO_LETTERS,
    ) -> HistoryStep:
        """Write calls, the mark that belongs to them and the letters about new tasks, all or nothing."""
        return await self._write(history.write, calls, mark, oldest, letters)

    async def read_history(
        self,
        user: str,
        wanted: HistoryFilter,
        after: HistoryPlace | None,
        limit: int,
        total: int | None = None,
    ) -> HistoryPageRead:
        """A page of a user's rows, newest first."""
        return await self._read(history_reading.page, user, wanted, after, limit, total)

    async def set_tasks(
        self, user: str, ids: Collection[str], by: str, at: datetime, *, done: bool
    ) -> HistoryStep:
        """Tick or open tasks, those of groups for all; raises KeyError."""
        return await self._write(history.set_tasks, user, ids, by, at, done=done)

    async def describe_entry(self, user: str, entry_id: str, words: CallWords) -> HistoryStep:
        """Keep what a client tells of a row; raises KeyError."""
        return await self._write(history.describe_entry, user, entry_id, words)

    async def describe_leg(
        self, user: str, leg_id: str, words: CallWords, at: datetime, *, may_wait: bool
    ) -> HistoryStep:
        """The same of a leg; raises KeyError."""
        return await self._write(history.describe_leg, user, leg_id, words, at, may_wait=may_wait)

    async def entry_of_sip_call(self, user: str, sip_call_id: str) -> str:
        """The id of the row that has this SIP call; raises KeyError."""
        return await self._read(history.entry_of_sip_call, user, sip_call_id)

    async def purge_history(self, before: datetime) -> tuple[int, frozenset[str]]:
        """Forget calls that began before a time."""
        return await self._write(history.purge, before)

    # ------------------------------------------------------------ presence

    async def presences(self) -> dict[str, Presence]:
        """The chosen presence of everybody who ever chose one."""
        return await self._read(presence.all_presences)

    async def save_presence(self, entry: JournalEntry) -> None:
        """Write one's presence and its journal entry, both or neither."""
        await self._write_with_others(presence.save_presences, entry)

    async def journal(self, user: str | None, limit: int, before: int = 0) -> tuple[JournalEntry, ...]:
        """The latest entries, newest first, of one user or of all; those older than `before`, if that is one."""
        return await self._read(presence.journal, user, limit, before)

    # ------------------------------------------------------------ reachability

    async def reachabilities(self) -> dict[str, Reachability]:
        """What everybody set who ever set do not disturb or a forwarding."""
        return await self._read(reachability.all_reachabilities)

    async def save_do_not_disturb(self, entry: JournalEntry) -> None:
        """Write whether one may be disturbed and the journal entry that says so, both or neither."""
        await self._write(reachability.save_do_not_disturb, entry)

    async def replace_forwardings(self, user: str, forwardings: tuple[Forwarding, ...]) -> None:
        """Write all forwardings of a user anew."""
        await self._write(reachability.replace_forwardings, user, forwardings)

    # ------------------------------------------------------------ inside

    async def _read(self, work: Work[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        engine, executor = self._engine, self._executor
        if engine is None or executor is None:
            raise StoreError("the store is closed")
        run = partial(transact, engine, lambda connection: work(connection, *args, **kwargs), writes=False)
        return await asyncio.get_running_loop().run_in_executor(executor, run)

    async def _write_with_others(self, work: WorkForMany[_V], value: _V) -> None:
        """As `_write`, for what comes by the hundred."""
        if self._writes is None:
            raise StoreError("the store is closed")
        await self._writes.write_with_others(work, value)

    async def _write(self, work: Work[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        if self._writes is None:
            raise StoreError("the store is closed")
        return await self._writes.write(lambda connection: work(connection, *args, **kwargs))
