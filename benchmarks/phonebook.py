"""The cached phone book with 100,000 entries: each key of a search, the name of a number, and the filling, beside plain SQLite.

The peer of the search is what many phones do: `LIKE '%…%'` over the fields of a table with the same entries, each word of the
text in turn, the first hundred in the order of the alphabet. Where liblinphone is installed, its own search is another peer.
"""

from __future__ import annotations

import random
import sqlite3
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.figures import Figure, median
from benchmarks.linphone import Linphone, LinphoneMissingError, beside_linphone
from wwphone.config.phonebook import BookMark
from wwphone.config.phonebook_database import PhoneBookDatabase
from wwphone.domain.phonebook import Contact, ContactDetails

ENTRIES = 100_000
SHOWN = 100
"""So many places are asked for, and so many entries read, at each key."""
_PAGE = 500
_LOOK_UPS = 2_000
_SYLLABLES = (
    "mül",
    "ler",
    "an",
    "na",
    "ber",
    "ger",
    "ho",
    "fer",
    "zü",
    "rich",
    "stö",
    "ck",
    "li",
    "kel",
    "gro",
    "ß",
    "é",
    "vre",
)
_SEARCHES = (
    "müller anna",
    "mueller",
    "0445550",
    "holi ag",
    "an 555",
    "züber",
    "+41 44 555",
    "grossmann",
    "zzz",
    "anna example.ch",
)
_LIKE_FIELDS = ("first_name", "surname", "company", "office", "mobile", "email")


def phonebook(folder: Path, entries: int = ENTRIES) -> list[Figure]:
    """Fill it, and measure."""
    contacts = made_up(entries)
    database = PhoneBookDatabase(folder / "phonebook.sqlite")
    filled_s = _timed(lambda: _fill(database, contacts))
    like = _like_table(folder / "like.sqlite", contacts)
    ours, theirs = [], []
    for text in _typed(_SEARCHES):
        ours.append(1000 * _timed(partial(_search, database, text)))
        theirs.append(1000 * _timed(partial(_search_by_like, like, text)))
    beside = _beside_linphone(folder / "linphone", database, contacts)
    numbers = [contact.details.mobile for contact in contacts[:_LOOK_UPS]]
    look_up_ms = [1000 * _timed(partial(database.with_number, number)) for number in numbers]
    like_ms = [1000 * _timed(partial(_name_by_like, like, number)) for number in numbers[:40]]
    database.close()
    like.close()
    p99, p99_like = float(np.percentile(ours, 99)), float(np.percentile(theirs, 99))
    name_ms = median(look_up_ms)
    what = f"phone book of {entries:,}"
    return [
        Figure(
            f"{what}: a key of a search, p99", "ms", p99, p99_like, "LIKE scan", "≤ 16.7 ms", p99 <= 1000 / 60,
            f"{len(ours)} keys, the first {SHOWN} found and read; median {median(ours):.2f} and {median(theirs):.2f}; without painting",
        ),
        *beside,
        Figure(
            f"{what}: number → name", "ms", name_ms, median(like_ms), "LIKE scan", "≤ 0.1 ms", name_ms <= 0.1,
            f"median of {len(look_up_ms)}; p99 {float(np.percentile(look_up_ms, 99)):.3f}",
        ),
        Figure(f"{what}: filling the cache", "s", filled_s, 0.0, "", "≤ 5 s", filled_s <= 5.0, "written and indexed, without the way from the server"),
    ]  # fmt: skip


def made_up(count: int) -> list[Contact]:
    """Entries of nobody, the same each time."""
    chance = random.Random(20261126)
    now = datetime.now(UTC)

    def word() -> str:
        return "".join(chance.choice(_SYLLABLES) for _ in range(chance.randint(1, 3))).title()

    return [
        Contact(
            f"c{number}", number % 50 == 0,
            ContactDetails(
                word(), word(), f"{word()} AG", f"+4144555{number:06d}"[:12], f"+4179{chance.randrange(10**7):07d}", "",
                f"u{number}@example.ch",
            ),
            number + 1, "anna", now,
        )
        for number in range(count)
    ]  # fmt: skip


def _typed(searches: tuple[str, ...]) -> list[str]:
    """What stands in the field after each key."""
    return [text[: end + 1] for text in searches for end in range(len(text)) if text[: end + 1].strip()]


def _timed(act: Callable[[], object]) -> float:
    started_s = time.perf_counter()
    act()
    return time.perf_counter() - started_s


def _search(database: PhoneBookDatabase, text: str) -> int:
    return len(database.at(database.places(text, personal=None, after=0, limit=SHOWN)))


def _beside_linphone(folder: Path, database: PhoneBookDatabase, contacts: list[Contact]) -> list[Figure]:
    with Linphone(folder) as linphone:
        try:
            return [beside_linphone(linphone, contacts, _typed(_SEARCHES), SHOWN, partial(_search, database))]
        except LinphoneMissingError as error:
            print(f"The search of the phone book is not measured beside Linphone's: {error}", file=sys.stderr)
            return []


def _fill(database: PhoneBookDatabase, contacts: list[Contact]) -> None:
    for start in range(0, len(contacts), _PAGE):
        database.stage(contacts[start : start + _PAGE], ())
    database.finish(BookMark("anna", "book", len(contacts)), fresh=True)


def _like_table(file: Path, contacts: list[Contact]) -> sqlite3.Connection:
    connection = sqlite3.connect(file)
    connection.execute(f"CREATE TABLE contacts ({', '.join(_LIKE_FIELDS)})")
    rows = [[getattr(contact.details, field) for field in _LIKE_FIELDS] for contact in contacts]
    marks = ", ".join("?" * len(_LIKE_FIELDS))
    connection.executemany(f"INSERT INTO contacts VALUES ({marks})", rows)
    connection.commit()
    return connection


def _search_by_like(connection: sqlite3.Connection, text: str) -> list[object]:
    one_word = " OR ".join(f"{field} LIKE ?" for field in _LIKE_FIELDS)
    words = text.split()
    where = " AND ".join(f"({one_word})" for _ in words)
    values = [f"%{word}%" for word in words for _ in _LIKE_FIELDS]
    statement = f"SELECT * FROM contacts WHERE {where} ORDER BY surname, first_name LIMIT {SHOWN}"
    return connection.execute(statement, values).fetchall()


def _name_by_like(connection: sqlite3.Connection, number: str) -> list[object]:
    statement = "SELECT * FROM contacts WHERE office LIKE ?1 OR mobile LIKE ?1"
    return connection.execute(statement, (f"%{number[-9:]}",)).fetchall()
