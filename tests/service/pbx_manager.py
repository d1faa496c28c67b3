"""A scripted AMI server: it signs clients in, remembers every action, answers what it is told to, and can fall silent."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.helpers.ports import LOOPBACK
from wwphone.server.asterisk.settings import AmiAccount

USER, SECRET = "cti", "only-for-this-test"
_CHALLENGE = "840415273"

Fields = Mapping[str, str]
Answer = Callable[[Fields], bytes]


def block(**fields: str) -> bytes:
    """One message; names are written as given."""
    return "".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode() + b"\r\n"


def listed(action: Fields, items: list[Fields]) -> bytes:
    """A list as Asterisk answers with: head, items, end."""
    tag = {"ActionID": action["ActionID"]}
    return b"".join(
        [
            block(Response="Success", EventList="start", Message="follows", **tag),
            *(block(**{"Event": item.get("Event", "Item"), **item, **tag}) for item in items),
            block(Event="ListComplete", EventList="Complete", ListItems=str(len(items)), **tag),
        ]
    )


@dataclass
class FakeManager:
    """Listens on a port of its own; use it with `async with`."""

    greeting: bytes = b"Asterisk Call Manager/10.0.1\r\n"
    booted: bool = True
    silent: bool = False
    """Takes everything and answers nothing."""
    answers: dict[str, Answer] = field(default_factory=dict)
    actions: list[Fields] = field(default_factory=list)
    """Every action of every connection, in order."""
    connections: int = 0
    raw: bytes = b""
    port: int = 0
    _server: asyncio.Server | None = None
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def account(self) -> AmiAccount:
        """How to sign in here."""
        return AmiAccount(LOOPBACK, self.port, USER, SECRET)

    def names(self) -> list[str]:
        """The names of all actions but those of signing in."""
        return [action["Action"] for action in self.actions if action["Action"] not in ("Challenge", "Login")]

    async def listen(self) -> None:
        """Open the port, the same one as before."""
        self._server = await asyncio.start_server(self._serve, LOOPBACK, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def vanish(self) -> None:
        """Close the port and cut every line."""
        assert self._server is not None
        self._server.close()
        self.cut()
        await self._server.wait_closed()

    def cut(self) -> None:
        """Cut every line; the port stays open."""
        for writer in tuple(self._writers):
            writer.transport.abort()

    def send(self, data: bytes) -> None:
        """Send to everybody who is signed in."""
        for writer in self._writers:
            writer.write(data)

    async def __aenter__(self) -> FakeManager:
        await self.listen()
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.vanish()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        try:
            writer.write(self.greeting)
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the other side went; that is what many tests are about
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            data = await reader.readuntil(b"\r\n\r\n")
            self.raw += data
            lines = data.decode().strip().split("\r\n")
            action = dict(line.split(": ", 1) for line in lines)
            self.actions.append(action)
            if not self.silent:
                writer.write(self._answer(action))

    def _answer(self, action: Fields) -> bytes:
        tag = {"ActionID": action["ActionID"]}
        name = action["Action"]
        if name == "Challenge":
            return block(Response="Success", Challenge=_CHALLENGE, **tag)
        if name == "Login":
            right = hashlib.md5(f"{_CHALLENGE}{SECRET}".encode()).hexdigest()
            if (action["Username"], action["Key"]) != (USER, right):
                return block(Response="Error", Message="Authentication failed", **tag)
            return block(Response="Success", **tag) + (self.boot() if self.booted else b"")
        answer = self.answers.get(name)
        return answer(action) if answer is not None else block(Response="Success", **tag)

    def boot(self) -> bytes:
        """What tells that everything is loaded."""
        return block(Event="FullyBooted", Status="Fully Booted")
