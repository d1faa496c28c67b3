"""Doubles of the phone book: found in the cache, merged on the server, taken back for as long as nobody changes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wwphone.cti.api import CtiLink
from wwphone.domain.phonebook import Contact, ContactDetails
from wwphone.protocol.doubles import MergeContacts, UndoMerge
from wwphone.protocol.phonebook import ContactSaved
from wwphone.services.phonebook import PhoneBookService


@dataclass(frozen=True)
class Merged:
    """What was done, and what it takes to undo it."""

    contact: Contact
    """The one that stays, as it is now."""
    former: ContactDetails
    """What stood in it."""
    removed: tuple[str, ...]


class DoublesService:
    """Asks the cache which entries are alike, and the server to merge them."""

    def __init__(self, link: CtiLink, phonebook: PhoneBookService) -> None:
        self._link = link
        self._phonebook = phonebook

    async def find(self) -> tuple[tuple[str, ...], ...]:
        """Ids of entries that are alike, of those that one may change."""
        return await self._phonebook.doubles()

    def entries(self, ids: Sequence[str]) -> tuple[Contact, ...]:
        """These entries, as they are now, the fullest first; without those that are gone."""
        found = (self._phonebook.contact(one) for one in ids)
        there = (contact for contact in found if contact is not None)
        return tuple(sorted(there, key=lambda contact: -_fullness(contact.details)))

    async def merge(self, contacts: Sequence[Contact], details: ContactDetails) -> Merged:
        """Make one entry of several: the first stays, with these details. Raises CommandRefusedError."""
        ids = tuple(one.contact_id for one in contacts)
        revisions = tuple(one.revision for one in contacts)
        saved = await self._link.request(MergeContacts(ids, revisions, details))
        assert isinstance(saved, ContactSaved)
        return Merged(saved.contact, contacts[0].details, ids[1:])

    async def undo(self, merged: Merged) -> None:
        """Take it back. Raises CommandRefusedError."""
        kept = merged.contact
        await self._link.request(UndoMerge(kept.contact_id, kept.revision, merged.former, merged.removed))


def _fullness(details: ContactDetails) -> int:
    return sum(bool(text) for text in vars(details).values())
