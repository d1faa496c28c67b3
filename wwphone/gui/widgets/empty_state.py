"""What stands in an empty panel: what will be here, and the one sensible thing to do."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from wwphone.gui.icons import Icon
from wwphone.gui.style import tokens
from wwphone.gui.style.theme import Theme
from wwphone.gui.widgets.symbol import Symbol

_SYMBOL = 48


class EmptyState(QWidget):
    """An icon, a sentence, and perhaps a button."""

    def __init__(self, which: Icon, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._which = which
        self._theme = theme
        self._action: Callable[[], None] | None = None
        self._symbol = Symbol(size=_SYMBOL)
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._text.setProperty("role", "quiet")
        self.button = QPushButton()
        """What can be done; hidden when nothing can."""
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.clicked.connect(self._on_clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.SPACE_XL, tokens.SPACE_XL, tokens.SPACE_XL, tokens.SPACE_XL)
        column.setSpacing(tokens.SPACE_M)
        column.addStretch(2)
        column.addWidget(self._symbol, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._text)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        theme.changed.connect(self._draw)
        self._draw()

    @property
    def text(self) -> str:
        """What it says."""
        return self._text.text()

    def say(self, text: str, button: str = "", action: Callable[[], None] | None = None) -> None:
        """Say this and offer that."""
        self._text.setText(text)
        self.button.setText(button)
        self.button.setVisible(bool(button))
        self._action = action

    def _draw(self) -> None:
        self._symbol.show_icon(self._which, self._theme.colours.outline)

    def _on_clicked(self) -> None:
        if self._action:
            self._action()
