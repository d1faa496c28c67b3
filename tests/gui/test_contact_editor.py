"""The editor of an entry: everything is kept until it is saved; who was quicker, who may not, what was refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt

from tests.gui import eyes
from tests.gui.contacts import HANS, PIERRE, book_world, filled, phone_book
from tests.gui.scenes_phonebook import entry
from tests.gui.stage import Stage
from tests.gui.world import company
from tests.helpers.waiting import wait_until_async
from wwphone.cti.api import ErrorCode, LinkProblem, WireError
from wwphone.domain.calls import Party
from wwphone.domain.imports import RefusalReason
from wwphone.domain.phonebook import Contact, ContactDetails
from wwphone.gui.contact_editor import ContactEditor, Whose
from wwphone.gui.phonebook import details_of
from wwphone.gui.phonebook_words import contact_refusal
from wwphone.protocol.phonebook import ContactsChanged, SaveContact


@pytest_asyncio.fixture
async def book() -> AsyncIterator[Stage]:
    """The window with a phone book that Anna Muster may change."""
    async with Stage("en", "light", book_world()) as made:
        await phone_book(made)
        yield made


@pytest_asyncio.fixture
async def reader() -> AsyncIterator[Stage]:
    """The window with a phone book that Anna Muster may only read, but for her own entries."""
    async with Stage("en", "light", book_world(manages=False)) as made:
        await phone_book(made)
        yield made


def edit(stage: Stage, details: ContactDetails) -> ContactEditor:
    stage.window.phonebook_changes.edit(entry(stage, details))
    return stage.window.phonebook_changes.editors[-1]


def add(stage: Stage) -> ContactEditor:
    eyes.click("New entry", stage.window.phonebook)
    return stage.window.phonebook_changes.editors[-1]


def write(editor: ContactEditor, **fields: str) -> None:
    """Type into fields, over what stands there."""
    for name, text in fields.items():
        editor._lines[name].clear()
        eyes.type_into(editor._lines[name], text)


def saved(stage: Stage) -> list[SaveContact]:
    return [command for command in stage.world.link.commands if isinstance(command, SaveContact)]


async def closed(stage: Stage) -> None:
    await wait_until_async(lambda: not stage.window.phonebook_changes.editors, "the editor to be closed")
    await stage.settled()


async def known_change(stage: Stage, contact: Contact) -> None:
    """Wait until somebody else's change has arrived here."""
    book = stage.world.services.phonebook

    def arrived() -> bool:
        now = book.contact(contact.contact_id)
        return now is None or now.revision != contact.revision

    await wait_until_async(arrived, "the change to arrive")
    await stage.settled()


async def test_a_new_entry_is_ones_own_unless_one_says_otherwise(book: Stage) -> None:
    editor = add(book)
    assert editor._form.whose.currentText() == "Only me"
    write(
        editor,
        first_name="Vreni",
        surname="Ösch",
        company="Ösch AG",
        office="044 123 45 67",
        email="v@oesch.ch",
    )
    editor._form.note.setPlainText("Montags nie")
    eyes.click("Save", editor)
    await closed(book)
    wanted = ContactDetails(
        "Vreni", "Ösch", "Ösch AG", "044 123 45 67", email="v@oesch.ch", note="Montags nie"
    )
    assert saved(book) == [SaveContact(wanted, personal=True)]
    panel = book.window.phonebook
    await wait_until_async(
        lambda: any(panel.model.index(row).data() == "Vreni Ösch" for row in range(panel.model.rowCount())),
        "the new entry in the list",
    )


async def test_a_new_entry_that_the_search_hides_is_told_and_shown(book: Stage) -> None:
    panel = book.window.phonebook
    panel._form.search.setText("hans")
    editor = add(book)
    write(editor, surname="Ösch-Meier", company="Ösch AG", office="044 123 45 67")
    eyes.click("Save", editor)
    await closed(book)
    notice = book.window.banners.notice
    assert notice.text == "“Ösch-Meier” is in the phone book now."
    assert panel._form.search.text() == "hans", "what one looks for stays"

    book.window._form.history_button.click()
    panel._form.whose.setCurrentIndex(2)
    await wait_until_async(lambda: bool(book.world.services.phonebook.find("ösch")), "the entry here")
    eyes.click("Show", notice)
    await book.settled()
    assert panel.isVisible()
    shown = panel.model.contact(panel.list.currentIndex())
    assert shown is not None
    assert shown.details.company == "Ösch AG"
    assert book.window.focusWidget() is panel.list
    assert notice.text == ""


async def test_everybodys_entry_is_changed(book: Stage) -> None:
    editor = edit(book, HANS)
    assert editor._form.whose.currentText() == "Everybody"
    assert any(text.startswith("Changed by Anna Muster") for text in eyes.texts(editor))
    known = entry(book, HANS)
    write(editor, private="+41523330000")
    eyes.press(editor._lines["private"], Qt.Key.Key_Return)
    await closed(book)
    assert saved(book) == [
        SaveContact(replace(HANS, private="+41523330000"), False, known.contact_id, known.revision)
    ]
    assert book.window.banners.notice.text == ""


async def test_whose_change_was_written_over_is_told(book: Stage) -> None:
    editor, known = edit(book, HANS), entry(book, HANS)
    write(editor, company="Brändli AG")
    book.world.link.phonebook.write(
        replace(HANS, email="neu@braendli.ch"), contact_id=known.contact_id, by="beat"
    )
    await known_change(book, known)
    said = "Beat Keller has changed this entry meanwhile. Saving writes over that."
    await wait_until_async(lambda: said in eyes.texts(editor), "the change to be told")
    assert editor.details.company == "Brändli AG"
    eyes.click("Save", editor)
    await closed(book)
    text = "Beat Keller had changed “Hans Brändli” meanwhile; your change stands now."
    await wait_until_async(lambda: book.window.banners.notice.text == text, "the notice")


async def test_what_others_change_appears_while_nothing_is_typed(book: Stage) -> None:
    editor, known = edit(book, HANS), entry(book, HANS)
    book.world.link.phonebook.write(
        replace(HANS, company="Brändli AG"), contact_id=known.contact_id, by="beat"
    )
    await known_change(book, known)
    await wait_until_async(lambda: editor._lines["company"].text() == "Brändli AG", "the change to be shown")
    assert any(text.startswith("Changed by Beat Keller") for text in eyes.texts(editor))


async def test_what_was_deleted_meanwhile_can_be_saved_anew(book: Stage) -> None:
    editor, known = edit(book, HANS), entry(book, HANS)
    write(editor, company="Brändli AG")
    del book.world.link.phonebook.contacts[known.contact_id]
    revision = book.world.link.mirror.phonebook.revision + 1
    book.world.link.change(ContactsChanged(revision, removed=(known.contact_id,)))
    said = "Somebody has deleted this entry meanwhile. Saving adds it anew."
    await wait_until_async(lambda: said in eyes.texts(editor), "the deletion to be told")
    eyes.click("Save", editor)
    await closed(book)
    assert saved(book) == [SaveContact(replace(HANS, company="Brändli AG"), personal=False)]


async def test_what_the_server_refuses_stands_beside_it_and_nothing_is_lost(book: Stage) -> None:
    refused = WireError(ErrorCode.INVALID, "in English", reason=RefusalReason.NOT_DIALLABLE, field="mobile")
    book.world.link.refuse(SaveContact, refused)
    editor = edit(book, HANS)
    write(editor, mobile="079 12")
    eyes.click("Save", editor)
    said = "This cannot be dialled: mobile number."
    await wait_until_async(lambda: said in eyes.texts(editor), "the reason")
    assert editor._lines["mobile"].text() == "079 12"
    assert editor._lines["mobile"].property("invalid")
    assert editor.focusWidget() is editor._lines["mobile"]
    book.world.link.refuse(SaveContact, None)
    write(editor, mobile="079 123 45 67")
    assert not editor._lines["mobile"].property("invalid")
    eyes.click("Save", editor)
    await closed(book)


@pytest.mark.parametrize(
    ("reason", "field", "said"),
    [
        (RefusalReason.TOO_LONG, "company", "Dieser Text ist zu lang: Firma."),
        (RefusalReason.NOT_DIALLABLE, "office", "Das lässt sich nicht wählen: Nummer im Büro."),
        (RefusalReason.BAD_EMAIL, "email", "Das ist keine E-Mail-Adresse."),
        (
            RefusalReason.EMPTY,
            "",
            "Ein Eintrag braucht einen Namen, eine Firma, eine Nummer oder eine E-Mail-Adresse.",
        ),
        (None, "", "Der Server nimmt diesen Eintrag nicht an."),
        (RefusalReason.VERSION, "", "Der Server nimmt diesen Eintrag nicht an."),
    ],
    ids=["long", "number", "mail", "empty", "older server", "newer server"],
)
async def test_a_refusal_is_said_in_the_language_of_the_window(
    qapp: object, reason: RefusalReason | None, field: str, said: str
) -> None:
    async with Stage("de", "light"):
        error = WireError(ErrorCode.INVALID, "in English", reason=reason, field=field)
        assert contact_refusal(error) == said


async def test_an_empty_entry_is_not_sent(book: Stage) -> None:
    editor = add(book)
    editor._form.note.setPlainText("nur eine Notiz")
    eyes.click("Save", editor)
    await book.settled()
    assert "Write a name, a company, a number or an e-mail address." in eyes.texts(editor)
    assert saved(book) == []


async def test_a_note_that_is_too_long_is_not_sent_and_not_cut(book: Stage) -> None:
    editor = edit(book, PIERRE)
    editor._form.note.setPlainText("x" * 4001)
    eyes.click("Save", editor)
    await book.settled()
    assert "The note is too long: it has 4001 characters, 4000 have room." in eyes.texts(editor)
    assert len(editor.details.note) == 4001
    assert saved(book) == []


async def test_the_line_breaks_and_what_was_typed_stays(book: Stage) -> None:
    editor = edit(book, HANS)
    write(editor, company="Brändli AG")
    book.world.link.cut(LinkProblem.LINE_LOST)
    await book.settled()
    assert not eyes.button("Save", editor).isEnabled() if eyes.has_button("Save", editor) else True
    assert "No line to the server: nothing can be changed at the moment." in eyes.texts(editor)
    book.world.link.heal()
    await book.settled()
    assert editor._lines["company"].text() == "Brändli AG"
    eyes.click("Save", editor)
    await closed(book)
    assert saved(book)[-1].details.company == "Brändli AG"


async def test_without_the_right_everybodys_entries_are_only_read(reader: Stage) -> None:
    editor = edit(reader, HANS)
    assert all(line.isReadOnly() for line in editor._lines.values())
    assert not eyes.has_button("Save", editor)
    assert not eyes.has_button("Delete", editor)
    right = "You lack the right to change entries that everybody sees. Your administrator can give it to you."
    assert right in eyes.texts(editor)
    eyes.click("Close", editor)
    await closed(reader)


async def test_without_the_right_a_new_entry_is_for_oneself(reader: Stage) -> None:
    editor = add(reader)
    whose = editor._form.whose
    assert whose.currentIndex() == Whose.ME
    assert not whose.model().flags(whose.model().index(Whose.EVERYBODY, 0)) & Qt.ItemFlag.ItemIsEnabled
    write(editor, surname="Ösch")
    eyes.click("Save", editor)
    await closed(reader)
    assert [command.personal for command in saved(reader)] == [True]


async def test_an_entry_has_one_editor(book: Stage) -> None:
    first = edit(book, HANS)
    assert edit(book, HANS) is first
    edit(book, PIERRE)
    assert len(book.window.phonebook_changes.editors) == 2


async def test_an_editor_deletes_its_entry(book: Stage) -> None:
    editor, known = edit(book, HANS), entry(book, HANS)
    eyes.click("Delete", editor)
    await closed(book)
    await known_change(book, known)
    assert book.window.banners.notice.text == "“Hans Brändli” is deleted."


async def test_nothing_follows_the_book_after_the_editor_is_closed(book: Stage) -> None:
    listeners = book.world.services.phonebook.changed
    before = len(listeners._listeners)
    editor = edit(book, HANS)
    assert len(listeners._listeners) == before + 1
    eyes.press(editor, Qt.Key.Key_Escape)
    await closed(book)
    assert len(listeners._listeners) == before
    await filled(book)


async def test_somebody_else_who_signs_in_sees_nothing_of_it(book: Stage) -> None:
    edit(book, PIERRE)
    book.window.banners.say_notice("“Hans Brändli” is deleted.")
    account = book.world.services.account
    await account.sign_out()
    await book.settled()
    assert len(book.window.phonebook_changes.editors) == 1
    book.world.link._truth.profile = replace(company().profile, user="beat")
    await book.world.sign_in()
    await closed(book)
    assert book.window.banners.notice.text == ""


def test_a_callers_name_becomes_a_persons_or_a_companys() -> None:
    assert details_of(Party("+41441112233", "Hans Meier")) == ContactDetails(
        "Hans", "Meier", office="+41441112233"
    )
    company = ContactDetails(company="Müller & Söhne AG", office="+41441112233")
    assert details_of(Party("+41441112233", "Müller & Söhne AG")) == company
    assert details_of(Party("+41441112233")) == ContactDetails(office="+41441112233")
