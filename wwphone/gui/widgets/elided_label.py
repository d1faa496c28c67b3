"""A label that gives way: it shortens its text instead of pushing its neighbours out of the window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from wwphone.gui.tooltips import plain


class ElidedLabel(QLabel):
    """A label that shortens its text with an ellipsis instead of pushing its neighbours away."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = ""
        self.setTextFormat(Qt.TextFormat.PlainText)  # names come from callers
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def set_whole(self, text: str) -> None:
        """Show `text`, shortened where it must be; whole in the tooltip."""
        self._whole = text
        self.setAccessibleName(text)
        self.setToolTip(plain(text))
        self._elide()

    def changeEvent(self, event: QEvent) -> None:
        """Another font needs another cut."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._elide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width needs another cut."""
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        self.setText(
            QFontMetrics(self.font()).elidedText(self._whole, Qt.TextElideMode.ElideRight, self.width())
        )

    def minimumSizeHint(self) -> QSize:
        """As narrow as must be."""
        return QSize(0, super().minimumSizeHint().height())
