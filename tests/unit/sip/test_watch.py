"""The watch over the sound server: when it looks, and what it says."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.waiting import SECONDS, wait_until
from wwphone.domain.devices import SoundDevice
from wwphone.sip.pjsua.devices import SoundOffer
from wwphone.sip.pjsua.pulse import SoundServerFrozenError, SoundServerMissingError
from wwphone.sip.pjsua.watch import SoundReport, SoundWatch

BUILT_IN = SoundOffer((SoundDevice("mic", "Mic", 1, 0), SoundDevice("spk", "Speaker", 0, 2)), "mic", "spk")
WITH_HEADSET = SoundOffer((*BUILT_IN.devices, SoundDevice("head", "Headset", 0, 2)), "mic", "head")


class FakeSoundServer:
    """Answers questions, and prints a line for each change into a pipe that a real child process reads from."""

    def __init__(self, folder: Path) -> None:
        self.offer = BUILT_IN
        self.error: Exception | None = None
        self.looks = 0
        self.subscriptions = 0
        self._changes = folder / "changes"
        os.mkfifo(self._changes)
        self._writer: int | None = None

    def look(self) -> SoundOffer:
        self.looks += 1
        if self.error is not None:
            raise self.error
        return self.offer

    def subscribe(self) -> subprocess.Popen[bytes]:
        self.subscriptions += 1
        program = "import sys; [print(line, end='', flush=True) for line in open(sys.argv[1])]"
        return subprocess.Popen([sys.executable, "-c", program, str(self._changes)], stdout=subprocess.PIPE)

    def change(self, line: str) -> None:
        if self._writer is None:
            self._writer = os.open(self._changes, os.O_WRONLY)
        os.write(self._writer, f"{line}\n".encode())

    def die(self) -> None:
        self.error = SoundServerMissingError("no sound server runs")
        self.close()

    def close(self) -> None:
        if self._writer is not None:
            os.close(self._writer)
            self._writer = None


class Watched:
    def __init__(self, folder: Path) -> None:
        self.server = FakeSoundServer(folder)
        self.reports: list[SoundReport] = []
        self.watch = SoundWatch(self.reports.append, self.server.look, self.server.subscribe)


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    watched = Watched(tmp_path)
    watched.watch.start()
    yield watched
    watched.watch.stop()
    watched.server.close()


def first_report(watched: Watched) -> None:
    wait_until(lambda: watched.reports and watched.server.subscriptions, "the first look")


def test_it_tells_at_the_start_what_there_is(watched: Watched) -> None:
    first_report(watched)
    assert watched.reports == [SoundReport(BUILT_IN)]


def test_a_change_is_looked_at_once_when_it_is_quiet_again(watched: Watched) -> None:
    first_report(watched)
    watched.server.offer = WITH_HEADSET
    for number in range(12):
        watched.server.change(f"Event 'new' on sink #{number}")
    wait_until(lambda: len(watched.reports) > 1, "the second report")
    assert watched.reports[1] == SoundReport(WITH_HEADSET)
    assert watched.server.looks == 2


def test_what_changes_nothing_that_matters_is_not_told(watched: Watched) -> None:
    first_report(watched)
    watched.server.change("Event 'change' on sink #1")
    wait_until(lambda: watched.server.looks == 2, "a second look")
    watched.server.change("Event 'new' on sink-input #5")
    watched.watch.ask()
    wait_until(lambda: len(watched.reports) > 1, "the answer")
    assert watched.reports == [SoundReport(BUILT_IN), SoundReport(BUILT_IN, asked=True)]
    assert watched.server.looks == 3


def test_who_asks_is_answered_in_any_case(watched: Watched) -> None:
    first_report(watched)
    watched.watch.ask()
    wait_until(lambda: len(watched.reports) == 2, "the answer")
    assert watched.reports[1].asked


def test_a_dead_server_is_told_and_found_again_by_itself(watched: Watched) -> None:
    first_report(watched)
    watched.server.change("Event 'change' on sink #1")
    watched.server.die()
    wait_until(lambda: len(watched.reports) == 2, "the bad news")
    assert watched.reports[1] == SoundReport(None, "no sound server runs")
    watched.server.error = None
    wait_until(lambda: len(watched.reports) == 3, "the good news")
    assert watched.reports[2] == SoundReport(BUILT_IN)


def test_a_server_that_hangs_must_not_be_touched(watched: Watched) -> None:
    first_report(watched)
    watched.server.error = SoundServerFrozenError("the sound server does not answer")
    watched.watch.ask()
    wait_until(lambda: len(watched.reports) == 2, "the bad news")
    assert watched.reports[1] == SoundReport(
        None, "the sound server does not answer", frozen=True, asked=True
    )


def test_a_server_missing_from_the_start_is_waited_for(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.server.error = SoundServerMissingError("no sound server runs")
    watched.watch.start()
    try:
        wait_until(lambda: watched.reports, "the bad news")
        watched.server.error = None
        wait_until(lambda: len(watched.reports) == 2, "the good news")
        assert [report.offer for report in watched.reports] == [None, BUILT_IN]
    finally:
        watched.watch.stop()


def test_it_ends_at_once_and_leaves_no_program_behind(watched: Watched) -> None:
    first_report(watched)
    watched.watch.stop()
    watched.watch = SoundWatch(watched.reports.append, watched.server.look, watched.server.subscribe)
    watched.watch.start()
    wait_until(lambda: watched.server.subscriptions == 2, "the next watch", 5 * SECONDS)
