"""The calls of one's desk phone, as if they were on this PC: what the server tells becomes calls, commands go to it.

Theory. The phone has legs; the server connects a leg with one party after the other and holds the rest (see
`wwphone.domain.desk_phone`). A call is therefore bound to a leg, or to what is held for that leg, and changes between the
two. Commands are carried out one after the other, each upon the state that the one before has left.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from enum import Enum

from wwphone.config import options
from wwphone.config.settings import Settings
from wwphone.cti.api import CommandRefusedError, CtiLink, ErrorCode, LinkState, WireError
from wwphone.domain.calls import CallEnd, CallSnapshot, CallState, EndReason, Party
from wwphone.domain.desk_phone import answers_when_told
from wwphone.domain.devices import Registration
from wwphone.domain.numbers import VOICEMAIL_DEFLECTION
from wwphone.domain.shown import Shown, shown_in
from wwphone.protocol.calls import Dialled
from wwphone.protocol.desk_phone import (
    DeskAnswer,
    DeskDeflect,
    DeskDial,
    DeskHangUp,
    DeskHold,
    DeskJoin,
    DeskMerge,
    DeskMute,
    DeskPress,
    DeskResume,
    DeskSplit,
    DeskTransfer,
)
from wwphone.services.calls import CannotDial
from wwphone.services.desk_calls import DeskCall, DeskCalls
from wwphone.services.devices import DevicesService
from wwphone.services.observing import Listeners
from wwphone.services.tasks import TaskOwner
from wwphone.sip.api import CommandFailed, SipEvent, TransferFailed

_MOST_KEYS = 32
_GOES_ON_ELSEWHERE = (EndReason.PARKED, EndReason.MOVED)
"""Ends that the PBX has brought about already."""


class DeskProblem(Enum):
    """What has to be done at the phone itself."""

    LIFT_RECEIVER = "lift_receiver"
    """It does not answer when it is told to."""
    HELD_THERE = "held_there"
    """The call was held with the phone's own key."""


class DeskPhoneService:
    """Fulfils `CallControl` for the calls of the desk phone, while it is steered."""

    def __init__(self, link: CtiLink, devices: DevicesService, settings: Settings) -> None:
        self._link = link
        self._devices = devices
        self._settings = settings
        self._tasks = TaskOwner("desk phone")
        self._one_at_a_time = asyncio.Lock()
        self.calls = DeskCalls(self._tell, self.can_answer)
        self.listener: Callable[[SipEvent], None] = lambda _: None
        """Is told of the calls as of those on this PC."""
        self.problems: Listeners[DeskProblem | WireError] = Listeners()
        """What did not work, or has to be done at the phone."""

    async def shutdown(self) -> None:
        """Let commands that are under way be; the calls go on."""
        await self._tasks.shutdown()

    # ------------------------------------------------------------ the phone

    @property
    def choices(self) -> tuple[Registration, ...]:
        """The devices that could be steered."""
        return tuple(one for one in self._devices.registrations if not self._devices.is_this_pc(one))

    @property
    def device(self) -> Registration | None:
        """The one that is steered: the chosen one, else one of its kind, else the first that answers."""
        contact = self._settings.text(options.DESK_PHONE)
        agent = self._settings.text(options.DESK_PHONE_AGENT)
        able = [one for one in self.choices if one.reachable]
        chosen = [one for one in able if one.contact == contact] or [
            one for one in able if one.user_agent == agent
        ]
        return next(iter(chosen or able), None)

    def choose(self, registration: Registration) -> None:
        """Steer this one from now on. Raises OSError when it cannot be remembered."""
        self._settings.set(options.DESK_PHONE, registration.contact)
        self._settings.set(options.DESK_PHONE_AGENT, registration.user_agent)

    def can_answer(self) -> bool:
        """Whether any of the phones that ring takes a call when it is told to."""
        return any(one.reachable and answers_when_told(one.user_agent) for one in self.choices)

    @property
    def trouble(self) -> CannotDial | None:
        """Why nobody can be called now."""
        if self._link.state.state is not LinkState.SIGNED_IN or not self._link.mirror.pbx_connected:
            return CannotDial.NO_SERVER
        return CannotDial.NO_DESK_PHONE if self.device is None else None

    # ------------------------------------------------------------ CallControl

    def dial(self, address: str, call_id: str, headers: Mapping[str, str] | None = None) -> None:
        """See CallControl: by a leg all of whose calls are held, else by ringing the phone."""
        number, shown = shown_in(address, headers or {})
        self.calls.begin(call_id, Party(number))
        self._do(call_id, "dial", lambda call: self._dial(call, number, shown))

    def ring(self, call_id: str) -> None:
        """See CallControl: the phone does."""

    def answer(self, call_id: str) -> None:
        """See CallControl: told to the phone, or to its leg that waits."""
        if self.calls.may_answer(call_id):
            self._do(call_id, "answer", self._answer)
        else:
            self.problems.tell(DeskProblem.LIFT_RECEIVER)

    def hang_up(self, call_id: str, end: CallEnd | None = None) -> None:
        """See CallControl."""
        call = self.calls.get(call_id)
        if call is None:
            return
        call.ending = end or _own_end(call.shown)
        if end is None or end.reason not in _GOES_ON_ELSEWHERE:
            self._do(call_id, "hang_up", lambda call: self._ask(DeskHangUp(call.named)))

    def hold(self, call_id: str) -> None:
        """See CallControl."""
        self._do(call_id, "hold", self._hold)

    def resume(self, call_id: str) -> None:
        """See CallControl."""
        self._do(call_id, "resume", self._resume)

    def mute(self, call_id: str, *, muted: bool) -> None:
        """See CallControl."""
        self._do(call_id, "mute", lambda call: self._ask(DeskMute(call.leg_id, muted)))

    def transfer(self, call_id: str, address: str) -> None:
        """See CallControl."""
        self.calls.change(call_id, transferring=True)
        self._do(call_id, "transfer", lambda call: self._transfer(call, address))

    def transfer_to(self, call_id: str, other_call_id: str) -> None:
        """See CallControl."""
        for each in (call_id, other_call_id):
            self.calls.change(each, transferring=True)
        self._do(call_id, "transfer_to", lambda call: self._join(call, other_call_id))

    def deflect(self, call_id: str, address: str) -> None:
        """See CallControl."""
        number = "" if address == VOICEMAIL_DEFLECTION else address
        self._do(call_id, "deflect", lambda call: self._deflect(call, number))

    def join(self, call_ids: Sequence[str]) -> None:
        """See CallControl: at the PBX."""
        if call_ids:
            self._do(call_ids[0], "join", lambda _: self._merge(call_ids))

    def split(self, call_id: str) -> None:
        """See CallControl; the last of them is connected with the phone alone."""
        self._do(call_id, "split", self._split)

    def send_dtmf(self, call_id: str, digits: str) -> None:
        """See CallControl."""
        self._do(call_id, "send_dtmf", lambda call: self._ask(DeskPress(call.leg_id, digits[:_MOST_KEYS])))

    # ------------------------------------------------------------ what is asked of the server

    async def _dial(self, call: DeskCall, number: str, shown: Shown | None) -> None:
        device, leg_id = self.device, self.calls.waiting_leg()
        contact = device.contact if device and not leg_id else ""
        try:
            result = await self._ask(DeskDial(number, contact, leg_id, shown))
        except CommandRefusedError:
            self.calls.end(call, call.ending or CallEnd(EndReason.FAILED))
            raise
        assert isinstance(result, Dialled)
        self.calls.bind(call, result.leg_id)

    async def _answer(self, call: DeskCall) -> None:
        device = self.device
        contact = device.contact if device is not None and answers_when_told(device.user_agent) else ""
        call.answering = True
        try:
            await self._ask(DeskAnswer(call.leg_id, contact))
        finally:
            self.calls.answered(call)

    async def _merge(self, call_ids: Sequence[str]) -> None:
        calls = [call for each in call_ids if (call := self.calls.get(each)) is not None]
        if len(calls) > 1:
            await self._ask(DeskMerge(tuple(call.named for call in calls)))

    async def _split(self, call: DeskCall) -> None:
        if not call.shown.merged:
            return
        if call.shown.state is CallState.ACTIVE and self.calls.merged_with(call) == [call]:
            await self._ask(DeskResume(call.held_id))
        else:
            await self._ask(DeskSplit(call.held_id))

    async def _hold(self, call: DeskCall) -> None:
        if call.shown.state is CallState.ACTIVE and (call.shown.merged or not call.held_id):
            await self._ask(DeskHold(call.leg_id))

    async def _resume(self, call: DeskCall) -> None:
        if call.shown.merged and call.shown.state is CallState.ACTIVE:
            return  # it was just brought together with others, or came back with them
        if call.held_id:
            try:
                await self._ask(DeskResume(call.held_id))
            finally:
                self.calls.resumed(call)
        elif call.shown.state is CallState.HELD:
            self.problems.tell(DeskProblem.HELD_THERE)

    async def _transfer(self, call: DeskCall, number: str) -> None:
        before, call.ending = call.ending, CallEnd(EndReason.TRANSFERRED)
        try:
            await self._ask(DeskTransfer(call.named, number))
        except CommandRefusedError as refused:
            call.ending = before
            self.calls.change(call.call_id, transferring=False)
            if refused.error.code is not ErrorCode.INVALID:
                raise
            self._tell(TransferFailed(call.call_id, CallEnd(EndReason.UNKNOWN_NUMBER)))

    async def _join(self, call: DeskCall, other_call_id: str) -> None:
        other = self.calls.get(other_call_id)
        both = [call, other] if other is not None else [call]
        for each in both:
            each.ending = CallEnd(EndReason.TRANSFERRED)
        try:
            await self._ask(DeskJoin(call.named, other.named if other else ""))
        except CommandRefusedError:
            for each in both:
                each.ending = None
                self.calls.change(each.call_id, transferring=False)
            raise

    async def _deflect(self, call: DeskCall, number: str) -> None:
        call.ending = CallEnd(EndReason.DEFLECTED)
        try:
            await self._ask(DeskDeflect(call.leg_id, number))
        except CommandRefusedError:
            call.ending = None
            raise

    # ------------------------------------------------------------ inside

    @property
    def _ask(self) -> Callable[..., Awaitable[object]]:
        return self._link.request

    def _do(self, call_id: str, command: str, work: Callable[[DeskCall], Awaitable[object]]) -> None:
        self._tasks.start(self._carry_out(call_id, command, work))

    async def _carry_out(
        self, call_id: str, command: str, work: Callable[[DeskCall], Awaitable[object]]
    ) -> None:
        async with self._one_at_a_time:
            call = self.calls.get(call_id)
            if call is None:
                return  # it has ended meanwhile
            try:
                await work(call)
            except CommandRefusedError as refused:
                self._tell(CommandFailed(call_id, command, refused.error.sentence))
                self.problems.tell(refused.error)

    def _tell(self, event: SipEvent) -> None:
        self.listener(event)


def _own_end(call: CallSnapshot) -> CallEnd:
    """How a call ends that the person hangs up."""
    if call.state is CallState.INCOMING:
        return CallEnd(EndReason.DECLINED_HERE)
    return CallEnd(EndReason.HUNG_UP_HERE if call.established else EndReason.CANCELLED)
