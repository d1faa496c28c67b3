"""Targeted pick-up on the wire: what rings elsewhere, and claiming it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wwphone.domain.calls import Party
from wwphone.domain.pickup import RingingCall
from wwphone.protocol.message import Command, Event, Result


@dataclass(frozen=True)
class Claim(Command):
    """Take a call that rings elsewhere to one's own device.

    Answered as soon as the caller is connected. Whoever comes second gets CONFLICT, and `taken_by` says who was first.
    """

    wire_name: ClassVar[str] = "pickup.claim"
    ringing_id: str
    register_call_id: str = ""
    """Call-ID of the REGISTER of the device that is to take it (this PC's softphone); empty: any of one's own devices."""


@dataclass(frozen=True)
class Claimed(Result):
    """The caller is connected with one's own device."""

    wire_name: ClassVar[str] = "pickup.claimed"
    caller: Party
    """Who calls: whoever has taken a call sees that."""


@dataclass(frozen=True)
class RingingCallChanged(Event):
    """A call rings elsewhere, or what one may know of it or do with it has changed."""

    wire_name: ClassVar[str] = "pickup.ringing_call_changed"
    call: RingingCall


@dataclass(frozen=True)
class RingingCallEnded(Event):
    """It rings no more, or one may not see it any more."""

    wire_name: ClassVar[str] = "pickup.ringing_call_ended"
    ringing_id: str
    taken_by: str = ""
    """The user who has it now; empty: nobody, or it is not told."""
