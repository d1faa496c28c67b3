"""Doubles in the phone book on the wire: several entries become one, and that can be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wwphone.domain.phonebook import ContactDetails
from wwphone.protocol.message import Command


@dataclass(frozen=True)
class MergeContacts(Command):
    """Write the first of some entries anew and take the others out of the book, all of it or nothing.

    All of them are global, or all are one's own; whoever marked one of them as a favourite has marked the first. Answered with
    `phonebook.saved`. Refused with `not_permitted`, `not_found`, `invalid`, and with `conflict` when an entry has another revision.
    """

    wire_name: ClassVar[str] = "doubles.merge"
    contact_ids: tuple[str, ...]
    revisions: tuple[int, ...]
    """Of each entry, the one that the person has seen."""
    details: ContactDetails


@dataclass(frozen=True)
class UndoMerge(Command):
    """Put entries back that were merged into another one, which gets its former details; all of it or nothing.

    Answered with `phonebook.saved`. Refused as merging is, with `conflict` when somebody has changed the one entry since.
    """

    wire_name: ClassVar[str] = "doubles.undo"
    contact_id: str
    known_revision: int
    details: ContactDetails
    restored: tuple[str, ...]
