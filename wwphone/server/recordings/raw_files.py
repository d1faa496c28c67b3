"""What the PBX has written of a recording: one channel of 16-bit samples, at whatever byte it stopped.

Asterisk completes the header of a WAV file when it closes it; after a kill the lengths in there are those of an empty file.
So what lies behind the header counts, whatever is said there, and half a sample at the end does not.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]

DEFAULT_RATE = 8_000
_HEAD_BYTES = 4096
_PCM = 1
_SLIN = re.compile(r"\.sln(\d*)")
_SLIN_RATES = {"": 8_000, "12": 12_000, "16": 16_000, "24": 24_000, "32": 32_000, "44": 44_100, "48": 48_000}
_SLIN_RATES |= {"96": 96_000, "192": 192_000}


class RawFileError(ValueError):
    """A file holds something else than samples of one channel; the text is for the log."""


@dataclass(frozen=True)
class RawFile:
    """Where its samples lie."""

    path: Path
    rate: int
    first: int
    """Byte of the first sample."""
    frames: int

    def read(self, frame: int, count: int) -> Samples:
        """Read samples from a place on; silence where there are none. Raises OSError."""
        samples: Samples = np.zeros(count, dtype="<i2")
        there = min(max(self.frames - frame, 0), count)
        if there:
            with self.path.open("rb") as file:
                file.seek(self.first + 2 * frame)
                found = np.frombuffer(file.read(2 * there), dtype="<i2", count=-1)
            samples[: len(found)] = found
        return samples


def raw_file(path: Path) -> RawFile | None:
    """Look what lies there; None: nothing, or not one sample. Raises RawFileError, OSError."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
            size = file.seek(0, 2)
    except FileNotFoundError:
        return None
    slin = _SLIN.fullmatch(path.suffix)
    if slin is not None:
        rate, first = _SLIN_RATES.get(slin[1]), 0
        if rate is None:
            raise RawFileError(f"{path.name} has an unknown rate")
    else:
        rate, first = _wave(head, path.name)
    frames = max(size - first, 0) // 2
    return RawFile(path, rate, first, frames) if frames else None


def _wave(head: bytes, name: str) -> tuple[int, int]:
    """Rate and first byte of a RIFF file's samples; whatever is too short for a header has none."""
    if len(head) < 12:
        return DEFAULT_RATE, len(head)
    if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        raise RawFileError(f"{name} is no WAV file")
    rate, place = DEFAULT_RATE, 12
    while place + 8 <= len(head):
        kind, length = head[place : place + 4], struct.unpack_from("<I", head, place + 4)[0]
        place += 8
        if kind == b"data":
            return rate, place
        if kind == b"fmt " and place + 16 <= len(head):
            form, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", head, place)
            if (form, channels, bits) != (_PCM, 1, 16) or not 1_000 <= rate <= 400_000:
                raise RawFileError(f"{name} does not hold 16-bit samples of one channel")
        place += length + length % 2
    return rate, max(place, len(head))
