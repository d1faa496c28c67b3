"""Presence: what a person says of their own availability, and what it does to calls (product, section 5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from types import MappingProxyType

from wwphone.domain.calls import CallKind


class PresenceStatus(Enum):
    """The states of requirement 001, "CTI", in the order in which they are offered."""

    TELEPHONE_SERVICE = "telephone_service"
    AVAILABLE = "available"
    BE_RIGHT_BACK = "be_right_back"
    DIRECT_ONLY = "direct_only"
    INTERNAL_ONLY = "internal_only"
    UNAVAILABLE = "unavailable"
    OFFLINE = "offline"
    """Not selectable: the person's client is not connected."""

    @property
    def selectable(self) -> bool:
        """Whether a person may choose this state."""
        return self is not PresenceStatus.OFFLINE


_ALL = frozenset(CallKind)

DEFAULT_REACH: Mapping[PresenceStatus, frozenset[CallKind]] = MappingProxyType(
    {
        PresenceStatus.TELEPHONE_SERVICE: _ALL,
        PresenceStatus.AVAILABLE: _ALL,
        PresenceStatus.BE_RIGHT_BACK: _ALL,
        PresenceStatus.DIRECT_ONLY: frozenset({CallKind.DIRECT, CallKind.INTERNAL}),
        PresenceStatus.INTERNAL_ONLY: frozenset({CallKind.INTERNAL}),
        PresenceStatus.UNAVAILABLE: frozenset(),
    }
)
"""Which kinds of call ring in which state; the server's configuration may say otherwise."""


@dataclass(frozen=True)
class Presence:
    """One person's state: what they chose, since when, until when, and from which device."""

    status: PresenceStatus
    since: datetime
    back_at: datetime | None = None
    """When *Be right back* ends by itself; None: not told."""
    set_from: str = ""
    """Where it was chosen, such as the PC's name; shown in the reachability sentence and the journal."""
    connected: bool = False
    """Whether a client of this person is connected; when not, colleagues see *Offline*."""
    set_by: str = ""
    """The user who chose it in this person's place; empty: they did, or it came by itself."""
    do_not_disturb: bool = False
    """Whether it is on beside the chosen state: then nothing rings at this person, whatever they chose. Not kept with it."""

    @property
    def shown(self) -> PresenceStatus:
        """What colleagues see: the chosen state, or *Offline* while no client is connected."""
        return self.status if self.connected else PresenceStatus.OFFLINE


BY_ADMINISTRATOR = "(administrator)"
"""Who made a change at the server itself, in the journal; no user can be called so."""


class JournalSubject(Enum):
    """What a change was about."""

    PRESENCE = "presence"
    """Presence or *do not disturb*."""
    RING_GROUP = "ring_group"
    """Logging in to a ring group, or out of it."""
    SWITCH = "switch"
    """A switch of the PBX, operated by this user."""


@dataclass(frozen=True)
class JournalEntry:
    """One change of presence, of *do not disturb* (requirement 001, "CTI"), or of what `subject` names."""

    at: datetime
    user: str
    presence: Presence
    """As it was after the change; its `set_from` says where this change was made, also one of *do not disturb*."""
    set_by: str
    """Who did it: a user's name, or the server itself."""
    do_not_disturb: bool = False
    """Whether *do not disturb* was on after the change."""
    subject: JournalSubject = JournalSubject.PRESENCE
    subject_name: str = ""
    """Which ring group or switch, as people call it; empty for presence."""
    subject_on: bool = False
    """Logged in, or switched on."""
    entry_id: int = field(default=0, compare=False)
    """Its place in the journal, the newest has the highest; 0: not written yet."""


@dataclass(frozen=True)
class PresenceGroup:
    """A named part of the colleagues' list; `position` orders the groups."""

    name: str
    position: int


@dataclass(frozen=True)
class Colleague:
    """A user as the others see them: by nickname (requirement 001) and one internal number (requirement 003)."""

    user: str
    number: str
    nickname: str
    group: str
    email: str = field(default="", repr=False)
    """By which they are invited to conferences; empty: none is known."""
