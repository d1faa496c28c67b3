"""The phone book panel: found as one types, called with Enter, copied, deleted and put back; what it says when it is empty."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import replace

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication

from tests.gui import eyes
from tests.gui.contacts import (
    ANITA,
    DENTIST,
    EVERYBODYS,
    HANS,
    MUELLER_AG,
    OWN,
    PIERRE,
    book_world,
    filled,
    phone_book,
)
from tests.gui.scenes_phonebook import entry
from tests.gui.stage import WIDE, Stage
from tests.helpers.waiting import wait_until_async
from wwphone.cti.api import LinkProblem
from wwphone.domain.account import Right
from wwphone.domain.phonebook import ContactDetails
from wwphone.gui.models.colleagues import Role
from wwphone.gui.models.phonebook import PAGE
from wwphone.gui.panels.phonebook import PhoneBookPanel, Whose
from wwphone.protocol.account import ProfileChanged
from wwphone.protocol.phonebook import RemoveContacts


@pytest_asyncio.fixture
async def book() -> AsyncIterator[Stage]:
    """The window with the panel in front, and everything in it."""
    async with Stage("en", "light", book_world()) as made:
        await phone_book(made)
        yield made


def panel(stage: Stage) -> PhoneBookPanel:
    return stage.window.phonebook


def names(stage: Stage) -> list[str]:
    """Whom the list shows; nobody while it is hidden."""
    model = panel(stage).model
    if not panel(stage).list.isVisible():
        return []
    return [str(model.index(row).data()) for row in range(model.rowCount())]


def choose(stage: Stage, details: ContactDetails) -> None:
    """Put the cursor on an entry."""
    model = panel(stage).model
    rows = [row for row in range(model.rowCount()) if model.index(row).data(Role.ROW).details == details]
    panel(stage).list.setFocus()
    panel(stage).list.setCurrentIndex(model.index(rows[0]))


def search(stage: Stage, text: str) -> None:
    panel(stage).begin()
    eyes.type_into(panel(stage)._form.search, text)


def dialled(stage: Stage) -> list[str]:
    return [call.remote.number for call in stage.calls.running]


def menu_texts(stage: Stage) -> list[str]:
    return [action.text().split("\t")[0] for action in panel(stage).menu.menu.actions() if action.text()]


async def gone(stage: Stage, contact_id: str) -> None:
    phonebook = stage.world.services.phonebook
    await wait_until_async(lambda: phonebook.contact(contact_id) is None, "the entry to be gone here")
    await stage.settled()


# ---------------------------------------------------------------- finding


async def test_all_entries_stand_in_the_order_of_surnames_without_colleagues(book: Stage) -> None:
    assert len(names(book)) == len(EVERYBODYS) + len(OWN)
    assert names(book)[:3] == ["Reto Ammann", "Hans Brändli", "Pierre Dupont"]
    assert "Beat Keller" not in names(book)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("braendli", ["Hans Brändli"]),
        ("BRÄND haus", ["Hans Brändli"]),
        ("haustechnik hans", ["Hans Brändli"]),
        ("791234", ["Hans Brändli"]),
        ("wetzikon", ["Anita Oberholzer"]),
        ("yilmaz", ["Özgür Yılmaz"]),
        ("Wilhelm Tell", []),
    ],
)
async def test_it_finds_as_one_types(book: Stage, text: str, found: list[str]) -> None:
    search(book, text)
    assert names(book) == found


async def test_the_choice_shows_only_everybodys_or_only_ones_own(book: Stage) -> None:
    whose = panel(book)._form.whose
    for choice, wanted in ((Whose.MINE, OWN), (Whose.EVERYBODYS, EVERYBODYS)):
        whose.setCurrentIndex(choice)
        whose.activated.emit(choice)
        assert set(names(book)) == {details.name for details in wanted}


async def test_what_nobody_fits_says_so_and_leads_back(book: Stage) -> None:
    search(book, "Wilhelm Tell")
    assert "Nothing fits “Wilhelm Tell”." in eyes.texts(panel(book))
    eyes.click("Show everything", panel(book))
    assert len(names(book)) == len(EVERYBODYS) + len(OWN)


async def test_escape_empties_the_search(book: Stage) -> None:
    search(book, "brä")
    eyes.press(panel(book)._form.search, Qt.Key.Key_Escape)
    assert len(names(book)) == len(EVERYBODYS) + len(OWN)


async def test_a_letter_in_the_list_goes_to_the_search(book: Stage) -> None:
    choose(book, PIERRE)
    eyes.type_into(panel(book).list, "ob")
    assert panel(book)._form.search.text() == "ob"
    assert names(book) == ["Anita Oberholzer"]


async def test_a_screen_reader_hears_all_that_is_shown(book: Stage) -> None:
    model = panel(book).model
    heard = [model.index(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(model.rowCount())]
    assert (
        "Anita Oberholzer, Gemeinde Wetzikon, Office 044 931 23 45, Mobile 078 111 22 33, Private 044 932 00 00"
        in heard
    )
    assert "Pierre Dupont, Mobile +33 6 12 34 56 78, my own entry" in heard


@pytest.mark.parametrize(
    ("details", "namesakes", "searched"),
    [
        (ContactDetails(company="24/7", office="+41449990011"), 0, "+41449990011"),
        (ContactDetails(company="24/7", email="hotel@example.ch"), 0, "hotel@example.ch"),
        (ContactDetails("Zora", "Muster", "Zuletzt AG", mobile="+41799990011"), 150, "+41799990011"),
    ],
    ids=["name like a number", "no number", "namesakes"],
)
async def test_it_leads_to_an_entry_that_its_name_does_not_find(
    qapp: object, details: ContactDetails, namesakes: int, searched: str
) -> None:
    others = [ContactDetails("Zora", "Muster", office=f"+4144{one:07}") for one in range(namesakes)]
    async with Stage("en", "light", book_world((*others[::2], details, *others[1::2]), ())) as stage:
        await phone_book(stage)
        model = panel(stage).model
        rows = [model.index(row).data(Role.ROW) for row in range(model.rowCount())]
        panel(stage).lead_to(next(row for row in rows if row.details == details))
        assert panel(stage).list.currentIndex().data(Role.ROW).details == details
        assert stage.window.focusWidget() is panel(stage).list
        assert panel(stage)._form.search.text() == searched


async def test_where_it_does_not_find_an_entry_the_keyboard_is_on_the_search(book: Stage) -> None:
    panel(book).lead_to(replace(entry(book, HANS), contact_id="gone"))
    assert book.window.focusWidget() is panel(book)._form.search
    assert panel(book)._form.search.text() == "Hans Brändli"


# ---------------------------------------------------------------- what can be done


async def test_enter_in_the_search_calls_the_first_hit(book: Stage) -> None:
    search(book, "oberholzer")
    eyes.press(panel(book)._form.search, Qt.Key.Key_Return)
    await book.settled()
    assert dialled(book) == ["+41449312345"]


async def test_the_arrow_leads_to_the_list_where_enter_calls(book: Stage) -> None:
    search(book, "b")
    eyes.press(panel(book)._form.search, Qt.Key.Key_Down)
    assert book.window.focusWidget() is panel(book).list
    wanted = panel(book).list.currentIndex().data(Role.ROW).details
    eyes.press(panel(book).list, Qt.Key.Key_Return)
    await book.settled()
    assert dialled(book) == [next(iter(wanted.numbers.values()))]


async def test_the_menu_offers_each_number_with_its_kind(book: Stage) -> None:
    choose(book, ANITA)
    eyes.press(panel(book).list, Qt.Key.Key_Menu)
    panel(book).menu.open(entry(book, ANITA), panel(book).mapToGlobal(panel(book).rect().center()))
    assert menu_texts(book) == [
        "Call 044 931 23 45 (Office)",
        "Call 078 111 22 33 (Mobile)",
        "Call 044 932 00 00 (Private)",
        "Copy 044 931 23 45",
        "Copy 078 111 22 33",
        "Copy 044 932 00 00",
        "Add to my favourites",
        "Edit …",
        "Delete",
    ]
    eyes.choose(panel(book).menu.menu, "Call 078 111 22 33 (Mobile)")
    panel(book).menu.menu.close()
    await book.settled()
    assert dialled(book) == ["+41781112233"]


async def test_the_call_button_lets_one_choose_among_several_numbers(book: Stage) -> None:
    choose(book, HANS)
    eyes.click("Call", panel(book))
    assert menu_texts(book) == ["Call 052 333 44 55 (Office)", "Call 079 123 45 67 (Mobile)"]
    panel(book).menu.menu.close()
    assert dialled(book) == []
    choose(book, PIERRE)
    eyes.click("Call", panel(book))
    await book.settled()
    assert dialled(book) == ["+33612345678"]


async def test_a_number_is_copied_by_key_and_button(book: Stage) -> None:
    choose(book, PIERRE)
    eyes.press(panel(book).list, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "+33612345678"
    choose(book, DENTIST)
    eyes.click("Copy the number", panel(book))
    assert QGuiApplication.clipboard().text() == "+41433001122"


async def test_an_address_opens_the_mail_program(book: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    choose(book, MUELLER_AG)
    eyes.click("Write an e-mail", panel(book))
    assert [url.toString() for url in opened] == ["mailto:info@mueller-soehne.ch"]
    choose(book, PIERRE)
    assert not eyes.button("Write an e-mail", panel(book)).isEnabled()


async def test_what_is_deleted_can_be_put_back(book: Stage) -> None:
    choose(book, HANS)
    hans = entry(book, HANS)
    eyes.press(panel(book).list, Qt.Key.Key_Delete)
    await gone(book, hans.contact_id)
    assert "Hans Brändli" not in names(book)
    assert book.window.banners.notice.text == "“Hans Brändli” is deleted."
    eyes.click("Undo", book.window)
    await filled(book)
    await wait_until_async(lambda: "Hans Brändli" in names(book), "the entry to be back")
    assert book.window.banners.notice.text == ""


async def test_the_notice_of_a_deletion_can_be_put_away(book: Stage) -> None:
    book.window.phonebook_changes.delete(entry(book, HANS))
    await wait_until_async(lambda: bool(book.window.banners.notice.text), "the notice")
    eyes.click("Close", book.window.banners.notice)
    assert book.window.banners.notice.text == ""


async def test_a_deletion_that_is_refused_says_why(book: Stage) -> None:
    hans = entry(book, HANS)
    book.world.link.phonebook.contacts.pop(hans.contact_id)
    book.window.phonebook_changes.delete(hans)
    await wait_until_async(lambda: bool(book.window.banners.problem.text), "the reason")
    assert book.window.banners.problem.text == "Somebody has deleted this entry meanwhile."


# ---------------------------------------------------------------- following


async def test_what_others_write_appears_and_the_cursor_stays_on_its_entry(book: Stage) -> None:
    choose(book, PIERRE)
    book.world.link.phonebook.write(ContactDetails("Alois", "Aal", office="+41441112233"), by="beat")
    await wait_until_async(lambda: names(book)[0] == "Alois Aal", "the new entry to be shown")
    assert panel(book).list.currentIndex().data() == "Pierre Dupont"
    book.world.link.phonebook.write(
        replace(HANS, company="Brändli AG"), contact_id=entry(book, HANS).contact_id, by="beat"
    )
    model = panel(book).model
    await wait_until_async(
        lambda: any(
            model.index(row).data(Role.ROW).details.company == "Brändli AG" for row in range(model.rowCount())
        ),
        "the change to be shown",
    )
    assert panel(book).list.currentIndex().data() == "Pierre Dupont"


async def test_what_changes_while_another_panel_is_in_front_is_there_when_it_comes(book: Stage) -> None:
    book.window._form.colleagues_button.click()
    book.world.link.phonebook.write(ContactDetails("Alois", "Aal", office="+41441112233"), by="beat")
    await filled(book)
    book.window._form.phonebook_button.click()
    await book.settled()
    assert names(book)[0] == "Alois Aal"


async def test_the_list_has_no_end(qapp: object) -> None:
    many = [
        ContactDetails(surname=f"Muster {number:04}", office=f"+4144{number:07}")
        for number in range(3 * PAGE + 7)
    ]
    async with Stage("en", "light", book_world(many, ())) as stage:
        await phone_book(stage)
        view, model = panel(stage).list, panel(stage).model
        assert model.rowCount() < len(many)
        for _ in range(4):
            view.setCurrentIndex(model.index(model.rowCount() - 1))
            view.scrollToBottom()
            await stage.settled()
            while model.canFetchMore(view.rootIndex()) and view.verticalScrollBar().value() == 0:
                await stage.settled()
        await wait_until_async(lambda: model.rowCount() == len(many), "the last page")
        assert model.index(len(many) - 1).data() == f"Muster {len(many) - 1:04}"


# ---------------------------------------------------------------- rights and the line


async def test_the_line_breaks_and_one_still_reads(book: Stage) -> None:
    book.world.link.cut(LinkProblem.LINE_LOST)
    await book.settled()
    search(book, "braendli")
    assert names(book) == ["Hans Brändli"]
    assert "No line to the server: nothing can be changed at the moment." in eyes.texts(panel(book))
    assert not eyes.button("New entry", panel(book)).isEnabled()
    choose(book, HANS)
    delete = eyes.button("Delete", panel(book))
    assert not delete.isEnabled()
    assert delete.toolTip() == "No line to the server: nothing can be changed at the moment."
    eyes.press(panel(book).list, Qt.Key.Key_Delete)
    await book.settled()
    assert not any(isinstance(command, RemoveContacts) for command in book.world.link.commands)
    book.world.link.heal()
    await book.settled()
    assert eyes.button("New entry", panel(book)).isEnabled()


async def test_without_the_right_only_ones_own_entries_can_be_changed(book: Stage) -> None:
    profile = book.world.link.mirror.profile
    assert profile is not None
    book.world.link.change(ProfileChanged(replace(profile, rights=frozenset({Right.CTI_ACCESS}))))
    await book.settled()
    choose(book, HANS)
    assert not eyes.button("Delete", panel(book)).isEnabled()
    assert eyes.has_button("Show all of it", panel(book))
    choose(book, PIERRE)
    assert eyes.button("Delete", panel(book)).isEnabled()
    assert eyes.has_button("Edit", panel(book))


@pytest.mark.parametrize(
    ("everybodys", "own", "whose", "text"),
    [
        ((), (), Whose.ALL, "Nobody is in the phone book yet. Colleagues have their own list."),
        (EVERYBODYS, (), Whose.MINE, "You have no entries of your own yet; only you see them."),
        ((), OWN, Whose.EVERYBODYS, "There are no entries for everybody yet."),
    ],
    ids=["nobody", "none of my own", "none for everybody"],
)
async def test_an_empty_panel_says_why(
    qapp: object, everybodys: Iterable[ContactDetails], own: Iterable[ContactDetails], whose: Whose, text: str
) -> None:
    async with Stage("en", "light", book_world(everybodys, own)) as stage:
        await phone_book(stage)
        panel(stage)._form.whose.setCurrentIndex(whose)
        panel(stage)._form.whose.activated.emit(whose)
        assert text in eyes.texts(panel(stage))


async def test_before_a_sign_in_it_offers_one(stage: Stage) -> None:
    await stage.show()
    stage.window._form.phonebook_button.click()
    assert "The phone book appears here as soon as you are signed in." in eyes.texts(panel(stage))
    eyes.click("Sign in", panel(stage))
    assert stage.shell.sign_in_dialog is not None


async def test_a_server_without_a_phone_book_is_named(signed_in: Stage) -> None:
    signed_in.window._form.phonebook_button.click()
    await signed_in.settled()
    text = "This server has no phone book. Your administrator brings it up to date."
    assert text in eyes.texts(panel(signed_in))
    assert not eyes.button("New entry", panel(signed_in)).isEnabled()


async def test_its_button_leads_to_the_search_and_ctrl_n_begins_an_entry(qapp: object) -> None:
    async with Stage("en", "light", book_world()) as stage:
        await stage.signed_in(WIDE)
        await filled(stage)
        assert "Ctrl+2" in stage.window._form.phonebook_button.toolTip()
        eyes.press(stage.window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
        assert stage.window.focusWidget() is panel(stage)._form.search, "at once: the next letter is for it"
        eyes.press(panel(stage)._form.search, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
        [editor] = stage.window.phonebook_changes.editors
        assert editor.windowTitle() == "New entry"
