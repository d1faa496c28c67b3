"""Numbers as people write them, wherever one reads them."""

from __future__ import annotations

import pytest

from tests.gui import eyes
from tests.gui.stage import Stage
from tests.helpers.waiting import wait_until_async
from wwphone.domain.calls import Party
from wwphone.domain.phonebook import ContactDetails
from wwphone.gui import numbers

MUELLER = ContactDetails(surname="Müller", office="+41445550123", mobile="+493012345678", private="207")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("+41445550123", "044 555 01 23"),
        ("+41791234567", "079 123 45 67"),
        ("+493012345678", "+49 30 12345678"),
        ("+12125550123", "+1 212-555-0123"),
        ("+41800800800", "0800 800 800"),
        ("207", "207"),
        ("*21", "*21"),
        ("112", "112"),
        ("0445550123", "044 555 01 23"),
        ("00493012345678", "+49 30 12345678"),
        ("00012345", "00012345"),
        ("0123456789", "0123456789"),
        ("+999123456789", "+999123456789"),
        ("+4112", "+4112"),
        ("+414455501234567", "+414455501234567"),
        ("anna@example.org", "anna@example.org"),
        ("", ""),
    ],
)
def test_at_home_without_the_country_and_abroad_with_it(number: str, text: str) -> None:
    numbers.load()
    numbers.write_as_in("CH")
    assert numbers.written(number) == text


def test_without_a_home_country_they_stay_as_they_are() -> None:
    numbers.load()
    assert numbers.written("+41445550123") == "+41445550123"
    numbers.write_as_in("ZZ")
    assert numbers.written("+41445550123") == "+41 44 555 01 23", "no country is at home there"


async def test_the_country_of_the_server_counts_and_what_stands_there_is_written_anew(stage: Stage) -> None:
    stage.world.link.phonebook.open((MUELLER,))
    await stage.signed_in()
    await stage.incoming(Party("+41445550199"))
    await wait_until_async(
        lambda: any("044 555 01 99" in text for text in eyes.texts(stage.window)),
        "the number as people write it",
    )
    book = stage.world.services.phonebook
    await wait_until_async(lambda: bool(book.find("Müller")), "the entry")
    (contact,) = book.find("Müller")
    assert contact.details.office == "+41445550123", "kept as it is dialled"


async def test_an_editor_shows_them_as_written_and_keeps_what_was_not_changed(stage: Stage) -> None:
    stage.world.link.phonebook.open((), (MUELLER,))
    await stage.signed_in()
    book = stage.world.services.phonebook
    await wait_until_async(lambda: bool(book.find("Müller")), "the entry")
    await wait_until_async(lambda: numbers.written("+41445550123") != "+41445550123", "the home country")
    stage.window.phonebook_changes.edit(book.find("Müller")[0])
    (editor,) = stage.window.phonebook_changes.editors
    assert editor._form.office.text() == "044 555 01 23"
    editor._form.company.setText("Müller AG")
    eyes.click("Save", editor)
    await wait_until_async(lambda: book.find("Müller")[0].details.company == "Müller AG", "the change")
    assert book.find("Müller")[0].details.numbers == MUELLER.numbers


@pytest.mark.parametrize(
    ("number", "text"),
    [("00445550123", "044 555 01 23"), ("0+493012345678", "+49 30 12345678"), ("0041445550123", "044 555 01 23"), ("0203", "0203")],
)  # fmt: skip
def test_the_trunk_prefix_is_not_shown(number: str, text: str) -> None:
    numbers.load()
    numbers.write_as_in("CH", "0")
    assert numbers.written(number) == text


async def test_a_number_dialled_with_the_trunk_prefix_is_shown_without(stage: Stage) -> None:
    stage.world.link.phonebook.open((), trunk_prefix="9")
    await stage.signed_in()
    await wait_until_async(
        lambda: numbers.written("90445550123") == "044 555 01 23", "the prefix to be known"
    )
    stage.window.dial_field.focus()
    eyes.type_into(stage.window._form.dial_field, "90445550123")
    await wait_until_async(
        lambda: any("044 555 01 23" in text for text in eyes.texts(stage.window)), "what Enter calls"
    )
