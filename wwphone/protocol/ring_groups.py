"""Ring groups on the wire: which ones a person is a member of, and whether logged in there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wwphone.domain.ring_groups import RingGroupMembership
from wwphone.protocol.message import Command, Event


@dataclass(frozen=True)
class SetLoggedIn(Command):
    """Log in to a ring group, or out of it, oneself; refused with `not_found` where one is no member."""

    wire_name: ClassVar[str] = "ring_groups.set_logged_in"
    number: str
    logged_in: bool


@dataclass(frozen=True)
class RingGroupsChanged(Event):
    """The ring groups one is a member of, all of them, by number."""

    wire_name: ClassVar[str] = "ring_groups.changed"
    ring_groups: tuple[RingGroupMembership, ...]
