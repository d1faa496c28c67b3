"""The record of calls as a Qt model without end: it shows what the service has read, and asks it for more when scrolled."""

from __future__ import annotations

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from wwphone.domain.history import HistoryEntry
from wwphone.gui.context import Context
from wwphone.gui.history_words import caller, described
from wwphone.gui.models.colleagues import Role
from wwphone.gui.tooltips import plain
from wwphone.services.history_rows import RowChanged, RowRemoved, RowsEvent, RowsInserted, RowsReplaced

_Index = QModelIndex | QPersistentModelIndex


class HistoryModel(QAbstractListModel):
    """Follows the history service; the rows are its own, only their number is kept here."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._history = context.services.history
        self._count = len(self._history.rows)
        self._gone: int | None = None
        """Which row the service has taken out while the views do not know it yet."""
        self._history.rows_changed.subscribe(self._on_rows_changed)

    def entry(self, index: _Index) -> HistoryEntry | None:
        """The call behind an index."""
        row, gone = index.row(), self._gone
        if not index.isValid() or row >= self._count or row == gone:
            return None
        if gone is not None and row > gone:
            row -= 1
        return self._history.rows[row] if row < len(self._history.rows) else None

    def index_of(self, entry_id: str) -> QModelIndex:
        """Where a call is shown; an invalid index when nowhere."""
        place = self._history.rows.place(entry_id)
        return QModelIndex() if place is None else self.index(place)

    def refresh(self) -> None:
        """Rows may say something else: names, languages, the line."""
        if self._count:
            self.dataChanged.emit(self.index(0), self.index(self._count - 1))

    # ------------------------------------------------------------ Qt's side

    def rowCount(self, parent: _Index | None = None) -> int:
        """See QAbstractItemModel; as many as were read so far."""
        return 0 if parent is not None and parent.isValid() else self._count

    def canFetchMore(self, parent: _Index) -> bool:
        """See QAbstractItemModel."""
        return self._history.more and not parent.isValid()

    def fetchMore(self, parent: _Index) -> None:
        """See QAbstractItemModel; the rows come later."""
        if not parent.isValid():
            self._history.read_on()

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """See QAbstractItemModel; the accessible text says all that is shown."""
        entry = self.entry(index)
        if entry is None:
            return None
        if role == Role.ROW:
            return entry
        if role == Qt.ItemDataRole.DisplayRole:
            return caller(self._context, entry).name
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            told = described(self._context, entry)
            return plain(told) if role == Qt.ItemDataRole.ToolTipRole else told
        return None

    # ------------------------------------------------------------ inside

    def _on_rows_changed(self, event: RowsEvent) -> None:
        match event:
            case RowsReplaced():
                self.beginResetModel()
                self._count = len(self._history.rows)
                self.endResetModel()
            case RowsInserted(first, count):
                self.beginInsertRows(QModelIndex(), first, first + count - 1)
                self._count += count
                self.endInsertRows()
            case RowChanged(place):
                self.dataChanged.emit(self.index(place), self.index(place))
            case RowRemoved(place):
                self._gone = place
                self.beginRemoveRows(QModelIndex(), place, place)
                self._count -= 1
                self._gone = None
                self.endRemoveRows()
