"""Recordings that are kept: read by their owners, opened, noted on, deleted and taken back; every opening is written down.

Nobody but the owner is told that a recording exists: whatever is somebody else's is "not found". The sound itself goes
by HTTP (`listener.sounds`), for a token that is given here and is worth no more than the session that it was given to.
"""

from __future__ import annotations

import hmac
import logging
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum

from wwphone.domain.account import Right
from wwphone.domain.recording import RecordingAccess, RecordingEntry, RecordingState
from wwphone.protocol.errors import CommandRefusedError, ErrorCode, WireError
from wwphone.protocol.message import Command, Done, Result
from wwphone.protocol.recording import (
    MAX_RECORDINGS_PAGE,
    Accesses,
    DeleteRecordings,
    OpenRecording,
    ReadAccesses,
    ReadRecordings,
    RecordingOpened,
    RecordingsChanged,
    RecordingsPage,
    RestoreRecordings,
    SetRecordingNote,
)
from wwphone.server.api import Store, StoreError
from wwphone.server.clock import Clock
from wwphone.server.recording_rules import checked_ids, checked_note, checked_read
from wwphone.server.recording_settings import RecordingSettings
from wwphone.server.recordings_api import (
    KeptRecording,
    RecordingKeeper,
    RecordingsStep,
    SoundChangedError,
    SoundMissingError,
    SoundUnavailableError,
    WrongKeyError,
)
from wwphone.server.services.commands import Handler
from wwphone.server.services.directory import DirectoryChange, DirectoryService
from wwphone.server.services.event_log import EventLog
from wwphone.server.services.sessions import Session, hash_of, new_token

logger = logging.getLogger(__name__)

SOUND_PATH = "/recordings/"
MEDIA_TYPE = "audio/flac"
_MOST_TOLD = 50
_MOST_ACCESSES = 100
_MOST_GRANTS = 50
"""Recordings that one session has open; of more the first ones have to be opened again."""
_MOST_CHARACTERS = 512 * 1024
"""Of a page, so that it is far below `MAX_FRAME_BYTES`."""


class SoundRefusal(Enum):
    """Why somebody does not get a sound."""

    UNKNOWN_TOKEN = "unknown_token"  # noqa: S105 - a word, no token
    """Or its session is over, or it is another recording's."""
    NOT_PERMITTED = "not_permitted"
    NOT_FOUND = "not_found"
    FAILED = "failed"
    """The store or the disk; it may go better later."""


class SoundRefusedError(Exception):
    """Somebody does not get a sound."""

    def __init__(self, why: SoundRefusal) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True)
class SoundPiece:
    """Some of a sound."""

    first: int
    """Its first byte."""
    data: bytes
    whole: int
    """Bytes of the whole sound."""


@dataclass(frozen=True)
class _Grant:
    token_hash: str
    session: Session
    recording_id: str


class RecordingsService:
    """Answers owners, tells them what changed, and says who gets a sound."""

    def __init__(
        self,
        store: Store,
        archive: RecordingKeeper,
        directory: DirectoryService,
        log: EventLog,
        clock: Clock,
        settings: RecordingSettings,
        is_alive: Callable[[Session], bool],
    ) -> None:
        """`is_alive`: whether a session still exists."""
        self._store = store
        self._archive = archive
        self._directory = directory
        self._log = log
        self._clock = clock
        self._settings = settings
        self._is_alive = is_alive
        self._revision = 0
        self._latest: dict[str, int] = {}
        self._grants: dict[str, _Grant] = {}
        archive.on_change(self._tell)

    async def start(self) -> None:
        """Look where the recordings stand. Raises StoreError."""
        self._revision = await self._store.recordings_revision()
        self._directory.on_change(self._on_directory_change)

    async def shutdown(self) -> None:
        """Nobody gets a sound any more."""
        self._grants.clear()

    def revision_for(self, user: str) -> int:
        """Of the latest change of a user's recordings, for the snapshot."""
        return self._latest.get(user, self._revision)

    def commands(self) -> Mapping[type[Command], Handler]:
        """What clients may ask of this service."""
        return {
            ReadRecordings: self._on_read,
            OpenRecording: self._on_open,
            ReadAccesses: self._on_read_accesses,
            SetRecordingNote: self._on_set_note,
            DeleteRecordings: self._on_delete,
            RestoreRecordings: self._on_restore,
        }

    # ------------------------------------------------------------ the sound

    async def sound(self, recording_id: str, token: str, first: int | None, size: int) -> SoundPiece:
        """Bytes of a sound for whoever has a token; `first` None: the last `size` ones. Raises SoundRefusedError."""
        session = self._session_of(recording_id, token)
        try:
            kept = await self._store.recording(recording_id)
            if kept is None or kept.entry.user != session.user or kept.entry.deleted_at is not None:
                raise SoundRefusedError(SoundRefusal.NOT_FOUND)
            whole = kept.entry.size
            begin = max(whole - size, 0) if first is None else first
            data = await self._archive.read_sound(kept, begin, size)
        except (SoundMissingError, SoundChangedError) as error:
            logger.warning("a sound could not be given: %s", error)
            missing = isinstance(error, SoundMissingError)
            await self._mark(recording_id, RecordingState.MISSING if missing else RecordingState.CHANGED)
            raise SoundRefusedError(SoundRefusal.NOT_FOUND) from error
        except (SoundUnavailableError, StoreError) as error:
            logger.warning("a sound could not be given: %s", error)
            raise SoundRefusedError(SoundRefusal.FAILED) from error
        self._session_of(recording_id, token)  # reading took its time
        return SoundPiece(begin, data, whole)

    def _session_of(self, recording_id: str, token: str) -> Session:
        asked = hash_of(token)
        grant = self._grants.get(asked)
        if (
            grant is None
            or not hmac.compare_digest(grant.token_hash, asked)
            or grant.recording_id != recording_id
        ):
            raise SoundRefusedError(SoundRefusal.UNKNOWN_TOKEN)
        if not self._is_alive(grant.session):
            del self._grants[asked]
            raise SoundRefusedError(SoundRefusal.UNKNOWN_TOKEN)
        if not self._may_listen(grant.session.user):
            raise SoundRefusedError(SoundRefusal.NOT_PERMITTED)
        return grant.session

    def _grant(self, session: Session, recording_id: str) -> str:
        gone = [key for key, one in self._grants.items() if not self._is_alive(one.session)]
        mine = [key for key, one in self._grants.items() if one.session is session]
        for key in (*gone, *mine[: max(len(mine) + 1 - _MOST_GRANTS, 0)]):
            self._grants.pop(key, None)
        token = new_token()
        self._grants[hash_of(token)] = _Grant(hash_of(token), session, recording_id)
        return token

    def _may_listen(self, user: str) -> bool:
        record = self._directory.users.get(user)
        return record is not None and Right.RECORD_CALLS in record.rights

    async def _mark(self, recording_id: str, state: RecordingState) -> None:
        try:
            async with self._archive.changing:
                self._tell(await self._store.mark_recording(recording_id, state))
        except StoreError as error:
            logger.warning("that a recording is %s could not be written down: %s", state.value, error)

    # ------------------------------------------------------------ commands

    async def _on_read(self, session: Session, command: ReadRecordings) -> Result:
        _check(lambda: checked_read(command))
        limit = min(max(command.limit, 1), MAX_RECORDINGS_PAGE)
        page = await self._store.read_recordings(session.user, command.filter, command.after, limit)
        fitting = _that_fit(page.entries)
        more = page.more or len(fitting) < len(page.entries)
        return RecordingsPage(tuple(map(self._shown, fitting)), more, page.total)

    async def _on_open(self, session: Session, command: OpenRecording) -> Result:
        _check(lambda: checked_ids((command.recording_id,)))
        if not self._may_listen(session.user):
            raise _refused(ErrorCode.NOT_PERMITTED, "you may not record calls any more, nor listen to them")
        kept = await self._store.recording(command.recording_id)
        if kept is None or kept.entry.user != session.user or kept.entry.deleted_at is not None:
            raise _not_found()
        await self._must_be_playable(kept)
        access = RecordingAccess(self._clock(), session.user, session.host_name, command.purpose)
        try:
            await self._store.note_access(command.recording_id, access)
        except KeyError as error:
            raise _not_found() from error
        token = self._grant(session, command.recording_id)
        path = SOUND_PATH + command.recording_id
        return RecordingOpened(path, token, MEDIA_TYPE, kept.entry.size, kept.waveform)

    async def _must_be_playable(self, kept: KeptRecording) -> None:
        entry = kept.entry
        if not entry.size:
            raise _refused(ErrorCode.CONFLICT, f"the recording is not ready: it is {entry.state.value}")
        try:
            state = await self._archive.examine(kept)
        except WrongKeyError as error:
            logger.error("a recording cannot be opened: %s", error)  # noqa: TRY400 - the text says it
            raise _refused(ErrorCode.CONFLICT, "the server does not have its key") from error
        if state is not entry.state:
            await self._mark(entry.recording_id, state)
        if state is not RecordingState.READY:
            raise _refused(ErrorCode.CONFLICT, f"its file, or what is known about it, is {state.value}")

    async def _on_read_accesses(self, session: Session, command: ReadAccesses) -> Result:
        _check(lambda: checked_ids((command.recording_id,)))
        try:
            found = await self._store.recording_accesses(session.user, command.recording_id, _MOST_ACCESSES)
        except KeyError as error:
            raise _not_found() from error
        return Accesses(found)

    async def _on_set_note(self, session: Session, command: SetRecordingNote) -> Result:
        try:
            note = checked_note(command)
            async with self._archive.changing:
                self._tell(await self._store.set_recording_note(session.user, command.recording_id, note))
        except ValueError as error:
            raise _refused(ErrorCode.INVALID, str(error)) from error
        except KeyError as error:
            raise _not_found() from error
        return Done()

    async def _on_delete(self, session: Session, command: DeleteRecordings) -> Result:
        _check(lambda: checked_ids(command.recording_ids))
        try:
            async with self._archive.changing:
                ids = command.recording_ids
                self._tell(await self._store.delete_recordings(session.user, ids, self._clock()))
        except KeyError as error:
            raise _not_found() from error
        return Done()

    async def _on_restore(self, session: Session, command: RestoreRecordings) -> Result:
        _check(lambda: checked_ids(command.recording_ids))
        since = self._clock() - timedelta(days=self._settings.undo_days)
        try:
            async with self._archive.changing:
                ids = command.recording_ids
                self._tell(await self._store.restore_recordings(session.user, ids, since))
        except KeyError as error:
            raise _not_found() from error
        return Done()

    # ------------------------------------------------------------ telling

    def _tell(self, step: RecordingsStep) -> None:
        """Tell owners what has changed; `archive.changing` is held."""
        entries: defaultdict[str, list[RecordingEntry]] = defaultdict(list)
        removed: defaultdict[str, list[str]] = defaultdict(list)
        for entry in step.entries:
            entries[entry.user].append(self._shown(entry))
        for user, recording_id in step.removed:
            removed[user].append(recording_id)
        for user in sorted(entries.keys() | removed.keys()):
            if user not in self._directory.users:
                continue
            self._latest[user] = step.revision
            complete = len(entries[user]) + len(removed[user]) <= _MOST_TOLD
            told = (tuple(entries[user]), tuple(removed[user])) if complete else ((), ())
            self._log.publish(RecordingsChanged(step.revision, *told, complete=complete), only=user)

    def _shown(self, entry: RecordingEntry) -> RecordingEntry:
        keep_days = self._settings.keep_days
        return replace(entry, delete_on=entry.started_at + timedelta(days=keep_days)) if keep_days else entry

    def _on_directory_change(self, change: DirectoryChange) -> None:
        for record in change.removed:
            self._latest.pop(record.user, None)  # the database has taken the recordings from their owner


def _that_fit(entries: tuple[RecordingEntry, ...]) -> tuple[RecordingEntry, ...]:
    """The first ones, until they are too long for a page; at least one."""
    characters = 0
    for place, one in enumerate(entries):
        notes = sum(len(note.text) + 40 for note in one.notes)
        characters += 700 + len(one.party.name) + notes + 25 * len(one.pauses)
        if place and characters > _MOST_CHARACTERS:
            return entries[:place]
    return entries


def _check(rule: Callable[[], None]) -> None:
    try:
        rule()
    except ValueError as error:
        raise _refused(ErrorCode.INVALID, str(error)) from error


def _not_found() -> CommandRefusedError:
    return _refused(ErrorCode.NOT_FOUND, "there is no such recording of yours")


def _refused(code: ErrorCode, sentence: str) -> CommandRefusedError:
    return CommandRefusedError(WireError(code, sentence))
