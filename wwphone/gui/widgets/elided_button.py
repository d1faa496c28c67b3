"""A button that gives way: it shortens its text instead of pushing its neighbours out of the window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolButton, QWidget

from wwphone.gui.style import tokens
from wwphone.gui.tooltips import plain


class ElidedButton(QToolButton):
    """Icon and text; the text is shortened with an ellipsis where it must be."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = self._shown = ""
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def set_whole(self, text: str, hint: str) -> None:
        """Show `text`, and tell pointers and screen readers `hint` too."""
        self._whole = text
        self.setAccessibleName(text)
        self.setAccessibleDescription(hint)
        self.setToolTip(plain(hint))
        self.updateGeometry()
        self._elide()

    def open_menu(self) -> None:
        """Open its menu for the keyboard; unlike Qt's `showMenu` this returns at once."""
        menu: QMenu | None = self.menu()
        if menu is not None and menu.actions():
            menu.popup(self.mapToGlobal(self.rect().bottomLeft()))
            menu.setActiveAction(menu.actions()[0])

    def sizeHint(self) -> QSize:
        """Room for the whole text."""
        height = super().sizeHint().height()
        text = (
            self.fontMetrics().horizontalAdvance(self._whole) + tokens.SPACE_XS
        )  # a text at its limit is cut
        return QSize(self._beside_text() + text, height)

    def minimumSizeHint(self) -> QSize:
        """As narrow as must be: the icon."""
        return QSize(self._beside_text(), super().sizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        """Another font needs another cut."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._elide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width needs another cut."""
        super().resizeEvent(event)
        self._elide()

    def _beside_text(self) -> int:
        """What Qt and the style add to the text: icon, padding, border."""
        return super().sizeHint().width() - self.fontMetrics().horizontalAdvance(self._shown)

    def _elide(self) -> None:
        room = self.width() - self._beside_text()
        self._shown = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, room)
        self.setText(self._shown.replace("&", "&&"))  # a single one marks a key
