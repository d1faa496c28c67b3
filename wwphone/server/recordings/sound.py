"""Two raw files to one FLAC (RFC 9639) with the owner left and everybody else right, in pieces: an hour is never in memory."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile

from wwphone.domain.recording import WAVEFORM_STEPS, Waveform
from wwphone.server.recording_api import RecordingFiles
from wwphone.server.recordings.raw_files import RawFile, RawFileError, Samples, raw_file
from wwphone.server.recordings.vault import VaultWriter, file_hash
from wwphone.server.recordings_api import KeptSound

MEDIA_TYPE = "audio/flac"
_Sides = tuple[RawFile | None, RawFile | None]
_PIECE = 1024 * 1024
_BLOCK = 32 * 1024
"""Samples of each side at once."""
_STEPS_A_SECOND = 20
_QUIETEST_DB = 48.0
"""So far below the loudest sample that there is, a level is 0."""


class NothingRecordedError(Exception):
    """There is not one sample of either side."""


class StoppedError(Exception):
    """It was told to stop; the raw files are as they were."""


class Loudness:
    """The levels of one side, from the loudest sample of each step."""

    def __init__(self, frames: int, rate: int) -> None:
        steps = min(max(frames * _STEPS_A_SECOND // rate, 1), WAVEFORM_STEPS)
        self._begins = np.arange(steps, dtype=np.int64) * frames // steps
        self._peaks = np.zeros(steps, dtype=np.int64)

    def take(self, frame: int, samples: Samples) -> None:
        """Samples from a place on."""
        loud = np.abs(samples.astype(np.int32))
        steps = np.searchsorted(self._begins, [frame, frame + len(samples) - 1], side="right") - 1
        first, last = int(steps[0]), int(steps[1])
        cuts = np.maximum(self._begins[first : last + 1] - frame, 0)
        peaks = np.maximum.reduceat(loud, cuts)
        self._peaks[first : last + 1] = np.maximum(self._peaks[first : last + 1], peaks)

    @property
    def levels(self) -> tuple[int, ...]:
        """0 to 100, evenly in decibels: so one hears them."""
        below_db = 20 * np.log10(np.maximum(self._peaks, 1) / 32_768)
        levels = np.clip(100 * (1 + below_db / _QUIETEST_DB), 0, 100).round()
        return tuple(int(level) for level in levels)


def recorded_s(files: RecordingFiles) -> float:
    """How many seconds lie there so far, of the longer side. Raises RawFileError, OSError."""
    return max((side.frames / side.rate for side in _sides(files) if side is not None), default=0.0)


def put_away(
    files: RecordingFiles, target: Path, key: bytes, recording_id: str, stop: threading.Event
) -> KeptSound:
    """Make the encrypted FLAC at `target`, on the disk when this returns; the raw files stay.

    Raises NothingRecordedError, RawFileError, StoppedError, OSError.
    """
    sides = _sides(files)
    there = [side for side in sides if side is not None]
    if not there:
        raise NothingRecordedError(recording_id)
    rate, frames = there[0].rate, max(side.frames for side in there)
    loudness = (Loudness(frames, rate), Loudness(frames, rate))
    # A file without a name, where the raw ones lie: nothing else on a disk can ever be heard without the key.
    with tempfile.TemporaryFile(dir=files.mine.parent, buffering=0) as flac:
        _encode(sides, loudness, frames, flac.fileno(), stop)
        _compare(sides, frames, flac.fileno(), stop)
        flac.seek(0)
        with VaultWriter(target, key, recording_id) as vault:
            while piece := flac.read(_PIECE):
                vault.write(piece)
            vault.finish()
            size = vault.size
    waveform = Waveform(loudness[0].levels, loudness[1].levels)
    length_ms = round(1000 * frames / rate)
    return KeptSound(file_hash(target), target.stat().st_size, size, length_ms, waveform)


def _encode(
    sides: _Sides, loudness: tuple[Loudness, Loudness], frames: int, file: int, stop: threading.Event
) -> None:
    rate = next(side.rate for side in sides if side is not None)
    # A file's number, and no object: for that the library would need memory that can be written and executed, which the
    # server's unit forbids (systemd.exec(5), MemoryDenyWriteExecute).
    with (
        _library_errors(),
        soundfile.SoundFile(
            file, "w", samplerate=rate, channels=2, format="FLAC", subtype="PCM_16", closefd=False
        ) as flac,
    ):
        for frame in range(0, frames, _BLOCK):
            block = _block(sides, frame, min(_BLOCK, frames - frame), stop)
            for channel, levels in enumerate(loudness):
                levels.take(frame, block[:, channel])
            flac.write(block)


def _compare(sides: _Sides, frames: int, file: int, stop: threading.Event) -> None:
    """Read it back: the library does not tell when the disk is full at the very end, and the raw files go after this."""
    os.lseek(file, 0, os.SEEK_SET)
    with _library_errors(), soundfile.SoundFile(file, closefd=False) as flac:
        for frame in range(0, frames, _BLOCK):
            block = _block(sides, frame, min(_BLOCK, frames - frame), stop)
            if not np.array_equal(flac.read(len(block), dtype="int16"), block):
                raise OSError(errno.EIO, "what was written as FLAC is not what was recorded")


@contextlib.contextmanager
def _library_errors() -> Iterator[None]:
    """A failing disk in the words of the system."""
    try:
        yield
    except (soundfile.SoundFileError, AssertionError) as error:  # it asserts that all has been written
        raise OSError(errno.EIO, f"FLAC could not be written: {error}") from error


def _sides(files: RecordingFiles) -> _Sides:
    mine, others = raw_file(files.mine), raw_file(files.others)
    if mine is not None and others is not None and mine.rate != others.rate:
        raise RawFileError(f"{mine.path.name} and {others.path.name} have different rates")
    return mine, others


def _block(sides: _Sides, frame: int, count: int, stop: threading.Event) -> Samples:
    if stop.is_set():
        raise StoppedError
    block: Samples = np.zeros((count, 2), dtype=np.int16)
    for channel, side in enumerate(sides):
        if side is not None:
            block[:, channel] = side.read(frame, count)
    return block
