"""A registrar and phone in one socket, which notes when what arrived: the other end of every latency.

Just enough of RFC 3261 over UDP for one peer at a time: it accepts any REGISTER, answers and makes calls without sound.
"""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass, field
from typing import cast

HOST = "127.0.0.1"
_CONTACT = re.compile(r"^(?:Contact|m):[^<\r\n]*<([^>\r\n]+)>", re.IGNORECASE | re.MULTILINE)
_COPIED = ("via", "from", "to", "call-id", "cseq")
_SDP = (
    "v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\nm=audio {port} RTP/AVP 8 101\r\n"
    "a=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n"
)


@dataclass(frozen=True)
class Message:
    """One SIP message and the moment it arrived, in seconds of the monotonic clock (the same for all processes)."""

    at_s: float
    start: str
    headers: tuple[tuple[str, str], ...]
    text: str = field(repr=False)

    def header(self, name: str) -> str:
        """The first header of this name, empty when there is none."""
        return next((value for key, value in self.headers if key == name), "")

    @property
    def method(self) -> str:
        """The method of the transaction it belongs to."""
        return self.header("cseq").rpartition(" ")[2]


def parse(data: bytes, at_s: float) -> Message | None:
    """Read a datagram; None for a keep-alive."""
    text = data.decode("utf-8", errors="replace")
    head, _, _ = text.partition("\r\n\r\n")
    start, *lines = head.split("\r\n")
    if "SIP/2.0" not in start:
        return None
    pairs = (line.partition(":") for line in lines)
    return Message(at_s, start, tuple((key.strip().lower(), value.strip()) for key, _, value in pairs), text)


class Sink(asyncio.DatagramProtocol):
    """Await `wait_for` to learn when something came."""

    def __init__(self) -> None:
        self.port = 0
        self._transport: asyncio.DatagramTransport | None = None
        self.latest = 0
        """The number of the latest call, its CSeq."""
        self._waiting: list[tuple[str, str, asyncio.Future[Message]]] = []
        self.contact = ""
        self._peer: tuple[str, int] = (HOST, 0)

    async def open(self) -> Sink:
        """Listen on a free port of the loopback address."""
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self, local_addr=(HOST, 0))
        return self

    def close(self) -> None:
        """Let go of the port."""
        if self._transport:
            self._transport.close()

    def expect(self, start: str, method: str) -> asyncio.Future[Message]:
        """The next message whose first line begins with `start` and that belongs to `method`."""
        future: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._waiting.append((start, method, future))
        return future

    def invite(self) -> str:
        """Call the registered peer; return the Call-ID. It is hung up by `cancel`."""
        self.latest += 1
        number = self.latest
        call_id = f"bench-{number}-{time.monotonic_ns()}"
        body = _SDP.format(host=HOST, port=40_000)
        self._send(self._request("INVITE", call_id, number, body))
        return call_id

    def cancel(self, call_id: str, number: int) -> None:
        """Give an unanswered call up."""
        self._send(self._request("CANCEL", call_id, number, ""))

    # ------------------------------------------------------------ asyncio's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio."""
        # asyncio hands out a class that is none of DatagramTransport's, with its methods.
        self._transport = cast("asyncio.DatagramTransport", transport)
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Note the time first, then tell and answer."""
        message = parse(data, time.monotonic())
        if message is None:
            return
        self._peer = addr
        for entry in tuple(self._waiting):
            start, method, future = entry
            if message.start.startswith(start) and message.method == method:
                self._waiting.remove(entry)
                if not future.done():
                    future.set_result(message)
                break
        self._answer(message)

    # ------------------------------------------------------------ inside

    def _answer(self, message: Message) -> None:
        verb = message.start.split(" ")[0]
        match verb:
            case "REGISTER":
                found = _CONTACT.search(message.text)
                self.contact = found[1] if found else ""
                self._reply(message, "200 OK", f"<{self.contact}>;expires=300")
            case "INVITE":
                self._reply(message, "180 Ringing")
            case "CANCEL":
                self._reply(message, "200 OK")
            case "OPTIONS" | "BYE" | "SUBSCRIBE" | "PUBLISH" | "INFO":
                self._reply(message, "200 OK")
            case "SIP/2.0" if message.method == "INVITE" and not message.start.startswith("SIP/2.0 1"):
                self._acknowledge(message)

    def refuse(self, invite: Message) -> None:
        """End a call that the peer makes: busy."""
        self._reply(invite, "486 Busy Here")

    def _reply(self, request: Message, status: str, contact: str = "") -> None:
        lines = [f"SIP/2.0 {status}"]
        for key, value in request.headers:
            if key in _COPIED:
                if key == "via":  # RFC 3581 section 4
                    value = value.replace(";rport", f";rport={self._peer[1]};received={self._peer[0]}", 1)  # noqa: PLW2901
                tagged = key == "to" and ";tag=" not in value and not status.startswith("100")
                lines.append(f"{key.title()}: {value}{';tag=sink' if tagged else ''}")
        text = (
            "\r\n".join(lines)
            + f"\r\nContact: {contact or f'<sip:sink@{HOST}:{self.port}>'}\r\nContent-Length: 0\r\n\r\n"
        )
        self._send(text)

    def _acknowledge(self, response: Message) -> None:
        number = response.header("cseq").split(" ")[0]
        lines = [
            f"ACK {self.contact} SIP/2.0",
            f"Via: {response.header('via')}",
            f"From: {response.header('from')}",
            f"To: {response.header('to')}",
            f"Call-ID: {response.header('call-id')}",
            f"CSeq: {number} ACK",
            "Max-Forwards: 70",
            "Content-Length: 0",
        ]
        self._send("\r\n".join(lines) + "\r\n\r\n")

    def _request(self, method: str, call_id: str, number: int, body: str) -> str:
        lines = [
            f"{method} {self.contact} SIP/2.0",
            f"Via: SIP/2.0/UDP {HOST}:{self.port};branch=z9hG4bK-{call_id};rport",
            f'From: "Bench" <sip:bench@{HOST}:{self.port}>;tag={call_id}',
            f"To: <{self.contact}>",
            f"Call-ID: {call_id}",
            f"CSeq: {number} {method}",
            f"Contact: <sip:sink@{HOST}:{self.port}>",
            "Max-Forwards: 70",
            *(["Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body)}",
        ]
        return "\r\n".join(lines) + "\r\n\r\n" + body

    def _send(self, text: str) -> None:
        assert self._transport
        self._transport.sendto(text.encode(), self._peer)
