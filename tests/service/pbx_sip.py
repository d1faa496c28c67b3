"""SIP messages as text, as far as a scripted phone needs them: reading, answering, digest answers (RFC 3261, 8760)."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

_ALGORITHMS = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}
_PARAMETER = re.compile(r'(\w+)=(?:"([^"]*)"|([^\s,]+))')


@dataclass(frozen=True)
class SipMessage:
    """A request or an answer: its first line, its headers in their order, its body."""

    first_line: str
    headers: tuple[tuple[str, str], ...]
    body: str = ""

    @property
    def status(self) -> int:
        """The status of an answer, 0 for a request."""
        return int(self.first_line.split(" ")[1]) if self.first_line.startswith("SIP/2.0") else 0

    @property
    def method(self) -> str:
        """The method of a request, or the one that is answered."""
        return self.first_line.split(" ")[0] if not self.status else self.get("CSeq").split(" ")[1]

    @property
    def call_id(self) -> str:
        """Its Call-ID."""
        return self.get("Call-ID")

    @property
    def request_uri(self) -> str:
        """The URI a request is for."""
        return self.first_line.split(" ")[1]

    def get(self, name: str) -> str:
        """The first header of this name, or nothing."""
        return next(iter(self.all(name)), "")

    def all(self, name: str) -> list[str]:
        """All headers of this name."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def text(self) -> bytes:
        """The message as it travels."""
        lines = [self.first_line, *(f"{name}: {value}" for name, value in self.headers)]
        return "\r\n".join([*lines, f"Content-Length: {len(self.body)}", "", self.body]).encode()


def parse(data: bytes) -> SipMessage:
    """Read a datagram."""
    head, _, body = data.decode().partition("\r\n\r\n")
    lines = head.split("\r\n")
    pairs = [line.partition(":") for line in lines[1:]]
    return SipMessage(lines[0], tuple((name.strip(), value.strip()) for name, _, value in pairs), body)


def answer_to(
    request: SipMessage, status: int, reason: str, tag: str, extra: tuple[tuple[str, str], ...] = ()
) -> SipMessage:
    """An answer with what RFC 3261 section 8.2.6 copies from the request."""
    to = request.get("To")
    if ";tag=" not in to and status > 100:
        to = f"{to};tag={tag}"
    copied = [
        *(("Via", via) for via in request.all("Via")),
        *(("Record-Route", route) for route in request.all("Record-Route")),
        ("From", request.get("From")),
        ("To", to),
        ("Call-ID", request.call_id),
        ("CSeq", request.get("CSeq")),
    ]
    return SipMessage(f"SIP/2.0 {status} {reason}", (*copied, *extra))


@dataclass(frozen=True)
class Account:
    """Who a phone is, and which digests it can make (RFC 8760)."""

    user: str
    password: str
    algorithms: tuple[str, ...] = tuple(_ALGORITHMS)


def credentials(challenges: Sequence[str], method: str, uri: str, account: Account) -> str:
    """The value of Authorization for the first challenge whose digest the account can make (RFC 7616)."""
    user, password = account.user, account.password
    for challenge in challenges:
        given = {name: quoted or plain for name, quoted, plain in _PARAMETER.findall(challenge)}
        algorithm = given.get("algorithm", "MD5")
        if algorithm not in account.algorithms:
            continue

        def digest(text: str, name: str = algorithm) -> str:
            return _ALGORITHMS[name](text.encode()).hexdigest()

        cnonce = secrets.token_hex(8)
        ha1 = digest(f"{user}:{given['realm']}:{password}")
        ha2 = digest(f"{method}:{uri}")
        response = digest(f"{ha1}:{given['nonce']}:00000001:{cnonce}:auth:{ha2}")
        return (
            f'Digest username="{user}", realm="{given["realm"]}", nonce="{given["nonce"]}", uri="{uri}", '
            f'response="{response}", algorithm={algorithm}, cnonce="{cnonce}", nc=00000001, qop=auth, '
            f'opaque="{given.get("opaque", "")}"'
        )
    raise AssertionError(f"no algorithm we know: {challenges}")
