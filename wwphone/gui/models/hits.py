"""Whom a text in the dial field finds, as the model behind its completion list."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from wwphone.gui.models.colleagues import Role
from wwphone.gui.numbers import written
from wwphone.gui.states import describe
from wwphone.gui.words import word
from wwphone.services.names import ContactNumber
from wwphone.services.presence import ColleagueLine

_Index = QModelIndex | QPersistentModelIndex
Hit = ColleagueLine | ContactNumber
"""A colleague, or one number of an entry of the phone book or of another source."""


def hit_name(hit: Hit) -> str:
    """Return the name that is shown."""
    return hit.name if isinstance(hit, ContactNumber) else hit.colleague.nickname


def hit_number(hit: Hit) -> str:
    """Return the number that is dialled."""
    return hit.number if isinstance(hit, ContactNumber) else hit.colleague.number


class HitsModel(QAbstractListModel):
    """A handful of people, best first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hits: tuple[Hit, ...] = ()

    def show(self, hits: Iterable[Hit]) -> None:
        """Offer these."""
        self.beginResetModel()
        self._hits = tuple(hits)
        self.endResetModel()

    def append(self, hits: Iterable[Hit]) -> None:
        """Offer these as well, below the others."""
        more = tuple(hits)
        if more:
            self.beginInsertRows(QModelIndex(), len(self._hits), len(self._hits) + len(more) - 1)
            self._hits += more
            self.endInsertRows()

    @property
    def hits(self) -> tuple[Hit, ...]:
        """All that are offered."""
        return self._hits

    def rowCount(self, parent: _Index | None = None) -> int:
        """See QAbstractItemModel."""
        return 0 if parent is not None and parent.isValid() else len(self._hits)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """See QAbstractItemModel."""
        if not 0 <= index.row() < len(self._hits):
            return None
        hit = self._hits[index.row()]
        if role == Role.ROW:
            return hit
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return hit_name(hit)
        return _described(hit) if role == Qt.ItemDataRole.AccessibleTextRole else None


def _described(hit: Hit) -> str:
    if isinstance(hit, ContactNumber):
        star = [QCoreApplication.translate("PhoneBookModel", "favourite")] if hit.favourite else []
        source = [hit.source] if hit.source else []
        return ", ".join((hit.name, word(hit.kind), written(hit.number), *star, *source))
    return describe(hit)
