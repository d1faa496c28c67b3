"""The place of the rail: as wide as its buttons, and scrolled where a low window has no room for all of them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QAbstractButton, QFrame, QScrollArea, QSizePolicy, QWidget


class RailArea(QScrollArea):
    """Scrolled by wheel and keyboard; a bar would take the room of the buttons."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def setWidget(self, widget: QWidget) -> None:
        """See QScrollArea; the buttons are there already."""
        super().setWidget(widget)
        for button in widget.findChildren(QAbstractButton):
            button.installEventFilter(self)
            button.toggled.connect(lambda on, button=button: self.ensureWidgetVisible(button) if on else None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The button that has the keyboard is to be seen."""
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, QAbstractButton):
            self.ensureWidgetVisible(watched)
        return super().eventFilter(watched, event)

    def sizeHint(self) -> QSize:
        """As large as all of the buttons."""
        widget = self.widget()
        return widget.sizeHint() if widget else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        """As wide as the buttons, and as low as must be."""
        return QSize(self.sizeHint().width(), 0)
