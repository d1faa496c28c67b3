"""States of phones and legs of calls as the PBX tells them; click-to-dial and hanging up one's own legs."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from wwphone.domain.calls import CallDirection, Leg, PhoneState
from wwphone.domain.numbers import NotDiallableError, dial_target
from wwphone.protocol.calls import Dial, Dialled, HangUp, LegChanged, LegEnded, PhoneStateChanged
from wwphone.protocol.calls import PbxStateChanged as PbxStateChangedEvent
from wwphone.protocol.errors import CommandRefusedError, ErrorCode, WireError
from wwphone.protocol.message import Command, Done, Result
from wwphone.server.api import (
    Pbx,
    PbxLegChanged,
    PbxLegEnded,
    PbxPhoneStateChanged,
    PbxStateChanged,
)
from wwphone.server.services.commands import Handler
from wwphone.server.services.directory import DirectoryChange, DirectoryService
from wwphone.server.services.event_log import EventLog
from wwphone.server.services.sessions import Session


class CallService:
    """Who is on the phone, and with whom when it is oneself.

    While the PBX is out of reach everything stays as it was; what the PBX does not tell again when it is back is over.
    """

    def __init__(self, pbx: Pbx, directory: DirectoryService, log: EventLog) -> None:
        self._pbx = pbx
        self._directory = directory
        self._log = log
        self._connected = False
        self._listeners: list[Callable[[str], None]] = []
        self._phones: dict[str, PhoneState] = {}
        self._legs: dict[str, Leg] = {}
        self._legs_of: defaultdict[str, set[str]] = defaultdict(set)
        self._told_phones: set[str] = set()
        self._told_legs: set[str] = set()
        directory.on_change(self._on_directory_change)

    @property
    def pbx_connected(self) -> bool:
        """Whether the line to the PBX is up."""
        return self._connected

    def on_change(self, listener: Callable[[str], None]) -> None:
        """Call `listener` with the user after each change of their phone's state or of their legs."""
        self._listeners.append(listener)

    def phones(self, users: Iterable[str]) -> tuple[tuple[str, PhoneState], ...]:
        """Pairs of user and state of all their devices together."""
        return tuple((user, self._phones.get(user, PhoneState.OFFLINE)) for user in users)

    def legs_of(self, user: str) -> tuple[Leg, ...]:
        """A user's own legs, oldest first."""
        legs = (self._legs[leg_id] for leg_id in self._legs_of.get(user, ()))
        return tuple(sorted(legs, key=lambda leg: (leg.since, leg.leg_id)))

    def leg(self, leg_id: str) -> Leg | None:
        """One leg, whosoever; None: it is over."""
        return self._legs.get(leg_id)

    def in_call(self, call_id: str) -> tuple[Leg, ...]:
        """The legs of our people in one call."""
        return tuple(leg for leg in self._legs.values() if leg.call_id == call_id)

    # ------------------------------------------------------------ commands

    def commands(self) -> Mapping[type[Command], Handler]:
        """What clients may ask of this service."""
        return {Dial: self._on_dial, HangUp: self._on_hang_up}

    async def _on_dial(self, session: Session, command: Dial) -> Result:
        return await self.dial(session.user, command)

    async def _on_hang_up(self, session: Session, command: HangUp) -> Result:
        await self.hang_up(session.user, command)
        return Done()

    async def own_leg(self, user: str, leg_id: str, sip_call_id: str) -> str:
        """One of the user's own legs by either name. Raises CommandRefusedError, PbxError, PbxLostError."""
        self.must_be_connected()
        try:
            leg_id = leg_id or await self._pbx.leg_of_sip_call(user, sip_call_id)
        except KeyError:
            raise _no_such_leg() from None
        named = next((leg.leg_id for leg in self.legs_of(user) if is_named(leg, leg_id)), None)
        if named is None:
            raise _no_such_leg()
        return named

    async def dial(self, user: str, command: Dial) -> Dialled:
        """Ring the user's own devices, then dial. Raises CommandRefusedError, PbxError, PbxLostError."""
        try:
            target = dial_target(command.number)
        except NotDiallableError as error:
            raise CommandRefusedError(WireError(ErrorCode.INVALID, str(error))) from error
        self.must_be_connected()
        leg_id = f"wwphone-{uuid.uuid4().hex}"
        await self._pbx.originate(user, target.address, leg_id)
        return Dialled(leg_id)

    async def hang_up(self, user: str, command: HangUp) -> None:
        """End one of the user's own legs. Raises CommandRefusedError, PbxError, PbxLostError."""
        if not any(is_named(leg, command.leg_id) for leg in self.legs_of(user)):
            raise _no_such_leg()
        self.must_be_connected()
        try:
            await self._pbx.hang_up(command.leg_id)
        except KeyError:
            raise _no_such_leg() from None

    def must_be_connected(self) -> None:
        """Raise CommandRefusedError while the PBX is out of reach."""
        if not self._pbx.connected:
            raise CommandRefusedError(WireError(ErrorCode.PBX_UNAVAILABLE, "the PBX is out of reach"))

    # ------------------------------------------------------------ what the PBX tells

    def on_phone_state(self, event: PbxPhoneStateChanged) -> None:
        """A user's phone state changed."""
        self._told_phones.add(event.user)
        if self._phones.get(event.user, PhoneState.OFFLINE) is not event.state:
            self._phones[event.user] = event.state
            self._directory.publish_about(event.user, PhoneStateChanged(event.user, event.state))
            self._tell(event.user)

    def on_leg_changed(self, event: PbxLegChanged) -> None:
        """A leg is new or changed."""
        leg = event.leg
        self._told_legs.add(leg.leg_id)
        if self._legs.get(leg.leg_id) != leg:
            self._legs[leg.leg_id] = leg
            self._legs_of[leg.user].add(leg.leg_id)
            self._log.publish(LegChanged(leg), only=leg.user)
            self._tell(leg.user)

    def on_leg_ended(self, event: PbxLegEnded) -> None:
        """A leg is over."""
        leg = self._legs.pop(event.leg_id, None)
        self._told_legs.discard(event.leg_id)
        if leg is None:
            return
        self._legs_of[leg.user].discard(leg.leg_id)
        if not self._legs_of[leg.user]:
            del self._legs_of[leg.user]
        self._log.publish(LegEnded(leg.leg_id, event.cause), only=leg.user)
        self._tell(leg.user)

    def on_pbx_state(self, event: PbxStateChanged) -> None:
        """The line to the PBX broke, or is up again after everything was told anew."""
        if event.connected:
            self._end_what_was_not_told()
        else:
            self._told_phones.clear()
            self._told_legs.clear()
        if event.connected != self._connected:
            self._connected = event.connected
            self._log.publish(PbxStateChangedEvent(event.connected))

    def _tell(self, user: str) -> None:
        for listener in self._listeners:
            listener(user)

    def _end_what_was_not_told(self) -> None:
        for leg in tuple(self._legs.values()):
            if leg.leg_id not in self._told_legs:
                self.on_leg_ended(PbxLegEnded(leg.user, leg.leg_id, 0))
        for user in tuple(self._phones):
            if user not in self._told_phones:
                self.on_phone_state(PbxPhoneStateChanged(user, PhoneState.OFFLINE))

    def _on_directory_change(self, change: DirectoryChange) -> None:
        for record in change.removed:
            self._phones.pop(record.user, None)
            for leg_id in tuple(self._legs_of.get(record.user, ())):
                self.on_leg_ended(PbxLegEnded(record.user, leg_id, 0))
        for user, state in self.phones(record.user for record in change.appeared):
            self._directory.publish_about(user, PhoneStateChanged(user, state))


def is_named(leg: Leg, leg_id: str) -> bool:
    """Whether this id means this leg: its own, or the one given to a click-to-dial, whichever device took it."""
    return leg.leg_id == leg_id or (leg.call_id == leg_id and leg.direction is CallDirection.OUTGOING)


def _no_such_leg() -> CommandRefusedError:
    return CommandRefusedError(WireError(ErrorCode.NOT_FOUND, "there is no such call of yours"))
