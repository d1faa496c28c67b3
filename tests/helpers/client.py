"""The real client as a child process, steered and read through its window (``tests/helpers/client_window.py``).

What a test learns is what a person would read; what it does, a person could do with mouse and keyboard.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from tests.helpers.company import HOST, ROOT, RealCompany
from tests.helpers.seen import CardSeen, Part, part_from
from tests.helpers.waiting import SECONDS, Value, wait_until

_ANSWER_LIMIT_S = 10 * SECONDS
_END_LIMIT_S = 10 * SECONDS
_TAIL_LINES = 30


@dataclass(frozen=True)
class Painted:
    """What was painted: when (monotonic clock of this machine), where, and what it said."""

    at_s: float
    name: str
    says: str


@dataclass(frozen=True)
class Seat:
    """Where a person sits."""

    user: str
    password: str = field(default="", repr=False)
    """The remembered CTI password; empty: the program asks."""
    host: str = HOST
    port: int = 0
    authority: str = ""
    pc: str = ""
    """The PC's name, as the server is told."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Sound and screen."""
    settings: Mapping[str, str | int | bool] = field(default_factory=dict)
    """Settings of the client, by key."""


def seat_in(company: RealCompany, user: str, **changes: Any) -> Seat:
    """The usual seat: everything remembered, so that the program signs in by itself. ``changes`` are a Seat's fields."""
    usual: dict[str, Any] = {
        "user": user,
        "password": company.member(user).cti_password,
        "port": company.cti_port,
        "authority": str(company.authority.ca_file),
        "pc": f"PC-{user}",
    }
    return Seat(**{**usual, **changes})


class Client:
    """One running client."""

    def __init__(self, seat: Seat, folder: Path) -> None:
        """Keep its settings and logs in ``folder``; nothing runs yet."""
        self.seat = seat
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._answers: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._numbers = itertools.count(1)
        self.started_s = 0.0
        """When its loop ran, on the monotonic clock."""

    # -- life

    def start(self) -> Self:
        """Start the program and wait until its window is there."""
        self._folder.mkdir(parents=True, exist_ok=True)
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PULSE_SERVER": "unix:/nonexistent"}
        environment["PYTHONFAULTHANDLER"] = "1"  # a crash tells where
        with self._log_file.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.helpers.client_window"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=environment | dict(self.seat.environment),
                cwd=ROOT,
                start_new_session=True,
            )
        assert self._process.stdout is not None
        self._answers = queue.Queue()
        self._reader = threading.Thread(
            target=self._read, args=(self._process.stdout,), name=f"reads {self.seat.user}"
        )
        self._reader.start()
        self._say(self._order())
        self.started_s = self._next_answer(0)["answer"]
        self.wait_for(self.windows, "its window")
        return self

    def stop(self) -> None:
        """End it in order; fails when it does not end well, or said something it should not have."""
        process = self._process
        if process is None:
            return
        with contextlib.suppress(BrokenPipeError, AssertionError):  # it has ended: its exit code tells why
            self.ask("quit")
        self._close_lines()
        try:
            process.wait(_END_LIMIT_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the client of {self.seat.user} does not end\n{self.log_tail()}") from None
        self._join()
        assert process.returncode == 0, (
            f"the client of {self.seat.user} ended with {process.returncode}\n{self.log_tail()}"
        )
        assert "Traceback" not in self.said_text() + self.log_text(), self.log_tail()

    def kill(self) -> None:
        """End it as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(_END_LIMIT_S)
            self._close_lines()
            self._join()

    @property
    def pid(self) -> int:
        """The process id."""
        assert self._process is not None, "never started"
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether the program lives."""
        return self._process is not None and self._process.poll() is None

    def said_text(self) -> str:
        """What it wrote to the terminal: nothing, if all is well."""
        return self._log_file.read_text("utf-8", errors="replace") if self._log_file.exists() else ""

    def log_text(self) -> str:
        """Its own log, everything included."""
        file = self._folder / "home" / "log" / "wwphone.log"
        return file.read_text("utf-8", errors="replace") if file.exists() else ""

    def log_tail(self) -> str:
        """The last lines of both, for failure messages."""
        lines = self.log_text().splitlines()[-_TAIL_LINES:]
        return "\n".join(
            [f"--- the client of {self.seat.user}", *lines, "--- its terminal", self.said_text()]
        )

    # -- what a person does, as soon as it is there and can be done

    def press(self, says: str, within: str = "") -> None:
        """Click the visible button of this text, in a part or window that says ``within``."""
        self._do("click", says=says, within=within)

    def press_key(self, keys: str) -> None:
        """Press a key, such as ``F9``, wherever the keyboard is in the main window."""
        self.ask("key", keys=keys)

    def choose(self, says: str, entry: str, within: str = "") -> None:
        """Choose an entry, by its beginning, of the menu behind the visible button of this text."""
        self._do("choose", says=says, within=within, entry=entry)

    def type_into(self, field_name: str, text: str, *, enter: bool = False) -> None:
        """Type into a field over what stands there."""
        self._do("type", into=field_name, text=text, enter=enter)

    def select(self, field_name: str, entry: str) -> None:
        """Select an entry of a list, by its beginning."""
        self._do("select", into=field_name, entry=entry)

    def dial(self, text: str) -> None:
        """Type into the one field, and press Enter."""
        self.type_into("dial_field", text, enter=True)

    def sign_in(self, password: str) -> None:
        """Wait for the sign-in dialog, fill it in and press its button."""
        self.wait_for(
            lambda: any(window.kind == "SignInDialog" for window in self.windows()), "the sign-in dialog"
        )
        self.type_into("server", f"{self.seat.host}:{self.seat.port}")
        self.type_into("user", self.seat.user)
        self.type_into("password", password)
        self.press("sign_in")

    # -- what a person sees

    def windows(self) -> list[Part]:
        """Everything that is on the screen."""
        return [part_from(found) for found in self.ask("see")]

    def window(self) -> Part:
        """The main window."""
        return self._window_with("dial_field", "the main window")

    def text_of(self, name: str) -> str:
        """What the part of this name says, in whichever window; empty when it is not to be seen."""
        found = [part for window in self.windows() if (part := window.find(name)) is not None]
        return found[0].says if found else ""

    def cards(self) -> list[CardSeen]:
        """The call cards, oldest first."""
        area = self.window().find("cards")
        return [CardSeen(part) for part in area.parts if part.kind == "CallCard"] if area else []

    def card(self, who: str) -> CardSeen | None:
        """The newest card whose heading begins with a name."""
        return next((card for card in reversed(self.cards()) if card.heading.startswith(who)), None)

    def heading(self, who: str) -> str:
        """What the card of somebody says; empty without one."""
        card = self.card(who)
        return card.heading if card else ""

    def popups(self) -> list[Part]:
        """The pop-ups of calls that ring."""
        return [window for window in self.windows() if window.kind == "IncomingPopup"]

    def banners(self) -> list[str]:
        """What the banners say."""
        area = self.window().find("banners")
        if area is None:
            return []
        return [part.says for part in area.walk() if part.role.startswith("banner") and part.says]

    def rows(self) -> list[str]:
        """The colleagues' list, headings included."""
        return [row for part in self.window().walk() for row in part.rows]

    def row(self, nickname: str) -> str:
        """What the list says of one colleague; empty when it is not in it."""
        return next((row for row in self.rows() if row.startswith(f"{nickname}, ")), "")

    def ringing(self) -> list[Part]:
        """The lines of "Ringing now", longest first."""
        return [part for part in self.window().walk() if part.kind == "RingingRow"]

    def connection(self) -> str:
        """The sentences on voice, line and PBX behind the header's connection symbol."""
        button = self.window().find("connection_button")
        return button.hint if button else ""

    def painted(self, since: int = 0) -> list[Painted]:
        """Everything that was painted so far, oldest first."""
        return [Painted(*note) for note in self.ask("painted", since=since)]

    def picture(self, path: Path) -> None:
        """Store the main window as PNG."""
        self.ask("picture", path=str(path))

    # -- waiting

    def wait_for(
        self, condition: Callable[[], Value | None], what: str, timeout_s: float = 10 * SECONDS
    ) -> Value:
        """Wait for something to be seen; tells what is to be seen instead when it does not come."""
        try:
            return wait_until(condition, f"{what} at {self.seat.user}'s", timeout_s)
        except AssertionError as late:
            seen = [text for window in self.windows() for text in window.texts()] if self.is_running else []
            raise AssertionError(f"{late}\nto be seen: {seen}\n{self.log_tail()}") from None

    def wait_for_heading(self, who: str, *words: str, timeout_s: float = 10 * SECONDS) -> CardSeen:
        """Wait until the card of somebody says all these words, and return it."""
        what = f"{' and '.join(words)!r} on the card of {who}"
        return self._wait_for_card(
            who, lambda card: all(word in card.heading for word in words), what, timeout_s
        )

    def wait_until_talking(self, who: str, timeout_s: float = 10 * SECONDS) -> CardSeen:
        """Wait until a call with somebody runs, and return its card."""
        return self._wait_for_card(who, lambda card: card.is_talking, f"a running call with {who}", timeout_s)

    def wait_until_held(self, who: str, timeout_s: float = 10 * SECONDS) -> CardSeen:
        """Wait until we hold somebody, and return the card."""
        return self._wait_for_card(who, lambda card: card.is_held, f"{who} on hold", timeout_s)

    def wait_for_popup(self, *words: str, timeout_s: float = 10 * SECONDS) -> Part:
        """Wait until a pop-up says all these words, and return it."""

        def fits() -> Part | None:
            popups = [popup for popup in self.popups() if set(words) <= set(popup.texts())]
            return popups[0] if popups else None

        return self.wait_for(fits, f"a pop-up with {words}", timeout_s)

    def wait_for_banner(self, words: str, timeout_s: float = 10 * SECONDS) -> str:
        """Wait until a banner says these words, and return all it says."""
        return self.wait_for(
            lambda: next((text for text in self.banners() if words in text), None),
            f"a banner with {words!r}",
            timeout_s,
        )

    def wait_until_reachable(self, timeout_s: float = 20 * SECONDS) -> Self:
        """Wait until the person is signed in and registered: then the header shows the bare number."""
        self.wait_for(lambda: self.text_of("own_line").isdigit(), "the bare number", timeout_s)
        return self

    # -- inside

    def ask(self, command: str, **fields: Any) -> Any:
        """Send a command and return its answer. Raises AssertionError with the reason when it cannot be done."""
        answer = self._answer_to(command, fields)
        assert "failure" not in answer, f"{self.seat.user}: {answer['failure']}\n{self.log_tail()}"
        return answer["answer"]

    def _do(self, command: str, **fields: Any) -> None:
        """What the window does not let a person do yet is waited for: a button may come, or be grey for a moment."""
        failure = ""

        def done() -> bool:
            nonlocal failure
            failure = self._answer_to(command, fields).get("failure", "")
            return not failure

        try:
            self.wait_for(done, "what is to be done")
        except AssertionError as late:
            raise AssertionError(f"{failure}: {late}") from None

    def _answer_to(self, command: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        number = next(self._numbers)
        self._say({"id": number, "do": command, **fields})
        return self._next_answer(number)

    def _next_answer(self, number: int) -> dict[str, Any]:
        try:
            answer = self._answers.get(timeout=_ANSWER_LIMIT_S)
        except queue.Empty:
            raise AssertionError(
                f"the client of {self.seat.user} does not answer\n{self.log_tail()}"
            ) from None
        assert answer is not None, f"the client of {self.seat.user} ended\n{self.log_tail()}"
        assert answer["id"] == number, f"answer {answer['id']} instead of {number}"
        return answer

    def _wait_for_card(
        self, who: str, fits: Callable[[CardSeen], bool], what: str, timeout_s: float
    ) -> CardSeen:
        def found() -> CardSeen | None:
            card = self.card(who)
            return card if card is not None and fits(card) else None

        return self.wait_for(found, what, timeout_s)

    def _window_with(self, name: str, what: str) -> Part:
        found = next((window for window in self.windows() if window.find(name) is not None), None)
        assert found is not None, f"{what} of {self.seat.user} is not to be seen\n{self.log_tail()}"
        return found

    def _say(self, line: Mapping[str, Any]) -> None:
        assert self._process is not None, "never started"
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(line) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            ended = f"ended with {self._process.wait(_END_LIMIT_S)}"
            raise AssertionError(f"the client of {self.seat.user} {ended}\n{self.log_tail()}") from None

    def _order(self) -> dict[str, Any]:
        seat = self.seat
        return {
            "home": str(self._folder / "home"),
            "host": seat.host,
            "port": seat.port,
            "authority": seat.authority,
            "user": seat.user,
            "password": seat.password,
            "pc": seat.pc or f"PC-{seat.user}",
            "settings": dict(seat.settings),
        }

    def _read(self, output: IO[str]) -> None:
        for line in output:
            self._answers.put(json.loads(line))
        self._answers.put(None)

    def _join(self) -> None:
        if self._reader is not None:
            self._reader.join(_END_LIMIT_S)
        if self._process is not None and self._process.stdout is not None:
            self._process.stdout.close()

    def _close_lines(self) -> None:
        assert self._process is not None
        if self._process.stdin is not None and not self._process.stdin.closed:
            with contextlib.suppress(BrokenPipeError):  # nobody reads what was still on its way
                self._process.stdin.close()

    @property
    def _log_file(self) -> Path:
        return self._folder / "terminal.log"

    def __enter__(self) -> Self:
        return self if self.is_running else self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
