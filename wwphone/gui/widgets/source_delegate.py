"""Paints what other sources found: entries as in the phone book, under headings that say how each source stands."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from wwphone.gui.icons import Icon
from wwphone.gui.models.colleagues import Role
from wwphone.gui.models.sources import SourceHeading
from wwphone.gui.style import tokens
from wwphone.gui.widgets.contact_delegate import ContactDelegate
from wwphone.gui.widgets.painting import elided, paint_icon, sized

_Index = QModelIndex | QPersistentModelIndex


class SourceDelegate(ContactDelegate):
    """Headings of one line, entries of two."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """A heading is lower than an entry."""
        if index.data(Role.IS_HEADING):
            return QSize(0, option.fontMetrics.height() + tokens.SPACE_M + tokens.SPACE_XS)
        return super().sizeHint(option, index)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint one row."""
        row = index.data(Role.ROW)
        if not isinstance(row, SourceHeading):
            super().paint(painter, option, index)
            return
        painter.save()
        self._paint_heading(painter, option, row)
        painter.restore()

    def _paint_heading(self, painter: QPainter, option: QStyleOptionViewItem, row: SourceHeading) -> None:
        colours = self._theme.colours
        area = option.rect.adjusted(tokens.SPACE_M, tokens.SPACE_XS, -tokens.SPACE_M, -tokens.SPACE_XS)
        small = sized(option.font, tokens.TYPE_SMALL)
        strong = sized(option.font, tokens.TYPE_SMALL, QFont.Weight.DemiBold)
        bottom = Qt.AlignmentFlag.AlignBottom
        name_width = QFontMetrics(strong).horizontalAdvance(row.name)
        symbol = tokens.ICON_SMALL + tokens.SPACE_XS if row.failed else 0
        room = max(area.width() - name_width - tokens.SPACE_M - symbol, area.width() // 2)
        said = elided(small, row.said, room)
        said_width = QFontMetrics(small).horizontalAdvance(said)
        painter.setPen(QColor(colours.text_muted))
        painter.setFont(small)
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | bottom, said)
        if row.failed:
            line = QFontMetrics(small).height()
            place = area.adjusted(0, area.height() - line, 0, 0)
            place.setLeft(area.right() - said_width - symbol + 1)
            place.setWidth(tokens.ICON_SMALL)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_icon(painter, Icon.WARNING, colours.text_muted, place, tokens.ICON_SMALL)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.setFont(strong)
        left = area.width() - said_width - symbol - tokens.SPACE_M
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | bottom, elided(strong, row.name, left))
        painter.setPen(QColor(colours.border))
        painter.drawLine(area.left(), option.rect.bottom(), area.right(), option.rect.bottom())
