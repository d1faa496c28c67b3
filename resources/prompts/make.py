"""Make what the PBX says in conferences, in the folders beside this file: `python resources/prompts/make.py`.

Asterisk's own sounds lack these sentences. They are spoken by espeak-ng (Debian's package of that name, GPL-3; what it speaks is
free of conditions), brought to 8 kHz and written as G.711 µ-law without a header, which every Asterisk plays. Needs numpy.
"""

from __future__ import annotations

import io
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np

RATE = 8_000
_VOICES = {"en": "en-us", "de": "de"}
_WORDS_A_MINUTE = "145"
_PROMPTS = {
    "enter": (
        "Please enter your pin, or the number of the conference. Then press the hash key.",
        "Bitte geben Sie Ihren PIN ein, oder die Nummer der Konferenz. Drücken Sie dann die Rautetaste.",
    ),
    "pin": (
        "Please enter your pin. Then press the hash key.",
        "Bitte geben Sie Ihren PIN ein. Drücken Sie dann die Rautetaste.",
    ),
    "wrong": ("That was not right.", "Das war nicht richtig."),
    "three-times": (
        "That was not right three times. Goodbye.",
        "Das war dreimal nicht richtig. Auf Wiederhören.",
    ),
    "early": (
        "This conference is not open yet. You can dial in from:",
        "Diese Konferenz ist noch nicht geöffnet. Sie können sich einwählen ab:",
    ),
    "late": (
        "The time of this conference is over. Goodbye.",
        "Die Zeit dieser Konferenz ist vorbei. Auf Wiederhören.",
    ),
    "full": (
        "This conference is full. Please try again later.",
        "Diese Konferenz ist voll. Bitte versuchen Sie es später noch einmal.",
    ),
    "locked": (
        "This conference is locked. Nobody can dial in at the moment.",
        "Diese Konferenz ist geschlossen. Im Moment kann sich niemand einwählen.",
    ),
    "invited": (
        "You are invited to a conference, by number:",
        "Sie werden in eine Konferenz eingeladen, von der Nummer:",
    ),
    "over": (
        "The conference is over for you. Goodbye.",
        "Die Konferenz ist für Sie beendet. Auf Wiederhören.",
    ),
}
_BIAS, _CLIP = 0x84, 32_635
"""G.711's µ-law: what is added before the segment is looked for, and the largest value."""


def spoken(text: str, voice: str) -> np.ndarray:
    """The text as samples of 8 kHz, as loud as may be."""
    command = ["espeak-ng", "--stdout", "-v", voice, "-s", _WORDS_A_MINUTE, text]
    done = subprocess.run(command, capture_output=True, check=True)
    with wave.open(io.BytesIO(done.stdout)) as sound:
        rate = sound.getframerate()
        data = sound.readframes(sound.getnframes())
    samples = np.frombuffer(data, "<i2").astype(float)
    return _loud(_resampled(samples, rate))


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
    heard = np.flatnonzero(np.abs(samples) > 100)
    cut = samples[heard[0] : heard[-1]]
    quiet = np.zeros(RATE // 10)
    return np.concatenate([quiet, cut * (0.7 * 32_767 / np.abs(cut).max()), quiet])


def mu_law(samples: np.ndarray) -> bytes:
    """ITU-T G.711."""
    values = np.clip(np.abs(samples).astype(int), 0, _CLIP) + _BIAS
    segment = np.floor(np.log2(values)).astype(int) - 7
    mantissa = (values >> (segment + 3)) & 0x0F
    sign = np.where(samples < 0, 0x80, 0)
    return bytes((~(sign | (segment << 4) | mantissa) & 0xFF).astype(np.uint8))


def main() -> int:
    """Make them all."""
    here = Path(__file__).parent
    for number, (language, voice) in enumerate(_VOICES.items()):
        folder = here / language
        folder.mkdir(exist_ok=True)
        for name, texts in _PROMPTS.items():
            (folder / f"{name}.ulaw").write_bytes(mu_law(spoken(texts[number], voice)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
