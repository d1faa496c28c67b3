"""Paints a row of the colleagues' list: status by shape, colour and word; name and number; phone state."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from wwphone.domain.calls import PhoneState
from wwphone.domain.presence import PresenceStatus
from wwphone.gui.icons import PHONE_ICONS, STATUS_ICONS, pixmap
from wwphone.gui.models.colleagues import Heading, Role, status_text
from wwphone.gui.style import tokens
from wwphone.gui.style.theme import Theme
from wwphone.gui.style.tokens import Colours
from wwphone.gui.words import word
from wwphone.services.presence import ColleagueLine

_STATUS_COLOURS = {
    PresenceStatus.TELEPHONE_SERVICE: "status_green",
    PresenceStatus.AVAILABLE: "status_green",
    PresenceStatus.BE_RIGHT_BACK: "status_yellow",
    PresenceStatus.DIRECT_ONLY: "status_blue",
    PresenceStatus.INTERNAL_ONLY: "status_violet",
    PresenceStatus.UNAVAILABLE: "status_red",
    PresenceStatus.OFFLINE: "status_grey",
}
_PHONE_COLOURS = {
    PhoneState.OFFLINE: "status_grey",
    PhoneState.FREE: "status_green",
    PhoneState.RINGING: "status_yellow",
    PhoneState.BUSY: "status_red",
}


def status_colour(colours: Colours, status: PresenceStatus) -> str:
    """The colour of a presence in a theme."""
    colour: str = getattr(colours, _STATUS_COLOURS[status])
    return colour


def phone_colour(colours: Colours, state: PhoneState) -> str:
    """The colour of a phone state in a theme."""
    colour: str = getattr(colours, _PHONE_COLOURS[state])
    return colour


class ColleagueDelegate(QStyledItemDelegate):
    """Two lines a person, all rows of one height."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.stale = False
        """Grey: what is shown is of the moment the line broke."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Every row alike: the list never has to ask for each."""
        del index
        line = option.fontMetrics.height()
        return QSize(240, 2 * line + 2 * tokens.SPACE_S)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one row."""
        row = index.data(Role.ROW)
        painter.save()
        if isinstance(row, Heading):
            self._paint_heading(painter, option, row)
        elif isinstance(row, ColleagueLine):
            self._paint_line(painter, option, row)
        painter.restore()

    def _paint_heading(self, painter: QPainter, option: QStyleOptionViewItem, row: Heading) -> None:
        colours = self._theme.colours
        area = option.rect.adjusted(tokens.SPACE_M, 0, -tokens.SPACE_M, -tokens.SPACE_XS)
        font = QFont(option.font)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(colours.text_muted))
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, row.name)
        painter.setFont(option.font)
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, str(row.people))
        painter.setPen(QColor(colours.border))
        painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())

    def _paint_line(self, painter: QPainter, option: QStyleOptionViewItem, row: ColleagueLine) -> None:
        colours = self._theme.colours
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(colours.selected))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, QColor(colours.raised))
        area = option.rect.adjusted(tokens.SPACE_M, tokens.SPACE_S, -tokens.SPACE_M, -tokens.SPACE_S)
        ratio = painter.device().devicePixelRatioF()
        shade = colours.status_grey if self.stale else status_colour(colours, row.status)
        icon_top = area.top() + (area.height() - tokens.ICON) // 2
        painter.drawPixmap(area.left(), icon_top, pixmap(STATUS_ICONS[row.status], shade, tokens.ICON, ratio))
        phone_width = self._paint_phone(painter, option, area, row)
        text = area.adjusted(tokens.ICON + tokens.SPACE_M, 0, -phone_width - tokens.SPACE_S, 0)
        self._paint_texts(painter, option, text, row)

    def _paint_phone(
        self, painter: QPainter, option: QStyleOptionViewItem, area: QRect, row: ColleagueLine
    ) -> int:
        """Paint the phone state at the right edge; return how wide it is."""
        colours = self._theme.colours
        shade = colours.status_grey if self.stale else phone_colour(colours, row.phone)
        label = word(row.phone)
        width = option.fontMetrics.horizontalAdvance(label)
        painter.setPen(QColor(shade))
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, label)
        ratio = painter.device().devicePixelRatioF()
        size = tokens.ICON - tokens.SPACE_XS
        left = area.right() - width - size - tokens.SPACE_XS
        top = area.top() + (area.height() - size) // 2
        painter.drawPixmap(left, top, pixmap(PHONE_ICONS[row.phone], shade, size, ratio))
        return width + size + tokens.SPACE_XS

    def _paint_texts(
        self, painter: QPainter, option: QStyleOptionViewItem, area: QRect, row: ColleagueLine
    ) -> None:
        colours = self._theme.colours
        half = area.height() // 2
        upper = QRect(area.left(), area.top(), area.width(), half)
        lower = QRect(area.left(), area.top() + half, area.width(), half)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        elide = Qt.TextElideMode.ElideRight
        painter.setPen(QColor(colours.text_muted if self.stale else colours.text))
        painter.drawText(
            upper, left, option.fontMetrics.elidedText(row.colleague.nickname, elide, upper.width())
        )
        painter.setPen(QColor(colours.text_muted))
        below = f"{row.colleague.number} · {status_text(row)}"
        painter.drawText(lower, left, option.fontMetrics.elidedText(below, elide, lower.width()))
