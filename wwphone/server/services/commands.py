"""Carrying out the commands of signed-in clients: one handler a class, every failure an error with a stable code."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

from wwphone.protocol.errors import CommandRefusedError, ErrorCode, WireError
from wwphone.protocol.message import Command, Result
from wwphone.server.api import PbxError, PbxLostError, StoreError, StoreFullError
from wwphone.server.metrics import Metrics
from wwphone.server.services.sessions import Session
from wwphone.server.tasks import TaskOwner

logger = logging.getLogger(__name__)

Handler = Callable[[Session, Any], Awaitable[Result]]
"""Carries out one class of commands for a session; each service has its own, see its `commands`."""


class CommandService:
    """Runs commands; one that has begun is finished and answered even when its connection is gone."""

    def __init__(self, handlers: Mapping[type[Command], Handler], metrics: Metrics) -> None:
        self._metrics = metrics
        self._tasks = TaskOwner("commands")
        self.handlers = MappingProxyType(dict(handlers))

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
        case StoreFullError():
            logger.error("%s failed: %s", what, error)
            return WireError(ErrorCode.NO_SPACE, "the server's disk is full; nothing was changed")
        case StoreError():
            logger.error("%s failed: %s", what, error)
            return WireError(ErrorCode.INTERNAL, "the server's database failed; nothing was changed")
    logger.error("%s failed by a mistake of ours", what, exc_info=error)
    return WireError(ErrorCode.INTERNAL, "the server made a mistake")
