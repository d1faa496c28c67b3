"""What the rows of the record of calls are searched by: of each user each text once, and how many rows have it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from wwphone.domain.folding import folded
from wwphone.domain.notes import line_key
from wwphone.server.store import tables

_table = tables.history_texts
_the_text = sa.and_(_table.c.user == sa.bindparam("of"), _table.c.key == sa.bindparam("called"))


def key(row: dict[str, Any]) -> str:
    """What a row's text is called; so long that no two are ever called the same."""
    return hashlib.blake2b(_text(row).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def keep(connection: sa.Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Keep the texts of rows that have come, by the key that stands in each."""
    texts = {(row["user"], row["search_key"]): _text(row) for row in rows}
    counts = Counter((row["user"], row["search_key"]) for row in rows)
    values = [
        {"user": user, "key": name, "search": text, "calls": counts[user, name]}
        for (user, name), text in texts.items()
    ]
    connection.execute(_insert_or_count(connection), values)


def leave(connection: sa.Connection, rows: Mapping[tuple[str, str], int]) -> None:
    """Forget the texts of so many rows that have gone, named by user and key, unless others have them."""
    gone = [{"of": user, "called": name, "fewer": count} for (user, name), count in sorted(rows.items())]
    if not gone:
        return
    fewer = sa.update(_table).where(_the_text).values(calls=_table.c.calls - sa.bindparam("fewer"))
    connection.execute(fewer, gone)
    connection.execute(
        sa.delete(_table).where(_the_text, _table.c.calls <= 0),
        [{"of": one["of"], "called": one["called"]} for one in gone],
    )


def _text(row: dict[str, Any]) -> str:
    """What a row is found by: +41 44 … is found by 044 … too."""
    number = row["number"]
    national = f"0{line_key(number)}" if number.startswith("+") else ""
    words = (row["name"], number, national, row["called"], row["group_name"], row["note"])
    return folded(" ".join(word for word in words if word))


def _insert_or_count(connection: sa.Connection) -> sa.Insert:
    if connection.dialect.name == "sqlite":
        insert = sqlite.insert(_table)
        more = {"calls": _table.c.calls + insert.excluded.calls}
        return insert.on_conflict_do_update(index_elements=["user", "key"], set_=more)
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - only where that database is used

    other = postgresql.insert(_table)
    more = {"calls": _table.c.calls + other.excluded.calls}
    return other.on_conflict_do_update(index_elements=["user", "key"], set_=more)
