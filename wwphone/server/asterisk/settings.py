"""What must be known of an Asterisk to steer it and to write its configuration."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from wwphone.domain.trunk_prefix import NO_TRUNK_PREFIX, TrunkPrefix

_HARMLESS = re.compile(r"[A-Za-z0-9._:-]*")


class DigestAlgorithm(Enum):
    """How a SIP password is kept and asked for (RFC 8760); the values are Asterisk's names."""

    MD5 = "md5"
    SHA_256 = "sha-256"


@dataclass(frozen=True)
class AmiAccount:
    """Where AMI listens, and who we are there. The secret itself never travels: AMI's challenge is answered."""

    host: str
    port: int
    user: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class AmiTimes:
    """How patient the line to Asterisk is."""

    connect_s: float = 5.0
    reply_s: float = 10.0
    """An action's answer; a list may take this long between two events of it."""
    boot_s: float = 120.0
    """From sign-in until Asterisk says that everything is loaded."""
    heartbeat_s: float = 10.0
    """Quiet time before we ask whether anybody is there; the answer has as long as a reply."""


@dataclass(frozen=True)
class AsteriskSettings:
    """One Asterisk: its AMI, and how our part of its configuration is to be written."""

    ami: AmiAccount
    configuration_folder: Path
    """The folder the base configuration includes our files from (`wwphone/` in Asterisk's own)."""
    times: AmiTimes = AmiTimes()
    probe_period_s: float = 30.0
    """How often each device is asked for a sign of life (SIP OPTIONS) and its answer time is read."""
    ring_timeout_s: float = 30.0
    """How long a user's devices ring before the caller hears that nobody answers."""
    parking_time_s: float = 120.0
    """How long a parked call waits until it rings again at whoever parked it."""
    realm: str = "wwphone"
    """The realm SIP passwords are for; the base configuration's `default_realm` should be the same."""
    digests: tuple[DigestAlgorithm, ...] = (DigestAlgorithm.MD5,)
    """What phones are asked for. MD5 alone, because phones in use (baresip 1.0 for one) give up when they are offered
    SHA-256 beside it, against RFC 8760 section 2.4; the password does not travel either way. SHA-256 needs Asterisk 20.12,
    21.7 or 22.2."""
    tls_transport: str = "transport-tls"
    """The base configuration's name of the transport for users who may use TLS only."""
    media_address: str = ""
    """The address sound is sent from and received at; empty: whichever the system chooses."""
    call_records: Path = Path("/var/log/asterisk/cel-custom/wwphone.csv")
    """The channel event log that `cel_custom` writes for us."""
    trunk_prefix: TrunkPrefix = NO_TRUNK_PREFIX
    """What people may dial in front of numbers outside, and the line in front of a caller's."""
    speech_program: str = "espeak-ng"
    """What speaks the names of those who invite to conferences, by name or path; where it is missing the number is said."""
    file_mode: int = 0o600
    """Rights of the generated files; 0o640 where Asterisk runs as another user of the same group."""

    def __post_init__(self) -> None:
        """Raise ValueError for what cannot stand in Asterisk's files."""
        for name in ("realm", "tls_transport", "media_address"):
            if not _HARMLESS.fullmatch(getattr(self, name)):
                raise ValueError(f"{name} {getattr(self, name)!r} cannot stand in Asterisk's configuration")
