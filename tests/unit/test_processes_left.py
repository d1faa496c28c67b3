"""Which children run: seen by /proc and by ps, and not those that have ended."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from tests import processes_left
from tests.helpers.waiting import SECONDS, wait_until
from tests.processes_left import Child

WAITS = [sys.executable, "-c", "input()"]


@pytest.mark.parametrize("look", [processes_left._from_proc, processes_left._from_ps])
def test_a_child_is_seen_until_it_ends(look: processes_left.Look) -> None:
    before = look()
    with subprocess.Popen(WAITS, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        (child,) = wait_until(lambda: look() - before, "the child to be listed")
        assert child.pid == process.pid
        wait_until(lambda: {c for c in look() if "input()" in c.command}, "its command line")
        assert look() - before == {child}
        process.kill()
        wait_until(
            lambda: child not in look(), "the ended child to be gone, though nobody asked for its code"
        )


def test_a_child_of_another_thread_is_seen() -> None:
    before = processes_left.running_children()
    started: list[subprocess.Popen[bytes]] = []
    may_end = threading.Event()

    def start() -> None:
        started.append(subprocess.Popen(WAITS, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL))
        may_end.wait(10 * SECONDS)

    thread = threading.Thread(target=start)
    thread.start()
    wait_until(lambda: processes_left.running_children() - before, "the child to be listed")
    may_end.set()
    thread.join()
    with started[0] as process:
        process.kill()


def test_a_later_process_with_the_same_number_is_another() -> None:
    assert Child(1, "10", "a") == Child(1, "10", "b")
    assert Child(1, "10", "a") != Child(1, "11", "a")
