"""Who waits for a ring group, and which member takes whom.

Theory. As with picking up, it is decided here, between two steps of the event loop: whoever is being taken is nobody's any
more, and the next member who tries gets the next caller. Members at phones take somebody by a code, without us; so our dial
plan has the last word, and who came too late there is told so. While a caller is being taken they wait on, and ring as soon
as a member is free, so nobody waits in vain for a device that is not answered.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime

from wwphone.domain.calls import Party
from wwphone.protocol.errors import CommandRefusedError, ErrorCode, WireError
from wwphone.protocol.message import Command, Result
from wwphone.protocol.ring_groups import NextTaken, TakeNext
from wwphone.server.api import Pbx, PbxEvent, PbxStateChanged
from wwphone.server.ring_group_api import PbxTake, PbxWaitingCaller, PbxWaitingChanged, TakenMeanwhileError
from wwphone.server.services.commands import Handler
from wwphone.server.services.devices import DeviceService
from wwphone.server.services.directory import DirectoryService
from wwphone.server.services.sessions import Session


class WaitingService:
    """The waiting queues of all ring groups."""

    def __init__(self, pbx: Pbx, directory: DirectoryService, devices: DeviceService) -> None:
        self._pbx = pbx
        self._directory = directory
        self._devices = devices
        self._callers: dict[str, tuple[PbxWaitingCaller, ...]] = {}
        self._taken_by: dict[str, str] = {}
        """Users, by the id of the caller whom they take just now."""
        self._listeners: list[Callable[[str], None]] = []

    def on_change(self, listener: Callable[[str], None]) -> None:
        """Call `listener` with the group's number after each change of who waits there or can be taken."""
        self._listeners.append(listener)

    def since(self, number: str) -> tuple[datetime, ...]:
        """Since when each caller waits for a group, longest first."""
        return tuple(caller.since for caller in self._callers.get(number, ()))

    def next_caller(self, number: str) -> Party | None:
        """Whom a member would get now; None: nobody. A colleague has the name everybody knows, who is hidden has none."""
        caller = self._next(number)
        return None if caller is None else self._seen(caller.caller)

    # ------------------------------------------------------------ commands

    def commands(self) -> Mapping[type[Command], Handler]:
        """What clients may ask of this service."""
        return {TakeNext: self._on_take_next}

    async def _on_take_next(self, session: Session, command: TakeNext) -> Result:
        return await self.take_next(session.user, command)

    async def take_next(self, user: str, command: TakeNext) -> NextTaken:
        """Let a member take who waits longest. Raises CommandRefusedError, PbxError, PbxLostError."""
        number = command.number
        groups = {group.number: group for group in self._directory.ring_groups}
        if number not in groups or user not in groups[number].members:
            raise _refusal(ErrorCode.NOT_FOUND, "you are no member of this ring group")
        if not self._pbx.connected:
            raise _refusal(ErrorCode.PBX_UNAVAILABLE, "the PBX is out of reach")
        caller = self._next(number)
        if caller is None:
            raise self._too_late(number, user)
        order = PbxTake(user, number, caller, _new_leg_id(), self._contact(user, command.register_call_id))
        self._taken_by[caller.waiting_id] = user
        self._tell(number)
        try:
            await self._pbx.take_waiting(order)
        except TakenMeanwhileError:
            raise _refusal(ErrorCode.CONFLICT, "somebody else was faster") from None
        finally:
            del self._taken_by[caller.waiting_id]
            self._tell(number)
        return NextTaken(self._seen(caller.caller))

    def _next(self, number: str) -> PbxWaitingCaller | None:
        callers = self._callers.get(number, ())
        return next((one for one in callers if one.waiting_id not in self._taken_by), None)

    def _too_late(self, number: str, user: str) -> CommandRefusedError:
        callers = self._callers.get(number, ())
        if not callers:
            return _refusal(ErrorCode.NOT_FOUND, "nobody waits there")
        first = self._taken_by[callers[0].waiting_id]
        if first == user:
            return _refusal(ErrorCode.CONFLICT, "you are taking this call already")
        record = self._directory.users.get(first)
        name = record.nickname if record is not None and not record.hidden else ""
        return _refusal(ErrorCode.CONFLICT, f"taken by {name or 'somebody else'}", name)

    def _contact(self, user: str, register_call_id: str) -> str:
        devices = self._devices.of(user)
        own = (one.contact for one in devices if one.reachable and one.call_id == register_call_id)
        return next(own, "") if register_call_id else ""

    def _seen(self, party: Party) -> Party:
        owner = next((one for one in self._directory.users.values() if one.number == party.number), None)
        if owner is None:
            return party
        return Party("") if owner.hidden else Party(owner.number, owner.nickname)

    # ------------------------------------------------------------ what the PBX tells

    def on_pbx_event(self, event: PbxEvent) -> None:
        """Take who waits; nobody is known to while the PBX is out of reach."""
        match event:
            case PbxWaitingChanged(number, callers):
                self._callers[number] = callers
                if not callers:
                    del self._callers[number]
                self._tell(number)
            case PbxStateChanged(connected=False):
                numbers, self._callers = self._callers.keys(), {}
                for number in sorted(numbers):
                    self._tell(number)

    def _tell(self, number: str) -> None:
        for listener in self._listeners:
            listener(number)


def _new_leg_id() -> str:
    """Made like Asterisk's own ids, with its time: so the call goes by the caller's, which is older."""
    return f"wwphone-{uuid.uuid4().hex}-{int(time.time())}.{10**9}"


def _refusal(code: ErrorCode, sentence: str, taken_by: str = "") -> CommandRefusedError:
    return CommandRefusedError(WireError(code, sentence, taken_by=taken_by))
