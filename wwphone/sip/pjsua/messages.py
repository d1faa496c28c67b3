"""Reading SIP messages as text: who calls, what was called, why a call ended (RFC 3261 section 7). Pure.

PJSIP's Python binding hands over received messages as text only; what is needed of them is read here, leniently,
because it was sent by somebody else: what cannot be understood is left out, never an error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from wwphone.domain.calls import CallKind, EndReason, Party, Returned

KIND_HEADER = "X-Wwphone-Kind"
"""`internal`, `direct` or `group`: set by the PBX's dial plan on the leg to us."""
CALLED_HEADER = "X-Wwphone-Called"
"""Which of my numbers or which group was called."""
PARKED_HEADER = "X-Wwphone-Parked"
"""The parking place a call comes back from."""

RETURNED_HEADER = "X-Wwphone-Returned"
"""On a call that comes back from a transfer: the number that did not take it, and an `EndReason`."""

CONFERENCE_HEADER = "X-Wwphone-Conference"
"""On a call by which one is called into a conference: the number of its room."""

_COMPACT_NAMES = {"f": "from", "t": "to", "v": "via", "i": "call-id", "m": "contact", "l": "content-length"}
_NAME_ADDR = re.compile(r'\s*(?P<name>"(?:[^"\\]|\\.)*"|[^<"]*?)\s*<(?P<uri>[^>]*)>')
_ROOM = re.compile(r"[0-9]{1,32}")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_ANSWER_AFTER = re.compile(r";\s*answer-after\s*=\s*0*0\s*(?:;|,|$)", re.IGNORECASE)
_REASON = re.compile(r"(?P<protocol>SIP|Q\.850)\s*;[^,]*?cause\s*=\s*(?P<cause>\d{1,3})", re.IGNORECASE)
_STALE = re.compile(r'\bstale\s*=\s*"?true"?', re.IGNORECASE)
_SEEN_ELSEWHERE = {("SIP", 200), ("Q.850", 26)}
_ANONYMOUS = "anonymous"


@dataclass(frozen=True)
class SipMessage:
    """A received message: its first line, and its headers in order, names in lower case and long form."""

    first_line: str
    headers: tuple[tuple[str, str], ...]

    @property
    def is_response(self) -> bool:
        """Whether this answers a request."""
        return self.first_line.startswith("SIP/")

    @property
    def method(self) -> str:
        """The request's method; of a response, that of the request it answers."""
        words = (self.header("cseq") if self.is_response else self.first_line).split()
        return (words[-1] if self.is_response else words[0]) if words else ""

    def header(self, name: str) -> str:
        """The first header of this name (long form, any case); empty when there is none."""
        return next(iter(self.all(name)), "")

    def all(self, name: str) -> list[str]:
        """Every header of this name, in order."""
        wanted = name.lower()
        return [value for each, value in self.headers if each == wanted]


def read_message(text: str) -> SipMessage:
    """Read first line and headers; the body falls away. Folded lines are joined (RFC 3261 section 7.3.1)."""
    head = re.split(r"\r?\n\r?\n", text, maxsplit=1)[0]
    lines = re.sub(r"\r?\n[ \t]+", " ", head).splitlines()
    headers = []
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if colon:
            lowered = name.strip().lower()
            headers.append((_COMPACT_NAMES.get(lowered, lowered), value.strip()))
    return SipMessage(lines[0].strip() if lines else "", tuple(headers))


def party_of(value: str) -> Party:
    """Read `"Display name" <sip:user@host;…>` or a bare URI (RFC 3261 section 25.1, name-addr and addr-spec).

    The number is the URI's user part without parameters, unescaped; an anonymous party (RFC 3323) has neither.
    """
    match = _NAME_ADDR.match(value)
    name, uri = (
        (match["name"].strip(), match["uri"]) if match else ("", value.split(";", maxsplit=1)[0].strip())
    )
    if name.startswith('"'):
        name = _ESCAPED.sub(r"\1", name[1:-1])
    scheme, colon, rest = uri.partition(":")
    if not colon or scheme.lower() not in ("sip", "sips", "tel"):
        return Party("", name.strip())
    address = rest.split("?", maxsplit=1)[0]
    user = address.rsplit("@", maxsplit=1)[0] if "@" in address or scheme.lower() == "tel" else ""
    number = unquote(user.split(";", maxsplit=1)[0].split(":", maxsplit=1)[0])
    if number.lower() == _ANONYMOUS:
        return Party("", "" if name.lower() == _ANONYMOUS else name)
    return Party(number, name if name != number else "")


def asserted_party(message: SipMessage) -> Party | None:
    """Who the PBX says is at the other end: P-Asserted-Identity (RFC 3325), else Remote-Party-ID; None: it is silent.

    It comes with requests and, as connected identity, with responses (RFC 4916's purpose, RFC 3325's header).
    """
    for header in ("p-asserted-identity", "remote-party-id"):
        for value in message.all(header):
            party = party_of(value)
            if party.number or party.name:
                return party
    return None


def calling_party(invite: SipMessage) -> Party:
    """Who calls: as asserted by the PBX, else as the caller calls itself in From."""
    return asserted_party(invite) or party_of(invite.header("from"))


def call_kind(invite: SipMessage) -> CallKind:
    """Internal, direct or group, as the dial plan says; internal when it says nothing we know."""
    try:
        return CallKind(invite.header(KIND_HEADER).strip().lower())
    except ValueError:
        return CallKind.INTERNAL


def called_number(invite: SipMessage) -> str:
    """Which of my numbers or which group was called; empty when the dial plan does not say."""
    return invite.header(CALLED_HEADER).strip()


def parked_slot(invite: SipMessage) -> str:
    """The parking place the call comes back from, nobody having fetched it; empty for every other call."""
    return invite.header(PARKED_HEADER).strip()


def conference_room(invite: SipMessage) -> str:
    """The room of the conference that one is called into; empty for every other call."""
    room = invite.header(CONFERENCE_HEADER).strip()
    return room if _ROOM.fullmatch(room) else ""


def returned(invite: SipMessage) -> Returned | None:
    """Why the call comes back, when we had transferred it and nobody took it."""
    number, _, why = invite.header(RETURNED_HEADER).strip().partition(" ")
    try:
        return Returned(Party(number), EndReason(why.strip())) if number else None
    except ValueError:
        return Returned(Party(number), EndReason.FAILED)


def answers_itself(invite: SipMessage) -> bool:
    """Whether the PBX asks to answer at once: a call we asked it to set up (`Call-Info: …;answer-after=0`)."""
    values = [*invite.all("call-info"), *invite.all("alert-info")]
    return any(_ANSWER_AFTER.search(value) for value in values)


def answered_elsewhere(message: SipMessage) -> bool:
    """Whether a CANCEL or BYE says that another device took the call (RFC 3326 section 2, "Reason")."""
    return any(cause in _SEEN_ELSEWHERE for cause in _causes(message))


def q850_cause(message: SipMessage) -> int:
    """The telephone network's cause (ITU-T Q.850) of a Reason header; 0 when there is none."""
    return next((cause for protocol, cause in _causes(message) if protocol == "Q.850"), 0)


def is_stale(challenge: SipMessage) -> bool:
    """Whether a challenge only says that its nonce was too old, not that the password was wrong (RFC 7616, 3.3)."""
    values = [*challenge.all("www-authenticate"), *challenge.all("proxy-authenticate")]
    return any(_STALE.search(value) for value in values)


def host_of(address: str) -> str:
    """The IP address of PJSIP's `address:port` or `[address]:port`."""
    host = address.rsplit(":", maxsplit=1)[0] if ":" in address else address
    return host.strip("[]")


def _causes(message: SipMessage) -> list[tuple[str, int]]:
    return [
        (match["protocol"].upper(), int(match["cause"]))
        for value in message.all("reason")
        for match in _REASON.finditer(value)
    ]
