"""Ring groups on the wire: which ones a person is a member of, whether logged in there, and who waits for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wwphone.domain.calls import Party
from wwphone.domain.ring_groups import RingGroupMembership
from wwphone.protocol.message import Command, Event, Result


@dataclass(frozen=True)
class SetLoggedIn(Command):
    """Log in to a ring group, or out of it, oneself; refused with `not_found` where one is no member."""

    wire_name: ClassVar[str] = "ring_groups.set_logged_in"
    number: str
    logged_in: bool


@dataclass(frozen=True)
class TakeNext(Command):
    """Take who waits longest for a ring group that one is a member of; answered with `ring_groups.next_taken` when connected.

    Of several who try at once each gets another caller. Refused with `conflict`, `taken_by`, when others take all who
    wait, with `not_found` when nobody does, and with `pbx_refused` when no device of one's own took the call.
    """

    wire_name: ClassVar[str] = "ring_groups.take_next"
    number: str
    register_call_id: str = ""
    """The Call-ID by which the own device registered that is to get the call, and answers by itself; empty: all ring."""


@dataclass(frozen=True)
class NextTaken(Result):
    """One's own device has the call."""

    wire_name: ClassVar[str] = "ring_groups.next_taken"
    caller: Party


@dataclass(frozen=True)
class RingGroupsChanged(Event):
    """The ring groups one is a member of, all of them, by number."""

    wire_name: ClassVar[str] = "ring_groups.changed"
    ring_groups: tuple[RingGroupMembership, ...]
