"""Scenes of the phone book: the panel in each of its states, the editor, names of callers, what the dial field offers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from tests.gui import eyes
from tests.gui.contacts import ANITA, EVERYBODYS, HANS, book_world, filled, phone_book
from tests.gui.scene import Scene
from tests.gui.stage import WIDE, Stage
from tests.gui.world import World
from tests.helpers.waiting import wait_until_async
from wwphone.cti.api import ErrorCode, LinkProblem, WireError
from wwphone.domain.calls import Party
from wwphone.domain.phonebook import Contact, ContactDetails
from wwphone.gui.doubles import DoublesDialog
from wwphone.protocol.phonebook import SaveContact

Shown = Sequence[QWidget]
DOUBLES = (
    ContactDetails("H.", "Brändli", "", "052 333 44 55", "", "+41446661122", "h.braendli@example.ch"),
    ContactDetails(company="Spital Uster", office="+41449111112", note="Notaufnahme"),
)
"""Of Hans Brändli and of the hospital."""


def entry(stage: Stage, details: ContactDetails) -> Contact:
    """The entry with these details."""
    return next(one for one in stage.world.link.phonebook.contacts.values() if one.details == details)


async def _panel(stage: Stage) -> Shown:
    await phone_book(stage)
    stage.window.phonebook.list.setCurrentIndex(stage.window.phonebook.model.index(2))
    await stage.settled()
    return [stage.window]


async def _favourites(stage: Stage) -> Shown:
    await phone_book(stage)
    for details in (HANS, ANITA):
        stage.world.link.phonebook.mark(entry(stage, details).contact_id)
    phonebook = stage.world.services.phonebook
    await wait_until_async(lambda: len(phonebook.favourites()) == 2, "the favourites")
    await stage.settled()
    stage.window.phonebook.list.setCurrentIndex(stage.window.phonebook.model.index(0))
    await stage.settled()
    return [stage.window]


async def _no_favourites(stage: Stage) -> Shown:
    await phone_book(stage)
    stage.window.phonebook._form.whose.setCurrentIndex(3)
    stage.window.phonebook._search()
    await stage.settled()
    return [stage.window]


async def _doubles(stage: Stage) -> Shown:
    await phone_book(stage)
    stage.window.phonebook_files.find_doubles()
    dialog = stage.window.phonebook_files.dialogs[-1]
    assert isinstance(dialog, DoublesDialog)
    await wait_until_async(lambda: not dialog._is_busy, "the doubles")
    await stage.settled()
    return [dialog]


async def _merged(stage: Stage) -> Shown:
    (dialog,) = await _doubles(stage)
    assert isinstance(dialog, DoublesDialog)
    dialog._form.merge.click()
    await wait_until_async(lambda: stage.world.services.phonebook.find("446661122") != (), "the merged entry")
    await stage.settled()
    return [dialog]


async def _wide(stage: Stage) -> Shown:
    await phone_book(stage, WIDE)
    return [stage.window]


async def _searched(stage: Stage) -> Shown:
    await phone_book(stage)
    eyes.type_into(stage.window.phonebook._form.search, "braend 791")
    QTest.keyClick(stage.window.phonebook._form.search, Qt.Key.Key_Down)
    await stage.settled()
    return [stage.window]


async def _nothing_found(stage: Stage) -> Shown:
    await phone_book(stage)
    eyes.type_into(stage.window.phonebook._form.search, "Wilhelm Tell")
    await stage.settled()
    return [stage.window]


async def _none_of_my_own(stage: Stage) -> Shown:
    await phone_book(stage)
    stage.window.phonebook._form.whose.setCurrentIndex(2)
    stage.window.phonebook._search()
    await stage.settled()
    return [stage.window]


async def _filling(stage: Stage) -> Shown:
    await stage.signed_in()
    await filled(stage)
    stage.world.services.phonebook.filling = True
    stage.window._form.phonebook_button.click()
    stage.window.phonebook._show_state()
    await stage.settled()
    return [stage.window]


async def _no_book(stage: Stage) -> Shown:
    await stage.signed_in()
    stage.window._form.phonebook_button.click()
    await stage.settled()
    return [stage.window]


async def _empty(stage: Stage) -> Shown:
    await phone_book(stage)
    return [stage.window]


async def _line_down(stage: Stage) -> Shown:
    await phone_book(stage)
    stage.world.link.cut(LinkProblem.LINE_LOST)
    await stage.settled()
    return [stage.window]


async def _menu(stage: Stage) -> Shown:
    await _panel(stage)
    panel = stage.window.phonebook
    panel.menu.open(entry(stage, ANITA), panel.list.mapToGlobal(panel.list.rect().center()))
    await stage.settled()
    return [stage.window, panel.menu.menu]


async def _editor(stage: Stage) -> Shown:
    await phone_book(stage)
    stage.window.phonebook_changes.edit(entry(stage, HANS))
    await stage.settled()
    return [stage.window.phonebook_changes.editors[0]]


async def _new(stage: Stage) -> Shown:
    await phone_book(stage)
    stage.window.phonebook._form.new_button.click()
    await stage.settled()
    return [stage.window.phonebook_changes.editors[0]]


async def _refused(stage: Stage) -> Shown:
    await _editor(stage)
    [editor] = stage.window.phonebook_changes.editors
    reason = "the mobile number 079 12 cannot be dialled: this is no number"
    stage.world.link.refuse(SaveContact, WireError(ErrorCode.INVALID, reason))
    editor._lines["mobile"].setText("079 12")
    editor._form.save.click()
    await stage.settled()
    return [editor]


async def _changed_meanwhile(stage: Stage) -> Shown:
    await _editor(stage)
    [editor] = stage.window.phonebook_changes.editors
    editor._lines["company"].setText("Brändli AG")
    known = entry(stage, HANS)
    stage.world.link.phonebook.write(
        replace(HANS, private="+41523334466"), contact_id=known.contact_id, by="beat"
    )
    book = stage.world.services.phonebook
    await wait_until_async(
        lambda: (now := book.contact(known.contact_id)) is not None and now.revision != known.revision,
        "the change to be known here",
    )
    await stage.settled()
    return [editor]


async def _deleted(stage: Stage) -> Shown:
    await phone_book(stage)
    hans = entry(stage, HANS)
    stage.window.phonebook_changes.delete(hans)
    book = stage.world.services.phonebook
    await wait_until_async(lambda: book.contact(hans.contact_id) is None, "the entry to be gone here")
    await stage.settled()
    return [stage.window]


async def _dial(stage: Stage) -> Shown:
    await stage.signed_in()
    await filled(stage)
    field = stage.window._form.dial_field
    field.setFocus()
    eyes.type_into(field, "brä")
    await stage.settled()
    popup = field.completer().popup()
    assert popup is not None
    return [stage.window, popup]


async def _called(stage: Stage) -> Shown:
    await stage.signed_in()
    await filled(stage)
    await stage.incoming(Party("+41 52 333 44 55", ""))
    return [stage.window, *stage.shell.popups.shown]


async def _stranger(stage: Stage) -> Shown:
    await stage.signed_in()
    await filled(stage)
    call_id = await stage.incoming(Party("+41 61 700 80 90", ""))
    stage.shell.popups.close()
    card = stage.window.cards.card(call_id)
    assert card is not None
    card.menu_wanted.emit(card.mapToGlobal(card.rect().center()))
    await stage.settled()
    return [stage.window, stage.window.cards.number_menu.menu]


PHONE_BOOK_SCENES = (
    Scene("phonebook", _panel, everywhere=True, world=book_world),
    Scene("phonebook-favourites", _favourites, everywhere=True, world=book_world),
    Scene("phonebook-no-favourites", _no_favourites, world=book_world),
    Scene("doubles", _doubles, everywhere=True, world=lambda: book_world((*EVERYBODYS, *DOUBLES))),
    Scene("doubles-merged", _merged, world=lambda: book_world((*EVERYBODYS, *DOUBLES))),
    Scene("doubles-none", _doubles, world=book_world),
    Scene("phonebook-wide", _wide, world=book_world),
    Scene("phonebook-searched", _searched, world=book_world),
    Scene("phonebook-nothing-found", _nothing_found, world=book_world),
    Scene("phonebook-none-of-my-own", _none_of_my_own, world=lambda: book_world(own=())),
    Scene("phonebook-empty", _empty, world=lambda: book_world((), ())),
    Scene("phonebook-none-on-server", _no_book, world=World),
    Scene("phonebook-filling", _filling, world=lambda: book_world((), ())),
    Scene("phonebook-line-down", _line_down, world=book_world),
    Scene("phonebook-menu", _menu, everywhere=True, world=book_world),
    Scene("phonebook-editor", _editor, everywhere=True, world=book_world),
    Scene("phonebook-new", _new, world=book_world),
    Scene("phonebook-new-no-right", _new, world=lambda: book_world(manages=False)),
    Scene("phonebook-editor-no-right", _editor, world=lambda: book_world(manages=False)),
    Scene("phonebook-editor-refused", _refused, world=book_world),
    Scene("phonebook-editor-changed-meanwhile", _changed_meanwhile, world=book_world),
    Scene("phonebook-deleted", _deleted, world=book_world),
    Scene("phonebook-dial", _dial, everywhere=True, world=book_world),
    Scene("phonebook-incoming-long", _called, world=book_world),
    Scene("phonebook-stranger-menu", _stranger, world=book_world),
)
