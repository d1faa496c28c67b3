"""The PIN of one's own conference room, set, changed and removed in the conference window."""

from __future__ import annotations

from dataclasses import replace

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests.gui import eyes
from tests.gui.conferences import BEATS, CTRL, OWN, SALES, asked_for, followed, of, opened
from tests.gui.stage import Stage
from tests.helpers.waiting import wait_until_async
from wwphone.cti.api import ErrorCode, LinkProblem, WireError
from wwphone.gui.conference_pin import ConferencePinDialog
from wwphone.protocol.conference import SetRoomPin


def _dialog(stage: Stage) -> ConferencePinDialog:
    dialog = of(stage).bar.pin_dialog
    assert dialog is not None
    return dialog


async def _begun(stage: Stage) -> ConferencePinDialog:
    window = await opened(stage)
    eyes.press(window, Qt.Key.Key_P, CTRL)
    await stage.settled()
    return _dialog(stage)


async def test_a_pin_is_changed_and_removed_by_keyboard(chair: Stage) -> None:
    dialog = await _begun(chair)
    form = dialog._form
    assert dialog.isModal()
    assert form.pin.text() == OWN.pin
    assert (form.pin.accessibleName(), form.pin_label.buddy()) == ("PIN", form.pin)
    eyes.type_into(form.pin, "8306 57")
    eyes.press(form.pin, Qt.Key.Key_Return)
    await wait_until_async(lambda: of(chair).bar.pin_dialog is None, "the answer")
    assert asked_for(chair) == [SetRoomPin(OWN.number, "830657")]
    await followed(chair, of(chair))
    assert "830657" in of(chair)._form.dial_in_line.text()
    assert of(chair)._form.note_line.text() == "Your room has a new PIN."
    eyes.click("PIN …", of(chair))
    await chair.settled()
    again = _dialog(chair)
    assert again._form.pin.text() == "830657"
    eyes.click("Remove the PIN", again)
    await wait_until_async(lambda: of(chair).bar.pin_dialog is None, "the answer")
    assert asked_for(chair)[-1] == SetRoomPin(OWN.number, "")
    await followed(chair, of(chair))
    assert of(chair)._form.dial_in_line.text() == "Dial-in: from inside 902 · room 204", (
        "outside it takes a PIN"
    )
    assert of(chair)._form.note_line.text() == "Your room has no PIN any more."
    of(chair)._form.pin_button.click()
    await chair.settled()
    assert not _dialog(chair)._form.remove.isEnabled(), "there is none"


@pytest.mark.parametrize("typed", ["", "123", "12345678901", "48a2", "٤٨٣٩٢"])
async def test_what_is_no_pin_is_not_asked_for(chair: Stage, typed: str) -> None:
    dialog = await _begun(chair)
    dialog._form.pin.setText(typed)
    eyes.click("Save", dialog)
    await chair.settled()
    said = "A PIN has 4 to 10 digits, and nothing else."
    assert dialog._form.problem.text() == dialog._form.pin.accessibleDescription() == said
    assert dialog.focusWidget() is dialog._form.pin
    assert asked_for(chair) == []
    eyes.type_into(dialog._form.pin, "4")
    assert not dialog._form.problem.isVisible(), "typing takes it away"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (ErrorCode.INVALID, "This PIN is easily guessed."),
        (ErrorCode.NOT_PERMITTED, "Only whose room it is"),
    ],
)
async def test_a_refusal_says_why_and_what_was_typed_stays(chair: Stage, code: ErrorCode, words: str) -> None:
    chair.world.link.refuse(SetRoomPin, WireError(code, "in English"))
    dialog = await _begun(chair)
    dialog._form.pin.setText("1234")
    eyes.click("Save", dialog)
    await wait_until_async(dialog._form.problem.isVisible, "the refusal")
    assert dialog._form.problem.text().startswith(words)
    assert dialog._form.pin.text() == "1234"
    eyes.press(dialog, Qt.Key.Key_Escape)
    await chair.settled()
    assert of(chair).bar.pin_dialog is None
    assert of(chair).isVisible(), "Esc closes the PIN only"


async def test_only_whose_room_it_is_sees_the_button(chair: Stage) -> None:
    window = await opened(chair)
    chair.world.link.conference.set_rooms(OWN, SALES, replace(BEATS, may_control=True))
    await followed(chair, window)
    button = window._form.pin_button
    assert button.isVisible()
    assert (button.accessibleName(), button.accessibleDescription()) == (
        "PIN of your room",
        "Set, change or remove the PIN of your room (Ctrl+P)",
    )
    for room in (SALES, BEATS):
        window.bar.choose(room.number)
        await followed(chair, window)
        assert not button.isVisible()
        eyes.press(window, Qt.Key.Key_P, CTRL)
        await chair.settled()
        assert window.bar.pin_dialog is None


async def test_without_a_line_nothing_is_sent_and_what_was_typed_stays(chair: Stage) -> None:
    dialog = await _begun(chair)
    dialog._form.pin.setText("830657")
    chair.world.link.cut(LinkProblem.LINE_LOST)
    await chair.settled()
    assert not dialog._form.save.isEnabled()
    eyes.press(dialog._form.pin, Qt.Key.Key_Return)
    await chair.settled()
    assert asked_for(chair) == []
    assert dialog._form.pin.text() == "830657"


@pytest.mark.parametrize("signs_out", [True, False], ids=["signs out", "room gone"])
async def test_it_goes_with_the_room(chair: Stage, signs_out: bool) -> None:
    dialog = await _begun(chair)
    if signs_out:
        await chair.world.services.account.sign_out()
    else:
        chair.world.link.conference.set_rooms(SALES)
    await chair.settled()
    assert of(chair).bar.pin_dialog is None
    await wait_until_async(lambda: not shiboken6.isValid(dialog), "the end of the dialog")
    assert QApplication.activeModalWidget() is None
