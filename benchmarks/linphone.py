"""Linphone's search of its contacts as a peer of ours, at the same number of entries and for the same keys."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from benchmarks.figures import Figure, median
from benchmarks.linphone_friends import Answer, Missing, Order, Person, Ready
from wwphone.domain.phonebook import Contact

COMMAND = (sys.executable, "-m", "benchmarks.linphone_friends")
_ROOT = Path(__file__).resolve().parents[1]
_READY_TIMEOUT_S = 300.0
_ANSWER_TIMEOUT_S = 60.0


class LinphoneMissingError(Exception):
    """There is no liblinphone here that can be asked; the words say why."""


class Linphone:
    """The process with Linphone's friends; leaving the context ends it."""

    def __init__(self, folder: Path, command: Sequence[str] = COMMAND) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._log = (folder / "linphone.log").open("wb")
        # In a locale of UTF-8 the library takes many times as long: it calls setlocale for each field of each friend.
        environment = {**os.environ, "HOME": str(folder), "LC_ALL": "C"}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True, encoding="utf-8",
            bufsize=1, env=environment, cwd=_ROOT,
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.kill()
        self._process.wait()
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.stdout.close()
        self._log.close()

    def fill(self, people: list[Person], shown: int, timeout_s: float = _READY_TIMEOUT_S) -> Ready:
        """Make all of them friends. Raises LinphoneMissingError, and RuntimeError when the process fails or is too slow."""
        values = self._ask(asdict(Order(str(self._folder), shown, people)), timeout_s)
        if "reason" in values:
            raise LinphoneMissingError(Missing(**values).reason)
        return Ready(**values)

    def find(self, text: str, timeout_s: float = _ANSWER_TIMEOUT_S) -> Answer:
        """Search once. Raises RuntimeError when the process fails or is too slow."""
        return Answer(**self._ask(text, timeout_s))

    def _ask(self, what: object, timeout_s: float) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        patience = threading.Timer(timeout_s, self._process.kill)
        patience.start()
        try:
            with contextlib.suppress(BrokenPipeError):  # nothing to read says it, too
                self._process.stdin.write(json.dumps(what) + "\n")
            line = self._process.stdout.readline()
        finally:
            patience.cancel()
            patience.join()
        if not line:
            last = (self._folder / "linphone.log").read_text("utf-8", errors="replace")[-2000:]
            raise RuntimeError(f"Linphone's search failed, or took longer than {timeout_s:g} s. {last}")
        values: dict[str, Any] = json.loads(line)
        return values


def person_of(contact: Contact) -> Person:
    """What of an entry Linphone's friends can hold and its search may look at; neither e-mail nor note is among it."""
    details = contact.details
    numbers = (details.office, details.mobile, details.private)
    name = f"{details.first_name} {details.surname}".strip()
    return Person(name, details.company, [number for number in numbers if number])


def beside_linphone(
    linphone: Linphone, contacts: list[Contact], texts: list[str], shown: int, ours: Callable[[str], int]
) -> Figure:
    """Time each text in turns; `ours` searches and returns how many it found.

    The figure is the processor's time: both only compute, and with two processes in turns the clock says more of others.
    Raises LinphoneMissingError, and RuntimeError when Linphone's process fails or does not take every entry.
    """
    ready = linphone.fill([person_of(contact) for contact in contacts], shown)
    if ready.friends != len(contacts):
        raise RuntimeError(f"Linphone took {ready.friends} of {len(contacts)} entries")
    mine, theirs = [], []
    for text in texts:
        mine.append(_timed(ours, text))
        theirs.append(linphone.find(text))
    p99, p99_theirs = (_p99([one.processor_ms for one in answers]) for answers in (mine, theirs))
    return Figure(
        f"phone book of {len(contacts):,}: a key beside Linphone's search, p99 of a processor", "ms", p99, p99_theirs,
        f"liblinphone {ready.version}", "", True,
        f"{len(texts)} keys in turns. Ours: {_summary(mine)}; all words, in any field, and the first {shown} entries read."
        f" Linphone's: {_summary(theirs)}; the whole text as one piece, in names and numbers of friends in memory, at most {shown},"
        f" in the locale C, its quickest. Its friends were made in {ready.seconds:.0f} s",
    )  # fmt: skip


def _timed(search: Callable[[str], int], text: str) -> Answer:
    began_s, busy_s = time.perf_counter(), time.thread_time()
    found = search(text)
    return Answer(1000 * (time.perf_counter() - began_s), 1000 * (time.thread_time() - busy_s), found)


def _summary(answers: list[Answer]) -> str:
    busy, clock_ms = median([one.processor_ms for one in answers]), [one.ms for one in answers]
    hits, found = sum(one.found > 0 for one in answers), sum(one.found for one in answers)
    return f"median {busy:.2f} ms, by the clock {median(clock_ms):.2f} and p99 {_p99(clock_ms):.2f}; something at {hits} keys, {found:,} in all"


def _p99(values: list[float]) -> float:
    return float(np.percentile(values, 99))
