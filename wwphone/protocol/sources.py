"""Searching other servers' directories on the wire: one command for each source, answered when that source answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wwphone.domain.sources import SourceAnswer
from wwphone.protocol.message import Command, Result


@dataclass(frozen=True)
class SearchSource(Command):
    """Search one source for entries that hold every word of a text, a number's digits too.

    Ask all sources at once: each answer comes when that source has answered, or at its time limit. A newer search of
    the same session in the same source takes the place of the one that runs, which is then refused with `conflict`;
    what is searched to be dialled does so for itself.
    Refused with `not_found` when there is no such source, and with `invalid` for a text that is too short or too long.
    """

    wire_name: ClassVar[str] = "sources.search"
    acts: ClassVar[bool] = False
    source_id: str
    text: str
    dialling: bool = False
    """Asked by a field in which somebody is about to dial, and not while the phone book is searched."""


@dataclass(frozen=True)
class SourceSearched(Result):
    """How the source answered, and what it found."""

    wire_name: ClassVar[str] = "sources.searched"
    answer: SourceAnswer


@dataclass(frozen=True)
class AskName(Command):
    """Ask all sources whose number this is; answered within two seconds, from what was found before at once."""

    wire_name: ClassVar[str] = "sources.ask_name"
    acts: ClassVar[bool] = False
    number: str


@dataclass(frozen=True)
class NameFound(Result):
    """Whose number it is."""

    wire_name: ClassVar[str] = "sources.name"
    found: SourceAnswer
    """With the entry; without one when nobody knows the number, or nobody answered in time."""
