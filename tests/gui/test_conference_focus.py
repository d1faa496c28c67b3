"""Where the keyboard is in the conference window while buttons come, go, and wait for the server."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget

from tests.gui import eyes
from tests.gui.conferences import ANNA, CTRL, HERS, asked_for, begin, followed, invite, opened
from tests.gui.stage import Stage
from wwphone.domain.conference import InvitationState
from wwphone.gui.widgets.kept_focus import KeptFocus

# ---------------------------------------------------------------- the widget


class Row(QWidget):
    """Three buttons, of which the first is watched, and gives way to the third."""

    def __init__(self) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        self.buttons = tuple(QPushButton(text) for text in ("first", "second", "third"))
        for button in self.buttons:
            layout.addWidget(button)
        KeptFocus(self).watch(self.buttons[:1], self.buttons[2:])


@pytest.fixture
def row(qapp: QApplication) -> Row:
    row = Row()
    row.show()
    row.activateWindow()
    row.buttons[0].setFocus()
    qapp.processEvents()
    assert row.buttons[0].hasFocus()
    return row


def test_the_focus_waits_for_a_disabled_button(row: Row) -> None:
    first, second, _ = row.buttons
    first.setEnabled(False)
    assert not any(button.hasFocus() for button in row.buttons), "Space must not press the next one"
    first.setEnabled(True)
    assert first.hasFocus()
    first.setEnabled(False)
    second.setFocus()
    first.setEnabled(True)
    assert second.hasFocus(), "where the person has gone meanwhile"


def test_the_focus_waits_in_a_window_that_the_person_has_left(row: Row, qapp: QApplication) -> None:
    first, second, _ = row.buttons
    other = QWidget()
    other.show()
    other.activateWindow()
    qapp.processEvents()
    assert not row.isActiveWindow()
    first.setEnabled(False)
    first.setEnabled(True)
    row.activateWindow()
    qapp.processEvents()
    assert not second.hasFocus()
    assert first.hasFocus()
    other.deleteLater()


def test_a_hidden_button_hands_its_focus_to_its_heir(row: Row) -> None:
    first, second, third = row.buttons
    first.hide()
    assert third.hasFocus()
    first.show()
    first.setFocus()
    third.setEnabled(False)
    first.hide()
    assert not second.hasFocus()


def test_a_window_that_is_hidden_keeps_its_focus(row: Row, qapp: QApplication) -> None:
    row.hide()
    row.show()
    row.activateWindow()
    qapp.processEvents()
    assert row.focusWidget() is row.buttons[0]


# ---------------------------------------------------------------- the conference window


async def test_the_key_that_locked_records_nothing(chair: Stage) -> None:
    window = await opened(chair)
    window._form.dial_button.click()
    await followed(chair, window)
    [ours] = chair.calls.running
    chair.engine.far_end_answers(ours.call_id)
    begin(chair, ANNA)
    await followed(chair, window)
    lock, record = window._form.lock_button, window._form.record_button
    assert record.isEnabled()
    lock.setFocus()
    chair.world.services.conference._asking[window.bar.room] = 1  # as while the server is asked
    window.follow()
    assert not lock.isEnabled()
    assert not record.hasFocus()
    chair.world.services.conference._asking.clear()
    window.follow()
    assert lock.hasFocus()


async def test_who_has_dialled_in_can_call_people_in(chair: Stage) -> None:
    window = await opened(chair)
    window._form.dial_button.setFocus()
    eyes.press(window._form.dial_button, Qt.Key.Key_Space)
    await followed(chair, window)
    assert chair.calls.running
    assert window._form.invite.hasFocus()


async def test_nobody_is_hung_up_by_a_double_click(chair: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = [100.0]
    monkeypatch.setattr("wwphone.gui.conference_bar.time.monotonic", lambda: now_s[0])
    window = await opened(chair)
    eyes.click("Dial in", window)
    await followed(chair, window)
    now_s[0] += 0.1
    eyes.click("Hang up", window)
    await followed(chair, window)
    assert chair.calls.running, "that was the second half of a double click"
    now_s[0] += 1.0
    eyes.click("Hang up", window)
    await followed(chair, window)
    assert not chair.calls.running


async def test_whom_nobody_has_to_call_again_leaves_the_keyboard_at_the_field(chair: Stage) -> None:
    window = await opened(chair)
    begin(chair, ANNA, HERS)
    await invite(chair, {"201": InvitationState.NO_ANSWER})
    await followed(chair, window)
    again = window._form.call_dropped_button
    again.setFocus()
    eyes.press(again, Qt.Key.Key_Space)
    await followed(chair, window)
    assert not again.isVisible()
    assert window._form.invite.hasFocus(), "not at Close, where the same key shuts the window"


async def test_who_was_writing_goes_on_when_the_line_is_back(chair: Stage) -> None:
    window = await opened(chair)
    begin(chair, ANNA)
    await followed(chair, window)
    eyes.press(window, Qt.Key.Key_I, CTRL)
    eyes.type_into(window._form.invite, "car")
    chair.world.link.cut()
    await followed(chair, window)
    assert not window.invited.list.hasFocus()
    chair.world.link.heal()
    await followed(chair, window)
    assert window._form.invite.hasFocus()
    assert window._form.invite.text() == "car"


# ---------------------------------------------------------------- the lists


async def test_whom_the_buttons_mean_is_seen(chair: Stage) -> None:
    window = await opened(chair)
    begin(chair, ANNA, HERS)
    await followed(chair, window)
    people = window.there.list
    window._form.end_button.setFocus()
    eyes.press(window._form.end_button, Qt.Key.Key_Tab)
    assert people.hasFocus()
    assert window.there.buttons[-1].isEnabled()
    assert people.selectionModel().isSelected(people.currentIndex())


async def test_nobody_else_is_hung_up_for_somebody_who_has_just_left(chair: Stage) -> None:
    window = await opened(chair)
    begin(chair, ANNA, HERS)
    await followed(chair, window)
    window.there.focus()
    eyes.press(window.there.list, Qt.Key.Key_Down)
    assert window.there.list.currentIndex().row() == 1
    chair.world.link.conference.go(HERS.participant_id)
    await followed(chair, window)
    assert not window.there.list.currentIndex().isValid()
    eyes.press(window.there.list, Qt.Key.Key_Delete)
    window.there.buttons[-1].click()
    await followed(chair, window)
    assert asked_for(chair) == []
