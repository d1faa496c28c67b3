"""Tests that measure time have the machine for themselves, although test files run side by side.

A pytest plugin for the workers of pytest-xdist: every test stays in a room while it runs, and one marked `alone` waits
until the room is empty. Who waits holds the door, so that no other goes in before.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

_FOLDER = Path.home() if "PYTEST_XDIST_WORKER" in os.environ else None
"""When this is imported still the one that all workers have from the process that started them."""


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Wait outside everything else, so that no time limit of the test counts it."""
    if _FOLDER is None:  # there are no workers
        return (yield)
    with (_FOLDER / "room").open("a") as room:
        with (_FOLDER / "door").open("a") as door:
            _take(door, alone=True)
            _take(room, alone=item.get_closest_marker("alone") is not None)
        return (yield)


if sys.platform == "win32":  # `dev.py test` starts no workers there

    def _take(file: IO[str], *, alone: bool) -> None:
        raise NotImplementedError

else:
    import fcntl

    def _take(file: IO[str], *, alone: bool) -> None:
        """Closing the file gives it back."""
        fcntl.flock(file, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
