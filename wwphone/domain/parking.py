"""Parked calls: a call that waits with music in a numbered place until somebody, anybody, fetches it (requirement 001)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from wwphone.domain.calls import Party


class ParkingEnd(Enum):
    """Why a call is parked no more."""

    FETCHED = "fetched"
    RETURNED = "returned"
    """Nobody fetched it in time: it rings at whoever parked it."""
    GAVE_UP = "gave_up"
    """The caller hung up, or nobody knows what became of it."""


@dataclass(frozen=True)
class ParkedCall:
    """One call that waits."""

    slot: str
    """The number of its place, 701 to 720: what one announces, and dials to fetch it."""
    caller: Party
    """Who waits."""
    parked_by: str
    """The user who parked it; empty when that is nobody known, or somebody hidden."""
    since: datetime
    returns_at: datetime | None = None
    """When it rings again at whoever parked it; None: never by itself."""
