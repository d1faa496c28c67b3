"""Waiting for a condition instead of sleeping, and the one constant that scales every time limit.

Every limit in the tests is a multiple of :data:`SECONDS`, so that a slow machine needs one setting only:
``WWPHONE_TEST_PATIENCE=3`` makes all of them three times as long.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

Value = TypeVar("Value")

SECONDS: float = 1.0 * float(os.environ.get("WWPHONE_TEST_PATIENCE", "1"))
"""One second of patience; multiply it, never write a bare number of seconds."""

# Short at first, because most conditions are true at once; then long enough to leave the processor alone.
_FIRST_PAUSE_S = 0.001
_LONGEST_PAUSE_S = 0.02


def wait_until(condition: Callable[[], Value | None], what: str, timeout_s: float = 10 * SECONDS) -> Value:
    """Ask ``condition`` again and again until it is true, and return its value.

    ``what`` completes the sentence "waited … for". Raises AssertionError with it and with the last value when
    ``timeout_s`` has passed. An exception of the condition is not caught.
    """
    started_s = time.monotonic()
    pause_s = _FIRST_PAUSE_S
    while not (value := condition()):
        if time.monotonic() - started_s >= timeout_s:
            raise AssertionError(_complaint(what, timeout_s, value))
        time.sleep(pause_s)
        pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
    return value


async def wait_until_async(
    condition: Callable[[], Value | None], what: str, timeout_s: float = 10 * SECONDS
) -> Value:
    """Do as :func:`wait_until` does, and let the event loop run between two questions."""
    started_s = time.monotonic()
    pause_s = _FIRST_PAUSE_S
    while not (value := condition()):
        if time.monotonic() - started_s >= timeout_s:
            raise AssertionError(_complaint(what, timeout_s, value))
        await asyncio.sleep(pause_s)
        pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
    return value


async def wait_until_told(
    ask: Callable[[], Awaitable[Value | None]], what: str, timeout_s: float = 10 * SECONDS
) -> Value:
    """Do as :func:`wait_until_async` does, with a question that takes its time itself, to a database for instance."""
    deadline_s = time.monotonic() + timeout_s
    while not (value := await ask()):
        if time.monotonic() >= deadline_s:
            raise AssertionError(_complaint(what, timeout_s, value))
        await asyncio.sleep(_LONGEST_PAUSE_S)
    return value


def _complaint(what: str, timeout_s: float, value: object) -> str:
    return f"waited {timeout_s:g} s for {what}; the last value was {value!r}"
