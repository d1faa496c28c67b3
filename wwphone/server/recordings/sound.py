"""Two raw files to one FLAC (RFC 9639) with the owner left and everybody else right, in pieces: an hour is never in memory."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import soundfile

from wwphone.domain.recording import WAVEFORM_STEPS, Waveform
from wwphone.server.recording_api import RecordingFiles
from wwphone.server.recordings.raw_files import RawFile, RawFileError, Samples, raw_file
from wwphone.server.recordings.vault import VaultWriter, file_hash
from wwphone.server.recordings_api import KeptSound

MEDIA_TYPE = "audio/flac"
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
    with VaultWriter(target, key, recording_id) as vault:
        try:
            with soundfile.SoundFile(
                vault, "w", samplerate=rate, channels=2, format="FLAC", subtype="PCM_16"
            ) as flac:
                for frame in range(0, frames, _BLOCK):
                    if stop.is_set():
                        raise StoppedError
                    if vault.failure is not None:
                        break
                    flac.write(_block(sides, loudness, frame, min(_BLOCK, frames - frame)))
        except soundfile.SoundFileError as error:
            if vault.failure is None:
                raise OSError(f"FLAC could not be written: {error}") from error
        vault.finish()
        size = vault.size
    waveform = Waveform(loudness[0].levels, loudness[1].levels)
    length_ms = round(1000 * frames / rate)
    return KeptSound(file_hash(target), target.stat().st_size, size, length_ms, waveform)


def _sides(files: RecordingFiles) -> tuple[RawFile | None, RawFile | None]:
    mine, others = raw_file(files.mine), raw_file(files.others)
    if mine is not None and others is not None and mine.rate != others.rate:
        raise RawFileError(f"{mine.path.name} and {others.path.name} have different rates")
    return mine, others


def _block(
    sides: tuple[RawFile | None, RawFile | None], loudness: tuple[Loudness, Loudness], frame: int, count: int
) -> Samples:
    block: Samples = np.zeros((count, 2), dtype=np.int16)
    for channel, side in enumerate(sides):
        if side is not None:
            block[:, channel] = samples = side.read(frame, count)
            loudness[channel].take(frame, samples)
    return block
