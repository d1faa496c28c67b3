"""What the person in front of the door sees: each step, that it is alive, and how long it took."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Iterator

_FRAME_S = 0.2
_FIRST_LINE_S = 1.0
_HEARTBEAT_S = 20.0
_LINE_WIDTH = 120

_lock = threading.Lock()
_active: list[Step] = []


class StepFailedError(Exception):
    """A step could not be done; the text says why in words for the person who started it."""


class Step:
    """One thing being done. ``outcome`` is what is said at the end; the step may change it, to "up to date" say.

    On a terminal all steps of the moment share one line that is alive; elsewhere each gives a plain line now and then.
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
        with _lock:
            _active.append(self)
        self._ticker.start()

    def end(self) -> None:
        """Replace the live line by the outcome and the time it took."""
        self._ended.set()
        self._ticker.join()
        with _lock:
            _active.remove(self)
        say(f"{self._title}: {self.outcome} ({self._took_s():.1f} s)")

    def _took_s(self) -> float:
        return time.monotonic() - self._started_s

    def line(self) -> str:
        """What is being done and for how long."""
        return f"{self._title} … {self._took_s():.0f} s"

    def _tick(self) -> None:
        live = sys.stderr.isatty()
        pause_s = _FRAME_S if live else _FIRST_LINE_S
        while not self._ended.wait(pause_s):
            with _lock:
                if live:
                    others = [step.line() for step in _active if step is not self]
                    _write("\r\x1b[K" + " | ".join([*others, f"{self.line()}  {self._detail}"])[: _width()])
                else:
                    _write(f"{self.line()}  {self._detail}"[:_LINE_WIDTH] + "\n")
                    pause_s = _HEARTBEAT_S


def say(text: str) -> None:
    """Print one line for the person (standard error: standard output belongs to the program that was asked for)."""
    with _lock:
        _write(("\r\x1b[K" if sys.stderr.isatty() else "") + f"{text}\n")


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


def _width() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns - 1
    except OSError:
        return _LINE_WIDTH


def _write(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
