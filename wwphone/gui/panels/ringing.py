"""What rings elsewhere and may be taken here, longest first: the strip "Ringing now" above the colleagues."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from wwphone.cti.api import CommandRefusedError, ErrorCode, WireError
from wwphone.gui.context import Context
from wwphone.gui.icons import Icon
from wwphone.gui.style import tokens
from wwphone.gui.widgets.banner import Banner
from wwphone.gui.widgets.elided_label import ElidedLabel
from wwphone.gui.widgets.fitting_scroll_area import FittingScrollArea
from wwphone.gui.widgets.ringing_row import RingingRow
from wwphone.gui.widgets.symbol import Symbol
from wwphone.gui.words import clock, refusal
from wwphone.services.pickup import RingingLine

_TICK_MS = 1000
_NO_LINE = WireError(ErrorCode.NOT_EXECUTED, "the line to the server is down")
_ROWS_IN_SIGHT = 3
_MARGINS = (tokens.SPACE_M, tokens.SPACE_M, tokens.SPACE_M, tokens.SPACE_S)
_TIGHT = (tokens.SPACE_M, tokens.SPACE_XS, tokens.SPACE_M, tokens.SPACE_XS)
"""Left, top, right and bottom."""
"""Of more, one scrolls: the colleagues below need their place."""


class RingingStrip(QFrame):
    """Hidden while nothing rings and nothing is to be said; grey while the line to the server is down.

    One clock counts for all lines, and only while there are any.
    """

    sight_wanted = Signal()
    """There is something to be said, and nobody may see it."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._service = context.services.pickup
        self._rows: dict[str, RingingRow] = {}
        self._problem: WireError | None = None
        self._no_right_for = ""
        self.setProperty("role", "strip")
        self._head = QWidget()
        self._is_tight = False
        self._symbol = Symbol()
        self._title = QLabel()
        self._title.setProperty("role", "strong")
        self._hint = ElidedLabel()
        self._hint.setProperty("role", "muted")
        self._notice = Banner(context.theme, error=True)
        self._area = FittingScrollArea()
        self._column = QVBoxLayout()
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._on_timeout)
        self._lay_out()
        self._service.changed.subscribe(self._on_changed)
        context.theme.changed.connect(self._draw)
        self._draw()
        self.retranslate()
        self._on_changed(None)

    @property
    def rows(self) -> tuple[RingingRow, ...]:
        """The lines, longest first."""
        return tuple(self._rows[line.call.ringing_id] for line in self._service.lines)

    @property
    def notice(self) -> str:
        """What went wrong with the latest claim; empty: nothing."""
        return self._notice.text

    @property
    def whole_height(self) -> int:
        """What it needs for its heading and one line, in pixels."""
        layout = self.layout()
        least = layout.totalMinimumSize().height() if layout is not None else 0
        return least + self.spare_height if self._is_tight else least

    @property
    def spare_height(self) -> int:
        """What heading and margins take, which it can do without, in pixels."""
        above, below = _MARGINS[1] - _TIGHT[1], _MARGINS[3] - _TIGHT[3]
        return self._head.sizeHint().height() + tokens.SPACE_S + above + below

    def set_tight(self, *, tight: bool) -> None:
        """Do without heading and margins, so that a line can be read where there is no more room than for that."""
        layout = self.layout()
        if layout is not None and self._is_tight is not tight:
            self._is_tight = tight
            self._head.setVisible(bool(self._rows) and not tight)
            layout.setContentsMargins(*(_TIGHT if tight else _MARGINS))

    def take_first(self) -> bool:
        """Take what rings longest; False: nothing rings that may be taken."""
        first = self._service.first
        if first is None:
            if self._service.as_of and self._service.lines:
                self._say(_NO_LINE)
            return False
        self.take(first.call.ringing_id)
        return True

    def take(self, ringing_id: str) -> None:
        """Take a call."""
        self._say(None)
        self._context.run(self._claim(ringing_id))

    def take_at(self, user: str, name: str) -> None:
        """Take what rings at a colleague, or say that one may not."""
        line = self._service.at(user)
        if line is not None:
            self.take(line.call.ringing_id)
        elif self._service.as_of:
            self._say(_NO_LINE)
        else:
            self._say(None, no_right_for=name)

    def retranslate(self) -> None:
        """Put every text anew."""
        self._title.setText(self.tr("Ringing now"))
        for part in (self, self._area):
            part.setAccessibleName(self.tr("Ringing now"))
        self._show_hint()
        self._show_notice()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
            self._on_changed(None)

    # ------------------------------------------------------------ claiming

    async def _claim(self, ringing_id: str) -> None:
        try:
            await self._service.claim(ringing_id)
        except CommandRefusedError as refused:
            told = any(line.call.ringing_id == ringing_id and line.taken_by for line in self._service.lines)
            if refused.error.code is not ErrorCode.CONFLICT or not told:
                self._say(refused.error)

    def _say(self, problem: WireError | None, no_right_for: str = "") -> None:
        self._problem, self._no_right_for = problem, no_right_for
        self._show_notice()
        self._show_or_hide()
        if self._notice.text and not self.isVisible():
            self.sight_wanted.emit()

    def _show_notice(self) -> None:
        text = self._sentence()
        self._notice.say(text, self.tr("Close") if text else "", lambda: self._say(None))

    def _sentence(self) -> str:
        problem = self._problem
        if self._no_right_for:
            return self.tr("You cannot pick up calls of {name}.").format(name=self._no_right_for)
        if problem is None:
            return ""
        if problem.code is ErrorCode.CONFLICT:
            name = problem.taken_by or self.tr("Somebody else")
            return self.tr("{name} was faster.").format(name=name)
        if problem.code is ErrorCode.NOT_FOUND:
            return self.tr("It does not ring any more.")
        if problem.code is ErrorCode.PBX_REFUSED:
            return self.tr("None of your phones took the call. It still rings there.")
        return refusal(problem)

    # ------------------------------------------------------------ what is shown

    def _on_changed(self, _: None) -> None:
        lines = self._service.lines
        shown = {line.call.ringing_id for line in lines}
        for ringing_id in [known for known in self._rows if known not in shown]:
            row = self._rows.pop(ringing_id)
            self._area.forget(row)
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        first = next((line for line in lines if line.may_be_taken), None)
        now_s = self._service.now_s()
        for place, line in enumerate(lines):
            row = self._rows.get(line.call.ringing_id) or self._add(line)
            if self._column.indexOf(row) != place:
                self._column.insertWidget(place, row)
            row.show_line(line, self._members_of(line), now_s, first=line is first)
        self._keep_time(counts=bool(lines) and self._service.as_of is None)
        self._draw()
        self._show_hint()
        self._show_or_hide()

    def _add(self, line: RingingLine) -> RingingRow:
        row = RingingRow(line, self._context.theme)
        row.pick_up_wanted.connect(self.take)
        self._rows[line.call.ringing_id] = row
        return row

    def _members_of(self, line: RingingLine) -> str:
        names = (self._service.name_of(user) for user in line.call.members)
        return ", ".join(name for name in names if name)

    def _show_hint(self) -> None:
        as_of = self._service.as_of
        if as_of is not None:
            self._hint.set_whole(self.tr("as of {time}").format(time=clock(as_of)))
            return
        able = any(row.line.may_be_taken for row in self._rows.values())
        self._hint.set_whole(self.tr("F9 takes the first") if able else "")

    def _show_or_hide(self) -> None:
        self._area.setVisible(bool(self._rows))
        self._head.setVisible(bool(self._rows) and not self._is_tight)
        if self._rows:
            height = next(iter(self._rows.values())).sizeHint().height() + self._column.spacing()
            # Half a line more shows that there is more.
            self._area.setMaximumHeight(
                round(height * (_ROWS_IN_SIGHT + (0.5 if len(self._rows) > _ROWS_IN_SIGHT else 0)))
            )
        self.setVisible(bool(self._rows or self._notice.text))

    def _keep_time(self, *, counts: bool) -> None:
        if counts and not self._timer.isActive():
            self._timer.start()
        elif not counts:
            self._timer.stop()

    def _on_timeout(self) -> None:
        now_s = self._service.now_s()
        for row in self._rows.values():
            row.tick(now_s)

    def _draw(self) -> None:
        colours = self._context.theme.colours
        shade = colours.status_grey if self._service.as_of else colours.status_green
        self._symbol.show_icon(Icon.RINGING, shade)

    def _lay_out(self) -> None:
        inside = QWidget()
        inside.setProperty("role", "page")
        inside.setLayout(self._column)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(tokens.SPACE_XS)
        self._area.setWidget(inside)
        head = QHBoxLayout(self._head)
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(tokens.SPACE_S)
        head.addWidget(self._symbol)
        head.addWidget(self._title)
        head.addWidget(self._hint, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(*_MARGINS)
        column.setSpacing(tokens.SPACE_S)
        column.addWidget(self._head)
        column.addWidget(self._area)
        column.addWidget(self._notice)
