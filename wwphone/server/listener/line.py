"""A client's line as `listener.connection` sees it, and the one that is kept in this very process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Protocol

from websockets.asyncio.server import ServerConnection
from websockets.protocol import State

from wwphone.server.lines.accepting import cut
from wwphone.server.listener.frames import frame_of


class Line(Protocol):
    """A websocket to one client. What goes on with it raises websockets' `ConnectionClosed` when it is over."""

    @property
    def is_free(self) -> bool:
        """Whether it is open, and what is written to it goes out at once."""

    def __aiter__(self) -> AsyncIterator[str | bytes]:
        """What the client says; ends when the line is closed in order. Raises ConnectionClosed."""

    def write(self, texts: Sequence[str]) -> None:
        """Send whole texts to a line that is free."""

    async def send(self, text: str | Iterable[str]) -> None:
        """Send a text, whole or in pieces; returns when the line takes more. Raises ConnectionClosed."""

    async def close(self, code: int, reason: str) -> None:
        """End the line by the closing handshake, and wait for its end."""

    def abort(self, *, at_once: bool = False) -> None:
        """Break the line. `at_once`: the system shall not try for minutes to deliver what was not read."""


class OwnLine:
    """A line of this process."""

    def __init__(self, connection: ServerConnection) -> None:
        self._connection = connection

    @property
    def is_free(self) -> bool:
        """See `Line`."""
        connection = self._connection
        return connection.state is State.OPEN and not connection.transport.get_write_buffer_size()

    def __aiter__(self) -> AsyncIterator[str | bytes]:
        return self._connection.__aiter__()

    def write(self, texts: Sequence[str]) -> None:
        """See `Line`."""
        self._connection.transport.write(b"".join(map(frame_of, texts)))

    async def send(self, text: str | Iterable[str]) -> None:
        """See `Line`."""
        await self._connection.send(text)

    async def close(self, code: int, reason: str) -> None:
        """See `Line`."""
        await self._connection.close(code, reason)

    def abort(self, *, at_once: bool = False) -> None:
        """See `Line`."""
        cut(self._connection, at_once=at_once)
