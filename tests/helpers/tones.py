"""Pure sound mathematics: making tones and measuring what is in a piece of sound. No input or output.

Samples are floats between -1 and 1, one channel. Levels are dBFS after AES17: a sine that just reaches full scale
has 0 dBFS.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Samples: TypeAlias = npt.NDArray[np.float64]

RATE_HZ = 48_000
"""The rate of everything we synthesise and record from the sound server."""
SILENCE_DBFS = -60.0
"""What is weaker than this nobody hears in a call: comfort noise and rounding lie below."""

_PCM16_FULL_SCALE = 32_768.0
_LEVEL_OF_NOTHING_DBFS = -200.0
_TONE_HALF_WIDTH_HZ = 15.0
_WINDOW_HALF_WIDTH_BINS = 2.0
_WHOLE_SHARE = 0.999
_WHOLE_PIECE_S = 0.05
_WHOLE_LEVEL_DB = 0.5


@dataclass(frozen=True)
class Recording:
    """Sound with its sample rate, and the questions tests ask about it."""

    samples: Samples
    rate_hz: int

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.samples) / self.rate_hz

    @property
    def level_dbfs(self) -> float:
        """See :func:`level_dbfs`."""
        return level_dbfs(self.samples)

    @property
    def dominant_frequency(self) -> float:
        """See :func:`dominant_frequency`."""
        return dominant_frequency(self.samples, self.rate_hz)

    @property
    def is_silent(self) -> bool:
        """See :func:`is_silent`."""
        return is_silent(self.samples)

    def tone_share(self, frequency_hz: float) -> float:
        """See :func:`tone_share`."""
        return tone_share(self.samples, self.rate_hz, frequency_hz)

    def is_whole_tone(self, frequency_hz: float) -> bool:
        """See :func:`is_whole_tone`."""
        return is_whole_tone(self.samples, self.rate_hz, frequency_hz)

    def first(self, seconds: float) -> Recording:
        """The beginning of it, at most so long."""
        return Recording(self.samples[: round(seconds * self.rate_hz)], self.rate_hz)

    def last(self, seconds: float) -> Recording:
        """The end of it, at most so long."""
        count = min(len(self.samples), round(seconds * self.rate_hz))
        return Recording(self.samples[len(self.samples) - count :], self.rate_hz)

    def __str__(self) -> str:
        return f"{self.seconds:.2f} s at {self.level_dbfs:.1f} dBFS, mostly {self.dominant_frequency:.1f} Hz"


NOTHING = Recording(np.zeros(0), RATE_HZ)
"""No sound at all yet: 0 seconds, silent."""


def sine(frequency_hz: float, seconds: float, rate_hz: int = RATE_HZ, peak_dbfs: float = -12.0) -> Samples:
    """Return a sine tone that starts at zero; its level, measured, is ``peak_dbfs``."""
    times_s = np.arange(round(seconds * rate_hz), dtype=np.float64) / rate_hz
    return 10 ** (peak_dbfs / 20) * np.sin(2 * np.pi * frequency_hz * times_s)


def level_dbfs(samples: Samples) -> float:
    """Return the mean level (RMS, a full sine is 0 dBFS); -200 for digital silence and for no sound at all."""
    if len(samples) == 0:
        return _LEVEL_OF_NOTHING_DBFS
    mean_power = float(np.mean(np.square(samples)))
    if mean_power <= 0.0:
        return _LEVEL_OF_NOTHING_DBFS
    return max(_LEVEL_OF_NOTHING_DBFS, 10 * float(np.log10(2 * mean_power)))


def is_silent(samples: Samples, threshold_dbfs: float = SILENCE_DBFS) -> bool:
    """Return whether the mean level is below the threshold."""
    return level_dbfs(samples) < threshold_dbfs


def dominant_frequency(samples: Samples, rate_hz: int) -> float:
    """Return the frequency with the most power, finer than the transform's steps; 0.0 for digital silence.

    The peak of a Hann window is nearly a parabola in decibels, so its top lies between the steps (Julius O. Smith,
    "Spectral Audio Signal Processing", quadratic interpolation of spectral peaks).
    """
    power = _power_spectrum(samples)
    if len(power) < 3 or float(power.max()) <= 0.0:
        return 0.0
    peak = int(np.argmax(power))
    offset = 0.0
    if 0 < peak < len(power) - 1:
        below, top, above = np.log(power[peak - 1 : peak + 2] + np.finfo(np.float64).tiny)
        curvature = float(below - 2 * top + above)
        offset = 0.0 if curvature == 0.0 else 0.5 * float(below - above) / curvature
    return (peak + offset) * rate_hz / len(samples)


def tone_share(samples: Samples, rate_hz: int, frequency_hz: float) -> float:
    """Return which part (0 to 1) of the power lies within 15 Hz of a frequency; 0.0 for digital silence.

    The constant part (0 Hz) counts as power of its own, so a click or an offset lowers the share. Of our client's
    ring-back tone (425 Hz) more than half lies within 15 Hz of 440.
    """
    power = _power_spectrum(samples)
    total = float(power.sum())
    if total <= 0.0:
        return 0.0
    step_hz = rate_hz / len(samples)
    half_width_hz = max(_TONE_HALF_WIDTH_HZ, _WINDOW_HALF_WIDTH_BINS * step_hz)
    frequencies_hz = np.arange(len(power)) * step_hz
    near = np.abs(frequencies_hz - frequency_hz) <= half_width_hz
    return float(power[near].sum()) / total


def is_whole_tone(samples: Samples, rate_hz: int, frequency_hz: float) -> bool:
    """Return whether it is this tone from beginning to end: only then can frequency and level be measured exactly.

    On a machine that is late with the sound a tone has gaps. One of a millisecond in the middle of half a second moves the
    peak of its spectrum by two hertz, since what follows has another phase, and its share is still 93 %. A longer one
    near an end does not count in a Hann window, but lowers the level.
    """
    if tone_share(samples, rate_hz, frequency_hz) < _WHOLE_SHARE:
        return False
    size = round(_WHOLE_PIECE_S * rate_hz)
    levels = [level_dbfs(samples[at : at + size]) for at in range(0, len(samples) - size + 1, size)]
    return bool(levels) and max(levels) - min(levels) < _WHOLE_LEVEL_DB


def to_pcm16(samples: Samples) -> bytes:
    """Return the samples as signed 16-bit little-endian; what is beyond full scale is clipped."""
    scaled = np.clip(np.round(samples * _PCM16_FULL_SCALE), -_PCM16_FULL_SCALE, _PCM16_FULL_SCALE - 1)
    return scaled.astype("<i2").tobytes()


def from_pcm16(data: bytes, channels: int = 1) -> Samples:
    """Return the mean of all channels of signed 16-bit little-endian sound; an unfinished last frame is dropped."""
    frame = 2 * channels
    whole = data[: len(data) // frame * frame]
    frames = np.frombuffer(whole, dtype="<i2").reshape(-1, channels).astype(np.float64)
    return np.asarray(frames.mean(axis=1) / _PCM16_FULL_SCALE, dtype=np.float64)


def wav(samples: Samples, rate_hz: int = RATE_HZ) -> bytes:
    """Return a mono 16-bit WAV file (RIFF, PCM)."""
    data = to_pcm16(samples)
    layout = struct.pack("<HHIIHH", 1, 1, rate_hz, 2 * rate_hz, 2, 16)
    return (
        struct.pack("<4sI4s", b"RIFF", 36 + len(data), b"WAVE")
        + struct.pack("<4sI", b"fmt ", len(layout))
        + layout
        + struct.pack("<4sI", b"data", len(data))
        + data
    )


def read_wav(data: bytes) -> Recording:
    """Return the sound of a 16-bit PCM WAV file, also of one that is still being written.

    A program writes the length into the header when it closes the file; until then everything after the head of
    the "data" chunk counts. Raises ValueError for anything but 16-bit PCM.
    """
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise ValueError("this is no WAV file")
    channels, rate_hz, position = 0, 0, 12
    while position + 8 <= len(data):
        name, length = struct.unpack_from("<4sI", data, position)
        position += 8
        if name == b"fmt ":
            kind, channels, rate_hz, _, _, bits = struct.unpack_from("<HHIIHH", data, position)
            if (kind, bits) != (1, 16):
                raise ValueError(f"only 16-bit PCM is understood, not format {kind} with {bits} bits")
        elif name == b"data":
            if channels == 0:
                raise ValueError("this WAV file has sound before its format")
            end = position + length if length else len(data)
            return Recording(from_pcm16(data[position:end], channels), rate_hz)
        position += length + length % 2
    raise ValueError("this WAV file has no sound in it")


def _power_spectrum(samples: Samples) -> Samples:
    if len(samples) == 0:
        return np.zeros(0)
    windowed = samples * np.hanning(len(samples))
    return np.asarray(np.square(np.abs(np.fft.rfft(windowed))), dtype=np.float64)
