"""The recordings that run: one of a leg at most; ended at the PBX, in the archive and in the record of calls."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from wwphone.domain.recording import RecordingEnd
from wwphone.server.api import Pbx, PbxError, StoreError
from wwphone.server.clock import Clock
from wwphone.server.recording_api import RecordingArchive
from wwphone.server.services.calls import CallService
from wwphone.server.services.directory import DirectoryService
from wwphone.server.services.event_log import EventLog
from wwphone.server.services.recording_board import Run, RunBoard
from wwphone.server.tasks import TaskOwner

logger = logging.getLogger(__name__)

_RETRY_S = 3.0
_LAST_WORDS_S = 1.0
NoteRecording = Callable[[str, str, str], Awaitable[None]]
"""Tells the record of calls: user, leg, recording. Raises StoreError."""


@dataclass(frozen=True)
class RecordingNeighbours:
    """Who tells of calls and people, and who is told."""

    calls: CallService
    directory: DirectoryService
    log: EventLog
    note: NoteRecording
    revision_of: Callable[[str], int]
    """Of a user's kept recordings."""


class RunKeeper:
    """Knows what runs, and ends it."""

    def __init__(
        self,
        pbx: Pbx,
        archive: RecordingArchive,
        neighbours: RecordingNeighbours,
        board: RunBoard,
        clock: Clock,
    ) -> None:
        self._pbx = pbx
        self._archive = archive
        self._calls, self._directory = neighbours.calls, neighbours.directory
        self._note = neighbours.note
        self._board = board
        self._clock = clock
        self._runs: dict[str, Run] = {}
        self._of_leg: dict[str, Run] = {}
        self._tasks = TaskOwner("ends of recordings")

    async def shutdown(self) -> None:
        """What has not been written down by now is found after the next start."""
        await self._tasks.finish(_LAST_WORDS_S)
        await self._tasks.shutdown()

    @property
    def all(self) -> tuple[Run, ...]:
        """What runs, or is about to."""
        return tuple(self._runs.values())

    def get(self, recording_id: str) -> Run | None:
        """One of them."""
        return self._runs.get(recording_id)

    def at(self, leg_id: str) -> Run | None:
        """What is recorded at a leg."""
        return self._of_leg.get(leg_id)

    def add(self, run: Run) -> None:
        """Take the leg for it."""
        self._runs[run.recording_id] = self._of_leg[run.leg_id] = run

    async def stop_at_pbx(self, run: Run, end: RecordingEnd) -> None:
        """End it at the PBX. Raises PbxError, PbxLostError: it may run on, and is ended as soon as that is possible."""
        async with run.lock:
            if run.over:
                return
            run.end = run.end or end
            try:
                await self._pbx.recording.stop_recording(run.leg_id, run.recording_id)
            except KeyError:
                there = self._calls.leg(run.leg_id) is not None
                run.end = RecordingEnd.INTERRUPTED if there else RecordingEnd.CALL_ENDED
            self.finish(run, run.end)

    async def try_to_end(self, run: Run, end: RecordingEnd) -> None:
        """End it at the PBX, now or when that is possible."""
        try:
            await self.stop_at_pbx(run, end)
        except PbxError as error:
            logger.warning("a recording of %s cannot be ended yet: %s", run.begun.user, error)

    def end_soon(self, run: Run, end: RecordingEnd) -> None:
        """The same, without waiting for it; it counts as ending from now on."""
        run.end = run.end or end
        self._tasks.start(self.try_to_end(run, end))

    async def end_of(self, leg_id: str) -> None:
        """Wait for the end of what is ending at a leg."""
        run = self.at(leg_id)
        if run is not None and run.end is not None:
            async with run.lock:
                return

    def finish(self, run: Run, end: RecordingEnd) -> None:
        """It is over at the PBX: nothing more is written."""
        if run.over:
            return
        run.over, run.end = True, end
        self.forget(run)
        self._board.take_away(run, end)
        self._tasks.start(self._put_away(run, end))

    def forget(self, run: Run) -> None:
        """It did not come about."""
        self._runs.pop(run.recording_id, None)
        if self._of_leg.get(run.leg_id) is run:
            del self._of_leg[run.leg_id]

    async def _put_away(self, run: Run, end: RecordingEnd) -> None:
        at = self._clock()
        while True:
            try:
                await self._archive.end(run.recording_id, at, end)
                break
            except StoreError as error:
                logger.warning("the end of a recording waits for the store: %s", error)
                await asyncio.sleep(_RETRY_S)
        await self.note(run)

    async def note(self, run: Run) -> None:
        """Let the record of calls name it."""
        if run.begun.user not in self._directory.users:
            return  # the rows have gone with their owner
        try:
            await self._note(run.begun.user, run.leg_id, run.recording_id)
        except StoreError as error:
            logger.warning("the record of calls does not know of a recording: %s", error)
