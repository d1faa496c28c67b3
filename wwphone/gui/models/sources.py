"""What other sources found, as a Qt model: a heading for each source, with how it stands, then its entries."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from wwphone.domain.phonebook import Contact
from wwphone.domain.sources import SourceAnswer, SourceState
from wwphone.gui.models.colleagues import Role
from wwphone.gui.models.phonebook import described
from wwphone.gui.tooltips import plain
from wwphone.services.sources import SourceSearch, SourceSearching, as_contact

_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class SourceHeading:
    """Above what one source found."""

    source_id: str
    name: str
    said: str
    """How it stands, in the person's language; empty: its entries say it."""
    failed: bool

    @property
    def whole(self) -> str:
        """All of it, to be read aloud."""
        return f"{self.name}: {self.said}" if self.said else self.name


class SourcesModel(QAbstractListModel):
    """Follows the search; rows of a source that has not changed stay where they are."""

    def __init__(self, sources: SourceSearching, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sources = sources
        self._rows: list[SourceHeading | Contact] = []

    def refresh(self) -> bool:
        """Take over how the search stands; return whether anything is another."""
        rows: list[SourceHeading | Contact] = []
        for one in self._sources.searches:
            failed = one.answer is not None and one.answer.state is not SourceState.ANSWERED
            rows.append(SourceHeading(one.source.source_id, one.source.name, said(one), failed))
            rows += (as_contact(details) for details in (one.answer.found if one.answer else ()))
        if rows == self._rows:
            return False
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()
        return True

    def row(self, index: _Index) -> SourceHeading | Contact | None:
        """What stands in a row."""
        return self._rows[index.row()] if index.isValid() and index.row() < len(self._rows) else None

    def contact(self, index: _Index) -> Contact | None:
        """The entry in a row; None for a heading."""
        row = self.row(index)
        return row if isinstance(row, Contact) else None

    def first(self) -> QModelIndex:
        """The first entry."""
        places = (place for place, row in enumerate(self._rows) if isinstance(row, Contact))
        return self.index(next(places, -1))

    # ------------------------------------------------------------ Qt's side

    def rowCount(self, parent: _Index | None = None) -> int:
        """See QAbstractItemModel."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Headings cannot be selected, and arrow keys pass over them."""
        if isinstance(self.row(index), Contact):
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        return Qt.ItemFlag.NoItemFlags

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """See QAbstractItemModel; the accessible text says all that is shown."""
        row = self.row(index)
        if role == Role.IS_HEADING:
            return isinstance(row, SourceHeading)
        if row is None:
            return None
        if role == Role.ROW:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.name if isinstance(row, SourceHeading) else row.details.name
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            told = row.whole if isinstance(row, SourceHeading) else described(row)
            return plain(told) if role == Qt.ItemDataRole.ToolTipRole else told
        return None


def said(search: SourceSearch) -> str:
    """How a source stands with the search; empty where what it found says it."""
    answer = search.answer
    if answer is None:
        return QCoreApplication.translate("Sources", "searching …")
    if answer.state is SourceState.ANSWERED:
        return _found(answer)
    if answer.found:
        return QCoreApplication.translate("Sources", "not up to date")
    if answer.state is SourceState.SILENT:
        return QCoreApplication.translate("Sources", "does not answer")
    if answer.state is SourceState.REFUSED:
        return QCoreApplication.translate("Sources", "refuses our server")
    if answer.state is SourceState.BROKEN:
        return QCoreApplication.translate("Sources", "answers wrongly")
    return QCoreApplication.translate("Sources", "cannot be reached")


def _found(answer: SourceAnswer) -> str:
    if not answer.found:
        return QCoreApplication.translate("Sources", "nothing found")
    return QCoreApplication.translate("Sources", "there are more") if answer.more else ""
