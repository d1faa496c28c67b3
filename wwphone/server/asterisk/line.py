"""One TCP connection to AMI, from connect to break: requests with their answers, events as they come, a sign of life."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import cast

from wwphone.server.api import PbxError, PbxLostError
from wwphone.server.asterisk.ami import AmiError, AmiEvent, AmiMessage, AmiSession, Banner, Response
from wwphone.server.asterisk.settings import AmiTimes

logger = logging.getLogger(__name__)
_MAX_UNSENT_BYTES = 1 << 20
_MAX_PATIENCE = 6
"""How often the time for an answer starts again because other bytes came meanwhile (long lists)."""


class AmiLine(asyncio.Protocol):
    """The transport side of one `AmiSession`; a new one for every connection."""

    def __init__(self, session: AmiSession, times: AmiTimes, on_event: Callable[[AmiEvent], None]) -> None:
        self._session = session
        self._times = times
        self._on_event = on_event
        self._transport: asyncio.Transport | None = None
        self._answers: dict[str, asyncio.Future[Response]] = {}
        self._heard_bytes = 0
        self._lost: str | None = None
        self._ended = asyncio.Event()
        self._greeted = asyncio.Event()
        self._booted = asyncio.Event()

    # -- asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Hand on what became complete; drop the line when this is no AMI."""
        self._heard_bytes += len(data)
        try:
            messages = self._session.receive(data)
        except AmiError as error:
            self.drop(str(error))
            return
        for message in messages:
            if self._lost is not None:
                return  # a listener dropped the line
            self._take(message)

    def connection_lost(self, exc: Exception | None) -> None:
        """The other side is gone."""
        self.drop(str(exc) if exc else "Asterisk closed the line")

    # -- for the connection

    async def greeting(self) -> None:
        """Wait for the other side's first line. Raises PbxLostError, TimeoutError."""
        await self._wait(self._greeted, self._times.reply_s)

    async def boot(self) -> None:
        """Wait until Asterisk has loaded everything. Raises PbxLostError, TimeoutError."""
        await self._wait(self._booted, self._times.boot_s)

    async def request(self, name: str, *fields: tuple[str, str]) -> Response:
        """Send an action and return its answer, a refusal too.

        Raises PbxError when it was not sent, PbxLostError when the line broke first; no answer in time breaks it.
        """
        transport = self._transport
        if transport is None or self._lost is not None:
            raise PbxError(f"there is no line to the PBX: {self._lost}")
        if transport.get_write_buffer_size() > _MAX_UNSENT_BYTES:
            raise PbxError("the PBX does not take what it is sent")
        try:
            action_id, data = self._session.action(name, fields)
        except ValueError as error:
            raise PbxError(str(error)) from error
        answer = asyncio.get_running_loop().create_future()
        self._answers[action_id] = answer
        transport.write(data)
        try:
            return await self._patiently(answer, name)
        finally:
            self._answers.pop(action_id, None)
            if not answer.cancel() and not answer.cancelled():
                answer.exception()  # whoever asked was cancelled

    async def watch(self) -> str:
        """Stay until the line breaks, and ask for a sign of life when it is quiet; return the reason."""
        while not self._ended.is_set():
            heard = self._heard_bytes
            try:
                async with asyncio.timeout(self._times.heartbeat_s):
                    await self._ended.wait()
            except TimeoutError:
                if heard == self._heard_bytes and not self._answers:
                    await self._ping()
        return self._lost or ""

    def drop(self, reason: str) -> None:
        """End the line now; what is under way is lost. Again is no error."""
        if self._lost is not None:
            return
        self._lost = reason
        if self._transport is not None:
            self._transport.abort()
        for event in (self._ended, self._greeted, self._booted):
            event.set()
        if self._answers:
            logger.info("%d actions lost with the line to Asterisk: %s", len(self._answers), reason)
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(PbxLostError(f"the line to the PBX broke: {reason}"))

    # -- inside

    def _take(self, message: AmiMessage) -> None:
        match message:
            case AmiEvent(name="FullyBooted"):
                self._booted.set()
            case AmiEvent():
                try:
                    self._on_event(message)
                except Exception:
                    logger.exception("the event %s could not be handled", message.name)
            case Response(action_id=action_id):
                answer = self._answers.get(action_id)
                if answer is not None and not answer.done():
                    answer.set_result(message)
            case Banner():
                self._greeted.set()

    async def _wait(self, event: asyncio.Event, timeout_s: float) -> None:
        async with asyncio.timeout(timeout_s):
            await event.wait()
        if self._lost is not None:
            raise PbxLostError(self._lost)

    async def _patiently(self, answer: asyncio.Future[Response], name: str) -> Response:
        for _ in range(_MAX_PATIENCE):
            heard = self._heard_bytes
            done, _pending = await asyncio.wait({answer}, timeout=self._times.reply_s)
            if done:
                return answer.result()
            if heard == self._heard_bytes:
                break
        self.drop(f"no answer to {name}")
        return answer.result()

    async def _ping(self) -> None:
        try:
            await self.request("Ping")
        except PbxError as error:
            logger.info("no sign of life from Asterisk: %s", error)
