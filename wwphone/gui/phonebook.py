"""Changing the phone book from the window: the editors that are open, deleting with a way back, who was written over."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from wwphone.cti.api import CommandRefusedError
from wwphone.domain.calls import Party
from wwphone.domain.phonebook import Contact, ContactDetails
from wwphone.gui.banners import Banners
from wwphone.gui.contact_editor import ContactEditor
from wwphone.gui.context import Context
from wwphone.gui.phonebook_words import change_refused, contact_refusal, favourite_refusal, name_of
from wwphone.services.account import AccountSnapshot


class PhoneBookChanges(QObject):
    """Whoever shows an entry or a number hands it here to be edited, added or deleted."""

    sight_wanted = Signal(object)
    """Somebody wants to see this `Contact` among the others."""

    def __init__(self, context: Context, banners: Banners, window: QWidget) -> None:
        super().__init__(window)
        self._context = context
        self._banners = banners
        self._window = window
        self.editors: list[ContactEditor] = []
        """Those that are open."""
        self._user = ""
        """Who signed in last."""
        context.services.account.changed.subscribe(self._on_account_changed)

    def add(self, party: Party | None = None) -> None:
        """Let the person write a new entry, perhaps for somebody whose number is known."""
        self._open(ContactEditor(self._context, None, details_of(party) if party else None, self._window))

    def take_over(self, details: ContactDetails) -> None:
        """Let the person put what another source knows into the phone book."""
        self._open(ContactEditor(self._context, None, details, self._window))

    def edit(self, contact: Contact) -> None:
        """Show an entry, to be changed where that is allowed; an editor that is open already comes to the front."""
        for editor in self.editors:
            if editor.contact_id == contact.contact_id:
                editor.begin()
                return
        self._open(ContactEditor(self._context, contact, None, self._window))

    def delete(self, contact: Contact) -> None:
        """Delete an entry at once, and offer to undo that."""
        refused = change_refused(self._context, personal=contact.personal)
        if refused:
            self._banners.say_problem(refused)
        else:
            self._context.run(self._delete(contact))

    def mark(self, contact: Contact, favourite: bool) -> None:
        """Make an entry one of one's favourites, or take it from them."""
        self._context.run(self._mark(contact, favourite=favourite))

    # ------------------------------------------------------------ inside

    def _open(self, editor: ContactEditor) -> None:
        self.editors.append(editor)
        editor.written_over.connect(self._on_written_over)
        editor.added.connect(self._on_added)
        editor.delete_wanted.connect(self.delete)
        editor.finished.connect(lambda _: self._forget(editor))
        editor.begin()

    def _forget(self, editor: ContactEditor) -> None:
        if editor in self.editors:
            self.editors.remove(editor)
            editor.close_down()
            editor.deleteLater()

    def _on_account_changed(self, snapshot: AccountSnapshot) -> None:
        """Somebody else sees nothing of what the person before them wrote or deleted."""
        user = snapshot.profile.user if snapshot.profile else ""
        if user and self._user not in ("", user):
            self._banners.say_notice("")
            for editor in tuple(self.editors):
                editor.reject()
        self._user = user or self._user

    def _on_written_over(self, user: str, name: str) -> None:
        text = self.tr("{person} had changed “{name}” meanwhile; your change stands now.")
        self._banners.say_notice(text.format(person=name_of(self._context, user), name=name))

    def _on_added(self, contact: Contact) -> None:
        """Say where it went: a search or a long list hides it, or no phone book is in sight."""
        text = self.tr("“{name}” is in the phone book now.").format(name=contact.details.name)
        self._banners.say_notice(text, self.tr("Show"), lambda: self._show(contact))

    def _show(self, contact: Contact) -> None:
        self._banners.say_notice("")
        self.sight_wanted.emit(contact)

    async def _delete(self, contact: Contact) -> None:
        try:
            await self._context.services.phonebook.remove([contact])
        except CommandRefusedError as error:
            self._banners.say_problem(contact_refusal(error.error))
            return
        self._banners.say_problem("")
        for editor in tuple(self.editors):
            if editor.contact_id == contact.contact_id:
                editor.reject()
        text = self.tr("“{name}” is deleted.").format(name=contact.details.name)
        self._banners.say_notice(text, self.tr("Undo"), lambda: self._context.run(self._restore(contact)))

    async def _mark(self, contact: Contact, *, favourite: bool) -> None:
        try:
            await self._context.services.phonebook.set_favourite(contact, favourite=favourite)
        except CommandRefusedError as error:
            self._banners.say_problem(favourite_refusal(error.error))
        else:
            self._banners.say_problem("")

    async def _restore(self, contact: Contact) -> None:
        try:
            await self._context.services.phonebook.restore([contact])
        except CommandRefusedError as error:
            self._banners.say_problem(contact_refusal(error.error))
        else:
            self._banners.say_notice("")


def details_of(party: Party) -> ContactDetails:
    """What is known of somebody who calls: two words are a person's name, else it is a company's."""
    words = party.name.split() if party.name != party.number else []
    if len(words) == 2 and all(word.isalpha() for word in words):
        return ContactDetails(first_name=words[0], surname=words[1], office=party.number)
    return ContactDetails(company=" ".join(words), office=party.number)
