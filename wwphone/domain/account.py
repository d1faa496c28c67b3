"""Who may sign in, as what, and with which rights (product: sign-in and modes; requirement 000 and 001)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

USER_NAME_PATTERN = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""Requirement 001, "Username": only a-z, A-Z, 0-9, - and _."""

MAX_REGISTRATIONS = 3
"""Devices that one SIP user may register at the same time (requirement 001, "Number of terminals")."""


def check_user_name(name: str) -> str:
    """Return `name` unchanged; raise ValueError when it is no user name (requirement 001, "Username")."""
    if not USER_NAME_PATTERN.fullmatch(name):
        raise ValueError("a user name consists of 1 to 64 characters out of a-z, A-Z, 0-9, - and _")
    return name


class Right(Enum):
    """What an administrator may allow a user (requirement 000)."""

    CTI_ACCESS = "cti_access"
    PARALLEL_SESSIONS = "parallel_sessions"
    CONFERENCE_ROOM = "conference_room"
    MANAGE_ANNOUNCEMENTS = "manage_announcements"
    MANAGE_PHONEBOOK = "manage_phonebook"
    RECORD_CALLS = "record_calls"
    SET_PRESENCE = "set_presence"
    """Of others: a receptionist notes that somebody is out."""
    ADMINISTRATE = "administrate"
    OPERATE_SWITCHES = "operate_switches"


class Mode(Enum):
    """Where the voice of a signed-in person is: on this PC, on the desk phone, or wherever the headset is."""

    SOFTPHONE = "softphone"
    DESK_PHONE = "desk_phone"
    FLEXIBLE = "flexible"


class Transport(Enum):
    """How SIP travels (RFC 3261 section 18)."""

    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"


class MediaEncryption(Enum):
    """Whether voice travels as SRTP with keys in the SDP (RFC 3711, RFC 4568)."""

    OFF = "off"
    REQUIRED = "required"


@dataclass(frozen=True)
class SipAccount:
    """All a SIP user agent needs to register. `password` never shows in a repr, a log or a settings file."""

    user: str
    password: str = field(repr=False)
    display_name: str
    host: str
    port: int
    transport: Transport
    media_encryption: MediaEncryption
    certificate_authority: str | None = field(default=None, repr=False)
    """PEM of the authority that signed the registrar's certificate; None: the system's own authorities."""


@dataclass(frozen=True)
class Profile:
    """The signed-in person as the server knows them."""

    user: str
    number: str
    """One's own internal number, what colleagues always see (requirement 003)."""
    nickname: str
    first_name: str = ""
    surname: str = ""
    rights: frozenset[Right] = frozenset()
    displayed_number: str = ""
    """Shown to whom one calls outside, unless another is chosen; empty: the PBX's line decides (requirement 000)."""
    shown_numbers: tuple[str, ...] = ()
    """One's own numbers that can be shown instead, for one call."""


@dataclass(frozen=True)
class SessionInfo:
    """Another session of the same user, told to whoever asks to sign in as well."""

    host_name: str
    since: datetime
