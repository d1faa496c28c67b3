"""Parking somebody at Asterisk (res_parking).

Theory. Who is parked is the channel at the *other* end of a leg. It is sent to our dial plan's `wwphone-park` by
`Redirect`, and not by AMI's own `Park`, because the dial plan knows what shall happen when nobody comes: the call returns
to all devices of whoever parked it, and waits on when nobody is there. Phones that transfer to 700 end in the same
lines. Asterisk learns who parked from the variable BLINDTRANSFER, as after a transfer.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping

from wwphone.server.api import NobodyThereError, PbxError
from wwphone.server.asterisk.ami import AmiEvent
from wwphone.server.asterisk.channel_questions import ChannelQuestions
from wwphone.server.asterisk.parking_book import ALL_PARKED, PARKED
from wwphone.server.asterisk.state import PbxState

logger = logging.getLogger(__name__)

_PARK_CONTEXT = "wwphone-park"
_CALL_ID = "CHANNEL(pjsip,call-id)"
_PARK_LIMIT_S = 5.0
"""From the `Redirect` to the event that names the place: milliseconds, unless Asterisk has lost its breath."""


class Parking:
    """Parks, and finds the leg that is meant."""

    def __init__(self, state: PbxState, ask: ChannelQuestions) -> None:
        self._state = state
        self._ask = ask
        self._waiting: dict[str, asyncio.Future[str]] = {}

    async def read(self) -> list[Mapping[str, str]]:
        """All parked calls; none where the PBX has no parking, which `check-config` finds fault with."""
        listed = await self._ask.items(ALL_PARKED)
        if listed is None:
            logger.info("Asterisk knows of no parked calls")
        return listed or []

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
                if await self._ask.value(leg.leg_id, _CALL_ID) == sip_call_id:
                    return leg.leg_id
        raise KeyError(sip_call_id)

    async def sip_call_of(self, leg_id: str) -> str:
        """See `Pbx.sip_call_of`."""
        return await self._ask.value(leg_id, _CALL_ID)

    async def park(self, leg_id: str) -> str:
        """See `Pbx.park`."""
        if leg_id not in self._state.legs:
            raise KeyError(leg_id)
        own = await self._ask.value(leg_id, "CHANNEL(name)")
        if not own:
            raise NobodyThereError("this leg is over")
        slot = await self.park_channel(await self._ask.peer_in_call(leg_id), own)
        if not self._state.held.of_leg(leg_id):  # a steered phone waits on for its other calls
            await self._ask.hang_up(own)
        return slot

    async def park_channel(self, channel: str, own: str) -> str:
        """Park a channel on behalf of a phone's, named `own`; return the place. Raises NobodyThereError, PbxError."""
        parkee = await self._ask.uniqueid(channel)
        parked: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._waiting[parkee] = parked
        try:
            await self._ask.set(channel, "BLINDTRANSFER", own)
            await self._ask.redirect(channel, _PARK_CONTEXT, "start")
            async with asyncio.timeout(_PARK_LIMIT_S):
                return await parked
        except TimeoutError:
            raise PbxError("Asterisk did not park the call; it rings back") from None
        finally:
            del self._waiting[parkee]
