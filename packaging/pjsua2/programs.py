"""Running programs: what the person sees meanwhile, where their output goes, how all of them are ended."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

HEARTBEAT_S = 10.0
_POLL_S = 0.1
_LAST_LINES = 25

# What the person set for other builds must not change ours: the folder's key would not know of it.
_NOT_INHERITED = (
    "CC", "CXX", "CPP", "CFLAGS", "CXXFLAGS", "CPPFLAGS", "LDFLAGS", "LIBS", "CPATH", "C_INCLUDE_PATH",
    "CPLUS_INCLUDE_PATH", "LIBRARY_PATH", "MAKEFLAGS", "MFLAGS", "MAKELEVEL", "PYTHONPATH", "PYTHONHOME", "SWIG_LIB",
)  # fmt: skip


Command = Sequence[str | Path]


class BuildError(Exception):
    """The build cannot go on; the text says why, and what the person can do."""


def say(text: str) -> None:
    """Print a line for the person; standard output belongs to the path of the result alone."""
    sys.stderr.write(f"pjsua2: {text}\n")
    sys.stderr.flush()


@contextlib.contextmanager
def step(title: str) -> Iterator[None]:
    """Say what begins, and at its end how long it took."""
    started_s = time.monotonic()
    say(f"{title} …")
    yield
    say(f"{title}: {time.monotonic() - started_s:.1f} s")


def environment(changes: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of the programs we start: ours, without other builds' settings, in English."""
    kept = {name: value for name, value in os.environ.items() if name not in _NOT_INHERITED}
    return {**kept, "LC_ALL": "C", **(changes or {})}


class Programs:
    """Runs programs, from several threads if need be; their output goes to files in ``logs``."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._running: set[subprocess.Popen[bytes]] = set()
        self._guard = threading.Lock()
        self._stopped = False

    def run(
        self, command: Command, log: str, folder: Path | None = None,
        changes: Mapping[str, str] | None = None, progress: Callable[[bytes], str] | None = None,
    ) -> None:  # fmt: skip
        """Run a program and wait for its end; every ``HEARTBEAT_S`` a line says that it is alive.

        Args:
            command: The program and its arguments.
            log: Name of the file in ``logs`` its output is added to; it also names the step in messages.
            folder: Where to run it.
            changes: Environment variables to set.
            progress: Makes a few words out of the output so far.

        Raises:
            BuildError: It failed (with its last lines), cannot be started, or :meth:`stop` was called.
        """
        self._logs.mkdir(parents=True, exist_ok=True)
        file = self._logs / f"{log}.log"
        with file.open("ab") as output:
            output.write(f"$ {' '.join(map(str, command))}\n".encode())
            output.flush()
            process = self._start(command, folder, changes, output.fileno())
            try:
                self._wait(process, log, file, progress)
            finally:
                self._forget(process)
        if process.returncode != 0:
            reason = "was stopped" if self._stopped else f"ended with {process.returncode}"
            raise BuildError(f"{Path(command[0]).name} {reason}; the end of {file}:\n{last_lines(file)}")

    def read(self, command: Command, log: str, changes: Mapping[str, str] | None = None) -> str:
        """Run a short program and return its standard output. Raises BuildError when it fails."""
        try:
            done = subprocess.run(
                [str(word) for word in command], env=environment(changes), stdin=subprocess.DEVNULL,
                capture_output=True, text=True, errors="replace", check=False,
            )  # fmt: skip
        except OSError as error:
            raise BuildError(f"{command[0]} cannot be started: {error.strerror}") from error
        if done.returncode != 0:
            last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-_LAST_LINES:])
            raise BuildError(f"{log}: {Path(command[0]).name} ended with {done.returncode}:\n{last}")
        return done.stdout

    def stop(self) -> None:
        """End what runs and start nothing more; :meth:`run` raises BuildError in every thread."""
        with self._guard:
            self._stopped = True
            for process in self._running:
                _terminate(process)

    def _start(
        self,
        command: Command,
        folder: Path | None,
        changes: Mapping[str, str] | None,
        output: int,
    ) -> subprocess.Popen[bytes]:
        with self._guard:
            if self._stopped:
                raise BuildError(f"{Path(command[0]).name} was not started any more")
            try:
                process = subprocess.Popen(
                    [str(word) for word in command], cwd=folder, env=environment(changes),
                    stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, process_group=0,
                )  # fmt: skip
            except OSError as error:
                raise BuildError(f"{command[0]} cannot be started: {error.strerror}") from error
            self._running.add(process)
            return process

    def _forget(self, process: subprocess.Popen[bytes]) -> None:
        with self._guard:
            self._running.discard(process)
        if process.poll() is None:
            _terminate(process)
            process.wait()

    def _wait(
        self, process: subprocess.Popen[bytes], log: str, file: Path, progress: Callable[[bytes], str] | None
    ) -> None:
        started_s = shown_s = time.monotonic()
        while True:
            try:
                process.wait(_POLL_S)
            except subprocess.TimeoutExpired:
                now_s = time.monotonic()
                if now_s - shown_s >= HEARTBEAT_S:
                    shown_s = now_s
                    words = f", {progress(file.read_bytes())}" if progress else ""
                    say(f"  {log}: {now_s - started_s:.0f} s{words}")
            else:
                return


def _terminate(process: subprocess.Popen[bytes]) -> None:
    """End a program with all it started: a compiler's driver that is ended alone leaves the compiler behind."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)


def last_lines(file: Path) -> str:
    """Return the end of a log."""
    return "\n".join(file.read_text("utf-8", "replace").splitlines()[-_LAST_LINES:])


@contextlib.contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold a lock that the kernel drops when we die; waits for whoever builds in the same cache now."""
    import fcntl  # noqa: PLC0415 - not on Windows, where build.py has refused before

    with file.open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with step("Waiting for another build in the same cache"):
                fcntl.flock(stream, fcntl.LOCK_EX)
        yield
