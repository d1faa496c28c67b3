"""The far side of a phone, scripted: a registrar and PBX by UDP that says exactly what a test tells it to say.

A real PBX cannot be made to send every header, refuse in every way or fall silent in the middle of a call; this one
can. It has one user, takes any password, and sends no sound of its own.
"""

from __future__ import annotations

import secrets
import socket
import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from tests.helpers.ports import LOOPBACK
from tests.helpers.waiting import SECONDS, wait_until
from tests.service.pbx_sip import SipMessage, answer_to, parse
from wwphone.domain.account import MediaEncryption, SipAccount, Transport

Headers = Sequence[tuple[str, str]]

_END = b"end"
_SDP = (
    "v=0\r\no=far 1 {version} IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP {codecs}\r\n"
    "a=rtpmap:8 PCMA/8000\r\n{events}a=ptime:20\r\na={direction}\r\n"
)
_EVENTS = "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n"
_REASONS = {100: "Trying", 180: "Ringing", 183: "Session Progress", 200: "OK", 487: "Request Terminated"}
_SILENT_PORT = 9


class FarCall:
    """One call with the phone, begun by either."""

    def __init__(self, far_side: FarSide, invite: SipMessage, outgoing: bool) -> None:
        self.invite = invite
        self.outgoing = outgoing
        """Begun by us."""
        self.tag = secrets.token_hex(4)
        self.requests: list[SipMessage] = []
        """Everything the phone asked within the call, its first INVITE included when it called."""
        self.answers: list[SipMessage] = []
        """What the phone answered to our requests."""
        self.reinvite_status = 200
        """What the phone's re-INVITEs are answered with."""
        self.refer_status = 202
        """What the phone's REFERs are answered with."""
        self.answers_cancel = True
        """Whether a CANCEL ends our ringing; False: our answer has crossed it."""
        self.events = True
        """Whether our side takes RFC 4733 events."""
        self._far_side = far_side
        self._sequence = 1
        self._offered = 0
        """The number of our latest re-INVITE."""
        self._version = 0

    # -- answering the phone's INVITE

    def reply(self, status: int, headers: Headers = (), sdp: bool = False) -> None:
        """Answer the phone's INVITE."""
        extra = [("Contact", f"<{self._far_side.uri}>"), *headers]
        reply = answer_to(self.invite, status, _REASONS.get(status, "Refused"), self.tag, tuple(extra))
        self._send_with_body(reply, self.description() if sdp else "")

    def ring(self, headers: Headers = ()) -> None:
        """Say 180."""
        self.reply(180, headers)

    def answer(self, headers: Headers = ()) -> None:
        """Say 200."""
        self.reply(200, headers, sdp=True)

    # -- asking the phone

    def cancel(self, headers: Headers = ()) -> None:
        """Give our own INVITE up."""
        kept = [
            (n, v) for n, v in self.invite.headers if n in ("Via", "From", "To", "Call-ID", "Max-Forwards")
        ]
        first = self.invite.first_line.replace("INVITE", "CANCEL", 1)
        number = self.invite.get("CSeq").split()[0]
        self._far_side.send(SipMessage(first, (*kept, ("CSeq", f"{number} CANCEL"), *headers)))

    def request(
        self, method: str, headers: Headers = (), body: str = "", kind: str = "application/sdp"
    ) -> None:
        """Ask something within the call; `kind` is the body's type, if the headers do not say it."""
        self._sequence += 1
        ours, theirs, target = self._ends()
        common = [("From", ours), ("To", theirs), ("CSeq", f"{self._sequence} {method}"), *headers]
        message = self._far_side.request(method, target, self.invite.call_id, common)
        if kind:
            self._send_with_body(message, body)
        else:
            self._far_side.send(SipMessage(message.first_line, message.headers, body))

    def hang_up(self, headers: Headers = ()) -> None:
        """Say BYE."""
        self.request("BYE", headers)

    def update(self, headers: Headers) -> None:
        """Say something new of the call (RFC 3311)."""
        self.request("UPDATE", [("Contact", f"<{self._far_side.uri}>"), *headers], kind="")

    def refer(self, uri: str) -> None:
        """Ask the phone to call somebody (RFC 3515)."""
        self.request("REFER", [("Contact", f"<{self._far_side.uri}>"), ("Refer-To", f"<{uri}>")], kind="")

    def notify_transfer(self, status: int, reason: str = "") -> None:
        """Tell how far the phone's REFER got; a final status ends the subscription (RFC 3515 section 2.4.4)."""
        state = "terminated;reason=noresource" if status >= 200 else "active;expires=60"
        headers = [
            ("Contact", f"<{self._far_side.uri}>"),
            ("Event", "refer"),
            ("Subscription-State", state),
            ("Content-Type", "message/sipfrag;version=2.0"),
        ]
        self.request("NOTIFY", headers, f"SIP/2.0 {status} {reason or 'Whatever'}\r\n", kind="")

    def hold(self) -> None:
        """Hold the phone (RFC 3264 section 8.4)."""
        self._offer("sendonly")

    def resume(self) -> None:
        """Take it back."""
        self._offer("sendrecv")

    # -- what it saw

    def wait_for_request(self, method: str, count: int = 1) -> SipMessage:
        """Wait until the phone has asked this so many times; return the latest."""

        def seen() -> list[SipMessage]:
            found = [request for request in self.requests if request.method == method]
            return found if len(found) >= count else []

        return wait_until(seen, f"{method} from the phone")[-1]

    def wait_for_status(self, status: int, timeout_s: float = 10 * SECONDS) -> SipMessage:
        """Wait until the phone has answered with this status."""

        def seen() -> list[SipMessage]:
            return [answer for answer in self.answers if answer.status == status]

        return wait_until(
            seen, f"{status} from the phone, not only {[a.status for a in self.answers]}", timeout_s
        )[0]

    def description(self, direction: str = "sendrecv") -> str:
        """An offer or answer: PCMA to a port where nobody listens."""
        self._version += 1
        codecs, events = ("8 101", _EVENTS) if self.events else ("8", "")
        return _SDP.format(
            version=self._version, port=_SILENT_PORT, codecs=codecs, events=events, direction=direction
        )

    # -- inside

    def _ends(self) -> tuple[str, str, str]:
        """Our end, theirs, and where to send."""
        if self.outgoing:
            last = next(answer for answer in reversed(self.answers) if ";tag=" in answer.get("To"))
            return self.invite.get("From"), last.get("To"), _uri_in(last.get("Contact"))
        ours = f"{self.invite.get('To')};tag={self.tag}"
        return ours, self.invite.get("From"), _uri_in(self.invite.get("Contact"))

    def _offer(self, direction: str) -> None:
        """Nobody sends a re-INVITE before the one before it was answered: it would be refused (RFC 3261 section 14.1)."""
        wait_until(self._is_answered, "the answer to our last re-INVITE")
        self.request("INVITE", body=self.description(direction))
        self._offered = self._sequence

    def _is_answered(self) -> bool:
        number = f"{self._offered} INVITE"
        return not self._offered or any(a.status >= 200 and a.get("CSeq") == number for a in self.answers)

    def _send_with_body(self, message: SipMessage, body: str) -> None:
        kind = (("Content-Type", "application/sdp"),) if body else ()
        self._far_side.send(SipMessage(message.first_line, (*message.headers, *kind), body))

    def take(self, message: SipMessage) -> None:
        """Take what the phone sent within this call."""
        if message.status:
            if message.method == "INVITE" and message.status >= 200:
                self._acknowledge(message)
            self.answers.append(message)
            return
        self.requests.append(message)
        if message.method == "CANCEL":
            self._far_side.send(answer_to(message, 200, "OK", self.tag))
            if self.answers_cancel:
                self.reply(487)
            else:
                self.answer()
        elif message.method == "INVITE" and len([r for r in self.requests if r.method == "INVITE"]) > 1:
            ok = self.reinvite_status == 200
            extra = (("Contact", f"<{self._far_side.uri}>"),)
            reply = answer_to(message, self.reinvite_status, "OK" if ok else "No", self.tag, extra)
            direction = "recvonly" if "a=sendonly" in message.body else "sendrecv"
            self._send_with_body(reply, self.description(direction) if ok else "")
        elif message.method == "REFER":
            extra = (("Contact", f"<{self._far_side.uri}>"),)
            accepted = self.refer_status == 202
            self._far_side.send(
                answer_to(message, self.refer_status, "Accepted" if accepted else "No", self.tag, extra)
            )
        elif message.method not in ("INVITE", "ACK"):
            self._far_side.send(answer_to(message, 200, "OK", self.tag))

    def _acknowledge(self, answer: SipMessage) -> None:
        number = answer.get("CSeq").split()[0]
        common = [("From", answer.get("From")), ("To", answer.get("To")), ("CSeq", f"{number} ACK")]
        target = _uri_in(answer.get("Contact")) if answer.status < 300 else self.invite.request_uri
        ack = self._far_side.request("ACK", target, answer.call_id, common)
        if answer.status >= 300:  # hop by hop: the same branch as the INVITE (RFC 3261 section 17.1.1.3)
            rest = tuple(header for header in ack.headers if header[0] != "Via")
            ack = SipMessage(ack.first_line, (("Via", answer.get("Via")), *rest))
        self._far_side.send(ack)


class FarSide:
    """The registrar and whatever is behind it."""

    def __init__(self) -> None:
        self.register_status: int | None = 200
        """What REGISTER is answered with; None: with nothing."""
        self.register_headers: Headers = ()
        self.registers: list[SipMessage] = []
        self.calls: list[FarCall] = []
        self.on_invite: Callable[[FarCall], None] | None = None
        """What to do with a call of the phone; None: nothing until told."""
        self._handed_out: list[FarCall] = []
        self._phone: tuple[str, int] | None = None
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((LOOPBACK, 0))
        self.port = int(self._socket.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, name="far side")

    @property
    def uri(self) -> str:
        """Where it is."""
        return f"sip:{LOOPBACK}:{self.port}"

    def account(self, user: str = "201", password: str = "secret-word") -> SipAccount:
        """An account here."""
        return SipAccount(
            user=user,
            password=password,
            display_name="Anna Müster",
            host=LOOPBACK,
            port=self.port,
            transport=Transport.UDP,
            media_encryption=MediaEncryption.OFF,
        )

    def wait_for_call(self, timeout_s: float = 10 * SECONDS) -> FarCall:
        """Wait for the next call that the phone makes."""

        def found() -> list[FarCall]:
            return [call for call in self.calls if not call.outgoing and call not in self._handed_out]

        call = wait_until(found, "an INVITE from the phone", timeout_s)[0]
        self._handed_out.append(call)
        return call

    def call(self, headers: Headers = (), caller: str = '"Beat Keller" <sip:207@pbx.example>') -> FarCall:
        """Call the registered phone."""
        assert self.registers, "no phone has registered"
        target = _uri_in(self.registers[-1].get("Contact"))
        common = [
            ("From", f"{caller};tag={secrets.token_hex(4)}"),
            ("To", f"<{target}>"),
            ("CSeq", "1 INVITE"),
            ("Contact", f"<{self.uri}>"),
            ("Allow", "INVITE, ACK, CANCEL, BYE, UPDATE, INFO"),
            *headers,
        ]
        invite = self.request("INVITE", target, secrets.token_hex(8), common)
        call = FarCall(self, invite, outgoing=True)
        body = SipMessage(
            invite.first_line, (*invite.headers, ("Content-Type", "application/sdp")), call.description()
        )
        call.invite = body
        self.calls.append(call)
        self.send(body)
        return call

    def request(self, method: str, uri: str, call_id: str, headers: Headers) -> SipMessage:
        """Make a request."""
        via = f"SIP/2.0/UDP {LOOPBACK}:{self.port};branch=z9hG4bK{secrets.token_hex(8)};rport"
        common = (("Via", via), ("Max-Forwards", "70"), ("Call-ID", call_id))
        return SipMessage(f"{method} {uri} SIP/2.0", (*common, *headers))

    def send(self, message: SipMessage) -> None:
        """Send to the phone."""
        assert self._phone is not None, "the phone has not said where it is"
        self._socket.sendto(message.text(), self._phone)

    # -- inside

    def _serve(self) -> None:
        while True:
            data, sender = self._socket.recvfrom(65_535)
            if data == _END:
                return
            if data.strip():
                self._phone = sender
                self._take(parse(data))

    def _take(self, message: SipMessage) -> None:
        if not message.status and message.method == "REGISTER":
            self._register(message)
            return
        call = next((each for each in self.calls if each.invite.call_id == message.call_id), None)
        if call is not None:
            if (
                message.method == "INVITE"
                and message.get("CSeq") == call.invite.get("CSeq")
                and not message.status
            ):
                return  # sent again
            call.take(message)
        elif not message.status and message.method == "INVITE":
            call = FarCall(self, message, outgoing=False)
            call.requests.append(message)
            self.calls.append(call)
            self.send(answer_to(message, 100, "Trying", ""))
            if self.on_invite is not None:
                self.on_invite(call)

    def _register(self, message: SipMessage) -> None:
        self.registers.append(message)
        if self.register_status is None:
            return
        extra = list(self.register_headers)
        if self.register_status == 200 and "expires=0" not in message.get("Contact").replace(" ", ""):
            expires = message.get("Expires") or "120"
            if expires != "0":
                extra.append(("Contact", f"{message.get('Contact')};expires={expires}"))
        if self.register_status == 401:
            extra.append(("WWW-Authenticate", f'Digest realm="far", nonce="{secrets.token_hex(8)}"'))
        reason = _REASONS.get(self.register_status, "No")
        self.send(answer_to(message, self.register_status, reason, "far", tuple(extra)))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ender:
            ender.sendto(_END, (LOOPBACK, self.port))
        self._thread.join(5 * SECONDS)
        self._socket.close()


def _uri_in(header: str) -> str:
    return header.partition("<")[2].partition(">")[0] or header
