"""Moving the call that runs here to another of one's own devices: it rings there, and goes on there when answered."""

from __future__ import annotations

from wwphone.cti.api import CtiLink, LinkEvent, LinkState, LinkStateChanged, MirrorChanged, MirrorReplaced
from wwphone.domain.calls import CallEnd, CallSnapshot, CallState, EndReason, LegState
from wwphone.domain.devices import Registration
from wwphone.protocol.calls import LegChanged, LegEnded, PbxStateChanged
from wwphone.protocol.moving import Move, Moving
from wwphone.services.calls import CallsService
from wwphone.services.devices import DevicesService
from wwphone.services.observing import Listeners


class MovingService:
    """One call at a time: the one that runs."""

    def __init__(self, link: CtiLink, calls: CallsService, devices: DevicesService) -> None:
        self._link = link
        self._calls = calls
        self._devices = devices
        self._call_id = ""
        """The call that is being moved; empty: none."""
        self._leg_id = ""
        self._ended_meanwhile: set[str] = set()
        """Legs that ended while the server has not said yet which one rings: a refusal can be that quick."""
        self.contact = ""
        """The device that rings for it; empty: none."""
        self.changed: Listeners[None] = Listeners()
        """What can be moved, or what is being moved."""
        self.not_taken: Listeners[CallSnapshot] = Listeners()
        """The other device refused or did not answer; the call stays here."""
        calls.changed.subscribe(self._on_call_changed)
        self._movable: str | None = None

    @property
    def movable(self) -> CallSnapshot | None:
        """The call that would be moved; None: there is none, or nobody can be asked."""
        if self._link.state.state is not LinkState.SIGNED_IN or not self._link.mirror.pbx_connected:
            return None
        talks = [call for call in self._calls.running if call.at_a_leg]
        active = [call for call in talks if call.state is CallState.ACTIVE]
        return next(iter(active[-1:] or talks[-1:]), None)

    def can_take(self, registration: Registration) -> bool:
        """Whether this device could go on with the call now."""
        here = self._devices.is_this_pc(registration) or self._devices.is_steered(registration)
        return registration.reachable and not here and not self.contact and self.movable is not None

    async def move(self, registration: Registration) -> None:
        """Let that device ring for the call. Raises CommandRefusedError; the call stays here then."""
        call = self.movable
        if call is None or not self.can_take(registration):
            return
        self._set(call.call_id, registration.contact)
        try:
            result = await self._link.request(Move(registration.contact, call.leg_id, call.sip_call_id))
            assert isinstance(result, Moving)
            self._leg_id = result.leg_id
            if result.leg_id in self._ended_meanwhile:
                self._not_taken()
            else:
                self._look()
        except BaseException:
            self._set("", "")
            raise

    def received(self, event: LinkEvent) -> None:
        """Take what the link tells."""
        match event:
            case MirrorReplaced():
                mirror = self._link.mirror
                if self._leg_id and mirror.profile is not None and self._leg_id not in mirror.legs:
                    self._not_taken()  # it ended while the line was down
                self._look()
                self.changed.tell(None)
            case LinkStateChanged():
                self.changed.tell(None)
            case MirrorChanged(events):
                for change in events:
                    if isinstance(change, LegEnded):
                        self._leg_ended(change.leg_id)
                    elif isinstance(change, LegChanged) and change.leg.leg_id == self._leg_id:
                        self._look()
                if any(isinstance(change, PbxStateChanged) for change in events):
                    self.changed.tell(None)

    def _leg_ended(self, leg_id: str) -> None:
        if self._call_id and not self._leg_id:
            self._ended_meanwhile.add(leg_id)
        elif leg_id == self._leg_id:
            self._not_taken()

    def _not_taken(self) -> None:
        call = self._calls.call(self._call_id)
        self._set("", "")
        if call is not None and call.established:
            self.not_taken.tell(call)

    def _look(self) -> None:
        """When the other device has the call, it is over here."""
        leg = self._link.mirror.legs.get(self._leg_id)
        if self._call_id and leg is not None and leg.state in (LegState.UP, LegState.HELD):
            call_id = self._call_id
            self._set("", "")
            self._calls.end_as(call_id, CallEnd(EndReason.MOVED))

    def _set(self, call_id: str, contact: str) -> None:
        if not call_id:
            self._leg_id = ""
            self._ended_meanwhile.clear()
        if (call_id, contact) != (self._call_id, self.contact):
            self._call_id, self.contact = call_id, contact
            self.changed.tell(None)

    def _on_call_changed(self, _: CallSnapshot) -> None:
        call = self.movable
        movable = call.call_id if call else None
        if movable != self._movable:
            self._movable = movable
            self.changed.tell(None)
