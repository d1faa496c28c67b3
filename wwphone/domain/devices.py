"""Devices: what is registered for a user, where, and how quickly it answers (requirement 001 and 004)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wwphone.domain.account import Transport


@dataclass(frozen=True)
class Registration:
    """One registered contact of a user (RFC 3261 section 10), as the PBX knows it now."""

    contact: str
    """The contact URI, its identity on the PBX."""
    user_agent: str
    address: str
    """IP address of the registration; IPv6 without brackets."""
    port: int
    transport: Transport
    expires_at: datetime | None
    reachable: bool
    """Whether it answered the latest probe (OPTIONS)."""
    round_trip_ms: float | None
    """Answer time of the latest probe; None: not probed yet or no answer."""
    call_id: str = ""
    """Call-ID of its REGISTER: by it a client recognises its own registration."""


@dataclass(frozen=True)
class SoundDevice:
    """A sound device of this PC as people choose it: by a stable id and a name."""

    device_id: str
    name: str
    inputs: int
    outputs: int


@dataclass(frozen=True)
class SoundSelection:
    """Which devices are used; None: the system's default. `ring` None: rings where one talks."""

    microphone: str | None = None
    speaker: str | None = None
    secondary_microphone: str | None = None
    secondary_speaker: str | None = None
    """Used while the primary device is not plugged in."""
    ring: str | None = None
