"""Notes on the call card and in the pop-up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from tests.gui import eyes
from tests.gui.stage import MUELLER, Stage
from tests.gui.world import ME, World
from tests.helpers.waiting import wait_until_async
from wwphone.config.notes import NotesInMemory, NotesUnavailableError
from wwphone.domain.calls import EndReason
from wwphone.domain.notes import MAX_NOTE, Note
from wwphone.gui.widgets.call_note import NoteField
from wwphone.services import calls as calls_module
from wwphone.services import notes as notes_module

FORMER = Note(
    "former",
    ME,
    "044 268 12 12",
    "Müller",
    "Wants an offer for 40 headsets.\n<b>Call back on Friday</b>",
    datetime(2026, 3, 5, 10, 42, tzinfo=UTC),
)


def field(stage: Stage) -> NoteField:
    [found] = eyes.visible(NoteField, stage.window)
    return found


async def test_a_note_is_written_on_the_card_and_shown_when_the_number_calls_again(signed_in: Stage) -> None:
    call_id = await signed_in.talking(MUELLER.number)
    card = signed_in.window.cards.card(call_id)
    assert card is not None
    eyes.click("Note", card)
    assert QApplication.focusWidget() is field(signed_in), "one can write at once"
    assert field(signed_in).accessibleName() == "Note about this call"
    eyes.type_into(field(signed_in), "Grüezi")
    assert signed_in.world.services.notes.text(call_id) == "Grüezi"
    eyes.press(field(signed_in), Qt.Key.Key_Escape)
    assert eyes.visible(NoteField, signed_in.window) == []
    await signed_in.end(call_id, EndReason.HUNG_UP_THERE)
    assert not [label for label in eyes.visible(QLabel, card) if "Last note" in label.text()]
    await signed_in.incoming(MUELLER)
    [popup] = signed_in.shell.popups.shown
    for place in (popup, signed_in.window):
        [said] = [
            label.text() for label in eyes.visible(QLabel, place) if label.text().startswith("Last note")
        ]
        assert said.endswith(": Grüezi")


async def test_keys_of_the_call_work_while_one_writes(signed_in: Stage) -> None:
    call_id = await signed_in.talking()
    card = signed_in.window.cards.card(call_id)
    assert card is not None
    eyes.click("Note", card)
    eyes.press(field(signed_in), Qt.Key.Key_F8)
    await signed_in.settled()
    call = signed_in.calls.call(call_id)
    assert call is not None
    assert call.muted
    eyes.press(field(signed_in), Qt.Key.Key_Tab)
    assert field(signed_in).toPlainText() == "", "Tab leaves the field"


async def test_former_notes_appear_as_plain_text_on_one_line() -> None:
    async with Stage("en", "light", World(notes=NotesInMemory((FORMER,)))) as stage:
        await stage.signed_in()
        await stage.incoming(MUELLER)
        [popup] = stage.shell.popups.shown
        [label] = [each for each in eyes.visible(QLabel, popup) if each.text().startswith("Last note")]
        assert label.text().endswith("Wants an offer for 40 headsets. <b>Call back on Friday</b>")
        assert label.textFormat() is Qt.TextFormat.PlainText


async def test_notes_that_are_read_late_appear_on_what_rings_already(signed_in: Stage) -> None:
    await signed_in.incoming(MUELLER)
    [popup] = signed_in.shell.popups.shown
    height = popup.height()
    signed_in.world.notes.notes[FORMER.call_id] = FORMER
    signed_in.world.services.notes.start()
    await wait_until_async(
        lambda: [each for each in eyes.visible(QLabel, popup) if each.text().startswith("Last note")],
        "the note in the pop-up",
    )
    assert popup.height() > height
    assert [each for each in eyes.visible(QLabel, signed_in.window) if each.text().startswith("Last note")]


async def test_a_long_text_is_cut_at_the_limit(signed_in: Stage) -> None:
    call_id = await signed_in.talking()
    card = signed_in.window.cards.card(call_id)
    assert card is not None
    eyes.click("Note", card)
    field(signed_in).insertPlainText("x" * (MAX_NOTE + 100))
    assert len(field(signed_in).toPlainText()) == MAX_NOTE
    assert len(signed_in.world.services.notes.text(call_id)) == MAX_NOTE


async def test_an_ended_call_waits_for_its_note(signed_in: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls_module, "ENDED_CALL_SHOWN_S", 0.01)
    call_id = await signed_in.talking()
    card = signed_in.window.cards.card(call_id)
    assert card is not None
    eyes.click("Note", card)
    await signed_in.end(call_id, EndReason.HUNG_UP_THERE)
    other = await signed_in.outgoing("208")
    await signed_in.end(other, EndReason.NO_ANSWER)
    await wait_until_async(lambda: signed_in.window.cards.card(other) is None, "the other card to go")
    eyes.type_into(field(signed_in), "done")
    assert signed_in.world.services.notes.text(call_id) == "done"
    eyes.click("Note", card)
    await wait_until_async(lambda: signed_in.window.cards.card(call_id) is None, "the card to go")


class FullDisk(NotesInMemory):
    """A disk without room."""

    async def write(self, note: Note) -> None:
        """See NotesInMemory."""
        raise NotesUnavailableError("database or disk is full")


async def test_a_note_that_cannot_be_stored_says_so(
    monkeypatch: pytest.MonkeyPatch, expected_logs: Callable[..., object]
) -> None:
    monkeypatch.setattr(notes_module, "STORED_WITHIN_S", 0.0)
    expected_logs("a note cannot be stored", logger="wwphone.services")
    async with Stage("en", "light", World(notes=FullDisk())) as stage:
        await stage.signed_in()
        call_id = await stage.talking()
        card = stage.window.cards.card(call_id)
        assert card is not None
        eyes.click("Note", card)
        eyes.type_into(field(stage), "x")
        await wait_until_async(
            lambda: "The note could not be stored: copy it if you need it later." in eyes.texts(card),
            "the sentence",
        )
