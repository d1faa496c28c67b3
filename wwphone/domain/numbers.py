"""What people type, paste and click, turned into what is dialled (product, section 4)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

EMERGENCY_NUMBERS = frozenset({"112", "110", "117", "118", "143", "144", "147", "911", "999", "1414"})
"""Always dialled as they are, in every state of the program."""

PARKING_PLACES = frozenset(str(slot) for slot in range(701, 721))
"""Dialled, they fetch what is parked there."""
RESERVED_NUMBERS = PARKING_PLACES | {"700", "801", "900", "901", "902"}
"""Numbers nobody can be given (requirement 001, "Numbering plan")."""

PARK_NUMBER = "700"
ECHO_TEST_NUMBER = "801"
VOICEMAIL_NUMBER = "900"
VOICEMAIL_DEFLECTION = "voicemail"
"""Where a caller is deflected to who shall leave a message: the PBX knows whose phone it is; nobody can dial it."""
OWN_CONFERENCE_NUMBER = "901"
CONFERENCE_ENTRY_NUMBER = "902"

_MAX_INPUT = 256
_SCHEME = re.compile(r"(tel|sips?|callto):(//)?", re.IGNORECASE)
_TRUNK_ZERO = re.compile(r"^(\+\d{1,3}[^\d]*)\(0\)")
_EXTENSION_PARAMETER = re.compile(r";.*$", re.DOTALL)
_SEPARATORS = re.compile(r"[\s().\-/\u00a0\u2010-\u2015\u202f\u2007]+")
_NUMBER = re.compile(r"\+?[0-9*#]{1,32}")
_SIP_USER = re.compile(r"[A-Za-z0-9_.!~*'()&=+$,;?/%-]{1,128}@[A-Za-z0-9.\-\[\]:]{1,253}")
_KEYPAD = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")


class NotDiallableError(ValueError):
    """The text holds nothing that can be dialled."""


@dataclass(frozen=True)
class DialTarget:
    """What will be dialled. `address` is a number, or `user@host` for a SIP address of somewhere else."""

    address: str

    @property
    def is_emergency(self) -> bool:
        """Whether this is an emergency number."""
        return self.address in EMERGENCY_NUMBERS


def dial_target(text: str) -> DialTarget:
    """Read a number, pasted text or a tel:, sip: or callto: link (RFC 3966, RFC 3261 section 19.1).

    Spaces, brackets, dots, dashes and slashes fall away, `+41 (0)44` loses its trunk zero, letters become the digits
    they share a key with (ITU-T E.161) as long as there is a digit too. Raises NotDiallableError.
    """
    stripped = text.strip()
    if not stripped or len(stripped) > _MAX_INPUT:
        raise NotDiallableError("nothing to dial")
    scheme = _SCHEME.match(stripped)
    if scheme:
        stripped = unquote(stripped[scheme.end() :]).strip("/ ")
        address = _EXTENSION_PARAMETER.sub("", stripped).split("?", maxsplit=1)[0]
        if "@" in address:
            return _sip_address(address)
        stripped = address
    elif "@" in stripped:
        return _sip_address(stripped)
    stripped = _TRUNK_ZERO.sub(r"\1", stripped)
    compact = _SEPARATORS.sub("", stripped)
    if any(character.isdigit() for character in compact):
        compact = compact.lower().translate(_KEYPAD)
    if not _NUMBER.fullmatch(compact) or not compact.isascii():
        raise NotDiallableError("this is no number")
    return DialTarget(compact)


def _sip_address(text: str) -> DialTarget:
    if not _SIP_USER.fullmatch(text):
        raise NotDiallableError("this is no SIP address")
    return DialTarget(text)
