"""Parked calls of the house, as the server tells; parking one's own call here, fetching any of them to this PC."""

from __future__ import annotations

from dataclasses import dataclass, replace

from wwphone.cti.api import (
    CommandRefusedError,
    CtiLink,
    LinkEvent,
    LinkState,
    LinkStateChanged,
    MirrorChanged,
    MirrorReplaced,
)
from wwphone.domain.calls import CallEnd, EndReason
from wwphone.domain.parking import ParkedCall, ParkingEnd
from wwphone.protocol.calls import PbxStateChanged
from wwphone.protocol.desk_phone import DeskPark
from wwphone.protocol.parking import Fetch, Park, Parked, ParkedCallChanged, ParkedCallEnded
from wwphone.services.calls import CallsService
from wwphone.services.devices import DevicesService
from wwphone.services.observing import Listeners


@dataclass(frozen=True)
class Missed:
    """A call that we were fetching went elsewhere: a phone was faster, or the caller hung up."""

    call: ParkedCall
    end: ParkingEnd
    user: str
    """Who has it now; empty when nobody known."""


class ParkingService:
    """All parked calls, longest waiting first. While the line is down, all stays as of the moment it broke."""

    def __init__(self, link: CtiLink, calls: CallsService, devices: DevicesService) -> None:
        self._link = link
        self._calls = calls
        self._devices = devices
        self._parking: set[str] = set()
        """Calls that the server was asked to park."""
        self._asking: set[str] = set()
        """Places that the server was asked to fetch from."""
        self._fetching: dict[str, ParkedCall] = {}
        """Calls that are on their way to us, as far as we know."""
        self.changed: Listeners[None] = Listeners()
        """Which calls are parked, or whether anything can be parked and fetched now."""
        self.missed: Listeners[Missed] = Listeners()

    @property
    def parked(self) -> tuple[ParkedCall, ...]:
        """All of them, with the names we know the callers by."""
        calls = sorted(self._link.mirror.parked.values(), key=lambda call: (call.since, call.slot))
        return tuple(replace(call, caller=self._calls.named(call.caller)) for call in calls)

    @property
    def possible(self) -> bool:
        """Whether the server could be asked now."""
        return self._link.state.state is LinkState.SIGNED_IN and self._link.mirror.pbx_connected

    async def park(self, call_id: str) -> str:
        """Park whom we talk with; return the place, empty when it is being parked already or there is no such call.

        Raises CommandRefusedError; the call goes on then, unless nobody knows.
        """
        call = self._calls.call(call_id)
        if call is None or not call.can_be_parked or call_id in self._parking:
            return ""
        self._parking.add(call_id)
        try:
            held = call.held_id
            result = await self._link.request(DeskPark(held) if held else Park(call.leg_id, call.sip_call_id))
        finally:
            self._parking.discard(call_id)
        assert isinstance(result, Parked)
        self._calls.end_as(call_id, CallEnd(EndReason.PARKED, slot=result.slot))
        return result.slot

    async def fetch(self, slot: str) -> None:
        """Take a parked call to this PC, where it answers by itself; without a voice here, to one's other devices.

        Raises CommandRefusedError; with CONFLICT somebody else fetches it, `taken_by`.
        """
        call = self._link.mirror.parked.get(slot)
        if call is None or slot in self._asking:
            return
        self._asking.add(slot)
        self._fetching[slot] = call
        try:
            await self._link.request(Fetch(slot, self._devices.register_call_id))
        except CommandRefusedError:
            self._fetching.pop(slot, None)
            raise
        finally:
            self._asking.discard(slot)

    def name_anew(self) -> None:
        """Names may be others now."""
        if self._link.mirror.parked:
            self.changed.tell(None)

    def received(self, event: LinkEvent) -> None:
        """Take what the link tells."""
        match event:
            case MirrorReplaced():
                parked = self._link.mirror.parked
                self._fetching = {
                    slot: call for slot, call in self._fetching.items() if call == parked.get(slot)
                }
                self.changed.tell(None)
            case LinkStateChanged():
                self.changed.tell(None)
            case MirrorChanged(events):
                relevant = [e for e in events if isinstance(e, ParkedCallChanged | ParkedCallEnded)]
                for change in relevant:
                    if isinstance(change, ParkedCallEnded):
                        self._ended(change)
                if relevant or any(isinstance(change, PbxStateChanged) for change in events):
                    self.changed.tell(None)

    def _ended(self, change: ParkedCallEnded) -> None:
        call = self._fetching.pop(change.slot, None)
        profile = self._link.mirror.profile
        if call is not None and (profile is None or change.user != profile.user):
            self.missed.tell(Missed(call, change.end, change.user))
