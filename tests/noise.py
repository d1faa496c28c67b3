"""The suite fails on noise: undeclared log warnings, and log handlers, tasks, threads or programs a test leaves behind.

Python warnings are errors by pyproject's ``filterwarnings`` and Qt's by ``qt_log_level_fail``; this pytest plugin adds
what neither sees. It looks after the whole teardown of a test, and what belongs to a fixture of a wider scope is
excused until that fixture has ended. ``tests/unit/test_noise.py`` shows that each guard bites.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import re
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from tests.helpers.waiting import SECONDS, wait_until
from tests.processes_left import Child, running_children

_GRACE_S = 2 * SECONDS
_TURNS_TO_END = 5
"""How often the loop may turn so that tasks cancelled at the very end of a test can finish."""


@dataclass
class ExpectedLog:
    """A log message of level WARNING or above that a test says will come."""

    pattern: re.Pattern[str]
    logger: str
    optional: bool
    records: list[logging.LogRecord] = field(default_factory=list)

    def fits(self, record: logging.LogRecord) -> bool:
        """Whether this is the announced message."""
        right_logger = f"{record.name}.".startswith(f"{self.logger}.") or not self.logger
        return right_logger and self.pattern.search(record.getMessage()) is not None


class LogGuard(logging.Handler):
    """Collects every record of level WARNING or above that no test expected."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._expected: list[ExpectedLog] = []
        self._unexpected: list[logging.LogRecord] = []
        self._handlers: list[logging.Handler] = []

    def begin(self) -> None:
        """Listen again, even after a test of the logging set-up removed all handlers."""
        if self not in logging.getLogger().handlers:
            logging.getLogger().addHandler(self)
        self._handlers = logging.getLogger().handlers[:]

    def emit(self, record: logging.LogRecord) -> None:
        """Sort a record, from whichever thread it comes."""
        for expected in self._expected:
            if expected.fits(record):
                expected.records.append(record)
                return
        self._unexpected.append(record)

    def expect(self, expected: ExpectedLog) -> None:
        """Accept what fits, also when it has come already."""
        self._expected.append(expected)
        came, self._unexpected = self._unexpected, []
        for record in came:
            self.emit(record)

    def complaints(self) -> list[str]:
        """What was logged without being expected, and what was expected and never came; forgets both."""
        unexpected, self._unexpected = self._unexpected, []
        expected, self._expected = self._expected, []
        told = [f"unexpected log: {r.levelname} {r.name}: {r.getMessage()}" for r in unexpected]
        missing = [e for e in expected if not e.records and not e.optional]
        told += [f"expected log never came: {e.pattern.pattern!r}" for e in missing]
        return told + [f"leaked log handler: {handler!r}" for handler in self._put_away_left_handlers()]

    def _put_away_left_handlers(self) -> list[logging.Handler]:
        """Handlers a test added to the root logger: later tests would write to its closed streams."""
        root = logging.getLogger()
        left = [handler for handler in root.handlers if handler not in self._handlers]
        for handler in left:
            root.removeHandler(handler)
            handler.close()
        return left


class TaskGuard:
    """Notes every asyncio task that still runs when its event loop is closed by ``asyncio.Runner`` or ``asyncio.run``.

    Their ``close`` cancels such tasks without a word, so a leak would never be seen.
    """

    def __init__(self) -> None:
        self._leaked: list[str] = []
        self._saw_a_loop = False
        self._original = asyncio.Runner.close

    def install(self) -> None:
        """Look at each loop before it is closed, until :meth:`remove`."""
        original, look = self._original, self._look

        def close(runner: asyncio.Runner) -> None:
            look(runner)
            original(runner)

        asyncio.Runner.close = close  # type: ignore[method-assign, assignment]

    def remove(self) -> None:
        """Undo :meth:`install`."""
        asyncio.Runner.close = self._original  # type: ignore[method-assign]

    def _look(self, runner: asyncio.Runner) -> None:
        try:
            loop = runner.get_loop()
        except RuntimeError:
            return  # closed before
        self._saw_a_loop = True
        if loop.is_closed():
            return
        for _ in range(_TURNS_TO_END):
            if asyncio.all_tasks(loop):
                loop.run_until_complete(asyncio.sleep(0))
        self._leaked += [f"leaked asyncio task: {task!r}" for task in asyncio.all_tasks(loop)]

    def complaints(self) -> list[str]:
        """The tasks that were left running; also makes the collector tell of exceptions nobody retrieved."""
        if self._saw_a_loop:
            gc.collect(1)
        self._saw_a_loop = False
        leaked, self._leaked = self._leaked, []
        return leaked


_Left = threading.Thread | Child


class LeftoverGuard:
    """Compares threads and child processes before a test and after it.

    What a fixture of class, module, package or session scope starts is excused until that fixture has ended.
    """

    def __init__(self) -> None:
        self._before: set[_Left] = set()
        self._excused: dict[object, set[_Left]] = {}

    def begin(self) -> None:
        """Remember what is there before the test."""
        self._before = _threads_and_children()

    def excuse(self, owner: object, before: set[_Left]) -> None:
        """Let what came since ``before`` live as long as its owner."""
        self._excused.setdefault(owner, set()).update(_threads_and_children() - before)

    def owner_ended(self, owner: object) -> None:
        """Excuse it no longer: from now on it counts as a leak of the test that ended last."""
        self._before -= self._excused.pop(owner, set())

    def complaints(self) -> list[str]:
        """What the test left running, after a short grace for what is just ending."""
        if not self._left():
            return []
        try:
            wait_until(lambda: not self._left(), "everything to end", _GRACE_S)
        except AssertionError:
            return [f"leaked {_describe(left)}" for left in self._left()]
        return []

    def _left(self) -> set[_Left]:
        return _threads_and_children() - self._before - set[_Left]().union(*self._excused.values())


def _threads_and_children() -> set[_Left]:
    threads = {thread for thread in threading.enumerate() if not thread.daemon}
    return {*threads, *running_children()}


def _describe(left: _Left) -> str:
    return (
        f"thread: {left!r}" if isinstance(left, threading.Thread) else f"process {left.pid}: {left.command}"
    )


def keyring_complaints() -> list[str]:
    """Accept a real key store, the refusing one or a named fake; put any other away."""
    core = sys.modules.get("keyring.core")
    backend = getattr(core, "_keyring_backend", None)
    if core is None or backend is None:
        return []
    kind = type(backend)
    if kind.__module__.startswith("keyring.") or kind.__name__.startswith("Fake"):
        return []
    core.__dict__["_keyring_backend"] = None  # chosen anew, by PYTHON_KEYRING_BACKEND, when it is asked for
    return [f"keyring backend {kind.__qualname__} is neither real nor named Fake…"]


class NoiseGuard:
    """The pytest plugin: asks all guards after each test and fails it when one complains."""

    def __init__(self) -> None:
        self.logs = LogGuard()
        self._tasks = TaskGuard()
        self._leftovers = LeftoverGuard()

    def pytest_configure(self) -> None:
        """Start to listen."""
        self.logs.begin()
        self._tasks.install()

    def pytest_unconfigure(self) -> None:
        """Leave logging and asyncio as they were."""
        logging.getLogger().removeHandler(self.logs)
        self._tasks.remove()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self) -> Iterator[None]:
        """Remember what is there before any fixture of the test."""
        self.logs.begin()
        self._leftovers.begin()
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[object]) -> Iterator[None]:
        """Note what fixtures that outlive the test start."""
        if fixturedef.scope == "function":
            return (yield)
        before = _threads_and_children()
        try:
            return (yield)
        finally:
            self._leftovers.excuse(fixturedef, before)

    def pytest_fixture_post_finalizer(self, fixturedef: pytest.FixtureDef[object]) -> None:
        """A fixture has ended, and so must what it started."""
        self._leftovers.owner_ended(fixturedef)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self) -> Iterator[None]:
        """Complain when everything of the test, its fixtures included, should have ended."""
        try:
            result = yield
        except BaseException:
            self._complaints()  # forgotten: the failure itself is told, and the next test starts afresh
            raise
        complaints = self._complaints()
        if complaints:
            pytest.fail("\n".join(complaints), pytrace=False)
        return result

    def _complaints(self) -> list[str]:
        tasks = self._tasks.complaints()
        return tasks + self._leftovers.complaints() + self.logs.complaints() + keyring_complaints()


_GUARD = pytest.StashKey[NoiseGuard]()


def pytest_configure(config: pytest.Config) -> None:
    """Install the guards."""
    guard = NoiseGuard()
    config.stash[_GUARD] = guard
    config.pluginmanager.register(guard, "noise guard")


@pytest.fixture
def expected_logs(request: pytest.FixtureRequest) -> Callable[..., list[logging.LogRecord]]:
    """Announce a log message of level WARNING or above, which else fails the test.

    ``records = expected_logs("regular expression", logger="wwphone.cti", optional=False)``: every message of that
    logger (or below it) in which the expression is found is accepted and appears in ``records``. The test fails when
    none came, unless ``optional``.
    """
    guard = request.config.stash[_GUARD]

    def expect(pattern: str, *, logger: str = "", optional: bool = False) -> list[logging.LogRecord]:
        expected = ExpectedLog(re.compile(pattern), logger, optional)
        guard.logs.expect(expected)
        return expected.records

    return expect
