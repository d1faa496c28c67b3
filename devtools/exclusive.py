"""One at a time: two ``dev.py`` of the same working copy never prepare it together."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from io import BufferedRandom
from pathlib import Path

from devtools.console import step

_LOOK_AGAIN_S = 0.2


@contextlib.contextmanager
def exclusive(file: Path) -> Iterator[None]:
    """Hold a lock file; waits visibly while another holds it. The system frees it when a process dies."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+b") as held:
        if not _taken(held):
            with step("waiting for another dev.py in this folder"):
                while not _taken(held):
                    time.sleep(_LOOK_AGAIN_S)
        yield


if sys.platform == "win32":
    import msvcrt

    def _taken(held: BufferedRandom) -> bool:
        held.seek(0)
        try:
            msvcrt.locking(held.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _taken(held: BufferedRandom) -> bool:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
