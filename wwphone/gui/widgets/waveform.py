"""How loud a recording is over its length: above its owner, below everybody else; where one is; and the notes."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from wwphone.domain.recording import Waveform
from wwphone.gui.style import tokens
from wwphone.gui.style.theme import Theme

_HEIGHT = 76
_BAR, _GAP = 2, 1
_MARK = 7
"""Width of the triangle of a note."""
_STEP_MS, _LONG_STEP_MS = 5_000, 10_000


class WaveformView(QWidget):
    """Painted in bars; click, drag and keys go to a position. A screen reader hears it as a value that is set beside it."""

    seek_wanted = Signal(int)
    """Milliseconds from the beginning."""
    toggle_wanted = Signal()
    """Play or pause."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._waveform = Waveform()
        self._length_ms = 0
        self._position_ms = 0
        self._notes: tuple[int, ...] = ()
        self._pauses: tuple[tuple[int, int], ...] = ()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_sound(
        self, waveform: Waveform, length_ms: int, pauses: tuple[tuple[int, int], ...] = ()
    ) -> None:
        """Show another recording, from its beginning."""
        self._waveform, self._length_ms, self._pauses = waveform, length_ms, pauses
        self._position_ms = 0
        self.update()

    def show_position(self, at_ms: int) -> None:
        """Show where one is."""
        if at_ms != self._position_ms:
            self._position_ms = at_ms
            self.update()

    def show_notes(self, at_ms: tuple[int, ...]) -> None:
        """Show where something is noted."""
        self._notes = at_ms
        self.update()

    def sizeHint(self) -> QSize:
        """See QWidget."""
        return QSize(200, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """See QWidget."""
        return QSize(120, _HEIGHT)

    # ------------------------------------------------------------ Qt's side

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._go(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go there while it is drawn."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go five seconds, Page keys ten, Home and End to the ends; Space plays and pauses."""
        goals = {
            Qt.Key.Key_Left: self._position_ms - _STEP_MS,
            Qt.Key.Key_Right: self._position_ms + _STEP_MS,
            Qt.Key.Key_PageDown: self._position_ms - _LONG_STEP_MS,
            Qt.Key.Key_PageUp: self._position_ms + _LONG_STEP_MS,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: self._length_ms,
        }
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self.toggle_wanted.emit()
        elif event.key() in goals:
            self.seek_wanted.emit(max(0, min(self._length_ms, goals[Qt.Key(event.key())])))
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """See QWidget."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = self._theme.colours
        ground = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(
            QPen(QColor(colours.accent if self.hasFocus() else colours.border), 2 if self.hasFocus() else 1)
        )
        painter.setBrush(QColor(colours.surface))
        painter.drawRoundedRect(ground, tokens.RADIUS, tokens.RADIUS)
        area = self._area()
        self._paint_pauses(painter, area)
        half = area.height() / 2
        painter.setPen(QPen(QColor(colours.border), 1))
        painter.drawLine(QPointF(area.left(), area.center().y()), QPointF(area.right(), area.center().y()))
        self._paint_levels(painter, QRectF(area.left(), area.top(), area.width(), half), self._waveform.left)
        self._paint_levels(
            painter, QRectF(area.left(), area.top() + half, area.width(), half), self._waveform.right
        )
        self._paint_notes(painter, area)
        painter.setPen(QPen(QColor(colours.text), 2))
        x = self._x(self._position_ms, area)
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        painter.end()

    # ------------------------------------------------------------ inside

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(tokens.SPACE_S, tokens.SPACE_S, -tokens.SPACE_S, -tokens.SPACE_XS)

    def _x(self, at_ms: int, area: QRectF) -> float:
        share = at_ms / self._length_ms if self._length_ms else 0.0
        return area.left() + area.width() * min(1.0, share)

    def _go(self, event: QMouseEvent) -> None:
        area = self._area()
        share = (event.position().x() - area.left()) / max(1.0, area.width())
        self.seek_wanted.emit(round(max(0.0, min(1.0, share)) * self._length_ms))

    def _paint_levels(self, painter: QPainter, area: QRectF, levels: tuple[int, ...]) -> None:
        if not levels:
            return
        colours = self._theme.colours
        played, middle = self._x(self._position_ms, area), area.center().y()
        painter.setPen(Qt.PenStyle.NoPen)
        for bar in range(int(area.width() // (_BAR + _GAP))):
            x = area.left() + bar * (_BAR + _GAP)
            share = (x - area.left()) / area.width()
            level = levels[min(len(levels) - 1, int(share * len(levels)))] / 100
            height = max(1.0, level * (area.height() - 4))
            painter.setBrush(QColor(colours.accent if x < played else colours.outline))
            painter.drawRect(QRectF(x, middle - height / 2, _BAR, height))

    def _paint_pauses(self, painter: QPainter, area: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.colours.raised))
        for begin, end in self._pauses:
            left, right = self._x(begin, area), self._x(end, area)
            painter.drawRect(QRectF(left, area.top(), max(1.0, right - left), area.height()))

    def _paint_notes(self, painter: QPainter, area: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.colours.status_violet))
        for at_ms in self._notes:
            x, top = self._x(at_ms, area), self.rect().top() + 2.0
            painter.drawPolygon(
                QPolygonF([QPointF(x - _MARK, top), QPointF(x + _MARK, top), QPointF(x, top + 1.4 * _MARK)])
            )
