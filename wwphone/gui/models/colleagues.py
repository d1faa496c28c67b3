"""The colleagues' list as a Qt model: a heading for each presence group, then its people by name.

Rows are rebuilt only when people or groups come and go or the filter changes. A state change touches one row, found
through a dictionary, so ten thousand people cost no more than ten; what a row says is asked of the service when it is painted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer

from wwphone.gui.states import describe
from wwphone.gui.tooltips import plain
from wwphone.services.presence import ColleagueLine, PresenceService

_Index = QModelIndex | QPersistentModelIndex
_AT_ONCE = 1_000
"""With more people, they are taken in by and by."""


class Role(IntEnum):
    """What a delegate may ask beside Qt's own roles."""

    ROW = Qt.ItemDataRole.UserRole + 1
    """The row itself: `Heading` or `ColleagueLine`."""
    IS_HEADING = Qt.ItemDataRole.UserRole + 2
    IS_FAVOURITE = Qt.ItemDataRole.UserRole + 3


@dataclass(frozen=True)
class Heading:
    """A presence group's heading."""

    name: str
    people: int
    """How many people it holds after the filter."""


Row = Heading | ColleagueLine


class ColleaguesModel(QAbstractListModel):
    """Follows the presence service."""

    def __init__(self, presence: PresenceService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._presence = presence
        self._filter = ""
        self._rows: list[Heading | str] = []
        """Headings, and users."""
        self._row_of: dict[str, int] = {}
        self.touched = frozenset[int]()
        """Which rows the latest `dataChanged` is about: it is told once for all, and thousands change a second."""
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._rebuild_soon)
        self._unsubscribe = (
            presence.replaced.subscribe(self._on_replaced),
            presence.changed.subscribe(self._on_changed),
        )
        self._rebuild()

    def close(self) -> None:
        """Follow no longer."""
        self._soon.stop()
        for unsubscribe in self._unsubscribe:
            unsubscribe()

    @property
    def people(self) -> int:
        """How many people are shown."""
        return len(self._row_of)

    def set_filter(self, text: str) -> None:
        """Show only whose name or number holds every word of `text`."""
        if text != self._filter:
            self._filter = text
            self._rebuild()

    def row(self, index: _Index) -> Row | None:
        """The row behind an index."""
        found = self._rows[index.row()] if index.isValid() and index.row() < len(self._rows) else None
        return self._presence.line(found) if isinstance(found, str) else found

    def index_of(self, user: str) -> QModelIndex:
        """Where a user is shown; an invalid index when nowhere."""
        row = self._row_of.get(user)
        return QModelIndex() if row is None else self.index(row)

    def first(self) -> QModelIndex:
        """The first person."""
        return self.index(1) if len(self._rows) > 1 else QModelIndex()

    # ------------------------------------------------------------ Qt's side

    def rowCount(self, parent: _Index | None = None) -> int:
        """See QAbstractItemModel."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Headings cannot be selected, and arrow keys pass over them."""
        if index.isValid() and not self._is_heading(index):
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        return Qt.ItemFlag.NoItemFlags

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """See QAbstractItemModel; the accessible text says all that shape and colour say."""
        if role == Role.IS_HEADING:
            return self._is_heading(index)
        row = self.row(index)
        if row is None:
            return None
        if role == Role.ROW:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.name if isinstance(row, Heading) else row.colleague.nickname
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            told = row.name if isinstance(row, Heading) else describe(row)
            return plain(told) if role == Qt.ItemDataRole.ToolTipRole else told
        return None

    # ------------------------------------------------------------ following

    def _on_replaced(self, _: None) -> None:
        if self._presence.people > _AT_ONCE:
            self._soon.start()
        else:
            self._rebuild()

    def _rebuild_soon(self) -> None:
        """Take in a part and let the window have its turn, until the rows can be made."""
        if self._presence.take_in(_AT_ONCE):
            self._rebuild()
        else:
            self._soon.start()

    def _on_changed(self, users: frozenset[str]) -> None:
        touched = frozenset(self._row_of[user] for user in users if user in self._row_of)
        if touched:
            self.touched = touched
            self.dataChanged.emit(self.index(min(touched)), self.index(max(touched)))

    def _rebuild(self) -> None:
        self._soon.stop()
        self.beginResetModel()
        self._rows = list(self._ordered())
        self._row_of = {row: place for place, row in enumerate(self._rows) if isinstance(row, str)}
        self.endResetModel()

    def _ordered(self) -> Iterator[Heading | str]:
        for group, users in self._presence.by_group(self._filter):
            yield Heading(group, len(users))
            yield from users

    def _is_heading(self, index: _Index) -> bool:
        return index.row() < len(self._rows) and isinstance(self._rows[index.row()], Heading)
