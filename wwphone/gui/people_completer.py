"""Offers colleagues below a field while somebody types part of a name or number into it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QCompleter, QLineEdit, QListView

from wwphone.gui.context import Context
from wwphone.gui.models.colleagues import Role
from wwphone.gui.models.hits import HitsModel
from wwphone.gui.widgets.colleague_delegate import ColleagueDelegate
from wwphone.services.presence import ColleagueLine

_MOST_HITS = 6


class PeopleCompleter(QObject):
    """Whoever is chosen is told, and the field holds their number: two people may have the same name."""

    chosen = Signal(object)
    """The `ColleagueLine`, after the field holds the number."""

    def __init__(self, field: QLineEdit, context: Context) -> None:
        super().__init__(field)
        self._field = field
        self._presence = context.services.presence
        self._hits = HitsModel(self)
        self._delegate = ColleagueDelegate(context.theme, self)
        field.setCompleter(self._make_completer())
        field.textEdited.connect(self._on_text_edited)

    def _make_completer(self) -> QCompleter:
        completer = QCompleter(self._hits, self)
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        completer.setCompletionRole(Qt.ItemDataRole.EditRole)
        completer.setMaxVisibleItems(_MOST_HITS)
        popup = QListView()
        popup.setMouseTracking(True)
        popup.setProperty("role", "completion")
        popup.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        completer.setPopup(popup)
        popup.setItemDelegate(self._delegate)  # after setPopup, which puts Qt's own
        completer.activated[QModelIndex].connect(  # type: ignore[index]  # an overload
            self._on_hit_chosen
        )
        return completer

    def _on_text_edited(self, text: str) -> None:
        lines = (self._presence.line(hit.user) for hit in self._presence.find(text, _MOST_HITS))
        self._delegate.width = self._field.width()
        self._hits.show(line for line in lines if line is not None)

    def _on_hit_chosen(self, index: QModelIndex) -> None:
        line = index.data(Role.ROW)
        if isinstance(line, ColleagueLine):
            # Later, because the completer writes the name into the field after it has told us.
            QTimer.singleShot(0, self, lambda: self._take(line))

    def _take(self, line: ColleagueLine) -> None:
        self._field.setText(line.colleague.number)
        self.chosen.emit(line)
