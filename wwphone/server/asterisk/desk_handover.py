"""Handing over the calls of a steered desk phone: to a number, to each other, and before anybody answers."""

from __future__ import annotations

from wwphone.domain.calls import Party
from wwphone.domain.desk_phone import HeldEnd
from wwphone.server.api import NobodyThereError, PbxError
from wwphone.server.asterisk.clicking import NUMBER
from wwphone.server.asterisk.desk_phone import CALLER_VARIABLE, HELD_GROUP, DeskPhones
from wwphone.server.asterisk.held_book import HELD_CONTEXT
from wwphone.server.asterisk.parking import Parking
from wwphone.server.asterisk.state import PbxState
from wwphone.server.desk_phone_api import NoSuchNumberError

_PHONES_CONTEXT, _DEFLECTION_CONTEXT = "wwphone-phones", "wwphone-deflection"
_VOICEMAIL = "voicemail"


class DeskHandover:
    """What takes a call away from the phone; the phone is put down unless it has others that are held.

    Whoever was transferred unseen and taken by nobody rings at the phone again: by BLINDTRANSFER the dial plan knows where.
    """

    def __init__(self, state: PbxState, phones: DeskPhones, parking: Parking) -> None:
        self._state = state
        self._phones = phones
        self._parking = parking

    async def transfer(self, call_id: str, number: str) -> None:
        """See `SteeredPhones.transfer`."""
        held, phones = self._state.held, self._phones
        leg_id = held[call_id].leg_id if call_id in held else call_id
        channel = (
            await phones.ask.name(call_id)
            if call_id in held
            else await phones.ask.peer_in_call(phones.leg(call_id).leg_id)
        )
        exists = f"DIALPLAN_EXISTS({_PHONES_CONTEXT},{number},1)"
        if not NUMBER.fullmatch(number) or await phones.ask.value(channel, exists) != "1":
            raise NoSuchNumberError(number)
        await phones.ask.set(channel, "BLINDTRANSFER", await phones.ask.name(leg_id))
        if call_id not in held:
            await phones.send(leg_id, "wait", (channel, _PHONES_CONTEXT, number))
        else:
            await phones.ask.redirect(channel, _PHONES_CONTEXT, number)
            await phones.ask.set(channel, HELD_GROUP, "none")
            phones.end_held(call_id, HeldEnd.SENT_ON)
        await phones.put_down(leg_id)

    async def park(self, held_id: str) -> str:
        """See `SteeredPhones.park`."""
        call, phones = self._state.held[held_id], self._phones
        own, channel = await phones.ask.name(call.leg_id), await phones.ask.name(held_id)
        await phones.ask.set(channel, HELD_GROUP, "none")
        phones.end_held(held_id, HeldEnd.SENT_ON)
        try:
            slot = await self._parking.park_channel(channel, own)
        except PbxError:
            if await phones.ask.value(held_id, "CONTEXT") == HELD_CONTEXT:
                await phones.ask.set(channel, HELD_GROUP, call.leg_id)
                phones.begin_held(call)
            raise
        await phones.put_down(call.leg_id)
        return slot

    async def join(self, call_id: str, other_call_id: str) -> None:
        """See `SteeredPhones.join`: the held one goes to the other, who leaves the phone for that."""
        held, phones = self._state.held, self._phones
        if call_id not in held:
            call_id, other_call_id = other_call_id, call_id
        call, other = held[call_id], self._party(other_call_id)
        peer = (
            await phones.ask.name(other_call_id)
            if other_call_id in held
            else await phones.ask.peer_in_call(other_call_id)
        )
        await phones.show(call_id, other)
        await phones.show(peer, call.remote)
        await phones.ask.set(call_id, "WWPHONE_PEER", peer)
        calls = [held[each] for each in (call_id, other_call_id) if each in held]
        for one in calls:
            await phones.ask.set(one.held_id, HELD_GROUP, "none")
            phones.end_held(one.held_id, HeldEnd.SENT_ON)
        try:
            await phones.send(call_id, "join", context=HELD_CONTEXT)
        except PbxError:
            for one in calls:
                phones.begin_held(one)
            raise

    async def deflect(self, leg_id: str, number: str) -> None:
        """See `SteeredPhones.deflect`: each called device's channel knows who dials it."""
        phones = self._phones
        caller = await phones.ask.value(phones.leg(leg_id).leg_id, CALLER_VARIABLE)
        if not caller:
            raise NobodyThereError("who rings here cannot be sent on")
        if number and not NUMBER.fullmatch(number):
            raise NoSuchNumberError(number)
        await phones.ask.redirect(caller, _DEFLECTION_CONTEXT, number or _VOICEMAIL)

    def _party(self, call_id: str) -> Party:
        held = self._state.held
        return held[call_id].remote if call_id in held else self._phones.leg(call_id).remote
