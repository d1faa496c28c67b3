"""Other sources below the phone book: they never hold it up, say how they stand, and can be called, copied and added."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from tests.gui import eyes
from tests.gui.contacts import DENTIST, phone_book
from tests.gui.scenes_sources import BEATRICE, KELLER_AG, URS, searched, sources_world
from tests.gui.stage import Stage
from tests.helpers.waiting import wait_until_async
from wwphone.domain.sources import SourceAnswer, SourceState
from wwphone.gui.panels.sources import SourcesList

Key = Qt.Key

URS_WRITTEN = "079 222 33 44"


@pytest_asyncio.fixture
async def book() -> AsyncIterator[Stage]:
    """The window with the panel in front, three sources, of which the last hangs."""
    async with Stage("en", "light", sources_world()) as made:
        await phone_book(made)
        made.world.link.sources.hang("remote")
        yield made


def view(stage: Stage) -> SourcesList:
    return stage.window.phonebook.sources


def rows(stage: Stage) -> list[str]:
    """What the list says; nothing while it is hidden."""
    model = view(stage).sources
    if not view(stage).isVisible():
        return []
    role = Qt.ItemDataRole.AccessibleTextRole
    return [str(model.index(row).data(role)).split(",")[0] for row in range(model.rowCount())]


async def test_each_source_is_shown_when_it_answers_and_a_silent_one_holds_up_nobody(book: Stage) -> None:
    panel = book.window.phonebook
    eyes.type_into(panel._form.search, "keller")
    own = panel.model.contact(panel.model.index(0))
    assert own is not None
    assert own.details == DENTIST, "the phone book's own are there at once"
    assert rows(book) == [
        "Kunden (Abacus): searching …",
        "Partner und Lieferanten: searching …",
        "Verzeichnis Genf: searching …",
    ]
    await searched(book, "", 2)
    shown = [
        "Kunden (Abacus)",
        "Keller Metallbau AG",
        "Béatrice Keller",
        "Partner und Lieferanten",
        "Urs Kellerhals",
    ]
    assert rows(book) == [*shown, "Verzeichnis Genf: searching …"]
    view(book).enter()
    eyes.press(view(book), Key.Key_Down)
    book.world.link.sources.give_up("remote", SourceAnswer(SourceState.SILENT))
    await wait_until_async(lambda: rows(book)[-1] == "Verzeichnis Genf: does not answer", "the word")
    assert rows(book)[:-1] == shown
    chosen = view(book).sources.contact(view(book).currentIndex())
    assert chosen is not None
    assert chosen.details == BEATRICE, "the cursor stays"
    panel._form.search.clear()
    assert rows(book) == []


async def test_the_keyboard_leads_there_and_back_and_calls(book: Stage) -> None:
    panel = book.window.phonebook
    await searched(book, "keller", 2)
    eyes.press(panel._form.search, Key.Key_Down)
    assert panel.list.hasFocus()
    eyes.press(panel.list, Key.Key_Down)
    assert view(book).hasFocus()
    QTest.keyClick(view(book), Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == KELLER_AG.office
    eyes.press(view(book), Key.Key_Up)
    assert panel.list.hasFocus()
    eyes.press(panel.list, Key.Key_Down)
    eyes.press(view(book), Key.Key_Return)
    await book.settled()
    assert [call.remote.number for call in book.calls.running] == [KELLER_AG.office]


async def test_what_only_a_source_knows_is_called_from_the_search_and_added_to_the_phone_book(
    book: Stage,
) -> None:
    panel = book.window.phonebook
    await searched(book, "kellerhals", 2)
    assert not panel.list.isVisible()
    eyes.press(panel._form.search, Key.Key_Return)
    await book.settled()
    assert [call.remote.number for call in book.calls.running] == [URS.mobile]
    eyes.press(panel._form.search, Key.Key_Down)
    index = view(book).currentIndex()
    view(book).menu_wanted.emit(index, view(book).below(index))
    texts = [action.text().split("\t")[0] for action in view(book).menu.menu.actions() if action.text()]
    assert texts == [f"Call {URS_WRITTEN} (Mobile)", f"Copy {URS_WRITTEN}", "Add to the phone book …"]
    view(book).menu.menu.actions()[-1].trigger()
    view(book).menu.menu.close()
    [editor] = book.window.phonebook_changes.editors
    assert editor.details == URS
    editor._form.save.click()
    link = book.world.link
    await wait_until_async(
        lambda: any(one.details == URS and one.personal for one in link.phonebook.contacts.values()),
        "the entry of one's own",
    )
    eyes.press(view(book), Key.Key_X)
    assert panel._form.search.text() == "kellerhalsx", "letters go to the search"
