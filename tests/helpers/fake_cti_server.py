"""The fake CTI core behind a real websocket with real TLS, and a network in front of it that can be bad."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
from types import TracebackType
from typing import Self

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.helpers.certificates import ServerCertificate
from tests.helpers.fake_cti_core import FakeCtiConnection, FakeCtiCore
from tests.helpers.ports import LOOPBACK, free_port
from wwphone.protocol.frames import SUBPROTOCOL

_logger = logging.getLogger("tests.fake_cti_server")
_logger.setLevel(logging.CRITICAL)  # handshakes that fail are what some tests want


class FakeCtiServer:
    """Serves a core on one port; it can be killed and started again."""

    def __init__(
        self, core: FakeCtiCore, certificate: ServerCertificate | None, subprotocol: str = SUBPROTOCOL
    ) -> None:
        self.core = core
        self.port = free_port()
        self._subprotocol = subprotocol
        self._tls: ssl.SSLContext | None = None
        if certificate is not None:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(certificate.certificate_file, certificate.key_file)
        self._server: Server | None = None
        self._connections: set[ServerConnection] = set()

    async def start(self) -> Self:
        """Listen."""
        self._server = await serve(
            self._handle,
            LOOPBACK,
            self.port,
            ssl=self._tls,
            subprotocols=[Subprotocol(self._subprotocol)],
            compression=None,  # as the real one
            ping_interval=None,
            close_timeout=0.2,
            logger=_logger,
        )
        return self

    async def stop(self) -> None:
        """Close politely."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    async def kill(self) -> None:
        """End as by SIGKILL: connections break, the core's memory is lost, the port answers no more."""
        for websocket in tuple(self._connections):
            websocket.transport.abort()
        await self.stop()
        self.core.restart()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def _handle(self, websocket: ServerConnection) -> None:
        clock = asyncio.get_running_loop().time
        connection = self.core.connect(clock())
        something_new = asyncio.Event()
        something_new.set()
        connection.deliver = lambda _connection: something_new.set()
        self._connections.add(websocket)
        tasks = [
            asyncio.create_task(self._read(websocket, connection)),
            asyncio.create_task(self._write(websocket, connection, something_new)),
            asyncio.create_task(self._tick(connection)),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._connections.discard(websocket)
            connection.deliver = None
            connection.lost()

    async def _read(self, websocket: ServerConnection, connection: FakeCtiConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            while True:
                text = await websocket.recv()
                connection.receive(text, asyncio.get_running_loop().time())

    async def _write(
        self, websocket: ServerConnection, connection: FakeCtiConnection, something_new: asyncio.Event
    ) -> None:
        with contextlib.suppress(ConnectionClosed):
            while not connection.close_wanted or connection.outbox:
                await something_new.wait()
                something_new.clear()
                while connection.outbox:
                    await websocket.send(connection.outbox.pop(0))

    async def _tick(self, connection: FakeCtiConnection) -> None:
        clock = asyncio.get_running_loop().time
        while (deadline_s := connection.session.next_deadline_s) is not None:
            await asyncio.sleep(max(0.0, deadline_s - clock()))
            connection.tick(clock())


class FakeNetwork:
    """A TCP relay before a server: slow, cut, or silently swallowing everything (a half-open line)."""

    def __init__(self, target_port: int) -> None:
        self.port = free_port()
        self.target_port = target_port
        """Where connections go; may be changed when the server comes back elsewhere."""
        self.swallows = False
        self.bytes_per_s: float | None = None
        """None: as fast as it can."""
        self.accepted = 0
        """How many connections have come in."""
        self.accepted_at_s = 0.0
        """When the latest came, on the loop's clock."""
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> Self:
        """Listen."""
        self._server = await asyncio.start_server(self._accept, LOOPBACK, self.port)
        return self

    async def stop(self) -> None:
        """Break everything and listen no more: connections are refused."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self.cut()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut(self) -> None:
        """Break all connections; new ones work."""
        for writer in tuple(self._writers):
            writer.transport.abort()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A plain function: asyncio 3.11 logs an error when the task of a coroutine given to it is cancelled.
        self.accepted += 1
        self.accepted_at_s = asyncio.get_running_loop().time()
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            await self._relay_both(reader, writer)
        except OSError:
            writer.transport.abort()  # the server is down, or the other end is gone
        finally:
            self._writers.discard(writer)

    async def _relay_both(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(LOOPBACK, self.target_port)
        self._writers.add(far_writer)
        relays = [
            asyncio.create_task(self._relay(reader, far_writer)),
            asyncio.create_task(self._relay(far_reader, writer)),
        ]
        try:
            await asyncio.wait(relays, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for relay in relays:
                relay.cancel()
            await asyncio.gather(*relays, return_exceptions=True)
            for end in (writer, far_writer):
                end.transport.abort()
            self._writers.discard(far_writer)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(4096):
            if self.bytes_per_s is not None:
                delay_s = len(data) / self.bytes_per_s
                await asyncio.sleep(delay_s)
            if not self.swallows:
                writer.write(data)
                await writer.drain()
