"""Recordings of a PBX in memory, for tests of the server's services. Never a feature of the product.

What is recorded is a tone for each side, as long as the test lets people speak, and silence while it is paused.
"""

from __future__ import annotations

import math
import struct
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace

from wwphone.domain.calls import Leg
from wwphone.server.api import PbxError
from wwphone.server.fake_mood import FakeMood
from wwphone.server.recording_api import RecordingFiles

MINE_HZ, OTHERS_HZ, RATE = 440, 660, 24_000
_ENDED = ""


@dataclass
class FakeRun:
    """What is recorded at a leg."""

    recording_id: str
    files: RecordingFiles
    tone_every_s: int
    paused: bool = False


class FakeRecording:
    """Fulfils `RecordingPbx`; a recording runs on while the line is broken, and ends with its leg."""

    def __init__(self, pbx: FakeRecorded) -> None:
        self._pbx = pbx
        self._runs: dict[str, FakeRun] = {}
        self._last: dict[str, str] = {}
        self.conference: frozenset[str] = frozenset()
        """Legs that are mixed, besides those of one call."""
        self.no_answer: list[PbxError] = []
        """What the next actions raise after they were carried out."""

    @property
    def runs(self) -> Mapping[str, FakeRun]:
        """What runs, by leg."""
        there = self._pbx.recordable_legs
        return {leg_id: run for leg_id, run in self._runs.items() if leg_id in there}

    def let_speak(self, seconds: float) -> None:
        """Let everybody speak in all recorded calls for so long."""
        for run in self.runs.values():
            for file, frequency in ((run.files.mine, MINE_HZ), (run.files.others, OTHERS_HZ)):
                level = 0 if run.paused else 8_000
                step = 2 * math.pi * frequency / RATE
                samples = [round(level * math.sin(step * at)) for at in range(round(seconds * RATE))]
                with file.open("ab") as sound:
                    sound.write(struct.pack(f"<{len(samples)}h", *samples))

    async def recording_rate(self, leg_id: str, tone_every_s: int) -> int:
        """The same for all; a PBX that is to beep has to know the leg."""
        if tone_every_s:
            self._pbx.must_record()
            if leg_id not in self._pbx.recordable_legs:
                raise KeyError(leg_id)
        return RATE

    async def start_recording(
        self, leg_id: str, recording_id: str, files: RecordingFiles, tone_every_s: int
    ) -> None:
        """Make the files."""
        self._pbx.must_record()
        if leg_id not in self._pbx.recordable_legs:
            raise KeyError(leg_id)
        files.mine.parent.mkdir(parents=True, exist_ok=True)
        for file in (files.mine, files.others):
            file.touch()
        self._runs[leg_id] = FakeRun(recording_id, files, tone_every_s)
        self._last[leg_id] = recording_id
        self._may_not_answer()

    async def pause_recording(self, leg_id: str, recording_id: str, paused: bool) -> None:
        """Write silence from now on, or tones again."""
        self._pbx.must_record()
        self._run(leg_id, recording_id).paused = paused
        self._may_not_answer()

    async def stop_recording(self, leg_id: str, recording_id: str) -> None:
        """Write no more."""
        self._pbx.must_record()
        self._run(leg_id, recording_id)
        self.lose(leg_id)
        self._may_not_answer()

    async def with_leg(self, leg_id: str) -> frozenset[str]:
        """As the test says."""
        self._pbx.must_record()
        return self.conference - {leg_id} if leg_id in self.conference else frozenset()

    async def recording_at(self, leg_id: str) -> str | None:
        """What runs there."""
        self._pbx.must_record()
        if leg_id in self.runs:
            return self._runs[leg_id].recording_id
        return _ENDED if leg_id in self._last and leg_id in self._pbx.recordable_legs else None

    def lose(self, leg_id: str) -> None:
        """Let a recording come to an end that nobody asked for."""
        del self._runs[leg_id]

    def _run(self, leg_id: str, recording_id: str) -> FakeRun:
        run = self.runs.get(leg_id)
        if run is None or run.recording_id != recording_id:
            raise KeyError(leg_id)
        return run

    def _may_not_answer(self) -> None:
        if self.no_answer:
            raise self.no_answer.pop(0)


class FakeRecorded(FakeMood, ABC):
    """The part of the PBX in memory that knows recordings."""

    _legs: dict[str, Leg]

    def __init__(self) -> None:
        super().__init__()
        self.recording = FakeRecording(self)

    @property
    def recordable_legs(self) -> Mapping[str, Leg]:
        """The legs that are there."""
        return self._legs

    def must_record(self) -> None:
        """Raise what the next action was told to."""
        self._must_work()

    def end_leg(self, leg_id: str, cause: int = 16) -> None:
        """End one leg alone."""
        self._end_leg(self._legs[leg_id], cause)

    def join(self, call_id: str, into: str) -> None:
        """Let the legs of one call be of another one."""
        for leg in list(self._legs.values()):
            if leg.call_id == call_id:
                self._set(replace(leg, call_id=into))

    @abstractmethod
    def _end_leg(self, leg: Leg, cause: int) -> None:
        """See FakePbx."""

    @abstractmethod
    def _set(self, leg: Leg) -> None:
        """See FakePbx."""

    @abstractmethod
    def _must_work(self, user: str = "") -> None:
        """See FakePbx."""
