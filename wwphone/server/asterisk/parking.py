"""Parking somebody at Asterisk (res_parking).

Theory. Who is parked is the channel at the *other* end of a leg. It is sent to our dial plan's `wwphone-park` by
`Redirect`, and not by AMI's own `Park`, because the dial plan knows what shall happen when nobody comes: the call returns
to all devices of whoever parked it, and waits on when nobody is there. Phones that transfer to 700 end in the same
lines. Asterisk learns who parked from the variable BLINDTRANSFER, as after a transfer.
"""

from __future__ import annotations

import asyncio

from wwphone.server.api import NobodyThereError, PbxError
from wwphone.server.asterisk.ami import AmiEvent
from wwphone.server.asterisk.parking_book import PARKED
from wwphone.server.asterisk.registration_watch import Request
from wwphone.server.asterisk.state import PbxState

_PARK_CONTEXT = "wwphone-park"
_PEER = "BRIDGEPEER"
_CALL_ID = "CHANNEL(pjsip,call-id)"
_PARK_LIMIT_S = 5.0
"""From the `Redirect` to the event that names the place: milliseconds, unless Asterisk has lost its breath."""


class Parking:
    """Parks, and finds the leg that is meant."""

    def __init__(self, state: PbxState, request: Request) -> None:
        self._state = state
        self._request = request
        self._waiting: dict[str, asyncio.Future[str]] = {}

    def note(self, event: AmiEvent) -> None:
        """An event about a parked call, which the state knows already."""
        waiting = self._waiting.get(event.fields.get("ParkeeUniqueid", ""))
        if event.name == PARKED and waiting is not None and not waiting.done():
            waiting.set_result(event.fields.get("ParkingSpace", ""))

    def lose(self, error: PbxError) -> None:
        """The line broke: the outcome of all is unknown."""
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(error)

    async def leg_of_sip_call(self, user: str, sip_call_id: str) -> str:
        """See `Pbx.leg_of_sip_call`: one question for each leg of the user, which are few."""
        if sip_call_id:
            for leg in self._state.legs.of(user):
                if await self.value(leg.leg_id, _CALL_ID) == sip_call_id:
                    return leg.leg_id
        raise KeyError(sip_call_id)

    async def peer_of(self, leg_id: str) -> str:
        """The channel a leg is connected with, and no other. Raises NobodyThereError."""
        peer = await self.value(leg_id, _PEER)
        if not peer:
            raise NobodyThereError("this leg is not connected with one other")
        return peer

    async def park(self, leg_id: str) -> str:
        """See `Pbx.park`."""
        if leg_id not in self._state.legs:
            raise KeyError(leg_id)
        own = await self.value(leg_id, "CHANNEL(name)")
        peer = await self.peer_of(leg_id)
        parkee = await self.value(peer, "CHANNEL(uniqueid)")
        if not own or not parkee:
            raise NobodyThereError("this leg is over")
        parked: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._waiting[parkee] = parked
        try:
            await self._send_away(peer, own)
            async with asyncio.timeout(_PARK_LIMIT_S):
                slot = await parked
        except TimeoutError:
            raise PbxError("Asterisk did not park the call; it rings back") from None
        finally:
            del self._waiting[parkee]
        if not self._state.held.of_leg(leg_id):  # a steered phone waits on for its other calls
            await self._request("Hangup", ("Channel", own), ("Cause", "16"))
        return slot

    async def _send_away(self, peer: str, own: str) -> None:
        told = await self._request("Setvar", ("Channel", peer), ("Variable", "BLINDTRANSFER"), ("Value", own))
        answer = told
        if told.success:
            answer = await self._request(
                "Redirect",
                ("Channel", peer),
                ("Context", _PARK_CONTEXT),
                ("Exten", "start"),
                ("Priority", "1"),
            )
        if not answer.success:
            raise PbxError(f"Asterisk does not park: {answer.message}")

    async def value(self, channel: str, variable: str) -> str:
        """What a channel says of itself; empty when there is none."""
        answer = await self._request("Getvar", ("Channel", channel), ("Variable", variable))
        return answer.fields.get("Value", "") if answer.success else ""
