"""Words as sounds that Asterisk plays: spoken by espeak-ng, brought to 8 kHz and written as G.711 µ-law without a header.

espeak-ng is Debian's package of that name (GPL-3; what it speaks is free of conditions). What it is to say goes to its standard input,
so nothing of it can be taken for an option.
"""

from __future__ import annotations

import io
import wave
from collections.abc import Mapping

import numpy as np

RATE = 8_000
"""Samples a second, a byte each."""
SUFFIX = ".ulaw"
VOICES: Mapping[str, str] = {"en": "en-us", "de": "de"}
"""espeak-ng's voice for each language that we have prompts in."""
WORDS_A_MINUTE = 145
_BIAS, _CLIP = 0x84, 32_635
"""G.711's µ-law: what is added before the segment is looked for, and the largest value."""
_HEARD = 100
"""What is louder than that is speech."""


def arguments(voice: str) -> list[str]:
    """Of espeak-ng, to speak what comes by standard input to standard output, as WAV."""
    return ["--stdin", "--stdout", "-v", voice, "-s", str(WORDS_A_MINUTE)]


def from_wav(data: bytes) -> bytes:
    """What espeak-ng spoke, as loud as may be. Raises ValueError when it is no sound, or silence."""
    try:
        with wave.open(io.BytesIO(data)) as sound:
            rate = sound.getframerate()
            spoken = sound.readframes(sound.getnframes())
    except (wave.Error, EOFError) as error:
        raise ValueError(f"no sound: {error}") from error
    samples = np.frombuffer(spoken[: len(spoken) // 2 * 2], "<i2").astype(float)
    if samples.size == 0 or np.abs(samples).max() <= _HEARD:
        raise ValueError("silence")
    return mu_law(_loud(_resampled(samples, rate)))


def mu_law(samples: np.ndarray) -> bytes:
    """ITU-T G.711."""
    values = np.clip(np.abs(samples).astype(int), 0, _CLIP) + _BIAS
    segment = np.floor(np.log2(values)).astype(int) - 7
    mantissa = (values >> (segment + 3)) & 0x0F
    sign = np.where(samples < 0, 0x80, 0)
    return bytes((~(sign | (segment << 4) | mantissa) & 0xFF).astype(np.uint8))


def _resampled(samples: np.ndarray, rate: int) -> np.ndarray:
    """Cut off what 8 kHz cannot hold by a windowed sinc, then read between the samples."""
    taps = np.arange(-64, 65)
    cutoff = 0.45 * RATE / rate
    low_pass = 2 * cutoff * np.sinc(2 * cutoff * taps) * np.hamming(taps.size)
    smooth = np.convolve(samples, low_pass, "same")
    at = np.arange(0, smooth.size, rate / RATE)
    resampled: np.ndarray = np.interp(at, np.arange(smooth.size), smooth)
    return resampled


def _loud(samples: np.ndarray) -> np.ndarray:
    heard = np.flatnonzero(np.abs(samples) > _HEARD)
    if heard.size < 2:
        raise ValueError("silence")
    cut = samples[heard[0] : heard[-1]]
    quiet = np.zeros(RATE // 10)
    return np.concatenate([quiet, cut * (0.7 * 32_767 / np.abs(cut).max()), quiet])
