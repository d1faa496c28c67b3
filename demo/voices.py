"""What the colleagues say: sentences spoken by espeak-ng into WAV files, made once."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

from demo.errors import DemoError

_RATE_WORDS_PER_MINUTE = 150
_MAKE_TIMEOUT_S = 30.0


class Voices:
    """Makes and keeps the spoken sentences. Blocks for some tenths of a second a new sentence."""

    def __init__(self, folder: Path, language: str) -> None:
        """`language` is an espeak-ng voice, such as `de` or `en-gb`. Raises DemoError without espeak-ng."""
        program = shutil.which("espeak-ng")
        if program is None:
            raise DemoError("espeak-ng, which gives the colleagues their voices, is not installed")
        self._program = program
        self._folder = folder
        self._language = language
        folder.mkdir(parents=True, exist_ok=True)

    def say(self, text: str, person: int) -> Path:
        """Return a WAV (22.05 kHz, 16 bit, mono) of `text`; `person` chooses pitch and timbre."""
        variant = f"{self._language}+{'f' if person % 2 else 'm'}{1 + person % 4}"
        key = hashlib.sha256(f"{variant}|{text}".encode()).hexdigest()[:16]
        target = self._folder / f"{key}.wav"
        if not target.exists():
            fresh = target.with_suffix(".new")
            subprocess.run(
                [
                    self._program,
                    "-v",
                    variant,
                    "-s",
                    str(_RATE_WORDS_PER_MINUTE),
                    "-p",
                    str(35 + 7 * (person % 6)),
                    "-w",
                    str(fresh),
                    "--",
                    text,
                ],
                check=True,
                capture_output=True,
                timeout=_MAKE_TIMEOUT_S,
            )
            fresh.replace(target)
        return target
