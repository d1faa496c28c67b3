"""A line that is flooded lets others have their turn."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from wwphone.cti.api import LinkProblem
from wwphone.cti.link.line import Line
from wwphone.cti.link.retry import Trouble


class FakeTransport:
    """Notes that it was aborted."""

    aborted = False

    def abort(self) -> None:
        self.aborted = True


class FakeFloodedWebSocket:
    """Always has another message ready, so that its `recv` never gives the loop a turn."""

    def __init__(self, most: int) -> None:
        self.transport = FakeTransport()
        self.received = 0
        self.closed = False
        self._most = most

    async def recv(self, decode: bool) -> bytes:
        self.received += 1
        assert self.received < self._most, "nobody else had a turn"
        return b"{}"

    async def close(self) -> None:
        self.closed = True

    async def wait_closed(self) -> None:
        assert self.transport.aborted


async def test_a_flood_does_not_starve_the_others() -> None:
    socket = FakeFloodedWebSocket(5_000_000)
    first = asyncio.Event()

    def received(message: bytes) -> tuple[()]:
        first.set()
        return ()

    line = Line(cast("Any", socket), received)
    trouble = Trouble(LinkProblem.LINE_LOST, "enough")

    async def end_when_it_runs() -> None:
        await first.wait()
        line.end(trouble)

    ending = asyncio.create_task(end_when_it_runs())
    assert await line.run() == trouble
    await ending
    assert socket.closed


async def test_a_dead_line_is_not_closed_politely() -> None:
    socket = FakeFloodedWebSocket(5_000_000)

    def received(message: bytes) -> tuple[()]:
        line.end(trouble, dead=True)
        return ()

    line = Line(cast("Any", socket), received)
    trouble = Trouble(LinkProblem.LINE_LOST, "dead")
    assert await line.run() == trouble
    assert not socket.closed
    assert socket.transport.aborted
    assert socket.received == 1, "nothing is read after the end"
