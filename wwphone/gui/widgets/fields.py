"""A drop-down list and a check box whose arrow and tick are icons in the theme's colours.

A style sheet could only show image files there, and Fusion's own are hard to see on dark grounds.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QCheckBox, QComboBox, QStyle, QStyleOptionButton

from wwphone.gui.icons import Icon, pixmap
from wwphone.gui.style import tokens

_BOX = 18
_BOX_RADIUS = 4


class ComboBox(QComboBox):
    """A drop-down list that shows that it is one."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint an arrow over what the style paints."""
        super().paintEvent(event)
        place = QRect(0, 0, tokens.ICON_SMALL, tokens.ICON_SMALL)
        place.moveCenter(QPoint(self.width() - tokens.SPACE_L, self.height() // 2))
        painter = QPainter(self)
        colour = self.palette().color(QPalette.ColorRole.PlaceholderText).name()
        painter.drawPixmap(
            place.topLeft(), pixmap(Icon.OPEN, colour, tokens.ICON_SMALL, self.devicePixelRatioF())
        )
        painter.end()


class CheckBox(QCheckBox):
    """A check box with an outline of enough contrast and a tick from the icons."""

    def sizeHint(self) -> QSize:
        """Room for box and text."""
        text = self.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, self.text())
        return QSize(
            _BOX + tokens.SPACE_S + text.width() + tokens.SPACE_XS, max(tokens.SPACE_XL, text.height())
        )

    def minimumSizeHint(self) -> QSize:
        """All of it."""
        return self.sizeHint()

    def hitButton(self, pos: QPoint) -> bool:
        """Everything that is painted can be pressed."""
        return QRect(QPoint(0, 0), self.sizeHint()).contains(pos)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint box, tick, text and focus."""
        del event
        option = QStyleOptionButton()
        self.initStyleOption(option)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_box(painter, focused=bool(option.state & QStyle.StateFlag.State_HasFocus))
        left = _BOX + tokens.SPACE_S
        place = QRect(left, 0, self.width() - left, self.height())
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        self.style().drawItemText(
            painter, place, flags | Qt.TextFlag.TextShowMnemonic, self.palette(), self.isEnabled(), self.text(),
            QPalette.ColorRole.WindowText,
        )  # fmt: skip
        painter.end()

    def _paint_box(self, painter: QPainter, *, focused: bool) -> None:
        palette = self.palette()
        width = 2 if focused else 1
        box = QRectF(0, (self.height() - _BOX) / 2, _BOX, _BOX).adjusted(
            width / 2, width / 2, -width / 2, -width / 2
        )
        role = QPalette.ColorRole
        accent = palette.color(role.Highlight)
        painter.setPen(QPen(accent if focused or self.isChecked() else palette.color(role.Mid), width))
        painter.setBrush(accent if self.isChecked() else palette.color(role.Base))
        painter.drawRoundedRect(box, _BOX_RADIUS, _BOX_RADIUS)
        if self.isChecked():
            colour = palette.color(role.HighlightedText).name()
            top = (self.height() - tokens.ICON_SMALL) // 2
            tick = pixmap(Icon.TICK, colour, tokens.ICON_SMALL, self.devicePixelRatioF())
            painter.drawPixmap((_BOX - tokens.ICON_SMALL) // 2, top, tick)
