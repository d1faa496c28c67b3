"""Programs the tests start: with a log file, and never outliving the test run."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.helpers.waiting import SECONDS, wait_until

_TAIL_LINES = 25


class ChildProcess:
    """One program started by a test, with everything it prints in one log file.

    It leads a process group of its own, so that Ctrl-C in the terminal reaches the test run alone and ``stop``
    reaches what the program started itself. On Linux the kernel kills it when the *thread* that started it ends,
    even by SIGKILL: start it from a thread that lives as long as it should.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        log_file: Path,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        """Name the program for messages; nothing runs before :meth:`start`. ``environment`` is added to ours."""
        self.name = name
        self.log_file = log_file
        self._command = [str(word) for word in command]
        self._environment = dict(environment or {})
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        """Start the program. Raises FileNotFoundError when it is not installed."""
        if self.is_running():
            raise AssertionError(f"{self.name} runs already")
        if shutil.which(self._command[0]) is None:
            raise FileNotFoundError(f"{self.name}: no program {self._command[0]!r} on this machine")
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                [*_dies_with_its_parent(), *self._command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self._environment},
                cwd=self._folder,
                start_new_session=True,
            )
        return self

    @property
    def pid(self) -> int:
        """The process id; AssertionError before the first start."""
        assert self._process is not None, f"{self.name} was never started"
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """What the program ended with (negative: the signal that killed it); None while it runs."""
        return None if self._process is None else self._process.poll()

    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def log_text(self) -> str:
        """Everything the program has printed so far."""
        return self.log_file.read_text("utf-8", errors="replace") if self.log_file.exists() else ""

    def log_tail(self) -> str:
        """The last lines of the log, for failure messages."""
        lines = self.log_text().splitlines()[-_TAIL_LINES:]
        return "\n".join([f"--- end of the log of {self.name} ({self.log_file}) ---", *lines])

    def wait_until_ready(
        self, condition: Callable[[], object], what: str, timeout_s: float = 10 * SECONDS
    ) -> None:
        """Wait for a sign that the program works; fails with its log when it ends or stays silent."""
        try:
            wait_until(lambda: condition() or not self.is_running(), what, timeout_s)
        except AssertionError as late:
            raise AssertionError(f"{self.name}: {late}\n{self.log_tail()}") from None
        if not self.is_running():
            raise AssertionError(
                f"{self.name} ended with {self.exit_code} instead of {what}\n{self.log_tail()}"
            )

    def wait_for_end(self, timeout_s: float = 10 * SECONDS) -> int:
        """Wait until the program ends by itself and return its exit code; fails with its log when it does not."""
        assert self._process is not None, f"{self.name} was never started"
        try:
            return self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.name} still runs after {timeout_s:g} s\n{self.log_tail()}") from None

    def stop(self, timeout_s: float = 5 * SECONDS) -> int | None:
        """Ask the program and its children to end (SIGTERM), then kill what is left; return the exit code."""
        if self._process is None:
            return None
        self._signal_group(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout_s)
        self._signal_group(signal.SIGKILL)
        return self._process.wait(timeout_s)

    def kill(self) -> None:
        """End it as a crash would: SIGKILL, nothing is tidied up by the program."""
        if self._process is not None:
            self._signal_group(signal.SIGKILL)
            self._process.wait(5 * SECONDS)

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal to the program alone, not to its children (SIGSTOP freezes it, SIGCONT wakes it)."""
        os.kill(self.pid, number)

    def _signal_group(self, number: signal.Signals) -> None:
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):  # the whole group has ended already, as was wanted
            os.killpg(self._process.pid, number)

    def __enter__(self) -> Self:
        return self if self.is_running() else self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _dies_with_its_parent() -> list[str]:
    """Return the words before a command that make the kernel kill it when the test run is gone.

    ``setpriv`` (util-linux, on every Linux) calls prctl(PR_SET_PDEATHSIG) and then becomes the program, so no
    ``preexec_fn`` is needed, which may deadlock in a process with threads. Elsewhere only ``stop`` ends it.
    """
    if not sys.platform.startswith("linux"):
        return []
    setpriv = shutil.which("setpriv")
    assert setpriv is not None, "setpriv of util-linux is missing"
    return [setpriv, "--pdeathsig", "KILL"]
