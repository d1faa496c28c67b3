"""A CTI client that knows JSON and websockets and nothing of our codec: what it sees is what is on the wire."""

from __future__ import annotations

import asyncio
import itertools
import json
import ssl
from types import TracebackType
from typing import Any, Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.helpers.waiting import SECONDS, wait_until_async

Frame = dict[str, Any]

SUBPROTOCOL = "wwphone.cti.v1"
PASSWORD = "a good password"


class RawCtiClient:
    """One connection. Everything that arrives is kept in `frames`; it answers pings as a client has to."""

    def __init__(self, url: str, context: ssl.SSLContext | None, **options: Any) -> None:
        """`options` go to `websockets.connect`."""
        self._url = url
        self._options = {
            "ssl": context,
            "subprotocols": [Subprotocol(SUBPROTOCOL)],
            "compression": None,
            "max_size": 16 * 1024 * 1024,
            "ping_interval": None,  # as our client: the protocol has heartbeats of its own
            **options,
        }
        self._ids = itertools.count(1)
        self._socket: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None
        self.frames: list[Frame] = []
        self.event_count = 0
        self.token = ""
        self.revision = 0
        self.silent = False
        """Whether to leave pings without an answer."""

    async def open(self, *, reads: bool = True) -> Self:
        """Connect, and wait for the hello unless told not to read."""
        self._socket = await connect(self._url, **self._options)
        if reads:
            self._reader = asyncio.create_task(self._read(self._socket))
            await self.wait_for("hello")
        return self

    @property
    def socket(self) -> ClientConnection:
        """The websocket."""
        assert self._socket is not None
        return self._socket

    @property
    def server_id(self) -> str:
        """Of the hello."""
        return str(self.of_kind("hello")[0]["body"]["server_id"])

    async def send(self, text: str | bytes) -> None:
        """Send a message as it is."""
        await self.socket.send(text)

    async def request(self, kind: str, body: Frame | None = None, request_id: str = "") -> Frame:
        """Send a command and return its reply or failure."""
        request_id = await self.ask(kind, body, request_id)
        return await self.answer_to(request_id)

    async def ask(self, kind: str, body: Frame | None = None, request_id: str = "") -> str:
        """Send a command and return its id."""
        request_id = request_id or f"r{next(self._ids)}-{id(self):x}"
        frame = {"kind": "request", "id": request_id, "type": kind, "body": body or {}}
        await self.send(json.dumps(frame))
        return request_id

    async def answer_to(self, request_id: str) -> Frame:
        """Wait for the reply or failure with this id."""
        return await wait_until_async(
            lambda: next((f for f in self.frames if f.get("id") == request_id), None),
            f"an answer to {request_id}",
        )

    async def sign_in(self, user: str, password: str = PASSWORD, **fields: Any) -> Frame:
        """Sign in; on success remember token and revision."""
        client = {"version": "1", "host_name": fields.pop("host_name", "PC-1")}
        reply = await self.request(
            "account.sign_in", {"user": user, "password": password, "client": client, **fields}
        )
        if reply["kind"] == "reply":
            self.token = reply["body"]["token"]
            await self.wait_for("snapshot")
        return reply

    async def resume(self, before: RawCtiClient, **fields: Any) -> Frame:
        """Go on with the session of another connection."""
        self.token, self.revision = before.token, before.revision
        body = {"token": before.token, "server_id": before.server_id, "revision": before.revision, **fields}
        reply = await self.request("account.resume", body)
        if reply["kind"] == "reply" and reply["body"]["snapshot"]:
            await self.wait_for("snapshot")
        return reply

    def of_kind(self, kind: str) -> list[Frame]:
        """All frames of a kind."""
        return [frame for frame in self.frames if frame["kind"] == kind]

    @property
    def snapshot(self) -> Frame:
        """The state of the latest snapshot."""
        return dict(self.of_kind("snapshot")[-1]["body"])

    @property
    def events(self) -> list[Frame]:
        """All events, in order."""
        return [event for frame in self.of_kind("events") for event in frame["events"]]

    def event_bodies(self, kind: str, **fields: Any) -> list[Frame]:
        """Bodies of the events of a type, whose fields are as given."""
        bodies = [event["body"] for event in self.events if event["type"] == kind]
        return [body for body in bodies if all(body.get(name) == value for name, value in fields.items())]

    async def wait_for(self, kind: str) -> Frame:
        """Wait for a frame of this kind and return the first."""
        found = await wait_until_async(lambda: self.of_kind(kind), f"a {kind} frame", 10 * SECONDS)
        return found[0]

    async def wait_for_event(self, kind: str, **fields: Any) -> Frame:
        """Wait for an event of this type, and return the body of the first that fits."""
        found = await wait_until_async(lambda: self.event_bodies(kind, **fields), f"{kind} {fields}")
        return found[0]

    @property
    def ended(self) -> bool:
        """Whether the connection is over."""
        return self._reader is not None and self._reader.done()

    async def wait_for_close(self) -> int | None:
        """Wait until the server has closed, and return the code."""
        await asyncio.wait_for(self.socket.wait_closed(), 10 * SECONDS)
        if self._reader is not None:
            await self._reader
        return self.socket.close_code

    async def close(self) -> None:
        """Close as a client does that ends."""
        await self.socket.close()
        await self._end_reading()

    async def cut(self) -> None:
        """Tear the connection, as a cable does."""
        self.socket.transport.abort()
        await self._end_reading()

    async def _end_reading(self) -> None:
        if self._reader is not None:
            await self._reader

    async def _read(self, socket: ClientConnection) -> None:
        try:
            async for text in socket:
                frame = json.loads(text)
                self.frames.append(frame)
                self.event_count += len(frame.get("events", ()))
                self.revision = max(self.revision, frame.get("revision", 0))
                if frame["kind"] == "ping" and not self.silent:
                    await socket.send('{"kind":"pong"}')
        except ConnectionClosed:
            return

    async def __aenter__(self) -> Self:
        return await self.open()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


async def http_get(port: int, path: str) -> tuple[int, dict[str, str], str]:
    """Ask 127.0.0.1 by HTTP; return status, headers (names in small letters) and body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    answer = (await asyncio.wait_for(reader.read(), 10 * SECONDS)).decode()
    writer.close()
    await writer.wait_closed()
    head, _, body = answer.partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return int(first.split()[1]), headers, body
