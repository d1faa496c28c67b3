"""Finding in the cached phone book: all of it that a plain look at each entry finds, whichever way it takes, and at once."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

import pytest

from tests.helpers.waiting import SECONDS
from tests.unit.config.test_phonebook import MARK, contact, filled
from wwphone.config import phonebook_finding
from wwphone.config.phonebook_database import PhoneBookDatabase
from wwphone.config.phonebook_rows import texts_of, words_in
from wwphone.config.phonebook_search import wanted
from wwphone.domain.phonebook import Contact, ContactDetails

KEY_MS = 16.7
_SYLLABLES = ("mül", "ler", "zgrag", "gen", "é", "ber", "ß", "an", "12")
_NAMES = ("Kundendienst", "Kundig", "example", "Müllermeister", "4711a", "Änderung")
_ASKED = (
    *_NAMES,
    "kunden",
    "exam",
    "examples",
    "555",
    "41445550",
    "zgraggen",
    "müllerberan",
    "an",
    "muellerl",
    "47",
    "12345x",
)


def made_up(chance: random.Random, count: int) -> list[Contact]:
    """Entries with many words that begin alike, and some that nearly all hold."""

    def word() -> str:
        return "".join(chance.choices(_SYLLABLES, k=chance.randint(1, 4))).title()

    return [
        contact(
            f"c{number}",
            ContactDetails(
                chance.choice((word(), *_NAMES)),
                word(),
                chance.choice((f"Kundennummer{number:05}", f"Kundi{number:05}", word())),
                f"+4144555{number:04}",
                email=f"u{number}@example.{chance.choice(('ch', 'com'))}",
            ),
            personal=chance.random() < 0.2,
        )
        for number in range(count)
    ]


def texts(chance: random.Random) -> Iterator[str]:
    """Up to three beginnings of what entries hold, or of something else."""
    for _ in range(100):
        words = chance.choices((*_ASKED, "".join(chance.choices(_SYLLABLES, k=3))), k=chance.randint(1, 3))
        yield " ".join(word[: chance.randint(1, len(word))] for word in words)
    yield from _ASKED


Looked = list[tuple[int, bool, str, str]]


def every_entry(database: PhoneBookDatabase) -> Looked:
    """Each place, whose it is, and by what it is found."""
    entries = database.at(database.places("", personal=None, after=0, limit=10_000))
    rows = ((place, one.personal, *texts_of(one)) for place, one in sorted(entries.items()))
    return [(place, personal, words_in(words), digits) for place, personal, words, digits in rows]


def scanned(entries: Looked, text: str, personal: bool | None) -> list[int]:
    """By a look at each entry."""
    asked = wanted(text)
    return [
        place
        for place, own, words, digits in entries
        if personal in (None, own) and asked.holds(words, digits)
    ]


@pytest.mark.parametrize(
    ("collected", "in_vain", "looked_at"),
    [(20, 5, 10_000), (20, 10_000, 10_000), (20, 10_000, 30), (10_000, 60, 10_000)],
    ids=["short", "looked", "looked at some", "long"],
)
def test_what_is_found_is_what_a_look_at_each_entry_finds(
    monkeypatch: pytest.MonkeyPatch, collected: int, in_vain: int, looked_at: int
) -> None:
    chance = random.Random(collected + in_vain)
    monkeypatch.setattr(phonebook_finding, "MOST_COLLECTED", collected)
    monkeypatch.setattr(phonebook_finding, "MOST_IN_VAIN", in_vain)
    monkeypatch.setattr(phonebook_finding, "MOST_LOOKED_AT", looked_at)
    database = filled(None, made_up(chance, 400))
    database.stage(made_up(chance, 60), [f"c{number}" for number in range(60, 90)])
    database.finish(MARK, fresh=False)

    entries = every_entry(database)

    for text in texts(chance):
        for personal in (None, True, False):
            expected = scanned(entries, text, personal)
            assert database.places(text, personal=personal, after=0, limit=10_000) == expected, text
            pages: list[int] = []
            while page := database.places(text, personal=personal, after=pages[-1] if pages else 0, limit=97):
                pages += page
            assert pages == expected, text

    database.close()


@pytest.mark.alone
@pytest.mark.parametrize(
    "text", ["example.ch", "beat example", "kundennummer", "u77@example", "example xyz", "kunden example"]
)
def test_a_word_that_all_entries_hold_is_found_at_once_at_each_letter(
    twenty_thousand: PhoneBookDatabase, text: str
) -> None:
    slowest_ms = 0.0
    for end in range(1, len(text) + 1):
        took_ms = []
        for _ in range(3):
            began_s = time.process_time()
            twenty_thousand.places(text[:end], personal=None, after=0, limit=100)
            took_ms.append((time.process_time() - began_s) * 1000)
        slowest_ms = max(slowest_ms, min(took_ms))
    print(f"{text}: {slowest_ms:.1f} ms")
    assert slowest_ms < KEY_MS * SECONDS


@pytest.mark.alone
def test_thousands_that_are_read_anew_are_not_looked_at_one_by_one(
    twenty_thousand: PhoneBookDatabase,
) -> None:
    took_ms = []
    for _ in range(3):
        began_s = time.process_time()
        places = twenty_thousand.places("kundennummer", personal=None, after=0, limit=5_000)
        took_ms.append((time.process_time() - began_s) * 1000)
    print(f"5000: {min(took_ms):.1f} ms")
    assert len(places) == 5_000
    assert min(took_ms) < 6 * KEY_MS * SECONDS, "one by one they take twice as long"


@pytest.fixture(scope="module")
def twenty_thousand() -> Iterator[PhoneBookDatabase]:
    """So many that FTS5 takes longer than a frame to collect them."""
    details = (
        ContactDetails("Beat", f"S{one}", f"Kundennummer{one:05}", email=f"u{one}@example.ch")
        for one in range(20_000)
    )
    database = filled(None, [contact(f"{one}", each) for one, each in enumerate(details)])
    yield database
    database.close()
