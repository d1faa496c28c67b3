"""Paints the rows of the phone book: initials, name and company, and the first numbers at the right edge."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from wwphone.domain.phonebook import Contact
from wwphone.gui.icons import NUMBER_ICONS, Icon
from wwphone.gui.models.colleagues import Role
from wwphone.gui.numbers import written
from wwphone.gui.style import tokens
from wwphone.gui.style.theme import Theme
from wwphone.gui.widgets.avatar import initials
from wwphone.gui.widgets.painting import LEFT, RIGHT, elided, paint_ground, paint_icon, paint_name, sized

_Index = QModelIndex | QPersistentModelIndex
_DISC = 36
_BADGE = 16
_LETTER_SHARE = 0.36
_MOST_OF_WIDTH = 0.45
"""A number takes so much of a row at most."""


class ContactDelegate(QStyledItemDelegate):
    """Rows of two lines, all of one height."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Never asks for the entry: a hundred thousand rows have one height."""
        del index
        return QSize(0, 2 * option.fontMetrics.height() + 2 * tokens.SPACE_S)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint one row; of an entry that is gone meanwhile, nothing."""
        contact = index.data(Role.ROW)
        if not isinstance(contact, Contact):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_ground(painter, option, self._theme.colours)
        favourite = bool(index.data(Role.IS_FAVOURITE))
        self._paint_contact(painter, option, contact, favourite=favourite)
        painter.restore()

    # ------------------------------------------------------------ inside

    def _paint_contact(
        self, painter: QPainter, option: QStyleOptionViewItem, contact: Contact, *, favourite: bool
    ) -> None:
        colours, details = self._theme.colours, contact.details
        area = option.rect.adjusted(tokens.SPACE_M, tokens.SPACE_S, -tokens.SPACE_M, -tokens.SPACE_S)
        disc = QRect(area.left(), area.center().y() - _DISC // 2, _DISC, _DISC)
        self._paint_disc(painter, option.font, disc, contact)
        texts = area.adjusted(_DISC + tokens.SPACE_M, 0, 0, 0)
        half = texts.height() // 2
        lines = [QRect(texts.left(), texts.top() + line * half, texts.width(), half) for line in (0, 1)]
        small = sized(option.font, tokens.TYPE_SMALL)
        more = max(0, len(details.numbers) - len(lines))
        for line, (kind, number) in zip(lines, details.numbers.items(), strict=False):
            text = written(number)
            if more and line is lines[-1]:
                text = f"{text} +{more}"
            width = self._paint_number(painter, small, line, text, NUMBER_ICONS[kind])
            line.setRight(line.right() - width - tokens.SPACE_S)
        paint_name(painter, option.font, lines[0], details.name, colours, favourite=favourite)
        below = details.company if details.company != details.name else details.email
        painter.setFont(small)
        painter.setPen(QColor(colours.text_muted))
        painter.drawText(lines[1], LEFT, elided(small, below, lines[1].width()))

    def _paint_number(self, painter: QPainter, font: QFont, line: QRect, number: str, which: Icon) -> int:
        """Paint a number at the right edge with the icon of its kind; return how wide that is."""
        shade = self._theme.colours.text_muted
        text = elided(font, number, int(line.width() * _MOST_OF_WIDTH))
        painter.setFont(font)
        painter.setPen(QColor(shade))
        painter.drawText(line, RIGHT, text)
        width = QFontMetrics(font).horizontalAdvance(text) + tokens.SPACE_XS + tokens.ICON_SMALL
        place = QRect(line.right() - width, line.top(), tokens.ICON_SMALL, line.height())
        paint_icon(painter, which, shade, place, tokens.ICON_SMALL)
        return width

    def _paint_disc(self, painter: QPainter, font: QFont, disc: QRect, contact: Contact) -> None:
        """Initials on a disc; a company or a number alone has its icon there, one's own entry a small person."""
        colours = self._theme.colours
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.selected))
        painter.drawEllipse(disc)
        letters = initials(contact.details.name)
        if letters:
            painter.setFont(sized(font, round(_DISC * _LETTER_SHARE), QFont.Weight.DemiBold))
            painter.setPen(QColor(colours.accent))
            painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, letters)
        else:
            inner = disc.adjusted(_DISC // 4, _DISC // 4, -_DISC // 4, -_DISC // 4)
            paint_icon(painter, Icon.CALL, colours.accent, inner, inner.width())
        if contact.personal:
            badge = QRect(disc.right() - _BADGE + 3, disc.bottom() - _BADGE + 3, _BADGE, _BADGE)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.surface))
            painter.drawEllipse(QRectF(badge))
            paint_icon(painter, Icon.OWN_ENTRY, colours.accent, badge.adjusted(1, 1, -1, -1), _BADGE - 2)
