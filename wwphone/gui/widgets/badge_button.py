"""A button of the rail with a number on it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolButton, QWidget

from wwphone.gui.style import tokens
from wwphone.gui.widgets.painting import sized

_HEIGHT = 16
_MOST = 99
"""What is shown of more: 99+."""


def badge_text(count: int) -> str:
    """A count that has room."""
    return f"{_MOST}+" if count > _MOST else str(count)


class BadgeButton(QToolButton):
    """Shows a count in its upper right corner; none for nothing. Its words say the count, too, by whoever sets them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = 0
        self._ground, self._ink = "#000000", "#ffffff"

    @property
    def count(self) -> int:
        """What stands on it."""
        return self._count

    def show_count(self, count: int, ground: str, ink: str) -> None:
        """Show this count in these colours."""
        if (count, ground, ink) != (self._count, self._ground, self._ink):
            self._count, self._ground, self._ink = count, ground, ink
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the count over what the style paints."""
        super().paintEvent(event)
        if not self._count:
            return
        font = sized(self.font(), tokens.TYPE_SMALL - 1)
        font.setBold(True)
        text = badge_text(self._count)
        width = max(_HEIGHT, QFontMetricsF(font).horizontalAdvance(text) + tokens.SPACE_S)
        place = QRectF(self.width() - width - 1, 1, width, _HEIGHT)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._ground))
        painter.drawRoundedRect(place, _HEIGHT / 2, _HEIGHT / 2)
        painter.setFont(font)
        painter.setPen(QColor(self._ink))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
        painter.end()
