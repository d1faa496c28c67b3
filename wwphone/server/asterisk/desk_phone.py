"""Steering desk phones at Asterisk.

Theory. The phone keeps one channel, and Asterisk connects it with one party after the other by `Redirect` into our dial plan:
`wwphone-desk` for the phone's channel, `wwphone-held` for a party that hears music. So the phone needs to know nothing of
holding. When it is put down, what is held rings at its user's devices, without our help: the dial plan sees to it. A phone
is told to answer by a NOTIFY in the dialogue of the call that rings (`Event: talk`), where its make is known to obey.

What changes for people is told before Asterisk is asked: the events that follow are about channels alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from wwphone.domain.calls import CallDirection, Leg, LegState, Party
from wwphone.domain.desk_phone import HeldCall, HeldEnd, answers_when_told
from wwphone.server.api import NobodyThereError, PbxError, PbxEvent
from wwphone.server.asterisk.ami import AmiEvent
from wwphone.server.asterisk.clicking import NUMBER, ClickToDial
from wwphone.server.asterisk.configuration.escaping import display_name
from wwphone.server.asterisk.held_book import HELD_CONTEXT, HELD_VARIABLE, held_variable
from wwphone.server.asterisk.legs import DESK_DIALS_EVENT, DESK_WAITS_EVENT, MUTED_VARIABLE
from wwphone.server.asterisk.parking import Parking
from wwphone.server.asterisk.registration_watch import Request
from wwphone.server.asterisk.state import PbxState
from wwphone.server.clock import Clock
from wwphone.server.desk_phone_api import CannotAnswerError

_DESK_CONTEXT, _DIAL_CONTEXT = "wwphone-desk", "wwphone-desk-dial"
HELD_GROUP = "GROUP(wwphone-held)"
CALLER_VARIABLE = "WWPHONE_CALLER"
"""On each called device's channel: who dials it."""
_NAME, _ID, _DEVICE = "CHANNEL(name)", "CHANNEL(uniqueid)", "CHANNEL(pjsip,target_uri)"
_SILENT = "-30000"
"""What `VOLUME` divides sound by."""
_NORMAL, _DECLINED = "16", "21"
"""Q.850 causes."""
_WAIT_LIMIT_S = 5.0
"""From a `Redirect` to the event that the channel is there: milliseconds, unless Asterisk has lost its breath."""


@dataclass(frozen=True)
class _Arrival:
    """A channel on its way to `wait`, `connect`, `join` or a number."""

    where: str
    done: asyncio.Future[None]

    def note(self, event: AmiEvent) -> None:
        """Take an event about it."""
        said = event.fields.get("UserEvent") if event.name == "UserEvent" else ""
        waits = said == DESK_WAITS_EVENT
        if event.name == "Hangup" or (waits and self.where != "wait"):
            self.done.set_exception(KeyError("it is gone"))
        elif (
            waits
            or (said == DESK_DIALS_EVENT and NUMBER.fullmatch(self.where))
            or (event.name == "BridgeEnter" and self.where in ("connect", "join"))
        ):
            self.done.set_result(None)


class DeskPhones:
    """Fulfils `server.desk_phone_api.SteeredPhones`."""

    def __init__(
        self,
        state: PbxState,
        request: Request,
        parking: Parking,
        click: ClickToDial,
        tell: Callable[[Iterable[PbxEvent]], None],
        clock: Clock,
    ) -> None:
        self._state = state
        self._request = request
        self._parking = parking
        self._click = click
        self._tell = tell
        self._clock = clock
        self._arriving: dict[str, _Arrival] = {}

    def note(self, event: AmiEvent) -> None:
        """An event that the state knows already."""
        arrival = self._arriving.get(event.fields.get("Uniqueid", ""))
        if arrival is not None and not arrival.done.done():
            arrival.note(event)

    def lose(self, error: PbxError) -> None:
        """The line broke: the outcome of all is unknown."""
        for arrival in self._arriving.values():
            if not arrival.done.done():
                arrival.done.set_exception(error)

    async def dial(self, user: str, number: str, leg_id: str, contact: str) -> None:
        """See `SteeredPhones.desk_dial`."""
        if leg_id not in self._state.legs:
            self._state.legs.will_call(leg_id, expected=True)
            try:
                await self._click.dial_by(user, number, leg_id, contact)
            finally:
                self._state.legs.will_call(leg_id, expected=False)
            return
        if not NUMBER.fullmatch(number):
            raise PbxError(f"{number!r} is no number the PBX can dial")
        if not self.leg(leg_id).waiting:
            raise NobodyThereError("this leg does not wait")
        await self.set(leg_id, "__WWPHONE_USER", user)
        await self.send(leg_id, number, context=_DIAL_CONTEXT)

    async def answer(self, user: str, leg_id: str, contact: str) -> None:
        """See `SteeredPhones.desk_answer`."""
        ringing = self.leg(leg_id)
        waiting = next((leg for leg in self._state.legs.of(user) if leg.waiting), None)
        caller = await self.value(leg_id, CALLER_VARIABLE) if waiting is not None else ""
        if waiting is not None and caller:
            await self.show(waiting.leg_id, ringing.remote)
            await self.set(waiting.leg_id, "WWPHONE_PEER", caller)
            await self.send(waiting.leg_id, "connect")
            return
        agents = {device.contact: device.user_agent for device in self._state.registrations.of(user)}
        for leg in self._state.legs.of(user):
            if leg.call_id == ringing.call_id and leg.state is LegState.RINGING:
                device = await self.value(leg.leg_id, _DEVICE)
                if contact in ("", device) and answers_when_told(agents.get(device, "")):
                    await self.act(
                        "PJSIPNotify", ("Channel", await self.name(leg.leg_id)), ("Variable", "Event=talk")
                    )
                    return
        raise CannotAnswerError("the receiver of this phone has to be lifted")

    async def hold(self, leg_id: str) -> str:
        """See `SteeredPhones.desk_hold`."""
        leg = self.leg(leg_id)
        peer = await self.peer_of(leg_id)
        own, held_id = await self.name(leg_id), await self.value(peer, _ID)
        if not held_id:
            raise NobodyThereError("the other side has just hung up")
        call = HeldCall(held_id, leg_id, leg.user, leg.remote, self._clock())
        await self.set(held_id, HELD_VARIABLE, held_variable(call, own))
        await self.set(held_id, HELD_GROUP, leg_id)
        self.begin_held(call)
        try:
            await self.send(leg_id, "wait", (peer, HELD_CONTEXT, "start"))
        except PbxError:
            self.end_held(held_id, HeldEnd.RESUMED)
            raise
        return held_id

    async def resume(self, held_id: str) -> None:
        """See `SteeredPhones.desk_resume`."""
        call = self._state.held[held_id]
        if not self.leg(call.leg_id).waiting:
            await self._free(call.leg_id)
        peer = await self.name(held_id)
        await self.set(call.leg_id, "WWPHONE_PEER", peer)
        await self.show(call.leg_id, call.remote)
        self.end_held(held_id, HeldEnd.RESUMED)
        try:
            await self.send(call.leg_id, "connect")
        except PbxError:
            if await self.value(held_id, "CONTEXT") == HELD_CONTEXT:
                self.begin_held(call)
            raise
        await self.set(held_id, HELD_GROUP, "none")

    async def _free(self, leg_id: str) -> None:
        """Let a leg wait: whom it talks with is held, whom it only calls is called no more."""
        try:
            await self.hold(leg_id)
        except NobodyThereError:
            await self.send(leg_id, "wait")

    async def hang_up(self, call_id: str) -> None:
        """See `SteeredPhones.desk_hang_up`."""
        held = self._state.held
        if call_id in held:
            call = held[call_id]
            await self._end(call_id)
            await self.put_down(call.leg_id, besides=call)
            return
        own = self.leg(call_id)
        if not held.of_leg(call_id):
            rings = own.direction is CallDirection.INCOMING and own.state is LegState.RINGING
            await self._end(call_id, _DECLINED if rings else _NORMAL)
            return
        try:
            peer = await self.peer_of(call_id)
        except NobodyThereError:
            peer = ""  # it is calling somebody
        await self.send(call_id, "wait")
        if peer:
            await self._request("Hangup", ("Channel", peer), ("Cause", _NORMAL))

    async def mute(self, leg_id: str, *, muted: bool) -> None:
        """See `SteeredPhones.desk_mute`: by its volume, since after AMI's `MuteAudio` the other side gets no sound at all.

        There are phones and carriers that take this for a broken line.
        """
        self.leg(leg_id)
        await self.set(leg_id, "VOLUME(RX)", _SILENT if muted else "0")
        await self.set(leg_id, MUTED_VARIABLE, "1" if muted else "")
        self._tell(self._state.legs.mute(leg_id, muted=muted))

    async def press(self, leg_id: str, keys: str) -> None:
        """See `SteeredPhones.desk_press`: as if they came from the phone, so that announcements hear them too."""
        self.leg(leg_id)
        name = await self.name(leg_id)
        for key in keys:
            await self.act("PlayDTMF", ("Channel", name), ("Digit", key), ("Receive", "true"))

    # -- for handing over, too

    def leg(self, leg_id: str) -> Leg:
        """A leg, as told. Raises KeyError."""
        leg = self._state.legs.get(leg_id)
        if leg is None:
            raise KeyError(leg_id)
        return leg

    async def put_down(self, leg_id: str, besides: HeldCall | None = None) -> None:
        """End a phone's leg that waits for nothing any more, at once; the dial plan would a moment later."""
        leg = self._state.legs.get(leg_id)
        others = [call for call in self._state.held.of_leg(leg_id) if call != besides]
        if leg is not None and leg.waiting and not others:
            await self._request("Hangup", ("Channel", leg_id), ("Cause", _NORMAL))

    async def show(self, channel: str, party: Party) -> None:
        """Let a phone display whom it is connected with now."""
        name = display_name(party.name, party.number)
        await self.set(channel, "CONNECTEDLINE(all)", f'"{name}" <{party.number}>')

    async def peer_of(self, leg_id: str) -> str:
        """The name of the channel a leg is connected with. Raises NobodyThereError."""
        return await self._parking.peer_of(leg_id)

    def end_held(self, held_id: str, end: HeldEnd) -> None:
        """Tell that a call is held no more."""
        self._tell(self._state.held.end(held_id, end))

    def begin_held(self, call: HeldCall) -> None:
        """Tell that a call is held, for the first time or after all."""
        self._tell(self._state.held.begin(call))

    async def send(
        self, leg_id: str, where: str, *other: tuple[str, str, str], context: str = _DESK_CONTEXT
    ) -> None:
        """Let a channel `wait`, `connect`, `join` or call a number, and send whom it talks with elsewhere in the same moment.

        Raises KeyError when the phone is put down meanwhile, or whom it was to be connected with is gone.
        """
        arrival = _Arrival(where, asyncio.get_running_loop().create_future())
        self._arriving[leg_id] = arrival
        try:
            await self.redirect(leg_id, context, where, *other)
            async with asyncio.timeout(_WAIT_LIMIT_S):
                await arrival.done
        except TimeoutError:
            raise PbxError("Asterisk did not do with the phone what it was asked") from None
        finally:
            del self._arriving[leg_id]
            if not arrival.done.cancel() and not arrival.done.cancelled():
                arrival.done.exception()  # perhaps nobody was listening yet

    async def redirect(
        self, channel: str, context: str, extension: str, *other: tuple[str, str, str]
    ) -> None:
        """Let a channel, and others with it, go on elsewhere in the dial plan."""
        fields = [("Channel", channel), ("Context", context), ("Exten", extension), ("Priority", "1")]
        for extra, extra_context, extra_extension in other:
            fields += [("ExtraChannel", extra), ("ExtraContext", extra_context)]
            fields += [("ExtraExten", extra_extension), ("ExtraPriority", "1")]
        await self.act("Redirect", *fields)

    async def _end(self, channel: str, cause: str = _NORMAL) -> None:
        answer = await self._request("Hangup", ("Channel", channel), ("Cause", cause))
        if not answer.success:
            raise KeyError(channel)

    async def set(self, channel: str, variable: str, value: str) -> None:
        """Set a variable of a channel, or one of its functions."""
        await self.act("Setvar", ("Channel", channel), ("Variable", variable), ("Value", value))

    async def act(self, action: str, *fields: tuple[str, str]) -> None:
        """Ask something of Asterisk. Raises PbxError when it does not do it."""
        answer = await self._request(action, *fields)
        if not answer.success:
            raise PbxError(f"Asterisk refuses {action}: {answer.message}")

    async def name(self, channel: str) -> str:
        """The name of a channel. Raises KeyError when there is none."""
        name = await self.value(channel, _NAME)
        if not name:
            raise KeyError(channel)
        return name

    async def value(self, channel: str, variable: str) -> str:
        """What a channel says of itself; empty when there is none."""
        return await self._parking.value(channel, variable)
