"""Favourites in the phone book panel: marked by mouse and key, listed first or alone."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from PySide6.QtCore import Qt

from tests.gui import eyes
from tests.gui.contacts import EVERYBODYS, HANS, MUELLER_AG, OWN, PIERRE, book_world, phone_book
from tests.gui.scenes_phonebook import entry
from tests.gui.stage import Stage
from tests.gui.test_phonebook_panel import choose, names, panel, search
from tests.helpers.waiting import wait_until_async
from wwphone.cti.api import ErrorCode, WireError
from wwphone.domain.phonebook import ContactDetails
from wwphone.gui.panels.phonebook import Whose
from wwphone.protocol.favourites import SetFavourite


@pytest_asyncio.fixture
async def book() -> AsyncIterator[Stage]:
    """The window with the panel in front, and everything in it."""
    async with Stage("en", "light", book_world()) as made:
        await phone_book(made)
        yield made


async def marked(stage: Stage, details: ContactDetails, *, favourite: bool = True) -> None:
    contact_id = entry(stage, details).contact_id
    phonebook = stage.world.services.phonebook
    await wait_until_async(lambda: phonebook.is_favourite(contact_id) is favourite, "the favourite")
    await stage.settled()


async def test_favourites_stand_first_marked_by_key_menu_and_button(book: Stage) -> None:
    choose(book, PIERRE)
    eyes.press(panel(book).list, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    await marked(book, PIERRE)
    choose(book, HANS)
    eyes.click("Add to my favourites", panel(book))
    await marked(book, HANS)
    panel(book).menu.open(entry(book, MUELLER_AG), panel(book).mapToGlobal(panel(book).rect().center()))
    eyes.choose(panel(book).menu.menu, "Add to my favourites\tCtrl+S")
    panel(book).menu.menu.close()
    await marked(book, MUELLER_AG)

    assert names(book)[:4] == ["Hans Brändli", "Pierre Dupont", "Müller & Söhne AG", "Reto Ammann"]
    assert len(names(book)) == len(set(names(book))) == len(EVERYBODYS) + len(OWN)
    assert "favourite" in str(panel(book).model.index(0).data(Qt.ItemDataRole.AccessibleTextRole))
    search(book, "a")
    assert names(book)[0] == "Müller & Söhne AG"


async def test_the_choice_shows_only_favourites_and_says_when_there_are_none(book: Stage) -> None:
    whose = panel(book)._form.whose
    whose.setCurrentIndex(Whose.FAVOURITES)
    whose.activated.emit(Whose.FAVOURITES)
    assert names(book) == []
    assert "no favourites yet" in panel(book).empty._text.text()
    book.world.link.phonebook.mark(entry(book, HANS).contact_id)
    await marked(book, HANS)
    assert names(book) == ["Hans Brändli"]
    search(book, "pierre")
    assert names(book) == []
    eyes.click("Show everything", panel(book))
    assert len(names(book)) == len(EVERYBODYS) + len(OWN)


async def test_the_cursor_keeps_its_place_when_its_entry_goes_far(book: Stage) -> None:
    choose(book, HANS)
    eyes.press(panel(book).list, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    await marked(book, HANS)
    assert panel(book).list.currentIndex().data() == "Hans Brändli"
    eyes.click("Remove from my favourites", panel(book))
    await marked(book, HANS, favourite=False)
    assert names(book)[:3] == ["Reto Ammann", "Hans Brändli", "Pierre Dupont"]
    assert panel(book).list.currentIndex().isValid()


async def test_a_mark_that_is_refused_says_why(book: Stage) -> None:
    book.world.link.refuse(SetFavourite, WireError(ErrorCode.CONFLICT, "too many"))
    choose(book, HANS)
    eyes.click("Add to my favourites", panel(book))
    await wait_until_async(lambda: bool(book.window.banners.problem.text), "the reason")
    assert book.window.banners.problem.text == "You have as many favourites as the server allows."


async def test_without_a_line_favourites_are_seen_and_cannot_be_marked(book: Stage) -> None:
    book.world.link.phonebook.mark(entry(book, HANS).contact_id)
    await marked(book, HANS)
    book.world.link.cut()
    await book.settled()
    assert names(book)[0] == "Hans Brändli"
    choose(book, PIERRE)
    assert not eyes.button("Add to my favourites", panel(book)).isEnabled()
