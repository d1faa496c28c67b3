"""What the fake server makes of imports into the phone book."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from wwphone.cti.api import CommandRefusedError, ErrorCode, WireError
from wwphone.cti.fake_phonebook import FakePhoneBook
from wwphone.domain.imports import (
    ImportPlan,
    ImportRecord,
    RefusalReason,
    RefusedLine,
    UndoCounts,
    details_of,
    import_plan,
    values_of,
)
from wwphone.domain.phonebook import Contact
from wwphone.protocol.imports import (
    BeginImport,
    CarryOutImport,
    DropImport,
    ImportBegun,
    ImportDone,
    ImportPreview,
    ImportRow,
    ImportsRead,
    ImportUndone,
    PreviewImport,
    ReadImports,
    RowsTaken,
    SendRows,
    UndoImport,
)
from wwphone.protocol.message import Command, Done, Result


class FakeImports:
    """Answers `import.…` for the entries of a `FakePhoneBook`; numbers with letters are refused."""

    def __init__(self, book: FakePhoneBook, me: Callable[[], str], now: Callable[[], datetime]) -> None:
        self._book = book
        self._me = me
        self._now = now
        self._ids = (f"import-{number}" for number in itertools.count(1))
        self.staged: dict[str, tuple[BeginImport, list[ImportRow]]] = {}
        self.done: list[ImportRecord] = []
        """Latest first."""
        self._before: dict[str, dict[str, Contact]] = {}

    def carry_out(self, command: Command) -> Result | None:
        """Answer what is an import's; None for other commands. Raises CommandRefusedError."""
        match command:
            case BeginImport():
                import_id = next(self._ids)
                self.staged = {import_id: (command, [])}
                return ImportBegun(import_id)
            case SendRows():
                return self._take(command)
            case PreviewImport(import_id, replaces_all):
                return self._preview(import_id, replaces_all=replaces_all)
            case CarryOutImport():
                return self._carry_out(command)
            case DropImport(import_id):
                self.staged.pop(import_id, None)
                return Done()
            case ReadImports():
                return ImportsRead(tuple(self.done))
            case UndoImport(import_id):
                return self._undo(import_id)
        return None

    def _take(self, command: SendRows) -> RowsTaken:
        _, rows = self._known(command.import_id)
        refused = []
        for row in command.rows:
            bad = [name for name, text in _numbers(row) if any(letter.isalpha() for letter in text)]
            if bad:
                text = getattr(row.details, bad[0])
                refused.append(RefusedLine(row.line, RefusalReason.NOT_DIALLABLE, bad[0], text))
            else:
                rows.append(row)
        return RowsTaken(len(command.rows) - len(refused), tuple(refused))

    def _plan(self, import_id: str, *, replaces_all: bool) -> ImportPlan:
        begun, rows = self._known(import_id)
        there = [
            (one.contact_id, values_of(one.details))
            for one in self._book.contacts.values()
            if one.personal == begun.personal
        ]
        values = [values_of(row.details) for row in rows]
        return import_plan(there, values, begun.known, replaces_all=replaces_all)

    def _preview(self, import_id: str, *, replaces_all: bool) -> ImportPreview:
        plan = self._plan(import_id, replaces_all=replaces_all)
        _, rows = self._known(import_id)
        doubles = tuple(
            RefusedLine(rows[place].line, RefusalReason.DOUBLE, text=str(rows[before].line))
            for place, before in plan.doubles
        )
        return ImportPreview(plan.counts, self._book.revision, doubles, len(doubles))

    def _carry_out(self, command: CarryOutImport) -> ImportDone:
        begun, _ = self._known(command.import_id)
        if command.revision != self._book.revision:
            raise CommandRefusedError(WireError(ErrorCode.CONFLICT, "the phone book was changed meanwhile"))
        plan = self._plan(command.import_id, replaces_all=command.replaces_all)
        self._before[command.import_id] = dict(self._book.contacts)
        for contact_id in plan.gone:
            self._book.take_out(contact_id)
        for contact_id, values in plan.changed:
            self._book.write(details_of(values), contact_id=contact_id, personal=begun.personal)
        for values in plan.new:
            self._book.write(details_of(values), personal=begun.personal)
        del self.staged[command.import_id]
        record = ImportRecord(
            command.import_id, self._me(), self._now(), begun.personal, begun.file_name,
            command.replaces_all, plan.counts,
        )  # fmt: skip
        self.done.insert(0, record)
        return ImportDone(record)

    def _undo(self, import_id: str) -> ImportUndone:
        place = next((place for place, one in enumerate(self.done) if one.import_id == import_id), None)
        if place is None or self.done[place].undone_by:
            raise CommandRefusedError(WireError(ErrorCode.NOT_FOUND, "there is no such import"))
        record = self.done[place]
        before, now = self._before[import_id], dict(self._book.contacts)
        for contact_id in now.keys() - before.keys():
            self._book.take_out(contact_id)
        for contact_id, former in before.items():
            if contact_id not in now or now[contact_id].details != former.details:
                self._book.write(former.details, contact_id=contact_id, personal=former.personal)
        self.done[place] = replace(record, undone_by=self._me(), undone_at=self._now())
        counts = record.counts
        return ImportUndone(UndoCounts(counts.new, counts.changed, counts.gone))

    def _known(self, import_id: str) -> tuple[BeginImport, list[ImportRow]]:
        if import_id not in self.staged:
            raise CommandRefusedError(WireError(ErrorCode.NOT_FOUND, "there is no such import"))
        return self.staged[import_id]


def _numbers(row: ImportRow) -> list[tuple[str, str]]:
    return [(name, getattr(row.details, name)) for name in ("office", "mobile", "private")]
