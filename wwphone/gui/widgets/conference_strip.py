"""The sign on a call card that one is in a conference with this call, and the button that shows it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QWidget

from wwphone.gui.icons import Icon, icon
from wwphone.gui.style import tokens
from wwphone.gui.style.theme import Theme
from wwphone.gui.widgets.elided_label import ElidedLabel
from wwphone.gui.widgets.symbol import Symbol


class ConferenceStrip(QFrame):
    """Hidden while the call leads into no conference."""

    window_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._room = ""
        self.setProperty("role", "conference")
        self._symbol = Symbol(size=tokens.ICON_SMALL)
        self._text = ElidedLabel()
        self._open = QToolButton()
        self._open.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._open.setIconSize(QSize(tokens.ICON, tokens.ICON))
        self._open.clicked.connect(lambda _=False: self.window_wanted.emit())
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.SPACE_S, 0, tokens.SPACE_XS, 0)
        row.setSpacing(tokens.SPACE_S)
        row.addWidget(self._symbol)
        row.addWidget(self._text, 1)
        row.addWidget(self._open)
        self.setMinimumHeight(tokens.CONTROL_HEIGHT)
        theme.changed.connect(self._draw)
        self.hide()

    @property
    def text(self) -> str:
        """What it says; empty while hidden."""
        return self._text.accessibleName() if not self.isHidden() else ""

    def show_room(self, name: str, *, can_open: bool) -> None:
        """Show in which conference one is; an empty name: in none."""
        self._room = name
        self._open.setVisible(can_open)
        self.setVisible(bool(name))
        self.retranslate()

    def retranslate(self) -> None:
        """Put every text anew."""
        text = self.tr("In the conference {room}").replace("{room}", self._room) if self._room else ""
        if text != self._text.accessibleName():
            self._text.set_whole(text)
        self._open.setToolTip(self.tr("Show the conference"))
        self._open.setAccessibleName(self._open.toolTip())
        self._draw()

    def _draw(self) -> None:
        colours = self._theme.colours
        self._symbol.show_icon(Icon.CONFERENCE, colours.accent)
        self._open.setIcon(icon(Icon.PAGES, colours.text))
