"""Who somebody is, by a number or by what one types: colleagues first, then the phone book, then other sources."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from wwphone.domain.calls import Party
from wwphone.domain.numbers import DialTarget
from wwphone.domain.phonebook import Contact, ContactDetails, NumberKind
from wwphone.domain.presence import Colleague
from wwphone.domain.shown import without_prefix
from wwphone.services.observing import Listeners
from wwphone.services.phonebook import PhoneBookService
from wwphone.services.presence import PresenceService
from wwphone.services.sources import SourcesService, as_contact

MOST_CONTACTS = 8
"""Numbers of contacts that are offered while somebody types."""
_MOST_REMEMBERED = 1000
"""Numbers whose entries are remembered: what rings at many is asked for again and again."""
_ENTRIES_LOOKED_AT = 24
"""Of what is found, so many; some may have no number."""


@dataclass(frozen=True)
class ContactNumber:
    """One number of an entry of the phone book, or of another source."""

    contact: Contact
    kind: NumberKind
    number: str
    favourite: bool = False
    """Whether the entry is one of one's favourites."""
    source: str = ""
    """Of an entry of another source, that source's name."""

    @property
    def name(self) -> str:
        """Whose it is."""
        return contact_name(self.contact)


def contact_name(contact: Contact) -> str:
    """How a contact is called where nothing else is said: name and company."""
    return details_name(contact.details)


def details_name(details: ContactDetails) -> str:
    """How whoever these are is called where nothing else is said."""
    name, company = details.name, details.company
    return f"{name} · {company}" if company and company != name else name


class NamesService:
    """Knows by name whoever can be called or calls; the one place where a number gets its name."""

    def __init__(
        self, presence: PresenceService, phonebook: PhoneBookService, sources: SourcesService
    ) -> None:
        self._presence = presence
        self._phonebook = phonebook
        self._sources = sources
        self._entries: dict[str, Contact | None] = {}
        """Whose numbers were looked up since the phone book changed."""
        phonebook.changed.subscribe(lambda _: self._entries.clear())
        self.changed: Listeners[None] = phonebook.changed
        """Numbers may have other names now; colleagues' names are told by the presence service."""

    def find(self, text: str) -> tuple[Colleague, ...]:
        """Colleagues by part of a name or number, best first."""
        return self._presence.find(text)

    def find_contacts(self, text: str) -> tuple[ContactNumber, ...]:
        """The numbers of the first entries of the phone book that hold every word of a text; none for an empty one.

        Those of favourites come before the others.
        """
        found = [
            ContactNumber(contact, kind, number, self._phonebook.is_favourite(contact.contact_id))
            for contact in self._phonebook.find(text, _ENTRIES_LOOKED_AT)
            for kind, number in contact.details.numbers.items()
        ]
        return tuple(found[:MOST_CONTACTS])

    def found_elsewhere(self, besides: Collection[str] = ()) -> tuple[ContactNumber, ...]:
        """Numbers that other sources have found so far for what is typed to be dialled; each once, the earliest first.

        `besides`: numbers that are offered already.
        """
        found: dict[str, ContactNumber] = {}
        for source, details in self._sources.dialling.found:
            for kind, number in details.numbers.items():
                if number not in besides:
                    hit = ContactNumber(as_contact(details), kind, number, source=source.name)
                    found.setdefault(number, hit)
        return tuple(found.values())[:MOST_CONTACTS]

    def with_number(self, number: str) -> Colleague | None:
        """Return the colleague who has this internal number."""
        return self._presence.with_number(number)

    def is_emergency(self, target: DialTarget) -> bool:
        """Whether this is an emergency number, with the trunk prefix or without; a colleague's number is none."""
        rest = target.address.removeprefix(self._phonebook.trunk_prefix)
        return target.is_emergency or (
            DialTarget(rest).is_emergency and self._presence.with_number(target.address) is None
        )

    def contact(self, number: str) -> Contact | None:
        """Return the entry of a number that is no colleague's."""
        if not number or self._presence.with_number(number) is not None:
            return None
        if number not in self._entries:
            if len(self._entries) >= _MOST_REMEMBERED:
                self._entries.clear()
            self._entries[number] = self._phonebook.with_number(number)
        return self._entries[number]

    def named(self, party: Party) -> Party:
        """Give somebody the name we know them by: the signalled one may be a phone's own idea."""
        party = replace(party, number=without_prefix(party.number))
        colleague = self._presence.with_number(party.number)
        if colleague is not None:
            return replace(party, name=colleague.nickname)
        contact = self.contact(party.number)
        if contact is not None:
            return replace(party, name=contact_name(contact))
        elsewhere = self._sources.name_of(party.number) if party.number else None
        return replace(party, name=details_name(elsewhere)) if elsewhere else party
