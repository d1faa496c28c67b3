"""The buttons below the phone book's list: what can be done with the entry under the cursor."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSize, Qt, Signal, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QToolButton

from wwphone.domain.phonebook import Contact
from wwphone.gui.context import Context
from wwphone.gui.icons import Icon, icon
from wwphone.gui.phonebook_words import change_refused
from wwphone.gui.style import tokens


class ContactTools(QObject):
    """Each button names its key, and is there for what can be done now."""

    call_clicked = Signal()
    copy_clicked = Signal()
    email_clicked = Signal()
    favourite_clicked = Signal()
    edit_clicked = Signal()
    delete_clicked = Signal()

    def __init__(self, context: Context, row: QHBoxLayout) -> None:
        super().__init__(row.parentWidget())
        self._context = context
        self._row = row
        self._contact: Contact | None = None
        self.call = self._button(self.call_clicked)
        self.copy = self._button(self.copy_clicked)
        self.email = self._button(self.email_clicked)
        self.favourite = self._button(self.favourite_clicked)
        self.edit = self._button(self.edit_clicked)
        self.delete = self._button(self.delete_clicked)
        row.addStretch(1)

    def show(self, contact: Contact | None) -> None:
        """Offer what can be done with this entry."""
        self._contact = contact
        numbers = bool(contact and contact.details.numbers)
        refused = change_refused(self._context, personal=contact.personal) if contact else ""
        self.call.setEnabled(numbers)
        self.copy.setEnabled(numbers)
        self.email.setEnabled(bool(contact and contact.details.email))
        self.favourite.setEnabled(bool(contact and self._context.services.phonebook.may_mark))
        self.edit.setEnabled(contact is not None)
        self.delete.setEnabled(contact is not None and not refused)
        self._draw_star()
        _name(self.edit, self.tr("Show all of it (F2)") if refused else self.tr("Edit (F2)"))
        _name(self.delete, self.tr("Delete (Del)"))
        if refused:
            self.delete.setToolTip(refused)

    def retranslate(self) -> None:
        """Put every text anew."""
        _name(self.call, self.tr("Call (Enter)"))
        _name(self.copy, self.tr("Copy the number (Ctrl+C)"))
        _name(self.email, self.tr("Write an e-mail"))
        self.show(self._contact)

    def draw(self) -> None:
        """Draw the icons anew."""
        colours = self._context.theme.colours
        for button, which in (
            (self.call, Icon.CALL),
            (self.copy, Icon.COPY),
            (self.email, Icon.EMAIL),
            (self.edit, Icon.EDIT),
            (self.delete, Icon.DELETE),
        ):
            button.setIcon(icon(which, colours.text))
        self._draw_star()

    # ------------------------------------------------------------ inside

    def _button(self, clicked: SignalInstance) -> QToolButton:
        button = QToolButton()
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setIconSize(QSize(tokens.ICON, tokens.ICON))
        button.clicked.connect(lambda _=False: clicked.emit())
        self._row.addWidget(button)
        return button

    def _draw_star(self) -> None:
        """What pressing the star does, in its words; how it stands, in its shape."""
        contact = self._contact
        marked = contact is not None and self._context.services.phonebook.is_favourite(contact.contact_id)
        colours = self._context.theme.colours
        shape, colour = (Icon.FAVOURITE, colours.accent) if marked else (Icon.NO_FAVOURITE, colours.text)
        self.favourite.setIcon(icon(shape, colour))
        remove, add = self.tr("Remove from my favourites (Ctrl+S)"), self.tr("Add to my favourites (Ctrl+S)")
        _name(self.favourite, remove if marked else add)


def _name(button: QToolButton, text: str) -> None:
    button.setToolTip(text)
    button.setAccessibleName(text)
