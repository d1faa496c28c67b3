"""One line process as the core sees it: started, told what to do, listened to, and ended."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import sys
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from websockets.datastructures import Headers
from websockets.http11 import Request, Response

import wwphone
from wwphone.server.lines.channel import Channel
from wwphone.server.lines.messages import (
    FROM_LINES,
    MAX_ANSWER,
    MAX_PIECE,
    Asked,
    Body,
    BrokenMessageError,
    Closed,
    Head,
    Message,
    Opened,
    Ping,
    Pong,
    Ready,
    Said,
    Start,
    Taken,
    TurnAway,
    Welcome,
)
from wwphone.server.listener.process_line import ProcessLine, SharedTexts
from wwphone.server.services.sip_accounts import Peer
from wwphone.server.tasks import TaskOwner

logger = logging.getLogger(__name__)

_START_S = 30.0
_SILENCE_S = 12.0
"""A process that says nothing for so long, though it is asked, hangs. Shorter than a client may stall."""
_END_S = 3.0
_HANDED_ON = ("PATH", "HOME", "LANG", "TZ", "LD_LIBRARY_PATH", "OPENSSL_CONF")
_HANDED_ON_ALL = ("LC_", "PYTHON")
"""Nothing else of the environment: there are secrets in it."""


class House(Protocol):
    """Who receives the visitors: `listener.reception.Reception`."""

    def has_room(self, address: str) -> bool:
        """Whether one more connection of this address is taken."""

    def enter(self, address: str) -> None:
        """A connection begins."""

    def leave(self, address: str) -> None:
        """A connection is over."""

    def answer(self, request: Request) -> Awaitable[Response] | None:
        """The answer to a request by plain HTTP; None: it is for a websocket."""

    async def serve(self, line: ProcessLine, peer: Peer) -> None:
        """Serve a client until its line is over."""


@dataclass
class _Visitor:
    peer: Peer
    is_counted: bool
    """False: it was turned away."""
    line: ProcessLine | None = None
    """None: it has not been opened."""


class LineProcess:
    """A running process and the lines that it keeps. `over` is set when it has ended, however that came."""

    def __init__(self, house: House, start: Start, level: str) -> None:
        self._house = house
        self._start = start
        self._level = level
        self._channel = Channel(FROM_LINES, self._on_message, self._on_lost)
        self._texts = SharedTexts(self._channel)
        self._visitors: dict[int, _Visitor] = {}
        self._tasks = TaskOwner("line process")
        self._process: asyncio.subprocess.Process | None = None
        self._ready = asyncio.Event()
        self._heard_s = 0.0
        self._is_empty = asyncio.Event()
        self._is_empty.set()
        self.over = asyncio.Event()

    @property
    def pid(self) -> int:
        """Its number in the system."""
        assert self._process is not None
        return self._process.pid

    @property
    def lines(self) -> int:
        """How many connections it keeps."""
        return len(self._visitors)

    async def start(self, listening: Sequence[socket.socket]) -> None:
        """Start it; returns when it accepts connections. Raises OSError."""
        self._heard_s = asyncio.get_running_loop().time()
        ours, theirs = socket.socketpair()
        files = [theirs.fileno(), *(one.fileno() for one in listening)]
        words = (sys.executable, "-m", "wwphone.server.lines", self._level, *map(str, files))
        try:
            self._process = await asyncio.create_subprocess_exec(
                *words,
                stdin=asyncio.subprocess.DEVNULL,
                pass_fds=files,
                env=_environment(),
                cwd=Path(wwphone.__file__).parents[1],
            )
        except BaseException:
            ours.close()
            self.over.set()
            raise
        finally:
            theirs.close()
        try:
            await self._channel.open(ours)
        except BaseException:
            ours.close()  # by which it ends
            self.over.set()
            raise
        self._channel.send(self._start)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_START_S):
                await self._ready.wait()
        if not self._ready.is_set() or self.over.is_set():
            await self.end()
            raise OSError("a line process does not start; its own words stand before this")

    def tell(self, message: Message) -> None:
        """Tell it something that is about no line."""
        self._texts.send(message)

    def watch(self) -> None:
        """Ask for a sign of life, and end a process that hangs; called about once a second."""
        if self.over.is_set() or not self._ready.is_set():
            return
        if asyncio.get_running_loop().time() - self._heard_s > _SILENCE_S:
            logger.error("the line process %d hangs and is ended", self.pid)
            self._channel.abort()
            self._kill()
        else:
            self.tell(Ping())

    async def emptied(self) -> None:
        """Wait until it keeps no connection any more."""
        await self._is_empty.wait()

    async def end(self) -> None:
        """End it and all its lines; returns when it is gone."""
        self._texts.flush()
        self._channel.close()
        process = self._process
        if process is not None:
            try:
                async with asyncio.timeout(_END_S):
                    await process.wait()
            except TimeoutError:
                self._kill()
                await process.wait()
        self._channel.abort()
        if process is not None:
            await self.over.wait()
        await self._tasks.finish(_END_S)
        await self._tasks.shutdown()

    def _kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()

    # ------------------------------------------------------------ it says

    def _on_message(self, message: Message) -> None:
        self._heard_s = asyncio.get_running_loop().time()
        match message:
            case Said(line, is_text, data):
                self._said(self._line(line), is_text, data)
            case Taken(line, size):
                self._line(line).taken(size)
            case Asked():
                self._asked(message)
            case Opened(line):
                self._opened(line)
            case Closed(line, in_order, why):
                visitor = self._visitors.pop(line, None)
                if visitor is None:
                    raise BrokenMessageError("a line is closed that is not there")
                self._part(visitor, in_order, why)
            case Ready():
                self._ready.set()
            case Pong():
                pass

    def _said(self, line: ProcessLine, is_text: bool, data: bytes) -> None:
        try:
            text = data.decode() if is_text else data
        except UnicodeDecodeError:
            raise BrokenMessageError("a client's text is not UTF-8") from None
        if len(data) > self._start.max_text:
            raise BrokenMessageError("a client's text is too long")
        line.said(text)

    def _line(self, number: int) -> ProcessLine:
        visitor = self._visitors.get(number)
        if visitor is None or visitor.line is None:
            raise BrokenMessageError("something is told of a line that is not open")
        return visitor.line

    def _asked(self, asked: Asked) -> None:
        number = asked.line
        if number in self._visitors:
            raise BrokenMessageError("a line begins twice")
        has_room = self._house.has_room(asked.address)
        self._is_empty.clear()
        self._visitors[number] = _Visitor(Peer(asked.address, asked.encrypted), has_room)
        if not has_room:
            self.tell(TurnAway(number))
            return
        self._house.enter(asked.address)
        answer = self._house.answer(Request(asked.path, Headers(list(asked.headers))))
        if answer is None:
            self.tell(Welcome(number))
        else:
            self._tasks.start(self._answer(number, answer))

    def _opened(self, number: int) -> None:
        visitor = self._visitors.get(number)
        if visitor is None or visitor.line is not None or not visitor.is_counted:
            raise BrokenMessageError("a line is opened that was not asked for, or twice")
        visitor.line = ProcessLine(number, self._channel, self._texts)
        self._tasks.start(self._serve(visitor.line, visitor.peer))

    async def _serve(self, line: ProcessLine, peer: Peer) -> None:
        try:
            await self._house.serve(line, peer)
        finally:
            line.abort()

    async def _answer(self, number: int, answer: Awaitable[Response]) -> None:
        try:
            response = await answer
            if len(response.body or b"") > MAX_ANSWER:
                raise ValueError("an HTTP answer is too long")
        except Exception:
            logger.exception("an HTTP request could not be answered")
            response = Response(500, "Internal Server Error", Headers({"Connection": "close"}), b"")
        body = bytes(response.body or b"")
        headers = tuple(response.headers.raw_items())
        self.tell(Head(number, response.status_code, response.reason_phrase, headers, len(body)))
        for start in range(0, len(body), MAX_PIECE):
            await self._channel.room()
            self.tell(Body(number, body[start : start + MAX_PIECE]))

    # ------------------------------------------------------------ the end

    def _part(self, visitor: _Visitor, in_order: bool, why: str) -> None:
        if visitor.is_counted:
            self._house.leave(visitor.peer.address)
        if visitor.line is not None:
            visitor.line.ended(in_order=in_order, why=why)
        if not self._visitors:
            self._is_empty.set()

    def _on_lost(self) -> None:
        visitors, self._visitors = self._visitors, {}
        for visitor in visitors.values():
            self._part(visitor, in_order=False, why="the line process is gone")
        self._ready.set()
        self.over.set()


def _environment() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if name in _HANDED_ON or name.startswith(_HANDED_ON_ALL)
    }
