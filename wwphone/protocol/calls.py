"""Calls as the PBX sees them: states of phones, legs of one's own calls, click-to-dial, hang up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wwphone.domain.calls import Leg, PhoneState
from wwphone.protocol.message import Command, Event, Result


@dataclass(frozen=True)
class Dial(Command):
    """Let the PBX ring one's own devices first and then dial `number` (click-to-dial)."""

    wire_name: ClassVar[str] = "calls.dial"
    number: str


@dataclass(frozen=True)
class Dialled(Result):
    """The PBX rings one's own device now."""

    wire_name: ClassVar[str] = "calls.dialled"
    leg_id: str


@dataclass(frozen=True)
class HangUp(Command):
    """End one of one's own legs."""

    wire_name: ClassVar[str] = "calls.hang_up"
    leg_id: str


@dataclass(frozen=True)
class PhoneStateChanged(Event):
    """The state of all devices together of a colleague, or one's own."""

    wire_name: ClassVar[str] = "calls.phone_state_changed"
    user: str
    state: PhoneState


@dataclass(frozen=True)
class LegChanged(Event):
    """A leg of one's own is new or changed."""

    wire_name: ClassVar[str] = "calls.leg_changed"
    leg: Leg


@dataclass(frozen=True)
class LegEnded(Event):
    """A leg of one's own is over."""

    wire_name: ClassVar[str] = "calls.leg_ended"
    leg_id: str
    cause: int
    """Q.850 cause value, 0 when unknown."""


@dataclass(frozen=True)
class PbxStateChanged(Event):
    """Whether the CTI server reaches the PBX; while it does not, phone states are as of that moment."""

    wire_name: ClassVar[str] = "calls.pbx_state_changed"
    connected: bool
