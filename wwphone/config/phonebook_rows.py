"""An entry as a row of the cached phone book's tables, and back: what it holds, and what it is found by.

A first filling makes a hundred thousand rows beside the window: what names have in common is folded once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import UTC, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any

from wwphone.config.phonebook_search import DIGITS, NO_DIGIT, WORD
from wwphone.domain.folding import folded, plain
from wwphone.domain.notes import line_key
from wwphone.domain.phonebook import Contact, ContactDetails

COLUMNS = f"contact_id, personal, {', '.join(field.name for field in fields(ContactDetails))}, revision, changed_by, changed_at"
"""Of an entry."""
FOUND_BY = "sort, key_1, key_2, key_3"
"""Kept with it: what the alphabet goes by, and each number's key."""
TEXTS = "words, digits"
"""What the two full-text indexes hold of it. They are not kept beside the indexes, but made again when they are needed."""
MARKS = ", ".join("?" * len(f"{COLUMNS}, {FOUND_BY}, {TEXTS}".split(",")))
"""A place for each value of a row."""
OWN = "ßown"
"""A word by which one's own entries are found; not by what people type, since folding leaves no ß."""
OWN_DIGITS = "own"
"""The same among the digits."""

_VALUES = attrgetter(*(field.name for field in fields(ContactDetails)))
_WORDS_KEPT = 1 << 14
"""So many folded words are kept: most people share their names and companies with others."""


def row_of(contact: Contact) -> tuple[Any, ...]:
    """What is written of an entry: COLUMNS, FOUND_BY and TEXTS."""
    values = _VALUES(contact.details)
    first_name, surname, company, office, mobile, private, email, _note = values
    digits: list[str] = []
    keys = [_key(number, digits) if number else "" for number in (office, mobile, private)]
    names = f"{first_name} {surname} {company}"
    words = [_told(names), _told(email), *digits]
    digits += DIGITS.findall(names)
    if contact.personal:
        words.append(OWN)
        digits.append(OWN_DIGITS)
    return (
        contact.contact_id,
        contact.personal,
        *values,
        contact.revision,
        contact.changed_by,
        contact.changed_at.timestamp(),
        _sorted_by(contact.details.sort_text),
        *keys,
        " ".join(words),
        " ".join(digits),
    )


def texts_of(contact: Contact) -> tuple[str, str]:
    """What the indexes of words and of digits hold of an entry."""
    *_, words, digits = row_of(contact)
    return words, digits


def words_in(text: str) -> str:
    """The text of the index of words, parted as that does it."""
    return " ".join(WORD.findall(text))


def contact_of(values: Iterable[Any]) -> Contact:
    """The entry of a row's COLUMNS."""
    contact_id, personal, *details, revision, changed_by, changed_at = values
    return Contact(
        str(contact_id),
        bool(personal),
        ContactDetails(*map(str, details)),
        revision,
        str(changed_by),
        datetime.fromtimestamp(changed_at, UTC),
    )


def _told(names: str) -> str:
    """Folded, and parted where the index of words, which knows the signs of ASCII only, does not do it."""
    return names.lower() if names.isascii() else " ".join(map(_word, names.split()))


def _sorted_by(name: str) -> str:
    return name.lower() if name.isascii() else " ".join(map(_plain, name.split(" ")))


@lru_cache(_WORDS_KEPT)
def _word(typed: str) -> str:
    return words_in(folded(typed))


@lru_cache(_WORDS_KEPT)
def _plain(word: str) -> str:
    return plain(word)


def _key(number: str, digits: list[str]) -> str:
    """Of the number's line; what is looked for in the number is put to the digits."""
    read = number[1:] if number[0] == "+" else number
    if read.isascii() and read.isdigit():  # E.164, or an internal one
        digits.append(read)
        return line_key(read)
    if read := NO_DIGIT.sub("", number):
        digits.append(read)
    return line_key(number)
