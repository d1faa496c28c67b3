"""A window of its own in which Enter never does more than the keyboard is at."""

from __future__ import annotations

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog

from wwphone.gui.shortcuts import press_by_enter


class EnterDialog(QDialog):
    """None of its buttons is a default one: Enter in a field sends and ends nothing by mistake."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the keyboard, and no other."""
        if not press_by_enter(self, event):
            super().keyPressEvent(event)
