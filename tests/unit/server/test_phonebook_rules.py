"""What may stand in an entry of the phone book."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from wwphone.domain.phonebook import MAX_CONTACT_NOTE, MAX_FIELD, ContactDetails
from wwphone.server.demo_contacts import CONTACTS
from wwphone.server.phonebook_rules import checked_details
from wwphone.server.services.phone_numbers import PhoneNumbers

SWISS = PhoneNumbers("CH")
FRANCOISE = ContactDetails(
    "Françoise", "Müller-Blanc", "Zimmerei «Aebi» AG", "+41445550100", "+41795550101", "+41445550102",
    "francoise.mueller+tel@example.net", "Nur vormittags.\n\tHund!",
)  # fmt: skip


def checked(**fields: Any) -> ContactDetails:
    return checked_details(ContactDetails(**fields), SWISS.normal)


def test_a_good_entry_stays_as_it_is() -> None:
    assert checked_details(FRANCOISE, SWISS.normal) == FRANCOISE


@pytest.mark.parametrize("name", ["first_name", "surname", "company"])
def test_one_name_is_enough(name: str) -> None:
    assert checked(**{name: "Ü"}) == ContactDetails(**{name: "Ü"})


def test_so_is_a_number_or_an_address() -> None:
    assert checked(private="044 555 01 23").private == "+41445550123"
    assert checked(email="a@example.net").email == "a@example.net"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  Anna \t Maria\n", "Anna Maria"),
        ("Anna\x00\x1b[31m", "Anna[31m"),
        ("An\u202ena\u2066\u200f", "Anna"),
        ("Mu\u0308ller", "Müller"),
        ("Anna\u2028Muster", "Anna Muster"),
        ("\ufeffAnna", "Anna"),
        ("Anna\ud800", "Anna"),
        ("اَنا", "اَنا"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("=HYPERLINK(1)", "=HYPERLINK(1)"),
    ],
    ids=ascii,
)
def test_what_nobody_sees_falls_away(written: str, kept: str) -> None:
    assert checked(surname=written).surname == kept


def test_a_note_keeps_its_lines() -> None:
    note = "\n\n one \r\n\x00two\u202e\x85three  \r\n\n"
    assert checked(surname="x", note=note).note == " one\ntwo\nthree"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "needs a name"),
        ({"note": "a note alone"}, "needs a name"),
        ({"surname": "\u202e \x00"}, "needs a name"),
        ({"surname": "x" * (MAX_FIELD + 1)}, "surname has at most 200"),
        ({"email": "x" * 200 + "@example.net"}, "e-mail address has at most 200"),
        ({"surname": "x", "note": "x" * (MAX_CONTACT_NOTE + 1)}, "note has at most 4000"),
        ({"surname": "x", "email": "no address"}, "no address is no e-mail address"),
        ({"surname": "x", "email": "a@b, c@d"}, "is no e-mail address"),
        ({"mobile": "Anna"}, "mobile number Anna cannot be dialled"),
        ({"office": "044 555 01 23 ext 4"}, "an extension"),
    ],
    ids=str,
)
def test_what_somebody_must_decide_is_refused_in_a_sentence(fields: dict[str, str], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        checked(**fields)


def test_the_longest_entry_there_can_be_is_accepted() -> None:
    longest = replace(FRANCOISE, surname="x" * MAX_FIELD, note="x" * MAX_CONTACT_NOTE)
    assert checked_details(longest, SWISS.normal) == longest


def test_the_demo_companys_entries_are_good_and_different() -> None:
    assert len(CONTACTS) == 60
    for draft in CONTACTS:
        assert checked_details(draft.details, SWISS.normal) == draft.details
    numbers = [number for draft in CONTACTS for number in draft.details.numbers.values()]
    assert len(set(numbers)) == len(numbers)
    assert len({draft.details.name for draft in CONTACTS}) == 60
