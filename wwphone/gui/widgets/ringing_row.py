"""One line of "Ringing now": who calls whom, for how long, why nobody answers, and the button that takes the call."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from wwphone.domain.pickup import Unanswered
from wwphone.domain.presence import PresenceStatus
from wwphone.gui.icons import Icon
from wwphone.gui.numbers import written
from wwphone.gui.states import presence_text
from wwphone.gui.style import tokens
from wwphone.gui.style.theme import Theme
from wwphone.gui.widgets.elided_label import ElidedLabel
from wwphone.gui.widgets.symbol import Symbol
from wwphone.gui.words import clock, duration, word
from wwphone.services.pickup import RingingLine

_SPOKEN_EVERY_S = 5


class RingingRow(QFrame):
    """Shows a line; emits what the person wants."""

    pick_up_wanted = Signal(str)
    """With the id of the ringing call."""

    def __init__(self, line: RingingLine, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = line
        self._theme = theme
        self._members = ""
        self._is_first = False
        self._now_s = 0.0
        self.setProperty("role", "card")
        self._caller = ElidedLabel()
        self._caller.setProperty("role", "strong")
        self._time = self._make_time()
        self._number = _muted()
        self._symbol = Symbol(size=tokens.ICON_SMALL)
        self._called = _muted()
        self.button = QPushButton()
        self.button.setProperty("role", "positive")
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.clicked.connect(self._on_clicked)
        self._lay_out()
        theme.changed.connect(self._draw)

    def show_line(self, line: RingingLine, members: str, now_s: float, *, first: bool) -> None:
        """Show the line as it is now; `members`: names of those at whom a ring group's call rings."""
        if (line, members, first) == (self.line, self._members, self._is_first) and self._now_s:
            return
        self.line, self._members, self._is_first, self._now_s = line, members, first, now_s
        self.button.setVisible(line.may_be_taken)
        self._caller.setEnabled(line.as_of is None)
        self.retranslate()
        self._draw()

    def tick(self, now_s: float) -> None:
        """Let the seconds count; a screen reader is told in steps, so that it does not read all the time."""
        if self.line.taken or self.line.as_of:
            return
        before, now = self.line.seconds(self._now_s), self.line.seconds(now_s)
        self._now_s = now_s
        if before // _SPOKEN_EVERY_S != now // _SPOKEN_EVERY_S:
            self._name()
        if before != now:
            self._show_time()

    def retranslate(self) -> None:
        """Put every text into the language of the window."""
        line = self.line
        number = written(line.caller.number) if line.caller and line.caller.name else ""
        self._caller.set_whole(self._caller_text())
        self._number.set_whole(number or word(line.call.kind))
        reason = "" if line.why is Unanswered.RINGS else self._reason()
        called = " · ".join(part for part in (line.call.called.name, reason) if part)
        self._called.set_whole(self._news_text() or called)
        self.button.setText(self.tr("Pick up"))
        self.button.setToolTip("F9" if self._is_first else "")
        self._show_time()
        self._name()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and self._now_s:
            self.retranslate()

    # ------------------------------------------------------------ texts

    def _caller_text(self) -> str:
        caller = self.line.caller
        if caller is None:
            return self.tr("Caller not shown")
        return caller.name or written(caller.number) or self.tr("Unknown caller")

    def _reason(self) -> str:
        """Why nobody answers; of a ring group, at whom it rings."""
        line = self.line
        if line.why is None:
            return self._members
        if line.why is Unanswered.BE_RIGHT_BACK:
            return presence_text(PresenceStatus.BE_RIGHT_BACK, line.back_at)
        return word(line.why)

    def _news_text(self) -> str:
        line = self.line
        if line.taken:
            return self._taken_text()
        if line.claimed_here:
            return self.tr("your phone takes it …")
        if line.taken_by:
            return self.tr("{name} takes it …").format(name=line.taken_by)
        return ""

    def _taken_text(self) -> str:
        """Whole sentences for one without a name too: German has another case in each."""
        line, name = self.line, self.line.taken_by
        if line.answered and not name:
            return self.tr("Somebody in the team has answered")
        if not name:
            return self.tr("taken by somebody in the team")
        text = self.tr("{name} has answered") if line.answered else self.tr("taken by {name}")
        return text.format(name=name)

    def _show_time(self) -> None:
        self._time.setText(f"{duration(self.line.seconds(self._now_s))} ·")

    def _name(self) -> None:
        """Say all of it to who does not see it."""
        line = self.line
        seconds = line.seconds(self._now_s)
        called = f"{line.call.called.name} {written(line.call.called.number)}".strip()
        number = written(line.caller.number) if line.caller and line.caller.name else ""
        parts = [self._caller_text(), number, self.tr("for {called}").format(called=called)]
        parts += [self._reason(), word(line.call.kind), duration(seconds - seconds % _SPOKEN_EVERY_S)]
        as_of = self.tr("as of {time}").format(time=clock(line.as_of)) if line.as_of else ""
        text = ", ".join(part for part in (*parts, self._news_text(), as_of) if part)
        self.setAccessibleName(text)
        self.button.setAccessibleName(self.tr("Pick up: {call}").format(call=text))

    # ------------------------------------------------------------ building

    def _make_time(self) -> QLabel:
        label = QLabel()
        label.setProperty("role", "muted")
        font = QFont(label.font())
        font.setFeature(QFont.Tag.fromString("tnum"), 1)  # seconds must not make the line twitch
        label.setFont(font)
        return label

    def _lay_out(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self._caller)
        texts.addLayout(_line(self._time, self._number))
        texts.addLayout(_line(self._symbol, self._called))
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.SPACE_M, tokens.SPACE_S, tokens.SPACE_S, tokens.SPACE_S)
        row.setSpacing(tokens.SPACE_S)
        row.addLayout(texts, 1)
        row.addWidget(self.button)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def _draw(self) -> None:
        colours, line = self._theme.colours, self.line
        which = Icon.TICK if line.taken else Icon.REGISTERING
        self._symbol.show_icon(which, colours.text_muted)
        self._symbol.setVisible(bool(self._news_text()))
        state = "ended" if line.taken or line.as_of else ""
        if self.property("state") != state:
            self.setProperty("state", state)
            self.style().unpolish(self)
            self.style().polish(self)

    def _on_clicked(self) -> None:
        self.pick_up_wanted.emit(self.line.call.ringing_id)


def _muted() -> ElidedLabel:
    label = ElidedLabel()
    label.setProperty("role", "muted")
    return label


def _line(first: QWidget, rest: QWidget) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(tokens.SPACE_XS)
    line.addWidget(first)
    line.addWidget(rest, 1)
    return line
