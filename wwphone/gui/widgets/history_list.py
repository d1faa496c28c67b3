"""The record of calls as a view: rows of one height, a menu by mouse and key, and a box to tick in a row."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from wwphone.gui.widgets.contact_list import ContactList
from wwphone.gui.widgets.history_delegate import task_box

_Index = QModelIndex | QPersistentModelIndex


class HistoryList(ContactList):
    """A press on a row's box ticks the task and does not call anybody."""

    tick_wanted = Signal(object)
    """The model index of the row."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pressed_box = QPersistentModelIndex()

    def dataChanged(self, first: _Index, last: _Index, roles: Sequence[int] = ()) -> None:
        """Rows change their looks, never their size: Qt's own way lays all of them out again."""
        del first, last, roles
        self.viewport().update()

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

    def _box_at(self, event: QMouseEvent) -> QModelIndex:
        at = event.position().toPoint()
        index = self.indexAt(at)
        pressed = index.isValid() and event.button() is Qt.MouseButton.LeftButton
        if pressed and task_box(self.visualRect(index)).contains(at):
            return index
        return QModelIndex()
