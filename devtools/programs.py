"""Programs that steps run, several at a time where that saves time, and none left when we stop."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from pathlib import Path
from typing import NoReturn

from devtools.console import Step, StepFailedError

_TAIL_LINES = 40

_lock = threading.Lock()
_running: set[subprocess.Popen[str]] = set()
_stopping = threading.Event()


def run(
    shown: Step,
    command: Sequence[str | Path],
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> str:
    """Run a program inside a step and return its standard output.

    Every line it prints passes through the step's live line. Raises StepFailedError with the end of everything it
    printed when it ends with another code than 0, and when it is not installed.
    """
    words = [str(word) for word in command]
    output: list[str] = []
    everything: list[str] = []
    process = _start(words, environment, folder)
    try:
        assert process.stdout is not None
        assert process.stderr is not None
        reader = threading.Thread(target=_follow, args=(process.stderr, shown, everything), daemon=True)
        reader.start()
        _follow(process.stdout, shown, everything, output)
        reader.join()
        process.wait()
    except BaseException:
        process.terminate()
        raise
    finally:
        with process:  # waits, and closes the pipes
            pass
        with _lock:
            _running.discard(process)
    if process.returncode != 0:
        tail = "".join(everything[-_TAIL_LINES:])
        raise StepFailedError(f"{' '.join(words)} ended with {process.returncode}:\n{tail}")
    return "".join(output)


def together(*tasks: Callable[[], object]) -> None:
    """Do tasks at the same time. The first that fails stops the programs of the others, and its error is raised."""
    with ThreadPoolExecutor(len(tasks)) as pool:
        futures = [pool.submit(task) for task in tasks]
        try:
            done, _ = wait(futures, return_when=FIRST_EXCEPTION)
            for future in done:
                future.result()
        except BaseException:
            _stop()
            raise
    # Not reached after an error: dev.py ends then, and nothing new is started meanwhile.


def interrupt(*_: object) -> NoReturn:
    """Handle SIGTERM as Ctrl-C: everything we started ends before we do."""
    raise KeyboardInterrupt


def _start(
    words: Sequence[str], environment: Mapping[str, str] | None, folder: Path | None
) -> subprocess.Popen[str]:
    with _lock:
        if _stopping.is_set():
            raise StepFailedError("stopped")
        try:
            process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                encoding="utf-8", errors="replace", env={**os.environ, **(environment or {})}, cwd=folder,
            )  # fmt: skip
        except FileNotFoundError:
            raise StepFailedError(f"{words[0]} is not installed") from None
        _running.add(process)
        return process


def _stop() -> None:
    with _lock:
        _stopping.set()
        for process in _running:
            process.terminate()


def _follow(stream: Iterator[str], shown: Step, *kept: list[str]) -> None:
    for line in stream:
        for lines in kept:
            lines.append(line)
        shown.detail(line)
