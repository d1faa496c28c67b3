"""The cached phone book's favourites, which are found as everything else is, by words in any script."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.config.test_phonebook import MARK, contact, filled, found
from wwphone.config.phonebook_database import PhoneBookDatabase
from wwphone.domain.phonebook import ContactDetails


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "phonebook.sqlite"


STRANGE = (
    contact(
        "cyrillic",
        ContactDetails("Иван", "Петров", "«Заря» Нефть-Газ", "+79261234567", email="иван@пример.рф"),
    ),
    contact("mixed", ContactDetails("Ève_Lyn", "O’Neil", "ÄB+C №5 (Zürich)", "079 555/01 04", "*86", "")),
    contact(
        "plain", ContactDetails("Eve_Lyn", "O'Neil", "AB+C No.5", "205", "", "", "e.o-neil_x@ab-c.example")
    ),
)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("петров иван", ["cyrillic"]),
        ("газ", ["cyrillic"]),
        ("заря", ["cyrillic"]),
        ("пример", ["cyrillic"]),
        ("eve", ["mixed", "plain"]),
        ("lyn", ["mixed", "plain"]),
        ("neil", ["mixed", "plain"]),
        ("o'neil", ["mixed", "plain"]),
        ("ab+c", ["mixed", "plain"]),
        ("aeb", ["mixed"]),
        ("zuer", ["mixed"]),
        ("5", ["mixed", "plain"]),
        ("5550104", ["mixed"]),
        ("86", ["mixed"]),
        ("example", ["plain"]),
        ("x@ab-c", ["plain"]),
        ("eve +205", ["plain"]),
        ("neilx", []),
    ],
    ids=repr,
)
def test_signs_part_words_in_any_script_for_favourites_too(text: str, ids: list[str]) -> None:
    database = filled(None, STRANGE)
    database.mark_favourites([one.contact_id for one in STRANGE])

    assert sorted(found(database, text)) == sorted(ids)
    assert database.favourites(text, personal=None) == database.places(text, personal=None, after=0, limit=9)
    database.close()


def test_favourites_are_found_as_everything_else_is(file: Path) -> None:
    database = filled(file)
    database.mark_favourites(["r", "j", "unknown"])
    for text in ("", "regula", "gross", "5550", "044 555 01", "jean", "07", "nobody", "müll"):
        for personal in (None, True, False):
            everything = database.places(text, personal=personal, after=0, limit=100)
            ids = {place: one.contact_id for place, one in database.at(everything).items()}
            wanted = [place for place in everything if ids[place] in ("r", "j")]
            assert database.favourites(text, personal=personal) == wanted, text
    assert database.favourite_ids() == {"r", "j"}
    database.stage([contact("j", ContactDetails("Yvonne"))], ["r"])
    database.finish(MARK, fresh=False)
    assert database.favourite_ids() == {"j"}
    assert database.favourites("yvo", personal=None) == database.places(
        "yvo", personal=None, after=0, limit=1
    )
    database.close()
    again = PhoneBookDatabase(file)
    assert again.favourite_ids() == {"j"}
    again.close()


def test_favourites_are_read_without_a_walk_through_the_book() -> None:
    database = filled(
        None, [contact(f"{one:04}", ContactDetails(surname=f"S{one:04}")) for one in range(3_000)]
    )
    database.mark_favourites(["1500", "0700"])
    hundreds_of_steps: list[None] = []

    database._reads.set_progress_handler(lambda: hundreds_of_steps.append(None), 100)
    places = database.favourites("", personal=None)
    database._reads.set_progress_handler(None, 0)

    at = database.at(places)
    assert [at[place].contact_id for place in places] == ["0700", "1500"]
    assert len(hundreds_of_steps) < 10
    database.close()
