"""The text cursor rests when nobody types."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from tests.gui import eyes
from tests.helpers.waiting import SECONDS
from wwphone.gui.caret import RestingCaret

_LIMIT_MS = int(5000 * SECONDS)


@pytest.fixture
def caret(qapp: QApplication) -> Iterator[RestingCaret]:
    qapp.setCursorFlashTime(1000)
    made = RestingCaret(qapp, rests_after_ms=int(500 * SECONDS))
    yield made
    made.close()


@pytest.fixture
def wakeful(qapp: QApplication) -> Iterator[RestingCaret]:
    """One that does not rest while a test looks."""
    made = RestingCaret(qapp, rests_after_ms=10 * _LIMIT_MS)
    yield made
    made.close()


def test_it_blinks_while_one_types_and_rests_afterwards(
    qapp: QApplication, qtbot: QtBot, caret: RestingCaret
) -> None:
    field = QLineEdit()
    qtbot.addWidget(field)
    field.show()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus, timeout=_LIMIT_MS)
    qtbot.waitUntil(lambda: qapp.cursorFlashTime() == 0, timeout=_LIMIT_MS)
    eyes.type_into(field, "a")
    assert qapp.cursorFlashTime() == 1000
    qtbot.waitUntil(lambda: qapp.cursorFlashTime() == 0, timeout=_LIMIT_MS)


def test_a_field_that_goes_takes_nothing_with_it(
    qapp: QApplication, qtbot: QtBot, caret: RestingCaret
) -> None:
    for _ in range(2):
        field = QLineEdit()
        field.show()
        field.setFocus()
        qtbot.waitUntil(field.hasFocus, timeout=_LIMIT_MS)
        with qtbot.waitSignal(field.destroyed, timeout=_LIMIT_MS):
            field.deleteLater()
    qtbot.waitUntil(lambda: not caret._timer.isActive(), timeout=_LIMIT_MS)


def test_no_timer_runs_while_nothing_has_the_keyboard(
    qapp: QApplication, qtbot: QtBot, wakeful: RestingCaret
) -> None:
    field = QLineEdit()
    qtbot.addWidget(field)
    field.show()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus, timeout=_LIMIT_MS)
    assert wakeful._timer.isActive()
    field.clearFocus()
    assert not wakeful._timer.isActive()
