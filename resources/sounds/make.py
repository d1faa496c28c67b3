"""Make the ringtones beside this file: `python resources/sounds/make.py`. Standard library only.

Each kind of call has its own two notes, so that the ear knows what rings: internal a fourth upwards, direct a bright
fifth, group a soft third. 16 kHz, 16 bit, mono; each ends with its pause, so that it loops.
"""

from __future__ import annotations

import math
import struct
import sys
import wave
from pathlib import Path

RATE = 16_000
_NOTE_S = 0.34
_TONES = {
    "ring_internal": ((523.25, 698.46), 2, 1.9),
    "ring_direct": ((659.26, 987.77), 2, 1.5),
    "ring_group": ((440.0, 523.25, 659.26), 1, 2.1),
}
_PARTIALS = ((1.0, 0.6), (2.0, 0.22), (3.01, 0.08))


def note(frequency_hz: float, seconds: float) -> list[float]:
    """One struck note: a few partials that fade, higher ones sooner."""
    samples = []
    for index in range(int(seconds * RATE)):
        at_s = index / RATE
        attack = min(1.0, at_s / 0.008)
        value = sum(
            share * math.exp(-at_s * 5.0 * ratio) * math.sin(2 * math.pi * frequency_hz * ratio * at_s)
            for ratio, share in _PARTIALS
        )
        samples.append(attack * value)
    return samples


def melody(notes: tuple[float, ...], repeats: int, pause_s: float) -> list[float]:
    """The notes one after the other, repeated, then the pause."""
    samples: list[float] = []
    for _ in range(repeats):
        for frequency_hz in notes:
            samples += note(frequency_hz, _NOTE_S)
    return samples + [0.0] * int(pause_s * RATE)


def write(path: Path, samples: list[float]) -> None:
    """Write samples of -1 to 1 as WAV."""
    with wave.open(str(path), "wb") as target:
        target.setparams((1, 2, RATE, len(samples), "NONE", ""))
        target.writeframes(
            b"".join(struct.pack("<h", int(max(-1.0, min(1.0, value)) * 30_000)) for value in samples)
        )


def main(folder: Path) -> None:
    """Make every sound in `folder`."""
    for name, (notes, repeats, pause_s) in _TONES.items():
        write(folder / f"{name}.wav", melody(notes, repeats, pause_s))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
