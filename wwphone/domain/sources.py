"""Read-only sources beside the phone book: directories and address books of other servers (product, section 6)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from wwphone.domain.phonebook import ContactDetails

MIN_SEARCH = 2
"""Shorter texts are not searched for: nearly everybody would be found."""
MAX_SEARCH = 100
"""The longest text that is searched for, in characters."""
MAX_SOURCES = 10
"""More sources than these a server does not have."""
MAX_RESULTS = 100
"""Entries that one source finds at most, whatever its settings say."""


@dataclass(frozen=True)
class Source:
    """One source as people see it."""

    source_id: str
    name: str
    """What the administrator calls it; stands above what it found."""


class SourceState(Enum):
    """How a source answered."""

    ANSWERED = "answered"
    SILENT = "silent"
    """Not within its time limit."""
    UNREACHABLE = "unreachable"
    """Nobody listens there, the line broke, or its certificate is not to be trusted."""
    REFUSED = "refused"
    """It does not accept the user or the question; its administrator has to look."""
    BROKEN = "broken"
    """It answered what makes no sense, or too much."""


@dataclass(frozen=True)
class SourceAnswer:
    """What one source found."""

    state: SourceState
    found: tuple[ContactDetails, ...] = ()
    """Also there when the source does not answer, but has been read before."""
    more: bool = False
    """There were more than it may return."""


NO_ANSWER = SourceAnswer(SourceState.UNREACHABLE)
"""Of a source that cannot be asked at all."""
