"""Accepting clients: the websocket's rules of this server, the same in its own process and in line processes."""

from __future__ import annotations

import asyncio
import http
import logging
import socket
import ssl
import struct
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response
from websockets.protocol import State
from websockets.typing import Subprotocol

# The library writes whole messages, passwords too, to its log when that is set to DEBUG.
library_logger = logging.getLogger("wwphone.server.lines.library")
library_logger.setLevel(logging.WARNING)

_AT_ONCE = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
"""SO_LINGER without a time: the other end learns that the line is cut (socket(7))."""
_MAX_FRAMES_UNREAD = 16

Examine = Callable[[ServerConnection, Request], Awaitable[Response | None] | Response | None]


@dataclass(frozen=True)
class LineRules:
    """What every line keeps to."""

    subprotocol: str
    max_text: int
    """Bytes of a client's text at most."""
    handshake_s: float
    """For TLS, and again for the websocket's opening handshake."""
    linger_s: float
    """So long the closing handshake may take."""


async def accept(
    serve_client: Callable[[ServerConnection], Awaitable[None]],
    examine: Examine,
    rules: LineRules,
    context: ssl.SSLContext | None,
    connection: type[ServerConnection],
    **where: Any,
) -> Server:
    """Listen. `where` is `host` and `port`, or `sock`. Raises OSError when the address is taken."""
    return await serve(
        serve_client,
        # Browsers send an Origin, our clients do not: no web page may talk to the server in a person's name.
        origins=[None],
        subprotocols=[Subprotocol(rules.subprotocol)],
        compression=None,
        process_request=examine,
        server_header=None,
        open_timeout=rules.handshake_s,
        ping_interval=None,  # the protocol has heartbeats of its own
        close_timeout=rules.linger_s,
        max_size=rules.max_text,
        max_queue=_MAX_FRAMES_UNREAD,
        logger=library_logger,
        create_connection=connection,
        ssl=context,
        **where,
    )


def noting(sockets: set[ServerConnection]) -> type[ServerConnection]:
    """A kind of connection that is in `sockets` as long as it lives, also before its opening handshake."""

    class NotedConnection(ServerConnection):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            sockets.add(self)
            super().connection_made(transport)

        def connection_lost(self, exc: Exception | None) -> None:
            sockets.discard(self)
            super().connection_lost(exc)

    return NotedConnection


def cut_unopened(sockets: set[ServerConnection]) -> None:
    """Break the connections that are not open yet: nobody is there to be told."""
    for one in tuple(sockets):
        if one.state is State.CONNECTING:
            one.transport.abort()


def cut(connection: ServerConnection, *, at_once: bool) -> None:
    """Break a connection. `at_once`: the system shall not try for minutes to deliver what was not read."""
    line = connection.transport.get_extra_info("socket") if at_once else None
    if line is not None:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    connection.transport.abort()


def too_many(connection: ServerConnection) -> Response:
    """The answer to somebody for whom there is no room."""
    return connection.respond(http.HTTPStatus.SERVICE_UNAVAILABLE, "too many connections\n")


def peer_of(connection: ServerConnection) -> tuple[str, bool]:
    """A client's address, and whether its line is encrypted."""
    address = connection.remote_address
    encrypted = connection.transport.get_extra_info("ssl_object") is not None
    return str(address[0]) if address else "", encrypted
