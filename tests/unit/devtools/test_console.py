"""What the person in front of the door sees while something is done."""

from __future__ import annotations

import io
import re
import sys

import pytest

from devtools import console
from devtools.console import step
from tests.helpers.waiting import wait_until


class FakeTerminal(io.StringIO):
    """A terminal that keeps everything written to it."""

    def isatty(self) -> bool:
        """Yes."""
        return True


def timeless(text: str) -> str:
    """The text with N for each number of seconds: how long it took is the machine's affair."""
    return re.sub(r"\d+(\.\d)? s", "N s", text)


def test_a_step_says_its_outcome_and_its_time(capsys: pytest.CaptureFixture[str]) -> None:
    with step("making tea") as shown:
        shown.outcome = "too hot"
    with step("drinking it"):
        pass

    assert timeless(capsys.readouterr().err) == "making tea: too hot (N s)\ndrinking it: done (N s)\n"


def test_a_step_that_fails_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    for error in ValueError, KeyboardInterrupt:
        with pytest.raises(error), step("making tea"):
            raise error

    assert timeless(capsys.readouterr().err).splitlines() == [
        "making tea: failed (N s)",
        "making tea: interrupted (N s)",
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
        # One may come before the step has told what it does.
        wait_until(lambda: seen.getvalue().count("  water\n") >= 2, "two signs of life")

    assert "making tea … N s  water\nmaking tea … N s  water\n" in timeless(seen.getvalue())
    assert "\r" not in seen.getvalue()


def test_a_terminal_shows_one_line_that_is_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = FakeTerminal()
    monkeypatch.setattr(sys, "stderr", seen)
    monkeypatch.setattr(console, "_FRAME_S", 0.01)

    with step("making tea") as shown:
        shown.detail("water " * 100)
        wait_until(lambda: seen.getvalue().count("\r") >= 3, "three frames")

    first, *frames, last = seen.getvalue().split("\r\x1b[K")
    assert first == ""
    assert all("\n" not in frame and len(frame) <= 120 for frame in frames)
    assert timeless(last) == "making tea: done (N s)\n"


def test_steps_of_the_same_moment_share_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = FakeTerminal()
    monkeypatch.setattr(sys, "stderr", seen)
    monkeypatch.setattr(console, "_FRAME_S", 0.01)

    with step("making tea"), step("baking") as baking:
        baking.detail("cake")
        wait_until(
            lambda: "making tea … N s | baking … N s  cake" in timeless(seen.getvalue()), "both in one line"
        )
