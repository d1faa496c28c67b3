"""Chosen presences and their journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from wwphone.domain.presence import JournalEntry, Presence
from wwphone.server.store import rows, tables


def _save(insert: sqlite.Insert | postgresql.Insert) -> sa.Insert:
    new = {column.name: column for column in insert.excluded if column.name != "user"}
    return insert.on_conflict_do_update(index_elements=["user"], set_=new)


# Made once: putting a statement together costs as much as carrying it out.
_SAVE: Mapping[str, sa.Insert] = {
    "sqlite": _save(sqlite.insert(tables.presences)),
    "postgresql": _save(postgresql.insert(tables.presences)),
}
_NOTE = sa.insert(tables.presence_journal)


def all_presences(connection: sa.Connection) -> dict[str, Presence]:
    """The latest choice of everybody who ever chose."""
    found = connection.execute(sa.select(tables.presences))
    return {row["user"]: rows.chosen_presence(row) for row in found.mappings()}


def save_presences(connection: sa.Connection, entries: Sequence[JournalEntry]) -> None:
    """Write choices and their journal entries in the caller's transaction; of one user's, the last one counts."""
    chosen = [{"user": entry.user, **rows.chosen_values(entry.presence)} for entry in entries]
    connection.execute(_SAVE[connection.dialect.name], chosen)
    connection.execute(_NOTE, [rows.journal_values(entry) for entry in entries])


def journal(
    connection: sa.Connection, user: str | None, limit: int, before: int = 0
) -> tuple[JournalEntry, ...]:
    """The latest entries, newest first; of those older than `before`, if that is one."""
    table = tables.presence_journal
    wanted = sa.select(table).order_by(table.c.id.desc()).limit(limit)
    if user is not None:
        wanted = wanted.where(table.c.user == user)
    if before:
        wanted = wanted.where(table.c.id < before)
    return tuple(rows.journal_entry(row) for row in connection.execute(wanted).mappings())
