"""Where clients come in: the websocket server in this very process. Line processes are in `listener.process_gate`."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable
from typing import Protocol

from websockets.asyncio.server import Server, ServerConnection
from websockets.http11 import Request, Response

from wwphone.server.lines.accepting import LineRules, accept, cut_unopened, noting, peer_of, too_many
from wwphone.server.listener.line import OwnLine
from wwphone.server.listener.reception import Reception
from wwphone.server.services.sip_accounts import Peer
from wwphone.server.tasks import TaskOwner

STOP_S = 6.0


class Gate(Protocol):
    """Takes connections for a reception."""

    @property
    def port(self) -> int:
        """The port that is listened on."""

    @property
    def processes(self) -> int:
        """How many line processes keep lines now."""

    async def start(self) -> None:
        """Listen. Raises OSError when the address is taken."""

    def tick(self) -> None:
        """Look after what may hang; called about once a second."""

    def reload_certificate(self) -> None:
        """Let line processes, which have read it themselves, read it again."""

    def refuse(self) -> None:
        """Take no more connections; those that stand stay."""

    async def shutdown(self) -> None:
        """Wait for the connections to end, which have been told to, and cut those that do not."""


class OwnGate:
    """Keeps all lines in this process."""

    def __init__(
        self,
        reception: Reception,
        where: tuple[str, int],
        rules: LineRules,
        context: ssl.SSLContext | None,
    ) -> None:
        """`where`: host and port."""
        self._reception = reception
        self._host, self._port = where
        self._rules = rules
        self._context = context
        self._sockets: set[ServerConnection] = set()
        self._tasks = TaskOwner("listener")
        self._server: Server | None = None

    @property
    def port(self) -> int:
        """See `Gate`."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def processes(self) -> int:
        """See `Gate`."""
        return 0

    async def start(self) -> None:
        """See `Gate`."""
        self._server = await accept(
            self._serve_client,
            self._examine,
            self._rules,
            self._context,
            noting(self._sockets),
            host=self._host,
            port=self._port,
        )

    def tick(self) -> None:
        """See `Gate`."""

    def reload_certificate(self) -> None:
        """See `Gate`; the context that serves is the one that was reloaded."""

    def refuse(self) -> None:
        """See `Gate`."""
        if self._server is not None:
            self._server.close(close_connections=False)

    async def shutdown(self) -> None:
        """See `Gate`."""
        if self._server is None:
            return
        self.refuse()
        cut_unopened(self._sockets)
        try:
            async with asyncio.timeout(STOP_S):
                await self._server.wait_closed()
        except TimeoutError:
            for socket in tuple(self._sockets):
                socket.transport.abort()
            await self._server.wait_closed()
        await self._tasks.shutdown()

    def _examine(
        self, connection: ServerConnection, request: Request
    ) -> Awaitable[Response | None] | Response | None:
        address, _ = peer_of(connection)
        if not self._reception.has_room(address):
            return too_many(connection)
        answer = self._reception.answer(request)
        if answer is not None:
            self._reception.enter(address)
            self._tasks.start(self._leave_when_closed(connection, address))
        return answer

    async def _leave_when_closed(self, connection: ServerConnection, address: str) -> None:
        try:
            await connection.wait_closed()
        finally:
            self._reception.leave(address)

    async def _serve_client(self, connection: ServerConnection) -> None:
        peer = Peer(*peer_of(connection))
        self._reception.enter(peer.address)
        try:
            await self._reception.serve(OwnLine(connection), peer)
        finally:
            self._reception.leave(peer.address)
