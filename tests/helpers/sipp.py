"""SIPp as the callee that refuses or never answers, and as a caller: exact SIP messages, no sound.

The scenarios lie in ``scenarios/``. Everything stays on 127.0.0.1, over UDP.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from tests.helpers.passwords import plain
from tests.helpers.ports import LOOPBACK, free_port, free_port_row, is_taken
from tests.helpers.processes import ChildProcess
from tests.helpers.waiting import SECONDS

_SCENARIOS = Path(__file__).parent / "scenarios"


_MEDIA_PORTS = 4
"""It takes the named one and two further on for a second stream, each with RTCP's beside it."""


class Refusal(StrEnum):
    """How a callee refuses, as the status line says it (RFC 3261, 21)."""

    BUSY = "486 Busy Here"
    DECLINED = "603 Decline"
    NOT_FOUND = "404 Not Found"
    UNAVAILABLE = "480 Temporarily Unavailable"


@dataclass(frozen=True)
class SippAccount:
    """Who SIPp is, for the registrar and for those it calls."""

    user: str
    password: str = field(default="", repr=False)


class Sipp:
    """A SIP user agent at one port that plays one scenario after the other."""

    def __init__(self, account: SippAccount, folder: Path, program: str | Path = "sipp") -> None:
        """Keep logs and credentials in ``folder``; ``program`` is SIPp 3.6 or later, by name or path."""
        self.account = account
        self.port = free_port()
        self._folder = folder
        self._program = str(program)
        self._runs = itertools.count(1)

    @property
    def uri(self) -> str:
        """Where to call it directly."""
        return f"sip:{self.account.user}@{LOOPBACK}:{self.port}"

    def register(self, registrar: str) -> None:
        """Register at "host:port" for five minutes. Raises AssertionError with SIPp's log when that fails."""
        run = self._run(_SCENARIOS / "register.xml", ["-m", "1", registrar])
        assert run.wait_for_end() == 0, (
            f"{self.account.user} is not registered\n{run.log_tail()}\n{self.messages()}"
        )

    def refuse(self, refusal: Refusal) -> ChildProcess:
        """Start to refuse every call, until stopped."""
        self._folder.mkdir(parents=True, exist_ok=True)
        scenario = self._folder / f"callee_refuses_{refusal.name}.xml"
        template = (_SCENARIOS / "callee_refuses.xml").read_text("utf-8")
        scenario.write_text(template.replace("@STATUS@", refusal.value), "utf-8")
        return self._callee(scenario)

    def never_answer(self) -> ChildProcess:
        """Start to ring at every call until its caller gives up, until stopped."""
        return self._callee(_SCENARIOS / "callee_never_answers.xml")

    def call(self, target: str, talk_s: float = 1 * SECONDS) -> ChildProcess:
        """Start to call "number@host:port" and to hang up after ``talk_s``; ends with 0 if all went so, else 1."""
        number, _, destination = target.partition("@")
        return self._run(
            _SCENARIOS / "caller.xml",
            ["-s", number, "-d", str(round(talk_s * 1_000)), "-m", "1", destination],
        )

    def messages(self) -> str:
        """Every SIP message sent and received so far, with times."""
        files = sorted(self._folder.glob("messages-*.log"), key=lambda file: file.stat().st_mtime)
        return "\n".join(file.read_text("utf-8", errors="replace") for file in files)

    def _callee(self, scenario: Path) -> ChildProcess:
        run = self._run(scenario, [])
        run.wait_until_ready(lambda: is_taken(self.port), f"its port {self.port}")
        return run

    def _run(self, scenario: Path, options: Sequence[str]) -> ChildProcess:
        self._folder.mkdir(parents=True, exist_ok=True)
        number = next(self._runs)
        credentials = self._folder / "credentials.csv"
        credentials.touch(mode=0o600)
        credentials.write_text(self._credentials(), "utf-8")
        command: list[str | Path] = [self._program, "-sf", scenario, "-inf", credentials]
        command += ["-i", LOOPBACK, "-p", str(self.port)]
        command += ["-mi", LOOPBACK, "-mp", str(free_port_row(_MEDIA_PORTS))]
        command += ["-ci", LOOPBACK, "-cp", str(free_port()), "-nostdin"]
        command += ["-trace_msg", "-message_file", self._folder / f"messages-{number}.log"]
        command += ["-trace_err", "-error_file", self._folder / f"errors-{number}.log"]
        return ChildProcess(
            f"sipp {scenario.stem} of {self.account.user}",
            [*command, *options],
            self._folder / f"sipp-{number}.log",
            environment={"TERM": "dumb"},
            folder=self._folder,
        ).start()

    def _credentials(self) -> str:
        """SIPp's injection file. The password is here, readable by us alone, and in no argument list."""
        user, password = self.account.user, plain(self.account.password)
        return f"SEQUENTIAL\n{user};[authentication username={user} password={password}]\n"
