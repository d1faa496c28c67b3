"""Imports into the phone book: staged page by page, read page by page to be compared, remembered until they are forgotten.

Every page is a transaction of its own, so everybody else's come in between. See `store.imports_writing` for what is
written in one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from wwphone.domain.imports import ImportCounts, ImportRecord, Values
from wwphone.server.imports_api import OutOfStepError, StagedImport, StagedPage
from wwphone.server.phonebook_api import GLOBAL
from wwphone.server.store import tables

_ROWS_AT_ONCE = 2000
_DETAILS = tables.CONTACT_DETAILS
_imports, _rows = tables.contact_imports, tables.contact_import_rows
_i, _r, _c = _imports.c, _rows.c, tables.contacts.c


@dataclass(frozen=True)
class Opened:
    """An import before it is compared with the book."""

    staged: StagedImport
    revision: int
    """Of the latest change of the owner's entries."""
    done: ImportRecord | None
    """It was carried out already."""


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


def opened(connection: sa.Connection, import_id: str) -> Opened:
    """What is known before it is compared with the book. Raises KeyError."""
    done = record_of(connection, import_id)
    staged = one(connection, import_id)
    if staged is None:
        raise KeyError(import_id)
    return Opened(staged, latest_revision(connection, staged.owner), done)


def book_page(connection: sa.Connection, owner: str, after: int) -> list[tuple[Any, ...]]:
    """Some of an owner's entries after a revision, in the order of their changes: revision, id and values."""
    query = sa.select(_c.revision, _c.contact_id, *(_c[name] for name in _DETAILS))
    query = query.where(whose(owner), _c.revision > after, _c.removed_at.is_(None))
    return _plain(connection, query.order_by(_c.owner, _c.revision))


def staged_page(connection: sa.Connection, import_id: str, after: int) -> list[tuple[Any, ...]]:
    """Some of the staged entries after a place, in the order of the file: place, line and values."""
    query = sa.select(_r.position, _r.line, *(_r[name] for name in _DETAILS))
    query = query.where(_r.import_id == import_id, _r.position > after)
    return _plain(connection, query.order_by(_r.import_id, _r.position))


def drop(connection: sa.Connection, import_id: str) -> None:
    """Forget what is staged."""
    connection.execute(sa.delete(_imports).where(_i.import_id == import_id, _i.done_at.is_(None)))


def done_since(connection: sa.Connection, owners: Sequence[str], since: datetime) -> tuple[ImportRecord, ...]:
    """Imports of some owners since a time, latest first."""
    theirs = [_i.owner == owner if owner != GLOBAL else _i.owner.is_(None) for owner in owners]
    query = sa.select(_imports).where(_i.done_at >= since, sa.or_(sa.false(), *theirs))
    return tuple(map(_record, connection.execute(query.order_by(_i.done_at.desc()))))


def forget(connection: sa.Connection, staged_before: datetime, done_before: datetime) -> int:
    """Forget old ones."""
    old = sa.or_(sa.and_(_i.done_at.is_(None), _i.touched_at < staged_before), _i.done_at < done_before)
    return connection.execute(sa.delete(_imports).where(old)).rowcount


def latest_revision(connection: sa.Connection, owner: str) -> int:
    """The revision of the latest change of an owner's entries."""
    return connection.scalar(sa.select(sa.func.max(_c.revision)).where(whose(owner))) or 0


def whose(owner: str) -> sa.ColumnElement[bool]:
    """The condition for an owner's entries."""
    return _c.owner.is_(None) if owner == GLOBAL else _c.owner == owner


def record_of(connection: sa.Connection, import_id: str) -> ImportRecord | None:
    """What is told of an import; nothing before it was carried out."""
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


def _plain(connection: sa.Connection, query: sa.Select[Any]) -> list[tuple[Any, ...]]:
    return list(map(tuple, connection.execute(query.limit(_ROWS_AT_ONCE))))


def _named(values: Values) -> dict[str, str]:
    return dict(zip(_DETAILS, values, strict=True))
