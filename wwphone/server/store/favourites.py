"""Whose favourites are which entries of the phone book."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import sqlalchemy as sa

from wwphone.server.favourites_api import TooManyFavouritesError
from wwphone.server.store import tables

_table = tables.favourites
_c = _table.c
_contacts = tables.contacts


def all_favourites(connection: sa.Connection) -> dict[str, frozenset[str]]:
    """Ids of entries by user."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for user, contact_id in connection.execute(sa.select(_c.user, _c.contact_id)):
        found[user].add(contact_id)
    return {user: frozenset(ids) for user, ids in found.items()}


def add(connection: sa.Connection, user: str, contact_id: str, most: int) -> None:
    """Mark an entry that the user sees."""
    there = _contacts.c.removed_at.is_(None)
    seen = sa.or_(_contacts.c.owner.is_(None), _contacts.c.owner == user)
    query = sa.select(_contacts.c.contact_id).where(_contacts.c.contact_id == contact_id, seen, there)
    if connection.scalar(query) is None:
        raise KeyError(contact_id)
    remove(connection, user, contact_id)
    connection.execute(sa.insert(_table).values(user=user, contact_id=contact_id))
    joined = _table.join(_contacts, _c.contact_id == _contacts.c.contact_id)
    count = sa.select(sa.func.count()).select_from(joined).where(_c.user == user, there)
    if (connection.scalar(count) or 0) > most:
        raise TooManyFavouritesError


def remove(connection: sa.Connection, user: str, contact_id: str) -> None:
    """Take a mark away."""
    connection.execute(sa.delete(_table).where(_c.user == user, _c.contact_id == contact_id))


def follow(connection: sa.Connection, successors: Mapping[str, str]) -> None:
    """Whoever marked an entry has marked its successor, where they see that; by former id."""
    for former, successor in successors.items():
        owner = connection.scalar(
            sa.select(_contacts.c.owner).where(_contacts.c.contact_id == successor)
        )  # nobody: everybody sees it
        marked = sa.select(_c.user).where(_c.contact_id == successor)
        whose = sa.select(_c.user, sa.literal(successor)).where(
            _c.contact_id == former, _c.user.not_in(marked)
        )
        if owner is not None:
            whose = whose.where(_c.user == owner)
        connection.execute(sa.insert(_table).from_select(["user", "contact_id"], whose))


def forget_wiped(connection: sa.Connection) -> None:
    """Take the marks from entries that never come back."""
    wiped = sa.select(_contacts.c.contact_id).where(_contacts.c.wiped.is_(sa.true()))
    connection.execute(sa.delete(_table).where(_c.contact_id.in_(wiped)))
