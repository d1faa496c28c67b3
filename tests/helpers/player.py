"""The window's player as a program of its own, steered by lines on its input: `python -m tests.helpers.player`.

It plays a minute of WAV: on the left a tone that rises by 20 Hz each second from 400 Hz, on the right 3000 Hz. Each line is answered
by one with position, state and whether Qt Multimedia is loaded. `load PARTS` begins with so many parts of the sound, `feed`
brings the others, `seek MS`, `speed FACTOR`, `play`, `pause`, `unload`, `look`.
"""

from __future__ import annotations

import asyncio
import io
import os
import sys
import wave

import numpy as np
import qasync
from PySide6.QtWidgets import QApplication

from tests.helpers.waiting import wait_until_async
from wwphone.gui.player import Player
from wwphone.services.recording_sound import PART, ArrivingSound

SECONDS_LONG = 60
RATE_HZ = 16_000
RIGHT_HZ = 3_000


def left_hz(second: int) -> int:
    """The tone on the left in this second."""
    return 400 + 20 * second


def sound() -> bytes:
    """The whole file."""
    at = np.arange(SECONDS_LONG * RATE_HZ) / RATE_HZ
    left = np.sin(2 * np.pi * (400 + 20 * np.floor(at)) * at)
    right = np.sin(2 * np.pi * RIGHT_HZ * at)
    samples = np.stack([left, right], axis=1) * 0.3 * 32767
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(samples.astype("<i2").tobytes())
    return made.getvalue()


class _Program:
    def __init__(self) -> None:
        self._data = sound()
        self._player = Player()
        self._sound: ArrivingSound | None = None

    async def run(self) -> None:
        """Carry out line after line, until there are no more."""
        loop = asyncio.get_running_loop()
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            await self._carry_out(*line.split())
            loaded = "PySide6.QtMultimedia" in sys.modules
            print(self._player.position_ms, self._player.state.value, loaded, flush=True)
        self._player.unload()
        await wait_until_async(lambda: not self._player._former, "Qt to let go")

    async def _carry_out(self, word: str, value: str = "") -> None:
        match word:
            case "load":
                self._sound = ArrivingSound(len(self._data))
                self._bring(int(value))
                await self._player.load(self._sound)
            case "feed":
                self._bring(len(self._data))
            case "seek":
                self._player.seek(int(value))
            case "speed":
                self._player.set_speed(float(value))
            case "play":
                self._player.play()
            case "pause":
                self._player.pause()
            case "unload":
                self._player.unload()

    def _bring(self, parts: int) -> None:
        assert self._sound is not None
        for _ in range(parts):
            offset = self._sound.wanted()
            if offset is None:
                return
            self._sound.put(offset, self._data[offset : offset + PART])


def main() -> None:
    """Run until the input ends."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication([])
    with qasync.QEventLoop(application) as loop:
        loop.run_until_complete(_Program().run())


if __name__ == "__main__":
    main()
