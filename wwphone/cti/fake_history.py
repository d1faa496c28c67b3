"""What the fake server makes of the record of calls."""

from __future__ import annotations

import bisect
import functools
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from wwphone.cti.api import CommandRefusedError, ErrorCode, WireError
from wwphone.domain.history import HistoryEntry, HistoryFilter, TaskState
from wwphone.domain.history_filter import lets_through
from wwphone.protocol.history import (
    DescribeCall,
    HistoryChanged,
    HistoryPage,
    MissedMailChanged,
    ReadHistory,
    SetMissedMail,
    SetTasks,
)
from wwphone.protocol.message import Command, Done, Event, Result
from wwphone.protocol.mirror import Mirror

_COMMANDS = (ReadHistory, SetTasks, DescribeCall, SetMissedMail)


class FakeHistory:
    """Answers `history.…`; before `open` the server is an older one, which does not know these commands."""

    def __init__(self, truth: Mirror, publish: Callable[[Event], None], now: Callable[[], datetime]) -> None:
        self._truth = truth
        self._publish = publish
        self._now = now
        self._is_open = False
        self._answers: dict[HistoryFilter, list[HistoryEntry]] = {}
        """What each filter lets through, newest first, since the last change."""
        self.entries: dict[str, HistoryEntry] = {}
        """Every row of this person."""
        self.calls: dict[str, str] = {}
        """The rows of calls that a client names otherwise, by leg or SIP Call-ID."""
        self.mail_language = ""
        """In which language missed calls are to be sent, as a client told last."""

    def mail_on(self) -> None:
        """This person gets missed calls by e-mail."""
        self._publish(MissedMailChanged(on=True, possible=True))

    def lose_mail(self) -> None:
        """The server can send this person no e-mail any more."""
        self._publish(MissedMailChanged(self._truth.history.mail_missed, possible=False))

    def open(self, entries: Iterable[HistoryEntry] = (), *, mail_possible: bool = False) -> None:
        """There is a record with these rows from the next sign-in on."""
        self._is_open = True
        self._answers.clear()
        self.entries = {entry.entry_id: entry for entry in entries}
        revision = max((entry.revision for entry in self.entries.values()), default=0)
        self._truth.history = replace(
            self._truth.history, revision=revision, open_tasks=self._open_tasks(), mail_possible=mail_possible
        )

    def write(self, *entries: HistoryEntry, told: bool = True) -> tuple[HistoryEntry, ...]:
        """Rows are new, or others than before; `told`: else there were too many to be told."""
        revision = self._truth.history.revision
        written = []
        for entry in entries:
            revision += 1
            written.append(replace(entry, revision=revision))
            self.entries[entry.entry_id] = written[-1]
        self._answers.clear()
        self._publish(
            HistoryChanged(revision, self._open_tasks(), tuple(written) if told else (), complete=told)
        )
        return tuple(written)

    def carry_out(self, command: Command) -> Result | None:
        """Read or change the record; None for other commands. Raises CommandRefusedError."""
        if isinstance(command, _COMMANDS) and not self._is_open:
            raise CommandRefusedError(WireError(ErrorCode.UNKNOWN_TYPE, "unknown type of message"))
        match command:
            case ReadHistory():
                return self._page(command)
            case SetTasks():
                return self._set_tasks(command)
            case DescribeCall():
                return self._describe(command)
            case SetMissedMail(on, language):
                possible = self._truth.history.mail_possible
                if on and not possible:
                    raise CommandRefusedError(WireError(ErrorCode.INVALID, "no e-mail can be sent to you"))
                self.mail_language = language
                self._publish(MissedMailChanged(on, possible))
                return Done()
        return None

    def _page(self, command: ReadHistory) -> HistoryPage:
        found = self._answers.get(command.filter)
        if found is None:
            found = [entry for entry in self.entries.values() if lets_through(command.filter, entry)]
            found.sort(key=lambda entry: (entry.started_at, entry.entry_id), reverse=True)
            self._answers[command.filter] = found
        first = 0
        if command.after is not None:
            end = (command.after.started_at, command.after.entry_id)
            first = bisect.bisect_right(found, _Reverse(end), key=_Reverse.of)
        page = found[first : first + command.limit]
        return HistoryPage(tuple(page), first + len(page) < len(found), len(found))

    def _set_tasks(self, command: SetTasks) -> Done:
        rows = [self._known(entry_id) for entry_id in command.entry_ids]
        if any(row.task is TaskState.NONE for row in rows):
            raise CommandRefusedError(WireError(ErrorCode.NOT_FOUND, "this is no task"))
        done_by = self._truth.state().profile.user if command.done else ""
        done_at = self._now() if command.done else None
        task = TaskState.DONE if command.done else TaskState.OPEN
        self.write(*(replace(row, task=task, done_by=done_by, done_at=done_at) for row in rows))
        return Done()

    def _describe(self, command: DescribeCall) -> Done:
        row = self._known(
            command.entry_id or self.calls.get(command.leg_id or command.sip_call_id, "no such call")
        )
        note = row.note if command.note is None else command.note
        self.write(replace(row, note=note, quality=command.quality or row.quality))
        return Done()

    def _known(self, entry_id: str) -> HistoryEntry:
        if entry_id not in self.entries:
            raise CommandRefusedError(WireError(ErrorCode.NOT_FOUND, "there is no such call"))
        return self.entries[entry_id]

    def _open_tasks(self) -> int:
        return sum(entry.task is TaskState.OPEN for entry in self.entries.values())


@functools.total_ordering
class _Reverse:
    """Newest first, for bisect."""

    def __init__(self, place: tuple[datetime, str]) -> None:
        self.place = place

    @classmethod
    def of(cls, entry: HistoryEntry) -> _Reverse:
        return cls((entry.started_at, entry.entry_id))

    def __lt__(self, other: _Reverse) -> bool:
        return self.place > other.place

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Reverse) and self.place == other.place

    def __hash__(self) -> int:
        return hash(self.place)
