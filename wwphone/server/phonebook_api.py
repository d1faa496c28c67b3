"""What may be asked of the store about the phone book; part of `server.api`."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from wwphone.domain.phonebook import Contact, ContactDetails
from wwphone.server.favourites_api import FavouriteStore
from wwphone.server.imports_api import ImportStore

GLOBAL = ""
"""The owner of entries that everybody sees."""

_ID_BYTES = 8


def new_contact_id() -> str:
    """Make an id."""
    return secrets.token_hex(_ID_BYTES)


class TooManyContactsError(Exception):
    """Somebody would have more personal entries than one may have; nothing was changed."""


@dataclass(frozen=True)
class ContactRecord:
    """One entry as it is stored; a removed one keeps its details until it is wiped."""

    contact_id: str
    owner: str
    """A user, or `GLOBAL`; never changes."""
    details: ContactDetails
    revision: int
    """Unique: each change of each entry has one of its own."""
    changed_by: str
    changed_at: datetime
    removed: bool = False
    wiped: bool = False
    """Removed so long ago that its details are gone."""

    @property
    def contact(self) -> Contact:
        """The entry as clients know it."""
        personal = self.owner != GLOBAL
        return Contact(
            self.contact_id, personal, self.details, self.revision, self.changed_by, self.changed_at
        )


@dataclass(frozen=True)
class ContactDraft:
    """An entry to be written, new or anew."""

    contact_id: str
    owner: str
    details: ContactDetails


@dataclass(frozen=True)
class BookChange:
    """Changes that are made together or not at all, in this order; each changed entry gets a revision of its own."""

    by: str
    at: datetime
    removed: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()
    saved: tuple[ContactDraft, ...] = ()
    most_personal: int | None = None
    """How many entries each owner may have afterwards; None: any number."""
    successors: Mapping[str, str] = field(default_factory=dict)
    """Which entry stands for a former one from now on, by its id: favourites follow."""
    expected: Mapping[str, int] = field(default_factory=dict)
    """The revisions that entries have, by id; when one has another, nothing is changed."""


@dataclass(frozen=True)
class BookChanged:
    """What a change has done."""

    before: Mapping[str, ContactRecord]
    """The named entries that existed, as they were."""
    revision: int
    """Of the entry that was changed last."""


class PhoneBookStore(ImportStore, FavouriteStore, Protocol):
    """The part of `server.api.Store` that keeps the phone book."""

    async def phonebook_id(self) -> str:
        """What this book is called; random, made with its tables."""

    async def phonebook_revision(self) -> int:
        """Grows with every change of an entry, whichever process makes it: a running server watches it."""

    async def latest_contact_revisions(self, after: int = 0) -> dict[str, int]:
        """The revision of each owner's latest change, of those who have one after a revision."""

    async def contacts_seen(self, user: str, after: int, limit: int) -> tuple[ContactRecord, ...]:
        """Entries that a user sees (global ones and their own) with a greater revision, in its order.

        Removed ones are among them only when `after` is greater than 0.
        """

    async def contacts_since(self, revision: int, limit: int) -> tuple[ContactRecord, ...]:
        """Everybody's entries with a greater revision, removed ones too, in its order."""

    async def contacts(self, ids: Iterable[str]) -> dict[str, ContactRecord]:
        """These entries, removed ones too, by id; unknown ones are left out."""

    async def change_contacts(self, change: BookChange) -> BookChanged:
        """Carry a change out. What is removed or there already stays so, and gets no new revision.

        Raises KeyError when an entry to be removed or restored does not exist, or was wiped and cannot be restored;
        TooManyContactsError; BookMovedError when an entry has not the expected revision; StoreError when an owner is no user.
        """

    async def wipe_removed_contacts(self, before: datetime) -> int:
        """Forget the details of what was removed before a time, keeping ids and revisions; return of how many."""
