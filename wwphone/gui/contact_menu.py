"""What can be done with an entry of the phone book, as the menu of its row: call, copy, write, edit, delete."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication

from wwphone.domain.phonebook import Contact
from wwphone.gui.action_menu import ActionMenu
from wwphone.gui.icons import NUMBER_ICONS, Icon
from wwphone.gui.numbers import written
from wwphone.gui.phonebook_words import change_refused
from wwphone.gui.words import word


class ContactMenu(ActionMenu):
    """Holds what is possible at the moment it is opened; each entry names its key."""

    call_wanted = Signal(str)
    """With the number."""
    edit_wanted = Signal(object)
    """With the `Contact`, to change it or only to see all of it."""
    delete_wanted = Signal(object)
    """With the `Contact`."""

    favourite_wanted = Signal(object, bool)
    """With the `Contact`, and whether it shall be one."""

    def open(self, contact: Contact, at: QPoint) -> None:
        """Show everything that can be done, at a place on the screen."""
        self._begin(contact)
        self._add_calls(contact)
        for number in contact.details.numbers.values():
            self._add(
                Icon.COPY, self.tr("Copy {number}").format(number=written(number)), partial(copy, number)
            )
        email = contact.details.email
        if email:
            self._add(
                Icon.EMAIL, self.tr("E-mail to {address}").format(address=email), lambda: write_to(email)
            )
        self.menu.addSeparator()
        self._add_changes(contact)
        self.menu.popup(at)

    def open_numbers(self, contact: Contact, at: QPoint) -> None:
        """Show only the numbers to choose from."""
        self._begin(contact)
        self._add_calls(contact)
        self.menu.popup(at)

    # ------------------------------------------------------------ inside

    def _add_changes(self, contact: Contact) -> None:
        refused = change_refused(self._context, personal=contact.personal)
        text = self.tr("Show …") if refused else self.tr("Edit …")
        self._add_favourite(contact)
        self._add(Icon.EDIT, _with_key(text, "F2"), lambda: self.edit_wanted.emit(contact))
        text, key = self.tr("Delete"), self.tr("Del")
        delete = self._add(Icon.DELETE, _with_key(text, key), lambda: self.delete_wanted.emit(contact))
        delete.setEnabled(not refused)
        delete.setToolTip(refused or text)

    def _add_favourite(self, contact: Contact) -> None:
        phonebook = self._context.services.phonebook
        marked = phonebook.is_favourite(contact.contact_id)
        text = self.tr("Remove from my favourites") if marked else self.tr("Add to my favourites")
        star = self._add(
            Icon.FAVOURITE if marked else Icon.NO_FAVOURITE,
            _with_key(text, self.tr("Ctrl+S")),
            lambda: self.favourite_wanted.emit(contact, not marked),
        )
        star.setEnabled(phonebook.may_mark)

    def _begin(self, contact: Contact) -> None:
        self.menu.clear()
        self.menu.setAccessibleName(contact.details.name)

    def _add_calls(self, contact: Contact) -> None:
        for place, (kind, number) in enumerate(contact.details.numbers.items()):
            text = self.tr("Call {number} ({kind})").format(number=written(number), kind=word(kind))
            if place == 0:
                text = _with_key(text, self.tr("Enter"))
            self._add(NUMBER_ICONS[kind], text, partial(self.call_wanted.emit, number))


class SourceMenu(ContactMenu):
    """Of an entry of another source, which is read only: it can be added to the phone book."""

    add_wanted = Signal(object)
    """With the `ContactDetails`."""

    def _add_changes(self, contact: Contact) -> None:
        refused = change_refused(self._context, personal=True)
        text = self.tr("Add to the phone book …")
        add = self._add(Icon.ADD, text, lambda: self.add_wanted.emit(contact.details))
        add.setEnabled(not refused)
        add.setToolTip(refused or text)


def copy(text: str) -> None:
    """Put a text on the clipboard."""
    QGuiApplication.clipboard().setText(text)


def write_to(address: str) -> None:
    """Let the person's mail program begin a message."""
    url = QUrl()
    url.setScheme("mailto")
    url.setPath(address)
    QDesktopServices.openUrl(url)


def _with_key(text: str, key: str) -> str:
    """An entry with the key that does the same, where menus show it; the key acts in the list, not in the menu."""
    return f"{text}\t{key}"
