"""Moving a running call to another of one's own devices: it rings there, and changes over when it is answered."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from wwphone.domain.calls import LegState
from wwphone.protocol.errors import CommandRefusedError, ErrorCode, WireError
from wwphone.protocol.message import Command, Result
from wwphone.protocol.moving import Move, Moving
from wwphone.server.api import NobodyThereError, Pbx, PbxError
from wwphone.server.services.calls import CallService
from wwphone.server.services.commands import Handler
from wwphone.server.services.devices import DeviceService
from wwphone.server.services.sessions import Session
from wwphone.server.tasks import TaskOwner

logger = logging.getLogger(__name__)


@dataclass
class _Move:
    """Whose call is being moved, and the leg that rings for it."""

    user: str
    leg_id: str
    rings: bool = False


class MovingService:
    """Refused or not answered there, a call stays where it is; over here, it rings there no more."""

    def __init__(self, pbx: Pbx, calls: CallService, devices: DeviceService) -> None:
        self._pbx = pbx
        self._calls = calls
        self._devices = devices
        self._moves: dict[str, _Move] = {}
        """By the leg that has the call."""
        self._tasks = TaskOwner("moving")
        calls.on_change(self._on_calls_changed)

    async def shutdown(self) -> None:
        """Let what rings ring on."""
        await self._tasks.shutdown()

    def commands(self) -> Mapping[type[Command], Handler]:
        """What clients may ask of this service."""
        return {Move: self._on_move}

    async def _on_move(self, session: Session, command: Move) -> Result:
        return await self.move(session.user, command)

    async def move(self, user: str, command: Move) -> Moving:
        """Ring the other device. Raises CommandRefusedError, PbxError, PbxLostError."""
        leg_id = await self._calls.own_leg(user, command.leg_id, command.sip_call_id)
        if all(device.contact != command.contact for device in self._devices.of(user)):
            raise _refused(ErrorCode.NOT_FOUND, "no device of yours is registered like this")
        if leg_id in self._moves:
            raise _refused(ErrorCode.CONFLICT, "this call is being moved already")
        rings = f"wwphone-{uuid.uuid4().hex}"
        self._moves[leg_id] = move = _Move(user, rings)
        try:
            await self._pbx.move(user, leg_id, command.contact, rings)
        except BaseException as error:
            self._moves.pop(leg_id, None)
            if isinstance(error, NobodyThereError):
                raise _refused(ErrorCode.CONFLICT, str(error)) from error
            raise
        move.rings = True
        self._on_calls_changed(user)
        return Moving(rings)

    def _on_calls_changed(self, user: str) -> None:
        """The call is over here, because it changed over or altogether; or nobody took it there."""
        legs = {leg.leg_id: leg for leg in self._calls.legs_of(user)}
        for old, move in tuple(self._moves.items()):
            if move.user != user or not move.rings:
                continue
            new = legs.get(move.leg_id)
            if old not in legs and new is not None and new.state not in (LegState.UP, LegState.HELD):
                self._tasks.start(self._silence(move.leg_id))
            if old not in legs or new is None:
                del self._moves[old]

    async def _silence(self, leg_id: str) -> None:
        try:
            await self._pbx.hang_up(leg_id)
        except (PbxError, KeyError) as error:
            logger.info("%s rings for nobody: %s", leg_id, error)


def _refused(code: ErrorCode, sentence: str) -> CommandRefusedError:
    return CommandRefusedError(WireError(code, sentence))
