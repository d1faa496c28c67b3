"""One's recordings as a Qt model without end: it shows what the service has read, and asks it for more when scrolled."""

from __future__ import annotations

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from wwphone.domain.recording import RecordingEntry
from wwphone.gui.context import Context
from wwphone.gui.models.colleagues import Role
from wwphone.gui.recording_words import described, other_side
from wwphone.gui.tooltips import plain

_Index = QModelIndex | QPersistentModelIndex


class RecordingsModel(QAbstractListModel):
    """Follows the recordings' service."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._service = context.services.recordings
        self._rows: tuple[RecordingEntry, ...] = self._service.rows
        self._service.rows_changed.subscribe(lambda _: self._follow())

    def entry(self, index: _Index) -> RecordingEntry | None:
        """The recording behind an index."""
        row = index.row()
        return self._rows[row] if index.isValid() and row < len(self._rows) else None

    def index_of(self, recording_id: str) -> QModelIndex:
        """Where a recording is shown; an invalid index when nowhere."""
        for row, entry in enumerate(self._rows):
            if entry.recording_id == recording_id:
                return self.index(row)
        return QModelIndex()

    def refresh(self) -> None:
        """Rows may say something else: names, languages, the line."""
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))

    # ------------------------------------------------------------ Qt's side

    def rowCount(self, parent: _Index | None = None) -> int:
        """See QAbstractItemModel; as many as were read so far."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def canFetchMore(self, parent: _Index) -> bool:
        """See QAbstractItemModel."""
        return self._service.more and not parent.isValid()

    def fetchMore(self, parent: _Index) -> None:
        """See QAbstractItemModel; the rows come later."""
        if not parent.isValid():
            self._service.read_on()

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """See QAbstractItemModel; the accessible text says all that is shown."""
        entry = self.entry(index)
        if entry is None:
            return None
        if role == Role.ROW:
            return entry
        if role == Qt.ItemDataRole.DisplayRole:
            return other_side(self._context, entry).name
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            told = described(self._context, entry)
            return plain(told) if role == Qt.ItemDataRole.ToolTipRole else told
        return None

    # ------------------------------------------------------------ inside

    def _follow(self) -> None:
        """Rows that stay are changed in place and those that follow are added: nothing jumps."""
        new, old = self._service.rows, self._rows
        kept = len(old)
        if [row.recording_id for row in new[:kept]] != [row.recording_id for row in old]:
            self.beginResetModel()
            self._rows = new
            self.endResetModel()
            return
        if len(new) > kept:
            self.beginInsertRows(QModelIndex(), kept, len(new) - 1)
            self._rows = new
            self.endInsertRows()
        self._rows = new
        if kept:
            self.dataChanged.emit(self.index(0), self.index(kept - 1))
