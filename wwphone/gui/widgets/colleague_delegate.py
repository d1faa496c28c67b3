"""Paints the cells of the colleagues' list: status by shape, colour and word; name and number; phone state."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from wwphone.domain.calls import PhoneState
from wwphone.gui.icons import PHONE_ICONS
from wwphone.gui.models.colleagues import Heading, Role
from wwphone.gui.states import line_colour, line_icon, phone_colour, status_text
from wwphone.gui.style import tokens
from wwphone.gui.style.theme import Theme
from wwphone.gui.widgets.painting import LEFT, RIGHT, elided, paint_ground, paint_icon, sized
from wwphone.gui.words import word
from wwphone.services.presence import ColleagueLine

_Index = QModelIndex | QPersistentModelIndex
_NOTABLE = (PhoneState.RINGING, PhoneState.BUSY)


class ColleagueDelegate(QStyledItemDelegate):
    """Cells of two lines. Wide ones have a place for the phone state, narrow ones tell it below when it matters."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.stale = False
        """Grey: what is shown is of the moment the line broke."""
        self.narrow = False
        self.own_user = ""
        self.width = 0
        """Of the whole list, for headings."""
        self.columns = 1

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """A heading fills a row; people share it."""
        line = option.fontMetrics.height()
        if index.data(Role.IS_HEADING):
            return QSize(self.width, line + tokens.SPACE_L + tokens.SPACE_XS)
        return QSize((self.width - 1) // self.columns, 2 * line + 2 * tokens.SPACE_S)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint one cell."""
        row = index.data(Role.ROW)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(row, Heading):
            self._paint_heading(painter, option, row)
        elif isinstance(row, ColleagueLine):
            paint_ground(painter, option, self._theme.colours)
            self._paint_line(painter, option, row)
        painter.restore()

    def _paint_heading(self, painter: QPainter, option: QStyleOptionViewItem, row: Heading) -> None:
        colours = self._theme.colours
        area = option.rect.adjusted(tokens.SPACE_M, 0, -tokens.SPACE_M, -tokens.SPACE_XS)
        font = sized(option.font, tokens.TYPE_SMALL, QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(colours.text_muted))
        bottom = Qt.AlignmentFlag.AlignBottom
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | bottom, row.name)
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | bottom, str(row.people))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.setPen(QColor(colours.border))
        painter.drawLine(area.left(), option.rect.bottom(), area.right(), option.rect.bottom())

    def _paint_line(self, painter: QPainter, option: QStyleOptionViewItem, row: ColleagueLine) -> None:
        colours = self._theme.colours
        side = tokens.SPACE_S if self.narrow else tokens.SPACE_M
        area = option.rect.adjusted(tokens.SPACE_M, tokens.SPACE_S, -side, -tokens.SPACE_S)
        shade = colours.status_grey if self.stale else line_colour(colours, row)
        paint_icon(painter, line_icon(row), shade, area, tokens.ICON)
        texts = area.adjusted(tokens.ICON + side, 0, 0, 0)
        half = texts.height() // 2
        upper = QRect(texts.left(), texts.top(), texts.width(), half)
        lower = QRect(texts.left(), texts.top() + half, texts.width(), half)
        small = sized(option.font, tokens.TYPE_SMALL)
        if self.narrow:
            self._paint_narrow_state(painter, small, lower, row)
        else:
            width = self._paint_phone(painter, small, area, row) + tokens.SPACE_S
            upper.setRight(upper.right() - width)
            lower.setRight(lower.right() - width)
            self._paint_muted(painter, small, lower, f"{row.colleague.number} · {status_text(row)}")
        self._paint_name(painter, option.font, upper, row)

    def _paint_name(self, painter: QPainter, font: QFont, area: QRect, row: ColleagueLine) -> None:
        colours = self._theme.colours
        name = row.colleague.nickname
        if row.colleague.user == self.own_user:
            name = self.tr("{name} (you)").format(name=name)
        painter.setFont(font)
        painter.setPen(QColor(colours.text_muted if self.stale else colours.text))
        painter.drawText(area, LEFT, elided(font, name, area.width()))

    def _paint_muted(self, painter: QPainter, font: QFont, area: QRect, text: str) -> None:
        painter.setFont(font)
        painter.setPen(QColor(self._theme.colours.text_muted))
        painter.drawText(area, LEFT, elided(font, text, area.width()))

    def _paint_narrow_state(self, painter: QPainter, font: QFont, area: QRect, row: ColleagueLine) -> None:
        """Of presence and phone only what one has to know: that somebody rings or talks, else the presence."""
        if row.phone not in _NOTABLE:
            self._paint_muted(painter, font, area, f"{row.colleague.number} · {status_text(row)}")
            return
        shade = self._phone_shade(row.phone)
        paint_icon(painter, PHONE_ICONS[row.phone], shade, area, tokens.ICON_SMALL)
        rest = area.adjusted(tokens.ICON_SMALL + tokens.SPACE_XS, 0, 0, 0)
        painter.setFont(font)
        painter.setPen(QColor(shade))
        text = f"{row.colleague.number} · {word(row.phone)}"
        painter.drawText(rest, LEFT, elided(font, text, rest.width()))

    def _paint_phone(self, painter: QPainter, font: QFont, area: QRect, row: ColleagueLine) -> int:
        """Paint the phone state at the right edge; return how wide it is."""
        colours = self._theme.colours
        shade = self._phone_shade(row.phone)
        label = word(row.phone)
        painter.setFont(font)
        painter.setPen(QColor(shade if row.phone in _NOTABLE else colours.text_muted))
        painter.drawText(area, RIGHT, label)
        width = QFontMetrics(font).horizontalAdvance(label) + tokens.ICON_SMALL + tokens.SPACE_XS
        place = QRect(area.right() - width, area.top(), tokens.ICON_SMALL, area.height())
        paint_icon(painter, PHONE_ICONS[row.phone], shade, place, tokens.ICON_SMALL)
        return width

    def _phone_shade(self, state: PhoneState) -> str:
        colours = self._theme.colours
        return colours.status_grey if self.stale else phone_colour(colours, state)
