"""Whom a text in the dial field finds, as the model behind its completion list."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from wwphone.gui.models.colleagues import Role
from wwphone.gui.states import describe
from wwphone.services.presence import ColleagueLine

_Index = QModelIndex | QPersistentModelIndex


class HitsModel(QAbstractListModel):
    """A handful of colleagues, best first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[ColleagueLine, ...] = ()

    def show(self, lines: Iterable[ColleagueLine]) -> None:
        """Offer these."""
        self.beginResetModel()
        self._lines = tuple(lines)
        self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:
        """See QAbstractItemModel."""
        return 0 if parent is not None and parent.isValid() else len(self._lines)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """See QAbstractItemModel."""
        if not 0 <= index.row() < len(self._lines):
            return None
        line = self._lines[index.row()]
        if role == Role.ROW:
            return line
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return line.colleague.nickname
        return describe(line) if role == Qt.ItemDataRole.AccessibleTextRole else None
