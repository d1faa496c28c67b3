"""Finding in the cached phone book: a text's words and digits, answered in the order of the alphabet, as far as is asked.

Theory. The full-text index of words answers whole words, and beginnings of up to four letters, entry by entry in the order of
places, and stops when it is asked no further. Of a longer beginning FTS5 collects all entries before it gives the first one:
a millisecond a thousand, and of a mail domain everybody has. So the words are looked for that begin so, each at the cost of a
look into the index: few words are asked for as they are. Of many, FTS5 may collect as long as few entries begin with the same
four letters; else such entries are looked at one by one, as long as enough of them are found and not too many are asked for.
"""

# ruff: noqa: S608 - only names from this file are put into statements, never values

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

from wwphone.config.phonebook_rows import COLUMNS, OWN, OWN_DIGITS, contact_of, texts_of, words_in
from wwphone.config.phonebook_search import Wanted, wanted
from wwphone.config.phonebook_tables import LONGEST_BEGINNING

WORDS_SEEN = "CREATE VIRTUAL TABLE temp.words_seen USING fts5vocab('main', 'words_index', 'instance')"
"""The words of the index in their order; made on the connection that reads."""
MOST_WORDS = 12
"""So many words are asked for in the place of their beginning; each costs an eighth of a millisecond."""
MOST_IN_VAIN = 20
"""So many entries more are looked at in vain than are found before FTS5 collects; each costs a tenth of a millisecond."""
MOST_LOOKED_AT = 250
"""Entries that are looked at before FTS5 collects all the same: a page, and some in vain."""
MOST_COLLECTED = 10_000
"""Entries that FTS5 may collect while somebody types."""
_FIND = "SELECT rowid FROM {0}_index WHERE rowid > ? AND {0}_index MATCH ? ORDER BY rowid"
_COUNT = "SELECT count(*) FROM (SELECT 1 FROM words_index WHERE words_index MATCH ? LIMIT ?)"
_EVERY = "SELECT place FROM (SELECT place FROM contacts {}) WHERE place > ? ORDER BY place"
_WHOSE = {None: "", True: "INDEXED BY by_owner WHERE personal", False: "WHERE NOT personal"}


def found(connection: sqlite3.Connection, text: str, personal: bool | None, after: int) -> Iterator[int]:
    """The places behind one of them of all that is found, in their order; an empty text finds everything.

    To be read to where it is needed, and then left, before anything else is asked.
    """
    if not text.strip():
        return (place for (place,) in connection.execute(_EVERY.format(_WHOSE[personal]), (after,)))
    return _Search(connection, wanted(text), personal).places(after)


class _Search:
    """One question."""

    def __init__(self, connection: sqlite3.Connection, asked: Wanted, personal: bool | None) -> None:
        self._connection = connection
        self._asked = asked
        self._personal = personal

    def places(self, after: int) -> Iterator[int]:
        """What is found behind a place."""
        exact, roughly = [], []
        for beginning in self._asked.beginnings:
            words = self._words(beginning) if len(beginning) > LONGEST_BEGINNING else None
            if words is None:
                exact.append(f'"{beginning}"*')
                roughly.append(self._roughly(beginning))
            elif not words:
                return iter(())
            else:
                exact.append(" OR ".join(f'"{word}"' for word in words))
                roughly.append(exact[-1])
        if exact == roughly:
            return self._walk(exact, after)
        return self._looked_at(exact, roughly, after)

    def _roughly(self, beginning: str) -> str:
        """What finds no less, and is never collected for long."""
        short = f'"{beginning[:LONGEST_BEGINNING]}"*'
        (count,) = self._connection.execute(_COUNT, (short, MOST_COLLECTED)).fetchone()
        return f'"{beginning}"*' if count < MOST_COLLECTED else short

    def _words(self, beginning: str) -> list[str] | None:
        """All words of the index that begin so; None: there are many."""
        words: list[str] = []
        least = beginning
        while len(words) <= MOST_WORDS:
            statement = "SELECT term FROM temp.words_seen WHERE term >= ? LIMIT 1"
            word = self._connection.execute(statement, (least,)).fetchone()
            if word is None or not word[0].startswith(beginning):
                return words
            words += word
            least = f"{word[0]}\0"  # whatever comes behind it; no word has this sign
        return None

    def _walk(self, words: Sequence[str], after: int) -> Iterator[int]:
        """Entries that hold one of each words, and all digits."""
        queries = []
        if words:
            queries.append(("words", self._among(" AND ".join(f"({one})" for one in words), OWN)))
        if self._asked.digits:
            digits = " AND ".join(f'"{one}"' for one in self._asked.digits)
            queries.append(("digits", digits if words else self._among(digits, f'"{OWN_DIGITS}"')))
        return _in_all(
            [self._connection.execute(_FIND.format(index), (after, query)) for index, query in queries]
        )

    def _among(self, query: str, own: str) -> str:
        """The same, asked among one's own entries (True) or everybody's (False)."""
        if self._personal is None:
            return query
        return f"({query}) {'AND' if self._personal else 'NOT'} {own}"

    def _looked_at(self, exact: Sequence[str], roughly: Sequence[str], after: int) -> Iterator[int]:
        """What may be found, as long as enough of it is; behind that, what is found."""
        in_vain = 0
        for looked_at, place in enumerate(self._walk(roughly, after), 1):
            if self._holds(place):
                in_vain -= 1
                yield place
            else:
                in_vain += 1
            after = place
            if in_vain > MOST_IN_VAIN or looked_at >= MOST_LOOKED_AT:
                yield from self._walk(exact, after)
                return

    def _holds(self, place: int) -> bool:
        statement = f"SELECT {COLUMNS} FROM contacts WHERE place = ?"
        row = self._connection.execute(statement, (place,)).fetchone()
        if row is None:
            return False
        words, digits = texts_of(contact_of(row))
        return self._asked.holds(words_in(words), digits)


def _in_all(walks: Sequence[Iterator[tuple[int]]]) -> Iterator[int]:
    """What all of some rising series have in common, each walked no further than is needed."""
    if not walks:
        return
    heads = [next(walk, None) for walk in walks]
    while None not in heads:
        places = [head[0] for head in heads if head]
        furthest = max(places)
        if min(places) == furthest:
            yield furthest
        for number, place in enumerate(places):
            if place < furthest or min(places) == furthest:
                heads[number] = next(walks[number], None)
