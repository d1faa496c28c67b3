"""What the two session machines share: what they put out, what they refuse, and when silence is too long.

Both are sans-I/O: text goes in, frozen outputs come out, the time is a parameter (`now_s`, any clock that only grows).
Three kinds of error: whoever calls a session wrongly gets `LocalMisuseError`; when the other side breaks the protocol it
is a `RemoteMisbehaviourError`; a lost connection is no exception but an output.
"""

from __future__ import annotations

from dataclasses import dataclass

MAX_UNANSWERED = 64
"""How many requests a client may have without an answer. The server's record of answers is larger than this."""

SILENCE_FACTOR = 3
"""A side that heard nothing for this many heartbeats is gone."""


class LocalMisuseError(RuntimeError):
    """Our own program called a session in a state in which that makes no sense."""


@dataclass(frozen=True)
class Send:
    """Send this text as one websocket message, in the order of the outputs."""

    text: str


class Heartbeat:
    """Ping after `interval_s` of own silence, lost after three times that of the other side's."""

    def __init__(self, interval_s: float, now_s: float) -> None:
        self._interval_s = interval_s
        self._sent_s = now_s
        self._heard_s = now_s

    def sent(self, now_s: float) -> None:
        """Something was sent."""
        self._sent_s = now_s

    def heard(self, now_s: float) -> None:
        """Something was received."""
        self._heard_s = now_s

    def ping_is_due(self, now_s: float) -> bool:
        """Whether nothing was sent for so long that the other side must be told that we live."""
        return now_s >= self._sent_s + self._interval_s

    def is_lost(self, now_s: float) -> bool:
        """Whether the other side has been silent for too long."""
        return now_s >= self._heard_s + SILENCE_FACTOR * self._interval_s

    @property
    def deadline_s(self) -> float:
        """When to look again."""
        return min(self._sent_s + self._interval_s, self._heard_s + SILENCE_FACTOR * self._interval_s)
