"""Entries of the phone book (product, section 6): global ones for everybody, personal ones for their owner alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from types import MappingProxyType

MAX_FIELD = 200
"""The longest name, company, number or e-mail address, in characters."""
MAX_CONTACT_NOTE = 4000
"""The longest note about a contact, in characters."""
MAX_PERSONAL_CONTACTS = 20_000
"""Personal entries of one user."""


class NumberKind(Enum):
    """Which of a contact's numbers."""

    OFFICE = "office"
    MOBILE = "mobile"
    PRIVATE = "private"


@dataclass(frozen=True)
class ContactDetails:
    """What people write into an entry.

    Numbers are in E.164 with a plus sign; internal numbers, and what is no number of any country, stay as they are dialled.
    """

    first_name: str = ""
    surname: str = ""
    company: str = ""
    office: str = ""
    mobile: str = ""
    private: str = ""
    email: str = ""
    note: str = ""

    @property
    def first_number(self) -> str:
        """The number that is meant when none is chosen; empty: there is none."""
        return next(iter(self.numbers.values()), "")

    @property
    def numbers(self) -> Mapping[NumberKind, str]:
        """The numbers there are, in the order in which they are offered."""
        all_of_them = {
            NumberKind.OFFICE: self.office,
            NumberKind.MOBILE: self.mobile,
            NumberKind.PRIVATE: self.private,
        }
        return MappingProxyType({kind: number for kind, number in all_of_them.items() if number})

    @property
    def name(self) -> str:
        """How the contact is called: the person's name, else the company, else a number or the e-mail address."""
        person = f"{self.first_name} {self.surname}".strip()
        return person or self.company or next(iter(self.numbers.values()), self.email)

    @property
    def sort_text(self) -> str:
        """What the book is sorted by: surname first, as in a printed one."""
        return f"{self.surname} {self.first_name}".strip() or self.name


@dataclass(frozen=True)
class Contact:
    """One entry as the server keeps it."""

    contact_id: str
    personal: bool
    """Seen by its owner alone; else by everybody."""
    details: ContactDetails
    revision: int
    """The phone book's at the latest change of this entry."""
    changed_by: str
    """The user who made that change."""
    changed_at: datetime


@dataclass(frozen=True)
class PhoneBookState:
    """Where the server's phone book stands, as one user sees it."""

    book_id: str = ""
    """Another one: what is known of the former book is worth nothing. Empty: there is no phone book."""
    revision: int = 0
    """Of the latest change this user may see."""
    country: str = ""
    """ISO 3166-1 code of the country whose numbers are written without a country code; empty: none."""
    trunk_prefix: str = ""
    """Digits that may be dialled in front of numbers outside; empty: none."""


NO_PHONE_BOOK = PhoneBookState()
"""A server without one, or before anything is known of it."""
