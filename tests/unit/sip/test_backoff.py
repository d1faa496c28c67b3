"""Waiting before the next try."""

from __future__ import annotations

import random

from wwphone.sip.pjsua.backoff import Backoff


class NoChance(random.Random):
    """Chance that always takes the longest wait."""

    def uniform(self, a: float, b: float) -> float:
        return b


def test_waits_grow_by_half_and_end_at_thirty_seconds() -> None:
    backoff = Backoff(chance=NoChance())
    waits = [backoff.next_wait_s() for _ in range(200)]
    assert waits[:4] == [0.5, 0.75, 1.125, 1.6875]
    assert max(waits) == 30.0
    assert waits == sorted(waits)


def test_who_comes_back_is_tried_within_half_the_time_it_was_away() -> None:
    backoff = Backoff(chance=NoChance())
    away_s = 0.0
    for _ in range(10):
        wait_s = backoff.next_wait_s()
        assert wait_s <= 0.5 + away_s / 2
        away_s += wait_s


def test_chance_spreads_the_waits_but_never_beyond_the_limit() -> None:
    waits = {Backoff(chance=random.Random(seed)).next_wait_s() for seed in range(50)}
    assert len(waits) > 40
    assert all(0.35 <= wait <= 0.5 for wait in waits)


def test_after_a_success_it_starts_over() -> None:
    backoff = Backoff(chance=NoChance())
    for _ in range(9):
        backoff.next_wait_s()
    backoff.succeeded()
    assert backoff.next_wait_s() == 0.5
