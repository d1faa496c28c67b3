"""Paints the rows of a conference: state by shape, colour and word; who it is; since when."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from wwphone.gui.conference_rows import InvitedRow, ParticipantRow
from wwphone.gui.conference_words import (
    STANDING_ICONS,
    invited_below,
    lasts,
    participant_below,
    shown_name,
    standing_colour,
)
from wwphone.gui.context import Context
from wwphone.gui.icons import Icon
from wwphone.gui.models.colleagues import Role
from wwphone.gui.style import tokens
from wwphone.gui.style.tokens import Colours
from wwphone.gui.widgets.painting import LEFT, RIGHT, elided, paint_ground, paint_icon, sized
from wwphone.gui.words import clock

_Index = QModelIndex | QPersistentModelIndex


class ConferenceDelegate(QStyledItemDelegate):
    """Rows of two lines; grey while there is no line to the server."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Room for two lines."""
        del index
        return QSize(0, 2 * option.fontMetrics.height() + 2 * tokens.SPACE_S)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint one row."""
        row = index.data(Role.ROW)
        if not isinstance(row, ParticipantRow | InvitedRow):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_ground(painter, option, self._context.theme.colours)
        self._paint_row(painter, option, row)
        painter.restore()

    # ------------------------------------------------------------ inside

    def _paint_row(
        self, painter: QPainter, option: QStyleOptionViewItem, row: ParticipantRow | InvitedRow
    ) -> None:
        colours = self._context.theme.colours
        stale = not self._context.services.conference.live
        area = option.rect.adjusted(tokens.SPACE_M, tokens.SPACE_S, -tokens.SPACE_M, -tokens.SPACE_S)
        which, colour = _look(colours, row)
        paint_icon(painter, which, colours.status_grey if stale else colour, area, tokens.ICON)
        texts = area.adjusted(tokens.ICON + tokens.SPACE_M, 0, 0, 0)
        half = texts.height() // 2
        upper = QRect(texts.left(), texts.top(), texts.width(), half)
        small = sized(option.font, tokens.TYPE_SMALL)
        small.setFeature(QFont.Tag.fromString("tnum"), 1)  # seconds must not make the line twitch
        beside = QFontMetrics(small).horizontalAdvance(self._paint_time(painter, small, upper, row))
        upper.setRight(upper.right() - beside - tokens.SPACE_S)
        chair = isinstance(row, ParticipantRow) and row.participant.chair
        room = upper.width() - (tokens.ICON_SMALL + tokens.SPACE_XS if chair else 0)
        name = elided(option.font, shown_name(row), room)
        painter.setFont(option.font)
        painter.setPen(QColor(colours.text_muted if stale else colours.text))
        painter.drawText(upper, LEFT, name)
        if chair:
            width = QFontMetrics(option.font).horizontalAdvance(name)
            place = upper.adjusted(width + tokens.SPACE_XS, 0, 0, 0)
            shade = colours.status_grey if stale else colours.accent
            paint_icon(painter, Icon.CHAIR, shade, place, tokens.ICON_SMALL)
        lower = QRect(texts.left(), texts.top() + half, texts.width(), half)
        below = participant_below(row) if isinstance(row, ParticipantRow) else invited_below(row)
        painter.setFont(small)
        painter.setPen(QColor(colours.text_muted))
        painter.drawText(lower, LEFT, elided(small, below, lower.width()))

    def _paint_time(
        self, painter: QPainter, font: QFont, line: QRect, row: ParticipantRow | InvitedRow
    ) -> str:
        at = row.at if isinstance(row, InvitedRow) else None
        said = lasts(row) if isinstance(row, ParticipantRow) else clock(at) if at is not None else ""
        painter.setFont(font)
        painter.setPen(QColor(self._context.theme.colours.text_muted))
        painter.drawText(line, RIGHT, said)
        return said


def _look(colours: Colours, row: ParticipantRow | InvitedRow) -> tuple[Icon, str]:
    if isinstance(row, InvitedRow):
        return STANDING_ICONS[row.standing], standing_colour(colours, row.standing)
    if row.participant.muted:
        return Icon.MUTE, colours.status_red
    if row.participant.talking:
        return Icon.TALKS, colours.status_green
    return Icon.OWN_ENTRY, colours.status_grey
