"""Conferences that run: their rooms, who is there, and who is being called in (requirement 002; product.md 8).

A room is a number of the PBX, always there. A conference runs in it while somebody is inside.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from wwphone.domain.calls import Party

MAX_PARTICIPANTS = 80
"""In one room at the same time."""
MAX_INVITED_AT_ONCE = 20
"""People that one command calls into a room."""
ROOM_PIN_DIGITS = range(4, 11)
"""How many digits a room's own PIN may have."""


class InvitationState(Enum):
    """What became of calling somebody into a conference."""

    CALLING = "calling"
    RINGING = "ringing"
    CONNECTED = "connected"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    REFUSED = "refused"
    """Declined."""
    FAILED = "failed"
    """Out of reach: no such number, no device, or no line to outside."""
    LEFT = "left"
    """Was there and is gone; can be called again."""


INVITATIONS_UNDER_WAY = frozenset({InvitationState.CALLING, InvitationState.RINGING})


@dataclass(frozen=True)
class ConferenceRoom:
    """A room as told to somebody who may see it."""

    number: str
    name: str
    owner: str = ""
    """The user whose personal room it is; empty: everybody's who may hold conferences."""
    dial_in: str = ""
    """What the person who is told dials from inside to enter: 901 for one's own."""
    external_number: str = ""
    """What is dialled from outside (E.164); empty: nobody gets in from outside but who is called."""
    may_control: bool = False
    """The person who is told may invite, mute, hang up, lock and end here."""
    pin: str = field(default="", repr=False)
    """The room's own PIN, told to those who may control it; empty: none is asked for."""


@dataclass(frozen=True)
class RunningConference:
    """A room with somebody inside."""

    room: str
    since: datetime
    locked: bool = False
    """Nobody gets in any more, but who is called."""
    conference_id: str = ""
    """The planned conference whose time it is; empty: none."""


@dataclass(frozen=True)
class Participant:
    """Somebody who is in a conference."""

    participant_id: str
    room: str
    party: Party = field(repr=False)
    since: datetime
    user: str = ""
    """A colleague, by user name; empty: nobody of the house, or somebody hidden."""
    talking: bool = False
    muted: bool = False
    """Not heard by the others, by their own key or from the window."""
    chair: bool = False
    """May control the conference."""
    invitation_id: str = ""
    """The call that brought them; empty: they dialled in."""
    invitee: str = field(default="", repr=False)
    """The address of the invitation by e-mail whose PIN they came with, told to those who may control the room; empty: none."""
    leg_id: str = ""
    """The PBX's id of the leg they are there with; told to nobody but whose leg it is."""
    sip_call_id: str = ""
    """SIP's Call-ID of that leg (RFC 3261 section 8.1.1.4); told as `leg_id` is, and empty where the PBX does not tell."""


@dataclass(frozen=True)
class PhoneInvitation:
    """Somebody who was called into a conference; there while the conference runs."""

    invitation_id: str
    room: str
    party: Party = field(repr=False)
    by: str
    """The user who invites."""
    at: datetime
    """When it came into this state."""
    state: InvitationState = InvitationState.CALLING
    user: str = ""
    """A colleague, by user name."""
    participant_id: str = ""
    """While connected."""
