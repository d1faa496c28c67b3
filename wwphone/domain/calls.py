"""Calls: their states, their ends, their quality.

A call on this PC is a `CallSnapshot`; a leg somewhere in the PBX is a `Leg`. The states follow RFC 3261's dialogs:
a call is set up (`DIALING`, `RINGING` out, `INCOMING`), confirmed (`ACTIVE`, `HELD`) and over (`ENDED`). What may
follow what stands in `CALL_TRANSITIONS`; anything else is a programming error.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from types import MappingProxyType


class CallKind(Enum):
    """Why a call reaches me: within the PBX, to my own outside number, or to a group I belong to."""

    INTERNAL = "internal"
    """From within the PBX to my internal number."""
    DIRECT = "direct"
    """From outside to my own number."""
    GROUP = "group"
    """To the number of a group I belong to."""


class CallDirection(Enum):
    """Who started the call, seen from here."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"


class PhoneState(Enum):
    """State of all of a user's devices together; busy as soon as one is busy (requirement 001, "Telephone")."""

    OFFLINE = "offline"
    FREE = "free"
    RINGING = "ringing"
    BUSY = "busy"


class CallState(Enum):
    """Where a call stands."""

    DIALING = "dialing"
    """INVITE sent, nothing heard yet."""
    RINGING = "ringing"
    """The other side rings (180), or plays something before it answers (183)."""
    INCOMING = "incoming"
    """It rings here."""
    ACTIVE = "active"
    HELD = "held"
    """Held by us; the other side hears music."""
    ENDED = "ended"


CALL_TRANSITIONS: Mapping[CallState, frozenset[CallState]] = MappingProxyType(
    {
        CallState.DIALING: frozenset({CallState.RINGING, CallState.ACTIVE, CallState.ENDED}),
        CallState.RINGING: frozenset({CallState.ACTIVE, CallState.ENDED}),
        CallState.INCOMING: frozenset({CallState.ACTIVE, CallState.ENDED}),
        CallState.ACTIVE: frozenset({CallState.HELD, CallState.ENDED}),
        CallState.HELD: frozenset({CallState.ACTIVE, CallState.ENDED}),
        CallState.ENDED: frozenset(),
    }
)


class EndReason(Enum):
    """Why a call is over, in as many words as a person can act upon."""

    HUNG_UP_HERE = "hung_up_here"
    HUNG_UP_THERE = "hung_up_there"
    CANCELLED = "cancelled"
    """We gave up before anybody answered."""
    MISSED = "missed"
    """The caller gave up before we answered."""
    DECLINED_HERE = "declined_here"
    DECLINED_THERE = "declined_there"
    ANSWERED_ELSEWHERE = "answered_elsewhere"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    UNKNOWN_NUMBER = "unknown_number"
    UNREACHABLE = "unreachable"
    """The number exists, none of its devices is registered."""
    NOT_PERMITTED = "not_permitted"
    NO_COMMON_CODEC = "no_common_codec"
    CERTIFICATE_REJECTED = "certificate_rejected"
    PBX_UNREACHABLE = "pbx_unreachable"
    PARKED = "parked"
    """It waits in a parking place; `slot` says in which."""
    TRANSFERRED = "transferred"
    """Handed over to somebody else (RFC 3515); those two go on talking."""
    DEFLECTED = "deflected"
    """Sent on before we answered (302, RFC 3261 section 21.3.3)."""
    MOVED = "moved"
    """It goes on at another of one's own devices."""
    OVER = "over"
    """One of both hung up; of the desk phone nobody knows who."""
    LINE_LOST = "line_lost"
    """It ran, and then nothing came any more."""
    FAILED = "failed"
    """Anything else; the SIP status tells."""


_REASON_BY_STATUS: Mapping[int, EndReason] = MappingProxyType(
    {
        403: EndReason.NOT_PERMITTED,
        401: EndReason.NOT_PERMITTED,
        407: EndReason.NOT_PERMITTED,
        404: EndReason.UNKNOWN_NUMBER,
        484: EndReason.UNKNOWN_NUMBER,
        485: EndReason.UNKNOWN_NUMBER,
        604: EndReason.UNKNOWN_NUMBER,
        408: EndReason.NO_ANSWER,
        480: EndReason.NO_ANSWER,
        410: EndReason.UNKNOWN_NUMBER,
        486: EndReason.BUSY,
        600: EndReason.BUSY,
        487: EndReason.CANCELLED,
        488: EndReason.NO_COMMON_CODEC,
        606: EndReason.NO_COMMON_CODEC,
        502: EndReason.PBX_UNREACHABLE,
        503: EndReason.UNREACHABLE,
        603: EndReason.DECLINED_THERE,
        607: EndReason.DECLINED_THERE,
    }
)


def reason_of_status(status: int) -> EndReason:
    """Translate the final SIP status of an outgoing call that nobody answered (RFC 3261 section 21)."""
    return _REASON_BY_STATUS.get(status, EndReason.FAILED)


class QualityWord(Enum):
    """What a layman understands of a measured mean opinion score."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


@dataclass(frozen=True)
class CallQuality:
    """What RTCP says of a running call (RFC 3550 section 6.4): both directions, latest figures."""

    loss_percent: float
    jitter_ms: float
    round_trip_ms: float
    bytes_received: int = 0

    @property
    def mos(self) -> float:
        """Estimated mean opinion score, 1.0 to 4.5 (ITU-T G.107, simplified: delay and loss impairment)."""
        latency_ms = self.round_trip_ms / 2 + 2 * self.jitter_ms + 10
        delay_impairment = latency_ms / 40 if latency_ms < 160 else (latency_ms - 120) / 10
        rating = max(0.0, min(100.0, 93.2 - delay_impairment - 2.5 * self.loss_percent))
        score = 1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6
        return max(1.0, min(4.5, score))

    @property
    def word(self) -> QualityWord:
        """Good above 3.9, fair above 3.1, else poor (ITU-T G.107 Annex B: satisfied, many dissatisfied)."""
        if self.mos >= 3.9:
            return QualityWord.GOOD
        return QualityWord.FAIR if self.mos >= 3.1 else QualityWord.POOR


@dataclass(frozen=True)
class Party:
    """The other side of a call: the number as signalled, and a name where one came along."""

    number: str
    name: str = ""


@dataclass(frozen=True)
class CallEnd:
    """How a call ended."""

    reason: EndReason
    sip_status: int = 0
    """The final SIP status, 0 when there was none."""
    detail: str = ""
    """The other side's own words, for the expert."""
    slot: str = ""
    """Where it waits now, with PARKED."""


@dataclass(frozen=True)
class Returned:
    """Why a call that we had handed over unseen comes back."""

    party: Party
    """Who did not take it."""
    reason: EndReason


@dataclass(frozen=True)
class CallSnapshot:
    """A call on this PC, frozen at one moment. Times are of the wall clock, in UTC."""

    call_id: str
    """Ours, unique for ever; not the SIP Call-ID."""
    direction: CallDirection
    remote: Party
    state: CallState
    started_at: datetime
    answered_at: datetime | None = None
    kind: CallKind = CallKind.INTERNAL
    called_number: str = ""
    """Which of my numbers or which group was called, for incoming calls."""
    muted: bool = False
    held_there: bool = False
    """The other side holds us (RFC 3264 section 8.4)."""
    encrypted: bool = False
    codec: str = ""
    quality: CallQuality | None = None
    end: CallEnd | None = None
    sip_call_id: str = ""
    """SIP's Call-ID (RFC 3261 section 8.1.1.4): by it the PBX finds its leg of the call."""
    parked_slot: str = ""
    """The parking place that it comes back from, because nobody fetched it there; empty for every other call."""
    merged: bool = False
    """Everybody in a merged call hears everybody in the other merged ones: a conference mixed on this PC, or at the PBX."""
    transferring: bool = False
    """The PBX was asked to hand it over (REFER) and has not told the outcome yet (RFC 3515 section 2.4.4)."""
    returned: Returned | None = None
    conference: str = ""
    """The room of the conference that one is called into by it, as it began; empty for every other call."""
    leg_id: str = ""
    """The PBX's id of it, where it is a call of the desk phone and not of this PC."""
    held_id: str = ""
    """What the PBX calls it while it holds it for the desk phone, or has it in the desk phone's conference; else empty."""
    lift: bool = False
    """The desk phone rings, and somebody has to lift its receiver: for a call one makes, or to answer."""

    @property
    def established(self) -> bool:
        """Whether people can talk, or could a moment ago (held)."""
        return self.state in (CallState.ACTIVE, CallState.HELD)

    @property
    def can_be_parked(self) -> bool:
        """Whether whom it is with can be parked: the desk phone's are, while they are held, by the name they have there."""
        return self.at_a_leg or bool(self.held_id)

    @property
    def at_a_leg(self) -> bool:
        """Whether a leg of one's own is connected with it: what is held for a desk phone hears music at the PBX."""
        if self.held_id:
            return False
        return self.state is CallState.ACTIVE or (self.state is CallState.HELD and not self.leg_id)


class LegState(Enum):
    """Where a leg on the PBX stands."""

    DIALING = "dialing"
    RINGING = "ringing"
    UP = "up"
    HELD = "held"


@dataclass(frozen=True)
class Leg:
    """One leg of a call on the PBX: one of a user's devices and whom it is connected with."""

    leg_id: str
    """The PBX's own id of the channel."""
    call_id: str
    """Ties the legs of one call together (Asterisk's Linkedid)."""
    user: str
    direction: CallDirection
    remote: Party
    state: LegState
    since: datetime
    """When it got into this state; holding and taking back leave the time of the answer."""
    kind: CallKind = CallKind.INTERNAL
    """Why the call reaches this device; of incoming legs."""
    called: str = ""
    """The number that was called, the user's own or a ring group's; empty where the PBX does not tell."""
    waiting: bool = False
    """It is answered and connected with nobody: the PBX holds its calls, or the last of them has just ended."""
    cause: int = 0
    """Q.850 cause value of the end of what it was connected with or called last; 0: unknown. Of waiting legs."""
    lift: bool = False
    """Its device rings for a call that this user makes (click-to-dial), which begins when the receiver is lifted."""
    muted: bool = False
    """The PBX lets nothing of what its device says through."""
    merged: bool = False
    """It is steered and talks with several others at once: those held calls that are merged (`domain.desk_phone`)."""


def phone_state_of(legs: Iterable[Leg], reachable: bool) -> PhoneState:
    """State of all of a user's devices together, from their legs and whether any device can be reached.

    Busy as soon as one is busy (requirement 001, "Telephone"): talking, or calling somebody. A leg that is being offered
    counts when it rings. A call that runs counts although no registration is left.
    """
    state = PhoneState.FREE if reachable else PhoneState.OFFLINE
    for leg in legs:
        if leg.direction is CallDirection.OUTGOING or leg.state in (LegState.UP, LegState.HELD):
            return PhoneState.BUSY
        if leg.state is LegState.RINGING:
            state = PhoneState.RINGING
    return state
