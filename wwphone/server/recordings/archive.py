"""Keeps what is recorded: what runs is written down, what ended is put away, what may not be kept any longer goes for good.

Putting away is one step after the other, each done for good before the next: the encrypted file is made beside the
archive and on the disk, it gets its name, what is known about it is linked to the chain in the store, and then the raw files go. A
kill anywhere leaves the raw files or the link, and the next start does again what has no link.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from wwphone.domain.recording import RecordingEnd, RecordingState
from wwphone.server.api import StoreError
from wwphone.server.clock import Clock
from wwphone.server.recording_api import BegunRecording, RecordingFiles
from wwphone.server.recording_settings import RAW_RATE, RAW_SUFFIXES, RecordingSettings
from wwphone.server.recordings.files import RecordingFolders
from wwphone.server.recordings.keys import KeyUnusableError
from wwphone.server.recordings.raw_files import RawFileError
from wwphone.server.recordings.sound import NothingRecordedError, StoppedError, put_away, recorded_s
from wwphone.server.recordings.vault import VaultReader
from wwphone.server.recordings_api import (
    EndedRecording,
    KeptRecording,
    KeptSound,
    RecordingsListener,
    RecordingsStep,
    RecordingsStore,
    SoundChangedError,
    SoundMissingError,
    SoundUnavailableError,
    WrongKeyError,
)
from wwphone.server.tasks import TaskOwner

logger = logging.getLogger(__name__)

RETRY_S = 30.0
"""What could not be put away, as the disk is full, is tried again so soon."""
_PURGE_EVERY_S = 3600.0
_LAST_WORDS = timedelta(seconds=5)
"""So long after its end the PBX may still write the last of it: it keeps up to 0.7 s back until it closes its files."""
_LOOK_AGAIN_S = 0.5
_MISSING_S = 0.25
"""What the PBX needs to begin; who lacks more than that lacks an end."""
_RAW_LATE = timedelta(minutes=10)
"""So long after its end raw files that are not there may still come, over a shared folder."""
_READERS = 4


class Archive:
    """`server.recordings_api.RecordingKeeper`."""

    def __init__(
        self,
        store: RecordingsStore,
        settings: RecordingSettings,
        clock: Clock,
        find_key: Callable[[], bytes | None],
        retry_s: float = RETRY_S,
    ) -> None:
        """`find_key` is called on a thread, and only where there is a folder to record to; see `keys.find_key`."""
        self._store = store
        self._settings = settings
        self._clock = clock
        self._find_key = find_key
        self._retry_s = retry_s
        self._folders = RecordingFolders(settings)
        self._key: bytes | None = None
        self._has_spool = False
        self.changing = asyncio.Lock()
        self._listener: RecordingsListener | None = None
        self._given_up: set[str] = set()
        self._complained: set[str] = set()
        self._wake = asyncio.Event()
        self._stop = threading.Event()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="recordings")
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="sound of recordings")
        self._tasks = TaskOwner("recordings")

    # ------------------------------------------------------------ life

    async def start(self) -> None:
        """Look for place and key, and go on with what was not finished. Raises StoreError."""
        self._key = await asyncio.get_running_loop().run_in_executor(self._writer, self._look_for_key)
        self._tasks.start(self._put_all_away())
        self._tasks.start(self._keep_house())

    async def shutdown(self) -> None:
        """Stop; what is being put away is put away after the next start."""
        self._stop.set()
        await self._tasks.shutdown()
        for executor in (self._writer, self._readers):
            await asyncio.to_thread(executor.shutdown)

    def on_change(self, listener: RecordingsListener) -> None:
        """Tell this of every change that is made here."""
        self._listener = listener

    @property
    def possible(self) -> bool:
        """The server is set up to record."""
        return self._key is not None and self._has_spool

    # ------------------------------------------------------------ while it runs

    def files_for(self, recording_id: str, rate: int = RAW_RATE) -> RecordingFiles:
        """Where the PBX is to write it. Raises ValueError for an id that cannot be a file's name."""
        return self._folders.raw(recording_id, rate)

    def has_space(self) -> bool:
        """There is enough left on both disks to go on recording."""
        return self._folders.has_space

    async def begin(self, begun: BegunRecording) -> None:
        """Write down that it runs. Raises StoreError."""
        await self._store.begin_recording(begun)

    async def withdraw(self, recording_id: str) -> None:
        """It did not come about after all. Raises StoreError."""
        await self._store.withdraw_recording(recording_id)
        self._wake.set()

    async def pause(self, recording_id: str, at: datetime, paused: bool) -> None:
        """Write down from when to when it was silent. Raises StoreError."""
        await self._store.pause_recording(recording_id, at, paused=paused)

    async def end(self, recording_id: str, at: datetime, end: RecordingEnd) -> None:
        """Write down that it ended. Raises StoreError."""
        async with self.changing:
            self._tell(await self._store.end_recording(recording_id, at, end))
        self._wake.set()

    async def unfinished(self) -> tuple[BegunRecording, ...]:
        """What began and did not end. Raises StoreError."""
        return await self._store.unfinished_recordings()

    # ------------------------------------------------------------ what is kept

    async def examine(self, kept: KeptRecording) -> RecordingState:
        """Look whether it can be played now. Raises WrongKeyError."""
        if not kept.as_put_away:
            return RecordingState.CHANGED
        run = asyncio.get_running_loop().run_in_executor
        try:
            await run(self._readers, self._reader, kept)
        except SoundMissingError as error:
            logger.warning("a recording is missing: %s", error)
            return RecordingState.MISSING
        except SoundChangedError as error:
            logger.warning("a recording was changed: %s", error)
            return RecordingState.CHANGED
        return RecordingState.READY

    async def read_sound(self, kept: KeptRecording, first: int, size: int) -> bytes:
        """Read bytes of the sound. Raises SoundUnavailableError."""

        def read() -> bytes:
            try:
                return self._reader(kept).read(first, size)
            except OSError as error:
                raise SoundUnavailableError(f"a recording cannot be read: {error}") from error

        return await asyncio.get_running_loop().run_in_executor(self._readers, read)

    def _reader(self, kept: KeptRecording) -> VaultReader:
        if self._key is None:
            raise WrongKeyError("this server has no key for recordings")
        path = self._folders.kept(kept.entry.recording_id)
        try:
            if path.exists() and path.stat().st_size != kept.file_size:
                raise SoundChangedError(f"{path} has another size than was put there")
            return VaultReader(path, self._key, kept.entry.recording_id)
        except OSError as error:
            raise SoundMissingError(f"{path} cannot be read: {error}") from error

    # ------------------------------------------------------------ putting away

    async def _put_all_away(self) -> None:
        while True:
            self._wake.clear()
            try:
                all_done = await self._one_round()
            except StoreError as error:
                all_done = False
                logger.info("recordings wait for the store to be put away: %s", error)
            try:
                async with asyncio.timeout(None if all_done else self._retry_s):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def _one_round(self) -> bool:
        """Do what is to be done; return whether nothing is left that may go better soon."""
        all_done = True
        for one in await self._store.ended_recordings():
            if one.put_away or one.withdrawn:
                all_done &= await self._clear(one)
            elif one.recording_id not in self._given_up:
                all_done &= await self._put_away(one)
        return all_done

    async def _put_away(self, one: EndedRecording) -> bool:
        key = self._key
        if key is None:
            self._complain(one, "there is no key to encrypt it with")
            return True
        run = asyncio.get_running_loop().run_in_executor
        try:
            if await run(self._writer, self._may_grow, one):
                self._look_again()
                return True
            sound = await run(self._writer, self._make, one, key)
        except NothingRecordedError:
            return await self._nothing_there(one)
        except RawFileError as error:
            logger.error("the recording %s stays raw: %s", one.recording_id, error)  # noqa: TRY400 - the text says it
            return await self._give_up(one, RecordingState.CHANGED)
        except StoppedError:
            return True
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            self._complain(one, "the disk is full" if full else str(error))
            return False
        except Exception:
            logger.exception("the recording %s stays raw by a mistake of ours", one.recording_id)
            return await self._give_up(one, RecordingState.WORKING)
        async with self.changing:
            self._tell(await self._store.keep_recording(one.recording_id, sound))
        self._complained.discard(one.recording_id)
        return await self._clear(one)

    def _may_grow(self, one: EndedRecording) -> bool:
        """Whether its end lacks, and may still come: a call's end is told before the PBX has closed its files."""
        since = timedelta.max if one.ended_at is None else self._clock() - one.ended_at
        if one.ended_at is None or since >= _LAST_WORDS:
            return False
        return (one.ended_at - one.started_at).total_seconds() - recorded_s(one.files) > _MISSING_S

    def _look_again(self) -> None:
        asyncio.get_running_loop().call_later(min(_LOOK_AGAIN_S, self._retry_s), self._wake.set)

    def _make(self, one: EndedRecording, key: bytes) -> KeptSound:
        unfinished = self._folders.unfinished(one.recording_id)
        try:
            sound = put_away(one.files, unfinished, key, one.recording_id, self._stop)
            self._folders.finish(one.recording_id)
        finally:
            unfinished.unlink(missing_ok=True)
        return sound

    async def _clear(self, one: EndedRecording) -> bool:
        """Remove the raw files of what has its link in the chain, or did not come about."""
        run = asyncio.get_running_loop().run_in_executor
        try:
            await run(self._writer, self._folders.remove_raw, one.files)
        except OSError as error:
            self._complain(one, f"its raw files cannot be removed: {error}")
            return False
        await self._store.forget_raw_recording(one.recording_id)
        return True

    async def _nothing_there(self, one: EndedRecording) -> bool:
        """Its owner is told soon; what comes late after all is put away then."""
        ended_at = one.ended_at
        recent = ended_at is not None and self._clock() - ended_at < _RAW_LATE
        if not self._folders.spool_is_there:
            self._complain(one, "the spool folder is not there")
            return False
        begun = asyncio.get_running_loop().run_in_executor(self._writer, _has_begun, one)
        if recent and not await begun:
            self._complain(one, "there is nothing of it in the spool folder yet")
            await self._mark(one, RecordingState.MISSING)
            return False
        logger.error("nothing was written of the recording %s", one.recording_id)
        return await self._give_up(one, RecordingState.MISSING)

    async def _give_up(self, one: EndedRecording, state: RecordingState) -> bool:
        """Until the next start, which looks again."""
        self._given_up.add(one.recording_id)
        await self._mark(one, state)
        return True

    async def _mark(self, one: EndedRecording, state: RecordingState) -> None:
        async with self.changing:
            self._tell(await self._store.mark_recording(one.recording_id, state))

    def _complain(self, one: EndedRecording, why: str) -> None:
        """Say it once of each recording; it may be tried again for days."""
        if one.recording_id not in self._complained:
            self._complained.add(one.recording_id)
            logger.warning("the recording %s stays raw for now: %s", one.recording_id, why)

    def _tell(self, step: RecordingsStep) -> None:
        if self._listener is not None and (step.entries or step.removed):
            self._listener(step)

    # ------------------------------------------------------------ going for good

    async def purge(self) -> None:
        """Remove for good what was deleted long enough ago, or is older than it may be kept. Raises StoreError."""
        now = self._clock()
        ownerless = await self._store.delete_ownerless_recordings(now)
        if ownerless:
            logger.info("%d recordings of removed users are deleted", ownerless)
        keep_days = self._settings.keep_days
        too_old = now - timedelta(days=keep_days) if keep_days else None
        async with self.changing:
            step, ids = await self._store.doomed_recordings(
                now - timedelta(days=self._settings.undo_days), too_old
            )
            self._tell(step)
        run = asyncio.get_running_loop().run_in_executor
        gone = await run(self._writer, self._remove, ids)
        if gone:
            await self._store.forget_recordings(gone, now)
            logger.info("%d recordings are deleted for good", len(gone))

    def _remove(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        gone: list[str] = []
        for recording_id in ids:
            try:
                self._folders.remove(recording_id)
                for rate in RAW_SUFFIXES:
                    self._folders.remove_raw(self._folders.raw(recording_id, rate))
            except OSError as error:
                logger.warning("the recording %s cannot be deleted for good: %s", recording_id, error)
            else:
                gone.append(recording_id)
        return tuple(gone)

    async def _keep_house(self) -> None:
        while True:
            try:
                await self.purge()
            except StoreError as error:
                logger.warning("old recordings could not be deleted: %s", error)
            await asyncio.sleep(_PURGE_EVERY_S)

    # ------------------------------------------------------------ the key

    def _look_for_key(self) -> bytes | None:
        """On a thread: the key, if there are place and key. Says in the log what is missing."""
        folder = self._settings.folder
        self._has_spool = self._folders.spool_is_there
        if not self._has_spool:
            logger.info("calls cannot be recorded: the folder %s is not there", self._settings.spool)
            if not self._folders.were_used:
                return None
        try:
            key = self._find_key()
            if key is None:
                logger.warning("calls cannot be recorded: there is no key; `recordings new-key` makes one")
                return None
            self._folders.prepare()
            if self._folders.is_our_key(key):
                return key
            logger.error("calls cannot be recorded: the recordings in %s have another key", folder)
        except KeyUnusableError as error:
            logger.error("calls cannot be recorded: %s", error)  # noqa: TRY400 - the text says it
        except OSError as error:
            logger.error("calls cannot be recorded: %s cannot be used: %s", folder, error)  # noqa: TRY400 - the same
        return None


def _has_begun(one: EndedRecording) -> bool:
    """On a thread: the PBX has made a file for it."""
    return one.files.mine.exists() or one.files.others.exists()
