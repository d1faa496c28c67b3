"""Presence on the wire: choosing one's own, and seeing everybody's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from wwphone.domain.presence import Colleague, Presence, PresenceGroup, PresenceStatus
from wwphone.protocol.message import Command, Event


@dataclass(frozen=True)
class SetPresence(Command):
    """Choose one's own presence, or with the right `set_presence` another user's. `back_at` only with *Be right back*.

    Refused with `not_permitted` without the right, with `not_found` for somebody whom one does not see.
    """

    wire_name: ClassVar[str] = "presence.set"
    status: PresenceStatus
    back_at: datetime | None = None
    user: str = ""
    """Whose; empty: one's own."""


@dataclass(frozen=True)
class PresenceChanged(Event):
    """A colleague's (or one's own) presence changed."""

    wire_name: ClassVar[str] = "presence.changed"
    user: str
    presence: Presence


@dataclass(frozen=True)
class ColleagueChanged(Event):
    """A colleague is new, or their number, nickname or group changed."""

    wire_name: ClassVar[str] = "presence.colleague_changed"
    colleague: Colleague


@dataclass(frozen=True)
class ColleagueRemoved(Event):
    """A colleague left, or is hidden from now on (requirement 000, "Hide this user")."""

    wire_name: ClassVar[str] = "presence.colleague_removed"
    user: str


@dataclass(frozen=True)
class GroupsChanged(Event):
    """The presence groups, all of them, in their order."""

    wire_name: ClassVar[str] = "presence.groups_changed"
    groups: tuple[PresenceGroup, ...]
