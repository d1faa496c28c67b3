"""Scripted SIP phones by UDP: they register, call, ring, answer, refuse exactly as told, and keep every header they saw.

baresip is the real phone of the end-to-end tests; this one says what no well-behaved phone can be made to say.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.helpers.ports import LOOPBACK
from tests.helpers.waiting import SECONDS, wait_until_async
from tests.service.pbx_sip import Account, SipMessage, answer_to, credentials, parse

_SDP = (
    "v=0\r\no=phone 1 {version} IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio {port} {profile} 8 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\n{lines}a={direction}\r\n"
)
_CRYPTO = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj\r\n"


@dataclass
class PhoneCall:
    """One dialogue of a scripted phone; `invite` is the INVITE that made it, ours or theirs."""

    phone: ScriptedPhone
    invite: SipMessage
    outgoing: bool
    tag: str
    answers: list[SipMessage] = field(default_factory=list)
    """What the other side answered to our INVITEs, in order."""
    requests: list[SipMessage] = field(default_factory=list)
    """What the other side asked within the dialogue."""
    over: bool = False
    taken: bool = False
    """We said 200 to it."""
    sequence: int = 1

    @property
    def statuses(self) -> list[int]:
        """The statuses of all answers so far."""
        return [answer.status for answer in self.answers]

    def end_somehow(self) -> None:
        """Hang up, cancel or refuse, whatever ends it now."""
        if self.over:
            return
        if self.outgoing:
            (self.hang_up if 200 in self.statuses else self.cancel)()
        else:
            (self.hang_up if self.taken else lambda: self.refuse(480))()

    def told(self) -> list[str]:
        """What became of our REFER, as NOTIFY tells (RFC 3515 section 2.4.4)."""
        return [request.body.strip() for request in self.requests if request.method == "NOTIFY"]

    async def final_status(self, timeout_s: float = 10 * SECONDS) -> int:
        """Wait for the final status of our INVITE."""
        await wait_until_async(lambda: any(s >= 200 for s in self.statuses), "a final status", timeout_s)
        return next(status for status in self.statuses if status >= 200)

    async def wait_for_status(self, status: int, timeout_s: float = 10 * SECONDS) -> SipMessage:
        """Wait for an answer with this status."""
        await wait_until_async(lambda: status in self.statuses, f"status {status}", timeout_s)
        return next(answer for answer in self.answers if answer.status == status)

    async def wait_until_over(self, timeout_s: float = 10 * SECONDS) -> None:
        """Wait until the other side ended it."""
        await wait_until_async(lambda: self.over, "the end of the call", timeout_s)

    def ring(self) -> None:
        """Say 180 to an incoming call."""
        self._reply(180, "Ringing")

    def answer(self) -> None:
        """Say 200 with a session description to an incoming call."""
        self.taken = True
        self._reply(200, "OK", self.phone.description())

    def refuse(self, status: int) -> None:
        """Refuse an incoming call."""
        self.over = True
        self._reply(status, "Refused")

    def deflect(self, number: str) -> None:
        """Send the caller of an incoming call on (302, RFC 3261 section 21.3.3)."""
        self.over = True
        host, port = self.phone.pbx
        contact = (("Contact", f"<sip:{number}@{host}:{port}>"),)
        self.phone.send(answer_to(self.invite, 302, "Moved Temporarily", self.tag, contact))

    def cancel(self) -> None:
        """Give up our own INVITE."""
        self.phone.send_within(self, "CANCEL")

    def hang_up(self) -> None:
        """End an answered call."""
        self.over = True
        self.phone.send_within(self, "BYE")

    def hold(self) -> None:
        """Hold by re-INVITE (RFC 3264 section 8.4)."""
        self.phone.send_within(self, "INVITE", body=self.phone.description("sendonly"))

    def resume(self) -> None:
        """Take it back."""
        self.phone.send_within(self, "INVITE", body=self.phone.description())

    def press(self, keys: str) -> None:
        """Press keys of the phone, as SIP INFO tells it (application/dtmf-relay)."""
        for key in keys:
            content = (("Content-Type", "application/dtmf-relay"),)
            self.phone.send_within(self, "INFO", content, f"Signal={key}\r\nDuration=100\r\n")

    def refer(self, number: str) -> None:
        """Blind transfer (RFC 3515)."""
        host, port = self.phone.pbx
        self.phone.send_within(self, "REFER", (("Refer-To", f"<sip:{number}@{host}:{port}>"),))

    def refer_to(self, other: PhoneCall) -> None:
        """Attended transfer: hand the other side over to the one of another own, outgoing call (RFC 3891)."""
        tags = [
            one.get(name).partition("tag=")[2]
            for one, name in ((other.answers[-1], "To"), (other.invite, "From"))
        ]
        replaces = f"{other.invite.call_id}%3Bto-tag%3D{tags[0]}%3Bfrom-tag%3D{tags[1]}"
        target = other.invite.request_uri
        self.phone.send_within(self, "REFER", (("Refer-To", f"<{target}?Replaces={replaces}>"),))

    def _reply(self, status: int, reason: str, body: str = "") -> None:
        extra = [("Contact", f"<{self.phone.contact}>")]
        if body:
            extra.append(("Content-Type", "application/sdp"))
        reply = answer_to(self.invite, status, reason, self.tag, tuple(extra))
        self.phone.send(SipMessage(reply.first_line, reply.headers, body))


class ScriptedPhone(asyncio.DatagramProtocol):
    """One device of a user. Answers OPTIONS while `answers_probes`; takes whatever comes within dialogues."""

    def __init__(self, pbx_port: int, user: str, password: str, user_agent: str = "Scripted 1.0") -> None:
        self.pbx = (LOOPBACK, pbx_port)
        self.user = user
        self.user_agent = user_agent
        self.answers_probes = True
        self.deaf = False
        """Hears no request at all, as after a power cut; what it asks itself it still does."""
        self.encrypted = False
        self.calls: list[PhoneCall] = []
        self.port = 0
        self.stopped = False
        self.register_call_id = secrets.token_hex(8)
        self.account = Account(user, password)
        self._transport: asyncio.DatagramTransport | None = None
        self._waiting: dict[str, Callable[[SipMessage], None]] = {}
        self._register_sequence = 0
        self._version = 0

    @property
    def contact(self) -> str:
        """Where it is reached."""
        return f"sip:{self.user}@{LOOPBACK}:{self.port}"

    async def start(self) -> ScriptedPhone:
        """Open the socket."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, (LOOPBACK, 0))
        self.port = self._transport.get_extra_info("sockname")[1]
        return self

    def stop(self) -> None:
        """Close the socket without a word."""
        self.stopped = True
        if self._transport is not None:
            self._transport.close()

    async def register(self, expires_s: int = 300) -> int:
        """Register and return the final status, after having answered one challenge."""
        challenge: SipMessage | None = None
        for _ in range(2):
            self._register_sequence += 1
            host, port = self.pbx
            uri = f"sip:{host}:{port}"
            headers = [
                ("From", f"<sip:{self.user}@{host}>;tag=reg"),
                ("To", f"<sip:{self.user}@{host}>"),
                ("Call-ID", self.register_call_id),
                ("CSeq", f"{self._register_sequence} REGISTER"),
                ("Contact", f"<{self.contact}>"),
                ("Expires", str(expires_s)),
            ]
            answer = await self._transact("REGISTER", uri, headers, challenge)
            if answer.status != 401 or challenge is not None:
                return answer.status
            challenge = answer
        raise AssertionError("unreachable")

    async def dial(
        self, number: str, display_name: str = "", headers: tuple[tuple[str, str], ...] = ()
    ) -> PhoneCall:
        """Call a number; returns when the INVITE with credentials is on its way."""
        host, port = self.pbx
        uri = f"sip:{number}@{host}:{port}"
        call_id, tag = secrets.token_hex(8), secrets.token_hex(4)
        name = f'"{display_name}" ' if display_name else ""
        common = [
            ("From", f"{name}<sip:{self.user}@{host}>;tag={tag}"),
            ("To", f"<{uri}>"),
            ("Call-ID", call_id),
            ("Contact", f"<{self.contact}>"),
            ("Allow", "INVITE, ACK, CANCEL, BYE, UPDATE, OPTIONS, INFO, NOTIFY"),
            ("Content-Type", "application/sdp"),
            *headers,
        ]
        first = await self._transact("INVITE", uri, [*common, ("CSeq", "1 INVITE")], None, self.description())
        assert first.status == 401, first.first_line
        value = credentials(first.all("WWW-Authenticate"), "INVITE", uri, self.account)
        full = [*common, ("CSeq", "2 INVITE"), ("Authorization", value)]
        invite = self._request("INVITE", uri, full, self.description())
        call = PhoneCall(self, invite, outgoing=True, tag=tag, sequence=2)
        self.calls.append(call)
        self.send(invite)
        return call

    async def incoming(self, timeout_s: float = 5 * SECONDS) -> PhoneCall:
        """Wait for a call that came in and has not been handed out yet."""
        await wait_until_async(
            lambda: self._next_incoming() is not None, f"a call for {self.user}", timeout_s
        )
        call = self._next_incoming()
        assert call is not None
        self.calls.remove(call)
        self.calls.insert(0, call)
        self._handed_out.add(call.tag)
        return call

    def has_incoming(self) -> bool:
        """Whether a call came in that has not been handed out."""
        return self._next_incoming() is not None

    def description(self, direction: str = "sendrecv") -> str:
        """An offer or answer with PCMA."""
        self._version += 1
        profile, lines = ("RTP/SAVP", _CRYPTO) if self.encrypted else ("RTP/AVP", "")
        port = 40_000 + self.port % 10_000 * 2
        return _SDP.format(
            version=self._version, port=port, profile=profile, lines=lines, direction=direction
        )

    def send(self, message: SipMessage) -> None:
        """Send to the PBX."""
        assert self._transport is not None
        self._transport.sendto(message.text(), self.pbx)

    def send_within(
        self, call: PhoneCall, method: str, extra: tuple[tuple[str, str], ...] = (), body: str = ""
    ) -> None:
        """Send a request within a dialogue, or CANCEL for the INVITE of one."""
        if method == "CANCEL":
            kept = ("Via", "From", "To", "Call-ID", "Max-Forwards")
            headers = [(n, v) for n, v in call.invite.headers if n in kept]
            number = call.invite.get("CSeq").split(" ")[0]
            first = f"CANCEL {call.invite.request_uri} SIP/2.0"
            self.send(SipMessage(first, (*headers, ("CSeq", f"{number} CANCEL"))))
            return
        call.sequence += 1
        uri, own, other = self._ends(call)
        headers = [
            ("From", own), ("To", other), ("Call-ID", call.invite.call_id), ("CSeq", f"{call.sequence} {method}"),
            ("Contact", f"<{self.contact}>"), *extra,
        ]  # fmt: skip
        if body and not any(name == "Content-Type" for name, _ in extra):
            headers.append(("Content-Type", "application/sdp"))
        self.send(self._request(method, uri, headers, body))

    def datagram_received(self, data: bytes, addr: object) -> None:
        """Take what the PBX sent."""
        if not data.strip():
            return  # a keep-alive
        message = parse(data)
        if message.status:
            self._take_answer(message)
        else:
            self._take_request(message)

    # -- inside

    _handed_out: set[str]

    def connection_made(self, transport: object) -> None:
        """Begin with no calls."""
        self._handed_out = set()

    def _next_incoming(self) -> PhoneCall | None:
        waiting = (c for c in self.calls if not c.outgoing and c.tag not in self._handed_out)
        return next(waiting, None)

    def _ends(self, call: PhoneCall) -> tuple[str, str, str]:
        """Where to send within the dialogue, our end and theirs."""
        if call.outgoing:
            last = next(a for a in reversed(call.answers) if ";tag=" in a.get("To"))
            return _uri_in(last.get("Contact")), call.invite.get("From"), last.get("To")
        own = f"{call.invite.get('To')};tag={call.tag}"
        return _uri_in(call.invite.get("Contact")), own, call.invite.get("From")

    def _request(self, method: str, uri: str, headers: list[tuple[str, str]], body: str = "") -> SipMessage:
        via = f"SIP/2.0/UDP {LOOPBACK}:{self.port};branch=z9hG4bK{secrets.token_hex(8)};rport"
        common = [("Via", via), ("Max-Forwards", "70"), ("User-Agent", self.user_agent)]
        return SipMessage(f"{method} {uri} SIP/2.0", (*common, *headers), body)

    async def _transact(
        self,
        method: str,
        uri: str,
        headers: list[tuple[str, str]],
        challenge: SipMessage | None,
        body: str = "",
    ) -> SipMessage:
        if challenge is not None:
            value = credentials(challenge.all("WWW-Authenticate"), method, uri, self.account)
            headers = [*headers, ("Authorization", value)]
        request = self._request(method, uri, headers, body)
        answered: asyncio.Future[SipMessage] = asyncio.get_running_loop().create_future()
        key = request.get("Via")
        self._waiting[_branch(key)] = lambda m: None if answered.done() else answered.set_result(m)
        self.send(request)
        try:
            async with asyncio.timeout(5 * SECONDS):
                return await answered
        finally:
            del self._waiting[_branch(key)]

    def _take_answer(self, answer: SipMessage) -> None:
        is_invite = answer.method == "INVITE"
        if is_invite and answer.status >= 200:
            self._acknowledge(answer)
        waiting = self._waiting.get(_branch(answer.get("Via")))
        if waiting is not None and answer.status >= 200:
            waiting(answer)
            return
        for call in self.calls:
            if call.invite.call_id == answer.call_id and is_invite:
                call.answers.append(answer)
                call.over = call.over or answer.status >= 300

    def _acknowledge(self, answer: SipMessage) -> None:
        number = answer.get("CSeq").split(" ")[0]
        headers = [
            ("From", answer.get("From")), ("To", answer.get("To")), ("Call-ID", answer.call_id),
            ("CSeq", f"{number} ACK"),
        ]  # fmt: skip
        if answer.status < 300:
            self.send(self._request("ACK", _uri_in(answer.get("Contact")), headers))
            return
        uri = f"sip:{self.pbx[0]}:{self.pbx[1]}"
        self.send(SipMessage(f"ACK {uri} SIP/2.0", (("Via", answer.get("Via")), *headers)))

    def _take_request(self, request: SipMessage) -> None:
        if self.deaf:
            return
        call = next((c for c in self.calls if c.invite.call_id == request.call_id), None)
        if request.method == "INVITE" and call is None:
            self.send(answer_to(request, 100, "Trying", ""))
            self.calls.append(PhoneCall(self, request, outgoing=False, tag=secrets.token_hex(4)))
            return
        if request.method == "INVITE" and call is not None:
            if request.get("CSeq") == call.invite.get("CSeq") and not call.outgoing:
                return  # sent again because our answer takes its time
            call.requests.append(request)
            extra = (("Contact", f"<{self.contact}>"), ("Content-Type", "application/sdp"))
            reply = answer_to(request, 200, "OK", call.tag, extra)
            self.send(SipMessage(reply.first_line, reply.headers, self.description()))
            return
        if request.method == "OPTIONS" and not self.answers_probes:
            return
        if request.method != "ACK":
            self.send(answer_to(request, 200, "OK", call.tag if call else "x"))
        if call is None:
            return
        call.requests.append(request)
        if request.method == "CANCEL":
            self.send(answer_to(call.invite, 487, "Request Terminated", call.tag))
        call.over = call.over or request.method in ("BYE", "CANCEL")


def _branch(via: str) -> str:
    return via.partition("branch=")[2].partition(";")[0]


def _uri_in(header: str) -> str:
    return header.partition("<")[2].partition(">")[0] or header
