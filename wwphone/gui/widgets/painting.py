"""What delegates of lists paint alike: the ground of a row, icons, shortened texts."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from wwphone.gui.icons import Icon, pixmap
from wwphone.gui.style import tokens
from wwphone.gui.style.tokens import Colours

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def paint_ground(painter: QPainter, option: QStyleOptionViewItem, colours: Colours) -> None:
    """Show that a row is chosen, has the keyboard, or is below the pointer."""
    ground = option.rect.adjusted(tokens.SPACE_XS, 1, -tokens.SPACE_XS, -1)
    painter.setPen(Qt.PenStyle.NoPen)
    if option.state & QStyle.StateFlag.State_Selected:
        painter.setBrush(QColor(colours.selected))
    elif option.state & QStyle.StateFlag.State_MouseOver:
        painter.setBrush(QColor(colours.raised))
    else:
        return
    if option.state & QStyle.StateFlag.State_HasFocus:
        painter.setPen(QPen(QColor(colours.accent), 2))
        ground.adjust(1, 1, -1, -1)
    painter.drawRoundedRect(ground, tokens.RADIUS, tokens.RADIUS)


def paint_icon(painter: QPainter, which: Icon, colour: str, area: QRect, size: int) -> None:
    """Paint an icon at the left edge of an area, in the middle of its height."""
    ratio = painter.device().devicePixelRatioF()
    top = area.top() + (area.height() - size) // 2
    painter.drawPixmap(area.left(), top, pixmap(which, colour, size, ratio))


def paint_name(
    painter: QPainter, font: QFont, area: QRect, name: str, colours: Colours, *, favourite: bool
) -> None:
    """Write a name, shortened where it has no room, and a star behind that of a favourite."""
    star = tokens.ICON_SMALL + tokens.SPACE_XS if favourite else 0
    text = elided(font, name, area.width() - star)
    painter.setFont(font)
    painter.setPen(QColor(colours.text))
    painter.drawText(area, LEFT, text)
    if favourite:
        width = QFontMetrics(font).horizontalAdvance(text)
        place = area.adjusted(width + tokens.SPACE_XS, 0, 0, 0)
        paint_icon(painter, Icon.FAVOURITE, colours.accent, place, tokens.ICON_SMALL)


def sized(font: QFont, pixels: int, weight: QFont.Weight | None = None) -> QFont:
    """Make a font of another size."""
    made = QFont(font)
    made.setPixelSize(pixels)
    if weight is not None:
        made.setWeight(weight)
    return made


def elided(font: QFont, text: str, width: int) -> str:
    """Return what of a text has room."""
    return QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, width)
