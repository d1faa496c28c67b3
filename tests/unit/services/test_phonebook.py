"""The client's phone book follows the server's, over cuts, restarts and other people's changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.helpers.waiting import wait_until_async
from tests.unit.services.conftest import Ground
from wwphone.cti.api import CommandRefusedError, ErrorCode
from wwphone.domain.account import Right
from wwphone.domain.numbers import DialTarget
from wwphone.domain.phonebook import ContactDetails
from wwphone.protocol.account import ProfileChanged
from wwphone.protocol.phonebook import ReadContacts
from wwphone.services.phonebook import PAGE, PhoneBookService

REGULA = ContactDetails("Regula", "Müller", "Müller AG", "+41445550123")
OWN = ContactDetails("Jean", "Darc", mobile="+33155500199")


def book(ground: Ground) -> PhoneBookService:
    return ground.services.phonebook


def names(ground: Ground) -> list[str]:
    places = book(ground).places()
    at = book(ground).at(places)
    return [at[place].details.name for place in places if place in at]  # the book may change between the two


def readings(ground: Ground) -> list[ReadContacts]:
    return [command for command in ground.link.commands if isinstance(command, ReadContacts)]


async def holds(ground: Ground, *expected: str) -> None:
    await wait_until_async(lambda: names(ground) == list(expected), f"{expected} in the phone book")


@pytest.fixture
async def filled(ground: Ground) -> Ground:
    """Signed in, with one entry of everybody's and one of one's own."""
    ground.link.phonebook.open([REGULA], [OWN])
    await ground.sign_in()
    await holds(ground, "Jean Darc", "Regula Müller")
    return ground


async def test_a_server_without_a_phone_book_is_asked_nothing(signed_in: Ground) -> None:
    assert names(signed_in) == []
    assert not book(signed_in).may_change(personal=True)
    assert readings(signed_in) == []


async def test_it_is_read_after_signing_in_and_found(filled: Ground) -> None:
    assert [one.details for one in book(filled).find("mull")] == [REGULA]
    assert book(filled).find(" ") == ()
    assert book(filled).count == 2
    found = book(filled).with_number("044 555 01 23")
    assert found is not None
    assert found.details == REGULA
    assert book(filled).contact(found.contact_id) == found
    assert book(filled).with_number("204") is None


async def test_a_big_book_is_read_page_by_page(ground: Ground) -> None:
    many = [ContactDetails(f"N{number:04}") for number in range(2 * PAGE + 1)]
    ground.link.phonebook.open(many)

    await ground.sign_in()
    await wait_until_async(lambda: book(ground).count == len(many), "all entries")

    assert len(readings(ground)) == 3
    await wait_until_async(lambda: not book(ground).filling, "the end of the first reading")


async def test_changes_of_others_arrive_without_reading(filled: Ground) -> None:
    read = len(readings(filled))

    entry = filled.link.phonebook.write(ContactDetails("Zoë"), by="beat")
    await holds(filled, "Jean Darc", "Regula Müller", "Zoë")
    filled.link.phonebook.write(ContactDetails("Anna"), contact_id=entry.contact_id)
    await holds(filled, "Anna", "Jean Darc", "Regula Müller")

    assert len(readings(filled)) == read


async def test_many_changes_at_once_are_read(filled: Ground) -> None:
    filled.link.phonebook.import_many([ContactDetails(f"A{number}") for number in range(5)])

    await wait_until_async(lambda: book(filled).count == 7, "the imported entries")


async def test_after_a_cut_only_what_changed_is_read(filled: Ground) -> None:
    filled.link.cut()
    await filled.settled()
    assert names(filled) == ["Jean Darc", "Regula Müller"], "as of the moment it broke"
    assert not book(filled).may_change(personal=True)
    filled.link.phonebook.write(ContactDetails("Beat"))

    filled.link.heal()

    await holds(filled, "Beat", "Jean Darc", "Regula Müller")
    assert all(one.after for one in readings(filled)[1:])


async def test_another_book_takes_the_place_of_the_former(filled: Ground) -> None:
    await filled.services.account.sign_out()
    await filled.settled()
    assert names(filled) == [], "somebody else may look over one's shoulder"
    filled.link.phonebook.open([ContactDetails("Neu")], book_id="another")

    await filled.sign_in()

    await holds(filled, "Neu")


async def test_somebody_else_sees_nothing_of_ones_own(filled: Ground) -> None:
    profile = filled.link.mirror.profile
    assert profile is not None
    await filled.services.account.sign_out()
    filled.link.change(ProfileChanged(replace(profile, user="beat")))
    filled.link.phonebook.open([REGULA])

    await filled.sign_in()

    await holds(filled, "Regula Müller")


async def test_one_adds_changes_removes_and_restores(filled: Ground) -> None:
    assert book(filled).may_change(personal=True)

    saved = await book(filled).save(ContactDetails("Anna"), personal=True)
    assert saved.overwritten == ""
    await holds(filled, "Anna", "Jean Darc", "Regula Müller")

    filled.link.phonebook.write(
        ContactDetails("Anja"), contact_id=saved.contact.contact_id, by="beat", personal=True
    )
    written = await book(filled).save(ContactDetails("Anne"), personal=True, former=saved.contact)
    assert written.overwritten == "beat"
    await holds(filled, "Anne", "Jean Darc", "Regula Müller")

    await book(filled).remove([written.contact])
    await holds(filled, "Jean Darc", "Regula Müller")
    await book(filled).restore([written.contact])
    await holds(filled, "Anne", "Jean Darc", "Regula Müller")


async def test_everybodys_entries_need_the_right(filled: Ground) -> None:
    profile = filled.link.mirror.profile
    assert profile is not None
    filled.link.change(ProfileChanged(replace(profile, rights=profile.rights - {Right.MANAGE_PHONEBOOK})))
    await filled.settled()

    assert not book(filled).may_change(personal=False)
    with pytest.raises(CommandRefusedError) as refused:
        await book(filled).save(REGULA, personal=False)
    assert refused.value.error.code is ErrorCode.NOT_PERMITTED

    filled.link.change(ProfileChanged(replace(profile, rights=profile.rights | {Right.MANAGE_PHONEBOOK})))
    await filled.settled()
    assert book(filled).may_change(personal=False)


async def test_a_line_that_breaks_while_it_is_read_costs_nothing(ground: Ground) -> None:
    count = 10 * PAGE
    ground.link.phonebook.open([ContactDetails(f"N{number:04}") for number in range(count)])
    await ground.sign_in()
    await wait_until_async(lambda: len(readings(ground)) > 1, "the second page")
    ground.link.cut()
    await ground.settled()
    assert len(readings(ground)) < 10
    assert book(ground).count == 0, "half a book would be taken for a whole one"

    ground.link.heal()

    await wait_until_async(lambda: book(ground).count == count, "all entries")


async def test_favourites_follow_the_server_and_come_first(filled: Ground) -> None:
    regula = next(one for one in filled.link.phonebook.contacts.values() if one.details == REGULA)
    await book(filled).set_favourite(regula, favourite=True)
    await wait_until_async(lambda: book(filled).is_favourite(regula.contact_id), "the favourite")
    assert [one.details for one in book(filled).find("r")] == [REGULA]
    assert book(filled).favourites("mull") == book(filled).favourites()
    assert book(filled).favourites(personal=True) == ()

    other = filled.link.phonebook.write(ContactDetails("Rita", "Aebi"))
    await holds(filled, "Rita Aebi", "Jean Darc", "Regula Müller")
    assert [one.details.name for one in book(filled).find("r")] == ["Regula Müller", "Rita Aebi"]
    filled.link.phonebook.mark(other.contact_id)
    filled.link.phonebook.mark(regula.contact_id, favourite=False)
    await wait_until_async(lambda: book(filled).is_favourite(other.contact_id), "the other favourite")
    assert not book(filled).is_favourite(regula.contact_id)


async def test_somebody_else_has_other_favourites(filled: Ground) -> None:
    regula = next(one for one in filled.link.phonebook.contacts.values() if one.details == REGULA)
    filled.link.phonebook.mark(regula.contact_id)
    await wait_until_async(lambda: book(filled).is_favourite(regula.contact_id), "the favourite")
    state = filled.link._truth.state()
    other = replace(state.profile, user="beat")
    await filled.link.sign_out()
    filled.link._truth.replace(1, replace(state, profile=other, favourites=()))
    await filled.sign_in()
    await wait_until_async(lambda: names(filled) != [], "the book of somebody else")
    assert not book(filled).is_favourite(regula.contact_id)


async def test_numbers_with_the_trunk_prefix_are_found_without(ground: Ground) -> None:
    ground.link.phonebook.open([REGULA], trunk_prefix="9")
    await ground.sign_in()
    await holds(ground, "Regula Müller")
    for typed in ("9044 555 01 23", "9 044 555", "044 555 01", "445550"):
        assert [one.details for one in book(ground).find(typed)] == [REGULA], typed
    found = book(ground).with_number("90445550123")
    assert found is not None
    assert found.details == REGULA
    assert book(ground).find("9777") == ()
    assert book(ground).with_number("9") is None
    names_of = ground.services.names
    assert names_of.is_emergency(DialTarget("9112"))
    assert names_of.is_emergency(DialTarget("112"))
    assert not names_of.is_emergency(DialTarget("9113"))
