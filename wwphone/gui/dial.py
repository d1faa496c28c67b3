"""The one field for everything: a number, a name, pasted text, a link. Enter dials what the line below it says."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QCompleter, QLabel, QLineEdit, QListView, QStyle, QStyleOptionViewItem

from wwphone.domain.numbers import NotDiallableError
from wwphone.gui.context import Context
from wwphone.gui.icons import Icon, icon
from wwphone.gui.models.colleagues import Role
from wwphone.gui.models.hits import HitsModel
from wwphone.gui.style.theme import Theme
from wwphone.gui.widgets.colleague_delegate import ColleagueDelegate
from wwphone.gui.words import sentence
from wwphone.services.calls import CannotDialError
from wwphone.services.presence import ColleagueLine

_Index = QModelIndex | QPersistentModelIndex
_MOST_HITS = 8


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


class DialField(QObject):
    """Searches while one types, says what Enter will do, and dials."""

    def __init__(self, field: QLineEdit, hint: QLabel, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._field = field
        self._hint = hint
        self._context = context
        self._hits = HitsModel(self)
        self._delegate = HitDelegate(context.theme, self)
        self._completer = self._make_completer()
        field.setCompleter(self._completer)
        field.textEdited.connect(self._on_text_edited)
        field.textChanged.connect(self._on_text_changed)
        field.returnPressed.connect(self._on_return_pressed)
        field.installEventFilter(self)
        self._search_action = field.addAction(
            icon(Icon.SEARCH, context.theme.colours.text_muted), QLineEdit.ActionPosition.LeadingPosition
        )
        context.theme.changed.connect(self._draw)
        hint.hide()
        self.retranslate()

    def dial(self, text: str) -> bool:
        """Dial a text; on failure it stays in the field with the reason below. Returns whether a call began."""
        try:
            self._context.services.calls.dial(text)
        except NotDiallableError:
            self.fail(text, self.tr("Neither a number nor a colleague's name."))
            return False
        except CannotDialError as error:
            self.fail(text, sentence(error.reason))
            return False
        self._field.clear()
        return True

    def fail(self, text: str, reason: str) -> None:
        """Leave a text that was not dialled in the field, and say why."""
        self._field.setText(text)
        self._say(reason)
        self._mark(invalid=True)

    def wait_with(self, text: str) -> None:
        """Hold a text that will be dialled as soon as that is possible."""
        self._field.setText(text)
        self._say(self.tr("Dialled as soon as this PC is registered …"))

    def focus(self) -> None:
        """Let the person type, over what stands there."""
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._field.selectAll()

    def retranslate(self) -> None:
        """Put every text anew."""
        self._field.setToolTip(self.tr("Dial a name, a number or a link (Ctrl+L)"))
        if not self._hint.isHidden():
            self._preview(self._field.text())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Escape empties the field."""
        if (
            watched is self._field
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_Escape
            and self._field.text()
        ):
            self._field.clear()
            return True
        return False

    # ------------------------------------------------------------ while one types

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
        completer.highlighted[QModelIndex].connect(  # type: ignore[index]  # an overload
            self._on_hit_highlighted
        )
        completer.activated[QModelIndex].connect(  # type: ignore[index]
            self._on_hit_chosen
        )
        return completer

    def _on_text_edited(self, text: str) -> None:
        presence = self._context.services.presence
        preview = self._context.services.calls.preview(text)
        lines = (presence.line(hit.user) for hit in preview.hits)
        self._delegate.first_is_meant = preview.target is None
        self._delegate.width = self._field.width()
        self._hits.show(line for line in lines if line is not None)
        self._preview(text)

    def _on_text_changed(self, text: str) -> None:
        self._mark(invalid=False)
        if not text:
            self._say("")

    def _preview(self, text: str) -> None:
        preview = self._context.services.calls.preview(text)
        if not text.strip():
            self._say("")
        elif preview.target and preview.target.is_emergency:
            self._say(self.tr("Emergency call: Enter calls {number}").format(number=preview.target.address))
        elif preview.target:
            self._say_number(preview.target.address)
        elif preview.hits:
            first = preview.hits[0]
            self._say_whom(first.nickname, first.number)
        else:
            self._say(self.tr("Nobody of this name, and no number."))

    def _say_number(self, number: str) -> None:
        self._say(self.tr("Enter calls {number}").format(number=number))

    def _say_whom(self, name: str, number: str) -> None:
        self._say(self.tr("Enter calls {name}, {number}").format(name=name, number=number))

    # ------------------------------------------------------------ choosing

    def _on_hit_highlighted(self, index: QModelIndex) -> None:
        line = index.data(Role.ROW)
        if isinstance(line, ColleagueLine):
            self._say_whom(line.colleague.nickname, line.colleague.number)

    def _on_hit_chosen(self, index: QModelIndex) -> None:
        line = index.data(Role.ROW)
        if isinstance(line, ColleagueLine):
            number = line.colleague.number
            # Later, because the completer writes the name into the field after it has told us.
            QTimer.singleShot(0, self, lambda: self.dial(number))

    def _on_return_pressed(self) -> None:
        popup = self._completer.popup()
        if popup is not None and popup.isVisible():
            if popup.currentIndex().isValid():
                return  # the completer itself tells what was chosen
            popup.hide()
        if self._field.text().strip():
            self.dial(self._field.text())

    # ------------------------------------------------------------ what is shown

    def _say(self, text: str) -> None:
        self._hint.setText(text)
        self._hint.setVisible(bool(text))
        self._field.setAccessibleDescription(text)

    def _mark(self, *, invalid: bool) -> None:
        if bool(self._field.property("invalid")) is not invalid:
            self._field.setProperty("invalid", invalid)
            self._field.style().unpolish(self._field)
            self._field.style().polish(self._field)

    def _draw(self) -> None:
        self._search_action.setIcon(icon(Icon.SEARCH, self._context.theme.colours.text_muted))
