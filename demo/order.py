"""What the demo tells its window, and what the window tells back; both travel as one JSON line."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Tour:
    """What the visitor does by themselves when there is no screen."""

    seconds: float
    pictures: str
    """Folder for screenshots; empty: none."""
    number: str
    """Whom to call."""
    voice: str
    """WAV to say into the call."""
    recording: str
    """WAV to write what the colleague says."""


@dataclass(frozen=True)
class Order:
    """What the demo tells its window."""

    host: str
    port: int
    authority: str
    user: str
    password: str = field(repr=False)
    language: str
    home: str
    tour: Tour | None = None


@dataclass
class Result:
    """What came of the tour."""

    registered: bool = False
    colleagues: int = 0
    called: str = ""
    """Who answered, by number; empty: nobody."""
    call_seconds: float = 0.0
    incoming: int = 0
    problem: str = ""
    pictures: list[str] = field(default_factory=list)
