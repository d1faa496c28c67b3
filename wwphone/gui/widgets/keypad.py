"""The twelve keys of a telephone, in their international order (ITU-T E.161)."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QToolButton, QWidget

from wwphone.gui.style import tokens

_KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#")


class Keypad(QWidget):
    """Keys to press with the pointer; with the focus inside, the keyboard's own work as well."""

    digit_pressed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, tokens.SPACE_S, 0, 0)
        grid.setSpacing(tokens.SPACE_S)
        for place, key in enumerate(_KEYS):
            button = QToolButton()
            button.setText(key)
            button.setProperty("role", "key")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.clicked.connect(lambda _=False, key=key: self.digit_pressed.emit(key))
            grid.addWidget(button, place // 3, place % 3)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that no button took."""
        if event.text() and event.text() in _KEYS:
            self.digit_pressed.emit(event.text())
        else:
            super().keyPressEvent(event)
