"""A server that takes every connection and never says a word."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self

from tests.helpers.ports import LOOPBACK


class HangingServer:
    """`async with` it; counts who has come."""

    def __init__(self) -> None:
        self.connections = 0
        self.open = 0
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """Where it listens."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._on_connected, LOOPBACK, 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    async def _on_connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open += 1
        try:
            await reader.read()  # until the other side has had enough
        except OSError:
            pass  # which may be by a reset
        finally:
            self.open -= 1
            writer.close()
