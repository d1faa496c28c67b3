"""The merged calls as one: a frame with what concerns all of them, and each one's card within."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from wwphone.domain.calls import CallSnapshot, CallState
from wwphone.gui.icons import Icon, icon
from wwphone.gui.style import tokens
from wwphone.gui.style.theme import Theme
from wwphone.gui.widgets.elided_label import ElidedLabel


class MergedGroup(QFrame):
    """Hidden while no calls are merged."""

    mute_wanted = Signal(bool)
    hold_wanted = Signal()
    hang_up_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._calls: tuple[CallSnapshot, ...] = ()
        self.setProperty("role", "card")
        self.setProperty("state", "active")
        self._title = ElidedLabel()
        self._title.setProperty("role", "title")
        self._mute, self._hold = QToolButton(), QToolButton()
        for button in (self._mute, self._hold):
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setIconSize(QSize(tokens.ICON, tokens.ICON))
        self._mute.clicked.connect(self._on_mute_clicked)
        self._hold.clicked.connect(self._on_hold_clicked)
        self._hang_up = QPushButton()
        self._hang_up.setProperty("role", "negative")
        self._hang_up.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._hang_up.setIconSize(QSize(tokens.ICON, tokens.ICON))
        self._hang_up.clicked.connect(lambda _=False: self.hang_up_wanted.emit())
        self._lay_out()
        self.draw_anew()
        self.hide()

    def add(self, card: QWidget) -> None:
        """Take in the card of a merged call."""
        self._members.addWidget(card)

    def show_calls(self, calls: tuple[CallSnapshot, ...]) -> None:
        """Show what concerns all of them."""
        self._calls = calls
        self._mute.setChecked(self._muted)
        self._hold.setChecked(self._held)
        self.setVisible(bool(calls))
        self.retranslate()
        self.draw_anew()

    def retranslate(self) -> None:
        """Put every text into the language of the window."""
        title = self.tr("%n calls merged", "", len(self._calls))
        self._title.set_whole(title)
        self.setAccessibleName(title)
        for button, text in (
            (self._mute, self._mute_text()),
            (self._hold, self._hold_text()),
        ):
            button.setToolTip(text)
            button.setAccessibleName(text)
        self._hang_up.setToolTip(self.tr("End all (F6)"))
        self._hang_up.setAccessibleName(self.tr("End all"))

    def draw_anew(self) -> None:
        """The theme changed: icons carry its colours."""
        colours = self._theme.colours
        self._mute.setIcon(icon(Icon.MUTE if self._muted else Icon.MICROPHONE, colours.text))
        self._hold.setIcon(icon(Icon.RESUME if self._held else Icon.HOLD, colours.text))
        self._hang_up.setIcon(icon(Icon.HANG_UP, colours.on_negative))

    @property
    def _muted(self) -> bool:
        return bool(self._calls) and all(call.muted for call in self._calls)

    @property
    def _held(self) -> bool:
        return bool(self._calls) and all(call.state is CallState.HELD for call in self._calls)

    def _mute_text(self) -> str:
        return self.tr("Microphone on (F8)") if self._muted else self.tr("Mute the microphone (F8)")

    def _hold_text(self) -> str:
        return self.tr("Resume all (F7)") if self._held else self.tr("Hold all (F7)")

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(tokens.SPACE_S)
        top.addWidget(self._title, 1)
        for button in (self._mute, self._hold, self._hang_up):
            top.addWidget(button)
        self._members = QVBoxLayout()
        self._members.setSpacing(tokens.SPACE_XS)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.SPACE_M, tokens.SPACE_S, tokens.SPACE_M, tokens.SPACE_S)
        column.setSpacing(tokens.SPACE_XS)
        column.addLayout(top)
        column.addLayout(self._members)

    def _on_mute_clicked(self) -> None:
        self._mute.setChecked(self._muted)  # pressed in as soon as it is true, and not before
        self.mute_wanted.emit(not self._muted)

    def _on_hold_clicked(self) -> None:
        self._hold.setChecked(self._held)
        self.hold_wanted.emit()
