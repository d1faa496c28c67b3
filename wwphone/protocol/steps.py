"""Work in steps: a generator that yields where others may have their turn, and returns what came of it."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

_T = TypeVar("_T")


def outcome_of(steps: Generator[None, None, _T]) -> _T:
    """Do all steps at once. Raises what they raise."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            outcome: _T = end.value
            return outcome
