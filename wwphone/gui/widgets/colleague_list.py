"""The colleagues' list as a view: one column or several, as its width and the chosen density allow."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QCursor,
    QDragMoveEvent,
    QDropEvent,
    QHideEvent,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QListView, QToolTip, QWidget

from wwphone.gui.models.colleagues import ColleaguesModel
from wwphone.gui.style import tokens
from wwphone.gui.tooltips import plain
from wwphone.gui.widgets.carried_call import call_in
from wwphone.gui.widgets.colleague_delegate import ColleagueDelegate

_Index = QModelIndex | QPersistentModelIndex
_LIST_COLUMN, _TILE = 320, 156
"""The narrowest that a cell of either density may be."""
_TALK_FIRST = Qt.KeyboardModifier.ControlModifier
"""Held while a call is dropped: whom it goes to is called before."""
_BATCH = 500
"""Cells laid out at a time: thousands do not hold up the window."""


class ColleagueList(QListView):
    """Keeps columns and cell sizes true to its width; a call may be dropped onto a person."""

    call_dropped = Signal(str, object, bool)
    """Which call, the model index of the person, and whether to talk to them first: the Ctrl key was held."""
    menu_wanted = Signal(object, QPoint)
    """The model index of the person, and where on the screen: the right mouse button, or the menu key."""

    def __init__(
        self, model: ColleaguesModel, delegate: ColleagueDelegate, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._delegate = delegate
        self._in_sight = range(0)
        self._tiles = False
        self._top: int | None = None
        """Where the list begins in its panel, in pixels; None: not since it is to be seen."""
        self._owed = 0
        """How many pixels it was scrolled because something appeared above it."""
        self.setModel(model)
        self.setItemDelegate(delegate)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(_BATCH)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setAcceptDrops(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)

    @property
    def columns(self) -> int:
        """How many people stand side by side."""
        return self._delegate.columns

    @property
    def least_height(self) -> int:
        """What it needs for its first heading and the first people to be read, in pixels; below a name nothing is written."""
        rows = range(min(2, self._model.rowCount()))
        return sum(self.sizeHintForIndex(self._model.index(row)).height() for row in rows) - tokens.SPACE_XS

    def set_tiles(self, *, tiles: bool) -> None:
        """Show many narrow cells, or few wide ones."""
        self._tiles = tiles
        self._measure()

    def dataChanged(self, first: _Index, last: _Index, roles: Sequence[int] = ()) -> None:
        """Lines change their looks, never their size: only what is in sight is painted anew.

        QListView's own way lays all of them out again each time, which with thousands never ends.
        """
        del first, last, roles
        for row in self._model.touched.intersection(self._in_sight):
            self.update(self._model.index(row))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Remember what is in sight: until it is painted otherwise, nothing else can be."""
        self._in_sight = self._rows_in_sight()
        super().paintEvent(event)

    def _rows_in_sight(self) -> range:
        first, last = self.indexAt(QPoint(1, 1)), self.indexAt(QPoint(1, self.viewport().height() - 1))
        if not first.isValid():
            return range(0)
        end = last.row() + self.columns if last.isValid() else self._model.rowCount()
        return range(first.row(), end)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may hold another number of columns; what appears above the list moves it down."""
        top = self.y()
        moved = 0 if self._top is None else top - self._top
        self._top = top
        self._measure()
        super().resizeEvent(event)
        if moved and event.size().width() == event.oldSize().width():
            self._keep_under_pointer(moved)

    def updateGeometries(self) -> None:
        """A list that needs no scrolling can still be scrolled by what it was moved."""
        bar = self.verticalScrollBar()
        before = bar.value()
        super().updateGeometries()
        if bar.maximum() < self._owed:
            bar.setMaximum(self._owed)
            bar.setValue(before)

    def showEvent(self, event: QShowEvent) -> None:
        """From here on it is moved."""
        super().showEvent(event)
        self._top = self.y()

    def hideEvent(self, event: QHideEvent) -> None:
        """Where it stands when it comes back says nothing."""
        self._give_back(self._owed)
        self._top = None
        super().hideEvent(event)

    def _keep_under_pointer(self, moved: int) -> None:
        """Scroll as far as the list was moved: whoever is about to click or to drop a call must not hit somebody else."""
        bar = self.verticalScrollBar()
        before = bar.value()
        if moved > 0 and self.rect().contains(self.mapFromGlobal(QCursor.pos())):
            bar.setMaximum(max(bar.maximum(), before + moved))
            bar.setValue(before + moved)
            self._owed += moved
        elif moved < 0:
            self._give_back(min(self._owed, -moved))

    def _give_back(self, pixels: int) -> None:
        if pixels:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() - pixels)
            self._owed -= pixels
            self.updateGeometries()

    def dragEnterEvent(self, event: QDragMoveEvent) -> None:
        """A call is welcome."""
        if call_in(event.mimeData()):
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show on whom the call would be dropped, and say what that does."""
        at = event.position().toPoint()
        index = self.indexAt(at)
        if call_in(event.mimeData()) and index.flags() & Qt.ItemFlag.ItemIsSelectable:
            self.setCurrentIndex(index)
            promise = plain(self._promise(index, event.modifiers()))
            QToolTip.showText(self.viewport().mapToGlobal(at), promise, self)
            event.acceptProposedAction()
        else:
            QToolTip.hideText()
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:
        """Tell who was given which call."""
        index = self.indexAt(event.position().toPoint())
        call_id = call_in(event.mimeData())
        QToolTip.hideText()
        if call_id and index.isValid():
            event.acceptProposedAction()
            self.call_dropped.emit(call_id, index, bool(event.modifiers() & _TALK_FIRST))

    def _promise(self, index: QModelIndex, modifiers: Qt.KeyboardModifier) -> str:
        name = index.data(Qt.ItemDataRole.DisplayRole)
        if modifiers & _TALK_FIRST:
            return self.tr("Call {name} first").format(name=name)
        return self.tr("Transfer to {name} now; with Ctrl: call first").format(name=name)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of whom the pointer is at; by the keyboard, of whom the cursor is at."""
        by_keyboard = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_keyboard else self.indexAt(event.pos())
        if index.flags() & Qt.ItemFlag.ItemIsSelectable:
            self.menu_wanted.emit(index, self.below(index) if by_keyboard else event.globalPos())
        event.accept()

    def below(self, index: QModelIndex) -> QPoint:
        """Where on the screen a menu of this line belongs."""
        self.scrollTo(index)
        return self.viewport().mapToGlobal(self.visualRect(index).bottomLeft())

    def _measure(self) -> None:
        width = self.viewport().width()
        columns = max(1, width // (_TILE if self._tiles else _LIST_COLUMN))
        if (width, columns, self._tiles) != (
            self._delegate.width,
            self._delegate.columns,
            self._delegate.narrow,
        ):
            self._delegate.width, self._delegate.columns = width, columns
            self._delegate.narrow = self._tiles
            self.scheduleDelayedItemsLayout()
