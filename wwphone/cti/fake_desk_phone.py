"""The desk phone of the CTI link without a server: what is asked of it happens, and the test plays the far ends."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from wwphone.domain.calls import CallDirection, CallKind, Leg, LegState, Party
from wwphone.domain.desk_phone import HeldCall, HeldEnd
from wwphone.protocol.account import ModeSet, SetMode
from wwphone.protocol.calls import Dialled, LegChanged, LegEnded
from wwphone.protocol.desk_phone import (
    DeskAnswer,
    DeskDeflect,
    DeskDial,
    DeskHangUp,
    DeskHold,
    DeskJoin,
    DeskMerge,
    DeskMute,
    DeskPark,
    DeskResume,
    DeskSplit,
    DeskTransfer,
    Held,
    HeldCallChanged,
    HeldCallEnded,
)
from wwphone.protocol.errors import CommandRefusedError, ErrorCode, WireError
from wwphone.protocol.message import Command, Done, Event, Result
from wwphone.protocol.mirror import MirrorView
from wwphone.protocol.parking import Parked

_NORMAL = 16


class FakeDeskPhone:
    """Legs and held calls; `rings`, `answers`, `far_end_hangs_up` and so on are what happens there."""

    def __init__(self, truth: MirrorView, change: Callable[..., None], now: Callable[[], datetime]) -> None:
        self._truth = truth
        self._change = change
        self._now = now
        self._numbers = itertools.count(1)

    # ------------------------------------------------------------ what happens there

    def rings(
        self,
        number: str,
        name: str = "",
        kind: CallKind = CallKind.INTERNAL,
        called: str = "",
        call_id: str = "",
    ) -> str:
        """Somebody calls; return the leg."""
        leg_id = self._new_id()
        incoming, party = CallDirection.INCOMING, Party(number, name)
        leg = Leg(
            leg_id,
            call_id or leg_id,
            self._me(),
            incoming,
            party,
            LegState.RINGING,
            self._now(),
            kind,
            called,
        )
        self._change(LegChanged(leg))
        return leg_id

    def answers(self, leg_id: str) -> None:
        """The receiver is lifted, or the far end answers."""
        self._set(self._truth.legs[leg_id], state=LegState.UP, lift=False, since=self._now())

    def lifted(self, leg_id: str) -> None:
        """The receiver is lifted for a call that we make: it rings at the far end."""
        self._set(self._truth.legs[leg_id], state=LegState.RINGING, lift=False)

    def holds(self, leg_id: str) -> None:
        """Somebody presses the phone's own key for it."""
        self._set(self._truth.legs[leg_id], state=LegState.HELD)

    def ends(self, leg_id: str, cause: int = _NORMAL) -> None:
        """The leg is over."""
        self._change(LegEnded(leg_id, cause))

    def far_end_ends(self, leg_id: str, cause: int = _NORMAL) -> None:
        """What the leg is connected with, or calls, is over: it waits, if there is anything to wait for."""
        if any(call.leg_id == leg_id for call in self._truth.held.values()):
            self._set(self._truth.legs[leg_id], state=LegState.HELD, waiting=True, cause=cause)
        else:
            self.ends(leg_id, cause)

    # ------------------------------------------------------------ what is asked

    def carry_out(self, command: Command) -> Result | None:
        """Do what is about the desk phone; None: it is not."""
        match command:
            case SetMode():
                return ModeSet()
            case DeskDial(number, _, leg_id):
                return self._dial(number, leg_id)
            case DeskAnswer(leg_id):
                self._answer(leg_id)
            case DeskHold(leg_id):
                return self._hold(leg_id)
            case DeskResume(held_id):
                self._resume(held_id)
            case DeskHangUp(call_id):
                self._hang_up(call_id)
            case DeskTransfer(call_id):
                self._give_away(call_id)
            case DeskJoin(one, other):
                for call_id in (one, other):
                    self._give_away(call_id)
            case DeskDeflect(leg_id):
                self.ends(leg_id)
            case DeskMute(leg_id, muted):
                self._set(self._truth.legs[leg_id], muted=muted)
            case _:
                return self._bring_together(command)
        return Done()

    def _bring_together(self, command: Command) -> Result | None:
        match command:
            case DeskPark(held_id):
                self._give_away(held_id)
                return Parked("701")
            case DeskMerge(call_ids):
                self._merge(call_ids)
            case DeskSplit(held_id):
                self._split(held_id)
            case _:
                return None
        return Done()

    def _answer(self, leg_id: str) -> None:
        waiting = next((leg for leg in self._truth.legs.values() if leg.waiting), None)
        if waiting is None:
            self.answers(leg_id)
            return
        rings = self._truth.legs[leg_id]
        self.ends(leg_id)
        self._set(waiting, state=LegState.UP, waiting=False, remote=rings.remote)

    def _dial(self, number: str, leg_id: str) -> Dialled:
        dialling = LegState.DIALING
        if leg_id:
            self._set(
                self._truth.legs[leg_id],
                remote=Party(number),
                direction=CallDirection.OUTGOING,
                state=dialling,
                waiting=False,
                cause=0,
            )
            return Dialled(leg_id)
        leg_id, outgoing = self._new_id(), CallDirection.OUTGOING
        leg = Leg(leg_id, leg_id, self._me(), outgoing, Party(number), dialling, self._now(), lift=True)
        self._change(LegChanged(leg))
        return Dialled(leg_id)

    def _hold(self, leg_id: str) -> Held:
        leg = self._truth.legs[leg_id]
        merged = [call for call in self._truth.held.values() if call.merged and call.leg_id == leg_id]
        held = [replace(call, merged=False, together=len(merged) > 1) for call in merged]
        if not held:
            held = [HeldCall(self._new_id(), leg_id, leg.user, leg.remote, self._now())]
        for call in held:
            self._change(HeldCallChanged(call))
        self._set(leg, state=LegState.HELD, waiting=True, merged=False)
        return Held(held[0].held_id)

    def _resume(self, held_id: str) -> None:
        call = self._truth.held.get(held_id)
        if call is None:
            raise CommandRefusedError(WireError(ErrorCode.NOT_FOUND, "there is no such call"))
        leg = self._truth.legs[call.leg_id]
        if call.together:
            self._merge([one.held_id for one in self._together_with(call.leg_id)])
            return
        if call.merged:
            self._change(HeldCallEnded(held_id, HeldEnd.RESUMED))
            self._set(leg, merged=False, remote=call.remote)
            return
        if not leg.waiting and leg.state is LegState.UP:
            self._hold(call.leg_id)
        elif not leg.waiting:
            self._set(leg, state=LegState.HELD, waiting=True, cause=_NORMAL)
        self._change(HeldCallEnded(held_id, HeldEnd.RESUMED))
        self._set(self._truth.legs[call.leg_id], state=LegState.UP, waiting=False, remote=call.remote)

    def _merge(self, call_ids: Sequence[str]) -> None:
        held = self._truth.held
        leg_id = held[call_ids[0]].leg_id if call_ids[0] in held else call_ids[0]
        leg = self._truth.legs[leg_id]
        calls = [held[each] for each in call_ids if each in held]
        if leg_id in call_ids:
            calls.append(HeldCall(self._new_id(), leg_id, leg.user, leg.remote, self._now()))
        self._set(leg, state=LegState.UP, waiting=False, merged=True)
        for call in calls:
            self._change(HeldCallChanged(replace(call, merged=True, together=False)))

    def _together_with(self, leg_id: str) -> list[HeldCall]:
        return [call for call in self._truth.held.values() if call.together and call.leg_id == leg_id]

    def _leave_alone(self, leg_id: str) -> None:
        """The last of those who are held together is held like anybody else."""
        together = self._together_with(leg_id)
        if len(together) == 1:
            self._change(HeldCallChanged(replace(together[0], together=False)))

    def _split(self, held_id: str) -> None:
        call = self._truth.held[held_id]
        self._change(HeldCallChanged(replace(call, merged=False, together=False)))
        self._leave_alone(call.leg_id)
        if not any(one.merged and one.leg_id == call.leg_id for one in self._truth.held.values()):
            self._set(self._truth.legs[call.leg_id], state=LegState.HELD, waiting=True, merged=False)

    def _hang_up(self, call_id: str) -> None:
        held = self._truth.held.get(call_id)
        if held is None:
            self.far_end_ends(call_id)
            return
        self._change(HeldCallEnded(call_id, HeldEnd.OVER))
        self._leave_alone(held.leg_id)
        self._put_down(held.leg_id)

    def _give_away(self, call_id: str) -> None:
        held = self._truth.held.get(call_id)
        if held is not None:
            self._change(HeldCallEnded(call_id, HeldEnd.SENT_ON))
            self._put_down(held.leg_id)
        elif call_id in self._truth.legs:
            self.far_end_ends(call_id)

    def _put_down(self, leg_id: str) -> None:
        leg = self._truth.legs.get(leg_id)
        if leg is not None and leg.waiting and all(c.leg_id != leg_id for c in self._truth.held.values()):
            self.ends(leg_id)

    def _set(self, leg: Leg, **changes: object) -> None:
        event: Event = LegChanged(replace(leg, **changes))  # type: ignore[arg-type]  # names are the fields'
        self._change(event)

    def _me(self) -> str:
        return self._truth.state().profile.user

    def _new_id(self) -> str:
        return f"desk-{next(self._numbers)}"
