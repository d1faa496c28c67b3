"""A name as large as there is room for: on one line if it fits, else smaller on two, and only then shortened."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QSizePolicy, QWidget

from wwphone.gui.style import tokens
from wwphone.gui.tooltips import plain


class NameLabel(QWidget):
    """Always as tall as two small lines, so that nothing moves with the length of a name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_name(self, text: str) -> None:
        """Show a name."""
        self._text = text
        self.setToolTip(plain(text))
        self.setAccessibleName(text)
        self.update()

    def lines(self) -> tuple[QFont, list[str]]:
        """The font and the lines in which the name is painted."""
        large = self._font(tokens.TYPE_DISPLAY)
        if QFontMetrics(large).horizontalAdvance(self._text) <= self.width():
            return large, [self._text]
        font = self._font(tokens.TYPE_TITLE)
        metrics = QFontMetrics(font)
        first = _first_line(self._text, font, self.width())
        if first == len(self._text):
            return font, [self._text]
        rest = self._text[first:]
        return font, [
            self._text[:first].rstrip(),
            metrics.elidedText(rest, Qt.TextElideMode.ElideRight, self.width()),
        ]

    def sizeHint(self) -> QSize:
        """Two lines of the smaller font."""
        return QSize(200, 2 * QFontMetrics(self._font(tokens.TYPE_TITLE)).height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lines in the middle of the height."""
        del event
        font, lines = self.lines()
        metrics = QFontMetrics(font)
        painter = QPainter(self)
        painter.setFont(font)
        painter.setPen(self.palette().windowText().color())
        top = (self.height() - metrics.height() * len(lines)) / 2
        for place, line in enumerate(lines):
            painter.drawText(QPointF(0, top + place * metrics.height() + metrics.ascent()), line)
        painter.end()

    def _font(self, pixels: int) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(pixels)
        font.setWeight(QFont.Weight.DemiBold)
        return font


def _first_line(text: str, font: QFont, width: int) -> int:
    """How many characters stand on the first line when the text is broken at words."""
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(width)
    layout.endLayout()
    return line.textLength()
