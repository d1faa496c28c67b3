"""Paints the rows of recordings: who and when, how long, whether something is noted, and the button that plays."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from wwphone.domain.calls import CallDirection
from wwphone.domain.recording import RecordingEntry, RecordingState
from wwphone.gui.context import Context
from wwphone.gui.history_words import when
from wwphone.gui.icons import Icon
from wwphone.gui.models.colleagues import Role
from wwphone.gui.numbers import written
from wwphone.gui.recording_words import below_text, other_side
from wwphone.gui.style import tokens
from wwphone.gui.widgets.painting import LEFT, RIGHT, elided, paint_ground, paint_icon, sized
from wwphone.gui.words import duration

_Index = QModelIndex | QPersistentModelIndex
_BOX = tokens.ICON


class RecordingDelegate(QStyledItemDelegate):
    """Rows of two lines; grey while there is no line to the server."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.played = ""
        """The recording that the player has."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint one row."""
        entry = index.data(Role.ROW)
        if not isinstance(entry, RecordingEntry):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_ground(painter, option, self._context.theme.colours)
        self._paint_row(painter, option, entry)
        painter.restore()

    # ------------------------------------------------------------ inside

    def _paint_row(self, painter: QPainter, option: QStyleOptionViewItem, entry: RecordingEntry) -> None:
        colours = self._context.theme.colours
        stale = not self._context.services.recordings.live
        area = option.rect.adjusted(tokens.SPACE_M, tokens.SPACE_S, -tokens.SPACE_M, -tokens.SPACE_S)
        which, colour = self._look(entry, stale=stale)
        paint_icon(painter, which, colour, area, tokens.ICON)
        self._paint_button(painter, area, entry, stale=stale)
        area.adjust(tokens.ICON + tokens.SPACE_M, 0, -_BOX - tokens.SPACE_S, 0)
        half = area.height() // 2
        first = QRect(area.left(), area.top(), area.width(), half)
        second = QRect(area.left(), area.top() + half, area.width(), half)
        small = sized(option.font, tokens.TYPE_SMALL)
        name = written(other_side(self._context, entry).name)
        text = colours.text_muted if stale else colours.text
        self._paint_line(painter, first, (option.font, text, name), (small, when(entry.started_at)))
        if entry.notes:
            place = QRect(second.right() - tokens.ICON_SMALL, second.top(), tokens.ICON_SMALL, half)
            paint_icon(painter, Icon.HAS_NOTE, colours.text_muted, place, tokens.ICON_SMALL)
            second.setRight(place.left() - tokens.SPACE_XS)
        below = below_text(self._context, entry)
        lasts = duration(entry.length_ms / 1000) if entry.length_ms else ""
        self._paint_line(painter, second, (small, colours.text_muted, below), (small, lasts))

    def _paint_line(
        self, painter: QPainter, line: QRect, left: tuple[QFont, str, str], right: tuple[QFont, str]
    ) -> None:
        font, said = right
        painter.setFont(font)
        painter.setPen(QColor(self._context.theme.colours.text_muted))
        painter.drawText(line, RIGHT, said)
        rest = line.adjusted(0, 0, -QFontMetrics(font).horizontalAdvance(said) - tokens.SPACE_S, 0)
        font, colour, text = left
        painter.setFont(font)
        painter.setPen(QColor(colour))
        painter.drawText(rest, LEFT, elided(font, text, rest.width()))

    def _paint_button(self, painter: QPainter, area: QRect, entry: RecordingEntry, *, stale: bool) -> None:
        if entry.state is not RecordingState.READY or entry.deleted_at is not None:
            return
        colours = self._context.theme.colours
        place = QRect(area.right() - _BOX, area.top(), _BOX, area.height())
        which = Icon.SOUND if entry.recording_id == self.played else Icon.RESUME
        paint_icon(painter, which, colours.text_muted if stale else colours.accent, place, _BOX)

    def _look(self, entry: RecordingEntry, *, stale: bool) -> tuple[Icon, str]:
        colours = self._context.theme.colours
        if entry.state in (RecordingState.MISSING, RecordingState.CHANGED):
            return Icon.ERROR, colours.status_grey if stale else colours.status_red
        incoming = entry.direction is CallDirection.INCOMING
        colour = colours.status_green if incoming else colours.status_blue
        return (Icon.INCOMING if incoming else Icon.OUTGOING), colours.status_grey if stale else colour
