"""The field by which people are called into a conference: names and numbers, one or several, again and again."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent

from wwphone.domain.calls import Party
from wwphone.gui.conference_deeds import ConferenceDeeds
from wwphone.gui.context import Context
from wwphone.gui.field_buttons import name_clear_button
from wwphone.gui.forms.ui_conference import Ui_Conference
from wwphone.gui.models.hits import Hit, hit_name, hit_number
from wwphone.gui.numbers import written
from wwphone.gui.people_completer import PeopleList
from wwphone.services.conference import INVITED_AGAIN

_BETWEEN = re.compile(r"[;,\n\r\u2028\u2029]")
"""What stands between people: pasted lines count as well."""


@dataclass(frozen=True)
class Meant:
    """Whom a text means."""

    people: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Number and name of each."""
    unknown: tuple[str, ...] = field(default=(), repr=False)
    """What is neither a number nor a name that is known."""
    there: tuple[str, ...] = field(default=(), repr=False)
    """Names of those who are in the conference, or are being called."""


class ConferenceInviting(QObject):
    """Completes names, says whom Enter will call, and calls; what it does not understand stays in the field."""

    def __init__(
        self, form: Ui_Conference, context: Context, deeds: ConferenceDeeds, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._deeds = deeds
        self._field, self._hint, self._button = form.invite, form.invite_hint, form.invite_button
        self.room = ""
        self._typed = ""
        """As the person has typed it: the completer writes a name over it."""
        self._chosen: dict[str, str] = {}
        """Names of those who were chosen from the list, by number: two people may have the same name."""
        self._found: dict[str, tuple[str, str]] = {}
        """Number and name of those whom parts of the text mean: twenty are not looked up anew with each letter."""
        self._people = PeopleList(self._field, context)
        self._people.chosen.connect(self._on_hit_chosen)
        self._people.highlighted.connect(lambda hit: self._say_whom(((hit_number(hit), hit_name(hit)),)))
        self._field.textEdited.connect(self._on_text_edited)
        self._field.textChanged.connect(self._on_text_changed)
        self._field.returnPressed.connect(self._on_return_pressed)
        self._field.installEventFilter(self)
        self._button.clicked.connect(lambda _=False: self.call())
        deeds.invite_failed.connect(self._on_invite_failed)
        self._hint.hide()

    def focus(self) -> None:
        """Let the person type."""
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._field.selectAll()

    def follow(self) -> None:
        """Show whether anybody can be invited."""
        possible = self._context.services.conference.may_control(self.room)
        self._field.setEnabled(possible)
        self._button.setEnabled(possible and bool(self._field.text().strip()))

    def retranslate(self) -> None:
        """Put every text anew."""
        name_clear_button(self._field)
        self._field.setToolTip(
            self.tr("Call people in: names or numbers, several with commas between them (Ctrl+I)")
        )
        self._button.setToolTip(self.tr("Call them in (Enter)"))
        if self._field.text().strip():
            self._preview()

    def call(self) -> None:
        """Call whom the field means; what it does not understand stays there, with the reason below."""
        if not self._context.services.conference.may_control(self.room):
            return
        meant = self.meant(self._field.text())
        self._field.setText(", ".join(meant.unknown))
        self._typed = self._field.text()
        self._deeds.invite(self.room, meant.people)
        self._say(self._remark(meant))
        self._mark(invalid=bool(meant.unknown))

    def meant(self, text: str) -> Meant:
        """Read a text."""
        if not text.strip():
            return Meant()
        with_number = any(character.isdigit() for character in text)
        whole = self._one(text) if not with_number else None
        if whole is not None:
            return self._sorted([whole], [])  # a name may have a comma in it
        people, unknown = list[tuple[str, str]](), list[str]()
        for part in _BETWEEN.split(text):
            if not part.strip():
                continue
            one = self._one(part)
            if one is None:
                unknown.append(part.strip())
            elif one[0] not in {number for number, _ in people}:
                people.append(one)
        return self._sorted(people, unknown)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Escape empties the field, and only then closes the window."""
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

    # ------------------------------------------------------------ whom

    def _one(self, text: str) -> tuple[str, str] | None:
        """Number and name of the one whom a text means."""
        calls, text = self._context.services.calls, text.strip()
        if text not in self._found:
            preview = calls.preview(text)
            if not preview.address:
                return None
            self._found[text] = preview.address, preview.first_name if preview.target is None else ""
        number, name = self._found[text]
        return number, self._chosen.get(number) or name or calls.named(Party(number)).name

    def _sorted(self, people: list[tuple[str, str]], unknown: list[str]) -> Meant:
        """Who is there, or is being called, need not be called."""
        service = self._context.services.conference
        there = {one.party.number for one in service.participants(self.room)}
        called = service.invitations(self.room)
        there |= {one.party.number for one in called if one.state not in INVITED_AGAIN}
        return Meant(
            tuple(one for one in people if one[0] not in there),
            tuple(unknown),
            tuple(name or written(number) for number, name in people if number in there),
        )

    # ------------------------------------------------------------ while one types

    def _on_text_edited(self, text: str) -> None:
        self._typed = text
        last = _BETWEEN.split(text)[-1].strip()
        preview = self._context.services.calls.preview(last)
        self._people.offer(
            preview.hits if last else (),
            preview.contacts if last else (),
            first_is_meant=bool(last) and preview.target is None,
        )

    def _on_text_changed(self, text: str) -> None:
        self._mark(invalid=False)
        self.follow()
        if text.strip():
            self._preview()
        else:
            self._chosen.clear()
            self._found.clear()
            self._say("")

    def _on_hit_chosen(self, hit: Hit) -> None:
        """One alone is called at once; behind others it is one more of them."""
        number = hit_number(hit)
        self._chosen[number] = hit_name(hit)
        parts = _BETWEEN.split(self._typed)
        before = self._typed[: len(self._typed) - len(parts[-1])]
        self._field.setText(f"{before} {number}, " if before.strip() else number)
        self._typed = self._field.text()
        if not before.strip():
            self.call()

    def _on_return_pressed(self) -> None:
        popup = self._people.popup
        if popup.isVisible():
            if popup.currentIndex().isValid():
                return  # the completer itself tells what was chosen
            popup.hide()
        self.call()

    def _on_invite_failed(self, people: tuple[tuple[str, str], ...]) -> None:
        """Whom nobody called stands in the field again, before what the person has typed meanwhile."""
        typed = self._field.text()
        self._chosen.update(people)
        self._field.setText(", ".join((*(number for number, _ in people), *filter(None, [typed]))))
        self._typed = self._field.text()

    # ------------------------------------------------------------ what is shown

    def _preview(self) -> None:
        meant = self.meant(self._field.text())
        if meant.people and not meant.unknown:
            self._say_whom(meant.people)
        else:
            self._say(self._remark(meant))

    def _say_whom(self, people: tuple[tuple[str, str], ...]) -> None:
        if len(people) == 1:
            number, name = people[0]
            text = self.tr("Enter calls {name}, {number}") if name else self.tr("Enter calls {number}")
            self._say(text.replace("{number}", written(number)).replace("{name}", name))
            return
        names = ", ".join(name or written(number) for number, name in people)
        text = self.tr("Enter calls %n people: {names}", "", len(people))
        self._say(text.replace("{names}", names))

    def _remark(self, meant: Meant) -> str:
        said = []
        if meant.unknown:
            text = self.tr("Neither a number nor a name that is known: {text}")
            said.append(text.replace("{text}", ", ".join(meant.unknown)))
        if meant.there:
            text = self.tr("There already, or being called: {names}")
            said.append(text.replace("{names}", ", ".join(meant.there)))
        return "\n".join(said)

    def _say(self, text: str) -> None:
        self._hint.setText(text)
        self._hint.setVisible(bool(text))
        self._field.setAccessibleDescription(text)

    def _mark(self, *, invalid: bool) -> None:
        if bool(self._field.property("invalid")) is not invalid:
            self._field.setProperty("invalid", invalid)
            self._field.style().unpolish(self._field)
            self._field.style().polish(self._field)
