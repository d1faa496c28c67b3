"""Raw files as the PBX writes them, and an archive on folders of its own."""

from __future__ import annotations

import io
import struct
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from tests.helpers.server_parts import MORNING
from wwphone.domain.calls import CallDirection, CallKind, Party
from wwphone.server.clock import Clock, utc_now
from wwphone.server.recording_api import BegunRecording, RecordingFiles
from wwphone.server.recording_settings import RecordingSettings
from wwphone.server.recordings.archive import Archive
from wwphone.server.recordings_api import RecordingsStore

RATE = 24_000
KEY = bytes(range(32))


def settings_in(folder: Path, **more: int) -> RecordingSettings:
    """Spool and archive below a folder."""
    (folder / "spool").mkdir(parents=True, exist_ok=True)
    return RecordingSettings(folder / "spool", folder / "archive", least_free_mb=0, **more)


def archive_in(
    folder: Path, store: RecordingsStore, clock: Clock = utc_now, key: bytes | None = KEY, **more: int
) -> Archive:
    """An archive that is not started."""
    return Archive(store, settings_in(folder, **more), clock, lambda: key, retry_s=0.05)


def samples(frequency: float, seconds: float, rate: int = RATE) -> bytes:
    """A tone at a quarter of full scale, in 16 bits."""
    places = np.arange(round(seconds * rate))
    return np.round(8_192 * np.sin(2 * np.pi * frequency * places / rate)).astype("<i2").tobytes()


def wave(data: bytes, said: int | None = None, rate: int = 16_000) -> bytes:
    """A WAV file; `said`: the length that stands in its header."""
    length = len(data) if said is None else said
    head = struct.pack(
        "<4sI4s4sIHHIIHH",
        b"RIFF",
        (36 + length) & 0xFFFFFFFF,
        b"WAVE",
        b"fmt ",
        16,
        1,
        1,
        rate,
        2 * rate,
        2,
        16,
    )
    return head + struct.pack("<4sI", b"data", length) + data


def write_raw(files: RecordingFiles, mine: bytes | None, others: bytes | None) -> None:
    """Both sides, as they lie in the spool; None: no file."""
    for file, data in ((files.mine, mine), (files.others, others)):
        if data is not None:
            file.write_bytes(data)


def begun(
    recording_id: str,
    files: RecordingFiles,
    user: str = "anna",
    started_at: datetime = MORNING,
    **more: object,
) -> BegunRecording:
    """A recording that runs."""
    values: dict[str, object] = {
        "recording_id": recording_id, "user": user, "leg_id": "leg-1", "call_id": "call-1",
        "direction": CallDirection.INCOMING, "kind": CallKind.DIRECT, "party": Party("+41442681204", "Müller AG"),
        "called": "201", "started_at": started_at, "files": files,
    }  # fmt: skip
    return BegunRecording(**{**values, **more})  # type: ignore[arg-type]


def later(seconds: float, than: datetime = MORNING) -> datetime:
    """So long after the beginning."""
    return than + timedelta(seconds=seconds)


def decoded(flac: bytes) -> tuple[NDArray[np.int16], int]:
    """Frames of both channels, and the rate."""
    frames, rate = soundfile.read(io.BytesIO(flac), dtype="int16", always_2d=True)
    return frames, rate
