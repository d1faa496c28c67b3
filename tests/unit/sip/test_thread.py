"""The SIP thread's loop: order, timers, sleep and wake-up, without PJSIP: a plain socket stands in for its poll."""

from __future__ import annotations

import functools
import logging
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from tests.helpers.waiting import SECONDS, wait_until
from wwphone.sip.pjsua.thread import IDLE_WAIT_S, SipThread


class FakePjsip:
    """Polls one UDP socket as PJSIP polls its own, and counts how often it was asked to."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.waits_ms: list[int] = []
        self.busy = False

    def poll(self, wait_ms: int) -> None:
        self.waits_ms.append(wait_ms)
        if select.select([self.socket], [], [], wait_ms / 1000)[0]:
            self.socket.recv(100)

    def is_busy(self) -> bool:
        return self.busy


class Running:
    """A SIP thread that runs, and what it polls."""

    def __init__(self) -> None:
        self.pjsip = FakePjsip()
        self.sip = SipThread()
        self.ready = threading.Event()
        self.thread = threading.Thread(target=self._run, name="sip")
        self.thread.start()
        assert self.ready.wait(5 * SECONDS)

    def _run(self) -> None:
        self.sip.own(self.pjsip.poll, self.pjsip.is_busy)
        self.sip.wake_by(("127.0.0.1", self.pjsip.socket.getsockname()[1]))
        self.ready.set()
        self.sip.run()
        self.sip.close()

    def stop(self) -> None:
        self.sip.stop()
        self.thread.join(5 * SECONDS)
        assert not self.thread.is_alive()
        self.pjsip.socket.close()


@pytest.fixture
def running() -> Iterator[Running]:
    thread = Running()
    yield thread
    thread.stop()


def test_jobs_run_on_the_thread_in_the_order_they_were_posted(running: Running) -> None:
    seen: list[tuple[int, str]] = []

    def note(number: int) -> None:
        seen.append((number, threading.current_thread().name))

    for number in range(200):
        running.sip.post(functools.partial(note, number))
    wait_until(lambda: len(seen) == 200, "all jobs")
    assert seen == [(number, "sip") for number in range(200)]


@pytest.mark.alone
def test_a_job_ends_the_sleep_at_once(running: Running) -> None:
    wait_until(lambda: running.pjsip.waits_ms == [round(IDLE_WAIT_S * 1000)], "the long sleep")
    done = threading.Event()
    started_s = time.monotonic()
    running.sip.post(done.set)
    assert done.wait(5 * SECONDS)
    assert time.monotonic() - started_s < IDLE_WAIT_S / 4


def test_jobs_posted_by_jobs_run_before_the_next_sleep(running: Running) -> None:
    seen: list[str] = []

    def first() -> None:
        seen.append("first")
        running.sip.post(lambda: seen.append("second"))

    running.sip.post(first)
    wait_until(lambda: seen == ["first", "second"], "both jobs")


def test_timers_run_in_the_order_of_their_time_and_not_when_cancelled(running: Running) -> None:
    seen: list[str] = []

    def plan() -> None:
        running.sip.later(0.06, lambda: seen.append("later"))
        running.sip.later(0.02, lambda: seen.append("sooner"))
        running.sip.later(0.04, lambda: seen.append("never")).cancel()

    running.sip.post(plan)
    wait_until(lambda: len(seen) == 2, "two timers")
    assert seen == ["sooner", "later"]


def test_it_sleeps_long_while_idle_and_short_while_calls_run(running: Running) -> None:
    running.pjsip.busy = True
    running.sip.post(lambda: None)
    wait_until(lambda: running.pjsip.waits_ms[-1] == 50, "the short sleep")
    running.pjsip.busy = False
    running.sip.post(lambda: None)
    wait_until(lambda: running.pjsip.waits_ms[-1] == round(IDLE_WAIT_S * 1000), "the long sleep")


def test_a_timer_does_not_make_the_loop_turn_faster_and_faster(running: Running) -> None:
    fired = threading.Event()
    before = len(running.pjsip.waits_ms)

    def plan() -> None:
        running.sip.later(0.1, fired.set)

    running.sip.post(plan)
    assert fired.wait(5 * SECONDS)
    assert len(running.pjsip.waits_ms) - before <= 5


def test_run_until_ends_when_it_is_done_or_when_time_is_up(running: Running) -> None:
    results: list[bool] = []
    seen: list[int] = []

    def wait() -> None:
        running.sip.later(0.05, lambda: seen.append(1))
        results.append(running.sip.run_until(lambda: bool(seen), 5 * SECONDS))
        results.append(running.sip.run_until(lambda: len(seen) > 1, 0.05))

    running.sip.post(wait)
    wait_until(lambda: len(results) == 2, "both ends")
    assert results == [True, False]


def test_a_failing_job_is_logged_as_text_and_the_others_run(
    running: Running, expected_logs: Callable[..., list[logging.LogRecord]]
) -> None:
    records = expected_logs("ZeroDivisionError", logger="wwphone.sip")
    done = threading.Event()

    def fail() -> None:
        raise ZeroDivisionError

    running.sip.post(fail)
    running.sip.post(done.set)
    assert done.wait(5 * SECONDS)
    assert [record.exc_info for record in records] == [None]


def test_another_thread_is_told_off() -> None:
    sip = SipThread()
    with pytest.raises(AssertionError, match="PJSIP touched on"):
        sip.later(1, lambda: None)


def test_what_is_left_is_forgotten_on_the_thread_itself() -> None:
    freed_on: list[str] = []

    class Precious:
        def use(self) -> None:
            raise AssertionError("its time never comes")

        def __del__(self) -> None:
            freed_on.append(threading.current_thread().name)

    thread = Running()

    def keep() -> None:
        thread.sip.later(1000, Precious().use)

    thread.sip.post(keep)
    thread.stop()
    assert freed_on == ["sip"]
