"""The phone book as a Qt model without end: places by pages as the list is scrolled, entries as they are painted.

What is kept of a hundred thousand entries is where they stand; the entries themselves are read in blocks when a row is
asked for, so a search costs no more than the rows one sees.
"""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from wwphone.domain.phonebook import Contact
from wwphone.gui.models.colleagues import Role
from wwphone.gui.numbers import written
from wwphone.gui.tooltips import plain
from wwphone.gui.words import word
from wwphone.services.phonebook import PhoneBookService

_Index = QModelIndex | QPersistentModelIndex
PAGE = 200
"""Places that are asked for at once."""
_BLOCK = 32
"""Entries that are read at once: about a window's height of them."""
_NEAR = 64
"""An entry is looked for so many rows above and below where it was."""
_MOST_KEPT = 4096
"""Entries in memory at most."""


class PhoneBookModel(QAbstractListModel):
    """What a search finds: favourites, then all others, both in the order of the alphabet."""

    def __init__(self, phonebook: PhoneBookService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._phonebook = phonebook
        self._text = ""
        self._personal: bool | None = None
        self._only_favourites = False
        self._favourites: tuple[int, ...] = ()
        """The first of the places."""
        self._last = self._asked = 0
        """Of all others, the last that was read, and how many were asked for."""
        self._places: tuple[int, ...] = ()
        self._contacts: dict[int, Contact | None] = {}
        self._more = False

    def show(self, text: str, *, personal: bool | None, favourites: bool = False) -> None:
        """Show what holds every word of a text; `personal`: only one's own (True), only everybody's (False).

        `favourites`: nothing else.
        """
        wanted = (text, personal, favourites)
        if wanted != (self._text, self._personal, self._only_favourites):
            self._text, self._personal, self._only_favourites = wanted
            self._asked = PAGE
            self._put(*self._read_all(PAGE))

    def refresh(self) -> None:
        """Read anew what is shown: the book has changed. Rows stay where nothing came and nothing went."""
        favourites, others, more = self._read_all(max(PAGE, self._asked))
        if not self._is_shown(favourites, others):
            self._put(favourites, others, more)
        elif self._places:
            places = self._places
            self._contacts.clear()
            self.dataChanged.emit(self.index(0), self.index(len(places) - 1))

    def contact(self, index: _Index) -> Contact | None:
        """The entry behind an index; None for one that is gone meanwhile."""
        return self._contact(index.row()) if self._is_row(index) else None

    def index_near(self, contact_id: str, row: int) -> QModelIndex:
        """Where an entry is shown that stood in a row before; an invalid index when it is not near there."""
        rows = range(max(0, row - _NEAR), min(len(self._places), row + _NEAR))
        for each in sorted(rows, key=lambda other: abs(other - row)):
            contact = self._contact(each)
            if contact is not None and contact.contact_id == contact_id:
                return self.index(each)
        return QModelIndex()

    # ------------------------------------------------------------ Qt's side

    def rowCount(self, parent: _Index | None = None) -> int:
        """See QAbstractItemModel; as many as were needed so far."""
        return 0 if parent is not None and parent.isValid() else len(self._places)

    def canFetchMore(self, parent: _Index) -> bool:
        """See QAbstractItemModel."""
        return self._more and not parent.isValid()

    def fetchMore(self, parent: _Index) -> None:
        """See QAbstractItemModel."""
        if parent.isValid() or not self._more:
            return
        places = self._read_more()
        if places:
            first = len(self._places)
            self.beginInsertRows(QModelIndex(), first, first + len(places) - 1)
            self._places += places
            self.endInsertRows()

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """See QAbstractItemModel; the accessible text says all that is shown."""
        contact = self.contact(index)
        if contact is None:
            return None
        if role == Role.ROW:
            return contact
        if role == Role.IS_FAVOURITE:
            return self._phonebook.is_favourite(contact.contact_id)
        if role == Qt.ItemDataRole.DisplayRole:
            return contact.details.name
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            told = described(contact, favourite=self._phonebook.is_favourite(contact.contact_id))
            return plain(told) if role == Qt.ItemDataRole.ToolTipRole else told
        return None

    # ------------------------------------------------------------ inside

    def _is_row(self, index: _Index) -> bool:
        return index.isValid() and index.row() < len(self._places)

    def _read_all(self, limit: int) -> tuple[tuple[int, ...], tuple[int, ...], bool]:
        """Favourites, the first of all others, and whether there are more."""
        favourites = self._phonebook.favourites(self._text, personal=self._personal)
        if self._only_favourites:
            return favourites, (), False
        others = self._phonebook.places(self._text, personal=self._personal, limit=limit)
        return favourites, others, len(others) == limit

    def _read_more(self) -> tuple[int, ...]:
        """The next that are no favourites; none: there are no more."""
        places: tuple[int, ...] = ()
        while self._more and not places:
            read = self._phonebook.places(self._text, personal=self._personal, after=self._last, limit=PAGE)
            self._more = len(read) == PAGE
            self._asked += PAGE
            self._last = read[-1] if read else self._last
            places = self._without_favourites(read)
        return places

    def _put(self, favourites: tuple[int, ...], others: tuple[int, ...], more: bool) -> None:
        self.beginResetModel()
        self._favourites = favourites
        self._last = others[-1] if others else 0
        self._places = (*favourites, *self._without_favourites(others))
        self._contacts.clear()
        self._more = more
        self.endResetModel()

    def _is_shown(self, favourites: tuple[int, ...], others: tuple[int, ...]) -> bool:
        shown = (*favourites, *self._without_favourites(others))
        return (favourites, shown) == (self._favourites, self._places)

    def _without_favourites(self, places: tuple[int, ...]) -> tuple[int, ...]:
        first = frozenset(self._favourites)
        return tuple(place for place in places if place not in first) if first else places

    def _contact(self, row: int) -> Contact | None:
        place = self._places[row]
        if place not in self._contacts:
            if len(self._contacts) >= _MOST_KEPT:
                self._contacts.clear()
            first = row - row % _BLOCK
            places = self._places[first : first + _BLOCK]
            found = self._phonebook.at(places)
            self._contacts.update((each, found.get(each)) for each in places)
        return self._contacts[place]


def described(contact: Contact, *, favourite: bool = False) -> str:
    """All that is shown of an entry, for screen readers and whoever points at it."""
    details = contact.details
    company = [details.company] if details.company and details.company != details.name else []
    numbers = [f"{word(kind)} {written(number)}" for kind, number in details.numbers.items()]
    own = [QCoreApplication.translate("PhoneBookModel", "my own entry")] if contact.personal else []
    star = [QCoreApplication.translate("PhoneBookModel", "favourite")] if favourite else []
    return ", ".join((details.name, *company, *numbers, *own, *star))
