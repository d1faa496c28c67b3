"""The journal of presence as a Qt table: when, what, by whom, from which device."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from wwphone.domain.account import USER_NAME_PATTERN
from wwphone.domain.presence import BY_ADMINISTRATOR, JournalEntry, JournalSubject
from wwphone.gui.icons import STATUS_ICONS, Icon, icon
from wwphone.gui.states import presence_text, status_colour
from wwphone.gui.style.theme import Theme
from wwphone.gui.tooltips import plain
from wwphone.gui.words import clock
from wwphone.services.presence import PresenceService

_Index = QModelIndex | QPersistentModelIndex


class Column(IntEnum):
    """The columns, in their order."""

    AT = 0
    PERSON = 1
    PRESENCE = 2
    DISTURB = 3
    SUBJECT = 4
    SET_BY = 5
    SET_FROM = 6


class JournalModel(QAbstractTableModel):
    """Entries as they are given, newest first; older ones are asked for when one scrolls to the end."""

    def __init__(
        self,
        presence: PresenceService,
        theme: Theme,
        older: Callable[[int], None],
        parent: QObject | None = None,
    ) -> None:
        """`older` asks for the entries before the one with this id, which are `add`ed when they are there."""
        super().__init__(parent)
        self._older = older
        self._more = False
        self._asked = 0
        """The entry whose older ones are asked for."""
        self._presence = presence
        self._theme = theme
        self._entries: tuple[JournalEntry, ...] = ()

    @property
    def more(self) -> bool:
        """Whether there may be older entries than those that are held."""
        return self._more

    def show(self, entries: Sequence[JournalEntry], *, more: bool = False) -> None:
        """Hold these, the newest; of what is held, the older entries stay, if no entry is missing between."""
        oldest = entries[-1].entry_id if entries else 0
        held = {entry.entry_id for entry in self._entries}
        stay = tuple(entry for entry in self._entries if entry.entry_id < oldest) if oldest in held else ()
        self.beginResetModel()
        self._entries = (*entries, *stay)
        self._more = self._more if stay else more
        self._asked = 0
        self.endResetModel()

    def clear(self) -> None:
        """Hold nothing."""
        self.beginResetModel()
        self._entries, self._more, self._asked = (), False, 0
        self.endResetModel()

    def add(self, entries: Sequence[JournalEntry], *, before: int, more: bool) -> bool:
        """Hold these older ones, too, if they are still what was asked for; whether they are."""
        if before != self._asked:
            return False
        self._asked = 0
        self._more = more
        if entries:
            first = len(self._entries)
            self.beginInsertRows(QModelIndex(), first, first + len(entries) - 1)
            self._entries += tuple(entries)
            self.endInsertRows()
        return True

    # ------------------------------------------------------------ Qt's side

    def canFetchMore(self, parent: _Index) -> bool:
        """See QAbstractItemModel."""
        return not parent.isValid() and self._more and not self._asked

    def fetchMore(self, parent: _Index) -> None:
        """See QAbstractItemModel."""
        if self.canFetchMore(parent):
            self._asked = self._entries[-1].entry_id
            self._older(self._asked)

    def rowCount(self, parent: _Index | None = None) -> int:
        """See QAbstractItemModel."""
        return 0 if parent is not None and parent.isValid() else len(self._entries)

    def columnCount(self, parent: _Index | None = None) -> int:
        """See QAbstractItemModel."""
        return 0 if parent is not None and parent.isValid() else len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """See QAbstractItemModel."""
        if orientation is Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return self._heading(Column(section)) if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """See QAbstractItemModel."""
        if not 0 <= index.row() < len(self._entries):
            return None
        entry, column = self._entries[index.row()], Column(index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._whole(entry) if column is Column.AT else self._text(entry, column)
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(entry, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain(self._text(entry, column))
        return self._decoration(entry, column) if role == Qt.ItemDataRole.DecorationRole else None

    # ------------------------------------------------------------ words

    def _heading(self, column: Column) -> str:
        match column:
            case Column.AT:
                return self.tr("When")
            case Column.PERSON:
                return self.tr("Person")
            case Column.PRESENCE:
                return self.tr("Presence")
            case Column.DISTURB:
                return self.tr("Do not disturb")
            case Column.SUBJECT:
                return self.tr("Group or switch")
            case Column.SET_BY:
                return self.tr("By")
            case Column.SET_FROM:
                return self.tr("Device")

    def _text(self, entry: JournalEntry, column: Column) -> str:
        match column:
            case Column.AT:
                return clock(entry.at)
            case Column.PERSON:
                return self._name(entry.user)
            case Column.PRESENCE:
                return presence_text(entry.presence.status, entry.presence.back_at)
            case Column.DISTURB:
                return self.tr("on") if entry.do_not_disturb else self.tr("off")
            case Column.SUBJECT:
                return self._subject(entry)
            case Column.SET_BY:
                return self._name(entry.set_by)
            case Column.SET_FROM:
                return entry.presence.set_from

    def _subject(self, entry: JournalEntry) -> str:
        if entry.subject is JournalSubject.PRESENCE:
            return ""
        if entry.subject is JournalSubject.SWITCH:
            text = self.tr("{switch}: on") if entry.subject_on else self.tr("{switch}: off")
            return text.format(switch=entry.subject_name)
        text = self.tr("{group}: logged in") if entry.subject_on else self.tr("{group}: logged out")
        return text.format(group=entry.subject_name)

    def _whole(self, entry: JournalEntry) -> str:
        """An entry in one sentence, for screen readers."""
        texts = {column: self._text(entry, column) for column in Column}
        return ", ".join(f"{self._heading(column)}: {text}" for column, text in texts.items() if text)

    def _name(self, user: str) -> str:
        if user == BY_ADMINISTRATOR:
            return self.tr("the administrator")
        if not USER_NAME_PATTERN.fullmatch(user):
            return self.tr("by itself")  # the server's own doing: no user can be called so
        line = self._presence.line(user)
        return line.colleague.nickname if line else user

    def _decoration(self, entry: JournalEntry, column: Column) -> object:
        colours = self._theme.colours
        if column is Column.PRESENCE:
            status = entry.presence.status
            return icon(STATUS_ICONS[status], status_colour(colours, status))
        if column is Column.DISTURB and entry.do_not_disturb:
            return icon(Icon.DO_NOT_DISTURB, colours.status_red)
        return None
