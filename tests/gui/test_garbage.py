"""Cycles are collected, and on the main thread only."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from wwphone.app import garbage
from wwphone.app.garbage import GarbageCollector


class Knot:
    """Refers to itself, and notes on which thread it went."""

    threads: list[str]

    def __init__(self, threads: list[str]) -> None:
        self.threads = threads
        self.itself = self

    def __del__(self) -> None:
        self.threads.append(threading.current_thread().name)


@pytest.fixture
def collector(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[GarbageCollector]:
    monkeypatch.setattr(garbage, "_PERIOD_MS", 5)
    found = GarbageCollector()
    yield found
    found.close()


def test_a_cycle_made_on_another_thread_goes_on_the_main_one(
    qtbot: QtBot, collector: GarbageCollector
) -> None:
    threads: list[str] = []

    def work() -> None:
        Knot(threads)
        made: list[list[int]] = [
            [] for _ in range(100_000)
        ]  # enough to wake Python's own collector, were it on
        assert made

    worker = threading.Thread(target=work, name="worker")
    worker.start()
    worker.join()
    qtbot.waitUntil(lambda: bool(threads))
    assert threads == ["MainThread"]


def test_what_a_snapshot_brought_is_not_looked_through(qtbot: QtBot, collector: GarbageCollector) -> None:
    frozen = gc.get_freeze_count()
    kept = [[number] for number in range(20_000)]
    collector._settling.setInterval(1)
    collector.spare_what_is_new()
    qtbot.waitUntil(lambda: gc.get_freeze_count() >= frozen + len(kept))
    threads: list[str] = []
    Knot(threads)
    qtbot.waitUntil(lambda: bool(threads))  # what comes later is collected as ever


def test_python_collects_by_itself_again_afterwards(qtbot: QtBot) -> None:
    collector = GarbageCollector()
    assert not gc.isenabled()
    knot = Knot([])
    seen = weakref.ref(knot)
    del knot
    collector.close()
    assert gc.isenabled()
    assert seen() is None
