"""Whether there is something to hear in a recording."""

from __future__ import annotations

import array
import math
import sys
import wave
from pathlib import Path

WINDOW_S = 0.1
AUDIBLE_DBFS = -45.0


def audible_s(recording: Path) -> float:
    """Seconds of a WAV (16 bit) in which there is more than silence; 0.0 for none or an unreadable one."""
    try:
        with wave.open(str(recording), "rb") as source:
            if source.getsampwidth() != 2:
                return 0.0
            rate, channels = source.getframerate(), source.getnchannels()
            samples = array.array("h", source.readframes(source.getnframes()))
    except (OSError, EOFError, wave.Error):
        return 0.0
    if sys.byteorder == "big":
        samples.byteswap()
    size = max(1, int(rate * WINDOW_S) * channels)
    windows = (samples[start : start + size] for start in range(0, len(samples) - size + 1, size))
    return WINDOW_S * sum(1 for window in windows if level_dbfs(window) > AUDIBLE_DBFS)


def level_dbfs(samples: array.array[int]) -> float:
    """Level of 16-bit samples, 0 dBFS at full scale; minus infinity for silence."""
    if not samples:
        return -math.inf
    power = sum(sample * sample for sample in samples) / len(samples)
    return 10 * math.log10(power / 32768**2) if power else -math.inf
