"""A line across the window that says what is wrong, what it means, and offers the one button that mends it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from wwphone.gui.icons import Icon
from wwphone.gui.style import tokens
from wwphone.gui.style.theme import Theme
from wwphone.gui.widgets.symbol import Symbol


class Banner(QFrame):
    """Hidden until it has something to say."""

    def __init__(self, theme: Theme, *, error: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._error = error
        self.setProperty("role", "banner-error" if error else "banner")
        self._action: Callable[[], None] | None = None
        self._symbol = Symbol()
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._button = QPushButton()
        self._button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._button.clicked.connect(self._on_clicked)
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.SPACE_M, tokens.SPACE_S, tokens.SPACE_S, tokens.SPACE_S)
        row.setSpacing(tokens.SPACE_S)
        row.addWidget(self._symbol)
        row.addWidget(self._text, 1)
        row.addWidget(self._button)
        theme.changed.connect(self._draw)
        self._draw()
        self.hide()

    @property
    def text(self) -> str:
        """What it says; empty while hidden."""
        return self._text.text() if not self.isHidden() else ""

    @property
    def button(self) -> QPushButton:
        """The button that mends it; hidden when nothing can be done."""
        return self._button

    def say(self, text: str, button: str = "", action: Callable[[], None] | None = None) -> None:
        """Say this; an empty text hides the banner."""
        self._text.setText(text)
        self._button.setText(button)
        self._button.setVisible(bool(button))
        self._action = action
        self.setAccessibleName(text)
        self.setVisible(bool(text))

    def _draw(self) -> None:
        colours = self._theme.colours
        which = Icon.ERROR if self._error else Icon.WARNING
        shade = colours.on_negative_ground if self._error else colours.on_caution_ground
        self._symbol.show_icon(which, shade)

    def _on_clicked(self) -> None:
        if self._action:
            self._action()
