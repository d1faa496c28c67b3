"""A scroll area as tall as what it holds, as long as there is room for that."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget


class FittingScrollArea(QScrollArea):
    """Asks for its content's height; scrolls when its maximum height, or the window, is smaller."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._revealed: QWidget | None = None

    def setWidget(self, widget: QWidget) -> None:
        """See QScrollArea; follows the widget's size from now on."""
        super().setWidget(widget)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Another content wants another height."""
        if watched is self.widget():
            if event.type() == QEvent.Type.LayoutRequest:
                self.updateGeometry()
            elif event.type() == QEvent.Type.Resize:
                self._keep_in_sight()
        return super().eventFilter(watched, event)

    def reveal(self, widget: QWidget) -> None:
        """Scroll to a part of the content, and again whenever the content or the room for it changes."""
        self._revealed = widget
        self._keep_in_sight()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """See QScrollArea."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()  # texts wrap elsewhere
        self._keep_in_sight()

    def _keep_in_sight(self) -> None:
        if self._revealed is not None:
            self.ensureWidgetVisible(self._revealed, 0, 0)

    def sizeHint(self) -> QSize:
        """As tall as the content is at this width."""
        widget = self.widget()
        layout = widget.layout() if widget else None
        if widget is None or layout is None:
            return super().sizeHint()
        width = self.viewport().width()
        if layout.hasHeightForWidth() and width > 0:
            return QSize(widget.sizeHint().width(), layout.totalHeightForWidth(width))
        return widget.sizeHint()

    def forget(self, widget: QWidget) -> None:
        """A part is about to go: do not scroll to it any more."""
        if self._revealed is widget:
            self._revealed = None

    def minimumSizeHint(self) -> QSize:
        """As small as must be: it scrolls."""
        return QSize(0, 0)
