"""The note of a call in the history, by the keyboard alone."""

from __future__ import annotations

from PySide6.QtCore import Qt

from tests.gui import eyes
from tests.gui.recorded_calls import history, history_world
from tests.gui.scenes_history import choose
from tests.gui.stage import Stage


async def test_f2_leads_to_the_note_and_escape_back_to_the_calls(qapp: object) -> None:
    async with Stage("en", "light", history_world()) as office:
        await history(office)
        entry, panel = choose(office, 2), office.window.history
        calls, search, note = panel.list, panel._form.search, panel._form.note
        office.world.services.descriptions.write(entry, "call")
        calls.setFocus()
        eyes.press(calls, Qt.Key.Key_F2)
        eyes.type_into(office.window.focusWidget(), " Anita")
        assert note.toPlainText() == "call Anita"
        assert search.text() == "", "the letters went to the search"
        await office.settled()
        area = panel._form.detail_area
        assert (
            area.viewport().rect().contains(note.geometry().translated(0, -area.verticalScrollBar().value()))
        )
        eyes.press(note, Qt.Key.Key_Escape)
        assert office.window.focusWidget() is calls
        eyes.press(calls, Qt.Key.Key_Down)
        assert area.isVisible(), "one looks through the details with the arrow keys"
        eyes.press(calls, Qt.Key.Key_F2)
        assert office.window.focusWidget() is note, "not closed: that is Escape"
        eyes.press(note, Qt.Key.Key_Escape)
        eyes.press(calls, Qt.Key.Key_Escape)
        assert not area.isVisible()
