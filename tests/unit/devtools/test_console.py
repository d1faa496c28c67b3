"""What the person in front of the door sees while something is done."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from devtools import console
from devtools.console import StepFailedError, run, step
from tests.helpers.waiting import wait_until


class FakeTerminal(io.StringIO):
    """A terminal that keeps everything written to it."""

    def isatty(self) -> bool:
        """Yes."""
        return True


def program(text: str) -> list[str | Path]:
    """A Python program as a command."""
    return [sys.executable, "-c", text]


def test_a_step_says_its_outcome_and_its_time(capsys: pytest.CaptureFixture[str]) -> None:
    with step("making tea") as shown:
        shown.outcome = "too hot"
    with step("drinking it"):
        pass

    assert capsys.readouterr().err == "making tea: too hot (0.0 s)\ndrinking it: done (0.0 s)\n"


def test_a_step_that_fails_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    for error in ValueError, KeyboardInterrupt:
        with pytest.raises(error), step("making tea"):
            raise error

    assert capsys.readouterr().err.splitlines() == [
        "making tea: failed (0.0 s)",
        "making tea: interrupted (0.0 s)",
    ]


def test_a_long_step_gives_plain_signs_of_life_where_there_is_no_terminal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = io.StringIO()
    monkeypatch.setattr(sys, "stderr", seen)
    monkeypatch.setattr(console, "_FIRST_LINE_S", 0.01)
    monkeypatch.setattr(console, "_HEARTBEAT_S", 0.01)

    with step("making tea") as shown:
        shown.detail("water\n")
        wait_until(lambda: seen.getvalue().count("\n") >= 2, "two signs of life")

    assert seen.getvalue().startswith("making tea … 0 s  water\nmaking tea … 0 s  water\n")
    assert "\r" not in seen.getvalue()


def test_a_terminal_shows_one_line_that_is_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = FakeTerminal()
    monkeypatch.setattr(sys, "stderr", seen)
    monkeypatch.setattr(console, "_FRAME_S", 0.01)

    with step("making tea") as shown:
        shown.detail("water " * 100)
        wait_until(lambda: seen.getvalue().count("\r") >= 3, "three frames")

    *frames, last = seen.getvalue().split("\r\x1b[K")
    assert all("\n" not in frame and len(frame) <= 120 for frame in frames)
    assert last == "making tea: done (0.0 s)\n"


def test_a_program_gives_its_output_and_shows_its_messages() -> None:
    with step("counting") as shown:
        text = "import sys\nfor n in range(30000): print(n); print('at', n, file=sys.stderr)"
        printed = run(shown, program(text))

        assert printed.splitlines() == [str(number) for number in range(30000)]
        assert shown._detail in ("29999", "at 29999")


def test_a_program_that_fails_is_told_with_the_end_of_its_output() -> None:
    text = "import sys\nfor n in range(100): print('line', n)\nsys.exit(7)"

    with step("failing") as shown, pytest.raises(StepFailedError) as failed:
        run(shown, program(text))

    told = str(failed.value)
    assert "ended with 7" in told
    assert "line 99" in told
    assert "line 59\n" not in told


def test_a_program_that_is_not_there() -> None:
    with step("failing") as shown, pytest.raises(StepFailedError, match="no-such-program is not installed"):
        run(shown, ["no-such-program"])


def test_environment_and_folder_reach_the_program(tmp_path: Path) -> None:
    text = "import os; print(os.environ['TEA'], os.getcwd())"

    with step("asking") as shown:
        printed = run(shown, program(text), {"TEA": "green"}, tmp_path)

    assert printed == f"green {tmp_path}\n"
