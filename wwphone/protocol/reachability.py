"""Reachability on the wire: do not disturb, forwardings, and what keeps calls from ringing; the journal of it all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wwphone.domain.presence import JournalEntry
from wwphone.domain.reachability import Forwarding, ForwardingCause, Obstacle, Reachability
from wwphone.protocol.message import Command, Event, Result


@dataclass(frozen=True)
class SetDoNotDisturb(Command):
    """Silence all of one's own devices, or let them ring again (requirement 003)."""

    wire_name: ClassVar[str] = "reachability.set_do_not_disturb"
    on: bool


@dataclass(frozen=True)
class SetForwarding(Command):
    """Forward one's own calls for a cause; the former one for this cause is replaced.

    Refused with `invalid` for a number that cannot be dialled and for the own number, with `conflict` when the calls
    would come back in a loop.
    """

    wire_name: ClassVar[str] = "reachability.set_forwarding"
    forwarding: Forwarding


@dataclass(frozen=True)
class EndForwarding(Command):
    """Forward one's own calls no more: for this cause, or (None) for any."""

    wire_name: ClassVar[str] = "reachability.end_forwarding"
    cause: ForwardingCause | None = None


@dataclass(frozen=True)
class ReadJournal(Command):
    """Ask for the journal of presence and do not disturb, newest first: one's own, or with the right anybody's."""

    wire_name: ClassVar[str] = "reachability.read_journal"
    acts: ClassVar[bool] = False
    user: str | None = None
    """None: one's own. Another user's needs the right `administrate`; `*` asks for everybody's."""
    limit: int = 200
    before: int = 0
    """Ask for entries older than the one with this `entry_id`; 0: from the newest on."""


@dataclass(frozen=True)
class Journal(Result):
    """Entries of the journal, newest first."""

    wire_name: ClassVar[str] = "reachability.journal"
    entries: tuple[JournalEntry, ...]


@dataclass(frozen=True)
class ReachabilityChanged(Event):
    """One's own settings or obstacles changed."""

    wire_name: ClassVar[str] = "reachability.changed"
    reachability: Reachability
    obstacles: tuple[Obstacle, ...] = ()
    """Weightiest first; empty: everything rings."""
