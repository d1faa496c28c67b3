"""Which entries of the cached phone book are alike; takes about a second for 100,000, on the cache's thread."""

from __future__ import annotations

import sqlite3

from wwphone.domain.doubles import Likeness, groups_of
from wwphone.domain.folding import plain

_AT_ONCE = 500
"""Rows that are read at once: so few that the window's thread never waits for this one."""
_ALIKE = """
WITH seen AS (SELECT * FROM contacts WHERE personal OR ?),
lines AS (
    SELECT place, key_1 AS line FROM seen WHERE key_1 <> ''
    UNION SELECT place, key_2 FROM seen WHERE key_2 <> ''
    UNION SELECT place, key_3 FROM seen WHERE key_3 <> ''
),
alike AS (
    SELECT place FROM lines WHERE line IN (SELECT line FROM lines GROUP BY line HAVING count(*) > 1)
    UNION SELECT place FROM seen WHERE sort IN (SELECT sort FROM seen GROUP BY sort HAVING count(*) > 1)
)
SELECT contact_id, personal, first_name, surname, company, key_1, key_2, key_3 FROM contacts
WHERE place IN alike ORDER BY place
"""
"""Whoever shares a number or a name with somebody: SQLite finds them without holding Python's lock."""


def doubles(connection: sqlite3.Connection, *, everybodys: bool) -> tuple[tuple[str, ...], ...]:
    """Ids of entries that are alike, in the order of the alphabet; `everybodys`: not only among one's own."""
    rows = connection.execute(_ALIKE, (everybodys,))
    entries: dict[str, Likeness] = {}
    while some := rows.fetchmany(_AT_ONCE):
        for contact_id, personal, first_name, surname, company, *lines in some:
            name = plain(f"{surname} {first_name}|{company}".strip())
            known = "" if name == "|" else name
            entries[contact_id] = Likeness(bool(personal), known, tuple(filter(None, lines)))
    return groups_of(entries)
