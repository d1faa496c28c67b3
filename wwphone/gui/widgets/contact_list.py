"""The phone book's list as a view: rows of one height, a menu by mouse and key."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget


class ContactList(QListView):
    """Asks its model for more as it is scrolled."""

    menu_wanted = Signal(object, QPoint)
    """The model index, and where on the screen: the right mouse button, or the menu key."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of what the pointer is at; by the keyboard, of what the cursor is at."""
        by_keyboard = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_keyboard else self.indexAt(event.pos())
        if index.isValid():
            self.setCurrentIndex(index)
            self.menu_wanted.emit(index, self.below(index) if by_keyboard else event.globalPos())
        event.accept()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show whom the cursor is at: Qt puts it on the first row without choosing it, and keys would act unseen."""
        super().focusInEvent(event)
        current, chosen = self.currentIndex(), self.selectionModel()
        if current.isValid() and not chosen.hasSelection():
            chosen.select(current, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def below(self, index: QModelIndex) -> QPoint:
        """Where on the screen a menu of this row belongs."""
        self.scrollTo(index)
        return self.viewport().mapToGlobal(self.visualRect(index).bottomLeft())
