"""The cached phone book: found by words, digits and whole numbers, in the order of the alphabet, after any changes."""

from __future__ import annotations

import logging
import random
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.waiting import SECONDS
from wwphone.config.phonebook import BookMark, PhoneBookCache, PhoneBookUnavailableError
from wwphone.config.phonebook_database import MOST_BY_HAND, PhoneBookDatabase
from wwphone.domain.folding import plain
from wwphone.domain.phonebook import Contact, ContactDetails

NOW = datetime(2026, 3, 5, 10, 42, tzinfo=UTC)
MARK = BookMark("anna", "book", 7)
REGULA = ContactDetails(
    "Regula", "Müller", "Größle AG", "+41445550123", "+41795550104", "", "r.mueller@groessle.ch"
)
JEAN = ContactDetails("Jean-Pierre", "D'Arc", "", "", "", "+33155500199", "jp@example.com", "likes 'quotes'")
ZOE = ContactDetails("Zoë", "", "Ämtler & Co", "204")
COMPANY = ContactDetails(company="Bäckerei Ågren", office="+46855500")


def contact(
    contact_id: str, details: ContactDetails, *, personal: bool = False, revision: int = 1
) -> Contact:
    return Contact(contact_id, personal, details, revision, "beat", NOW)


ALL = (contact("r", REGULA), contact("j", JEAN, personal=True), contact("z", ZOE), contact("c", COMPANY))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "phonebook.sqlite"


def filled(file: Path | None, contacts: Iterable[Contact] = ALL) -> PhoneBookDatabase:
    database = PhoneBookDatabase(file)
    database.stage(contacts, ())
    database.finish(MARK, fresh=True)
    return database


def found(database: PhoneBookDatabase, text: str, personal: bool | None = None) -> list[str]:
    places = database.places(text, personal=personal, after=0, limit=1000)
    at = database.at(places)
    return [at[place].contact_id for place in places]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("", ["c", "j", "r", "z"]),
        ("mul", ["r"]),
        ("Mül", ["r"]),
        ("muel", ["r"]),
        ("reg mueller", ["r"]),
        ("MÜLLER regula", ["r"]),
        ("gross", ["r"]),
        ("groess reg", ["r"]),
        ("r.mueller@groessle.ch", ["r"]),
        ("darc", []),
        ("d'arc", ["j"]),
        ("jean-pierre", ["j"]),
        ("zoe", ["z"]),
        ("amtler", ["z"]),
        ("aemtler & co", ["z"]),
        ("agren", ["c"]),
        ("044 555 01 23", ["r"]),
        ("+41 (0)44 555 01 23", ["r"]),
        ("0041 44 555", ["r"]),
        ("5501", ["r"]),
        ("555", ["c", "j", "r"]),
        ("079", []),
        ("0795", ["r"]),
        ("regula 555", ["r"]),
        ("zoe 555", []),
        ("204", ["z"]),
        ("20", ["z"]),
        ("33", ["j"]),
        ("ller", []),
        ("x", []),
        ("&", []),
        ("0", []),
        ("()", []),
        ('"', []),
        ("* OR r", []),
        ("NOT regula", []),
    ],
    ids=repr,
)
def test_what_is_found_by_which_text(text: str, ids: list[str]) -> None:
    database = filled(None)

    assert found(database, text) == ids

    database.close()


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("2000", ["h"]),
        ("hotel 2000", ["h"]),
        ("2000 hotel", ["h"]),
        ("hot 200", ["h"]),
        ("007", ["b"]),
        ("james 007", ["b"]),
        ("4711", ["k"]),
        ("4711a", ["k"]),
        ("2000 555", []),
        ("445550", ["h", "r"]),
        ("hotel 44555", ["h"]),
    ],
)
def test_digits_in_names_are_found_as_those_of_numbers(text: str, ids: list[str]) -> None:
    database = filled(
        None,
        [
            *ALL,
            contact("h", ContactDetails(company="Hotel 2000", office="+41445550177")),
            contact("b", ContactDetails("James", "Bond 007"), personal=True),
            contact("k", ContactDetails(company="Kiosk 4711a")),
        ],
    )
    for personal in (None, True, False):
        expected = [one for one in ids if personal in (None, one == "b")]
        assert found(database, text, personal) == expected
    database.mark_favourites(["h", "b", "k", "r"])
    favourites = database.at(database.favourites(text, personal=None)).values()
    assert [one.contact_id for one in favourites] == ids
    database.stage((), ["h", "b", "k"])
    database.finish(MARK, fresh=False)
    assert found(database, text) == [one for one in ids if one == "r"]
    database.close()


def test_ones_own_and_everybodys_are_told_apart() -> None:
    database = filled(None)

    for text in ("", "555"):
        both = found(database, text)
        own = found(database, text, personal=True)
        everybodys = found(database, text, personal=False)
        assert own == ["j"]
        assert everybodys == [each for each in both if each != "j"]
    assert found(database, "jean", personal=True) == ["j"]
    assert found(database, "jean", personal=False) == []

    database.close()


def test_the_list_goes_on_behind_a_place() -> None:
    many = [contact(f"{number:03}", ContactDetails(surname=f"Same {number:03}")) for number in range(50)]
    database = filled(None, many)

    ids: list[str] = []
    after = 0
    while places := database.places("same", personal=None, after=after, limit=7):
        ids += [database.at([place])[place].contact_id for place in places]
        after = places[-1]

    assert ids == [each.contact_id for each in many]

    database.close()


@pytest.mark.parametrize(
    "number", ["+41795550104", "0041795550104", "079 555 01 04", "+41 (0)79 555 01 04"], ids=str
)
def test_whose_number_it_is_however_it_is_written(number: str) -> None:
    database = filled(None)

    assert [each.contact_id for each in database.with_number(number)] == ["r"]
    assert database.with_number("204")[0].contact_id == "z"
    for nobodys in ("", "anonymous", "205", "+41795550105"):
        assert database.with_number(nobodys) == [], nobodys

    database.close()


def test_ones_own_entry_names_a_number_before_everybodys() -> None:
    database = filled(
        None, (*ALL, contact("own", ContactDetails("Regi", office=REGULA.office), personal=True))
    )

    assert [each.contact_id for each in database.with_number(REGULA.office)] == ["own", "r"]

    database.close()


def test_changes_are_found_and_what_was_before_is_not() -> None:
    database = filled(None)
    renamed = contact("r", ContactDetails("Regula", "Meier", office="+41445559999"), revision=9)

    database.stage((renamed, contact("new", ContactDetails("Neu"))), ("z", "unknown"))
    database.finish(BookMark("anna", "book", 9), fresh=False)

    assert found(database, "") == ["c", "j", "r", "new"]
    assert found(database, "mueller") == []
    assert found(database, "5550123") == []
    assert database.with_number(REGULA.office) == []
    assert found(database, "meier 9999") == ["r"]
    assert database.by_id("r") == renamed
    assert database.by_id("z") is None
    assert database.mark() == BookMark("anna", "book", 9)
    assert database.count() == 4

    database.close()


def test_nothing_staged_shows_before_it_is_finished(file: Path) -> None:
    database = filled(file)

    database.stage((contact("new", ContactDetails("Neu")),), ("r",))
    assert found(database, "") == ["c", "j", "r", "z"]
    database.drop_staged()
    database.finish(MARK, fresh=False)
    assert found(database, "") == ["c", "j", "r", "z"]

    database.close()


@pytest.mark.parametrize("fresh", [True, False])
@pytest.mark.parametrize("many", [True, False])
def test_what_is_said_last_of_an_entry_counts(fresh: bool, many: bool) -> None:
    """Whoever is changed or removed while the book is read comes twice."""
    database = filled(None)
    late = contact("new", ContactDetails("Neu", "Zuletzt"), revision=5)
    filler = [f"unknown {number}" for number in range(MOST_BY_HAND + 1)] if many else []

    database.stage((contact("new", ContactDetails("Neu")), contact("gone", ContactDetails("Weg"))), filler)
    database.stage((late,), ("gone", "z"))
    database.stage((contact("z", ZOE),), ())
    database.finish(MARK, fresh=fresh)

    assert found(database, "") == (["z", "new"] if fresh else ["c", "j", "r", "z", "new"])
    assert database.by_id("new") == late
    assert database.by_id("gone") is None
    database.close()


def test_it_is_there_after_a_restart_and_for_its_owner_alone(file: Path) -> None:
    filled(file).close()

    following = PhoneBookDatabase(file)

    assert following.mark() == MARK
    assert following.by_id("r") == ALL[0]
    assert file.stat().st_mode & 0o077 == 0
    following.close()


def test_a_damaged_file_is_begun_anew(
    file: Path, expected_logs: Callable[..., list[logging.LogRecord]]
) -> None:
    file.write_bytes(b"no database, by any means" * 100)
    expected_logs("damaged and is begun anew", logger="wwphone.config")

    database = PhoneBookDatabase(file)

    assert database.mark() is None
    assert database.count() == 0
    database.close()


def test_a_file_of_another_shape_is_begun_anew(file: Path) -> None:
    connection = sqlite3.connect(file)
    connection.executescript("CREATE TABLE mark (user); PRAGMA user_version = 99;")
    connection.close()

    database = PhoneBookDatabase(file)

    assert database.mark() is None
    database.close()


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(PhoneBookUnavailableError):
        PhoneBookDatabase(tmp_path / "missing" / "phonebook.sqlite")


NAMES = st.sampled_from(["Anna", "Änne", "Beat", "Zoë", "anna", "Ärni", "B", "bea", ""])
CHANGE = st.tuples(st.integers(0, 30), NAMES, NAMES, st.booleans())


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(CHANGE, max_size=12), max_size=8), st.booleans())
def test_after_any_changes_it_is_as_if_filled_at_once(
    batches: list[list[tuple[int, str, str, bool]]], many: bool
) -> None:
    database = PhoneBookDatabase(None)
    truth: dict[str, Contact] = {}
    for batch in batches:
        changed: dict[str, Contact] = {}
        removed: set[str] = set()
        for number, first, last, there in batch:
            name = f"c{number}"
            changed.pop(name, None)
            removed.discard(name)
            if there:
                changed[name] = contact(name, ContactDetails(first, last, "AG", f"+4144555{number:04}"))
            else:
                removed.add(name)
        filler = [f"unknown {number}" for number in range(MOST_BY_HAND + 1)] if many else []
        database.stage(changed.values(), [*removed, *filler])
        database.finish(MARK, fresh=False)
        truth = {name: each for name, each in truth.items() if name not in removed} | changed
    at_once = filled(None, truth.values())

    for text in ("", "an", "a", "b zo", "5550", "ag"):
        ours, theirs = found(database, text), found(at_once, text)
        assert sorted(ours) == sorted(theirs), text
        names = [plain(truth[each].details.sort_text) for each in ours]
        assert names == sorted(names), text

    database.close()
    at_once.close()


def test_many_between_the_same_two_neighbours_keep_their_order() -> None:
    database = filled(None, (contact("a", ContactDetails("A")), contact("z", ContactDetails("Z"))))
    chance = random.Random(7)

    for batch in range(120):
        names = [f"m{batch:03}{chance.random()}" for _ in range(3)]
        database.stage([contact(name, ContactDetails(name)) for name in names], ())
        database.finish(MARK, fresh=False)

    ids = found(database, "")
    assert ids == sorted(ids)
    assert len(ids) == 362
    database.close()


@pytest_asyncio.fixture
async def cache(file: Path) -> AsyncIterator[PhoneBookCache]:
    made = PhoneBookCache(file)
    yield made
    await made.shutdown()


async def test_the_window_reads_while_the_worker_writes(cache: PhoneBookCache) -> None:
    assert await cache.open() is None
    reader = cache.reader
    assert reader is not None
    await cache.stage(ALL, ())
    await cache.finish(MARK, fresh=True)

    assert reader.count() == len(ALL)


async def test_before_it_is_open_nothing_can_be_written(cache: PhoneBookCache) -> None:
    with pytest.raises(PhoneBookUnavailableError, match="not open"):
        await cache.stage(ALL, ())


def test_in_memory_it_is_read_while_another_thread_writes() -> None:
    database = filled(None)
    many = [contact(f"n{number}", ContactDetails(surname="Same")) for number in range(MOST_BY_HAND + 1)]
    over = threading.Event()

    def write() -> None:
        try:
            for _ in range(20):
                database.stage(many, ())
                database.finish(MARK, fresh=False)
        finally:
            over.set()

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        while not over.is_set():
            assert len(database.places("regula", personal=None, after=0, limit=9)) == 1
            assert [one.contact_id for one in database.with_number("+41445550123")] == ["r"]
        writing.result()
    assert database.count() == len(ALL) + len(many)
    database.close()


def test_the_doubles_of_a_hundred_thousand_are_found_in_three_seconds() -> None:
    database = PhoneBookDatabase(None)
    # Straight into the table: the full-text indexes take much longer, and are not looked at.
    names = "place, contact_id, personal, first_name, surname, company, sort, key_1, key_2, key_3"
    rows: list[tuple[object, ...]] = [
        (one, f"{one:06}", False, f"N{one}", "Müller", "AG", f"muller n{one}", f"44{one:07}", "", "")
        for one in range(100_000)
    ]
    rows[5] = (5, "000005", False, "n77777", "MÜLLER", "ag", "muller n77777", "", "", "")
    rows[6] = (6, "000006", False, "Somebody", "Else", "", "else somebody", "", "440088888", "")
    database._writes.executemany(
        f"INSERT INTO contacts ({names}) VALUES ({', '.join('?' * len(rows[0]))})", rows
    )
    began_s = time.process_time()
    groups = database.doubles(everybodys=True)
    took_s = time.process_time() - began_s
    assert sorted(map(sorted, groups)) == [["000005", "077777"], ["000006", "088888"]]
    assert database.doubles(everybodys=False) == ()
    assert took_s < 3 * SECONDS
    database.close()
