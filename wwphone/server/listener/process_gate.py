"""Where clients come in when line processes keep their lines: starts them, and new ones for those that end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket

from wwphone.server.lines.messages import CutUnopened, Refuse, Reload, Start
from wwphone.server.listener.gates import STOP_S
from wwphone.server.listener.line_process import LineProcess
from wwphone.server.listener.reception import Reception
from wwphone.server.tasks import TaskOwner

logger = logging.getLogger(__name__)

_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 10.0
_STEADY_S = 60.0
"""A process that lived for so long is replaced at once, however many ended soon before."""


class ProcessGate:
    """Keeps no lines itself. See `listener.gates.Gate`."""

    def __init__(
        self, reception: Reception, where: tuple[str, int], start: Start, count: int, level: str
    ) -> None:
        """`where`: host and port. `count` processes, which log from `level` on."""
        self._reception = reception
        self._host, self._port = where
        self._start = start
        self._level = level
        self._places: list[LineProcess] = []
        self._count = count
        self._listening: tuple[socket.socket, ...] = ()
        self._tasks = TaskOwner("line processes")
        self._is_refusing = False

    @property
    def port(self) -> int:
        """See `Gate`."""
        return int(self._listening[0].getsockname()[1])

    @property
    def running(self) -> tuple[LineProcess, ...]:
        """The processes that keep lines now."""
        return tuple(one for one in self._places if not one.over.is_set())

    @property
    def processes(self) -> int:
        """See `Gate`."""
        return len(self.running)

    async def start(self) -> None:
        """See `Gate`."""
        self._listening = await _bound(self._host, self._port)
        made = [self._new() for _ in range(self._count)]
        begun = await asyncio.gather(*(one.start(self._listening) for one in made), return_exceptions=True)
        failures = [one for one in begun if isinstance(one, BaseException)]
        if failures:
            await asyncio.gather(*(one.end() for one in made if not one.over.is_set()))
            self._close()
            raise failures[0]
        self._places = made
        for place in range(len(made)):
            self._tasks.start(self._fill(place))

    def tick(self) -> None:
        """See `Gate`."""
        for one in self.running:
            one.watch()

    def reload_certificate(self) -> None:
        """See `Gate`."""
        for one in self.running:
            one.tell(Reload())

    def refuse(self) -> None:
        """See `Gate`."""
        if self._is_refusing:
            return
        self._is_refusing = True
        self._close()
        for one in self.running:
            one.tell(Refuse())

    async def shutdown(self) -> None:
        """See `Gate`."""
        self.refuse()
        await self._tasks.shutdown()
        for one in self.running:
            one.tell(CutUnopened())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_S):
                await asyncio.gather(*(one.emptied() for one in self.running))
        await asyncio.gather(*(one.end() for one in self._places))

    def _new(self) -> LineProcess:
        return LineProcess(self._reception, self._start, self._level)

    def _close(self) -> None:
        for one in self._listening:
            one.close()

    async def _fill(self, place: int) -> None:
        """Start another process whenever the one in this place has ended."""
        clock, pause_s, runs = asyncio.get_running_loop().time, _FIRST_PAUSE_S, True
        since_s = clock()
        while True:
            await self._places[place].over.wait()
            await self._places[place].end()
            if runs:
                logger.error("a line process has ended; its clients come back by themselves")
            if clock() - since_s > _STEADY_S:
                pause_s = _FIRST_PAUSE_S
            await asyncio.sleep(pause_s)
            if self._is_refusing:
                return  # nobody would come
            pause_s, since_s = min(2 * pause_s, _LONGEST_PAUSE_S), clock()
            self._places[place] = self._new()
            try:
                await self._places[place].start(self._listening)
            except OSError as error:
                runs = False
                logger.error("%s", error)  # noqa: TRY400 - the text says it
            else:
                runs = True
                logger.info("another line process keeps lines")


async def _bound(host: str, port: int) -> tuple[socket.socket, ...]:
    """Sockets bound as the event loop binds its own; line processes listen on them. Raises OSError."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(asyncio.Protocol, host, port, start_serving=False)
    try:
        return tuple(socket.socket(fileno=os.dup(one.fileno())) for one in server.sockets)
    finally:
        server.close()
