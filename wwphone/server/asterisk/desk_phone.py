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
from dataclasses import dataclass, replace

from wwphone.domain.calls import CallDirection, Leg, LegState, Party
from wwphone.domain.desk_phone import HeldCall, HeldEnd, answers_when_told
from wwphone.domain.shown import Shown
from wwphone.server.api import NobodyThereError, PbxError, PbxEvent
from wwphone.server.asterisk.ami import AmiEvent
from wwphone.server.asterisk.channel_questions import ChannelQuestions
from wwphone.server.asterisk.clicking import NUMBER, TO_SHOW_VARIABLE, ClickToDial, desk_number
from wwphone.server.asterisk.configuration.escaping import display_name
from wwphone.server.asterisk.held_book import (
    HELD_ALONE,
    HELD_CONTEXT,
    HELD_TOGETHER,
    HELD_VARIABLE,
    MERGED_CONTEXT,
    held_variable,
)
from wwphone.server.asterisk.legs import DESK_DIALS_EVENT, DESK_MERGES_EVENT, DESK_WAITS_EVENT, MUTED_VARIABLE
from wwphone.server.asterisk.state import PbxState
from wwphone.server.clock import Clock
from wwphone.server.desk_phone_api import CannotAnswerError

_DESK_CONTEXT, _DIAL_CONTEXT = "wwphone-desk", "wwphone-desk-dial"
HELD_GROUP = "GROUP(wwphone-held)"
CALLER_VARIABLE = "WWPHONE_CALLER"
"""On each called device's channel: who dials it."""
_DEVICE = "CHANNEL(pjsip,target_uri)"
_SILENT = "-30000"
"""What `VOLUME` divides sound by."""
_NORMAL, _DECLINED = "16", "21"
"""Q.850 causes."""
_WAIT_LIMIT_S = 5.0
"""From a `Redirect` to the event that the channel is there: milliseconds, unless Asterisk has lost its breath."""


@dataclass(frozen=True)
class _Arrival:
    """A channel on its way to `wait`, `connect`, `merge`, `join` or a number."""

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
            or (said == DESK_MERGES_EVENT and self.where == "merge")
            or (said == DESK_DIALS_EVENT and NUMBER.fullmatch(self.where))
            or (event.name == "BridgeEnter" and self.where in ("connect", "join"))
        ):
            self.done.set_result(None)


class DeskPhones:
    """Fulfils `server.desk_phone_api.SteeredPhones`."""

    def __init__(
        self,
        state: PbxState,
        ask: ChannelQuestions,
        click: ClickToDial,
        tell: Callable[[Iterable[PbxEvent]], None],
        clock: Clock,
    ) -> None:
        self._state = state
        self.ask = ask
        self._click = click
        self.tell = tell
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

    async def dial(
        self, user: str, number: str, leg_id: str, contact: str, shown: Shown | None = None
    ) -> None:
        """See `SteeredPhones.dial`."""
        if leg_id not in self._state.legs:
            self._state.legs.will_call(leg_id, expected=True)
            try:
                await self._click.dial_by(user, number, leg_id, contact, shown)
            finally:
                self._state.legs.will_call(leg_id, expected=False)
            return
        if not NUMBER.fullmatch(number):
            raise PbxError(f"{number!r} is no number the PBX can dial")
        if not self.leg(leg_id).waiting:
            raise NobodyThereError("this leg does not wait")
        await self.ask.set(leg_id, "__WWPHONE_USER", user)
        await self.ask.set(leg_id, TO_SHOW_VARIABLE, shown.number if shown is not None else "")
        await self.send(leg_id, desk_number(number, shown), context=_DIAL_CONTEXT)

    async def answer(self, user: str, leg_id: str, contact: str) -> None:
        """See `SteeredPhones.answer`."""
        ringing = self.leg(leg_id)
        waiting = next((leg for leg in self._state.legs.of(user) if leg.waiting), None)
        caller = await self.ask.value(leg_id, CALLER_VARIABLE) if waiting is not None else ""
        if waiting is not None and caller:
            await self.show(waiting.leg_id, ringing.remote)
            await self.ask.set(waiting.leg_id, "WWPHONE_PEER", caller)
            await self.send(waiting.leg_id, "connect")
            return
        agents = {device.contact: device.user_agent for device in self._state.registrations.of(user)}
        for leg in self._state.legs.of(user):
            if leg.call_id == ringing.call_id and leg.state is LegState.RINGING:
                device = await self.ask.value(leg.leg_id, _DEVICE)
                if contact in ("", device) and answers_when_told(agents.get(device, "")):
                    await self.ask.act(
                        "PJSIPNotify",
                        ("Channel", await self.ask.name(leg.leg_id)),
                        ("Variable", "Event=talk"),
                    )
                    return
        raise CannotAnswerError("the receiver of this phone has to be lifted")

    async def hold(self, leg_id: str) -> str:
        """See `SteeredPhones.hold`."""
        if merged := self._state.held.merged_with(leg_id):
            await self._hold_together(leg_id, merged)
            return merged[0].held_id
        peer, call = await self.about_to_hold(leg_id)
        self.begin_held(call)
        try:
            await self.send(leg_id, "wait", (peer, HELD_CONTEXT, HELD_ALONE))
        except PbxError:
            self.end_held(call.held_id, HeldEnd.RESUMED)
            raise
        return call.held_id

    async def _hold_together(self, leg_id: str, merged: Iterable[HeldCall]) -> None:
        """All of them leave the room before the phone does, which would end it for them; who has just hung up is missing."""
        for call in merged:
            try:
                await self._let_hear_music(call, together=True)
            except PbxError:
                if call.held_id in self._state.held:
                    raise
        await self.send(leg_id, "wait")

    async def _let_hear_music(self, call: HeldCall, *, together: bool) -> None:
        since = self._clock() if call.merged else call.since
        self.begin_held(replace(call, merged=False, together=together, since=since))
        try:
            await self.ask.redirect(call.held_id, HELD_CONTEXT, HELD_TOGETHER if together else HELD_ALONE)
        except PbxError:
            if call.held_id in self._state.held:
                self.begin_held(call)
            raise

    async def about_to_hold(self, leg_id: str) -> tuple[str, HeldCall]:
        """Note at whom a leg is connected with whose they are; return the channel's name and the call. Raises NobodyThereError."""
        leg = self.leg(leg_id)
        peer = await self.ask.peer_in_call(leg_id)
        own, held_id = await self.ask.name(leg_id), await self.ask.uniqueid(peer)
        call = HeldCall(held_id, leg_id, leg.user, leg.remote, self._clock())
        await self.ask.set(held_id, HELD_VARIABLE, held_variable(call, own))
        await self.ask.set(held_id, HELD_GROUP, leg_id)
        return peer, call

    async def resume(self, held_id: str) -> None:
        """See `SteeredPhones.resume`."""
        held = self._state.held
        call = held[held_id]
        if call.merged and held.merged_with(call.leg_id) != [call]:
            return
        if not call.merged and not self.leg(call.leg_id).waiting:
            await self.free(call.leg_id)
        peer = await self.ask.name(held_id)
        await self.ask.set(call.leg_id, "WWPHONE_PEER", peer)
        await self.show(call.leg_id, call.remote)
        self.end_held(held_id, HeldEnd.RESUMED)
        self.tell(self._state.legs.merge(call.leg_id, merged=False))
        try:
            if call.merged:  # first out of the room, which ends for all when the phone leaves it
                await self.ask.redirect(held_id, HELD_CONTEXT, HELD_ALONE)
            await self.send(call.leg_id, "connect")
        except PbxError:
            if await self.ask.value(held_id, "CONTEXT") in (HELD_CONTEXT, MERGED_CONTEXT):
                self.tell(self._state.legs.merge(call.leg_id, merged=call.merged))
                self.begin_held(call)
            raise
        await self.ask.set(held_id, HELD_GROUP, "none")

    async def split(self, held_id: str) -> None:
        """See `SteeredPhones.split`; with the last of those who are merged the leg waits."""
        call = self._state.held[held_id]
        if not call.merged and not call.together:
            return
        await self._let_hear_music(call, together=False)
        if call.merged and not self._state.held.merged_with(call.leg_id):
            await self.send(call.leg_id, "wait")

    async def free(self, leg_id: str) -> None:
        """Let a leg wait: whom it talks with is held, whom it only calls is called no more."""
        try:
            await self.hold(leg_id)
        except NobodyThereError:
            await self.send(leg_id, "wait")

    async def hang_up(self, call_id: str) -> None:
        """See `SteeredPhones.hang_up`."""
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
            peer = await self.ask.peer_of(call_id)
        except NobodyThereError:
            peer = ""  # it is calling somebody
        await self.send(call_id, "wait")
        if peer:
            await self.ask.hang_up(peer)

    async def mute(self, leg_id: str, *, muted: bool) -> None:
        """See `SteeredPhones.mute`: by its volume, since after AMI's `MuteAudio` the other side gets no sound at all.

        There are phones and carriers that take this for a broken line.
        """
        self.leg(leg_id)
        await self.ask.set(leg_id, "VOLUME(RX)", _SILENT if muted else "0")
        await self.ask.set(leg_id, MUTED_VARIABLE, "1" if muted else "")
        self.tell(self._state.legs.mute(leg_id, muted=muted))

    async def press(self, leg_id: str, keys: str) -> None:
        """See `SteeredPhones.press`: as if they came from the phone, so that announcements hear them too."""
        self.leg(leg_id)
        name = await self.ask.name(leg_id)
        for key in keys:
            await self.ask.act("PlayDTMF", ("Channel", name), ("Digit", key), ("Receive", "true"))

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
            await self.ask.hang_up(leg_id)

    async def show(self, channel: str, party: Party) -> None:
        """Let a phone display whom it is connected with now."""
        name = display_name(party.name, party.number)
        await self.ask.set(channel, "CONNECTEDLINE(all)", f'"{name}" <{party.number}>')

    def end_held(self, held_id: str, end: HeldEnd) -> None:
        """Tell that a call is held no more."""
        self.tell(self._state.held.end(held_id, end))

    def begin_held(self, call: HeldCall) -> None:
        """Tell that a call is held, for the first time or after all."""
        self.tell(self._state.held.begin(call))

    async def send(
        self, leg_id: str, where: str, *other: tuple[str, str, str], context: str = _DESK_CONTEXT
    ) -> None:
        """Let a channel `wait`, `connect`, `join` or call a number, and send whom it talks with elsewhere in the same moment.

        Raises KeyError when the phone is put down meanwhile, or whom it was to be connected with is gone.
        """
        arrival = _Arrival(where, asyncio.get_running_loop().create_future())
        self._arriving[leg_id] = arrival
        try:
            await self.ask.redirect(leg_id, context, where, *other)
            async with asyncio.timeout(_WAIT_LIMIT_S):
                await arrival.done
        except TimeoutError:
            raise PbxError("Asterisk did not do with the phone what it was asked") from None
        finally:
            del self._arriving[leg_id]
            if not arrival.done.cancel() and not arrival.done.cancelled():
                arrival.done.exception()  # perhaps nobody was listening yet

    async def _end(self, channel: str, cause: str = _NORMAL) -> None:
        if not await self.ask.hang_up(channel, cause):
            raise KeyError(channel)
