"""Reachability: what a person set so that calls ring or do not, and what stands in the way of a call just now.

*Do not disturb* and forwardings belong to the person, not to a device (requirement 003, "Do not disturb"): any client may
set them, all show them, and the PBX obeys them for every device. Presence says which kinds of call ring
(`domain.presence.DEFAULT_REACH`). What of all that keeps a call from ringing is an `Obstacle`; the server names them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from wwphone.domain.calls import CallKind

MIN_RING_S = 5
MAX_RING_S = 120
"""How long it may ring before `ForwardingCause.NO_ANSWER` takes a call away."""


class ForwardingCause(Enum):
    """When calls are forwarded, in the order in which they are looked at."""

    ALWAYS = "always"
    NOT_REGISTERED = "not_registered"
    """No device of the user is registered."""
    BUSY = "busy"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True)
class Forwarding:
    """Calls go elsewhere for one cause. Raises ValueError for a ringing time that makes no sense."""

    cause: ForwardingCause
    target: str
    """The number as it is dialled; `VOICEMAIL_NUMBER` is the user's own mailbox."""
    after_s: int = 20
    """Seconds of ringing before NO_ANSWER; without meaning for the other causes."""

    def __post_init__(self) -> None:
        if not MIN_RING_S <= self.after_s <= MAX_RING_S:
            raise ValueError(f"it rings from {MIN_RING_S} to {MAX_RING_S} seconds")


@dataclass(frozen=True)
class Reachability:
    """What a person set, beside their presence."""

    do_not_disturb: bool = False
    """Silences every device and stops forwarding (requirement 003); presence stays as it was chosen."""
    disturb_since: datetime | None = None
    """When `do_not_disturb` was last switched on or off; None: never."""
    disturb_set_from: str = ""
    """Where it was switched: a PC's name, or a device."""
    forwardings: tuple[Forwarding, ...] = ()
    """One for a cause at most, in the order of the causes."""

    def forwarding(self, cause: ForwardingCause) -> Forwarding | None:
        """The one for this cause."""
        return next((each for each in self.forwardings if each.cause is cause), None)


class ObstacleKind(Enum):
    """Why calls do not ring, weightiest first."""

    DO_NOT_DISTURB = "do_not_disturb"
    FORWARDED = "forwarded"
    """Every call goes to `Obstacle.target`."""
    NOT_REGISTERED = "not_registered"
    """No device is registered."""
    NOT_ANSWERING = "not_answering"
    """No registered device answered its latest probe."""
    PRESENCE = "presence"
    """The chosen presence keeps some kinds of call away."""
    GROUP_LOGGED_OUT = "group_logged_out"
    """Logged out of the ring group `Obstacle.target`."""
    BUSY = "busy"
    """A call runs or rings, and the switch "busy when in a call" or "busy when ringing" is on."""


@dataclass(frozen=True)
class Obstacle:
    """One thing that keeps calls from ringing."""

    kind: ObstacleKind
    affected: tuple[CallKind, ...]
    """The kinds of call that do not ring because of it, in the order of `CallKind`."""
    since: datetime | None = None
    set_from: str = ""
    """Where it was set, such as the PC's name; empty when nobody set it."""
    target: str = ""
    """Where the calls go instead, or the number of the ring group it is about."""


NOTHING_SET = Reachability()
"""Of who never set anything."""
