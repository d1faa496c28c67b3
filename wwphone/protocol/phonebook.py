"""The phone book on the wire: read by revision, changed entry by entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wwphone.domain.phonebook import Contact, ContactDetails
from wwphone.protocol.message import Command, Event, Result

MAX_PAGE = 1000
"""Entries in one page at most."""
MAX_IDS = 1000
"""Entries that one command names at most."""


@dataclass(frozen=True)
class ReadContacts(Command):
    """Ask for the entries that changed after a revision, oldest change first; 0 asks for all there are.

    Ask again with the page's revision while there is more.
    """

    wire_name: ClassVar[str] = "phonebook.read"
    acts: ClassVar[bool] = False
    after: int
    limit: int = MAX_PAGE


@dataclass(frozen=True)
class ContactsPage(Result):
    """Some of the entries, as they are now."""

    wire_name: ClassVar[str] = "phonebook.page"
    contacts: tuple[Contact, ...]
    removed: tuple[str, ...]
    """Entries that are there no more; never in the answer to a reading from 0."""
    revision: int
    """Of the last entry of this page; of the book, when nothing more follows."""
    more: bool


@dataclass(frozen=True)
class SaveContact(Command):
    """Add an entry or write it anew, a removed one too; whoever writes last wins.

    One that becomes global or personal gets another id, and is removed for those who saw the former one.
    Global ones need the right `manage_phonebook`. Refused with `not_permitted`, `not_found`, `invalid` for details
    that cannot be (the sentence says which), and with `conflict` when there are too many.
    """

    wire_name: ClassVar[str] = "phonebook.save"
    details: ContactDetails
    personal: bool
    contact_id: str = ""
    """Empty: a new entry."""
    known_revision: int = 0
    """The entry's revision that the person has changed; tells whether somebody else was quicker."""


@dataclass(frozen=True)
class ContactSaved(Result):
    """The entry is written."""

    wire_name: ClassVar[str] = "phonebook.saved"
    contact: Contact
    overwritten: str = ""
    """The user whose change of meanwhile was written over; empty: nobody's."""


@dataclass(frozen=True)
class RemoveContacts(Command):
    """Take entries out of the book; all of them or none. They can be restored for 30 days. Gone ones stay gone.

    Refused with `not_permitted`, `not_found`.
    """

    wire_name: ClassVar[str] = "phonebook.remove"
    contact_ids: tuple[str, ...]


@dataclass(frozen=True)
class RestoreContacts(Command):
    """Put removed entries back; all of them or none. Refused with `not_permitted`, `not_found`."""

    wire_name: ClassVar[str] = "phonebook.restore"
    contact_ids: tuple[str, ...]


@dataclass(frozen=True)
class ContactsChanged(Event):
    """Entries one may see are new, changed or gone."""

    wire_name: ClassVar[str] = "phonebook.changed"
    revision: int
    contacts: tuple[Contact, ...] = ()
    removed: tuple[str, ...] = ()
    complete: bool = True
    """False: there are too many to be told here; they have to be read."""
