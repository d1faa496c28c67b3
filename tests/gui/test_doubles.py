"""The window of doubles: found, looked at, chosen, merged and taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest_asyncio
from PySide6.QtCore import Qt

from tests.gui import eyes
from tests.gui.contacts import EVERYBODYS, HANS, OWN, book_world, phone_book
from tests.gui.scenes_phonebook import DOUBLES, entry
from tests.gui.stage import Stage
from tests.helpers.waiting import wait_until_async
from wwphone.domain.phonebook import ContactDetails
from wwphone.gui.doubles import DoublesDialog


@pytest_asyncio.fixture
async def book() -> AsyncIterator[Stage]:
    """The window with entries that are alike."""
    async with Stage("en", "light", book_world((*EVERYBODYS, *DOUBLES))) as made:
        await phone_book(made)
        yield made


async def opened(stage: Stage) -> DoublesDialog:
    stage.window.phonebook_files.find_doubles()
    dialog = stage.window.phonebook_files.dialogs[-1]
    assert isinstance(dialog, DoublesDialog)
    await wait_until_async(lambda: not dialog._is_busy, "the doubles to be found")
    return dialog


def groups(dialog: DoublesDialog) -> list[str]:
    return [dialog._form.groups.item(row).text() for row in range(dialog._form.groups.count())]


def held(stage: Stage) -> list[ContactDetails]:
    return [one.details for one in stage.world.link.phonebook.contacts.values()]


async def test_doubles_are_merged_with_chosen_fields_and_taken_back(book: Stage) -> None:
    dialog = await opened(book)
    assert groups(dialog) == ["Hans Br\u00e4ndli (2)", "Spital Uster (2)"]
    assert dialog.details.office == HANS.office
    assert [dialog._form.email.itemText(row) for row in range(dialog._form.email.count())] == [
        "hans@braendli.ch",
        "h.braendli@example.ch",
        "",
    ]
    dialog._form.email.setCurrentIndex(1)
    eyes.click("Merge", dialog)
    await wait_until_async(lambda: groups(dialog) == ["Spital Uster (2)"], "the group to be done")
    assert "2 entries are one now" in dialog._form.told.text()
    assert DOUBLES[0] not in held(book)
    kept = next(one for one in held(book) if one.surname == HANS.surname)
    assert (kept.email, kept.office, kept.private) == ("h.braendli@example.ch", HANS.office, "+41446661122")

    eyes.click("Undo the last merging", dialog)
    await wait_until_async(lambda: DOUBLES[0] in held(book), "the double to be back")
    assert HANS in held(book)
    await wait_until_async(lambda: not dialog._form.undo.isVisible(), "no second undoing")


async def test_what_is_unticked_stays_and_a_group_can_be_left(book: Stage) -> None:
    dialog = await opened(book)
    dialog._form.entries.item(1).setCheckState(Qt.CheckState.Unchecked)
    assert not eyes.button("Merge", dialog).isEnabled()
    assert dialog.details == HANS
    eyes.click("Leave them", dialog)
    eyes.click("Leave them", dialog)
    assert "There are no doubles." in dialog.empty._text.text()
    assert not dialog._form.work.isVisible()


async def test_what_others_change_meanwhile_is_shown_before_anything_is_merged(book: Stage) -> None:
    dialog = await opened(book)
    changed = ContactDetails("Hans", "Br\u00e4ndli", "Neu AG", HANS.office)
    book.world.link.phonebook.write(changed, contact_id=entry(book, HANS).contact_id, by="beat")
    await wait_until_async(lambda: dialog.details.company == "Neu AG", "the change to be shown")
    assert "Somebody has changed these entries" in dialog._form.told.text()
    book.world.link.phonebook.take_out(entry(book, DOUBLES[0]).contact_id)
    await wait_until_async(lambda: groups(dialog) == ["Spital Uster (2)"], "the group to be gone")


async def test_a_change_that_comes_with_the_merging_stops_it(book: Stage) -> None:
    dialog = await opened(book)
    hans = entry(book, HANS)
    book.world.link.phonebook.contacts[hans.contact_id] = replace(hans, revision=hans.revision + 1)
    eyes.click("Merge", dialog)
    await wait_until_async(dialog._form.problem.isVisible, "the reason")
    assert "so nothing was done" in dialog._form.problem.text()
    assert DOUBLES[0] in held(book)


async def test_without_the_right_only_ones_own_are_looked_at() -> None:
    own = ContactDetails("Anna", "Aal", office="+41440001122")
    world = book_world((*EVERYBODYS, *DOUBLES), (*OWN, own, own), manages=False)
    async with Stage("en", "light", world) as stage:
        await phone_book(stage)
        dialog = await opened(stage)
        assert groups(dialog) == ["Anna Aal (2)"]


async def test_without_a_line_nothing_can_be_merged(book: Stage) -> None:
    dialog = await opened(book)
    book.world.link.cut()
    await book.settled()
    assert not eyes.button("Merge", dialog).isEnabled()
