"""Steering one's own desk phone.

A `call_id` names a leg of one's own or, if the PBX holds the call, its `held_id`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wwphone.domain.desk_phone import HeldCall, HeldEnd
from wwphone.domain.shown import Shown
from wwphone.protocol.message import Command, Event, Result


@dataclass(frozen=True)
class DeskDial(Command):
    """Call a number by one's own phone; answered with `calls.dialled`.

    A leg all of whose calls are held calls at once. Without one the phone is rung first, and answers by itself if it can.
    """

    wire_name: ClassVar[str] = "desk_phone.dial"
    number: str
    contact: str = ""
    """The contact URI of the registration that is to be used; looked at when there is no `leg_id`."""
    leg_id: str = ""
    shown: Shown | None = None
    """What whom one calls sees, if not the usual number; a number that one may not show is ignored."""


@dataclass(frozen=True)
class DeskAnswer(Command):
    """Take a call that rings at one's own phone: the phone is told to, or a leg of it that waits is connected."""

    wire_name: ClassVar[str] = "desk_phone.answer"
    leg_id: str
    contact: str = ""
    """The device that is to take it, where the call rings at several; empty: the first that can be told."""


@dataclass(frozen=True)
class DeskHold(Command):
    """Let whom a leg talks with hear music at the PBX; the leg waits. Those who are merged are held together."""

    wire_name: ClassVar[str] = "desk_phone.hold"
    leg_id: str


@dataclass(frozen=True)
class Held(Result):
    """The PBX holds the call; of several who are held together, this is one."""

    wire_name: ClassVar[str] = "desk_phone.held"
    held_id: str


@dataclass(frozen=True)
class DeskResume(Command):
    """Connect a held call with the phone; whoever the phone talks with is held first.

    Those who are held together come back all at once, merged as they were.
    """

    wire_name: ClassVar[str] = "desk_phone.resume"
    held_id: str


@dataclass(frozen=True)
class DeskHangUp(Command):
    """End one call and no other: other calls of the same leg stay held."""

    wire_name: ClassVar[str] = "desk_phone.hang_up"
    call_id: str


@dataclass(frozen=True)
class DeskTransfer(Command):
    """Hand a call over, unseen. INVALID for a number that nobody has; the call stays then."""

    wire_name: ClassVar[str] = "desk_phone.transfer"
    call_id: str
    number: str


@dataclass(frozen=True)
class DeskMerge(Command):
    """Let the phone and these calls, of which at most one is its leg, hear each other; eight at most."""

    wire_name: ClassVar[str] = "desk_phone.merge"
    call_ids: tuple[str, ...]


@dataclass(frozen=True)
class DeskSplit(Command):
    """Take a call out of those that are merged, and hold it; the others go on. Out of those held together, too."""

    wire_name: ClassVar[str] = "desk_phone.split"
    held_id: str


@dataclass(frozen=True)
class DeskPark(Command):
    """Park a held call; answered with `parking.parked`. What the phone is connected with is parked by `parking.park`."""

    wire_name: ClassVar[str] = "desk_phone.park"
    held_id: str


@dataclass(frozen=True)
class DeskJoin(Command):
    """Connect the far ends of two calls of the phone, at least one of them held; the phone is put down."""

    wire_name: ClassVar[str] = "desk_phone.join"
    call_id: str
    other_call_id: str


@dataclass(frozen=True)
class DeskDeflect(Command):
    """Send a caller on who rings at the phone."""

    wire_name: ClassVar[str] = "desk_phone.deflect"
    leg_id: str
    number: str
    """Empty: to one's own voicemail."""


@dataclass(frozen=True)
class DeskMute(Command):
    """Let nothing of what the phone says through, or everything again."""

    wire_name: ClassVar[str] = "desk_phone.mute"
    leg_id: str
    muted: bool


@dataclass(frozen=True)
class DeskPress(Command):
    """Send tones to whom the phone is connected with, as if its keys were pressed."""

    wire_name: ClassVar[str] = "desk_phone.press"
    leg_id: str
    keys: str
    """Of 0-9, *, # and A-D; 32 at most."""


@dataclass(frozen=True)
class HeldCallChanged(Event):
    """The PBX holds a call of one's own phone."""

    wire_name: ClassVar[str] = "desk_phone.held_changed"
    call: HeldCall


@dataclass(frozen=True)
class HeldCallEnded(Event):
    """The PBX holds it no more."""

    wire_name: ClassVar[str] = "desk_phone.held_ended"
    held_id: str
    end: HeldEnd
