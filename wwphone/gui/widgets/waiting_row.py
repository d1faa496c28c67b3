"""One ring group for which somebody waits: how many, how long, who is next; and the button that takes the next."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from wwphone.domain.ring_groups import TAKE_NEXT_CODE, RingGroupMembership
from wwphone.gui.numbers import written
from wwphone.gui.shortcuts import ENTER
from wwphone.gui.style import tokens
from wwphone.gui.widgets.elided_label import ElidedLabel
from wwphone.gui.words import duration

_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class WaitingRow(QFrame):
    """A card of two lines. Enter takes while the button has the keyboard, the arrow keys lead to its neighbours."""

    take_wanted = Signal()
    step_wanted = Signal(int)
    """-1: to the row above, 1: to the one below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.group = RingGroupMembership("", "")
        self._is_first = False
        self.setProperty("role", "card")
        self._about = ElidedLabel()
        self._about.setProperty("role", "strong")
        font = QFont(self._about.font())
        font.setFeature(QFont.Tag.fromString("tnum"), 1)  # seconds must not make the line twitch
        self._about.setFont(font)
        self._caller = ElidedLabel()
        self._caller.setProperty("role", "muted")
        self.button = QPushButton()
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.installEventFilter(self)
        self.button.clicked.connect(lambda _=False: self.take_wanted.emit())
        self._lay_out()

    def show_group(self, group: RingGroupMembership, *, live: bool, first: bool) -> None:
        """Show who waits now. `first`: the key for all groups takes this one's next caller."""
        self.group, self._is_first = group, first
        self.button.setEnabled(live and group.next_caller is not None)
        self.retranslate()

    def tick(self) -> None:
        """Show how long the first waits; called once a second."""
        self._about.set_whole(self._waiting())

    def take_focus(self) -> None:
        """Let the keyboard take from this group."""
        self.button.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def retranslate(self) -> None:
        """Put every text anew."""
        group = self.group
        self.button.setText(self.tr("Take next"))
        self.button.setAccessibleName(self.tr("Take the next caller of {group}").format(group=group.name))
        at_phone = self.tr("At a desk phone: {code}").format(code=f"{TAKE_NEXT_CODE}{group.number}")
        self.button.setToolTip(f"Shift+F9\n{at_phone}" if self._is_first else at_phone)
        self._caller.set_whole(self._who())
        self.setAccessibleName(f"{group.name}, {self._count()}, {self._who()}")
        self.tick()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The button's keys: by itself it takes neither Enter, nor the arrows for this list."""
        if watched is not self.button or not isinstance(event, QKeyEvent):
            return False
        key = Qt.Key(event.key())
        if event.type() != QEvent.Type.KeyPress or key not in (*_STEPS, *ENTER):
            return False
        if key in _STEPS:
            self.step_wanted.emit(_STEPS[key])
        elif not event.isAutoRepeat():
            self.button.click()
        return True

    def _waiting(self) -> str:
        since = self.group.waiting
        if not since:
            return self.group.name
        longest = duration((datetime.now(UTC) - since[0]).total_seconds())
        return f"{self.group.name}: {self._count()} · {longest}"

    def _count(self) -> str:
        return self.tr("%n waiting", "", len(self.group.waiting))

    def _who(self) -> str:
        """Who is next; a colleague takes the only one just now where nobody is."""
        caller = self.group.next_caller
        if caller is None:
            return self.tr("A colleague takes the call")
        name = " · ".join(filter(None, [caller.name, written(caller.number)])) or self.tr("Unknown caller")
        return self.tr("Next: {name}").format(name=name)

    def _lay_out(self) -> None:
        who = QVBoxLayout()
        who.setSpacing(0)
        who.addWidget(self._about)
        who.addWidget(self._caller)
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.SPACE_M, tokens.SPACE_XS, tokens.SPACE_S, tokens.SPACE_XS)
        row.setSpacing(tokens.SPACE_S)
        row.addLayout(who, 1)
        row.addWidget(self.button)
