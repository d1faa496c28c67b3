"""Imports into the phone book: staged page by page, compared and carried out in one transaction, undone in another.

Rows travel as plain tuples and are written by the thousand: a hundred thousand of them keep neither the interpreter nor its
collector busy for long at a time, so the server's loop goes on meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa

from wwphone.domain.imports import (
    MAX_DOUBLES_TOLD,
    ImportCounts,
    ImportPlan,
    ImportRecord,
    UndoCounts,
    Values,
    import_plan,
)
from wwphone.server.imports_api import (
    BookMovedError,
    ImportForecast,
    ImportOrder,
    OutOfStepError,
    StagedImport,
    StagedPage,
)
from wwphone.server.phonebook_api import GLOBAL, TooManyContactsError, new_contact_id
from wwphone.server.store import phonebook, tables

_ROWS_AT_ONCE = 500
_ABSENT, _CHANGED, _REMOVED = "absent", "changed", "removed"
_DETAILS = tables.CONTACT_DETAILS
_NOTHING: Values = ("",) * len(_DETAILS)
_imports, _rows, _changes = tables.contact_imports, tables.contact_import_rows, tables.contact_import_changes
_contacts = tables.contacts
_i, _r, _ch, _c = _imports.c, _rows.c, _changes.c, _contacts.c


def begin(connection: sa.Connection, staged: StagedImport, at: datetime) -> None:
    """Make room for an import."""
    connection.execute(sa.delete(_imports).where(_i.by == staged.by, _i.done_at.is_(None)))
    connection.execute(
        sa.insert(_imports).values(
            import_id=staged.import_id,
            owner=staged.owner or None,
            by=staged.by,
            file_name=staged.file_name,
            known=" ".join(staged.known),
            touched_at=at,
            replaces_all=False,
            **dict.fromkeys(("new", "changed", "same", "gone"), 0),
            undone_by="",
        )
    )


def stage(connection: sa.Connection, page: StagedPage) -> None:
    """Put a page aside."""
    the_import = sa.and_(_i.import_id == page.import_id, _i.done_at.is_(None))
    touched = connection.execute(sa.update(_imports).where(the_import).values(touched_at=page.at))
    if not touched.rowcount:
        raise KeyError(page.import_id)
    last = connection.scalar(sa.select(sa.func.max(_r.position)).where(_r.import_id == page.import_id))
    if page.first != (0 if last is None else last + 1):
        raise OutOfStepError
    rows = [
        {"import_id": page.import_id, "position": place, "line": line, **_named(values)}
        for place, (line, values) in enumerate(page.rows, page.first)
    ]
    if rows:
        connection.execute(sa.insert(_rows), rows)


def one(connection: sa.Connection, import_id: str) -> StagedImport | None:
    """What an id stands for."""
    row = connection.execute(sa.select(_imports).where(_i.import_id == import_id)).one_or_none()
    if row is None:
        return None
    return StagedImport(row.import_id, row.owner or GLOBAL, row.by, row.file_name, tuple(row.known.split()))


def forecast(connection: sa.Connection, import_id: str, *, replaces_all: bool) -> ImportForecast:
    """Compare what is staged with the book."""
    staged = _open_one(connection, import_id)
    revision = _revision(connection, staged.owner)
    there, rows, lines = _both(connection, staged)
    plan = import_plan(there, rows, staged.known, replaces_all=replaces_all)
    doubles = tuple((lines[place], lines[before]) for place, before in plan.doubles[:MAX_DOUBLES_TOLD])
    afterwards = len(there) + len(plan.new) - len(plan.gone)
    found = ImportForecast(plan.counts, doubles, len(plan.doubles), revision, afterwards)
    _let_go(plan.new, plan.changed, rows, there)
    return found


def carry_out(connection: sa.Connection, order: ImportOrder) -> ImportRecord:
    """Write everything."""
    now = phonebook.locked_revision(connection)
    done = _record_of(connection, order.import_id)
    if done is not None:
        return done
    staged = _open_one(connection, order.import_id)
    if _revision(connection, staged.owner) > order.revision:
        raise BookMovedError
    there, rows, _ = _both(connection, staged)
    plan = import_plan(there, rows, staged.known, replaces_all=order.replaces_all)
    if staged.owner != GLOBAL and len(there) + len(plan.new) - len(plan.gone) > order.most_personal:
        raise TooManyContactsError
    writer = _Writer(connection, now, staged.by, order.at)
    writer.log_as = staged.import_id
    writer.remove(plan.gone)
    writer.change(plan.changed, dict(there))
    writer.add(plan.new, staged.owner)
    phonebook.save_revision(connection, writer.revision)
    _close(connection, staged.import_id, order, plan)
    _let_go(plan.new, plan.changed, rows, there)
    record = _record_of(connection, order.import_id)
    assert record is not None
    return record


def undo(connection: sa.Connection, import_id: str, by: str, at: datetime) -> UndoCounts:
    """Take an import back."""
    now = phonebook.locked_revision(connection)
    undone = sa.update(_imports).where(
        _i.import_id == import_id, _i.done_at.is_not(None), _i.undone_at.is_(None)
    )
    if not connection.execute(undone.values(undone_by=by, undone_at=at)).rowcount:
        raise KeyError(import_id)
    todo = _Undoing()
    for row in _undoable(connection, import_id):
        todo.take(row)
    writer = _Writer(connection, now, by, at)
    writer.remove(todo.added)
    writer.change(todo.changed, {})
    writer.restore(todo.removed)
    phonebook.save_revision(connection, writer.revision)
    connection.execute(sa.delete(_changes).where(_ch.import_id == import_id))
    return UndoCounts(len(todo.added), len(todo.changed), len(todo.removed), todo.kept)


def drop(connection: sa.Connection, import_id: str) -> None:
    """Forget what is staged."""
    connection.execute(sa.delete(_imports).where(_i.import_id == import_id, _i.done_at.is_(None)))


def done_since(connection: sa.Connection, owners: Sequence[str], since: datetime) -> tuple[ImportRecord, ...]:
    """Imports of some owners since a time, latest first."""
    whose = [_i.owner == owner if owner != GLOBAL else _i.owner.is_(None) for owner in owners]
    query = sa.select(_imports).where(_i.done_at >= since, sa.or_(sa.false(), *whose))
    return tuple(map(_record, connection.execute(query.order_by(_i.done_at.desc()))))


def forget(connection: sa.Connection, staged_before: datetime, done_before: datetime) -> int:
    """Forget old ones."""
    old = sa.or_(sa.and_(_i.done_at.is_(None), _i.touched_at < staged_before), _i.done_at < done_before)
    return connection.execute(sa.delete(_imports).where(old)).rowcount


@dataclass
class _Writer:
    """Writes entries by the thousand, each with the next revision; notes what it did when it is told to."""

    connection: sa.Connection
    revision: int
    by: str
    at: datetime
    log_as: str = ""
    """The import whose changes these are; empty: nothing is noted."""

    def remove(self, ids: Sequence[str]) -> None:
        """Mark entries as removed."""
        self._update(((one, _NOTHING) for one in ids), {"removed_at": self.at}, (), _REMOVED, {})

    def restore(self, ids: Sequence[str]) -> None:
        """Mark removed entries as there again."""
        self._update(((one, _NOTHING) for one in ids), {"removed_at": None}, (), "", {})

    def change(self, rows: Iterable[tuple[str, Values]], before: dict[str, Values]) -> None:
        """Write entries anew."""
        self._update(rows, {}, _DETAILS, _CHANGED, before)

    def add(self, rows: Iterable[Values], owner: str) -> None:
        """Write new entries."""
        usual = {"owner": owner or None, "removed_at": None, "wiped": False}
        for some in _chunks((new_contact_id(), values) for values in rows):
            written = [
                {"contact_id": one, **_named(values), **usual, **self._stamp()} for one, values in some
            ]
            self.connection.execute(sa.insert(_contacts), written)
            self._log([(row["contact_id"], row["revision"], _NOTHING) for row in written], _ABSENT)

    def _update(
        self,
        rows: Iterable[tuple[str, Values]],
        fixed: dict[str, Any],
        names: Sequence[str],
        was: str,
        before: dict[str, Values],
    ) -> None:
        columns = (*fixed, *names, "revision", "changed_by", "changed_at")
        statement = (
            sa.update(_contacts)
            .where(_c.contact_id == sa.bindparam("the_id"))
            .values({name: sa.bindparam(name) for name in columns})
        )
        for some in _chunks(rows):
            written = []
            for one, values in some:
                details = _named(values) if names else {}
                written.append({"the_id": one, **fixed, **details, **self._stamp()})
            self.connection.execute(statement, written)
            self._log(
                [(row["the_id"], row["revision"], before.get(row["the_id"], _NOTHING)) for row in written],
                was,
            )

    def _stamp(self) -> dict[str, Any]:
        self.revision += 1
        return {"revision": self.revision, "changed_by": self.by, "changed_at": self.at}

    def _log(self, rows: Iterable[tuple[str, int, Values]], was: str) -> None:
        noted = [
            {"import_id": self.log_as, "contact_id": one, "revision": at, "was": was, **_named(before)}
            for one, at, before in rows
        ]
        if self.log_as and noted:
            self.connection.execute(sa.insert(_changes), noted)


class _Undoing:
    """What can be taken back, and how much cannot."""

    def __init__(self) -> None:
        self.added: list[str] = []
        self.changed: list[tuple[str, Values]] = []
        self.removed: list[str] = []
        self.kept = 0

    def take(self, row: tuple[Any, ...]) -> None:
        """Sort one change (a row of `_undoable`) by what is to be done."""
        contact_id, was, given, now, removed_at, wiped, *before = row
        if given != now:
            # Removed what was added, or put back what was removed: that is done already.
            gone = removed_at is not None
            self.kept += was == _CHANGED or gone == (was == _REMOVED)
        elif was == _ABSENT:
            self.added.append(contact_id)
        elif was == _CHANGED:
            self.changed.append((contact_id, tuple(before)))
        elif not wiped:
            self.removed.append(contact_id)


def _undoable(connection: sa.Connection, import_id: str) -> list[tuple[Any, ...]]:
    """Of each change: entry, what it was, its revision then and now, removed since, wiped, and what stood there."""
    query = (
        sa.select(
            _ch.contact_id,
            _ch.was,
            _ch.revision,
            _c.revision.label("now"),
            _c.removed_at,
            _c.wiped,
            *(_ch[name] for name in _DETAILS),
        )
        .join(_contacts, _c.contact_id == _ch.contact_id)
        .where(_ch.import_id == import_id)
        .order_by(_ch.revision)
    )
    return list(_plain(connection, query))


def _both(
    connection: sa.Connection, staged: StagedImport
) -> tuple[list[tuple[str, Values]], list[Values], list[int]]:
    """The owner's entries in the order of their changes, the staged ones in that of the file, and their lines."""
    owner = _c.owner.is_(None) if staged.owner == GLOBAL else _c.owner == staged.owner
    details = [_c[name] for name in _DETAILS]
    query = sa.select(_c.contact_id, *details).where(owner, _c.removed_at.is_(None)).order_by(_c.revision)
    there = [(row[0], row[1:]) for row in _plain(connection, query)]
    sent = sa.select(_r.line, *(_r[name] for name in _DETAILS)).where(_r.import_id == staged.import_id)
    lines: list[int] = []
    rows: list[Values] = []
    for row in _plain(connection, sent.order_by(_r.position)):
        lines.append(row[0])
        rows.append(row[1:])
    return there, rows, lines


def _plain(connection: sa.Connection, query: sa.Select[Any]) -> Iterator[tuple[Any, ...]]:
    """Rows as plain tuples, fetched some at a time."""
    for some in connection.execute(query).partitions(_ROWS_AT_ONCE):
        yield from map(tuple, some)


def _open_one(connection: sa.Connection, import_id: str) -> StagedImport:
    open_one = sa.select(_i.import_id).where(_i.import_id == import_id, _i.done_at.is_(None))
    staged = one(connection, import_id)
    if staged is None or connection.scalar(open_one) is None:
        raise KeyError(import_id)
    return staged


def _revision(connection: sa.Connection, owner: str) -> int:
    whose = _c.owner.is_(None) if owner == GLOBAL else _c.owner == owner
    return connection.scalar(sa.select(sa.func.max(_c.revision)).where(whose)) or 0


def _close(connection: sa.Connection, import_id: str, order: ImportOrder, plan: ImportPlan) -> None:
    counts = plan.counts
    connection.execute(
        sa.update(_imports)
        .where(_i.import_id == import_id)
        .values(
            done_at=order.at,
            replaces_all=order.replaces_all,
            new=counts.new,
            changed=counts.changed,
            same=counts.same,
            gone=counts.gone,
        )
    )
    connection.execute(sa.delete(_rows).where(_r.import_id == import_id))


def _record_of(connection: sa.Connection, import_id: str) -> ImportRecord | None:
    done = sa.select(_imports).where(_i.import_id == import_id, _i.done_at.is_not(None))
    row = connection.execute(done).one_or_none()
    return None if row is None else _record(row)


def _record(row: sa.Row[Any]) -> ImportRecord:
    return ImportRecord(
        row.import_id,
        row.by,
        row.done_at,
        row.owner is not None,
        row.file_name,
        row.replaces_all,
        ImportCounts(row.new, row.changed, row.same, row.gone),
        row.undone_by,
        row.undone_at,
    )


def _let_go(*lists: list[Any]) -> None:
    """Free large lists some rows at a time: at once, it would keep the server's loop waiting for tens of milliseconds."""
    for rows in lists:
        while rows:
            del rows[-_ROWS_AT_ONCE:]


def _named(values: Values) -> dict[str, str]:
    return dict(zip(_DETAILS, values, strict=True))


def _chunks(rows: Iterable[tuple[str, Values]]) -> Iterator[list[tuple[str, Values]]]:
    left = iter(rows)
    while some := list(islice(left, _ROWS_AT_ONCE)):
        yield some
