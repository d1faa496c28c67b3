"""Offers people below a field while somebody types part of a name or number into it: colleagues, then the phone book.

Hits of other sources come below them, later: nothing that stands there moves for them, nor does the cursor.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSignalBlocker,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QCompleter, QLineEdit, QListView, QStyle, QStyleOptionViewItem

from wwphone.domain.presence import Colleague
from wwphone.gui.context import Context
from wwphone.gui.icons import NUMBER_ICONS
from wwphone.gui.models.colleagues import Role
from wwphone.gui.models.hits import Hit, HitsModel, hit_number
from wwphone.gui.numbers import written
from wwphone.gui.style import tokens
from wwphone.gui.style.theme import Theme
from wwphone.gui.widgets.colleague_delegate import ColleagueDelegate
from wwphone.gui.widgets.painting import LEFT, elided, paint_ground, paint_icon, paint_name, sized
from wwphone.gui.words import word
from wwphone.services.names import ContactNumber

_Index = QModelIndex | QPersistentModelIndex
_MOST_HITS = 6


class HitDelegate(ColleagueDelegate):
    """Shows the first hit as chosen while it is what Enter means; of contacts, each number with its kind."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(theme, parent)
        self.first_is_meant = False

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint one hit."""
        view = option.widget
        nothing_chosen = not isinstance(view, QListView) or not view.currentIndex().isValid()
        if self.first_is_meant and nothing_chosen and index.row() == 0:
            option.state |= QStyle.StateFlag.State_Selected
        hit = index.data(Role.ROW)
        if not isinstance(hit, ContactNumber):
            super().paint(painter, option, index)
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_contact(painter, option, hit)
        painter.restore()

    def _paint_contact(self, painter: QPainter, option: QStyleOptionViewItem, hit: ContactNumber) -> None:
        colours = self._theme.colours
        paint_ground(painter, option, colours)
        area = option.rect.adjusted(tokens.SPACE_M, tokens.SPACE_S, -tokens.SPACE_M, -tokens.SPACE_S)
        paint_icon(painter, NUMBER_ICONS[hit.kind], colours.text_muted, area, tokens.ICON)
        texts = area.adjusted(tokens.ICON + tokens.SPACE_M, 0, 0, 0)
        half = texts.height() // 2
        upper = QRect(texts.left(), texts.top(), texts.width(), half)
        paint_name(painter, option.font, upper, hit.name, colours, favourite=hit.favourite)
        small = sized(option.font, tokens.TYPE_SMALL)
        painter.setFont(small)
        painter.setPen(QColor(colours.text_muted))
        lower = upper.translated(0, half)
        said = " · ".join(filter(None, (written(hit.number), word(hit.kind), hit.source)))
        painter.drawText(lower, LEFT, elided(small, said, lower.width()))


class PeopleList(QObject):
    """The list below a field; whoever has the field says whom to offer."""

    chosen = Signal(object)
    """The `Hit`, after Qt has written its name into the field."""
    highlighted = Signal(object)
    """The `Hit` under the cursor."""

    def __init__(self, field: QLineEdit, context: Context, most: int = _MOST_HITS) -> None:
        super().__init__(field)
        self._field = field
        self._presence = context.services.presence
        self._hits = HitsModel(self)
        self._delegate = HitDelegate(context.theme, self)
        self.popup = QListView()
        self._completer = self._make_completer(most)
        self._sent_away = False
        """Whether the person closed the list, which then stays away until something else is typed."""
        self.popup.installEventFilter(self)
        field.setCompleter(self._completer)

    @property
    def hits(self) -> tuple[Hit, ...]:
        """All that are offered."""
        return self._hits.hits

    def offer(
        self,
        people: Iterable[Colleague],
        contacts: Iterable[ContactNumber] = (),
        *,
        first_is_meant: bool = False,
    ) -> None:
        """Show these people, best first, and below them numbers of the phone book; `first_is_meant`: Enter takes the first."""
        lines = (self._presence.line(person.user) for person in people)
        self._delegate.first_is_meant = first_is_meant
        self._delegate.width = self._field.width()
        self._sent_away = False
        self._hits.show((*(line for line in lines if line is not None), *contacts))

    def offer_more(self, contacts: Iterable[ContactNumber]) -> None:
        """Show these as well, below the others, with the list as it is looked at now."""
        more = tuple(contacts)
        if not more:
            return
        row, above = self.popup.currentIndex().row(), self.popup.verticalScrollBar().value()
        with QSignalBlocker(self.popup.selectionModel()):  # whom the cursor is on was told already
            self._hits.append(more)
            if self._sent_away or not self._field.hasFocus():
                return
            self._completer.complete()
            self.popup.setCurrentIndex(self.popup.model().index(row, 0))
        self.popup.verticalScrollBar().setValue(above)
        self.popup.viewport().update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See whether the list is sent away; it also hides because nobody is left to offer."""
        if watched is self.popup and event.type() == QEvent.Type.Hide and self._hits.hits:
            self._sent_away = True
        return False

    def _make_completer(self, most: int) -> QCompleter:
        completer = QCompleter(self._hits, self)
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        completer.setCompletionRole(Qt.ItemDataRole.EditRole)
        completer.setMaxVisibleItems(most)
        popup = self.popup
        popup.setMouseTracking(True)
        popup.setProperty("role", "completion")
        popup.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        popup.setAccessibleName(self.tr("People found"))
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
        hit = index.data(Role.ROW)
        if isinstance(hit, Hit):
            self.highlighted.emit(hit)

    def _on_hit_chosen(self, index: QModelIndex) -> None:
        hit = index.data(Role.ROW)
        if isinstance(hit, Hit):
            # Later, because the completer writes the name into the field after it has told us.
            QTimer.singleShot(0, self, lambda: self.chosen.emit(hit))


class PeopleCompleter(QObject):
    """Whoever is chosen is told, and the field holds their number: two people may have the same name."""

    chosen = Signal(object)
    """The `Hit`, after the field holds the number."""

    def __init__(self, field: QLineEdit, context: Context, *, colleagues_only: bool = False) -> None:
        super().__init__(field)
        self._names = None if colleagues_only else context.services.names
        self._field = field
        self._presence = context.services.presence
        self._list = PeopleList(field, context)
        self._list.chosen.connect(self._take)
        field.textEdited.connect(self._on_text_edited)

    def _on_text_edited(self, text: str) -> None:
        contacts = self._names.find_contacts(text) if self._names else ()
        self._list.offer(self._presence.find(text, _MOST_HITS), contacts)

    def _take(self, hit: Hit) -> None:
        self._field.setText(hit_number(hit))
        self.chosen.emit(hit)
