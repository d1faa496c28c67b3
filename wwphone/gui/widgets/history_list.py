"""The record of calls as a view: rows of one height, a menu by mouse and key, and a box to tick in a row.

A table of one column: where its rows stand is arithmetic, while a QListView lays out all of them whenever some come.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from wwphone.gui.widgets.history_delegate import row_height, task_box


class HistoryList(QTableView):
    """Asks its model for more as it is scrolled; a press on a row's box ticks the task and calls nobody."""

    menu_wanted = Signal(object, QPoint)
    """The model index, and where on the screen: the right mouse button, or the menu key."""
    tick_wanted = Signal(object)
    """The model index of the row."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pressed_box = QPersistentModelIndex()
        self.setProperty("role", "list")
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Another font needs another height."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of what the pointer is at; by the keyboard, of what the cursor is at."""
        by_keyboard = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_keyboard else self.indexAt(event.pos())
        if index.isValid():
            self.setCurrentIndex(index)
            self.menu_wanted.emit(index, self.below(index) if by_keyboard else event.globalPos())
        event.accept()

    def below(self, index: QModelIndex) -> QPoint:
        """Where on the screen a menu of this row belongs."""
        self.scrollTo(index)
        return self.viewport().mapToGlobal(self.visualRect(index).bottomLeft())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where the press began."""
        self._pressed_box = QPersistentModelIndex(self._box_at(event))
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tick when it ends on the same box."""
        box, pressed = self._box_at(event), self._pressed_box
        self._pressed_box = QPersistentModelIndex()
        super().mouseReleaseEvent(event)
        if box.isValid() and pressed == box:
            self.tick_wanted.emit(box)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Two quick presses on a box are two presses."""
        box = self._box_at(event)
        if box.isValid():
            self._pressed_box = QPersistentModelIndex(box)
            event.accept()
        else:
            super().mouseDoubleClickEvent(event)

    def _fit(self) -> None:
        self.verticalHeader().setDefaultSectionSize(row_height(self.fontMetrics()))

    def _box_at(self, event: QMouseEvent) -> QModelIndex:
        at = event.position().toPoint()
        index = self.indexAt(at)
        pressed = index.isValid() and event.button() is Qt.MouseButton.LeftButton
        if pressed and task_box(self.visualRect(index)).contains(at):
            return index
        return QModelIndex()
