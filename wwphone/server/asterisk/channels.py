"""One channel of Asterisk that belongs to a user's device, and the leg it stands for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from wwphone.domain.calls import CallDirection, CallKind, Leg, LegState, Party

DOWN, RING, RINGING, UP = "0", "4", "5", "6"
"""Asterisk's `ChannelState` (include/asterisk/channelstate.h): created, calling us, being rung, answered."""

_UNKNOWN = "<unknown>"
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_KINDS = {kind.value: kind for kind in CallKind}
_TIME_AND_NUMBER = re.compile(r"(?:.*-)?(\d+)\.(\d+)")


@dataclass(slots=True)
class Channel:
    """What is known of a channel; `leg` says what people need of it."""

    uniqueid: str
    user: str
    call_id: str
    state: str
    direction: CallDirection
    since: datetime
    dialled: str = ""
    number: str = ""
    name: str = ""
    bridge: str = ""
    held: bool = False
    offered: bool = False
    """Whether people are told of it: it calls us, or Asterisk has said who dials it (`DialBegin`).

    That may come after it rings, even after it was answered; until then nobody knows whose call it is.
    """
    answered: bool = False
    """Somebody answered what it dials; its own state follows."""
    rings_there: bool = False
    dials: set[str] = field(default_factory=set)
    """Uniqueids of the channels it is dialling now."""
    told: Leg | None = None
    kind: CallKind = CallKind.INTERNAL
    called: str = ""
    calls: bool = False
    """Steered, it is about to call somebody, or does."""
    waiting: bool = False
    cause: int = 0
    muted: bool = False
    merged: bool = False

    def desk_merges(self) -> None:
        """Steered, it talks with several others at once from now on."""
        self.merged, self.waiting, self.calls, self.cause = True, False, False, 0

    def desk_dials(self, number: str) -> None:
        """Steered, it calls a number from now on."""
        self.direction = CallDirection.OUTGOING
        self.dialled, self.number, self.name = number, "", ""
        self.calls, self.rings_there, self.answered, self.waiting = True, False, False, False
        self.merged = False

    def desk_waits(self, cause: str) -> None:
        """Steered, it is connected with nobody from now on."""
        self.waiting, self.calls, self.merged = True, False, False
        self.cause = int(cause) if cause.isdecimal() else 0
        self.dials.clear()

    def desk_talks(self) -> None:
        """It is connected with somebody."""
        self.waiting = self.calls = self.merged = False
        self.cause = 0

    def take_offer(self, offer: str) -> None:
        """Take over what the dial plan says of the call it offers: kind and called number, as in `group/300`."""
        kind, slash, called = offer.partition("/")
        if slash and kind in _KINDS:
            self.kind, self.called = _KINDS[kind], called

    def update(self, fields: Mapping[str, str]) -> None:
        """Take over what every event about a channel says of it."""
        self.state = fields.get("ChannelState", self.state)
        self.call_id = fields.get("Linkedid", self.call_id)
        self.number = party_text(fields.get("ConnectedLineNum", "")) or self.number
        self.name = party_text(fields.get("ConnectedLineName", ""))
        if self.state == RING:
            self.offered = True

    def leg(self, now: datetime) -> Leg:
        """The leg at this moment; it counts from `now` when its state is another than the one told last."""
        state = self._leg_state()
        told = self.told
        if told is not None and told.state is not state and not _only_holding(told.state, state):
            self.since = now
        remote = Party(self.number or self.dialled, self.name)
        return Leg(
            self.uniqueid,
            self.call_id,
            self.user,
            self.direction,
            remote,
            state,
            self.since,
            self.kind,
            self.called,
            waiting=self.waiting,
            cause=self.cause,
            lift=self.direction is CallDirection.OUTGOING and self.state == RINGING,
            muted=self.muted,
            merged=self.merged,
        )

    def _leg_state(self) -> LegState:
        outgoing = self.direction is CallDirection.OUTGOING
        if self.waiting:
            return LegState.HELD
        if self.state == UP:
            if outgoing and (self.dials or self.calls):
                return LegState.RINGING if self.rings_there else LegState.DIALING
            return LegState.HELD if self.held else LegState.UP
        if not outgoing:
            return LegState.RINGING if self.state == RINGING else LegState.DIALING
        if self.answered:
            return LegState.UP
        return LegState.RINGING if self.rings_there else LegState.DIALING


def _only_holding(before: LegState, after: LegState) -> bool:
    return {before, after} == {LegState.UP, LegState.HELD}


def party_text(value: str) -> str:
    """A number or name as AMI writes it: C escapes in names, a placeholder where there is none."""
    if value == _UNKNOWN:
        return ""
    if "\\" not in value:
        return value
    return _ESCAPE.sub(lambda match: _ESCAPED.get(match[1], match[1]), value)


def user_in(channel_name: str) -> str:
    """The endpoint in a channel's name (`PJSIP/anna-0000002a`); empty for every other kind of channel."""
    if not channel_name.startswith("PJSIP/") or channel_name.endswith(">"):
        return ""
    return channel_name[6:].rpartition("-")[0]


def older_call(one: str, other: str) -> str:
    """Which of two Linkedids a joined call has: the older one, as in Asterisk's `oldest_linkedid()`.

    Empty when either was not made by Asterisk; then both stay.
    """
    ages = {_age(call): call for call in (one, other)}
    return "" if None in ages else ages[min(age for age in ages if age is not None)]


def _age(call: str) -> tuple[int, int] | None:
    match = _TIME_AND_NUMBER.fullmatch(call)
    return (int(match[1]), int(match[2])) if match else None
