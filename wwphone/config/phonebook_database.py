"""The cached phone book's SQLite file: entries in the order of the alphabet, found by words, digits and whole numbers.

Theory. An entry's rowid is its place in the alphabet, with wide gaps: so what the full-text index (FTS5) finds comes out in
order without being sorted, however much it finds. A few changes are put between their neighbours; many at once, or a gap that
is used up, number all places anew, in one transaction that SQLite does by itself. One connection writes, on a thread of its
own; another reads meanwhile, from the window's thread, and is never made to wait (write-ahead log).

Words are found by their beginnings, numbers and digits in names by any three digits in a row (FTS5's trigrams).
"""

# ruff: noqa: S608 - only names from this file are put into statements, never values

from __future__ import annotations

import itertools
import logging
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wwphone.config.phonebook import BookMark, PhoneBookUnavailableError
from wwphone.config.phonebook_doubles import doubles
from wwphone.config.phonebook_finding import WORDS_SEEN, found
from wwphone.config.phonebook_rows import COLUMNS, MARKS, contact_of, row_of, texts_of, words_in
from wwphone.config.phonebook_search import wanted
from wwphone.config.phonebook_tables import (
    ASIDE,
    GAP,
    MADE,
    SHAPE,
    number_anew,
    put_in_indexes,
    take_out_of_indexes,
)
from wwphone.domain.notes import line_key
from wwphone.domain.phonebook import Contact

logger = logging.getLogger(__name__)

MOST_BY_HAND = 200
"""So many changes are put between their neighbours one by one; for more all places are numbered anew."""

_FAVOURITES = f"SELECT place, {COLUMNS} FROM favourites CROSS JOIN contacts USING (contact_id) ORDER BY place"
"""CROSS JOIN: SQLite begins with the favourites (its documentation, "Manual Control Of Query Plans"), not with all entries in their order."""


@dataclass(frozen=True)
class _Marked:
    """What is found of a favourite."""

    place: int
    contact_id: str
    personal: bool
    words: str
    digits: str


class PhoneBookDatabase:
    """Opened when it is made; a damaged or older file is begun anew, since the server has it all.

    Everything raises PhoneBookUnavailableError. `file` None: in memory, for as long as it is open.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file
        # In memory there is only one connection for both threads, and a statement of one would break the other's transaction.
        self._turn = threading.RLock() if file is None else nullcontext()
        self._marked: tuple[_Marked, ...] = ()
        """Favourites as they were read last: so few that they are searched here."""
        self._marked_ids: frozenset[str] = frozenset()
        self._marked_is_old = True
        with _translated():
            try:
                self._open()
            except sqlite3.DatabaseError as error:
                if file is None or isinstance(error, sqlite3.OperationalError):
                    raise
                logger.warning("the cached phone book was damaged and is begun anew")
                self._begin_anew()

    def close(self) -> None:
        """Let go of the file."""
        for connection in {self._writes, self._reads}:
            connection.close()

    # ------------------------------------------------------------ written, on the worker's thread

    def mark(self) -> BookMark | None:
        """Whose book this is and how far it was read; None: nothing was ever read."""
        row = self._read("SELECT user, book_id, revision FROM mark")
        return BookMark(*row[0]) if row else None

    def stage(self, contacts: Iterable[Contact], removed: Iterable[str]) -> None:
        """Put changes aside until `finish`; what is said later of an entry counts."""
        rows = [row_of(contact) for contact in contacts]
        gone = [(one,) for one in removed]
        with self._transaction() as connection:
            connection.executemany(f"INSERT OR REPLACE INTO staged VALUES ({MARKS})", rows)
            connection.executemany("DELETE FROM staged WHERE contact_id = ?", gone)
            connection.executemany("INSERT INTO staged_removals VALUES (?)", gone)

    def finish(self, mark: BookMark, *, fresh: bool) -> None:
        """Take over what was staged, all at once; `fresh`: in the place of everything there was."""
        with self._transaction() as connection:
            count = sum(
                connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                for table in ("staged", "staged_removals")
            )
            if fresh:
                connection.execute("DELETE FROM contacts")
                connection.execute("DELETE FROM favourites")
            if fresh or count > MOST_BY_HAND or not self._take_over_by_hand(connection):
                number_anew(connection)
            self._forget_staged(connection)
            connection.execute("DELETE FROM mark")
            connection.execute("INSERT INTO mark VALUES (?, ?, ?)", (mark.user, mark.book_id, mark.revision))

    def mark_favourites(self, contact_ids: Iterable[str]) -> None:
        """These are favourites from now on, and no others."""
        with self._transaction() as connection:
            connection.execute("DELETE FROM favourites")
            rows = [(one,) for one in contact_ids]
            connection.executemany("INSERT OR IGNORE INTO favourites VALUES (?)", rows)

    def doubles(self, *, everybodys: bool) -> tuple[tuple[str, ...], ...]:
        """Ids of entries that are alike; `everybodys`: not only among one's own."""
        with _translated(), self._turn:
            return doubles(self._writes, everybodys=everybodys)

    def drop_staged(self) -> None:
        """Forget what was staged and never finished."""
        with self._transaction() as connection:
            self._forget_staged(connection)

    # ------------------------------------------------------------ read, on the window's thread

    def places(self, text: str, *, personal: bool | None, after: int, limit: int) -> list[int]:
        """The next places of what is found, in the order of the alphabet; an empty text finds everything."""
        with _translated(), self._turn:
            return list(itertools.islice(found(self._reads, text, personal, after), limit))

    def favourites(self, text: str, *, personal: bool | None) -> list[int]:
        """The places of all favourites that are found, in the order of the alphabet; an empty text finds all."""
        if self._marked_is_old:
            self._marked_is_old = (
                False  # before they are read: what is written meanwhile makes them old again
            )
            rows = self._read(_FAVOURITES)
            self._marked = tuple(_marked(place, contact_of(values)) for place, *values in rows)
            self._marked_ids = frozenset(one.contact_id for one in self._marked)
        asked = wanted(text) if text.strip() else None
        return [
            one.place
            for one in self._marked
            if personal in (None, one.personal) and (asked is None or asked.holds(one.words, one.digits))
        ]

    def favourite_ids(self) -> frozenset[str]:
        """Which entries are favourites, and are there."""
        if self._marked_is_old:
            self.favourites("", personal=None)
        return self._marked_ids

    def at(self, places: Sequence[int]) -> dict[int, Contact]:
        """The entries at some places; without those that are gone."""
        marks = ", ".join("?" * len(places))
        rows = self._read(f"SELECT place, {COLUMNS} FROM contacts WHERE place IN ({marks})", *places)
        return {row[0]: contact_of(row[1:]) for row in rows}

    def by_id(self, contact_id: str) -> Contact | None:
        """One entry."""
        rows = self._read(f"SELECT {COLUMNS} FROM contacts WHERE contact_id = ?", contact_id)
        return contact_of(rows[0]) if rows else None

    def with_number(self, number: str) -> list[Contact]:
        """Whoever has a number, however it is written; one's own entries first."""
        key = line_key(number)
        if not key:
            return []
        rows = self._read(
            f"SELECT {COLUMNS} FROM contacts WHERE key_1 = ?1 AND key_1 <> ''"
            f" UNION SELECT {COLUMNS} FROM contacts WHERE key_2 = ?1 AND key_2 <> ''"
            f" UNION SELECT {COLUMNS} FROM contacts WHERE key_3 = ?1 AND key_3 <> '' LIMIT 20",
            key,
        )
        return sorted((contact_of(row) for row in rows), key=lambda contact: not contact.personal)

    def count(self) -> int:
        """How many entries there are."""
        return int(self._read("SELECT count(*) FROM contacts")[0][0])

    # ------------------------------------------------------------ inside

    def _open(self) -> None:
        self._writes = self._connect()
        self._writes.executescript(ASIDE)
        if self._writes.execute("PRAGMA user_version").fetchone()[0] != SHAPE:
            if self._file is not None and self._writes.execute("SELECT 1 FROM sqlite_master").fetchone():
                self._writes.close()
                self._begin_anew()
                return
            self._writes.executescript(f"BEGIN; {MADE} COMMIT;")
            number_anew(self._writes)
        self._reads = self._connect() if self._file is not None else self._writes
        self._reads.execute(WORDS_SEEN)

    def _begin_anew(self) -> None:
        assert self._file is not None
        for ending in ("", "-wal", "-shm"):
            self._file.with_name(self._file.name + ending).unlink(missing_ok=True)
        self._open()

    def _connect(self) -> sqlite3.Connection:
        if self._file is None:
            return sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        # SQLite gives its -wal and -shm files the mode of the database.
        os.close(os.open(self._file, os.O_CREAT | os.O_RDWR, 0o600))
        connection = sqlite3.connect(self._file, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")  # what a loss of power takes, the server has
        return connection

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with _translated(), self._turn:
            self._writes.execute("BEGIN IMMEDIATE")
            try:
                yield self._writes
            except BaseException:
                self._writes.execute("ROLLBACK")
                raise
            self._writes.execute("COMMIT")
            self._marked_is_old = True

    def _read(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with _translated(), self._turn:
            return self._reads.execute(statement, values).fetchall()

    @staticmethod
    def _forget_staged(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM staged")
        connection.execute("DELETE FROM staged_removals")

    def _take_over_by_hand(self, connection: sqlite3.Connection) -> bool:
        """False: there is no gap left somewhere."""
        changed = connection.execute("SELECT * FROM staged ORDER BY sort, contact_id").fetchall()
        gone = connection.execute("SELECT contact_id FROM staged_removals").fetchall()
        for contact_id in [*gone, *((row[0],) for row in changed)]:
            self._take_out(connection, *contact_id)
        left = len(changed)
        return all(self._put_in(connection, row, left - done) for done, row in enumerate(changed))

    @staticmethod
    def _take_out(connection: sqlite3.Connection, contact_id: str) -> None:
        row = connection.execute(
            f"SELECT place, {COLUMNS} FROM contacts WHERE contact_id = ?", (contact_id,)
        ).fetchone()
        if row is None:
            return
        place, *values = row
        take_out_of_indexes(connection, place, texts_of(contact_of(values)))
        connection.execute("DELETE FROM contacts WHERE place = ?", (place,))

    @staticmethod
    def _put_in(connection: sqlite3.Connection, row: tuple[Any, ...], left: int) -> bool:
        """In a gap, with room behind it for those `left` that follow in the alphabet; False: there is no gap."""
        *_, sort, _k1, _k2, _k3, words, digits = row
        texts = (words, digits)
        before = connection.execute(
            "SELECT place FROM contacts WHERE sort <= ? ORDER BY sort DESC, place DESC LIMIT 1", (sort,)
        ).fetchone()
        low = before[0] if before else 0
        after = connection.execute(
            "SELECT place FROM contacts WHERE place > ? ORDER BY place LIMIT 1", (low,)
        ).fetchone()
        place = low + (after[0] - low) // (left + 1) if after else low + GAP
        if place in (low, after[0] if after else None):
            return False
        kept = row[: -len(texts)]
        marks = ", ".join("?" * (1 + len(kept)))
        connection.execute(f"INSERT INTO contacts VALUES ({marks})", (place, *kept))
        put_in_indexes(connection, place, texts)
        return True


def _marked(place: int, contact: Contact) -> _Marked:
    words, digits = texts_of(contact)
    return _Marked(place, contact.contact_id, contact.personal, words_in(words), digits)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise PhoneBookUnavailableError(str(error)) from None
