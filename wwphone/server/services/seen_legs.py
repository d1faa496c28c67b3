"""What was seen of legs while they were there, for the record of calls: whose they are, their SIP call, which device has them."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from wwphone.domain.calls import CallDirection, Leg, LegState
from wwphone.server.api import Pbx, PbxError, PbxEvent, PbxLegChanged, PbxLegEnded
from wwphone.server.clock import Clock
from wwphone.server.services.devices import DeviceService
from wwphone.server.tasks import TaskOwner

logger = logging.getLogger(__name__)

_KEPT = timedelta(hours=1)
_MOST = 20_000


@dataclass(slots=True)
class _Seen:
    user: str
    made: str = ""
    """Its call, where the user made it."""
    sip_call_id: str = ""
    device: str = ""
    asked: bool = False
    ended: datetime | None = None


class SeenLegs:
    """Legs that are there, and those of the last hour."""

    def __init__(self, pbx: Pbx, devices: DeviceService, clock: Clock) -> None:
        self._pbx = pbx
        self._devices = devices
        self._clock = clock
        self._legs: dict[str, _Seen] = {}
        self._of_sip_call: dict[tuple[str, str], str] = {}
        self._tasks = TaskOwner("seen legs")

    async def shutdown(self) -> None:
        """Ask nothing more."""
        await self._tasks.shutdown()

    def on_pbx_event(self, event: PbxEvent) -> None:
        """Something happened at the PBX."""
        match event:
            case PbxLegChanged(leg):
                seen = self._legs.get(leg.leg_id)
                if seen is None or seen.user != leg.user:
                    seen = self._legs[leg.leg_id] = _Seen(leg.user, _made(leg))
                    self._forget_old()
                if leg.state is LegState.UP and not seen.asked:
                    seen.asked = True
                    registrations = self._devices.of(leg.user)
                    seen.device = registrations[0].user_agent if len(registrations) == 1 else ""
                    self._tasks.start(self._ask(leg.leg_id, seen))
            case PbxLegEnded(_, leg_id):
                if leg_id in self._legs:
                    self._legs[leg_id].ended = self._clock()
            case _:
                pass

    def named(self, user: str, leg_id: str) -> tuple[str, bool]:
        """The id of a leg, and whether it is or was one of the user's. A call the user made by a click names it, too."""
        seen = self._legs.get(leg_id)
        if seen is not None:
            return leg_id, seen.user == user
        made = (one for one, seen in self._legs.items() if seen.user == user and seen.made == leg_id)
        found = next(made, "")
        return found or leg_id, bool(found)

    async def of_sip_call(self, user: str, sip_call_id: str) -> str:
        """The leg that has this SIP call, or had it lately; empty: none is known. Raises PbxError."""
        known = self._of_sip_call.get((user, sip_call_id), "")
        if known:
            return known
        if not any(seen.user == user and seen.ended is None for seen in self._legs.values()):
            return ""
        try:
            return await self._pbx.leg_of_sip_call(user, sip_call_id)
        except KeyError:
            return ""

    def seen(self, legs: Iterable[str]) -> tuple[list[str], str]:
        """SIP calls of these legs, and the device that had one of them, where it is known."""
        found = [self._legs[leg] for leg in legs if leg in self._legs]
        return [one.sip_call_id for one in found if one.sip_call_id], next(
            (one.device for one in found if one.device), ""
        )

    async def _ask(self, leg_id: str, seen: _Seen) -> None:
        try:
            seen.sip_call_id = await self._pbx.sip_call_of(leg_id)
        except PbxError as error:
            seen.asked = False  # asked again when the line is back and everything is told anew
            logger.debug("the SIP call of a leg is not known: %s", error)
            return
        if seen.sip_call_id:
            self._of_sip_call[seen.user, seen.sip_call_id] = leg_id

    def _forget_old(self) -> None:
        if len(self._legs) < _MOST and len(self._legs) % 500:
            return
        before = self._clock() - _KEPT
        for leg_id, seen in list(self._legs.items()):
            too_many = len(self._legs) > _MOST and seen.ended is not None
            if too_many or (seen.ended is not None and seen.ended < before):
                del self._legs[leg_id]
                self._of_sip_call.pop((seen.user, seen.sip_call_id), None)


def _made(leg: Leg) -> str:
    return leg.call_id if leg.direction is CallDirection.OUTGOING else ""
