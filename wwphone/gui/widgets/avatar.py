"""A person as a disc with their initials, and their presence as a small icon at its edge."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from wwphone.gui.icons import Icon, pixmap
from wwphone.gui.style import tokens
from wwphone.gui.style.theme import Theme

_BADGE_SHARE = 0.42
_LETTER_SHARE = 0.36


def initials(name: str) -> str:
    """First letters of the first and the last word that begin with a letter; empty for a number."""
    person = name.split(" · ", 1)[0]  # a company may stand behind
    words = [word for word in person.split() if word[0].isalpha()]
    if not words:
        return ""
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


class Avatar(QWidget):
    """Purely for the eye: what it says stands beside it in words."""

    def __init__(self, theme: Theme, size: int = tokens.AVATAR, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._initials = ""
        self._badge: tuple[Icon, str] | None = None
        self.setFixedSize(size, size)
        theme.changed.connect(self.update)

    def show_person(self, name: str, badge: tuple[Icon, str] | None = None) -> None:
        """Show somebody; `badge` is an icon with its colour. Who has no letters gets a telephone."""
        self._initials = initials(name)
        self._badge = badge
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint disc, letters and badge."""
        del event
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.selected))
        painter.drawEllipse(self.rect())
        if self._initials:
            font = QFont(self.font())
            font.setPixelSize(round(self.width() * _LETTER_SHARE))
            font.setWeight(QFont.Weight.DemiBold)
            painter.setFont(font)
            painter.setPen(QColor(colours.accent))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._initials)
        else:
            self._paint_telephone(painter)
        if self._badge:
            self._paint_badge(painter, *self._badge)
        painter.end()

    def _paint_telephone(self, painter: QPainter) -> None:
        size = self.width() // 2
        place = QRect(0, 0, size, size)
        place.moveCenter(self.rect().center())
        ratio = self.devicePixelRatioF()
        painter.drawPixmap(place.topLeft(), pixmap(Icon.CALL, self._theme.colours.accent, size, ratio))

    def _paint_badge(self, painter: QPainter, which: Icon, colour: str) -> None:
        size = round(self.width() * _BADGE_SHARE)
        place = QRect(self.width() - size, self.height() - size, size, size)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.colours.surface))
        painter.drawEllipse(QRectF(place).adjusted(-0.5, -0.5, 0.5, 0.5))
        painter.drawPixmap(place.topLeft(), pixmap(which, colour, size, self.devicePixelRatioF()))
