"""What the person in front of the door sees: each step, that it is alive, and how long it took."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

_FRAME_S = 0.2
_FIRST_LINE_S = 1.0
_HEARTBEAT_S = 20.0
_LINE_WIDTH = 120
_TAIL_LINES = 40


class StepFailedError(Exception):
    """A step could not be done; the text says why in words for the person who started it."""


class Step:
    """One thing being done, with a line that is alive on a terminal and a plain line now and then elsewhere.

    ``outcome`` is what is said at the end; the step may change it, for example to "up to date".
    """

    def __init__(self, title: str) -> None:
        """Start the clock; ``title`` names what is being done."""
        self.outcome = "done"
        self._title = title
        self._started_s = time.monotonic()
        self._detail = ""
        self._ended = threading.Event()
        self._ticker = threading.Thread(target=self._tick, name=f"progress of {title}", daemon=True)

    def detail(self, text: str) -> None:
        """Say what is going on inside the step, for example the last line a program printed."""
        self._detail = text.strip()

    def start(self) -> None:
        """Show the line, as soon as it takes long enough to be worth one."""
        self._ticker.start()

    def end(self) -> None:
        """Replace the live line by the outcome and the time it took."""
        self._ended.set()
        self._ticker.join()
        say(f"{self._title}: {self.outcome} ({self._took_s():.1f} s)")

    def _took_s(self) -> float:
        return time.monotonic() - self._started_s

    def _tick(self) -> None:
        live = sys.stderr.isatty()
        pause_s = _FRAME_S if live else _FIRST_LINE_S
        while not self._ended.wait(pause_s):
            text = f"{self._title} … {self._took_s():.0f} s  {self._detail}"
            if live:
                _write(f"\r\x1b[K{text[: _terminal_width()]}")
            else:
                _write(f"{text[:_LINE_WIDTH]}\n")
                pause_s = _HEARTBEAT_S
        if live:
            _write("\r\x1b[K")


def say(text: str) -> None:
    """Print one line for the person (standard error: standard output belongs to the program that was asked for)."""
    _write(f"{text}\n")


@contextlib.contextmanager
def step(title: str) -> Iterator[Step]:
    """Show a step while it runs, and its outcome with its duration, or that it failed."""
    shown = Step(title)
    shown.start()
    try:
        yield shown
    except BaseException as error:
        shown.outcome = "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"
        raise
    finally:
        shown.end()


def run(
    shown: Step,
    command: Sequence[str | Path],
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> str:
    """Run a program inside a step and return its standard output.

    What it prints to standard error passes through the live line. Raises StepFailedError with the end of
    everything it printed when it ends with another code than 0 or is not installed.
    """
    words = [str(word) for word in command]
    output: list[str] = []
    everything: list[str] = []
    try:
        process = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            encoding="utf-8", errors="replace", env={**os.environ, **(environment or {})}, cwd=folder,
        )  # fmt: skip
    except FileNotFoundError:
        raise StepFailedError(f"{words[0]} is not installed") from None
    with process:
        assert process.stdout is not None
        assert process.stderr is not None
        errors = process.stderr
        reader = threading.Thread(
            target=_follow, args=(errors, shown, [everything]), name="stderr", daemon=True
        )
        reader.start()
        _follow(process.stdout, shown, [everything, output])
        reader.join()
    if process.returncode != 0:
        tail = "".join(everything[-_TAIL_LINES:])
        raise StepFailedError(f"{' '.join(words)} ended with {process.returncode}:\n{tail}")
    return "".join(output)


def _follow(stream: Iterator[str], shown: Step, kept: list[list[str]]) -> None:
    for line in stream:
        for lines in kept:
            lines.append(line)
        shown.detail(line)


def _terminal_width() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns - 1
    except OSError:
        return _LINE_WIDTH


def _write(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
