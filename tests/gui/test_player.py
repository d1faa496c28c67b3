"""The player, heard: the right tones, also faster, slower, after going elsewhere, and before everything has arrived."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.player import RIGHT_HZ, left_hz
from tests.helpers.sound import SPEAKER, SoundServer, monitor_of
from tests.helpers.tones import Recording
from tests.helpers.waiting import SECONDS, wait_until

_CLEAR = 0.4
"""Each of the two tones has half of the power."""


class PlayerProgram:
    """The player in a process that hears the private sound server only."""

    def __init__(self, server: SoundServer) -> None:
        self._server = server
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.helpers.player"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, **server.environment(), "QT_QPA_PLATFORM": "offscreen"},
        )

    def tell(self, line: str) -> tuple[int, str, bool]:
        """Have it do something; return position, state, and whether Qt Multimedia is loaded."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        position, state, loaded = self._process.stdout.readline().split()
        return int(position), state, loaded == "True"

    def hears(self, *seconds: int) -> Recording:
        """Wait until half a second of these seconds of the sound was heard, at the pitch it was recorded with."""

        def is_there(heard: Recording) -> bool:
            end = heard.last(0.3)
            left = sum(end.tone_share(left_hz(second)) for second in seconds)
            return heard.seconds >= 0.4 and left >= _CLEAR and end.tone_share(RIGHT_HZ) >= _CLEAR

        with self._server.listen(monitor_of(SPEAKER)) as listener:
            return listener.wait_for(is_there, f"the tones of {seconds}", 20 * SECONDS)

    def close(self) -> None:
        """End it in order."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            assert self._process.wait(10 * SECONDS) == 0
        finally:
            self._process.kill()
            self._process.wait()
            assert self._process.stdout is not None
            self._process.stdout.close()


@pytest.fixture
def player(tmp_path: Path) -> Iterator[PlayerProgram]:
    with SoundServer(tmp_path / "sound") as server:
        program = PlayerProgram(server)
        try:
            yield program
        finally:
            program.close()


def test_it_is_heard_at_its_pitch_whatever_the_speed_and_where_one_goes(player: PlayerProgram) -> None:
    assert player.tell("look") == (0, "empty", False), "nothing is loaded before something is played"
    player.tell("load 99")
    player.hears(*range(10))
    player.tell("speed 2")
    player.tell("seek 20000")
    player.hears(*range(20, 35))
    player.tell("speed 0.5")
    player.tell("seek 40000")
    player.hears(*range(40, 46))
    player.tell("pause")
    position, state, _ = player.tell("look")
    assert state == "paused"
    player.tell("seek 50000")
    assert player.tell("look")[0] == 50_000 > position
    player.tell("play")
    player.hears(*range(50, 55))


def test_it_begins_before_everything_is_here_and_waits_for_what_is_missing(player: PlayerProgram) -> None:
    player.tell("load 2")
    player.hears(*range(8))
    player.tell("seek 30000")
    assert player.tell("look")[1] == "playing", "it answers while its reader waits"
    player.tell("feed")
    player.hears(*range(30, 40))
    player.tell("load 1")  # another one takes its place
    player.hears(*range(5))
    player.tell("unload")
    assert player.tell("look")[1] == "empty"
    player.tell("load 0")  # nothing comes at all: it can be left all the same
    assert player.tell("unload")[1] == "empty"


def test_the_end_is_a_pause_and_playing_goes_on_from_the_beginning(player: PlayerProgram) -> None:
    player.tell("load 99")
    player.hears(*range(8))
    player.tell("seek 59000")
    wait_until(lambda: player.tell("look")[1] == "paused", "the end", 20 * SECONDS)
    player.tell("play")
    player.hears(*range(8))
