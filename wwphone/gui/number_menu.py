"""What can be done with a number one sees: call it, copy it, put it into the phone book."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Signal

from wwphone.domain.calls import Party
from wwphone.gui.action_menu import ActionMenu
from wwphone.gui.contact_menu import copy
from wwphone.gui.icons import Icon
from wwphone.gui.numbers import written
from wwphone.gui.phonebook_words import change_refused


class NumberMenu(ActionMenu):
    """Opened by the right mouse button or the menu key where a number stands."""

    call_wanted = Signal(str)
    """With the number."""
    add_wanted = Signal(object)
    """With the `Party` that is to be put into the phone book."""
    edit_wanted = Signal(object)
    """With the `Contact` whose number it is."""

    def open(self, party: Party, at: QPoint) -> None:
        """Show what can be done with the number of somebody, at a place on the screen; nothing without a number."""
        self.menu.clear()
        number = party.number
        if not number:
            return
        self.menu.setAccessibleName(written(number))
        self._add(
            Icon.CALL,
            self.tr("Call {number}").format(number=written(number)),
            lambda: self.call_wanted.emit(number),
        )
        self._add(Icon.COPY, self.tr("Copy {number}").format(number=written(number)), lambda: copy(number))
        names = self._context.services.names
        contact = names.contact(number)
        if contact is not None:
            self._add(
                Icon.PHONE_BOOK, self.tr("Show in the phone book …"), lambda: self.edit_wanted.emit(contact)
            )
        elif names.with_number(number) is None:
            self._offer_to_add(party)
        self.menu.popup(at)

    # ------------------------------------------------------------ inside

    def _offer_to_add(self, party: Party) -> None:
        refused = change_refused(self._context, personal=True)
        text = self.tr("Add to the phone book …")
        action = self._add(Icon.ADD, text, lambda: self.add_wanted.emit(party))
        action.setEnabled(not refused)
        action.setToolTip(refused or text)
