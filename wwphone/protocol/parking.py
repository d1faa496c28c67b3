"""Parking a call, seeing all parked calls, fetching one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wwphone.domain.parking import ParkedCall, ParkingEnd
from wwphone.protocol.message import Command, Event, Result


@dataclass(frozen=True)
class Park(Command):
    """Park whom one talks with; one's own leg ends. Name the leg by one of both."""

    wire_name: ClassVar[str] = "parking.park"
    leg_id: str = ""
    """A leg of one's own, as told."""
    sip_call_id: str = ""
    """The SIP Call-ID (RFC 3261 section 8.1.1.4) of one's softphone's call; looked at when there is no `leg_id`."""


@dataclass(frozen=True)
class Parked(Result):
    """The call waits in this place."""

    wire_name: ClassVar[str] = "parking.parked"
    slot: str


@dataclass(frozen=True)
class Fetch(Command):
    """Take a parked call to one's own device. Of several who try, one wins; the others get CONFLICT with `taken_by`."""

    wire_name: ClassVar[str] = "parking.fetch"
    slot: str
    register_call_id: str = ""
    """Call-ID of the REGISTER of the device that is to get it, which answers by itself; empty: as with click-to-dial."""


@dataclass(frozen=True)
class Fetched(Result):
    """The PBX rings one's own device now; answered, it has the call."""

    wire_name: ClassVar[str] = "parking.fetched"
    leg_id: str


@dataclass(frozen=True)
class ParkedCallChanged(Event):
    """A call was parked, or something about a parked one is known better."""

    wire_name: ClassVar[str] = "parking.changed"
    call: ParkedCall


@dataclass(frozen=True)
class ParkedCallEnded(Event):
    """A place is free again."""

    wire_name: ClassVar[str] = "parking.ended"
    slot: str
    end: ParkingEnd
    user: str = ""
    """Who has it now, or at whom it rings again; empty when nobody known, or somebody hidden."""
