"""Paints the rows of the record of calls: what became of it, who and when, and whether somebody has to call back."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from wwphone.domain.calls import CallDirection
from wwphone.domain.history import HistoryEntry, TaskState
from wwphone.gui.context import Context
from wwphone.gui.history_words import caller, is_missed, outcome, row_icon, way, when
from wwphone.gui.icons import Icon
from wwphone.gui.models.colleagues import Role
from wwphone.gui.numbers import written
from wwphone.gui.style import tokens
from wwphone.gui.widgets.painting import LEFT, RIGHT, elided, paint_ground, paint_icon, sized

_Index = QModelIndex | QPersistentModelIndex
_BOX = tokens.ICON
_MOST_OF_WIDTH = 0.5
"""What stands at the right takes so much of a row at most."""


def task_box(row: QRect) -> QRect:
    """Where in a row the box stands that is ticked; generous, so that a hand finds it."""
    width = _BOX + tokens.SPACE_M + tokens.SPACE_S
    return QRect(row.right() - width, row.top(), width + 1, row.height())


def row_height(metrics: QFontMetrics) -> int:
    """Two lines; the same for all rows."""
    return 2 * metrics.height() + 2 * tokens.SPACE_S


class HistoryDelegate(QStyledItemDelegate):
    """Rows of two lines, all of one height; grey while there is no line to the server."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint one row."""
        entry = index.data(Role.ROW)
        if not isinstance(entry, HistoryEntry):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_ground(painter, option, self._context.theme.colours)
        self._paint_row(painter, option, entry)
        painter.restore()

    # ------------------------------------------------------------ inside

    def _paint_row(self, painter: QPainter, option: QStyleOptionViewItem, entry: HistoryEntry) -> None:
        colours = self._context.theme.colours
        stale = not self._context.services.history.live
        text = colours.text_muted if stale else colours.text
        area = option.rect.adjusted(tokens.SPACE_M, tokens.SPACE_S, -tokens.SPACE_M, -tokens.SPACE_S)
        paint_icon(painter, row_icon(entry), self._icon_colour(entry, stale=stale), area, tokens.ICON)
        self._paint_task(painter, area, entry, stale=stale)
        area.adjust(tokens.ICON + tokens.SPACE_M, 0, -_BOX - tokens.SPACE_S, 0)
        half = area.height() // 2
        first = QRect(area.left(), area.top(), area.width(), half)
        second = QRect(area.left(), area.top() + half, area.width(), half)
        party = caller(self._context, entry)
        small = sized(option.font, tokens.TYPE_SMALL)
        name_font = QFont(option.font)
        if entry.task is TaskState.OPEN:
            name_font.setWeight(QFont.Weight.DemiBold)
        self._paint_line(
            painter, first, (name_font, text, written(party.name)), (small, when(entry.started_at))
        )
        marks = (Icon.HAS_NOTE, bool(self._context.services.descriptions.note(entry)))
        for which, shown in (marks, (Icon.RECORDINGS, bool(entry.recording_id))):
            if shown:
                place = QRect(second.right() - tokens.ICON_SMALL, second.top(), tokens.ICON_SMALL, half)
                paint_icon(painter, which, colours.text_muted, place, tokens.ICON_SMALL)
                second.setRight(place.left() - tokens.SPACE_XS)
        below = [written(party.number) if party.number != party.name else "", way(entry)]
        said = " · ".join(part for part in below if part)
        self._paint_line(
            painter, second, (small, colours.text_muted, said), (small, outcome(self._context, entry))
        )

    def _paint_line(
        self, painter: QPainter, line: QRect, left: tuple[QFont, str, str], right: tuple[QFont, str]
    ) -> None:
        """A text at the left and one at the right, which may take half of the line."""
        font, said = right
        said = elided(font, said, int(line.width() * _MOST_OF_WIDTH))
        painter.setFont(font)
        painter.setPen(QColor(self._context.theme.colours.text_muted))
        painter.drawText(line, RIGHT, said)
        rest = line.adjusted(0, 0, -QFontMetrics(font).horizontalAdvance(said) - tokens.SPACE_S, 0)
        font, colour, text = left
        painter.setFont(font)
        painter.setPen(QColor(colour))
        painter.drawText(rest, LEFT, elided(font, text, rest.width()))

    def _paint_task(self, painter: QPainter, area: QRect, entry: HistoryEntry, *, stale: bool) -> None:
        if entry.task is TaskState.NONE:
            return
        colours = self._context.theme.colours
        is_open = entry.task is TaskState.OPEN
        colour = colours.text if is_open and not stale else colours.text_muted
        place = QRect(area.right() - _BOX, area.top(), _BOX, area.height())
        paint_icon(painter, Icon.TASK_OPEN if is_open else Icon.TASK_DONE, colour, place, _BOX)

    def _icon_colour(self, entry: HistoryEntry, *, stale: bool) -> str:
        colours = self._context.theme.colours
        if stale:
            return colours.status_grey
        if is_missed(entry):
            return colours.status_red if entry.task is not TaskState.DONE else colours.status_grey
        if entry.talk_s > 0 and entry.direction is CallDirection.INCOMING:
            return colours.status_green
        return colours.status_blue if entry.talk_s > 0 else colours.status_grey
