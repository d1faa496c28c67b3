"""People of a conference as a Qt model: who comes is added below, who goes is taken out, and nothing else moves.

Talking changes several times a second, so a change touches one row: no reset, no flicker, and the cursor stays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from wwphone.gui.models.colleagues import Role
from wwphone.gui.tooltips import plain

_Index = QModelIndex | QPersistentModelIndex


class ConferenceRow(Protocol):
    """Somebody in one of the two lists."""

    @property
    def key(self) -> str:
        """Who it is, while everything else of the row changes."""

    @property
    def name(self) -> str:
        """How they are called."""


RowT = TypeVar("RowT", bound=ConferenceRow)


class ConferenceModel(QAbstractListModel, Generic[RowT]):
    """Shows what it is given; each row keeps its place for as long as it is there."""

    def __init__(self, describe: Callable[[RowT], str], parent: QObject | None = None) -> None:
        """`describe` says in words all that a row shows."""
        super().__init__(parent)
        self._describe = describe
        self._rows: list[RowT] = []

    @property
    def rows(self) -> tuple[RowT, ...]:
        """What is shown, from above."""
        return tuple(self._rows)

    def show(self, rows: Sequence[RowT]) -> None:
        """Show these from now on; keys are distinct."""
        fresh = {row.key: row for row in rows}
        for place in reversed(range(len(self._rows))):
            if self._rows[place].key not in fresh:
                self.beginRemoveRows(QModelIndex(), place, place)
                del self._rows[place]
                self.endRemoveRows()
        for place, row in enumerate(self._rows):
            if fresh[row.key] != row:
                self._rows[place] = fresh[row.key]
                self.dataChanged.emit(self.index(place), self.index(place))
        known = {row.key for row in self._rows}
        added = [row for row in rows if row.key not in known]
        if added:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(added) - 1)
            self._rows += added
            self.endInsertRows()

    def clear(self) -> None:
        """Show nobody: what comes next are other people."""
        self.beginResetModel()
        self._rows.clear()
        self.endResetModel()

    def refresh(self) -> None:
        """Rows may say something else: languages, the line."""
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))

    def row(self, index: _Index) -> RowT | None:
        """The person behind an index."""
        place = index.row()
        return self._rows[place] if index.isValid() and place < len(self._rows) else None

    # ------------------------------------------------------------ Qt's side

    def rowCount(self, parent: _Index | None = None) -> int:
        """See QAbstractItemModel."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """See QAbstractItemModel; the accessible text says all that shape and colour say."""
        row = self.row(index)
        if row is None:
            return None
        if role == Role.ROW:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.name
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            told = self._describe(row)
            return plain(told) if role == Qt.ItemDataRole.ToolTipRole else told
        return None
