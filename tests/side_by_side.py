"""Test files side by side: what may run beside what, when `dev.py test` starts three workers (pytest-xdist).

- A test file is the business of one worker, and so are all end-to-end tests together: each of them is several programs with real
  sound, and two at a time are too much for two processors.
- The second worker begins with the service tests, which wait for a PBX most of the time, the third with those that compute:
  together with the end-to-end tests they make good use of two processors. Who has nothing left helps the others.
- A test marked `alone` measures time: it waits until no other runs. Every test stays in a room while it runs; who wants to
  be alone waits until the room is empty and holds the door, so that no other goes in before.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import pytest
from xdist.scheduler import LoadFileScheduling

if sys.platform != "win32":  # `dev.py test` starts no workers there
    import fcntl

_END_TO_END = "tests/end_to_end"
_PREFERRED = (
    (_END_TO_END,),
    ("tests/service/",),
    ("tests/gui/test_look.py", "tests/unit/devtools/", "tests/gui/", "tests/unit/"),
)
"""What each worker takes as long as there is any, in this order: long ones first, lest one be alone at the end with them."""
_FOLDER = Path.home() if "PYTEST_XDIST_WORKER" in os.environ else None
"""When this is imported still the one that all workers have from the process that started them."""


class SideBySide(LoadFileScheduling):  # type: ignore[misc]
    """Gives work to whichever worker has none, in pieces that stay together."""

    def _split_scope(self, nodeid: str) -> str:
        return _END_TO_END if nodeid.startswith(_END_TO_END) else str(super()._split_scope(nodeid))

    def _assign_work_unit(self, node: Any) -> None:
        self.workqueue.move_to_end(preferred_by(node.gateway.id, self.workqueue), last=False)
        super()._assign_work_unit(node)


def preferred_by(worker: str, pieces: Iterable[str]) -> str:
    """Choose what a worker does next; those named gw3 and so on replace others that have crashed."""
    left = list(pieces)
    preferred = _PREFERRED[int(worker.removeprefix("gw")) % len(_PREFERRED)]
    return next((piece for one in preferred for piece in left if piece.startswith(one)), left[0])


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
