"""The listening side of the CTI: takes connections, refuses what is no client of ours, and stops gracefully.

The sound of recordings and calendars of conferences are asked for on the same port by plain HTTP (`listener.sounds`, `listener.feeds`).
"""

from __future__ import annotations

import asyncio
import http
import logging
import ssl
from collections.abc import Awaitable, Callable

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response
from websockets.protocol import State
from websockets.typing import Subprotocol

from wwphone.protocol.errors import WireError
from wwphone.protocol.frames import MAX_REQUEST_BYTES, SUBPROTOCOL
from wwphone.server.listener.connection import ClientConnection, Desk
from wwphone.server.listener.feeds import FeedDesk
from wwphone.server.listener.limits import Admission
from wwphone.server.listener.sounds import SoundDesk
from wwphone.server.services.sip_accounts import Peer
from wwphone.server.tasks import TaskOwner

logger = logging.getLogger(__name__)

# The library writes whole messages, passwords too, to its log when that is set to DEBUG.
library_logger = logging.getLogger("wwphone.server.listener.library")
library_logger.setLevel(logging.WARNING)

_TICK_S = 1.0
_STOP_S = 6.0
_MAX_FRAMES_UNREAD = 16


class WebsocketListener:
    """Serves clients on one address and port."""

    def __init__(self, desk: Desk, host: str, port: int, context: ssl.SSLContext | None) -> None:
        """`context` None: without TLS, which the application allows on loopback only. Port 0: any free one."""
        self._desk = desk
        self._host = host
        self._port = port
        self._context = context
        self._admission = Admission(desk.limits)
        sounds = SoundDesk(desk.sounds) if desk.sounds is not None else None
        feeds = FeedDesk(desk.feeds) if desk.feeds is not None else None
        self._http = tuple(one for one in (sounds, feeds) if one is not None)
        self._connections: set[ClientConnection] = set()
        self._sockets: set[ServerConnection] = set()
        self._tasks = TaskOwner("listener")
        self._server: Server | None = None

    @property
    def port(self) -> int:
        """The port that is listened on."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def connections(self) -> int:
        """How many clients are connected, signed in or not."""
        return len(self._connections)

    @property
    def deepest_queue(self) -> int:
        """How many events the slowest client is behind."""
        return max((connection.lag for connection in self._connections), default=0)

    async def start(self) -> None:
        """Listen. Raises OSError when the address is taken."""
        limits = self._desk.limits
        self._server = await serve(
            self._serve_client,
            self._host,
            self._port,
            # Browsers send an Origin, our clients do not: no web page may talk to the server in a person's name.
            origins=[None],
            subprotocols=[Subprotocol(SUBPROTOCOL)],
            compression=None,
            process_request=self._examine,
            server_header=None,
            open_timeout=limits.handshake_s,
            ping_interval=None,  # the protocol has heartbeats of its own
            close_timeout=limits.linger_s,
            max_size=MAX_REQUEST_BYTES,
            max_queue=_MAX_FRAMES_UNREAD,
            logger=library_logger,
            create_connection=_noting(self._sockets),
            ssl=self._context,
        )
        self._tasks.start(self._tick())

    def stop_listening(self) -> None:
        """Take no more connections; those that stand stay."""
        if self._server is not None:
            self._server.close(close_connections=False)

    def say_goodbye(self, error: WireError) -> None:
        """Tell every client why its connection ends."""
        for connection in tuple(self._connections):
            connection.goodbye(error)

    async def shutdown(self) -> None:
        """Wait for the connections to end, which have been told to, and cut those that do not."""
        if self._server is None:
            return
        self.stop_listening()
        self._cut(lambda socket: socket.state is State.CONNECTING)  # nobody there to be told
        try:
            async with asyncio.timeout(_STOP_S):
                await self._server.wait_closed()
        except TimeoutError:
            self._cut(lambda _: True)
            await self._server.wait_closed()
        await self._tasks.shutdown()
        await self._desk.tasks.shutdown()

    def _cut(self, which: Callable[[ServerConnection], bool]) -> None:
        for socket in tuple(self._sockets):
            if which(socket):
                socket.transport.abort()

    def _examine(
        self, connection: ServerConnection, request: Request
    ) -> Awaitable[Response | None] | Response | None:
        refusal = self._admission.refusal(_peer_of(connection).address)
        if refusal is not None:
            self._desk.metrics.connection_refused(refusal)
            return connection.respond(http.HTTPStatus.SERVICE_UNAVAILABLE, "too many connections\n")
        for desk in self._http:
            if desk.is_asked(request):
                self._admission.enter(_peer_of(connection).address)
                self._tasks.start(self._leave_when_closed(connection))
                return desk.answer(request)
        return None

    async def _leave_when_closed(self, connection: ServerConnection) -> None:
        address = _peer_of(connection).address
        try:
            await connection.wait_closed()
        finally:
            self._admission.leave(address)

    async def _serve_client(self, socket: ServerConnection) -> None:
        peer = _peer_of(socket)
        connection = ClientConnection(socket, peer, self._desk)
        self._admission.enter(peer.address)
        self._connections.add(connection)
        try:
            await connection.run()
        finally:
            self._connections.discard(connection)
            self._admission.leave(peer.address)

    async def _tick(self) -> None:
        pause_s = min(_TICK_S, self._desk.hello.heartbeat_s / 4)
        while True:
            await asyncio.sleep(pause_s)
            for connection in tuple(self._connections):
                connection.tick()


def _noting(sockets: set[ServerConnection]) -> type[ServerConnection]:
    """A kind of connection that is in `sockets` as long as it lives, also before its opening handshake."""

    class NotedConnection(ServerConnection):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            sockets.add(self)
            super().connection_made(transport)

        def connection_lost(self, exc: Exception | None) -> None:
            sockets.discard(self)
            super().connection_lost(exc)

    return NotedConnection


def _peer_of(connection: ServerConnection) -> Peer:
    address = connection.remote_address
    encrypted = connection.transport.get_extra_info("ssl_object") is not None
    return Peer(str(address[0]) if address else "", encrypted)
