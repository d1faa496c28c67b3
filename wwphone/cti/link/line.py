"""One websocket to the server: opened with verified TLS, read, written, and ended for one reason."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidProxy
from websockets.typing import Subprotocol

from wwphone.cti.api import LinkProblem, ServerAddress
from wwphone.cti.link.retry import RetryTimes, Trouble
from wwphone.cti.link.trouble import trouble_of
from wwphone.protocol.frames import CTI_PATH, MAX_FRAME_BYTES, SUBPROTOCOL

logger = logging.getLogger(__name__)

# At DEBUG the library writes every frame into the log, and with it passwords and tokens.
_library_logger = logging.getLogger(f"{__name__}.websockets")
_library_logger.setLevel(logging.INFO)

_TURN_S = 0.01
"""Messages that have arrived are read at most this long before others on the loop have their turn."""


class NoLineError(Exception):
    """No connection came about."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.detail)
        self.trouble = trouble


class _Connect(connect):
    """Connects to the named server only: a redirect could lead a password elsewhere."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


class Trust:
    """TLS settings, made once per file of authorities: reading those of the system takes tens of milliseconds."""

    def __init__(self) -> None:
        self._key: tuple[str | None, float] | None = None
        self._context: ssl.SSLContext | None = None

    async def context(self, authority_file: str | None) -> ssl.SSLContext:
        """Return settings that verify certificate and host name. Raises NoLineError when the file is no good."""
        try:
            return await asyncio.get_running_loop().run_in_executor(None, self._make, authority_file)
        except (OSError, ValueError) as error:
            detail = f"{authority_file}: {error}"
            raise NoLineError(Trouble(LinkProblem.CERTIFICATE_AUTHORITY_UNREADABLE, detail)) from error

    def _make(self, authority_file: str | None) -> ssl.SSLContext:
        key = (authority_file, Path(authority_file).stat().st_mtime if authority_file else 0.0)
        if self._context is None or key != self._key:
            context = ssl.create_default_context(cafile=authority_file)
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            self._key, self._context = key, context
        return self._context


async def open_websocket(server: ServerAddress, trust: Trust, times: RetryTimes) -> ClientConnection:
    """Connect and agree on the subprotocol. Raises NoLineError."""
    host = f"[{server.host}]" if ":" in server.host else server.host
    settings: dict[str, Any] = {}
    if server.tls:
        settings["ssl"] = await trust.context(server.certificate_authority_file)
    else:
        settings["proxy"] = None
    try:
        websocket = await _Connect(
            f"{'wss' if server.tls else 'ws'}://{host}:{server.port}{CTI_PATH}",
            subprotocols=[Subprotocol(SUBPROTOCOL)],
            open_timeout=times.connect_limit_s,
            close_timeout=times.close_limit_s,
            ping_interval=None,  # the protocol has its own heartbeats
            max_size=MAX_FRAME_BYTES,
            logger=_library_logger,
            **settings,
        )
    except (OSError, EOFError, InvalidHandshake, InvalidProxy) as error:
        raise NoLineError(trouble_of(error)) from error
    if websocket.subprotocol != SUBPROTOCOL:
        await websocket.close()
        raise NoLineError(Trouble(LinkProblem.NO_CTI_SERVER, f"the server does not speak {SUBPROTOCOL}"))
    return websocket


class Line:
    """An open websocket. `run` reads and writes until `end` is called or the connection breaks."""

    def __init__(self, websocket: ClientConnection, received: Callable[[bytes], Iterable[None]]) -> None:
        """Hand every message to `received`, which handles it in steps: between them others on the loop have their turn."""
        self._websocket = websocket
        self._received = received
        self._outgoing: deque[str] = deque()
        self._something_to_send = asyncio.Event()
        self._ended: asyncio.Future[Trouble] = asyncio.get_running_loop().create_future()
        self._dead = False

    def send(self, text: str) -> None:
        """Send in order, as fast as the network takes it."""
        self._outgoing.append(text)
        self._something_to_send.set()

    def end(self, trouble: Trouble, *, dead: bool = False) -> None:
        """End for this reason; the first one counts. `dead`: nobody answers there, close without waiting."""
        if not self._ended.done():
            self._dead = dead
            self._ended.set_result(trouble)

    async def run(self) -> Trouble:
        """Read and write until the end, close the websocket, and return why it ended."""
        tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._write())]
        try:
            return await self._ended
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._close()

    async def _read(self) -> None:
        clock = asyncio.get_running_loop().time
        turn_began_s = clock()
        try:
            while not self._ended.done():
                message = await self._websocket.recv(decode=False)
                for _ in self._received(message):
                    await asyncio.sleep(0)
                    turn_began_s = clock()
                if clock() - turn_began_s > _TURN_S:
                    await asyncio.sleep(0)
                    turn_began_s = clock()
        except ConnectionClosed as closed:
            self.end(Trouble(LinkProblem.LINE_LOST, str(closed)))
        except Exception as error:
            logger.exception("a message of the CTI server could not be handled")
            self.end(Trouble(LinkProblem.PROTOCOL, f"internal error: {type(error).__name__}"))

    async def _write(self) -> None:
        try:
            while True:
                await self._something_to_send.wait()
                self._something_to_send.clear()
                while self._outgoing:
                    await self._websocket.send(self._outgoing.popleft())
        except ConnectionClosed as closed:
            self.end(Trouble(LinkProblem.LINE_LOST, str(closed)))

    async def _close(self) -> None:
        try:
            if not self._dead:
                await self._websocket.close()
        finally:
            self._websocket.transport.abort()
            await self._websocket.wait_closed()
