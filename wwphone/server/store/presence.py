"""Chosen presences and their journal."""

from __future__ import annotations

import sqlalchemy as sa

from wwphone.domain.presence import JournalEntry, Presence
from wwphone.server.store import rows, tables


def all_presences(connection: sa.Connection) -> dict[str, Presence]:
    """The latest choice of everybody who ever chose."""
    found = connection.execute(sa.select(tables.presences))
    return {row["user"]: rows.chosen_presence(row) for row in found.mappings()}


def save_presence(connection: sa.Connection, entry: JournalEntry) -> None:
    """Write the choice and its journal entry in the caller's transaction."""
    table = tables.presences
    values = rows.chosen_values(entry.presence)
    changed = connection.execute(sa.update(table).where(table.c.user == entry.user).values(values))
    if changed.rowcount == 0:
        connection.execute(sa.insert(table).values(user=entry.user, **values))
    connection.execute(sa.insert(tables.presence_journal).values(rows.journal_values(entry)))


def journal(connection: sa.Connection, user: str | None, limit: int) -> tuple[JournalEntry, ...]:
    """The latest entries, newest first."""
    table = tables.presence_journal
    wanted = sa.select(table).order_by(table.c.id.desc()).limit(limit)
    if user is not None:
        wanted = wanted.where(table.c.user == user)
    return tuple(rows.journal_entry(row) for row in connection.execute(wanted).mappings())
