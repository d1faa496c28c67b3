"""The desk phone that the client steers: calls the PBX holds for it, and what phones can be told over SIP.

A steered phone has one leg, and the PBX connects that leg with one party after the other: whoever does not talk with it
hears music at the PBX. So holding, swapping and calling somebody else meanwhile work with every phone, and none of them
has to know how. Several of them can be merged with the phone into a conference; each stays a held call by name. The
conference is held as a whole: all of them hear music, until all of them are back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from wwphone.domain.calls import Party


class HeldEnd(Enum):
    """Why a call is held no more."""

    RESUMED = "resumed"
    """It is connected with the phone again."""
    OVER = "over"
    """It was ended, here or there."""
    SENT_ON = "sent_on"
    """It was handed over, or parked."""
    RINGS = "rings"
    """The phone was put down, so the call rings at the user's devices."""


@dataclass(frozen=True)
class HeldCall:
    """Somebody who hears music at the PBX while the steered phone does something else."""

    held_id: str
    """The PBX's own id of the other side's channel."""
    leg_id: str
    """The leg of the phone that it belongs to."""
    user: str
    remote: Party
    since: datetime
    merged: bool = False
    """It hears no music, but the phone and everybody else who is merged with it: a conference at the PBX."""
    together: bool = False
    """It was merged, hears music with the others of whom this is said, and comes back with them."""


MOST_MERGED = 8
"""So many others are merged with a phone at most."""

_ANSWERS_WHEN_TOLD = (
    "snom",
    "yealink",
    "polycom",
    "poly",
    "grandstream",
    "aastra",
    "mitel",
    "fanvil",
    "htek",
    "panasonic",
    "cisco/spa",
    "linksys/spa",
)
"""Beginnings of the user agents of phones that take a call when a NOTIFY within its dialogue says `Event: talk`."""


def answers_when_told(user_agent: str) -> bool:
    """Whether a phone takes a ringing call when the PBX tells it to; of others one has to lift the receiver."""
    return user_agent.lower().startswith(_ANSWERS_WHEN_TOLD)
