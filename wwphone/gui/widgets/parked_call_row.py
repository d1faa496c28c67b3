"""One parked call: where, who, since when, by whom; and the button that fetches it."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from wwphone.domain.parking import ParkedCall
from wwphone.gui.numbers import written
from wwphone.gui.shortcuts import ENTER
from wwphone.gui.style import tokens
from wwphone.gui.widgets.elided_label import ElidedLabel
from wwphone.gui.words import duration

_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class ParkedCallRow(QFrame):
    """A card of two lines. Enter fetches while the button has the keyboard, the arrow keys lead to its neighbours."""

    fetch_wanted = Signal()
    step_wanted = Signal(int)
    """-1: to the row above, 1: to the one below."""

    def __init__(self, call: ParkedCall, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.call = call
        self._parked_by = ""
        self.setProperty("role", "card")
        self._slot = QLabel()
        self._slot.setProperty("role", "title")
        self._caller = ElidedLabel()
        self._caller.setProperty("role", "strong")
        self._about = ElidedLabel()
        self._about.setProperty("role", "muted")
        for label in (self._slot, self._about):
            font = QFont(label.font())
            font.setFeature(QFont.Tag.fromString("tnum"), 1)  # seconds must not make the line twitch
            label.setFont(font)
        self._fetch = QPushButton()
        self._fetch.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._fetch.installEventFilter(self)
        self._fetch.clicked.connect(lambda _=False: self.fetch_wanted.emit())
        self._lay_out()

    def show_call(self, call: ParkedCall, parked_by: str, *, possible: bool) -> None:
        """Show the call as it is now. `parked_by` is a name or empty; `possible`: whether it can be fetched now."""
        self.call, self._parked_by = call, parked_by
        self._fetch.setEnabled(possible)
        self.retranslate()

    def tick(self) -> None:
        """Show how long it waits; called once a second."""
        self._about.set_whole(" · ".join([self._waiting(), *self._whose()]))

    def take_focus(self) -> None:
        """Let the keyboard fetch this one."""
        self._fetch.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def retranslate(self) -> None:
        """Put every text anew."""
        call = self.call
        name = call.caller.name or written(call.caller.number) or self.tr("Unknown caller")
        self._slot.setText(call.slot)
        self._caller.set_whole(name)
        self._fetch.setText(self.tr("Fetch"))
        self._fetch.setAccessibleName(self.tr("Fetch {name} from {slot}").format(name=name, slot=call.slot))
        place = self.tr("parked at {slot}").format(slot=call.slot)
        self.setAccessibleName(", ".join([name, place, *self._story()]))
        self.tick()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The button's keys: by itself it takes neither Enter, nor the arrows for this list."""
        if watched is not self._fetch or not isinstance(event, QKeyEvent):
            return False
        key = Qt.Key(event.key())
        if event.type() != QEvent.Type.KeyPress or key not in (*_STEPS, *ENTER):
            return False
        if key in _STEPS:
            self.step_wanted.emit(_STEPS[key])
        elif not event.isAutoRepeat():
            self._fetch.click()
        return True

    def _story(self) -> list[str]:
        """All of it, for who does not see it."""
        call = self.call
        number = [written(call.caller.number)] if call.caller.name and call.caller.number else []
        return [*self._whose(), *number]

    def _whose(self) -> list[str]:
        return [self.tr("parked by {name}").format(name=self._parked_by)] if self._parked_by else []

    def _waiting(self) -> str:
        return duration((datetime.now(UTC) - self.call.since).total_seconds())

    def _lay_out(self) -> None:
        who = QVBoxLayout()
        who.setSpacing(0)
        who.addWidget(self._caller)
        who.addWidget(self._about)
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.SPACE_M, tokens.SPACE_XS, tokens.SPACE_S, tokens.SPACE_XS)
        row.setSpacing(tokens.SPACE_S)
        row.addWidget(self._slot)
        row.addLayout(who, 1)
        row.addWidget(self._fetch)
