"""An archive of recordings in memory, with behaviour, for tests of the server's services. Never a feature of the product."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from wwphone.domain.recording import RecordingEnd
from wwphone.server.api import StoreError
from wwphone.server.recording_api import BegunRecording, RecordingFiles
from wwphone.server.recording_settings import RAW_SUFFIXES


@dataclass
class FakeKept:
    """A recording as it was written down."""

    begun: BegunRecording
    pauses: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    ended_at: datetime | None = None
    end: RecordingEnd | None = None


class FakeArchive:
    """Fulfils `RecordingArchive`; it outlives a restart of the server as a database does."""

    def __init__(self, spool: Path) -> None:
        self._spool = spool
        self.possible = True
        self.space = True
        self.kept: dict[str, FakeKept] = {}
        """Everything that began and was not withdrawn, in order."""
        self.withdrawn: list[str] = []
        self._errors: list[StoreError] = []

    def fail_next(self, error: StoreError) -> None:
        """Let the next step raise this."""
        self._errors.append(error)

    @property
    def ends(self) -> list[RecordingEnd | None]:
        """How everything ended, in the order in which it began."""
        return [one.end for one in self.kept.values()]

    def files_for(self, recording_id: str, rate: int) -> RecordingFiles:
        """In one folder."""
        names = (f"{recording_id}-{side}{RAW_SUFFIXES[rate]}" for side in ("mine", "others"))
        return RecordingFiles(*(self._spool / name for name in names))

    def has_space(self) -> bool:
        """As the test says."""
        return self.space

    async def begin(self, begun: BegunRecording) -> None:
        """Keep it."""
        self._may_fail()
        self.kept[begun.recording_id] = FakeKept(begun)

    async def withdraw(self, recording_id: str) -> None:
        """Forget it."""
        self._may_fail()
        self.kept.pop(recording_id, None)
        self.withdrawn.append(recording_id)

    async def pause(self, recording_id: str, at: datetime, paused: bool) -> None:
        """Keep from when to when."""
        self._may_fail()
        one = self.kept[recording_id]
        if paused and one.begun.paused_at is None:
            one.begun = replace(one.begun, paused_at=at)
            one.pauses.append((at, None))
        elif not paused and one.begun.paused_at is not None:
            one.pauses[-1] = (one.begun.paused_at, at)
            one.begun = replace(one.begun, paused_at=None)

    async def end(self, recording_id: str, at: datetime, end: RecordingEnd) -> None:
        """Keep how it ended; one that has ended stays as it is."""
        self._may_fail()
        one = self.kept[recording_id]
        if one.end is None:
            one.ended_at, one.end = at, end

    async def unfinished(self) -> tuple[BegunRecording, ...]:
        """What has no end."""
        self._may_fail()
        return tuple(one.begun for one in self.kept.values() if one.end is None)

    def _may_fail(self) -> None:
        if self._errors:
            raise self._errors.pop(0)
