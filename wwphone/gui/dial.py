"""The one field for everything: a number, a name, pasted text, a link. Enter dials what the line below it says."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit

from wwphone.domain.numbers import DialTarget, NotDiallableError
from wwphone.gui.context import Context
from wwphone.gui.field_buttons import name_clear_button, width_of_placeholder
from wwphone.gui.icons import Icon, icon
from wwphone.gui.models.hits import Hit, hit_name, hit_number
from wwphone.gui.numbers import written
from wwphone.gui.people_completer import PeopleList
from wwphone.gui.shortcuts import repeats_enter
from wwphone.gui.words import sentence
from wwphone.services.calls import CannotDialError, DialPreview
from wwphone.services.names import ContactNumber

_MOST_HITS = 8
_MOST_ELSEWHERE = 8
"""Numbers of other sources that are offered below the others."""


class DialField(QObject):
    """Searches while one types, says what Enter will do, and dials."""

    def __init__(self, field: QLineEdit, hint: QLabel, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._field = field
        self._hint = hint
        self._context = context
        self._waits = False
        """Whether what stands in the field will be dialled as soon as that is possible."""
        self._typed = ""
        """The text that whoever is offered was searched for."""
        self._people = PeopleList(field, context, _MOST_HITS)
        self._people.highlighted.connect(self._on_hit_highlighted)
        self._people.chosen.connect(self._on_hit_chosen)
        self._elsewhere = context.services.sources.dialling
        self._elsewhere.changed.subscribe(self._on_found_elsewhere)
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
            self.fail(text, self.tr("Neither a number nor a name that is known."))
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
        self._waits = True
        self._say_waiting()

    def preview_again(self) -> None:
        """What the line below the field says may be another now."""
        if not (self._hint.isHidden() or self._waits or self._field.property("invalid")):
            self._preview(self._field.text())

    def focus(self) -> None:
        """Let the person type, over what stands there."""
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._field.selectAll()

    def retranslate(self) -> None:
        """Put every text anew."""
        self._field.setToolTip(self.tr("Dial a name, a number or a link (Ctrl+L)"))
        self._name_buttons()
        self._keep_wide()
        if self._waits:
            self._say_waiting()
        elif not self._hint.isHidden():
            self._preview(self._field.text())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Escape empties the field, Enter acts once; in another font it needs another width."""
        if watched is self._field and event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._keep_wide()
        if watched is not self._field or not isinstance(event, QKeyEvent):
            return False
        if event.type() != QEvent.Type.KeyPress:
            return False
        if event.key() == Qt.Key.Key_Escape and self._field.text():
            self._field.clear()
            return True
        return repeats_enter(event)

    def _keep_wide(self) -> None:
        """What stands beside the field gives way before the field asks for "Name or numb"."""
        self._field.setMinimumWidth(width_of_placeholder(self._field))

    def _name_buttons(self) -> None:
        self._search_action.setText(self.tr("Search"))
        name_clear_button(self._field)

    # ------------------------------------------------------------ while one types

    def _on_text_edited(self, text: str) -> None:
        preview = self._context.services.calls.preview(text)
        self._typed = text
        self._elsewhere.search("" if preview.target else text)
        known = {one.number for one in preview.hits} | {one.number for one in preview.contacts}
        found = self._context.services.names.found_elsewhere(besides=known)
        contacts = (*preview.contacts, *found[:_MOST_ELSEWHERE])
        self._people.offer(preview.hits, contacts, first_is_meant=preview.target is None)
        self._show(text, preview)

    def _on_found_elsewhere(self, _: None) -> None:
        """Other sources have found somebody, too, for what was typed."""
        known = {hit_number(hit) for hit in self._people.hits}
        found = self._context.services.names.found_elsewhere(besides=known)
        shown = sum(isinstance(hit, ContactNumber) and bool(hit.source) for hit in self._people.hits)
        more = found[: _MOST_ELSEWHERE - shown]
        self._people.offer_more(more)
        if more and self._first_elsewhere and not self._people.popup.currentIndex().isValid():
            self._mark(invalid=False)  # somebody has this name after all
            self._preview(self._field.text())

    @property
    def _first_elsewhere(self) -> ContactNumber | None:
        """Whom Enter calls when what was typed is no number and finds nobody in this house."""
        first = next(iter(self._people.hits), None) if self._field.text() == self._typed else None
        return first if isinstance(first, ContactNumber) and first.source else None

    def _on_text_changed(self, text: str) -> None:
        self._waits = False
        self._mark(invalid=False)
        if not text:
            self._elsewhere.search("")
            self._say("")
            self._look_at(None)

    def _preview(self, text: str) -> None:
        self._show(text, self._context.services.calls.preview(text))

    def _show(self, text: str, preview: DialPreview) -> None:
        self._look_at(preview.target)
        if not text.strip():
            self._say("")
        elif preview.target and self._context.services.names.is_emergency(preview.target):
            self._say(self.tr("Emergency call: Enter calls {number}").format(number=preview.target.address))
        elif preview.target:
            self._say_number(preview.target.address)
        elif preview.first_name:
            self._say_whom(preview.first_name, preview.address)
        elif self._first_elsewhere:
            self._say_whom(self._first_elsewhere.name, self._first_elsewhere.number)
        else:
            self._say(self.tr("Nobody of this name, and no number."))

    def _look_at(self, target: DialTarget | None) -> None:
        """Tell whose number the shown number is for; colleagues see one's internal number always."""
        services = self._context.services
        stranger = target is not None and services.presence.with_number(target.address) is None
        services.shown.look_at(target if stranger else None)

    def _say_number(self, number: str) -> None:
        shown = self._context.services.shown
        if shown.target != number or shown.next is None:
            self._say(self.tr("Enter calls {number}").format(number=written(number)))
        elif shown.next.number:
            text = self.tr("Enter calls {number} and shows {shown}")
            self._say(text.format(number=written(number), shown=written(shown.next.number)))
        else:
            self._say(self.tr("Enter calls {number} and shows no number").format(number=written(number)))

    def _say_whom(self, name: str, number: str) -> None:
        self._say(self.tr("Enter calls {name}, {number}").format(name=name, number=written(number)))

    # ------------------------------------------------------------ choosing

    def _on_hit_highlighted(self, hit: Hit) -> None:
        self._say_whom(hit_name(hit), hit_number(hit))

    def _on_hit_chosen(self, hit: Hit) -> None:
        self.dial(hit_number(hit))

    def _on_return_pressed(self) -> None:
        popup = self._people.popup
        if popup.isVisible():
            if popup.currentIndex().isValid():
                return  # the completer itself tells what was chosen
            popup.hide()
        text, elsewhere = self._field.text(), self._first_elsewhere
        if elsewhere and not self._context.services.calls.preview(text).address:
            self.dial(elsewhere.number)
        elif text.strip():
            self.dial(text)

    # ------------------------------------------------------------ what is shown

    def _say_waiting(self) -> None:
        if self._context.services.account.snapshot.voice:
            self._say(self.tr("Dialled as soon as this PC is registered …"))
        else:
            self._say(self.tr("Dialled as soon as the desk phone can be steered …"))

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
