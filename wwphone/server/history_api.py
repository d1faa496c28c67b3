"""What may be asked of the PBX and of the store about the record of calls; part of `server.api`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from wwphone.domain.calls import CallDirection, CallKind, QualityWord
from wwphone.domain.history import CallResult, HistoryEntry, HistoryFilter, HistoryPlace
from wwphone.server.mail_api import Letter

NO_LETTERS: Mapping[str, Letter] = MappingProxyType({})


@dataclass(frozen=True)
class RecordMark:
    """How far the PBX's own records of calls have been read."""

    file: str
    """Which file: what its first line is recognised by."""
    offset: int
    """Bytes. Everything before belongs to calls that are over and written."""


@dataclass(frozen=True)
class RecordedCall:
    """One call of one person, as the PBX's own records tell it; made again from the same records it is the same."""

    entry_id: str
    user: str
    call_id: str
    direction: CallDirection
    kind: CallKind
    number: str
    name: str = field(repr=False)
    called: str
    group: str
    """Name of the ring group that was called."""
    started_at: datetime
    result: CallResult
    ring_s: float = 0.0
    talk_s: float = 0.0
    taken_by: str = ""
    device: str = ""
    legs: tuple[str, ...] = ()
    """Ids of the person's own legs."""
    sip_call_ids: tuple[str, ...] = ()
    """SIP Call-IDs of those, as far as the records tell them."""


@dataclass(frozen=True)
class RecordedCalls:
    """Calls that are over, or that more became known of, and the mark that belongs to them."""

    calls: tuple[RecordedCall, ...]
    mark: RecordMark | None
    more: bool
    """There is more to be read now."""


class CallRecordsUnreadableError(Exception):
    """The PBX's records of calls cannot be read now; what happens meanwhile is read later."""


class CallRecords(Protocol):
    """The PBX's own records of calls, read in their order."""

    async def begin(self, mark: RecordMark | None) -> None:
        """Read on at a mark; None: from the beginning."""

    async def read(self) -> RecordedCalls:
        """Read what has been written since. Raises CallRecordsUnreadableError.

        Calls may come again, with the same ids, and unchanged after `begin`.
        """


class CallRecordPbx(Protocol):
    """The part of `server.api.Pbx` that the record of calls is made with."""

    @property
    def call_records(self) -> CallRecords:
        """Its own records of calls."""

    async def sip_call_of(self, leg_id: str) -> str:
        """The SIP Call-ID of a leg; empty when there is none. Raises PbxError, PbxLostError."""


@dataclass(frozen=True)
class CallWords:
    """What a client tells of a call, or the server of its recording. None: it does not say."""

    note: str | None = field(default=None, repr=False)
    quality: QualityWord | None = None
    recording_id: str | None = None


@dataclass(frozen=True)
class HistoryPageRead:
    """A page as the store has it."""

    entries: tuple[HistoryEntry, ...]
    more: bool
    total: int


@dataclass(frozen=True)
class HistoryStep:
    """What one change has done."""

    entries: tuple[HistoryEntry, ...]
    """The rows that are new or changed, in the order of their revisions."""
    open_tasks: Mapping[str, int]
    """Of those whose rows these are."""


class HistoryStore(Protocol):
    """The part of `server.api.Store` that keeps the record of calls."""

    async def history_mark(self) -> RecordMark | None:
        """How far the PBX's records were read; None: not at all."""

    async def history_revision(self) -> int:
        """The revision of the latest change of a row."""

    async def open_tasks(self) -> dict[str, int]:
        """How many tasks wait for whom; nobody is named who has none."""

    async def write_history(
        self,
        calls: Collection[RecordedCall],
        mark: RecordMark | None,
        *,
        oldest: datetime | None = None,
        letters: Mapping[str, Letter] = NO_LETTERS,
    ) -> HistoryStep:
        """Write calls and the mark that belongs to them, both or neither.

        `letters`, by entry id, go to the outgoing mail with those calls that become open tasks by this.

        A call that is there already is brought up to date; what people did with its row stays. An answered outgoing call
        ends the tasks that its owner had with that number before, those of groups for all members. Passed over are calls of
        unknown users, and those that began before `oldest`.
        """

    async def read_history(
        self,
        user: str,
        wanted: HistoryFilter,
        after: HistoryPlace | None,
        limit: int,
        total: int | None = None,
    ) -> HistoryPageRead:
        """A page of a user's rows, newest first. `total`, where it is known, need not be counted again."""

    async def set_tasks(
        self, user: str, ids: Collection[str], by: str, at: datetime, *, done: bool
    ) -> HistoryStep:
        """Tick or open tasks, those of groups for all; raises KeyError when one is no task of the user's."""

    async def describe_entry(self, user: str, entry_id: str, words: CallWords) -> HistoryStep:
        """Keep what a client tells of a row; raises KeyError when it is none of the user's."""

    async def describe_leg(
        self, user: str, leg_id: str, words: CallWords, at: datetime, *, may_wait: bool
    ) -> HistoryStep:
        """The same of a leg. Kept for its row when there is none yet, if it may wait; else raises KeyError."""

    async def entry_of_sip_call(self, user: str, sip_call_id: str) -> str:
        """The id of the row that has this SIP call. Raises KeyError."""

    async def purge_history(self, before: datetime) -> tuple[int, frozenset[str]]:
        """Forget calls that began before a time; return how many, and who had tasks among them."""
