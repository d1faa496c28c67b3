"""What Asterisk itself tells of phone states: SIP subscriptions of the event package `dialog` (RFC 4235), counted."""

from __future__ import annotations

import asyncio
import hashlib
import re
from typing import cast

from benchmarks.sink import HOST, Message, parse

_CHALLENGE = re.compile(r'(\w+)="?([^",]+)"?')
_TIMEOUT_S = 20.0
_ROOM = 4 << 20


class Watchers(asyncio.DatagramProtocol):
    """Many subscriptions of one account to one extension; each NOTIFY is answered and counted."""

    def __init__(self, user: str, password: str, extension: str, port: int) -> None:
        self._user = user
        self._password = password
        self._extension = extension
        self._peer = (HOST, port)
        self._port = 0
        self._transport: asyncio.DatagramTransport | None = None
        self._accepted: set[str] = set()
        self._changed = asyncio.Event()
        self.notified = 0

    async def open(self, count: int) -> None:
        """Subscribe; returns when every subscription has its first NOTIFY. Raises TimeoutError."""
        await asyncio.get_running_loop().create_datagram_endpoint(lambda: self, local_addr=(HOST, 0))
        for number in range(count):
            self._subscribe(f"watcher-{number}", 1)
            await asyncio.sleep(0)
        await self.wait_for(count)

    async def wait_for(self, count: int) -> None:
        """Wait until so many NOTIFYs have come in all. Raises TimeoutError."""
        async with asyncio.timeout(_TIMEOUT_S):
            while self.notified < count:
                self._changed.clear()
                await self._changed.wait()

    def close(self) -> None:
        """Let go of the port; the subscriptions run out by themselves."""
        if self._transport:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio."""
        self._transport = cast("asyncio.DatagramTransport", transport)
        self._port = transport.get_extra_info("sockname")[1]
        transport.get_extra_info("socket").setsockopt(1, 8, _ROOM)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer a NOTIFY or a challenge."""
        del addr
        message = parse(data, 0.0)
        if message is None:
            return
        if message.start.startswith("NOTIFY"):
            self._confirm(message)
            self.notified += 1
            self._changed.set()
        elif message.start.startswith("SIP/2.0 401") and message.header("cseq").startswith("1 "):
            self._subscribe(message.header("call-id"), 2, message.header("www-authenticate"))

    def _subscribe(self, call_id: str, number: int, challenge: str = "") -> None:
        uri = f"sip:{self._extension}@{HOST}"
        lines = [
            f"SUBSCRIBE {uri} SIP/2.0",
            f"Via: SIP/2.0/UDP {HOST}:{self._port};branch=z9hG4bK-{call_id}-{number};rport",
            f"From: <sip:{self._user}@{HOST}>;tag={call_id}",
            f"To: <{uri}>",
            f"Call-ID: {call_id}",
            f"CSeq: {number} SUBSCRIBE",
            f"Contact: <sip:{self._user}@{HOST}:{self._port}>",
            "Event: dialog",
            "Accept: application/dialog-info+xml",
            "Expires: 600",
            "Max-Forwards: 70",
            *([f"Authorization: {self._credentials(challenge, uri)}"] if challenge else []),
            "Content-Length: 0",
        ]
        self._send("\r\n".join(lines) + "\r\n\r\n")

    def _credentials(self, challenge: str, uri: str) -> str:
        """Answer a challenge with MD5 and qop=auth (RFC 2617 section 3.2.2)."""
        asked = dict(_CHALLENGE.findall(challenge))
        realm, nonce = asked["realm"], asked["nonce"]

        def digest(*parts: str) -> str:
            return hashlib.md5(":".join(parts).encode(), usedforsecurity=False).hexdigest()

        secret = digest(self._user, realm, self._password)
        response = digest(secret, nonce, "00000001", "bench", "auth", digest("SUBSCRIBE", uri))
        opaque = f', opaque="{asked["opaque"]}"' if "opaque" in asked else ""
        return (
            f'Digest username="{self._user}", realm="{realm}", nonce="{nonce}", uri="{uri}", algorithm=MD5, '
            f'qop=auth, nc=00000001, cnonce="bench", response="{response}"{opaque}'
        )

    def _confirm(self, notify: Message) -> None:
        copied = [
            f"{key}: {value}"
            for key, value in notify.headers
            if key in ("via", "from", "to", "call-id", "cseq")
        ]
        self._send("\r\n".join(["SIP/2.0 200 OK", *copied, "Content-Length: 0"]) + "\r\n\r\n")

    def _send(self, text: str) -> None:
        assert self._transport
        self._transport.sendto(text.encode(), self._peer)
