"""The SIP thread: runs commands and timers, lets PJSIP work, and sleeps as long as nothing happens.

PJSIP polls its sockets inside `libHandleEvents`, which blocks for as long as we say. A command from another thread
ends that sleep by a datagram to a socket that PJSIP polls too: a UDP transport on the loopback address. So an idle
phone wakes up about once in two seconds, and a command still starts within a fraction of a millisecond.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import socket
import threading
import time
from collections import deque
from collections.abc import Callable

from wwphone.sip.pjsua.failures import log_failure

_LOG = logging.getLogger(__name__)

IDLE_WAIT_S = 2.0
"""The longest sleep while nothing runs."""
BUSY_WAIT_S = 0.05
"""The longest sleep while calls run: what PJSIP hands over from its sound threads waits for our turn."""

Job = Callable[[], None]


class Timer:
    """A job that runs later, once; hold on to it to cancel it."""

    __slots__ = ("due_s", "job")

    def __init__(self, due_s: float, job: Job) -> None:
        self.due_s = due_s
        self.job: Job | None = job

    def cancel(self) -> None:
        """Let it not run; harmless when it ran already."""
        self.job = None


class SipThread:
    """Everything of PJSIP happens on this thread, one thing after the other."""

    def __init__(self) -> None:
        self._poll: Callable[[int], None] = _wait
        self._is_busy: Callable[[], bool] = bool
        self._jobs: deque[Job] = deque()
        self._timers: list[tuple[float, int, Timer]] = []
        self._numbers = itertools.count()
        self._stopping = False
        self._owner = 0
        self._bell: socket.socket | None = None

    # ------------------------------------------------------------ from any thread

    def post(self, job: Job) -> None:
        """Run a job on the SIP thread as soon as possible; jobs keep their order."""
        self._jobs.append(job)
        bell = self._bell
        if bell is not None and threading.get_ident() != self._owner:
            try:
                bell.send(b"\r\n")
            except OSError as refused:  # the thread still finds the job when its sleep ends
                _LOG.warning("the SIP thread could not be woken: %s", refused)

    def stop(self) -> None:
        """End the loop after the jobs posted so far."""
        self.post(self._stop)

    # ------------------------------------------------------------ on the SIP thread

    def assert_here(self) -> None:
        """Raise AssertionError on any other thread: PJSIP's objects belong to this one."""
        if threading.get_ident() != self._owner:
            raise AssertionError(f"PJSIP touched on {threading.current_thread().name}")

    def own(self, poll: Callable[[int], None], is_busy: Callable[[], bool]) -> None:
        """Make the calling thread the SIP thread.

        `poll(ms)` lets PJSIP work for at most so long; `is_busy()` tells that calls run.
        """
        self._owner = threading.get_ident()
        self._poll = poll
        self._is_busy = is_busy

    def wake_by(self, address: tuple[str, int]) -> None:
        """Use the UDP socket at `address`, which PJSIP polls, to be woken."""
        self.assert_here()
        bell = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        bell.setblocking(False)
        bell.connect(address)
        self._bell = bell

    def later(self, delay_s: float, job: Job) -> Timer:
        """Run a job on this thread after a delay."""
        self.assert_here()
        timer = Timer(time.monotonic() + delay_s, job)
        heapq.heappush(self._timers, (timer.due_s, next(self._numbers), timer))
        return timer

    def run(self) -> None:
        """Loop until :meth:`stop`."""
        self.assert_here()
        while not self._stopping:
            self.run_once()

    def close(self) -> None:
        """Forget all that is left, here: a timer may hold the last reference to an object of PJSIP."""
        self.assert_here()
        self._jobs.clear()
        self._timers.clear()
        self._poll, self._is_busy = _wait, bool
        if self._bell is not None:
            self._bell.close()
            self._bell = None

    def run_once(self, longest_s: float = IDLE_WAIT_S) -> None:
        """Run what is due, then let PJSIP work until something happens."""
        self._run_jobs()
        self._run_timers()
        if not self._stopping:
            self._poll(round(1000 * self._wait_s(longest_s)))

    def run_until(self, done: Callable[[], bool], limit_s: float) -> bool:
        """Loop until `done()`, at most `limit_s`; whether it was done."""
        end_s = time.monotonic() + limit_s
        while not done():
            left_s = end_s - time.monotonic()
            if left_s <= 0:
                return False
            self.run_once(min(BUSY_WAIT_S, left_s))
        return True

    def _stop(self) -> None:
        self._stopping = True

    def _wait_s(self, longest_s: float) -> float:
        if self._jobs:
            return 0.0
        wait_s = min(longest_s, BUSY_WAIT_S if self._is_busy() else IDLE_WAIT_S)
        while self._timers and self._timers[0][2].job is None:
            heapq.heappop(self._timers)
        if self._timers:
            # A millisecond more: PJSIP rounds down, and a loop that turns until the time has come wakes up too often.
            wait_s = min(wait_s, max(0.0, self._timers[0][0] - time.monotonic()) + 0.001)
        return wait_s

    def _run_jobs(self) -> None:
        for _ in range(len(self._jobs)):
            _run_logged(self._jobs.popleft())

    def _run_timers(self) -> None:
        now_s = time.monotonic()
        while self._timers and self._timers[0][0] <= now_s:
            timer = heapq.heappop(self._timers)[2]
            job, timer.job = timer.job, None
            if job is not None:
                _run_logged(job)


def _wait(wait_ms: int) -> None:
    """Stand in for PJSIP before it is started."""
    time.sleep(wait_ms / 1000)


def _run_logged(job: Job) -> None:
    try:
        job()
    except Exception:  # noqa: BLE001 - logged by log_failure
        log_failure("a job of the SIP thread failed")
