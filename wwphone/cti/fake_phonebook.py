"""What the fake server makes of the phone book."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from wwphone.cti.api import CommandRefusedError, ErrorCode, WireError
from wwphone.domain.account import Right
from wwphone.domain.phonebook import Contact, ContactDetails, PhoneBookState
from wwphone.protocol.doubles import MergeContacts, UndoMerge
from wwphone.protocol.favourites import FavouriteChanged, SetFavourite
from wwphone.protocol.message import Command, Done, Event, Result
from wwphone.protocol.mirror import Mirror
from wwphone.protocol.phonebook import (
    ContactSaved,
    ContactsChanged,
    ContactsPage,
    ReadContacts,
    RemoveContacts,
    RestoreContacts,
    SaveContact,
)


class FakePhoneBook:
    """Answers `phonebook.…`; there is no book before `open`."""

    def __init__(self, truth: Mirror, publish: Callable[[Event], None], now: Callable[[], datetime]) -> None:
        self._truth = truth
        self._publish = publish
        self._now = now
        self._ids = (f"contact-{number}" for number in itertools.count(1))
        self.contacts: dict[str, Contact] = {}
        """Everything this person may see."""
        self._removed: dict[str, tuple[int, Contact]] = {}

    def open(
        self,
        everybodys: Iterable[ContactDetails] = (),
        own: Iterable[ContactDetails] = (),
        book_id: str = "book",
        trunk_prefix: str = "",
    ) -> None:
        """There is a book with these entries from the next sign-in on; what was in a former one is gone."""
        self.contacts.clear()
        self._removed.clear()
        self._truth.phonebook = PhoneBookState(book_id, 0, "CH", trunk_prefix)
        for personal, all_details in ((False, everybodys), (True, own)):
            for details in all_details:
                contact = self._made(next(self._ids), details, personal=personal)
                self._truth.phonebook = replace(self._truth.phonebook, revision=contact.revision)

    def write(
        self, details: ContactDetails, *, contact_id: str = "", by: str = "", personal: bool = False
    ) -> Contact:
        """Somebody adds an entry, or changes one."""
        contact = self._made(contact_id or next(self._ids), details, personal=personal, by=by)
        self._publish(ContactsChanged(contact.revision, (contact,)))
        return contact

    @property
    def revision(self) -> int:
        """How far the book is."""
        return self._truth.phonebook.revision

    def take_out(self, contact_id: str) -> None:
        """Somebody removes an entry."""
        revision = self.revision + 1
        self._removed[contact_id] = (revision, self.contacts.pop(contact_id))
        self._publish(ContactsChanged(revision, removed=(contact_id,)))

    def mark(self, contact_id: str, *, favourite: bool = True) -> None:
        """This person marks an entry as a favourite, perhaps on another PC, or takes the mark away."""
        self._publish(FavouriteChanged(contact_id, favourite))

    def import_many(self, everybodys: Iterable[ContactDetails]) -> None:
        """So many entries come at once that they have to be read."""
        revision = self._truth.phonebook.revision
        for details in everybodys:
            revision += 1
            contact = self._made(next(self._ids), details, personal=False)
            self.contacts[contact.contact_id] = replace(contact, revision=revision)
        self._publish(ContactsChanged(revision, complete=False))

    def carry_out(self, command: Command) -> Result | None:
        """Read or change the book; None for other commands. Raises CommandRefusedError."""
        match command:
            case ReadContacts(after, limit):
                return self._page(after, limit)
            case SaveContact():
                return self._save(command)
            case RemoveContacts(ids):
                for contact_id in ids:
                    self._must_be_allowed(personal=self._known(contact_id).personal)
                gone = [self.contacts.pop(contact_id) for contact_id in ids]
                revision = self._truth.phonebook.revision + 1
                self._removed |= {one.contact_id: (revision, one) for one in gone}
                self._publish(ContactsChanged(revision, removed=tuple(ids)))
                return Done()
            case SetFavourite(contact_id, favourite):
                self._known(contact_id)
                self.mark(contact_id, favourite=favourite)
                return Done()
            case MergeContacts():
                return self._merge(command)
            case UndoMerge(contact_id, known, details, restored):
                self._must_be_known(contact_id, known)
                for one in restored:
                    _, former = self._removed.pop(one)
                    self.write(former.details, contact_id=one, personal=former.personal)
                kept = self._known(contact_id)
                return ContactSaved(self.write(details, contact_id=contact_id, personal=kept.personal))
            case RestoreContacts(ids):
                for contact_id in ids:
                    _, former = self._removed.pop(contact_id)
                    self.write(former.details, contact_id=contact_id, personal=former.personal)
                return Done()
        return None

    def _page(self, after: int, limit: int) -> ContactsPage:
        changes: list[tuple[int, Contact | str]] = [
            (one.revision, one) for one in self.contacts.values() if one.revision > after
        ]
        if after:
            changes += [(at, name) for name, (at, _) in self._removed.items() if at > after]
        changes.sort(key=lambda change: change[0])
        page, rest = changes[:limit], changes[limit:]
        return ContactsPage(
            tuple(one for _, one in page if isinstance(one, Contact)),
            tuple(one for _, one in page if isinstance(one, str)),
            page[-1][0] if rest else self._truth.phonebook.revision,
            bool(rest),
        )

    def _merge(self, command: MergeContacts) -> ContactSaved:
        for contact_id, revision in zip(command.contact_ids, command.revisions, strict=True):
            self._must_be_known(contact_id, revision)
        kept, *others = command.contact_ids
        for one in others:
            self.take_out(one)
        personal = self._known(kept).personal
        return ContactSaved(self.write(command.details, contact_id=kept, personal=personal))

    def _must_be_known(self, contact_id: str, revision: int) -> None:
        known = self._known(contact_id)
        self._must_be_allowed(personal=known.personal)
        if known.revision != revision:
            raise CommandRefusedError(WireError(ErrorCode.CONFLICT, "somebody has changed it meanwhile"))

    def _save(self, command: SaveContact) -> ContactSaved:
        self._must_be_allowed(personal=command.personal)
        if not command.details.name:
            raise CommandRefusedError(WireError(ErrorCode.INVALID, "a name, a company or a number is needed"))
        former = self._known(command.contact_id) if command.contact_id else None
        quicker = former is not None and former.revision != command.known_revision
        contact = self.write(command.details, contact_id=command.contact_id, personal=command.personal)
        return ContactSaved(contact, former.changed_by if former and quicker else "")

    def _made(self, contact_id: str, details: ContactDetails, *, personal: bool, by: str = "") -> Contact:
        profile = self._truth.state().profile
        revision = self._truth.phonebook.revision + 1
        contact = Contact(contact_id, personal, details, revision, by or profile.user, self._now())
        self.contacts[contact_id] = contact
        return contact

    def _known(self, contact_id: str) -> Contact:
        if contact_id not in self.contacts:
            raise CommandRefusedError(WireError(ErrorCode.NOT_FOUND, "there is no such entry"))
        return self.contacts[contact_id]

    def _must_be_allowed(self, *, personal: bool) -> None:
        if not personal and Right.MANAGE_PHONEBOOK not in self._truth.state().profile.rights:
            raise CommandRefusedError(WireError(ErrorCode.NOT_PERMITTED, "you may not change these entries"))
