"""A file system with room for little, to see what a full disk does."""

from __future__ import annotations

import contextlib
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

_FILLING = "filling"


class MayNotMountError(Exception):
    """Only root may mount, and not in every container."""


class SmallDisk:
    """A tmpfs of so many MiB at an empty folder, as long as it is entered."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self._folder = folder
        self._megabytes = megabytes

    def __enter__(self) -> Self:
        """Mount it. Raises MayNotMountError."""
        command = ["mount", "-t", "tmpfs", "-o", f"size={self._megabytes}m", "tmpfs", str(self._folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise MayNotMountError(done.stderr.strip())
        return self

    def fill(self) -> None:
        """Leave no room for another byte."""
        with (self._folder / _FILLING).open("ab", buffering=0) as file:
            for piece in (1 << 16, 1 << 12, 1):
                with contextlib.suppress(OSError):
                    while True:
                        file.write(bytes(piece))

    def make_room(self) -> None:
        """Take away what `fill` wrote."""
        (self._folder / _FILLING).unlink()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        subprocess.run(["umount", "--lazy", str(self._folder)], capture_output=True, check=True)
