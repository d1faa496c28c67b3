"""Our own phone without a window, as a child process: the real SIP engine, steered by JSON lines (`demo/agent.py`).

PJSIP can run only once in a process and may take it down: so tests never load it themselves.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from demo.agent import as_json
from tests.helpers.passwords import plain
from tests.helpers.waiting import SECONDS, wait_until
from wwphone.domain.account import SipAccount

_ROOT = Path(__file__).resolve().parents[2]
_END_LIMIT_S = 10 * SECONDS

Event = Mapping[str, Any]


class AgentPhone:
    """One phone. Commands return at once; what happens is waited for."""

    def __init__(
        self,
        name: str,
        folder: Path,
        environment: Mapping[str, str] | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        """`settings` are fields of EngineSettings; without any, the phone has no sound device but its clock."""
        self.name = name
        self.log_file = folder / f"agent-{name}.log"
        self._environment = dict(environment or {})
        self._settings = {
            "user_agent": f"wwphone test {name}",
            "bind_address": "127.0.0.1",
            "null_sound": True,
        }
        self._settings.update(settings or {})
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._events: list[Event] = []
        self._numbers = itertools.count(1)

    # -- life

    def start(self) -> Self:
        """Start the program and its engine."""
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-W", "error", "-m", "demo.agent"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={**os.environ, **self._environment},
                cwd=_ROOT,
                start_new_session=True,
            )
        assert self._process.stdout is not None
        self._reader = threading.Thread(
            target=self._read, args=(self._process.stdout,), name=f"reads {self.name}"
        )
        self._reader.start()
        self.send("start", settings=self._settings)
        self.wait_for("Started")
        return self

    def stop(self) -> int:
        """End it in an orderly way and return its exit code; 0 means that nothing went wrong."""
        process = self._process
        assert process is not None, f"{self.name} was never started"
        assert process.stdin is not None
        if process.poll() is None:
            try:
                self.send("quit")
                process.stdin.close()
            except BrokenPipeError:
                pass  # it has just ended by itself
        try:
            process.wait(_END_LIMIT_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.name} does not end\n{self.log_tail()}") from None
        self._join()
        return process.returncode

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(_END_LIMIT_S)
        self._join()

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    @property
    def pid(self) -> int:
        """The process id."""
        assert self._process is not None, f"{self.name} was never started"
        return self._process.pid

    def is_running(self) -> bool:
        """Whether the program lives."""
        return self._process is not None and self._process.poll() is None

    # -- what a person does with a phone

    def send(self, command: str, **fields: Any) -> None:
        """Send any command of `demo/agent.py`."""
        assert self._process is not None, f"{self.name} was never started"
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": command, **fields}) + "\n")
        self._process.stdin.flush()

    def register(self, account: SipAccount, timeout_s: float = 10 * SECONDS) -> Event:
        """Register and wait until it is done. Raises AssertionError with what came instead."""
        since = len(self._events)
        self.begin_registering(account)
        return self.wait_for(
            "RegistrationChanged", lambda event: event["state"] == "registered", timeout_s, since
        )

    def begin_registering(self, account: SipAccount) -> None:
        """Register without waiting."""
        self.send("register", account={**as_json(account), "password": plain(account.password)})

    def dial(self, address: str, headers: Mapping[str, str] | None = None) -> str:
        """Call somebody and return the call's id."""
        call_id = f"{self.name}-{next(self._numbers)}"
        self.send("dial", address=address, call_id=call_id, headers=dict(headers or {}))
        return call_id

    # -- what it tells

    @property
    def events(self) -> list[Event]:
        """Everything it told so far, oldest first."""
        return list(self._events)

    def calls(self) -> dict[str, Event]:
        """The latest snapshot of each call."""
        return {
            event["call"]["call_id"]: event["call"]
            for event in self.events
            if event["event"] == "CallChanged"
        }

    def call(self, call_id: str) -> Event:
        """The latest snapshot of one call; empty before its first."""
        return self.calls().get(call_id, {})

    def states(self, call_id: str) -> list[str]:
        """All states a call went through, in order, without repetitions."""
        states = [
            event["call"]["state"]
            for event in self.events
            if event["event"] == "CallChanged" and event["call"]["call_id"] == call_id
        ]
        return [state for state, _ in itertools.groupby(states)]

    def registration(self) -> Event:
        """The latest word on the registration; empty before the first."""
        words = [event for event in self.events if event["event"] == "RegistrationChanged"]
        return words[-1] if words else {}

    def wait_for(
        self,
        event: str,
        fits: Callable[[Event], bool] = bool,
        timeout_s: float = 10 * SECONDS,
        since: int = 0,
    ) -> Event:
        """Wait for the first event of this class, from number `since` on, that fits."""

        def found() -> Event | None:
            self._fail_if_ended(event)
            return next(
                (each for each in self._events[since:] if each["event"] == event and fits(each)), None
            )

        return self._patiently(found, event, timeout_s)

    def wait_for_state(self, call_id: str, state: str, timeout_s: float = 10 * SECONDS) -> Event:
        """Wait until a call is in this state, and return its snapshot."""

        def reached() -> Event | None:
            self._fail_if_ended(state)
            call = self.call(call_id)
            return call if call.get("state") == state else None

        return self._patiently(reached, f"{call_id} to be {state}", timeout_s)

    def wait_for_end(self, call_id: str, timeout_s: float = 10 * SECONDS) -> Event:
        """Wait until a call is over, and return how it ended."""
        end: Event = self.wait_for_state(call_id, "ended", timeout_s)["end"]
        return end

    def wait_for_incoming(self, timeout_s: float = 10 * SECONDS) -> Event:
        """Wait until it rings here, and return the call's snapshot; the phone says 180 itself only when told."""

        def ringing() -> Event | None:
            self._fail_if_ended("a call")
            return next((call for call in self.calls().values() if call["state"] == "incoming"), None)

        return self._patiently(ringing, "a call", timeout_s)

    def log_tail(self) -> str:
        """The last lines of its log."""
        lines = self.log_file.read_text("utf-8", errors="replace").splitlines()[-25:]
        return "\n".join([f"--- end of the log of {self.name} ---", *lines])

    # -- inside

    def _patiently(self, find: Callable[[], Event | None], what: str, timeout_s: float) -> Event:
        try:
            found = wait_until(find, f"{what} of {self.name}", timeout_s)
        except AssertionError as late:
            story = "\n".join(json.dumps(event) for event in self.events[-12:])
            raise AssertionError(f"{late}; it told last:\n{story}\n{self.log_tail()}") from None
        assert found is not None
        return found

    def _fail_if_ended(self, what: str) -> None:
        if not self.is_running():
            code = self._process.returncode if self._process is not None else None
            raise AssertionError(
                f"{self.name} ended with {code} instead of telling of {what}\n{self.log_tail()}"
            )

    def _read(self, output: IO[str]) -> None:
        for line in output:
            self._events.append(json.loads(line))

    def _join(self) -> None:
        if self._reader is not None:
            self._reader.join(_END_LIMIT_S)
        for pipe in (self._process.stdin, self._process.stdout) if self._process is not None else ():
            if pipe is not None and not pipe.closed:
                pipe.close()

    def __enter__(self) -> Self:
        return self if self.is_running() else self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        code = self.stop()
        assert error is not None or code == 0, f"{self.name} ended with {code}\n{self.log_tail()}"
