"""What is asked of the PBX and of the archive about recordings; part of `server.api`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from wwphone.domain.calls import CallDirection, CallKind, Party
from wwphone.domain.recording import RecordingEnd


@dataclass(frozen=True)
class RecordingFiles:
    """Where the PBX writes while a recording runs: one channel each, as it comes."""

    mine: Path
    """What the owner says."""
    others: Path
    """What the owner hears."""


@dataclass(frozen=True)
class BegunRecording:
    """A recording that runs, as it is written down before the PBX is asked: a restart of the server finds it again."""

    recording_id: str
    user: str
    leg_id: str
    """The owner's leg that the PBX records at."""
    call_id: str
    direction: CallDirection
    kind: CallKind
    party: Party = field(repr=False)
    called: str
    started_at: datetime
    files: RecordingFiles
    automatic: bool = False
    paused_at: datetime | None = None
    """It is paused now, since then."""


class RecordingPbx(Protocol):
    """What records. A recording runs on without this server, until its leg ends."""

    async def recording_rate(self, leg_id: str, tone_every_s: int) -> int:
        """Samples a second that are to be written of this leg. Raises as `start_recording` does."""

    async def start_recording(
        self, leg_id: str, recording_id: str, files: RecordingFiles, tone_every_s: int
    ) -> None:
        """Record at this leg; returns when it is written. 0: without a tone. Raises PbxError, PbxLostError, KeyError when there is no such leg."""

    async def pause_recording(self, leg_id: str, recording_id: str, paused: bool) -> None:
        """Write silence instead of what is said, or what is said again. Raises as `start_recording` does."""

    async def stop_recording(self, leg_id: str, recording_id: str) -> None:
        """Write no more; returns when the files are complete. Raises as `start_recording` does."""

    async def with_leg(self, leg_id: str) -> frozenset[str]:
        """The channels this leg is connected with now: one, or in a conference all. Raises PbxError, PbxLostError."""

    async def recording_at(self, leg_id: str) -> str | None:
        """The recording that runs at this leg; empty: one was ended there; None: there was none. Raises PbxError, PbxLostError."""


class RecordedPbx(Protocol):
    """The part of `server.api.Pbx` that knows recordings."""

    @property
    def recording(self) -> RecordingPbx:
        """What records there."""


class RecordingArchive(Protocol):
    """Keeps what is recorded: knows what runs, and puts away what has ended."""

    @property
    def possible(self) -> bool:
        """The server is set up to record: it has a place and a key."""

    def files_for(self, recording_id: str, rate: int) -> RecordingFiles:
        """Where the PBX is to write it, with so many samples a second."""

    def has_space(self) -> bool:
        """There is enough left on the disk that the PBX writes to and on the archive's to go on recording."""

    async def begin(self, begun: BegunRecording) -> None:
        """Write down that it runs. Raises StoreError."""

    async def withdraw(self, recording_id: str) -> None:
        """It did not come about after all. Raises StoreError."""

    async def pause(self, recording_id: str, at: datetime, paused: bool) -> None:
        """Write down from when to when it was silent. Raises StoreError."""

    async def end(self, recording_id: str, at: datetime, end: RecordingEnd) -> None:
        """Write down that it ended; returns then. It is put away, and its owner told, by and by. Raises StoreError."""

    async def unfinished(self) -> tuple[BegunRecording, ...]:
        """What began and did not end, as far as was written down: after a restart. Raises StoreError."""
