"""Imports into the phone book, written and taken back: each in one transaction, for which everybody else's writes wait.

So the database does it by the set. What happens to which entry is noted in the import's changes first, with the revision that
the entry gets; then the entries are written from there and from the staged rows. An entry of the file gets the revision that
belongs to its place in the file: by that the two find each other. Gaps between revisions mean nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from itertools import islice
from typing import Any

import sqlalchemy as sa

from wwphone.domain.imports import ImportPlan, ImportRecord, UndoCounts
from wwphone.server.imports_api import BookMovedError, ImportOrder, StagedImport
from wwphone.server.phonebook_api import GLOBAL, TooManyContactsError, new_contact_id
from wwphone.server.store import imports, phonebook, tables
from wwphone.server.store.imports_comparing import Comparison
from wwphone.server.store.moments import UtcDateTime

_NOTES_AT_ONCE = 500
_ABSENT, _CHANGED, _REMOVED = "absent", "changed", "removed"
_DETAILS = tables.CONTACT_DETAILS
_imports, _rows, _changes = tables.contact_imports, tables.contact_import_rows, tables.contact_import_changes
_contacts = tables.contacts
_i, _r, _ch, _c = _imports.c, _rows.c, _changes.c, _contacts.c
_IS_UNTOUCHED = _c.revision == _ch.revision
_CAN_COME_BACK = sa.or_(_ch.was != _REMOVED, _c.wiped.is_(sa.false()))


def carry_out(connection: sa.Connection, order: ImportOrder, comparison: Comparison) -> ImportRecord:
    """Write everything, as it was compared. Raises KeyError, BookMovedError, TooManyContactsError."""
    now = phonebook.locked_revision(connection)
    opened = imports.opened(connection, order.import_id)
    if opened.done is not None:
        return opened.done
    if opened.revision > min(order.revision, comparison.revision):
        raise BookMovedError
    if opened.staged.owner != GLOBAL and comparison.afterwards > order.most_personal:
        raise TooManyContactsError
    plan = comparison.plan
    writer = _Writer(connection, opened.staged, order, first_of_file=now + len(plan.gone) + 1)
    writer.remove(plan.gone)
    writer.change(plan)
    writer.add(plan)
    phonebook.save_revision(connection, max(now, writer.latest))
    _close(connection, order, plan)
    record = imports.record_of(connection, order.import_id)
    assert record is not None
    return record


def undo(connection: sa.Connection, import_id: str, by: str, at: datetime) -> UndoCounts:
    """Take an import back. Raises KeyError."""
    now = phonebook.locked_revision(connection)
    undone = sa.update(_imports).where(
        _i.import_id == import_id, _i.done_at.is_not(None), _i.undone_at.is_(None)
    )
    if not connection.execute(undone.values(undone_by=by, undone_at=at)).rowcount:
        raise KeyError(import_id)
    counts = _undo_counts(connection, import_id)
    if counts.removed or counts.reverted or counts.restored:
        _put_back(connection, import_id, now, {"changed_by": by, "changed_at": at})
    connection.execute(sa.delete(_changes).where(_ch.import_id == import_id))
    return counts


def _undo_counts(connection: sa.Connection, import_id: str) -> UndoCounts:
    """What undoing will do, and what it leaves."""
    gone = _c.removed_at.is_not(None)
    query = (
        sa.select(_ch.was, _IS_UNTOUCHED, gone, sa.func.count())
        .join(_contacts, _c.contact_id == _ch.contact_id)
        .where(_ch.import_id == import_id, sa.or_(~_IS_UNTOUCHED, _CAN_COME_BACK))
        .group_by(_ch.was, _IS_UNTOUCHED, gone)
    )
    todo, kept = dict.fromkeys((_ABSENT, _CHANGED, _REMOVED), 0), 0
    for was, is_untouched, is_gone, count in connection.execute(query):
        if is_untouched:
            todo[was] += count
        # Removed what was added, or put back what was removed: that is done already.
        elif was == _CHANGED or is_gone == (was == _REMOVED):
            kept += count
    return UndoCounts(todo[_ABSENT], todo[_CHANGED], todo[_REMOVED], kept)


def _put_back(connection: sa.Connection, import_id: str, now: int, stamp: dict[str, Any]) -> None:
    given = sa.select(sa.func.min(_ch.revision), sa.func.max(_ch.revision)).where(_ch.import_id == import_id)
    first, last = connection.execute(given).one()
    details = {
        name: sa.case((_ch.was == _CHANGED, _ch[name]), else_=_c[name]) for name in _DETAILS
    }  # fmt: skip
    removed_at = sa.case((_ch.was == _ABSENT, sa.literal(stamp["changed_at"], UtcDateTime)), else_=None)
    the_ones = (_ch.import_id == import_id, _c.contact_id == _ch.contact_id, _IS_UNTOUCHED, _CAN_COME_BACK)
    revision = _ch.revision + (now + 1 - first)
    connection.execute(
        sa.update(_contacts)
        .where(*the_ones)
        .values(**details, **stamp, removed_at=removed_at, revision=revision)
    )
    phonebook.save_revision(connection, now + 1 + last - first)


class _Writer:
    """Notes what happens to entries, and makes it happen."""

    def __init__(
        self, connection: sa.Connection, staged: StagedImport, order: ImportOrder, *, first_of_file: int
    ) -> None:
        self.latest = 0
        """The latest revision that was given."""
        self._connection = connection
        self._staged = staged
        self._order = order
        self._first_of_file = first_of_file
        """The revision that belongs to the first place in the file; those before it are for what is removed."""
        self._stamp = {"changed_by": staged.by, "changed_at": order.at}

    def remove(self, ids: Sequence[str]) -> None:
        """Mark entries as removed."""
        first = self._first_of_file - len(ids)
        if self._note(zip(ids, range(first, self._first_of_file), strict=True), _REMOVED):
            self._connection.execute(self._update(_REMOVED).values(removed_at=self._order.at))

    def change(self, plan: ImportPlan) -> None:
        """Write entries anew: as `domain.imports` says, with what is staged."""
        ids = (contact_id for contact_id, _ in plan.changed)
        if not self._note(zip(ids, self._revisions(plan.changed_at), strict=True), _CHANGED):
            return
        after: dict[str, sa.ColumnElement[Any]] = {name: _r[name] for name in self._staged.known}
        if not self._order.replaces_all:
            after = {name: sa.case((given != "", given), else_=_c[name]) for name, given in after.items()}
        self._connection.execute(self._update(_CHANGED).where(*self._staged_row()).values(after))

    def add(self, plan: ImportPlan) -> None:
        """Write new entries."""
        # In order, ids cost an index much less.
        ids = sorted(new_contact_id() for _ in plan.new_at)
        if not self._note(zip(ids, self._revisions(plan.new_at), strict=True), _ABSENT):
            return
        columns: dict[str, Any] = {name: _r[name] for name in _DETAILS}
        columns |= {"contact_id": _ch.contact_id, "revision": _ch.revision}
        columns["owner"] = sa.literal(self._staged.owner or None, sa.Text)
        columns["changed_by"] = sa.literal(self._staged.by, sa.Text)
        columns["changed_at"] = sa.literal(self._order.at, UtcDateTime)
        columns["wiped"] = sa.false()
        found = sa.select(*columns.values()).where(*self._noted(_ABSENT), *self._staged_row())
        self._connection.execute(
            sa.insert(_contacts).from_select(list(columns), found.order_by(_ch.contact_id))
        )

    def _revisions(self, places: Iterable[int]) -> Iterable[int]:
        return (self._first_of_file + place for place in places)

    def _note(self, revisions: Iterable[tuple[str, int]], was: str) -> bool:
        """Write down which entries get which revision; tell whether there are any."""
        left, noted = iter(revisions), 0
        while some := list(islice(left, _NOTES_AT_ONCE)):
            statement = _note_statement(self._connection.dialect.name, len(some), keeps=was == _CHANGED)
            values = (self._staged.import_id, was, *(value for pair in some for value in pair))
            self._connection.exec_driver_sql(statement, values)
            self.latest = max(self.latest, *(revision for _, revision in some))
            noted += len(some)
        return noted > 0

    def _update(self, was: str) -> sa.Update:
        return (
            sa.update(_contacts)
            .where(*self._noted(was), _c.contact_id == _ch.contact_id)
            .values(**self._stamp, revision=_ch.revision)
        )

    def _noted(self, was: str) -> tuple[sa.ColumnElement[bool], ...]:
        return _ch.import_id == self._staged.import_id, _ch.was == was

    def _staged_row(self) -> tuple[sa.ColumnElement[bool], ...]:
        """The condition that joins what is noted with the row of the file."""
        return _r.import_id == self._staged.import_id, _r.position == _ch.revision - self._first_of_file


@cache
def _note_statement(dialect: str, count: int, *, keeps: bool) -> str:
    """Note so many changes; `keeps`: with what stood in the entries.

    Parameters: the import, what is noted, and pairs of entry and revision. Written by hand: put together by SQLAlchemy, so many
    values take longer than the database needs for them.
    """
    mark = "?" if dialect == "sqlite" else "%s"
    pairs = ", ".join([f"({mark}, {mark})"] * count)
    details = ", ".join(f"c.{name}" if keeps else "''" for name in _DETAILS)
    entries = " JOIN contacts c ON c.contact_id = v.column1" if keeps else ""
    return (
        f"INSERT INTO contact_import_changes (import_id, was, contact_id, revision, {', '.join(_DETAILS)})"  # noqa: S608
        f" SELECT CAST({mark} AS TEXT), CAST({mark} AS TEXT), v.column1, v.column2, {details}"
        f" FROM (VALUES {pairs}) v{entries}"
    )


def _close(connection: sa.Connection, order: ImportOrder, plan: ImportPlan) -> None:
    counts = plan.counts
    connection.execute(
        sa.update(_imports)
        .where(_i.import_id == order.import_id)
        .values(
            done_at=order.at,
            replaces_all=order.replaces_all,
            new=counts.new,
            changed=counts.changed,
            same=counts.same,
            gone=counts.gone,
        )
    )
    connection.execute(sa.delete(_rows).where(_r.import_id == order.import_id))
