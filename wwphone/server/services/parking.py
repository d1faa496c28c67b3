"""Parked calls: everybody who is signed in sees them all and may fetch them; each goes to one of those who try.

Who fetches is decided here, in one place and one moment, before the PBX is asked: the first claims the place, everybody
after that hears who was faster. A claim ends when the call is parked no more, or when the device that was to get it
did not: then the next may try. A phone that dials the number of the place needs no claim; the PBX decides then.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace

from wwphone.domain.calls import Party
from wwphone.domain.parking import ParkedCall, ParkingEnd
from wwphone.protocol.errors import CommandRefusedError, ErrorCode, WireError
from wwphone.protocol.message import Command, Result
from wwphone.protocol.parking import Fetch, Fetched, Park, Parked, ParkedCallChanged, ParkedCallEnded
from wwphone.server.api import (
    NobodyThereError,
    Pbx,
    PbxLegEnded,
    PbxParkedChanged,
    PbxParkedEnded,
    PbxStateChanged,
)
from wwphone.server.services.calls import CallService, is_named
from wwphone.server.services.commands import Handler
from wwphone.server.services.devices import DeviceService
from wwphone.server.services.directory import DirectoryChange, DirectoryService
from wwphone.server.services.event_log import EventLog
from wwphone.server.services.sessions import Session


@dataclass
class _Claim:
    """Who fetches a call just now, and the leg that is to get it."""

    user: str
    leg_id: str
    rings: bool = False


class ParkingService:
    """All parked calls of the house.

    While the PBX is out of reach everything stays as it was; what the PBX does not tell again when it is back is over.
    """

    def __init__(
        self,
        pbx: Pbx,
        calls: CallService,
        devices: DeviceService,
        directory: DirectoryService,
        log: EventLog,
    ) -> None:
        self._pbx = pbx
        self._calls = calls
        self._devices = devices
        self._directory = directory
        self._log = log
        self._parked: dict[str, ParkedCall] = {}
        """As the PBX tells, by place."""
        self._shown: dict[str, ParkedCall] = {}
        """The same as everybody sees it."""
        self._told: set[str] = set()
        self._claims: dict[str, _Claim] = {}
        directory.on_change(self._on_directory_change)

    @property
    def parked(self) -> tuple[ParkedCall, ...]:
        """All of them, by place."""
        return tuple(self._shown[slot] for slot in sorted(self._shown))

    # ------------------------------------------------------------ commands

    def commands(self) -> Mapping[type[Command], Handler]:
        """What clients may ask of this service."""
        return {Park: self._on_park, Fetch: self._on_fetch}

    async def _on_park(self, session: Session, command: Park) -> Result:
        return await self.park(session.user, command)

    async def _on_fetch(self, session: Session, command: Fetch) -> Result:
        return await self.fetch(session.user, command)

    async def park(self, user: str, command: Park) -> Parked:
        """Park whom one of the user's own legs talks with. Raises CommandRefusedError, PbxError, PbxLostError."""
        leg_id = await self._calls.own_leg(user, command.leg_id, command.sip_call_id)
        try:
            return Parked(await self._pbx.park(leg_id))
        except KeyError:
            raise _refused(ErrorCode.NOT_FOUND, "there is no such call of yours") from None
        except NobodyThereError as error:
            raise _refused(ErrorCode.CONFLICT, str(error)) from error

    async def fetch(self, user: str, command: Fetch) -> Fetched:
        """Take a parked call to one of the user's devices. Raises CommandRefusedError, PbxError, PbxLostError."""
        self._calls.must_be_connected()
        slot = command.slot
        if slot not in self._parked:
            raise _refused(ErrorCode.NOT_FOUND, "nothing is parked there")
        claim = self._claims.get(slot)
        if claim is not None:
            raise self._taken_by(claim.user)
        contact = self._contact_of(user, command.register_call_id)
        leg_id = f"wwphone-{uuid.uuid4().hex}"
        self._claims[slot] = mine = _Claim(user, leg_id)
        try:
            await self._pbx.fetch_parked(user, slot, leg_id, contact)
        except KeyError:
            self._let_go(slot, mine)
            raise _refused(ErrorCode.NOT_FOUND, "nothing is parked there") from None
        except BaseException:
            self._let_go(slot, mine)
            raise
        mine.rings = True
        self._end_vain_claims()
        return Fetched(leg_id)

    def _contact_of(self, user: str, register_call_id: str) -> str:
        if not register_call_id:
            return ""
        for registration in self._devices.of(user):
            if registration.call_id == register_call_id:
                return registration.contact
        raise _refused(ErrorCode.INVALID, "no device of yours is registered like this")

    def _taken_by(self, user: str) -> CommandRefusedError:
        record = self._directory.users.get(user)
        name = record.nickname if record is not None and not record.hidden else ""
        sentence = f"{name or 'somebody'} fetches this call already"
        return CommandRefusedError(WireError(ErrorCode.CONFLICT, sentence, taken_by=name))

    def _let_go(self, slot: str, claim: _Claim) -> None:
        if self._claims.get(slot) is claim:
            del self._claims[slot]

    def _end_vain_claims(self) -> None:
        for slot, claim in tuple(self._claims.items()):
            legs = self._calls.legs_of(claim.user)
            if claim.rings and not any(is_named(leg, claim.leg_id) for leg in legs):
                del self._claims[slot]

    # ------------------------------------------------------------ what the PBX tells

    def on_parked(self, event: PbxParkedChanged) -> None:
        """A call is parked."""
        slot = event.call.slot
        self._told.add(slot)
        self._parked[slot] = event.call
        self._show(slot)

    def on_ended(self, event: PbxParkedEnded) -> None:
        """A place is free again."""
        self._told.discard(event.slot)
        self._claims.pop(event.slot, None)
        self._parked.pop(event.slot, None)
        if self._shown.pop(event.slot, None) is not None:
            self._log.publish(ParkedCallEnded(event.slot, event.end, self._seen(event.user)))

    def on_leg_ended(self, event: PbxLegEnded) -> None:
        """A leg is over; if it was to get a parked call and did not, the next may try."""
        del event
        self._end_vain_claims()

    def on_pbx_state(self, event: PbxStateChanged) -> None:
        """The line to the PBX broke, or is up again after everything was told anew."""
        if not event.connected:
            self._told.clear()
            return
        for slot in tuple(self._parked):
            if slot not in self._told:
                self.on_ended(PbxParkedEnded(slot, ParkingEnd.GAVE_UP))

    # ------------------------------------------------------------ what people see

    def _show(self, slot: str) -> None:
        call = self._parked[slot]
        shown = replace(call, caller=self._seen_party(call.caller), parked_by=self._seen(call.parked_by))
        if self._shown.get(slot) != shown:
            self._shown[slot] = shown
            self._log.publish(ParkedCallChanged(shown))

    def _seen(self, user: str) -> str:
        record = self._directory.users.get(user)
        return user if record is not None and not record.hidden else ""

    def _seen_party(self, party: Party) -> Party:
        """A colleague by the name everybody knows; somebody hidden appears in no list (requirement 000)."""
        owner = next((one for one in self._directory.users.values() if one.number == party.number), None)
        if owner is None:
            return party
        return Party("", "") if owner.hidden else Party(owner.number, owner.nickname)

    def _on_directory_change(self, change: DirectoryChange) -> None:
        del change
        for slot in tuple(self._parked):
            self._show(slot)


def _refused(code: ErrorCode, sentence: str) -> CommandRefusedError:
    return CommandRefusedError(WireError(code, sentence))
