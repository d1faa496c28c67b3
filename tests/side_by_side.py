"""Test files side by side: what may run beside what, when `dev.py test` starts two workers (pytest-xdist).

- A test file is the business of one worker, and so are all end-to-end tests together: each of them is several programs with real
  sound, and two at a time are too much for two processors.
- A test marked `alone` measures time: it waits until no other runs. Every test stays in a room while it runs; who wants to
  be alone waits until the room is empty and holds the door, so that no other goes in before.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest
from xdist.scheduler import LoadFileScheduling

if sys.platform != "win32":  # `dev.py test` starts no workers there
    import fcntl

_END_TO_END = "tests/end_to_end"
_FOLDER = Path.home() if "PYTEST_XDIST_WORKER" in os.environ else None
"""When this is imported still the one that all workers have from the process that started them."""


class SideBySide(LoadFileScheduling):  # type: ignore[misc]
    """Gives work to whichever worker has none, in pieces that stay together."""

    def _split_scope(self, nodeid: str) -> str:
        return _END_TO_END if nodeid.startswith(_END_TO_END) else str(super()._split_scope(nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> SideBySide:
    """See pytest-xdist."""
    return SideBySide(config, log)


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


def _take(file: IO[str], *, alone: bool) -> None:
    """Closing the file gives it back."""
    fcntl.flock(file, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
