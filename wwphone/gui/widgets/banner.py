"""A line across the window that says what is wrong, what it means, and offers the one button that mends it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QToolButton, QWidget

from wwphone.gui.icons import Icon, icon
from wwphone.gui.style import tokens
from wwphone.gui.style.theme import Theme
from wwphone.gui.tooltips import plain
from wwphone.gui.widgets.symbol import Symbol

_MOST_LINES_BESIDE = 3
"""Of text, as long as the button stands beside it."""


class Banner(QFrame):
    """Hidden until it has something to say."""

    def __init__(
        self, theme: Theme, *, error: bool = False, closable: bool = False, parent: QWidget | None = None
    ) -> None:
        """`closable`: it can be put away beside whatever else its button does."""
        super().__init__(parent)
        self._theme = theme
        self._error = error
        self.setProperty("role", "banner-error" if error else "banner")
        self._action: Callable[[], None] | None = None
        self._symbol = Symbol()
        self._text = _text()
        self._button = QPushButton()
        self._button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._button.clicked.connect(self._on_clicked)
        self.close_button = QToolButton()
        """Puts it away."""
        self.close_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.close_button.setIconSize(QSize(tokens.ICON, tokens.ICON))
        self.close_button.setVisible(closable)
        self.more = self._make_more()
        """Shows and hides what else is wrong; hidden when that is nothing."""
        self._others = _text()
        self._others.hide()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(tokens.SPACE_M, tokens.SPACE_S, tokens.SPACE_S, tokens.SPACE_S)
        self._grid.setSpacing(tokens.SPACE_S)
        self._grid.addWidget(self._symbol, 0, 0)
        self._grid.addWidget(self._text, 0, 1)
        self._grid.addWidget(self._button, 0, 2)
        self._grid.addWidget(self.close_button, 0, 3, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(self.more, 2, 1, 1, 2, Qt.AlignmentFlag.AlignLeft)
        self._grid.addWidget(self._others, 3, 1, 1, 2)
        self._grid.setColumnStretch(1, 1)
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
        self._button.setEnabled(True)
        self._action = action
        self.setAccessibleName(text)
        self._place_button()
        self.setVisible(bool(text))

    def say_more(self, label: str, others: Sequence[str]) -> None:
        """Offer to show what else is wrong, below what was said; nothing for an empty label."""
        lines = "\n".join(f"• {each}" for each in others)
        self.more.setText(label)
        self.more.setToolTip(plain(lines))
        self.more.setVisible(bool(label))
        if not label:
            self.more.setChecked(False)
        self._others.setText(lines)
        self.setAccessibleDescription(" ".join(others))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may have room for the button beside the text, or no more."""
        super().resizeEvent(event)
        self._place_button()

    def _make_more(self) -> QToolButton:
        more = QToolButton()
        more.setProperty("role", "more")
        more.setCheckable(True)
        more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        more.setIconSize(QSize(tokens.ICON_SMALL, tokens.ICON_SMALL))
        more.toggled.connect(self._on_more_toggled)
        more.hide()
        return more

    def _place_button(self) -> None:
        """Beside the text while that is short; below it when the text would become a narrow column."""
        margins = self._grid.contentsMargins()
        beside = self.width() - margins.left() - margins.right() - self._symbol.width()
        beside -= self._button.sizeHint().width() + 2 * self._grid.horizontalSpacing()
        if not self.close_button.isHidden():
            beside -= self.close_button.sizeHint().width() + self._grid.horizontalSpacing()
        lines = self._text.heightForWidth(max(1, beside)) / self._text.fontMetrics().lineSpacing()
        row = 1 if lines > _MOST_LINES_BESIDE and self._button.text() else 0
        if self._grid.getItemPosition(self._grid.indexOf(self._button))[0] == row:  # type: ignore[index]
            return
        for widget in (self._text, self._button):
            self._grid.removeWidget(widget)
        self._grid.addWidget(self._text, 0, 1, 1, 2 if row else 1)
        self._grid.addWidget(self._button, row, 2)

    def _draw(self) -> None:
        colours = self._theme.colours
        which = Icon.ERROR if self._error else Icon.WARNING
        shade = colours.on_negative_ground if self._error else colours.on_caution_ground
        self._symbol.show_icon(which, shade)
        self.close_button.setIcon(icon(Icon.CLOSE, shade))
        self.more.setIcon(icon(Icon.OPEN if self.more.isChecked() else Icon.CLOSED, shade))

    def _on_clicked(self) -> None:
        if self._action:
            self._action()

    def _on_more_toggled(self, shown: bool) -> None:
        self._others.setVisible(shown)
        self._draw()


def _text() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
