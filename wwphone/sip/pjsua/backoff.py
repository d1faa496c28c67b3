"""How long to wait before the next try. Pure."""

from __future__ import annotations

import random


class Backoff:
    """Waits that grow with each failure, spread by chance so that a whole company does not come back at once.

    The waits grow by half each time: so the next try comes at the latest half as long after the far side is back as
    it was away, and never later than `longest_s` (with its jitter).
    """

    def __init__(
        self, first_s: float = 0.5, longest_s: float = 30.0, chance: random.Random | None = None
    ) -> None:
        self._first_s = first_s
        self._longest_s = longest_s
        self._chance = chance or random.Random()  # noqa: S311 - spreads load, guards no secret
        self._failures = 0

    @property
    def failures(self) -> int:
        """How many waits were given out since the last success."""
        return self._failures

    def next_wait_s(self) -> float:
        """Return the next wait: between 70 % and 100 % of it, by chance."""
        grown_s: float = self._first_s * 1.5 ** min(self._failures, 40)
        self._failures += 1
        return min(grown_s, self._longest_s) * self._chance.uniform(0.7, 1.0)

    def succeeded(self) -> None:
        """Start over with short waits."""
        self._failures = 0
