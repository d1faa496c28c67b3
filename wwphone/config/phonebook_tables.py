"""The cached phone book's tables and indexes, and how they are filled anew, all at once.

Theory. Of a hundred thousand entries the order is found first, by their names alone; then they are written in it, so that every
index grows at its end. What FTS5 gathers in memory before it writes a part of an index is made larger meanwhile, since parts
are merged again and again else. All of it is SQLite's work, done without Python's lock: the window goes on.
"""

# ruff: noqa: S608 - only names from this file are put into statements, never values

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from types import MappingProxyType

from wwphone.config.phonebook_rows import COLUMNS, FOUND_BY, MARKS, TEXTS, contact_of, row_of

SHAPE = 4
"""Of the tables and of what is found by what; a file of another shape is filled anew."""
GAP = 1 << 40
"""Between two places when they are numbered anew."""
LONGEST_BEGINNING = 4
"""Letters of a word's beginning that has a place of its own in the index of words."""
_BEGINNINGS = " ".join(map(str, range(1, LONGEST_BEGINNING + 1)))
MADE = f"""
CREATE TABLE mark (user, book_id, revision);
CREATE TABLE contacts (place INTEGER PRIMARY KEY, {COLUMNS}, {FOUND_BY});
CREATE TABLE favourites (contact_id PRIMARY KEY) WITHOUT ROWID;
CREATE VIRTUAL TABLE words_index USING fts5(words, content='', columnsize=0, tokenize='ascii', prefix='{_BEGINNINGS}', detail=none);
CREATE VIRTUAL TABLE digits_index USING fts5(digits, content='', columnsize=0, tokenize='trigram');
PRAGMA user_version = {SHAPE};
"""
"""The words are folded and parted before: to the tokenizer every letter that is not ASCII is one of a word."""
ASIDE = f"""
CREATE TEMP TABLE staged ({COLUMNS}, {FOUND_BY}, {TEXTS}, UNIQUE (contact_id));
CREATE TEMP TABLE staged_removals (contact_id);
CREATE TEMP TABLE ordered (number INTEGER PRIMARY KEY, entry);
"""
"""What waits for its end is this connection's alone, and gone with it: it is never written twice."""

_INDEXES: Mapping[str, str] = MappingProxyType(
    {
        "by_id": "(contact_id)",
        "by_sort": "(sort)",
        "by_owner": "(personal) WHERE personal",
        "by_key_1": "(key_1) WHERE key_1 <> ''",
        "by_key_2": "(key_2) WHERE key_2 <> ''",
        "by_key_3": "(key_3) WHERE key_3 <> ''",
    }
)
_STAYS = f"""
SELECT place, {COLUMNS} FROM contacts WHERE place > ?
    AND contact_id NOT IN (SELECT contact_id FROM staged)
    AND contact_id NOT IN (SELECT contact_id FROM staged_removals)
    ORDER BY place LIMIT ?
"""
_AT_ONCE = 200
"""Rows that are made at once: so few that the window's thread never waits for this one."""
_ORDERED = "INSERT INTO ordered (entry) SELECT rowid FROM staged ORDER BY sort, contact_id"
_WRITTEN = f"""
INSERT INTO contacts SELECT number * {GAP}, {COLUMNS}, {FOUND_BY} FROM ordered CROSS JOIN staged ON staged.rowid = entry
    ORDER BY number
"""
_FILLING = {"hashsize": 4 << 20, "automerge": 0}
_FILLED = {"hashsize": 1 << 20, "automerge": 4}
"""FTS5's bytes that are gathered before a part is written, and parts that are merged: while all is filled, and as ever."""
_CACHED_KIB, _CACHED_KIB_ELSE = 32 << 10, 2_000
"""Pages in memory: while all is filled, and by SQLite's own choice."""
_SCHEMAS = ("main", "temp")
"""What waits is read in the order of the alphabet, so from everywhere: with few pages in memory each entry is read anew, three times."""


def number_anew(connection: sqlite3.Connection) -> None:
    """Give all entries, with what was staged, new places in the order of the alphabet; within a transaction."""
    for schema in _SCHEMAS:
        connection.execute(f"PRAGMA {schema}.cache_size = -{_CACHED_KIB}")
    try:
        for index in _INDEXES:
            connection.execute(f"DROP INDEX IF EXISTS {index}")
        _stage_what_stays(connection)
        for statement in (_ORDERED, "DELETE FROM contacts", _WRITTEN):
            connection.execute(statement)
        for text in TEXTS.split(", "):
            _fill(connection, text)
        for index, columns in _INDEXES.items():
            connection.execute(f"CREATE INDEX {index} ON contacts {columns}")
        connection.execute("DELETE FROM ordered")
    finally:
        for schema in _SCHEMAS:
            connection.execute(f"PRAGMA {schema}.cache_size = -{_CACHED_KIB_ELSE}")


def put_in_indexes(connection: sqlite3.Connection, place: int, texts: tuple[str, str]) -> None:
    """Let an entry be found."""
    for name, text in zip(TEXTS.split(", "), texts, strict=True):
        connection.execute(f"INSERT INTO {name}_index(rowid, {name}) VALUES (?, ?)", (place, text))


def take_out_of_indexes(connection: sqlite3.Connection, place: int, texts: tuple[str, str]) -> None:
    """Let it be found no more; an index without its content is told what it held (FTS5, "The 'delete' command")."""
    for name, text in zip(TEXTS.split(", "), texts, strict=True):
        statement = f"INSERT INTO {name}_index({name}_index, rowid, {name}) VALUES ('delete', ?, ?)"
        connection.execute(statement, (place, text))


def _stage_what_stays(connection: sqlite3.Connection) -> None:
    place = 0
    while stays := connection.execute(_STAYS, (place, _AT_ONCE)).fetchall():
        place = stays[-1][0]
        rows = [row_of(contact_of(values)) for _place, *values in stays]
        connection.executemany(f"INSERT INTO staged VALUES ({MARKS})", rows)


def _fill(connection: sqlite3.Connection, text: str) -> None:
    index = f"{text}_index"
    set_to = f"INSERT INTO {index}({index}, rank) VALUES (?, ?)"
    connection.execute(f"INSERT INTO {index}({index}) VALUES ('delete-all')")
    connection.executemany(set_to, _FILLING.items())
    connection.execute(
        f"INSERT INTO {index}(rowid, {text}) SELECT number * {GAP}, {text}"
        " FROM ordered CROSS JOIN staged ON staged.rowid = entry ORDER BY number"
    )
    connection.executemany(set_to, _FILLED.items())
