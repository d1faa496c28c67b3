"""The calls of the desk phone, made of its legs and of what is held for them; no commands."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType

from wwphone.cti.api import LinkEvent, MirrorChanged, MirrorReplaced, MirrorView
from wwphone.domain.calls import (
    CallDirection,
    CallEnd,
    CallSnapshot,
    CallState,
    EndReason,
    Leg,
    LegState,
    Party,
)
from wwphone.domain.desk_phone import HeldCall, HeldEnd
from wwphone.protocol.calls import LegChanged, LegEnded
from wwphone.protocol.desk_phone import HeldCallChanged, HeldCallEnded
from wwphone.protocol.message import Event
from wwphone.sip.api import CallChanged

_ELSEWHERE = 26
"""Q.850 cause "non-selected user clearing": another device has it."""
_UNANSWERED: Mapping[int, EndReason] = MappingProxyType(
    {
        1: EndReason.UNKNOWN_NUMBER,
        3: EndReason.UNREACHABLE,
        16: EndReason.DECLINED_THERE,
        17: EndReason.BUSY,
        18: EndReason.NO_ANSWER,
        19: EndReason.NO_ANSWER,
        20: EndReason.UNREACHABLE,
        21: EndReason.DECLINED_THERE,
        27: EndReason.UNREACHABLE,
        28: EndReason.UNKNOWN_NUMBER,
        34: EndReason.UNREACHABLE,
        38: EndReason.UNREACHABLE,
        58: EndReason.NO_COMMON_CODEC,
    }
)
"""What the Q.850 cause of a call means that we made and nobody answered."""
_OUTGOING: Mapping[LegState, CallState] = MappingProxyType(
    {
        LegState.DIALING: CallState.DIALING,
        LegState.RINGING: CallState.RINGING,
        LegState.UP: CallState.ACTIVE,
        LegState.HELD: CallState.HELD,
    }
)
_INCOMING = MappingProxyType({**_OUTGOING, LegState.RINGING: CallState.INCOMING})


@dataclass(eq=False)
class DeskCall:
    """One call and where the PBX has it."""

    shown: CallSnapshot
    leg_id: str = ""
    """Empty: it was only just asked for."""
    held_id: str = ""
    """Empty: its leg is connected with it, or about to be."""
    connected: bool = False
    """Its leg has been seen with it; so when the leg waits, it is over."""
    ending: CallEnd | None = None
    """How it ends, when we have done something to that effect."""
    answering: bool = False
    """It was asked for: another leg may get it."""
    told: bool = False

    @property
    def call_id(self) -> str:
        """The id of the call as shown."""
        return self.shown.call_id

    @property
    def named(self) -> str:
        """How the server knows it."""
        return self.held_id or self.leg_id


class DeskCalls:
    """Keeps the calls equal to what the server tells; nothing while `steer` is off."""

    def __init__(self, tell: Callable[[CallChanged], None], can_answer: Callable[[], bool]) -> None:
        self._tell = tell
        self._can_answer = can_answer
        self._steers = False
        self._calls: dict[str, DeskCall] = {}
        self._legs: dict[str, Leg] = {}
        self._held: dict[str, HeldCall] = {}

    def __contains__(self, call_id: object) -> bool:
        return call_id in self._calls

    def get(self, call_id: str) -> DeskCall | None:
        """One call that is not over."""
        return self._calls.get(call_id)

    def waiting_leg(self) -> str:
        """A leg that could call somebody at once; empty: none."""
        return next((leg.leg_id for leg in self._legs.values() if leg.waiting), "")

    def merged_with(self, call: DeskCall) -> list[DeskCall]:
        """All calls that are merged at the leg of this one, itself too; held together or not."""
        return [one for one in self._calls.values() if one.shown.merged and one.leg_id == call.leg_id]

    def may_answer(self, call_id: str) -> bool:
        """Whether the server could have this call taken."""
        call = self._calls.get(call_id)
        return call is not None and (not call.shown.lift or self._answers_by_a_leg())

    def steer(self, mirror: MirrorView, *, on: bool) -> None:
        """Show the calls of the phone from now on, or none."""
        self._steers = on
        if on:
            self._replace(mirror)
        else:
            self._calls.clear()

    def received(self, event: LinkEvent, mirror: MirrorView) -> None:
        """Take what the link tells."""
        match event:
            case MirrorReplaced() if self._steers:
                self._replace(mirror)
            case MirrorChanged(events) if self._steers:
                for change in events:
                    self._take(change)

    # ------------------------------------------------------------ for the commands

    def begin(self, call_id: str, remote: Party) -> None:
        """A call was asked for; its leg is not known yet."""
        now = datetime.now(UTC)
        shown = CallSnapshot(call_id, CallDirection.OUTGOING, remote, CallState.DIALING, now)
        self._calls[call_id] = DeskCall(shown, told=True)
        self._tell(CallChanged(shown))

    def bind(self, call: DeskCall, leg_id: str) -> None:
        """The leg of a call that was asked for is known now; it may be over already."""
        if call.leg_id or call.call_id not in self._calls:
            return
        leg = self._legs.get(leg_id)
        call.leg_id = leg_id
        if leg is None or leg.waiting:
            self.end(call, call.ending or _end_of(call.shown, leg.cause if leg else 0))
        else:
            self._show(call, leg)

    def answered(self, call: DeskCall) -> None:
        """The server has done with a call what it was asked, or refused: where it is now, is where it stays."""
        call.answering = False
        if call.call_id in self._calls and not call.leg_id:
            self.end(call, call.ending or CallEnd(EndReason.MISSED))

    def resumed(self, call: DeskCall) -> None:
        """The same for a call that was to be taken back."""
        leg = self._legs.get(call.leg_id)
        if call.call_id in self._calls and not call.held_id and leg is not None and leg.waiting:
            self.end(call, CallEnd(EndReason.OVER))

    def change(self, call_id: str, **changes: object) -> None:
        """Show something else of a call."""
        call = self._calls.get(call_id)
        if call is not None:
            self._change(call, **changes)

    def end(self, call: DeskCall, end: CallEnd) -> None:
        """A call is over."""
        if self._calls.pop(call.call_id, None) is not None:
            self._tell(CallChanged(replace(call.shown, state=CallState.ENDED, end=end, lift=False)))

    # ------------------------------------------------------------ what the server tells

    def _replace(self, mirror: MirrorView) -> None:
        legs, held = dict(mirror.legs), dict(mirror.held)
        for held_id in self._held.keys() - held.keys():
            leg = legs.get(self._held[held_id].leg_id)
            taken = leg is None or leg.waiting or self._at(leg.leg_id) is not None
            self._on_held_ended(held_id, HeldEnd.OVER if taken else HeldEnd.RESUMED)
        for leg_id in self._legs.keys() - legs.keys():
            self._on_leg_ended(leg_id, 0)
        for held_call in held.values():
            self._on_held(held_call)
        for leg in legs.values():
            self._on_leg(leg)

    def _take(self, event: Event) -> None:
        match event:
            case LegChanged(leg):
                self._on_leg(leg)
            case LegEnded(leg_id, cause):
                self._on_leg_ended(leg_id, cause)
            case HeldCallChanged(call):
                self._on_held(call)
            case HeldCallEnded(held_id, end):
                self._on_held_ended(held_id, end)

    def _on_leg(self, leg: Leg) -> None:
        self._legs[leg.leg_id] = leg
        self._mute_merged(leg)
        if leg.merged:
            return  # it talks with several: each of them is told as a held call
        call = self._at(leg.leg_id)
        if call is None and not leg.waiting:
            call = self._adopt(leg)
        if call is None:
            return
        if leg.waiting and (call.connected or not call.shown.established):
            self.end(call, call.ending or _end_of(call.shown, leg.cause))
        elif not leg.waiting:
            self._show(call, leg)

    def _mute_merged(self, leg: Leg) -> None:
        for call in tuple(self._calls.values()):
            if call.leg_id == leg.leg_id and call.shown.merged:
                self._change(call, muted=leg.muted)

    def _adopt(self, leg: Leg) -> DeskCall | None:
        """Whose leg this is: of a call that was asked for or is being answered, of one that rings elsewhere too, a new one."""
        for call in self._calls.values():
            if call.answering and leg.state is LegState.UP and leg.remote.number == call.shown.remote.number:
                call.leg_id = leg.leg_id
                return call
            if not call.leg_id and leg.direction is CallDirection.OUTGOING:
                call.leg_id = leg.leg_id
                return call
        if leg.direction is CallDirection.INCOMING:
            rings = next((c for c in self._calls.values() if self._rings_for(c, leg.call_id)), None)
            if rings is not None and leg.state in (LegState.DIALING, LegState.RINGING):
                return None
            if rings is not None:
                rings.leg_id = leg.leg_id
                return rings
            if leg.state is LegState.DIALING:
                return None  # the phone has not said that it rings
        started = CallSnapshot(
            uuid.uuid4().hex, leg.direction, leg.remote, CallState.DIALING, leg.since, leg_id=leg.leg_id
        )
        call = self._calls[started.call_id] = DeskCall(started, leg.leg_id)
        return call

    def _rings_for(self, call: DeskCall, pbx_call_id: str) -> bool:
        leg = self._legs.get(call.leg_id)
        return call.shown.state is CallState.INCOMING and leg is not None and leg.call_id == pbx_call_id

    def _show(self, call: DeskCall, leg: Leg) -> None:
        call.connected = True
        incoming = leg.direction is CallDirection.INCOMING
        state = (_INCOMING if incoming else _OUTGOING)[leg.state]
        rings = state is CallState.INCOMING
        answered_at = call.shown.answered_at
        if answered_at is None and state in (CallState.ACTIVE, CallState.HELD):
            answered_at = leg.since
        self._change(
            call,
            state=state,
            remote=leg.remote,
            answered_at=answered_at,
            kind=leg.kind,
            called_number=leg.called,
            muted=leg.muted,
            leg_id=leg.leg_id,
            held_id="",
            merged=False,
            lift=leg.lift or (rings and not self._can_answer() and not self._answers_by_a_leg()),
        )

    def _answers_by_a_leg(self) -> bool:
        """Whether the phone is in a call already: that is held, and its leg gets whoever rings."""
        return any(leg.state in (LegState.UP, LegState.HELD) for leg in self._legs.values())

    def _on_leg_ended(self, leg_id: str, cause: int) -> None:
        ended = self._legs.pop(leg_id, None)
        call = self._at(leg_id)
        if ended is None or call is None:
            return
        also = next(
            (leg for leg in self._legs.values() if _rings(leg) and leg.call_id == ended.call_id), None
        )
        if call.shown.state is CallState.INCOMING and also is not None and call.ending is None:
            call.leg_id = also.leg_id
        elif call.answering:
            call.leg_id = ""
        else:
            self.end(call, call.ending or _end_of(call.shown, cause))

    def _on_held(self, held: HeldCall) -> None:
        self._held[held.held_id] = held
        call = next((c for c in self._calls.values() if c.held_id == held.held_id), None) or self._at(
            held.leg_id
        )
        if call is None:
            shown = CallSnapshot(
                uuid.uuid4().hex, CallDirection.INCOMING, held.remote, CallState.HELD, held.since, held.since
            )
            call = self._calls[shown.call_id] = DeskCall(shown)
        call.held_id, call.leg_id, call.connected = held.held_id, held.leg_id, False
        state = CallState.ACTIVE if held.merged else CallState.HELD
        merged = held.merged or held.together
        self._change(call, state=state, merged=merged, leg_id=held.leg_id, held_id=held.held_id)

    def _on_held_ended(self, held_id: str, end: HeldEnd) -> None:
        self._held.pop(held_id, None)
        call = next((c for c in self._calls.values() if c.held_id == held_id), None)
        if call is None:
            return
        call.held_id = ""
        if end is not HeldEnd.RESUMED:
            reasons = {HeldEnd.SENT_ON: EndReason.TRANSFERRED, HeldEnd.RINGS: EndReason.MOVED}
            self.end(call, call.ending or CallEnd(reasons.get(end, EndReason.OVER)))
        elif (leg := self._legs.get(call.leg_id)) is not None and not leg.waiting:
            self._show(call, leg)

    def _at(self, leg_id: str) -> DeskCall | None:
        """The call that this leg is connected with, or is about to be."""
        found: Iterable[DeskCall] = self._calls.values()
        return next((call for call in found if call.leg_id == leg_id and not call.held_id), None)

    def _change(self, call: DeskCall, **changes: object) -> None:
        shown = replace(call.shown, **changes)  # type: ignore[arg-type]  # names are the fields'
        if shown != call.shown or not call.told:
            call.shown, call.told = shown, True
            self._tell(CallChanged(shown))


def _rings(leg: Leg) -> bool:
    return leg.direction is CallDirection.INCOMING and leg.state is LegState.RINGING


def _end_of(call: CallSnapshot, cause: int) -> CallEnd:
    """How a call ended that we did nothing to."""
    if call.answered_at is not None:
        return CallEnd(EndReason.OVER)
    if call.direction is CallDirection.INCOMING:
        return CallEnd(EndReason.ANSWERED_ELSEWHERE if cause == _ELSEWHERE else EndReason.MISSED)
    return CallEnd(_UNANSWERED.get(cause, EndReason.FAILED))
