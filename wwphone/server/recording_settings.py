"""Where recordings are written and kept, for how long, and what people in a recorded call hear of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

DEFAULT_SPOOL = Path("/var/spool/asterisk/wwphone-recordings")
DEFAULT_FOLDER = Path("/var/lib/wwphone-server/recordings")
RAW_RATE = 24_000
RAW_SUFFIXES = {8_000: ".sln", 16_000: ".sln16", RAW_RATE: ".sln24"}
"""What Asterisk is to write, by samples a second: 16-bit samples without a header, which so cannot stay unfinished.

It writes 32 KiB at a time, so a kill takes at most 0.68 s of them with it at 24,000 a second, 1.02 s at 16,000, 2.05 s at
8,000; the slower ones are for the tone alone, see `RecordingPbx.recording_rate`.
"""


@dataclass(frozen=True)
class RecordingSettings:
    """The table `[recording]` of the settings file, read and checked."""

    spool: Path = DEFAULT_SPOOL
    """Asterisk writes here while a recording runs, and the server reads: the same folder for both."""
    folder: Path = DEFAULT_FOLDER
    """The archive."""
    keep_days: int = 0
    """0: for ever."""
    undo_days: int = 30
    """So long what was deleted can be taken back."""
    tone_every_s: int = 0
    """Seconds from one tone to the next; 0: no tone."""
    least_free_mb: int = 500
    """With less on either disk nothing is recorded (MiB)."""
