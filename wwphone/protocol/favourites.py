"""Favourites on the wire: each user's own mark on entries of the phone book, the same on every PC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wwphone.protocol.message import Command, Event


@dataclass(frozen=True)
class SetFavourite(Command):
    """Mark an entry that one sees as a favourite, or take the mark away; twice is no error.

    Refused with `not_found` for an entry that one does not see, with `conflict` when there are too many.
    """

    wire_name: ClassVar[str] = "favourites.set"
    contact_id: str
    favourite: bool


@dataclass(frozen=True)
class FavouriteChanged(Event):
    """An entry is, or is no more, among one's own favourites."""

    wire_name: ClassVar[str] = "favourites.changed"
    contact_id: str
    favourite: bool
