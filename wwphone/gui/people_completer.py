"""Offers colleagues below a field while somebody types part of a name or number into it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QCompleter, QLineEdit, QListView, QStyle, QStyleOptionViewItem

from wwphone.domain.presence import Colleague
from wwphone.gui.context import Context
from wwphone.gui.models.colleagues import Role
from wwphone.gui.models.hits import HitsModel
from wwphone.gui.style.theme import Theme
from wwphone.gui.widgets.colleague_delegate import ColleagueDelegate
from wwphone.services.presence import ColleagueLine

_Index = QModelIndex | QPersistentModelIndex
_MOST_HITS = 6


class HitDelegate(ColleagueDelegate):
    """Shows the first hit as chosen while it is what Enter means."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(theme, parent)
        self.first_is_meant = False

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint one hit."""
        view = option.widget
        nothing_chosen = not isinstance(view, QListView) or not view.currentIndex().isValid()
        if self.first_is_meant and nothing_chosen and index.row() == 0:
            option.state |= QStyle.StateFlag.State_Selected
        super().paint(painter, option, index)


class PeopleList(QObject):
    """The list below a field; whoever has the field says whom to offer."""

    chosen = Signal(object)
    """The `ColleagueLine`, after Qt has written its name into the field."""
    highlighted = Signal(object)
    """The `ColleagueLine` under the cursor."""

    def __init__(self, field: QLineEdit, context: Context, most: int = _MOST_HITS) -> None:
        super().__init__(field)
        self._field = field
        self._presence = context.services.presence
        self._hits = HitsModel(self)
        self._delegate = HitDelegate(context.theme, self)
        self.popup = QListView()
        self._completer = self._make_completer(most)
        field.setCompleter(self._completer)

    def offer(self, people: Iterable[Colleague], *, first_is_meant: bool = False) -> None:
        """Show these people, best first; `first_is_meant`: Enter takes the first."""
        lines = (self._presence.line(person.user) for person in people)
        self._delegate.first_is_meant = first_is_meant
        self._delegate.width = self._field.width()
        self._hits.show(line for line in lines if line is not None)

    def _make_completer(self, most: int) -> QCompleter:
        completer = QCompleter(self._hits, self)
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        completer.setCompletionRole(Qt.ItemDataRole.EditRole)
        completer.setMaxVisibleItems(most)
        popup = self.popup
        popup.setMouseTracking(True)
        popup.setProperty("role", "completion")
        popup.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        popup.setAccessibleName(self.tr("Colleagues found"))
        completer.setPopup(popup)
        popup.setItemDelegate(self._delegate)  # after setPopup, which puts Qt's own
        completer.highlighted[QModelIndex].connect(  # type: ignore[index]  # an overload
            self._on_hit_highlighted
        )
        completer.activated[QModelIndex].connect(  # type: ignore[index]
            self._on_hit_chosen
        )
        return completer

    def _on_hit_highlighted(self, index: QModelIndex) -> None:
        line = index.data(Role.ROW)
        if isinstance(line, ColleagueLine):
            self.highlighted.emit(line)

    def _on_hit_chosen(self, index: QModelIndex) -> None:
        line = index.data(Role.ROW)
        if isinstance(line, ColleagueLine):
            # Later, because the completer writes the name into the field after it has told us.
            QTimer.singleShot(0, self, lambda: self.chosen.emit(line))


class PeopleCompleter(QObject):
    """Whoever is chosen is told, and the field holds their number: two people may have the same name."""

    chosen = Signal(object)
    """The `ColleagueLine`, after the field holds the number."""

    def __init__(self, field: QLineEdit, context: Context) -> None:
        super().__init__(field)
        self._field = field
        self._presence = context.services.presence
        self._list = PeopleList(field, context)
        self._list.chosen.connect(self._take)
        field.textEdited.connect(self._on_text_edited)

    def _on_text_edited(self, text: str) -> None:
        self._list.offer(self._presence.find(text, _MOST_HITS))

    def _take(self, line: ColleagueLine) -> None:
        self._field.setText(line.colleague.number)
        self.chosen.emit(line)
