"""The files of the channel event log, read on and on, over their rotation and over restarts of ours.

A file is recognised by its first line, which has a time and a channel's uniqueid: so it does not matter whether it is renamed
or copied away, on which file system it is, or whether another file gets its inode. Only whole lines are read; what is being
written waits for the next time.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from wwphone.server.history_api import RecordMark

_CHUNK_BYTES = 1 << 18
_MAX_FIRST_LINE = 1 << 14


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line and where it stands."""

    text: str
    place: RecordMark


class CelFile:
    """Reads the file at `path`, and before it what is left of those it was called before (`path.*`). Blocks: it is file work."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = -1
        self._file = ""
        self._offset = 0
        self._older: list[Path] = []
        self._opened: Path | None = None

    def begin(self, mark: RecordMark | None) -> None:
        """Read on at a mark; from the beginning of the file when there is no file any more that has it."""
        self.close()
        self._older = []
        if mark is None:
            return
        if _identity(self._path) == mark.file:
            self._open(self._path, mark.offset)
            return
        siblings = sorted(
            self._path.parent.glob(f"{self._path.name}.*"), key=lambda file: file.stat().st_mtime
        )
        known = [_identity(sibling) for sibling in siblings]
        if mark.file in known:
            at = known.index(mark.file)
            self._older = siblings[at + 1 :]
            self._open(siblings[at], mark.offset)

    def close(self) -> None:
        """Let go of the file."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
        self._opened = None

    @property
    def place(self) -> RecordMark | None:
        """Where the next line begins; None while there is no file yet."""
        return RecordMark(self._file, self._offset) if self._file else None

    def read(self) -> tuple[list[PlacedLine], bool]:
        """The next lines, and whether there may be more at once. Raises OSError."""
        if self._descriptor < 0 and not self._open(self._path, 0):
            return [], False
        lines = self._lines()
        if lines:
            return lines, True
        if not self._is_over():
            return [], False
        # Between our last look and its being renamed something may have been written.
        lines = self._lines()
        if lines:
            return lines, True
        self.close()
        if self._older:
            return [], self._open(self._older.pop(0), 0)
        return [], self._open(self._path, 0)

    # -- inside

    def _open(self, path: Path, offset: int) -> bool:
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        except FileNotFoundError:
            if not path.parent.is_dir():
                raise
            return False  # nobody has called yet
        file = _identity_of(descriptor)
        if not file:
            os.close(descriptor)
            return False
        size = os.fstat(descriptor).st_size
        self._descriptor, self._file, self._opened = descriptor, file, path
        self._offset = offset if offset <= size else 0
        return True

    def _lines(self) -> list[PlacedLine]:
        data = os.pread(self._descriptor, _CHUNK_BYTES, self._offset)
        end = data.rfind(b"\n") + 1
        if not end:
            if len(data) == _CHUNK_BYTES:
                self._offset += len(data)  # no line is so long: this is no log
            return []
        lines = []
        for raw in data[: end - 1].split(b"\n"):
            place = RecordMark(self._file, self._offset)
            lines.append(PlacedLine(raw.decode("utf-8", "replace").rstrip("\r"), place))
            self._offset += len(raw) + 1
        return lines

    def _is_over(self) -> bool:
        """Whether the file that is open will not grow any more."""
        if self._opened != self._path:
            return True
        try:
            there, ours = self._path.stat(), os.fstat(self._descriptor)
        except FileNotFoundError:
            return False  # renamed a moment ago; the next one comes with the next call
        if (there.st_dev, there.st_ino) != (ours.st_dev, ours.st_ino):
            return there.st_size > 0
        return ours.st_size < self._offset or (
            ours.st_size > 0 and _identity_of(self._descriptor) != self._file
        )


def _identity(path: Path) -> str:
    """What a file is recognised by; empty when it has no whole line or cannot be opened."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return ""
    try:
        return _identity_of(descriptor)
    finally:
        os.close(descriptor)


def _identity_of(descriptor: int) -> str:
    first, newline, _ = os.pread(descriptor, _MAX_FIRST_LINE, 0).partition(b"\n")
    return hashlib.sha256(first).hexdigest()[:32] if newline or len(first) == _MAX_FIRST_LINE else ""
