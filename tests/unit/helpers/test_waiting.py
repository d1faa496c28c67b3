from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from tests.helpers.waiting import SECONDS, wait_until, wait_until_async


class FakeProgress:
    """Becomes true at the n-th question, and counts the questions."""

    def __init__(self, true_at: int) -> None:
        self._values: Iterator[str] = iter([""] * (true_at - 1) + ["ready"])
        self.questions = 0

    def __call__(self) -> str:
        self.questions += 1
        return next(self._values)


def test_a_condition_that_holds_is_asked_once_and_its_value_returned() -> None:
    progress = FakeProgress(true_at=1)

    assert wait_until(progress, "the progress") == "ready"
    assert progress.questions == 1


def test_it_is_asked_until_it_holds() -> None:
    progress = FakeProgress(true_at=5)

    assert wait_until(progress, "the progress") == "ready"
    assert progress.questions == 5


def test_too_late_says_what_was_waited_for_and_the_last_value() -> None:
    started_s = time.monotonic()

    with pytest.raises(AssertionError, match=r"waited 0\.05 s for the second call; the last value was \[\]"):
        wait_until(list, "the second call", timeout_s=0.05)

    assert time.monotonic() - started_s >= 0.05


def test_an_error_of_the_condition_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        wait_until(lambda: 1 / 0, "nonsense")


async def test_the_event_loop_runs_while_waiting() -> None:
    done: list[str] = []
    task = asyncio.create_task(_append_later(done))

    assert await wait_until_async(lambda: done, "the other task") == ["done"]
    await task


async def test_too_late_says_so_in_a_coroutine_too() -> None:
    with pytest.raises(AssertionError, match=r"waited 0\.05 s for a miracle; the last value was None"):
        await wait_until_async(lambda: None, "a miracle", timeout_s=0.05)


@pytest.mark.parametrize("patience", ["1", "2.5"])
def test_one_setting_scales_every_limit(patience: str) -> None:
    program = "from tests.helpers.waiting import SECONDS; print(SECONDS)"

    told = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "WWPHONE_TEST_PATIENCE": patience},
        capture_output=True,
        text=True,
        check=True,
        timeout=20 * SECONDS,
    )

    assert float(told.stdout) == float(patience)


async def _append_later(done: list[str]) -> None:
    await asyncio.sleep(0.01)
    done.append("done")
