"""The colleagues' list as a view: one column or several, as its width and the chosen density allow."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from wwphone.gui.models.colleagues import ColleaguesModel
from wwphone.gui.widgets.colleague_delegate import ColleagueDelegate

_LIST_COLUMN, _TILE = 320, 156
"""The narrowest that a cell of either density may be."""
_BATCH = 500
"""Cells laid out at a time: thousands do not hold up the window."""


class ColleagueList(QListView):
    """Keeps columns and cell sizes true to its width."""

    def __init__(
        self, model: ColleaguesModel, delegate: ColleagueDelegate, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._delegate = delegate
        self._tiles = False
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
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)

    @property
    def columns(self) -> int:
        """How many people stand side by side."""
        return self._delegate.columns

    def set_tiles(self, *, tiles: bool) -> None:
        """Show many narrow cells, or few wide ones."""
        self._tiles = tiles
        self._measure()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may hold another number of columns."""
        self._measure()
        super().resizeEvent(event)

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
