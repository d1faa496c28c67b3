"""What a line process does: keeps clients' lines, and carries what they and the core say to each other."""

from __future__ import annotations

import asyncio
import logging
import socket
from pathlib import Path

from websockets.asyncio.server import Server, ServerConnection
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import State

from wwphone.server.lines import TAKEN_STEP
from wwphone.server.lines.accepting import LineRules, accept, cut, cut_unopened, peer_of, too_many
from wwphone.server.lines.channel import Channel
from wwphone.server.lines.messages import (
    FROM_CORE,
    MAX_ANSWER,
    Abort,
    Asked,
    Body,
    BrokenMessageError,
    Close,
    Closed,
    CutUnopened,
    Head,
    Message,
    Opened,
    Ping,
    Pong,
    Ready,
    Refuse,
    Reload,
    Said,
    Start,
    Taken,
    Texts,
    TurnAway,
    Welcome,
)
from wwphone.server.lines.tls import CertificateFiles, ServerTls
from wwphone.server.tasks import TaskOwner

logger = logging.getLogger(__name__)

_LOOKED_AT = ("Upgrade", "Origin", "Authorization", "Range", "If-None-Match")
_MOST_ALIKE = 2
"""A header that is there twice is refused by whoever looks at it, so no more are told."""
_WHY = 200
_MOST_NUMBERS = 2**32


class LineKeeper:
    """Serves until the core is gone."""

    def __init__(self) -> None:
        self._channel = Channel(FROM_CORE, self._on_message, self._on_lost)
        self._listening: tuple[socket.socket, ...] = ()
        self._servers: list[Server] = []
        self._tls: ServerTls | None = None
        self._sockets: set[ServerConnection] = set()
        self._lines: dict[int, KeptConnection] = {}
        self._number = 0
        self._tasks = TaskOwner("line process")
        self._over = asyncio.Event()

    async def run(self, channel: socket.socket, listening: tuple[socket.socket, ...]) -> None:
        """Serve who comes to the listening sockets, as the other end of the channel says."""
        self._listening = listening
        await self._channel.open(channel)
        await self._over.wait()
        for kept in tuple(self._sockets):
            kept.transport.abort()
        self._refuse()
        await self._tasks.shutdown()

    # ------------------------------------------------------------ the core says

    def _on_message(self, message: Message) -> None:
        match message:
            case Texts():
                self._write(message)
            case Start():
                self._tasks.start(self._start(message))
            case Welcome(line) | TurnAway(line) | Head(line) | Body(line) | Close(line) | Abort(line):
                kept = self._lines.get(line)
                if kept is not None:
                    self._tell(kept, message)
            case Reload():
                self._reload()
            case Refuse():
                self._refuse()
            case CutUnopened():
                cut_unopened(self._sockets)
            case Ping():
                self._channel.send(Pong())

    def _tell(self, kept: KeptConnection, message: Message) -> None:
        match message:
            case Welcome():
                kept.answered(None)
            case TurnAway():
                kept.answered(too_many(kept))
            case Head() | Body():
                kept.take_answer(message)
            case Close(_, code, reason):
                self._tasks.start(kept.close(code, reason))
            case Abort(_, at_once):
                cut(kept, at_once=at_once)

    def _on_lost(self) -> None:
        self._over.set()

    async def _start(self, start: Start) -> None:
        rules = LineRules(start.subprotocol, start.max_text, start.handshake_s, start.linger_s)
        try:
            if start.certificate:
                self._tls = ServerTls(CertificateFiles(Path(start.certificate), Path(start.key)))
            context = self._tls.context if self._tls else None
            kind = kept_by(self)
            for one in self._listening:
                server = await accept(self._serve_client, self._examine, rules, context, kind, sock=one)
                self._servers.append(server)
        except OSError as error:
            logger.error("a line process cannot start: %s", error)  # noqa: TRY400 - the text says it
            self._channel.abort()
        else:
            self._channel.send(Ready())

    def _write(self, message: Texts) -> None:
        opcode = Opcode.TEXT if message.first else Opcode.CONT
        frame = Frame(opcode, message.data, message.last).serialize(mask=False)
        size = len(message.data)
        for number in message.lines:
            kept = self._lines.get(number)
            if kept is not None and kept.protocol.state is State.OPEN:
                kept.transport.write(frame)
                kept.owed += size
                if kept.owed >= TAKEN_STEP and not kept.paused:
                    self.tell_taken(kept)

    def _reload(self) -> None:
        try:
            if self._tls is not None:
                self._tls.reload()
        except OSError as error:
            logger.error("a line process cannot use the renewed certificate: %s", error)  # noqa: TRY400 - the text says it

    def _refuse(self) -> None:
        for server in self._servers:
            server.close(close_connections=False)

    # ------------------------------------------------------------ clients say

    async def _examine(self, connection: ServerConnection, request: Request) -> Response | None:
        assert isinstance(connection, KeptConnection)
        number = self._number = (self._number + 1) % _MOST_NUMBERS
        connection.number, self._lines[number] = number, connection
        headers = tuple(
            (name, value) for name in _LOOKED_AT for value in request.headers.get_all(name)[:_MOST_ALIKE]
        )
        address, encrypted = peer_of(connection)
        self._channel.send(Asked(number, address, encrypted, request.path, headers))
        return await connection.answer

    async def _serve_client(self, connection: ServerConnection) -> None:
        assert isinstance(connection, KeptConnection)
        number, in_order, why = connection.number, True, ""
        assert number is not None
        connection.is_served = True
        self._channel.send(Opened(number))
        try:
            async for text in connection:
                await self._channel.room()
                is_text = isinstance(text, str)
                self._channel.send(Said(number, is_text, text.encode() if isinstance(text, str) else text))
        except ConnectionClosed as closed:
            in_order, why = False, str(closed)[:_WHY]
        finally:
            self._forget(connection, in_order, why)

    def came(self, kept: KeptConnection) -> None:
        """A connection begins."""
        self._sockets.add(kept)

    def lost(self, kept: KeptConnection) -> None:
        """A connection is gone."""
        self._sockets.discard(kept)
        if not kept.is_served:
            self._forget(kept, in_order=True, why="never opened")

    def tell_taken(self, kept: KeptConnection) -> None:
        """Tell the core what was handed on since the last time."""
        if kept.owed and kept.number is not None:
            self._channel.send(Taken(kept.number, kept.owed))
            kept.owed = 0

    def _forget(self, kept: KeptConnection, in_order: bool, why: str) -> None:
        if kept.number is not None and self._lines.pop(kept.number, None) is not None:
            self._channel.send(Closed(kept.number, in_order, why))


class KeptConnection(ServerConnection):
    """A client's connection with its number; `kept_by` makes the kind whose keeper is known."""

    keeper: LineKeeper
    number: int | None = None
    """None until something has been asked for."""
    is_served = False
    owed = 0
    """Bytes that were written and not told as taken."""
    answer: asyncio.Future[Response | None]
    """None: the websocket may be opened."""
    _head: Head | None = None
    _body: bytearray

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._body = bytearray()
        self.answer = self.loop.create_future()
        self.keeper.came(self)
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        super().connection_lost(exc)
        self.keeper.lost(self)

    def resume_writing(self) -> None:
        """What waited has been taken."""
        super().resume_writing()
        self.keeper.tell_taken(self)

    def answered(self, response: Response | None) -> None:
        """The core has decided; it may be too late."""
        if not self.answer.done():
            self.answer.set_result(response)

    def take_answer(self, message: Head | Body) -> None:
        """Take a part of an HTTP answer; it goes out when it is complete. Raises BrokenMessageError."""
        if isinstance(message, Head):
            if self._head is not None or message.size > MAX_ANSWER:
                raise BrokenMessageError("an answer begins twice, or is too long")
            self._head = message
        else:
            self._body += message.data
        head = self._head
        if head is None or len(self._body) > head.size:
            raise BrokenMessageError("an answer has no head, or is longer than it said")
        if len(self._body) == head.size:
            headers = Headers(list(head.headers))
            self.answered(Response(head.status, head.reason, headers, bytes(self._body)))


def kept_by(keeper: LineKeeper) -> type[KeptConnection]:
    """The kind of connection that belongs to a keeper."""
    return type("KeptConnection", (KeptConnection,), {"keeper": keeper})
