"""The part of the store that keeps what is known about recordings."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from wwphone.domain.recording import (
    RecordingAccess,
    RecordingEnd,
    RecordingEntry,
    RecordingFilter,
    RecordingNote,
    RecordingPlace,
    RecordingState,
)
from wwphone.server.recording_api import BegunRecording
from wwphone.server.recordings_api import (
    ChainLink,
    EndedRecording,
    KeptRecording,
    KeptSound,
    RecordingsPageRead,
    RecordingsStep,
)
from wwphone.server.store import recording_chain, recording_reading, recordings
from wwphone.server.store.sql_part import SqlPart


class SqlRecordings(SqlPart):
    """`server.recordings_api.RecordingsStore` for `SqlStore`, which has the rest."""

    async def recordings_revision(self) -> int:
        """The revision of the latest change."""
        return await self._read(recordings.revision)

    async def begin_recording(self, begun: BegunRecording) -> None:
        """Write down that it runs."""
        await self._write(recordings.begin, begun)

    async def withdraw_recording(self, recording_id: str) -> None:
        """It did not come about."""
        await self._write(recordings.withdraw, recording_id)

    async def pause_recording(self, recording_id: str, at: datetime, *, paused: bool) -> None:
        """Write down from when to when a running one was silent."""
        await self._write(recordings.pause, recording_id, at, paused=paused)

    async def end_recording(self, recording_id: str, at: datetime, end: RecordingEnd) -> RecordingsStep:
        """Write down that it ended."""
        return await self._write(recordings.end, recording_id, at, end)

    async def unfinished_recordings(self) -> tuple[BegunRecording, ...]:
        """What began and did not end."""
        return await self._read(recordings.unfinished)

    async def ended_recordings(self) -> tuple[EndedRecording, ...]:
        """Where something is left to do, oldest first."""
        return await self._read(recordings.ended)

    async def keep_recording(self, recording_id: str, sound: KeptSound) -> RecordingsStep:
        """Link it to the chain."""
        return await self._write(recordings.keep, recording_id, sound)

    async def forget_raw_recording(self, recording_id: str) -> None:
        """Its raw files are removed."""
        await self._write(recordings.forget_raw, recording_id)

    async def mark_recording(self, recording_id: str, state: RecordingState) -> RecordingsStep:
        """Write down whether it can be played."""
        return await self._write(recordings.mark, recording_id, state)

    async def recording(self, recording_id: str) -> KeptRecording | None:
        """One that has ended."""
        return await self._read(recording_reading.one, recording_id)

    async def read_recordings(
        self, user: str, wanted: RecordingFilter, after: RecordingPlace | None, limit: int
    ) -> RecordingsPageRead:
        """A page of a user's recordings, newest first."""
        return await self._read(recording_reading.page, user, wanted, after, limit)

    async def set_recording_note(self, user: str, recording_id: str, note: RecordingNote) -> RecordingsStep:
        """Write a note, or remove it; raises KeyError, ValueError."""
        return await self._write(recordings.set_note, user, recording_id, note)

    async def delete_recordings(self, user: str, ids: Collection[str], at: datetime) -> RecordingsStep:
        """Delete them, all or none; raises KeyError."""
        return await self._write(recordings.delete, user, ids, at)

    async def restore_recordings(
        self, user: str, ids: Collection[str], deleted_since: datetime
    ) -> RecordingsStep:
        """Take back what was deleted since, all or none; raises KeyError."""
        return await self._write(recordings.restore, user, ids, deleted_since)

    async def note_access(self, recording_id: str, access: RecordingAccess) -> None:
        """Write down that somebody gets the sound; raises KeyError."""
        await self._write(recordings.note_access, recording_id, access)

    async def recording_accesses(
        self, user: str, recording_id: str, limit: int
    ) -> tuple[RecordingAccess, ...]:
        """Who got the sound, newest first; raises KeyError."""
        return await self._read(recordings.accesses, user, recording_id, limit)

    async def delete_ownerless_recordings(self, at: datetime) -> int:
        """Delete those whose owner is no user any more."""
        return await self._write(recordings.delete_ownerless, at)

    async def doomed_recordings(
        self, deleted_before: datetime, started_before: datetime | None
    ) -> tuple[RecordingsStep, tuple[str, ...]]:
        """Choose what is to go for good; return all that have still to go."""
        return await self._write(recordings.doomed, deleted_before, started_before)

    async def forget_recordings(self, ids: Collection[str], at: datetime) -> None:
        """Forget all about them but their links of the chain."""
        await self._write(recordings.forget, ids, at)

    async def chain_links(self, after: int, limit: int) -> tuple[ChainLink, ...]:
        """The chain in its order."""
        return await self._read(recording_chain.links, after, limit)

    async def kept_ids(self) -> frozenset[str]:
        """All recordings whose file has to be there."""
        return await self._read(recording_reading.kept_ids)

    async def all_recordings(self, user: str | None) -> tuple[RecordingEntry, ...]:
        """Everything that is kept, newest first."""
        return await self._read(recording_reading.every_entry, user)
