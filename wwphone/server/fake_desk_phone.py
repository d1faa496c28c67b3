"""Steered desk phones of the PBX in memory; a part of `FakePbx`, for tests only."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from dataclasses import replace

from wwphone.domain.calls import CallDirection, Leg, LegState, Party
from wwphone.domain.desk_phone import HeldCall, HeldEnd, answers_when_told
from wwphone.domain.devices import Registration
from wwphone.domain.shown import Shown
from wwphone.server.api import NobodyThereError, PbxEvent
from wwphone.server.clock import Clock
from wwphone.server.desk_phone_api import (
    CannotAnswerError,
    NoSuchNumberError,
    PbxHeldChanged,
    PbxHeldEnded,
)


class FakeDeskPhones(ABC):
    """A leg that waits keeps the call it had; whom it calls then is simply connected."""

    _legs: dict[str, Leg]
    _clock: Clock
    _numbers: dict[str, str]
    _registrations: dict[str, dict[str, Registration]]

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[str, HeldCall] = {}
        """What is held, by the leg of the other side."""
        self.steered: list[tuple[str, ...]] = []
        """What services asked of steered phones, in order: the method and its arguments."""

    @property
    def desk_phones(self) -> SteeredFakes:
        """See `Pbx.desk_phones`."""
        return SteeredFakes(self)

    async def desk_dial(
        self, user: str, number: str, leg_id: str, contact: str, shown: Shown | None = None
    ) -> None:
        """Ring the device; `answer(leg_id)` lets it call. A leg that waits is connected at once."""
        self._must_work(user)
        as_whom = () if shown is None else (shown.number,)
        self.steered.append(("dial", user, number, leg_id, contact, *as_whom))
        if leg_id in self._legs:
            if not self._legs[leg_id].waiting:
                raise NobodyThereError("this leg does not wait")
            self._set(replace(self._legs[leg_id], remote=Party(number), state=LegState.UP, waiting=False))
            return
        self._numbers[leg_id] = number
        direction, now = CallDirection.OUTGOING, self._clock()
        self._set(Leg(leg_id, leg_id, user, direction, Party(number), LegState.DIALING, now, lift=True))

    async def desk_answer(self, user: str, leg_id: str, contact: str) -> None:
        """Answer, if any device of the user can be told to."""
        self._must_work(user)
        self.steered.append(("answer", user, leg_id, contact))
        devices = self._registrations[user].values()
        if not any(contact in ("", one.contact) and answers_when_told(one.user_agent) for one in devices):
            raise CannotAnswerError("the receiver has to be lifted")
        self.answer(leg_id)

    async def desk_hold(self, leg_id: str) -> str:
        """Hold the other leg of the call, or all who are merged."""
        self._must_work()
        self.steered.append(("hold", leg_id))
        leg = self._legs[leg_id]
        if merged := [call for call in self.held.values() if call.merged and call.leg_id == leg_id]:
            for call in merged:
                self._merge(call.held_id, merged=False, together=True)
            return merged[0].held_id
        others = [other for other in self.legs_in(leg.call_id) if other.leg_id != leg_id]
        if leg.state is not LegState.UP or leg.waiting or len(others) != 1:
            raise NobodyThereError("this leg is not connected with one other")
        call = HeldCall(others[0].leg_id, leg_id, leg.user, leg.remote, self._clock())
        self.held[call.held_id] = call
        self._tell(PbxHeldChanged(call))
        self._set(replace(leg, state=LegState.HELD, waiting=True))
        return call.held_id

    async def desk_resume(self, held_id: str) -> None:
        """Connect them again."""
        self._must_work()
        self.steered.append(("resume", held_id))
        call = self.held[held_id]
        self.end_held(held_id, HeldEnd.RESUMED)
        self._set(replace(self._legs[call.leg_id], state=LegState.UP, waiting=False, remote=call.remote))

    async def desk_hang_up(self, call_id: str) -> None:
        """End the call."""
        self._must_work()
        self.steered.append(("hang_up", call_id))
        leg_id = self.held[call_id].leg_id if call_id in self.held else call_id
        self.end_held(call_id, HeldEnd.OVER)
        self.end_call(self._legs[leg_id].call_id)

    async def desk_transfer(self, call_id: str, number: str) -> None:
        """End the phone's leg; the number 299 does not exist."""
        self._must_work()
        self.steered.append(("transfer", call_id, number))
        if number == "299":
            raise NoSuchNumberError(number)
        leg_id = self.held[call_id].leg_id if call_id in self.held else call_id
        self.end_held(call_id, HeldEnd.SENT_ON)
        self.end_call(self._legs[leg_id].call_id)

    async def desk_merge(self, call_ids: Sequence[str]) -> None:
        """Note it, and let those who are held be merged."""
        self._must_work()
        self.steered.append(("merge", *call_ids))
        for each in call_ids:
            if each in self.held:
                self._merge(each, merged=True)

    async def desk_split(self, held_id: str) -> None:
        """Let one be held again."""
        self._must_work()
        self.steered.append(("split", held_id))
        self._merge(held_id, merged=False)

    def _merge(self, held_id: str, *, merged: bool, together: bool = False) -> None:
        self.held[held_id] = replace(self.held[held_id], merged=merged, together=together)
        self._tell(PbxHeldChanged(self.held[held_id]))

    async def desk_park(self, held_id: str) -> str:
        """Let a held party wait in the first place."""
        self._must_work()
        self.steered.append(("park", held_id))
        leg_id = self.held[held_id].leg_id
        self.end_held(held_id, HeldEnd.SENT_ON)
        self.end_call(self._legs[leg_id].call_id)
        return "701"

    async def desk_join(self, call_id: str, other_call_id: str) -> None:
        """End the phone's legs."""
        self._must_work()
        self.steered.append(("join", call_id, other_call_id))
        for each in (call_id, other_call_id):
            self.end_held(each, HeldEnd.SENT_ON)

    async def desk_deflect(self, leg_id: str, number: str) -> None:
        """End the ringing call."""
        self._must_work()
        self.steered.append(("deflect", leg_id, number))
        self.end_call(self._legs[leg_id].call_id)

    async def desk_mute(self, leg_id: str, muted: bool) -> None:
        """Note it."""
        self._must_work()
        self._set(replace(self._legs[leg_id], muted=muted))

    async def desk_press(self, leg_id: str, keys: str) -> None:
        """Note it."""
        self._must_work()
        self.steered.append(("press", leg_id, keys))

    def end_held(self, held_id: str, end: HeldEnd) -> None:
        """A call is held no more; nothing, where it was not."""
        call = self.held.pop(held_id, None)
        if call is not None:
            self._tell(PbxHeldEnded(call.user, held_id, end))

    # -- the rest of `FakePbx`

    @abstractmethod
    def answer(self, leg_id: str) -> None:
        """See FakePbx."""

    @abstractmethod
    def legs_in(self, call_id: str) -> Collection[Leg]:
        """See FakePbx."""

    @abstractmethod
    def end_call(self, call_id: str) -> None:
        """See FakePbx."""

    @abstractmethod
    def _must_work(self, user: str = "") -> None:
        """See FakePbx."""

    @abstractmethod
    def _set(self, leg: Leg) -> None:
        """See FakePbx."""

    @abstractmethod
    def _tell(self, event: PbxEvent) -> None:
        """See FakePbx."""


class SteeredFakes:
    """The methods `desk_…` of the PBX in memory by the names of `SteeredPhones`."""

    def __init__(self, pbx: FakeDeskPhones) -> None:
        self.dial = pbx.desk_dial
        self.answer = pbx.desk_answer
        self.hold = pbx.desk_hold
        self.resume = pbx.desk_resume
        self.hang_up = pbx.desk_hang_up
        self.transfer = pbx.desk_transfer
        self.park = pbx.desk_park
        self.merge = pbx.desk_merge
        self.split = pbx.desk_split
        self.join = pbx.desk_join
        self.deflect = pbx.desk_deflect
        self.mute = pbx.desk_mute
        self.press = pbx.desk_press
