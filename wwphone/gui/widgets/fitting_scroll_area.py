"""A scroll area as tall as what it holds, as long as there is room for that."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from wwphone.gui.widgets.heights import needed_height


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
        self.updateGeometry()
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
        return QSize(widget.sizeHint().width(), needed_height(widget, self.viewport().width()))

    def forget(self, widget: QWidget) -> None:
        """A part is about to go: do not scroll to it any more."""
        if self._revealed is widget:
            self._revealed = None

    def minimumSizeHint(self) -> QSize:
        """As tall as one part, the one to keep in sight or else the first: less could not be read."""
        widget = self.widget()
        layout = widget.layout() if widget else None
        if layout is None:
            return QSize(0, 0)
        seen = [part for part in _parts(widget) if layout.indexOf(part) >= 0 and not part.isHidden()]
        if not seen:
            return QSize(0, 0)
        kept = next((part for part in seen if self._holds_revealed(part)), min(seen, key=layout.indexOf))
        margins = layout.contentsMargins()
        height = needed_height(kept, self.viewport().width() - margins.left() - margins.right())
        return QSize(0, height + margins.top() + margins.bottom())

    def _holds_revealed(self, part: QWidget) -> bool:
        revealed = self._revealed
        return revealed is not None and (part is revealed or part.isAncestorOf(revealed))


def _parts(widget: QWidget | None) -> list[QWidget]:
    """What lies on a widget, and not what its layout has for it: Python must never hold that (`devtools.rules`)."""
    if widget is None:
        return []
    return widget.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
