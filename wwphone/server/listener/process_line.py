"""A client's line that a line process keeps, and the texts on their way to such lines."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable, Sequence

from websockets.exceptions import ConnectionClosedError

from wwphone.server.lines import WINDOW
from wwphone.server.lines.channel import Channel
from wwphone.server.lines.messages import Abort, Close, Message, Texts, encode

_LINES_AT_ONCE = 256
"""A text for more lines goes on its way while the others are still being told."""


class SharedTexts:
    """What goes to the lines of one process in one turn of the loop: the same text once for all lines that get it.

    A line that gets a second text in a turn ends that turn early, so each line's texts stay in order.
    """

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._groups: dict[str, tuple[bytes, list[int]]] = {}
        self.turn = 1

    def put(self, number: int, text: str) -> int:
        """Add a line that gets this text; return its bytes."""
        group = self._groups.get(text)
        if group is None:
            if not self._groups:
                asyncio.get_running_loop().call_soon(self.flush)
            group = self._groups[text] = (text.encode(), [])
        data, numbers = group
        numbers.append(number)
        if len(numbers) >= _LINES_AT_ONCE:
            self.flush()
        return len(data)

    def send(self, message: Message) -> None:
        """Send something else, behind the texts."""
        self.flush()
        self._channel.send(message)

    def flush(self) -> None:
        """Send what was put."""
        if not self._groups:
            return
        groups, self._groups = self._groups, {}
        self.turn += 1
        whole = (
            encode(Texts(tuple(numbers), first=True, last=True, data=data))
            for data, numbers in groups.values()
        )
        self._channel.send_bytes(b"".join(whole))


class ProcessLine:
    """One line; see `listener.line.Line`. The dispatcher of its process' messages feeds it."""

    def __init__(self, number: int, channel: Channel, texts: SharedTexts) -> None:
        self._number = number
        self._channel = channel
        self._texts = texts
        self._turn = 0
        """The turn of `texts` in which something was put for this line."""
        self._under_way = 0
        """Bytes that the line process has not told as taken."""
        self._is_open = True
        self._lost: str | None = None
        """Why the line broke; None: it has not."""
        self._said: deque[str | bytes] = deque()
        self._something = asyncio.Event()
        self._taken = asyncio.Event()
        self._gone = asyncio.Event()

    # ------------------------------------------------------------ from the line process

    def said(self, text: str | bytes) -> None:
        """The client says something."""
        self._said.append(text)
        self._something.set()

    def taken(self, size: int) -> None:
        """So many bytes were handed on."""
        self._under_way = max(0, self._under_way - size)
        self._taken.set()

    def ended(self, *, in_order: bool, why: str) -> None:
        """The line is over, what was said before is still to be read."""
        self._is_open = False
        self._lost = None if in_order else why
        for one in (self._gone, self._something, self._taken):
            one.set()

    # ------------------------------------------------------------ for the connection

    @property
    def is_free(self) -> bool:
        """See `Line`."""
        return self._is_open and self._under_way < WINDOW and not self._channel.is_behind

    async def __aiter__(self) -> AsyncIterator[str | bytes]:
        while True:
            while self._said:
                yield self._said.popleft()
            if self._gone.is_set():
                break
            self._something.clear()
            await self._something.wait()
        if self._lost is not None:
            raise _broken(self._lost)

    def write(self, texts: Sequence[str]) -> None:
        """See `Line`."""
        for text in texts:
            if self._turn == self._texts.turn:
                self._texts.flush()
            self._turn = self._texts.turn
            self._under_way += self._texts.put(self._number, text)

    async def send(self, text: str | Iterable[str]) -> None:
        """See `Line`."""
        if isinstance(text, str):
            await self._until_free()
            self.write((text,))
            return
        first = True
        for piece in text:
            await self._until_free()
            self._send_piece(piece.encode(), first=first, last=False)
            first = False
        self._send_piece(b"", first=first, last=True)

    def _send_piece(self, data: bytes, *, first: bool, last: bool) -> None:
        self._under_way += len(data)
        self._texts.send(Texts((self._number,), first=first, last=last, data=data))

    async def close(self, code: int, reason: str) -> None:
        """See `Line`."""
        if self._is_open:
            self._is_open = False
            self._taken.set()
            self._texts.send(Close(self._number, code, reason))
        await self._gone.wait()

    def abort(self, *, at_once: bool = False) -> None:
        """See `Line`."""
        if not self._gone.is_set():
            self._texts.send(Abort(self._number, at_once))

    async def _until_free(self) -> None:
        while not self.is_free:
            if not self._is_open:
                raise _broken(self._lost or "it is closed")
            self._taken.clear()
            if self._channel.is_behind:
                await self._channel.room()
            else:
                await self._taken.wait()


def _broken(why: str) -> ConnectionClosedError:
    broken = ConnectionClosedError(None, None)
    broken.__cause__ = ConnectionError(why)
    return broken
