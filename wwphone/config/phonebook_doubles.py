"""Which entries of the cached phone book are alike; takes about a second for 100,000, on the cache's thread."""

from __future__ import annotations

import sqlite3

from wwphone.domain.doubles import Likeness, groups_of
from wwphone.domain.folding import plain

_AT_ONCE = 500
"""Rows that are read at once: so few that the window's thread never waits for this one."""


def doubles(connection: sqlite3.Connection, *, everybodys: bool) -> tuple[tuple[str, ...], ...]:
    """Ids of entries that are alike, in the order of the alphabet; `everybodys`: not only among one's own."""
    whose = "" if everybodys else "WHERE personal"
    rows = connection.execute(
        f"SELECT contact_id, personal, first_name, surname, company, key_1, key_2, key_3 FROM contacts {whose} ORDER BY place"  # noqa: S608
    )
    entries: dict[str, Likeness] = {}
    while some := rows.fetchmany(_AT_ONCE):
        for contact_id, personal, first_name, surname, company, *lines in some:
            name = plain(f"{surname} {first_name}|{company}".strip())
            known = "" if name == "|" else name
            entries[contact_id] = Likeness(bool(personal), known, tuple(filter(None, lines)))
    return groups_of(entries)
