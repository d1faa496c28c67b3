"""Carrying out the commands of signed-in clients: one handler a class, every failure an error with a stable code."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

from wwphone.protocol.calls import Dial, HangUp
from wwphone.protocol.errors import CommandRefusedError, ErrorCode, WireError
from wwphone.protocol.message import Command, Done, Result
from wwphone.protocol.presence import SetPresence
from wwphone.server.api import PbxError, PbxLostError, StoreError
from wwphone.server.metrics import Metrics
from wwphone.server.services.calls import CallService
from wwphone.server.services.presence import PresenceService
from wwphone.server.services.sessions import Session
from wwphone.server.tasks import TaskOwner

logger = logging.getLogger(__name__)

_Handler = Callable[[Session, Any], Awaitable[Result]]


class CommandService:
    """Runs commands; one that has begun is finished and answered even when its connection is gone."""

    def __init__(self, presence: PresenceService, calls: CallService, metrics: Metrics) -> None:
        self._presence = presence
        self._calls = calls
        self._metrics = metrics
        self._tasks = TaskOwner("commands")
        self.handlers: Mapping[type[Command], _Handler] = MappingProxyType(
            {SetPresence: self._set_presence, Dial: self._dial, HangUp: self._hang_up}
        )

    def begin(self, session: Session, request_id: str, command: Command) -> None:
        """Carry out a command and answer the session when it is done."""
        self._tasks.start(self._carry_out(session, request_id, command))

    async def shutdown(self, patience_s: float = 3.0) -> None:
        """Let running commands end, for a moment; what does not is reported as of unknown outcome after the restart."""
        await self._tasks.finish(patience_s)
        await self._tasks.shutdown()

    async def _carry_out(self, session: Session, request_id: str, command: Command) -> None:
        started_s = time.perf_counter()
        outcome = await self._outcome(session, command)
        name = outcome.code.value if isinstance(outcome, WireError) else "ok"
        self._metrics.command_ended(command.wire_name, name, time.perf_counter() - started_s)
        session.answer(request_id, outcome)

    async def _outcome(self, session: Session, command: Command) -> Result | WireError:
        try:
            return await self.handlers[type(command)](session, command)
        except Exception as error:  # noqa: BLE001 - error_of logs whatever is unexpected
            return error_of(error, command.wire_name)

    async def _set_presence(self, session: Session, command: SetPresence) -> Result:
        await self._presence.choose(session.user, command, session.host_name)
        return Done()

    async def _dial(self, session: Session, command: Dial) -> Result:
        return await self._calls.dial(session.user, command)

    async def _hang_up(self, session: Session, command: HangUp) -> Result:
        await self._calls.hang_up(session.user, command)
        return Done()


def error_of(error: Exception, what: str) -> WireError:
    """Translate what a service raised; whatever is no expected failure is logged in full."""
    match error:
        case CommandRefusedError():
            return error.error
        case PbxLostError():
            sentence = "the line to the PBX broke; the command may or may not have been carried out"
            return WireError(ErrorCode.UNKNOWN_OUTCOME, sentence)
        case PbxError():
            logger.info("the PBX refused %s: %s", what, error)
            return WireError(ErrorCode.PBX_REFUSED, "the PBX refused")
        case StoreError():
            logger.error("%s failed: %s", what, error)
            return WireError(ErrorCode.INTERNAL, "the server's database failed; nothing was changed")
    logger.error("%s failed by a mistake of ours", what, exc_info=error)
    return WireError(ErrorCode.INTERNAL, "the server made a mistake")
