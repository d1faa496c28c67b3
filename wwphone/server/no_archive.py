"""The archive of a server that is not set up to record."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from wwphone.domain.recording import RecordingEnd
from wwphone.server.recording_api import BegunRecording, RecordingFiles


class NoArchive:
    """Fulfils `RecordingArchive`: nothing is possible, so nothing begins and nothing has to end."""

    possible = False

    def files_for(self, recording_id: str) -> RecordingFiles:
        """Nowhere."""
        return RecordingFiles(Path(recording_id), Path(recording_id))

    def has_space(self) -> bool:
        """There is none."""
        return False

    async def begin(self, begun: BegunRecording) -> None:
        """Never asked for."""

    async def withdraw(self, recording_id: str) -> None:
        """Never asked for."""

    async def pause(self, recording_id: str, at: datetime, paused: bool) -> None:
        """Never asked for."""

    async def end(self, recording_id: str, at: datetime, end: RecordingEnd) -> None:
        """Never asked for."""

    async def unfinished(self) -> tuple[BegunRecording, ...]:
        """Nothing."""
        return ()
