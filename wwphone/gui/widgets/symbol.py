"""A label that is one icon: sharp on every screen, in the colours of the theme."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QLabel, QWidget

from wwphone.gui.icons import Icon, pixmap
from wwphone.gui.style import tokens


class Symbol(QLabel):
    """Shows one icon."""

    def __init__(self, parent: QWidget | None = None, *, size: int = tokens.ICON) -> None:
        super().__init__(parent)
        self._size = size
        self._which: Icon | None = None
        self._colour = ""
        self.setFixedSize(size, size)

    def show_icon(self, which: Icon, colour: str, meaning: str = "") -> None:
        """Show an icon in a colour (#rrggbb); `meaning` is for pointers and screen readers."""
        self._which, self._colour = which, colour
        self.setToolTip(meaning)
        self.setAccessibleName(meaning)
        self._draw()

    def event(self, event: QEvent) -> bool:
        """Follow the screen's scale."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._draw()
        return super().event(event)

    def _draw(self) -> None:
        if self._which is not None:
            self.setPixmap(pixmap(self._which, self._colour, self._size, self.devicePixelRatioF()))
