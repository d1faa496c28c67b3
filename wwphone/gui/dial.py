"""The one field for everything: a number, a name, pasted text, a link. Enter dials what the line below it says."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QStringListModel, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QLabel, QLineEdit

from wwphone.domain.numbers import NotDiallableError
from wwphone.domain.presence import Colleague
from wwphone.gui.context import Context
from wwphone.gui.icons import Icon, icon
from wwphone.gui.words import sentence
from wwphone.services.calls import CannotDialError


class DialField(QObject):
    """Searches while one types, says what Enter will do, and dials."""

    def __init__(self, field: QLineEdit, hint: QLabel, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._field = field
        self._hint = hint
        self._context = context
        self._hits: dict[str, Colleague] = {}
        self._names = QStringListModel(self)
        self._completer = QCompleter(self._names, self)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.activated.connect(self._on_hit_chosen)
        field.setCompleter(self._completer)
        field.textEdited.connect(self._on_text_edited)
        field.returnPressed.connect(self._on_return_pressed)
        field.installEventFilter(self)
        self._search_action = field.addAction(
            icon(Icon.SEARCH, context.theme.colours.text_muted), QLineEdit.ActionPosition.LeadingPosition
        )
        context.theme.changed.connect(self._draw)
        hint.hide()

    def dial(self, text: str) -> bool:
        """Dial a text; on failure it stays in the field with the reason below. Returns whether a call began."""
        try:
            self._context.services.calls.dial(text)
        except NotDiallableError:
            self._fail(text, self.tr("Neither a number nor a colleague's name."))
            return False
        except CannotDialError as error:
            self._fail(text, sentence(error.reason))
            return False
        self._field.clear()
        self._say("")
        return True

    def focus(self) -> None:
        """Let the person type, over what stands there."""
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._field.selectAll()

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
            self._say("")
            return True
        return False

    def _on_text_edited(self, text: str) -> None:
        preview = self._context.services.calls.preview(text)
        self._hits = {f"{hit.nickname}  {hit.number}": hit for hit in preview.hits}
        self._names.setStringList(list(self._hits))
        self._mark(invalid=False)
        if not text.strip():
            self._say("")
        elif preview.target:
            self._say(self.tr("Enter calls {number}").format(number=preview.target.address))
        elif preview.hits:
            first = preview.hits[0]
            self._say(
                self.tr("Enter calls {name}, {number}").format(name=first.nickname, number=first.number)
            )
        else:
            self._say(self.tr("Nobody of this name, and no number."))

    def _on_hit_chosen(self, shown: str) -> None:
        hit = self._hits.get(shown)
        if hit:
            self.dial(hit.number)

    def _on_return_pressed(self) -> None:
        popup = self._completer.popup()
        if popup is not None:
            if popup.isVisible() and popup.currentIndex().isValid():
                return  # the completer tells the choice itself
            popup.hide()
        if self._field.text().strip():
            self.dial(self._field.text())

    def _fail(self, text: str, reason: str) -> None:
        self._field.setText(text)
        self._say(reason)
        self._mark(invalid=True)

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
