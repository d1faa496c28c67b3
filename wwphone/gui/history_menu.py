"""What can be done with a call of the record, as the menu of its row."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Signal

from wwphone.domain.history import HistoryEntry, TaskState
from wwphone.gui.action_menu import ActionMenu
from wwphone.gui.contact_menu import copy
from wwphone.gui.history_words import caller
from wwphone.gui.icons import Icon
from wwphone.gui.numbers import written
from wwphone.gui.phonebook_words import change_refused


class HistoryMenu(ActionMenu):
    """Holds what is possible at the moment it is opened; each entry names its key, which acts in the list."""

    call_wanted = Signal(str)
    """With the number."""
    add_wanted = Signal(object)
    """With the `Party` that is to be put into the phone book."""
    contact_wanted = Signal(object)
    """With the `Contact` whose number it is."""
    only_wanted = Signal(object)
    """With the `Party` whose calls are to be shown, and no others."""
    tick_wanted = Signal(object)
    mail_wanted = Signal(object)
    recording_wanted = Signal(str)
    """With the recording's id."""
    details_wanted = Signal(object)
    """With the `HistoryEntry`, as those for the tick and the e-mail."""

    def open(self, entry: HistoryEntry, at: QPoint) -> None:
        """Show everything that can be done, at a place on the screen."""
        self.menu.clear()
        party, live = caller(self._context, entry), self._context.services.history.live
        self.menu.setAccessibleName(written(party.name))
        number = party.number
        if number:
            text, key = self.tr("Call {number}").format(number=written(number)), self.tr("Enter")
            self._add(Icon.CALL, f"{text}\t{key}", lambda: self.call_wanted.emit(number))
            text = self.tr("Copy {number}").format(number=written(number))
            self._add(Icon.COPY, f"{text}\tCtrl+C", lambda: copy(number))
            self._offer_phone_book(entry)
            text = self.tr("Only calls with {name}").replace("{name}", written(party.name))
            only = self._add(Icon.FILTER, text, lambda: self.only_wanted.emit(party))
            only.setEnabled(live)
        recording_id = entry.recording_id
        if recording_id:
            text, key = self.tr("Play the recording"), self.tr("Ctrl+Enter")
            self._add(Icon.RECORDINGS, f"{text}\t{key}", lambda: self.recording_wanted.emit(recording_id))
        self._add(Icon.EMAIL, self.tr("Send as e-mail …"), lambda: self.mail_wanted.emit(entry))
        self.menu.addSeparator()
        if entry.task is not TaskState.NONE:
            is_open = entry.task is TaskState.OPEN
            text = self.tr("Mark as done") if is_open else self.tr("Open again")
            which = Icon.TASK_DONE if is_open else Icon.TASK_OPEN
            key = self.tr("Space")
            tick = self._add(which, f"{text}\t{key}", lambda: self.tick_wanted.emit(entry))
            tick.setEnabled(live)
        text = self.tr("Details")
        self._add(Icon.DETAILS, f"{text}\tF2", lambda: self.details_wanted.emit(entry))
        self.menu.popup(at)

    def add(self, entry: HistoryEntry) -> None:
        """Show the other side in the phone book, or begin an entry for it."""
        names = self._context.services.names
        contact = names.contact(entry.party.number)
        if contact is not None:
            self.contact_wanted.emit(contact)
        elif not self.add_refused(entry):
            self.add_wanted.emit(names.named(entry.party))

    def add_refused(self, entry: HistoryEntry) -> str:
        """Why the other side cannot be put into the phone book now; empty: it can, or is there already."""
        names, number = self._context.services.names, entry.party.number
        if not number:
            return self.tr("There is no number to add.")
        if names.contact(number) is not None:
            return ""
        if names.with_number(number) is not None:
            return self.tr("Colleagues have their own list.")
        return change_refused(self._context, personal=True)

    # ------------------------------------------------------------ inside

    def _offer_phone_book(self, entry: HistoryEntry) -> None:
        names, number = self._context.services.names, entry.party.number
        if names.contact(number) is not None:
            self._add(Icon.PHONE_BOOK, self.tr("Show in the phone book …"), lambda: self.add(entry))
        elif names.with_number(number) is None:
            refused, text = self.add_refused(entry), self.tr("Add to the phone book …")
            action = self._add(Icon.ADD, text, lambda: self.add(entry))
            action.setEnabled(not refused)
            action.setToolTip(refused or text)
