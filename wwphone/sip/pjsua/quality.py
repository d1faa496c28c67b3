"""From counters of RTP and RTCP (RFC 3550) to the figures people see, and whether the line is dead. Pure."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from wwphone.domain.calls import CallQuality

_WINDOW = 10
"""How many measurements the loss is taken over."""


@dataclass(frozen=True)
class StreamCounters:
    """What PJSIP counted of one call's sound since it began."""

    packets_received: int = 0
    packets_lost: int = 0
    packets_discarded: int = 0
    bytes_received: int = 0
    jitter_us: int = 0
    round_trip_us: int = 0
    reports_received: int = 0
    """RTCP reports of the other side."""


class QualityMeter:
    """Turns one call's counters into figures; loss is that of the last ten measurements, not of the whole call."""

    def __init__(self) -> None:
        self._history: deque[StreamCounters] = deque(maxlen=_WINDOW + 1)

    def measure(self, counters: StreamCounters) -> CallQuality:
        """Take the counters of now and return the figures."""
        if self._history and counters.packets_received < self._history[-1].packets_received:
            self._history.clear()  # the stream began anew, as after a hold
        self._history.append(counters)
        first = self._history[0]
        received = counters.packets_received - first.packets_received
        # What came too late to be played is as lost as what never came.
        lost = (counters.packets_lost + counters.packets_discarded) - (
            first.packets_lost + first.packets_discarded
        )
        expected = received + max(0, counters.packets_lost - first.packets_lost)
        loss_percent = min(100.0, max(0.0, 100.0 * lost / expected)) if expected > 0 else 0.0
        return CallQuality(
            loss_percent=loss_percent,
            jitter_ms=counters.jitter_us / 1000,
            round_trip_ms=counters.round_trip_us / 1000,
            bytes_received=counters.bytes_received,
        )


class SilenceWatch:
    """Notices that nothing at all comes any more: neither RTP nor RTCP."""

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._seen = (0, 0)
        self._since_s: float | None = None

    def is_dead(self, counters: StreamCounters, now_s: float) -> bool:
        """Take the counters of now; True when they have stood still for the limit."""
        seen = (counters.packets_received, counters.reports_received)
        if seen != self._seen or self._since_s is None:
            self._seen = seen
            self._since_s = now_s
        return now_s - self._since_s >= self._limit_s

    def pause(self) -> None:
        """Start over: while a call is held, silence is what was agreed."""
        self._since_s = None
