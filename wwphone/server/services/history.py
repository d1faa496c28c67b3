"""The record of calls: made from the PBX's own records, read by its owners, with tasks and notes.

The rows come of the PBX's records alone, each within a moment of the call's end, and are written together with the mark up to
which those were read; so it does not matter when this server is not there. What only clients know is added.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from wwphone.domain.history import MAX_HISTORY_SEARCH, HistoryEntry, HistoryFilter, HistoryState
from wwphone.protocol.errors import CommandRefusedError, ErrorCode, WireError
from wwphone.protocol.history import (
    MAX_HISTORY_IDS,
    MAX_HISTORY_PAGE,
    DescribeCall,
    HistoryChanged,
    HistoryPage,
    ReadHistory,
    SetTasks,
)
from wwphone.protocol.message import Command, Done, Result
from wwphone.server.api import PbxEvent, Store, StoreError
from wwphone.server.clock import Clock
from wwphone.server.history_api import (
    CallRecords,
    CallRecordsUnreadableError,
    CallWords,
    HistoryStep,
    RecordedCall,
    RecordedCalls,
    RecordMark,
)
from wwphone.server.history_rules import checked_note, checked_read
from wwphone.server.services.commands import Handler
from wwphone.server.services.directory import DirectoryChange, DirectoryService
from wwphone.server.services.event_log import EventLog
from wwphone.server.services.missed_mail import MissedMailService
from wwphone.server.services.seen_legs import SeenLegs
from wwphone.server.services.sessions import Session
from wwphone.server.tasks import TaskOwner

logger = logging.getLogger(__name__)

POLL_S = 0.3
"""From one look at the PBX's records to the next: so soon after its end a call is in the list."""
_RETRY_S = 3.0
_KEEP_MARK_S = 30.0
"""A mark to which no row belongs is written so often: what lies between is read again after a restart."""
_PURGE_EVERY_S = 3600.0
_MOST_TOLD = 50
_MOST_TOTALS = 1000
_MOST_CHARACTERS = 512 * 1024
"""Of a page, so that it is far below `MAX_FRAME_BYTES`."""


class HistoryService:
    """Keeps the record, answers readers, tells what changed."""

    def __init__(
        self,
        store: Store,
        records: CallRecords,
        legs: SeenLegs,
        directory: DirectoryService,
        log: EventLog,
        clock: Clock,
        keep_days: int = 0,
    ) -> None:
        self._store = store
        self._records = records
        self._directory = directory
        self._log = log
        self._clock = clock
        self._keep = timedelta(days=keep_days)
        self._legs = legs
        self._mail: MissedMailService | None = None
        self._revision = 0
        self._latest: dict[str, int] = {}
        self._open: dict[str, int] = {}
        self._totals: dict[tuple[str, HistoryFilter], tuple[int, int]] = {}
        self._mark: RecordMark | None = None
        self._marked_s = float("-inf")
        self._readable = True
        self.written = 0
        """Rows that were new or changed, since the start."""
        # One change after the other, and told before the next: so revisions reach clients in their order.
        self._changing = asyncio.Lock()
        self._tasks = TaskOwner("record of calls")

    def tell_by(self, mail: MissedMailService) -> None:
        """Have missed calls told by e-mail, too."""
        self._mail = mail

    async def start(self) -> None:
        """Look how far the record is and begin to keep it. Raises StoreError."""
        self._revision = await self._store.history_revision()
        self._open = await self._store.open_tasks()
        self._directory.on_change(self._on_directory_change)
        self._tasks.start(self._keep_record())
        if self._keep:
            self._tasks.start(self._keep_house())

    async def shutdown(self) -> None:
        """Stop; what was not read is read after the next start."""
        await self._tasks.shutdown()
        await self._legs.shutdown()

    def on_pbx_event(self, event: PbxEvent) -> None:
        """Something happened at the PBX."""
        self._legs.on_pbx_event(event)

    @property
    def readable(self) -> bool:
        """Whether the PBX's records can be read."""
        return self._readable

    def state_for(self, user: str) -> HistoryState:
        """Where a user's record stands."""
        revision, open_tasks = self._latest.get(user, self._revision), self._open.get(user, 0)
        if self._mail is None:
            return HistoryState(revision, open_tasks)
        return HistoryState(revision, open_tasks, self._mail.is_on(user), self._mail.possible_for(user))

    def commands(self) -> Mapping[type[Command], Handler]:
        """What clients may ask of this service."""
        return {
            ReadHistory: self._on_read,
            SetTasks: self._on_set_tasks,
            DescribeCall: self._on_describe,
        }

    # ------------------------------------------------------------ for clients

    async def read(self, user: str, command: ReadHistory) -> HistoryPage:
        """A page of a user's rows. Raises CommandRefusedError, StoreError."""
        try:
            checked_read(command, MAX_HISTORY_SEARCH)
        except ValueError as error:
            raise _refused(ErrorCode.INVALID, str(error)) from error
        limit = min(max(command.limit, 1), MAX_HISTORY_PAGE)
        revision = self._latest.get(user, self._revision)
        known = self._totals.get((user, command.filter), (-1, 0))
        total = known[1] if known[0] == revision else None
        page = await self._store.read_history(user, command.filter, command.after, limit, total)
        self._keep_total(user, command.filter, revision, page.total)
        fitting = _that_fit(page.entries)
        return HistoryPage(fitting, page.more or len(fitting) < len(page.entries), page.total)

    async def set_tasks(self, user: str, command: SetTasks) -> None:
        """Tick tasks or open them again. Raises CommandRefusedError, StoreError."""
        if len(command.entry_ids) > MAX_HISTORY_IDS:
            raise _refused(ErrorCode.INVALID, f"at most {MAX_HISTORY_IDS} calls at once")
        async with self._changing:
            try:
                step = await self._store.set_tasks(
                    user, command.entry_ids, user, self._clock(), done=command.done
                )
            except KeyError as error:
                raise _refused(ErrorCode.NOT_FOUND, "there is no such task") from error
            self._tell(step)

    async def describe(self, user: str, command: DescribeCall) -> None:
        """Keep what a client tells of a call. Raises CommandRefusedError, PbxError, StoreError."""
        try:
            words = CallWords(checked_note(command.note), command.quality)
        except ValueError as error:
            raise _refused(ErrorCode.INVALID, str(error)) from error
        try:
            if command.entry_id:
                await self._describe_entry(user, command.entry_id, words)
            elif command.leg_id:
                await self._describe_leg(user, command.leg_id, words)
            else:
                await self._describe_sip_call(user, command.sip_call_id, words)
        except KeyError as error:
            raise _refused(ErrorCode.NOT_FOUND, "there is no such call") from error

    async def note_recording(self, user: str, leg_id: str, recording_id: str) -> None:
        """Let the row of a leg, which may come later, name the recording. Raises StoreError."""
        words = CallWords(recording_id=recording_id)
        async with self._changing:
            self._tell(await self._store.describe_leg(user, leg_id, words, self._clock(), may_wait=True))

    async def purge(self) -> None:
        """Forget what is older than it may be kept. Raises StoreError."""
        async with self._changing:
            gone, waited = await self._store.purge_history(self._clock() - self._keep)
            self._totals.clear()
            if gone:
                logger.info("%d rows of the record of calls are older than is kept, and deleted", gone)
            if waited:
                there = await self._store.open_tasks()
                for user in sorted(waited):
                    self._open[user] = there.get(user, 0)
                    revision = self._latest.get(user, self._revision)
                    self._log.publish(HistoryChanged(revision, self._open[user], complete=False), only=user)

    # ------------------------------------------------------------ inside

    async def _on_read(self, session: Session, command: ReadHistory) -> Result:
        return await self.read(session.user, command)

    async def _on_set_tasks(self, session: Session, command: SetTasks) -> Result:
        await self.set_tasks(session.user, command)
        return Done()

    async def _on_describe(self, session: Session, command: DescribeCall) -> Result:
        await self.describe(session.user, command)
        return Done()

    async def _describe_entry(self, user: str, entry_id: str, words: CallWords) -> None:
        async with self._changing:
            self._tell(await self._store.describe_entry(user, entry_id, words))

    async def _describe_leg(self, user: str, leg_id: str, words: CallWords) -> None:
        async with self._changing:
            leg_id, known = self._legs.named(user, leg_id)
            self._tell(await self._store.describe_leg(user, leg_id, words, self._clock(), may_wait=known))

    async def _describe_sip_call(self, user: str, sip_call_id: str, words: CallWords) -> None:
        if not sip_call_id:
            raise KeyError(sip_call_id)
        leg_id = await self._legs.of_sip_call(user, sip_call_id)
        if leg_id:
            await self._describe_leg(user, leg_id, words)
        else:
            entry_id = await self._store.entry_of_sip_call(user, sip_call_id)
            await self._describe_entry(user, entry_id, words)

    def _keep_total(self, user: str, wanted: HistoryFilter, revision: int, total: int) -> None:
        """Remember how many rows there are: whoever scrolls asks for one page after the other."""
        while len(self._totals) >= _MOST_TOTALS:
            del self._totals[next(iter(self._totals))]
        self._totals[user, wanted] = revision, total

    def _tell(self, step: HistoryStep) -> None:
        by_user: defaultdict[str, list[HistoryEntry]] = defaultdict(list)
        for entry in step.entries:
            by_user[entry.user].append(entry)
        self.written += len(step.entries)
        for user, entries in sorted(by_user.items(), key=lambda pair: pair[1][-1].revision):
            revision = self._latest[user] = entries[-1].revision
            self._open[user] = step.open_tasks.get(user, 0)
            told = tuple(entries) if len(entries) <= _MOST_TOLD else ()
            event = HistoryChanged(revision, self._open[user], told, complete=bool(told))
            self._log.publish(event, only=user)

    # ------------------------------------------------------------ keeping the record

    async def _keep_record(self) -> None:
        begun = False
        while True:
            try:
                if not begun:
                    self._mark = await self._store.history_mark()
                    await self._records.begin(self._mark)
                    begun = True
                more = await self._read_once()
            except StoreError as error:
                # What was read is not written: it is read again from the mark that is.
                begun = False
                logger.info("the record of calls waits for the store: %s", error)
                await asyncio.sleep(_RETRY_S)
            except CallRecordsUnreadableError as error:
                if self._readable:
                    self._readable = False
                    logger.warning("the record of calls waits for the PBX's own: %s", error)
                await asyncio.sleep(_RETRY_S)
            else:
                if not more:
                    await asyncio.sleep(POLL_S)

    async def _read_once(self) -> bool:
        found = await self._records.read()
        if not self._readable:
            self._readable = True
            logger.info("the PBX's record of calls can be read again")
        now = asyncio.get_running_loop().time()
        if found.calls or (found.mark != self._mark and now - self._marked_s >= _KEEP_MARK_S):
            await self._write(found)
            self._mark, self._marked_s = found.mark, now
        return found.more

    async def _write(self, found: RecordedCalls) -> None:
        calls = [self._with_what_was_seen(call) for call in found.calls]
        oldest = self._clock() - self._keep if self._keep else None
        letters = await self._mail.letters(calls) if self._mail is not None else {}
        async with self._changing:
            step = await self._store.write_history(calls, found.mark, oldest=oldest, letters=letters)
            self._tell(step)
        if letters and self._mail is not None:
            self._mail.written()

    def _with_what_was_seen(self, call: RecordedCall) -> RecordedCall:
        """Add what the records do not tell, of legs that were there while we looked."""
        sip_calls, device = self._legs.seen(call.legs)
        return replace(
            call,
            sip_call_ids=tuple(dict.fromkeys([*call.sip_call_ids, *sip_calls])),
            device=call.device or device,
        )

    def _on_directory_change(self, change: DirectoryChange) -> None:
        for record in change.removed:
            self._latest.pop(record.user, None)  # the database has removed the rows with their owner
            self._open.pop(record.user, None)

    async def _keep_house(self) -> None:
        while True:
            try:
                await self.purge()
            except StoreError as error:
                logger.warning("old rows of the record of calls could not be deleted: %s", error)
            await asyncio.sleep(_PURGE_EVERY_S)


def _that_fit(entries: tuple[HistoryEntry, ...]) -> tuple[HistoryEntry, ...]:
    """The first ones, until they are too long for a page; at least one."""
    characters = 0
    for place, one in enumerate(entries):
        characters += 600 + len(one.note) + len(one.party.name)
        if place and characters > _MOST_CHARACTERS:
            return entries[:place]
    return entries


def _refused(code: ErrorCode, sentence: str) -> CommandRefusedError:
    return CommandRefusedError(WireError(code, sentence))
