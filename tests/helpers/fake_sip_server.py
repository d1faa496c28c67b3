"""A SIP server over UDP for tests of the phones themselves: it asks for a password and then says yes to everything."""

from __future__ import annotations

import hashlib
import re
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from tests.helpers.ports import LOOPBACK
from tests.helpers.waiting import SECONDS

_REALM = "tests"
_NONCE = "3f0c5e1b"
_COPIED = ("via", "from", "to", "call-id", "cseq")
_PARAMETER = re.compile(r'(\w+)="?([^",]*)"?')
_END_OF_WORK = b""


@dataclass(frozen=True)
class SipRequest:
    """A request as it came: header names in lower case, of repeated ones the first."""

    method: str
    headers: Mapping[str, str]
    body: str

    @property
    def user(self) -> str:
        """Whom it comes from."""
        match = re.search(r"sips?:([^@]+)@", self.headers.get("from", ""))
        return match[1] if match else ""


class FakeSipServer:
    """Challenges every request (RFC 2617 digest, no qop): 200 for the right password, 403 for a wrong one."""

    def __init__(self, passwords: Mapping[str, str]) -> None:
        """Know users and passwords; nobody else gets in."""
        self.requests: list[SipRequest] = []
        self.accepted: list[SipRequest] = []
        self._passwords = dict(passwords)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((LOOPBACK, 0))
        self.address = f"{LOOPBACK}:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, name="fake SIP server")

    def _serve(self) -> None:
        while True:
            data, sender = self._socket.recvfrom(65_535)
            if data == _END_OF_WORK:
                return
            request = _parse(data.decode())
            self.requests.append(request)
            if request.method != "ACK":
                self._socket.sendto(self._reply(request).encode(), sender)

    def _reply(self, request: SipRequest) -> str:
        credentials = dict(_PARAMETER.findall(request.headers.get("authorization", "")))
        if request.method == "BYE":
            return _message("200 OK", request)
        if not credentials:
            return _message(
                "401 Unauthorized", request, [f'WWW-Authenticate: Digest realm="{_REALM}", nonce="{_NONCE}"']
            )
        if credentials.get("response") != self._expected(request, credentials.get("uri", "")):
            return _message("403 Forbidden", request)
        self.accepted.append(request)
        if request.method == "REGISTER":
            return _message("200 OK", request, [f"Contact: {request.headers.get('contact', '')}"])
        contact = f"Contact: <sip:{self.address}>"
        return _message("200 OK", request, [contact, "Content-Type: application/sdp"], request.body)

    def _expected(self, request: SipRequest, uri: str) -> str:
        password = self._passwords.get(request.user)
        if password is None:
            return "nobody"
        secret = _md5(f"{request.user}:{_REALM}:{password}")
        return _md5(f"{secret}:{_NONCE}:{_md5(f'{request.method}:{uri}')}")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ender:
            ender.sendto(_END_OF_WORK, self._socket.getsockname())
        self._thread.join(5 * SECONDS)
        self._socket.close()


def _parse(text: str) -> SipRequest:
    head, _, body = text.partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    headers: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers.setdefault(name.strip().lower(), value.strip())
    return SipRequest(first.split(" ")[0], headers, body)


def _message(status: str, request: SipRequest, extra: list[str] | None = None, body: str = "") -> str:
    copied = [f"{name}: {request.headers[name]}" for name in _COPIED]
    copied[2] += "" if "tag=" in request.headers["to"] else ";tag=fake"
    return "\r\n".join(
        [f"SIP/2.0 {status}", *copied, *(extra or []), f"Content-Length: {len(body)}", "", body]
    )


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
