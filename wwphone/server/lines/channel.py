"""One end of the socket pair between the core and a line process."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections import deque
from collections.abc import Callable, Sequence
from typing import cast

from wwphone.server.lines.messages import BrokenMessageError, Message, Parser, encode

logger = logging.getLogger(__name__)

_HIGH = 1024 * 1024
"""With more bytes under way the other end is behind, and whoever can wait does."""
_LOW = 256 * 1024


class Channel(asyncio.Protocol):
    """Sends and receives messages until either end closes."""

    def __init__(
        self,
        shapes: Sequence[type[Message]],
        on_message: Callable[[Message], None],
        on_lost: Callable[[], None],
    ) -> None:
        """`shapes`: what the other end may say. `on_lost` is called once, also when the other end broke the rules."""
        self._parser = Parser(shapes)
        self._on_message = on_message
        self._on_lost = on_lost
        self._transport: asyncio.Transport | None = None
        self._waiters: deque[asyncio.Future[None]] = deque()
        self.is_behind = False
        """Whether the other end does not take what it is sent as fast as it comes."""

    async def open(self, line: socket.socket) -> None:
        """Begin to talk over one end of a socket pair, which belongs to the channel from now on."""
        await asyncio.get_running_loop().create_unix_connection(lambda: self, sock=line)

    @property
    def is_open(self) -> bool:
        """Whether what is sent may arrive."""
        return self._transport is not None and not self._transport.is_closing()

    def send(self, message: Message) -> None:
        """Send a message; on a channel that is closed it gets lost."""
        self.send_bytes(encode(message))

    def send_bytes(self, data: bytes) -> None:
        """Send messages that are encoded already."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    async def room(self) -> None:
        """Wait until the other end is not behind any more, or gone."""
        while self.is_behind:
            waiter = asyncio.get_running_loop().create_future()
            self._waiters.append(waiter)
            await waiter

    def close(self) -> None:
        """Stop talking; what was sent already still arrives."""
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """Stop talking at once."""
        if self._transport is not None:
            self._transport.abort()

    # ------------------------------------------------------------ asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(_HIGH, _LOW)

    def data_received(self, data: bytes) -> None:
        """Hand on the messages that are complete."""
        try:
            for message in self._parser.feed(data):
                self._on_message(message)
        except BrokenMessageError as error:
            logger.error("the other end of a line process' channel breaks the rules: %s", error)  # noqa: TRY400 - the text says it
            self.abort()

    def connection_lost(self, _exc: Exception | None) -> None:
        """Tell the owner; nobody waits for room any more."""
        self.resume_writing()
        self._on_lost()

    def pause_writing(self) -> None:
        """Much is under way."""
        self.is_behind = True

    def resume_writing(self) -> None:
        """Little is under way."""
        self.is_behind = False
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)
