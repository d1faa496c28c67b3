"""What may be asked of the store and of the archive about recordings that are kept; part of `server.api`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from wwphone.domain.recording import (
    RecordingAccess,
    RecordingEnd,
    RecordingEntry,
    RecordingFilter,
    RecordingNote,
    RecordingPlace,
    RecordingState,
    Waveform,
)
from wwphone.server.recording_api import BegunRecording, RecordingArchive, RecordingFiles


class SoundUnavailableError(Exception):
    """A recording's sound cannot be given; the text is for the log and for the administrator."""


class SoundMissingError(SoundUnavailableError):
    """The file is not where it was put."""


class SoundChangedError(SoundUnavailableError):
    """The file is not what was put there."""


class WrongKeyError(SoundUnavailableError):
    """It was encrypted with another key than this server has, or this server has none."""


@dataclass(frozen=True)
class EndedRecording:
    """A recording that waits to be put away, or whose raw files wait to be removed."""

    recording_id: str
    files: RecordingFiles
    started_at: datetime
    ended_at: datetime | None
    put_away: bool
    """Nothing is left to do but to remove the raw files."""
    withdrawn: bool = False
    """It did not come about: the same, and then nothing is known of it any more."""


@dataclass(frozen=True)
class KeptSound:
    """What has become of the raw files."""

    file_hash: str
    """SHA-256 of the encrypted file, in hexadecimal digits."""
    file_size: int
    sound_size: int
    """Bytes, decrypted."""
    length_ms: int
    waveform: Waveform = field(repr=False)


@dataclass(frozen=True)
class KeptRecording:
    """A recording as the archive knows it: what is shown of it, and what its file has to be."""

    entry: RecordingEntry
    file_size: int
    waveform: Waveform = field(repr=False)
    as_put_away: bool
    """What is known about it is what was known when it was put away."""


@dataclass(frozen=True)
class ChainLink:
    """One entry of the chain that recordings were put away in; it stays when the recording is deleted."""

    number: int
    recording_id: str
    previous_hash: str
    file_hash: str
    details_hash: str
    """Of what is known about the recording."""
    link_hash: str
    deleted_at: datetime | None = None
    """Deleted for good since then; only this link is left."""
    details_now: str | None = None
    """The same of what is known now; None: nothing."""


@dataclass(frozen=True)
class RecordingsPageRead:
    """A page as the store has it."""

    entries: tuple[RecordingEntry, ...]
    more: bool
    total: int


@dataclass(frozen=True)
class RecordingsStep:
    """What one change has done."""

    entries: tuple[RecordingEntry, ...] = ()
    """In the order of their revisions."""
    removed: tuple[tuple[str, str], ...] = ()
    """User and id of those that are gone for good."""
    revision: int = 0
    """The latest one, of all people."""


RecordingsListener = Callable[[RecordingsStep], None]


class RecordingsStore(Protocol):
    """The part of `server.api.Store` that keeps what is known about recordings."""

    async def recordings_revision(self) -> int:
        """The revision of the latest change."""

    async def begin_recording(self, begun: BegunRecording) -> None:
        """Write down that it runs. Writing it again changes nothing."""

    async def withdraw_recording(self, recording_id: str) -> None:
        """It did not come about; unknown ones, and those that ended, are no error."""

    async def pause_recording(self, recording_id: str, at: datetime, *, paused: bool) -> None:
        """Write down from when to when a running one was silent."""

    async def end_recording(self, recording_id: str, at: datetime, end: RecordingEnd) -> RecordingsStep:
        """Write down that it ended; one that has ended stays as it is."""

    async def unfinished_recordings(self) -> tuple[BegunRecording, ...]:
        """What began and did not end."""

    async def ended_recordings(self) -> tuple[EndedRecording, ...]:
        """Where something is left to do, oldest first."""

    async def keep_recording(self, recording_id: str, sound: KeptSound) -> RecordingsStep:
        """Link it to the chain: it is put away now. One that is already stays as it is."""

    async def forget_raw_recording(self, recording_id: str) -> None:
        """Its raw files are removed; one that was withdrawn is forgotten."""

    async def mark_recording(self, recording_id: str, state: RecordingState) -> RecordingsStep:
        """Write down whether it can be played."""

    async def recording(self, recording_id: str) -> KeptRecording | None:
        """One that has ended; None when there is none (any more)."""

    async def read_recordings(
        self, user: str, wanted: RecordingFilter, after: RecordingPlace | None, limit: int
    ) -> RecordingsPageRead:
        """A page of a user's recordings, newest first."""

    async def set_recording_note(self, user: str, recording_id: str, note: RecordingNote) -> RecordingsStep:
        """Write a note, or remove it when its text is empty.

        Raises KeyError when it is none of the user's, ValueError when there are too many or it is outside.
        """

    async def delete_recordings(self, user: str, ids: Collection[str], at: datetime) -> RecordingsStep:
        """Delete them, all or none; raises KeyError."""

    async def restore_recordings(
        self, user: str, ids: Collection[str], deleted_since: datetime
    ) -> RecordingsStep:
        """Take back what was deleted since, all or none; raises KeyError."""

    async def note_access(self, recording_id: str, access: RecordingAccess) -> None:
        """Write down that somebody gets the sound; raises KeyError."""

    async def recording_accesses(
        self, user: str, recording_id: str, limit: int
    ) -> tuple[RecordingAccess, ...]:
        """Who got the sound, newest first; raises KeyError when it is none of the user's."""

    async def delete_ownerless_recordings(self, at: datetime) -> int:
        """Delete those whose owner is no user any more; return how many that were."""

    async def doomed_recordings(
        self, deleted_before: datetime, started_before: datetime | None
    ) -> tuple[RecordingsStep, tuple[str, ...]]:
        """Choose what is to go for good, which nobody sees from now on; return all that have still to go."""

    async def forget_recordings(self, ids: Collection[str], at: datetime) -> None:
        """Their files are removed: forget all about them but their links of the chain."""

    async def chain_links(self, after: int, limit: int) -> tuple[ChainLink, ...]:
        """The chain in its order, from the first after a number."""

    async def kept_ids(self) -> frozenset[str]:
        """All recordings whose file has to be there."""

    async def all_recordings(self, user: str | None) -> tuple[RecordingEntry, ...]:
        """Everything that is kept of one or of all, deleted ones too, newest first; for the command line."""


class RecordingKeeper(RecordingArchive, Protocol):
    """The archive as the service for people's own recordings sees it."""

    changing: asyncio.Lock
    """Held for one change after the other, until it is told: so revisions reach clients in their order."""

    def on_change(self, listener: RecordingsListener) -> None:
        """Tell this of every change that the archive makes; `changing` is held meanwhile."""

    async def examine(self, kept: KeptRecording) -> RecordingState:
        """Look whether it can be played now. Raises WrongKeyError."""

    async def read_sound(self, kept: KeptRecording, first: int, size: int) -> bytes:
        """Read bytes of the sound. Raises SoundUnavailableError."""
