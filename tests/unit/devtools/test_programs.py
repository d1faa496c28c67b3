"""Programs that steps run: their output, their failures, several at a time, none left over."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from devtools.console import StepFailedError, step
from devtools.places import ROOT
from devtools.programs import run, together
from tests.helpers.waiting import SECONDS


def program(text: str) -> list[str | Path]:
    """A Python program as a command."""
    return [sys.executable, "-c", text]


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


def test_tasks_wait_for_each_other() -> None:
    done: list[str] = []

    together(lambda: done.append("one"), lambda: done.append("two"))

    assert sorted(done) == ["one", "two"]


FAILING = """
import sys
from devtools.console import StepFailedError, step
from devtools.programs import run, together

def wait():
    with step("waiting") as shown:
        run(shown, [sys.executable, "-c", "import sys, time; time.sleep(600)"])

def next_one():
    try:
        wait()
    except StepFailedError:
        wait()

def fail():
    with step("failing"):
        raise StepFailedError("no tea")

together(next_one, wait, fail)
"""


def test_the_first_failure_stops_all_others() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FAILING],
        cwd=ROOT, capture_output=True, text=True, timeout=30 * SECONDS, check=False,
    )  # fmt: skip

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "devtools.console.StepFailedError: no tea"
    assert done.stderr.count("waiting: failed") == 3
