"""The phone book: entries with the revision of their latest change, and the counter these come from.

The counter's row is locked before anything is changed, so revisions become visible in their order: whoever has seen one has
seen all before it. Reading is by revision, along an index, and costs the same on the first page and the last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa

from wwphone.domain.phonebook import ContactDetails
from wwphone.server.imports_api import BookMovedError
from wwphone.server.phonebook_api import (
    GLOBAL,
    BookChange,
    BookChanged,
    ContactDraft,
    ContactRecord,
    TooManyContactsError,
)
from wwphone.server.store import favourites, tables

_BOOK, _BOOK_ID = "phonebook", "phonebook_id"
_IDS_AT_ONCE = 1000
_table = tables.contacts
_c = _table.c
_DETAILS = tables.CONTACT_DETAILS
_COLUMNS = (
    _c.contact_id, _c.owner, _c.revision, _c.changed_by, _c.changed_at, _c.removed_at, _c.wiped,
    *(_c[name] for name in _DETAILS),
)  # fmt: skip
_NO_DETAILS = dict.fromkeys(_DETAILS, "")


def _seen(*, removed_too: bool) -> sa.Select[Any]:
    """What a user sees after a revision, made once: putting it together takes as long as carrying it out.

    One statement, so that both parts are of the same moment; each part ends at the limit along the index of owner and
    revision, which PostgreSQL uses for the order only when the owner is named in it.
    """
    user, after = sa.bindparam("user", type_=sa.Text), sa.bindparam("after", type_=sa.BigInteger)
    most: sa.BindParameter[int] = sa.bindparam("most", type_=sa.Integer)
    parts = []
    for owner in (_c.owner.is_(None), _c.owner == user):
        part = sa.select(*_COLUMNS).where(owner, _c.revision > after)
        if not removed_too:
            part = part.where(_c.removed_at.is_(None))
        parts.append(sa.select(part.order_by(_c.owner, _c.revision).limit(most).subquery()))
    both = sa.union_all(*parts).subquery()
    return sa.select(both).order_by(both.c.revision).limit(most)


_SEEN_AT_FIRST, _SEEN_LATER = _seen(removed_too=False), _seen(removed_too=True)


def book_id(connection: sa.Connection) -> str:
    """What the book is called."""
    return f"{_counter(connection, _BOOK_ID):x}"


def revision(connection: sa.Connection) -> int:
    """How far the book has got."""
    return _counter(connection, _BOOK)


def latest_revisions(connection: sa.Connection, after: int = 0) -> dict[str, int]:
    """The revision of each owner's latest change, of those who have one after `after`."""
    found = sa.select(_c.owner, sa.func.max(_c.revision)).where(_c.revision > after).group_by(_c.owner)
    return {owner or GLOBAL: latest for owner, latest in connection.execute(found)}


def seen_by(connection: sa.Connection, user: str, after: int, limit: int) -> tuple[ContactRecord, ...]:
    """A page of what a user sees."""
    query = _SEEN_LATER if after else _SEEN_AT_FIRST
    found = connection.execute(query, {"user": user, "after": after, "most": limit})
    return tuple(map(_record, found.fetchall()))


def since(connection: sa.Connection, after: int, limit: int) -> tuple[ContactRecord, ...]:
    """A page of everybody's changes."""
    query = sa.select(*_COLUMNS).where(_c.revision > after).order_by(_c.revision).limit(limit)
    return tuple(map(_record, connection.execute(query).fetchall()))


def by_ids(connection: sa.Connection, ids: Iterable[str]) -> dict[str, ContactRecord]:
    """The entries with these ids that exist, removed ones too."""
    found: dict[str, ContactRecord] = {}
    wanted = iter(ids)
    while some := list(islice(wanted, _IDS_AT_ONCE)):
        rows = connection.execute(sa.select(*_COLUMNS).where(_c.contact_id.in_(some)))
        found.update((row[0], _record(row)) for row in rows)
    return found


def locked_revision(connection: sa.Connection) -> int:
    """How far the book is; nobody else changes it before the end of the transaction."""
    counters = tables.counters
    query = sa.select(counters.c.value).where(counters.c.name == _BOOK)
    return connection.scalar(query.with_for_update()) or 0


def save_revision(connection: sa.Connection, revision: int) -> None:
    """Write how far the book is, after `locked_revision`."""
    counters = tables.counters
    connection.execute(sa.update(counters).where(counters.c.name == _BOOK).values(value=revision))


def change(connection: sa.Connection, order: BookChange) -> BookChanged:
    """Carry a change out, in the caller's transaction."""
    now = locked_revision(connection)
    named = dict.fromkeys((*order.removed, *order.restored, *(draft.contact_id for draft in order.saved)))
    before = by_ids(connection, named)
    for contact_id, expected in order.expected.items():
        if contact_id not in before or before[contact_id].revision != expected:
            raise BookMovedError
    step = _Step(order, now)
    step.remove(before)
    step.restore(before)
    step.save(before)
    step.write(connection)
    favourites.follow(connection, order.successors)
    if order.most_personal is not None:
        _check_count(connection, order, before)
    if step.revision != now:
        save_revision(connection, step.revision)
    return BookChanged(before, step.revision)


def wipe_removed(connection: sa.Connection, before: datetime) -> int:
    """Empty the details of what was removed before a time."""
    old = sa.and_(_c.removed_at < before, _c.wiped.is_(sa.false()))
    wiped = connection.execute(sa.update(_table).where(old).values(wiped=True, **_NO_DETAILS)).rowcount
    if wiped:
        favourites.forget_wiped(connection)
    return wiped


class _Step:
    """The rows of one change, each with the next revision."""

    def __init__(self, order: BookChange, revision: int) -> None:
        self.revision = revision
        self._order = order
        self._removals: list[dict[str, Any]] = []
        self._changed: list[dict[str, Any]] = []
        self._new: list[dict[str, Any]] = []

    def remove(self, before: dict[str, ContactRecord]) -> None:
        for contact_id in dict.fromkeys(self._order.removed):
            if not before[contact_id].removed:
                self._removals.append(self._row(contact_id, self._order.at))

    def restore(self, before: dict[str, ContactRecord]) -> None:
        for contact_id in dict.fromkeys(self._order.restored):
            if before[contact_id].wiped:
                raise KeyError(contact_id)
            if before[contact_id].removed:
                self._removals.append(self._row(contact_id, None))

    def save(self, before: dict[str, ContactRecord]) -> None:
        for draft in self._order.saved:
            row = {**self._row(draft.contact_id, None), **_details_of(draft)}
            former = before.get(draft.contact_id)
            if former is None:
                row["contact_id"] = row.pop("the_id")
                self._new.append({**row, "owner": draft.owner or None, "wiped": False})
            elif former.owner != draft.owner:
                raise ValueError("an entry's owner never changes")
            else:
                self._changed.append({**row, "wiped": False})

    def write(self, connection: sa.Connection) -> None:
        for rows in (self._removals, self._changed):
            if rows:
                values: dict[str, Any] = {name: sa.bindparam(name) for name in rows[0] if name != "the_id"}
                the_one = _c.contact_id == sa.bindparam("the_id")
                connection.execute(sa.update(_table).where(the_one).values(values), rows)
        if self._new:
            connection.execute(sa.insert(_table), self._new)

    def _row(self, contact_id: str, removed_at: datetime | None) -> dict[str, Any]:
        self.revision += 1
        return {
            "the_id": contact_id,
            "revision": self.revision,
            "changed_by": self._order.by,
            "changed_at": self._order.at,
            "removed_at": removed_at,
        }


def _check_count(connection: sa.Connection, order: BookChange, before: dict[str, ContactRecord]) -> None:
    more = {draft.owner for draft in order.saved} | {before[one].owner for one in order.restored}
    for owner in _personal(more):
        there = sa.select(sa.func.count()).where(_c.owner == owner, _c.removed_at.is_(None))
        if (connection.scalar(there) or 0) > (order.most_personal or 0):
            raise TooManyContactsError


def _personal(owners: Iterable[str]) -> Iterator[str]:
    return (owner for owner in owners if owner != GLOBAL)


def _details_of(draft: ContactDraft) -> dict[str, str]:
    return {name: getattr(draft.details, name) for name in _DETAILS}


def _record(row: sa.Row[Any]) -> ContactRecord:
    contact_id, owner, at_revision, by, at, removed_at, wiped, *details = tuple(row)
    removed = removed_at is not None
    read = ContactDetails(*details)
    return ContactRecord(contact_id, owner or GLOBAL, read, at_revision, by, at, removed, wiped)


def _counter(connection: sa.Connection, name: str) -> int:
    counters = tables.counters
    return connection.scalar(sa.select(counters.c.value).where(counters.c.name == name)) or 0
