"""What is being recorded: begun by whoever has the right, or by rule; paused, ended, found again after every breakdown.

Theory. The PBX records, at one leg of whoever records, and goes on with it while this server or the line between both is away. So each step
is written down in the archive first: what began and did not end is looked for at the PBX as soon as it can be asked.
Whether a leg is recorded is decided here, in one moment, before anything is awaited: there is one recording of a leg at most. What
people are told is what is known: as long as it may be that somebody is recorded, nobody is told that it is over.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import TypeGuard

from wwphone.domain.account import Right
from wwphone.domain.calls import CallDirection, Leg
from wwphone.domain.numbers import PARKING_PLACES
from wwphone.domain.recording import RecordingEnd, RecordingsState, RunningRecording
from wwphone.protocol.errors import CommandRefusedError, ErrorCode, WireError
from wwphone.protocol.message import Command, Done, Result
from wwphone.protocol.recording import (
    PauseRecording,
    RecordingRulesChanged,
    RecordingStarted,
    StartRecording,
    StopRecording,
)
from wwphone.server.api import (
    Pbx,
    PbxError,
    PbxEvent,
    PbxLegChanged,
    PbxLegEnded,
    PbxLostError,
    PbxStateChanged,
    StoreError,
    UserRecord,
)
from wwphone.server.clock import Clock
from wwphone.server.recording_api import BegunRecording, RecordingArchive, RecordingPbx
from wwphone.server.recording_settings import RecordingSettings
from wwphone.server.services.commands import Handler
from wwphone.server.services.directory import DirectoryChange
from wwphone.server.services.phone_numbers import internal_numbers
from wwphone.server.services.recording_board import Run, RunBoard
from wwphone.server.services.recording_rules import falls_under, talks
from wwphone.server.services.recording_runs import RecordingNeighbours, RunKeeper
from wwphone.server.services.recording_turns import Turns
from wwphone.server.services.sessions import Session
from wwphone.server.tasks import TaskOwner

logger = logging.getLogger(__name__)

WATCH_S = 1.0
"""From one look at the disk and into conferences to the next while something is recorded."""
_UNTIL_KNOWN_S = (0.02, 0.03, 0.05, 0.1, 0.2, 0.4)
"""Pauses between looks whom a leg talks with that has dialled the place of a parked call: told a moment after the answer."""
_UNTIL_CLAIMED_S = 0.1
"""The longest of them for a device that is answered to claim a call: that it came in is told right after."""


class RecordingService:
    """Everything that is being recorded."""

    def __init__(
        self,
        pbx: Pbx,
        archive: RecordingArchive,
        neighbours: RecordingNeighbours,
        clock: Clock,
        settings: RecordingSettings,
    ) -> None:
        self._pbx = pbx
        self._archive = archive
        self._calls, self._directory = neighbours.calls, neighbours.directory
        self._log = neighbours.log
        self._board = RunBoard(pbx, self._calls, self._directory, self._log)
        self._clock = clock
        self._settings = settings
        self._revision_of = neighbours.revision_of
        self._runs = RunKeeper(pbx, archive, neighbours, self._board, clock)
        self._turns = Turns()
        self._tasks = TaskOwner("recording")

    async def start(self) -> None:
        """Take up what ran before. Raises StoreError."""
        for begun in await self._archive.unfinished():
            self._runs.add(Run(begun, paused=begun.paused_at is not None))
        self._directory.on_change(self._on_directory_change)
        self._board.start()
        self._tasks.start(self._watch())

    async def shutdown(self) -> None:
        """Stop; recordings run on at the PBX, and are found again after the next start."""
        await self._tasks.shutdown()
        await self._runs.shutdown()
        await self._board.shutdown()

    @property
    def running(self) -> int:
        """How many recordings run."""
        return len(self._runs.all)

    def state_for(self, user: str) -> RecordingsState:
        """Where a user's recordings stand."""
        record = self._directory.users.get(user)
        state = RecordingsState(
            possible=self._archive.possible,
            revision=self._revision_of(user),
            tone=self._settings.tone_every_s > 0,
            undo_days=self._settings.undo_days,
        )
        return state if record is None else replace(state, automatic=record.automatic_recording)

    def running_for(self, user: str) -> tuple[RunningRecording, ...]:
        """What is being recorded of a user's calls."""
        return self._board.running_for(user)

    # ------------------------------------------------------------ commands

    def commands(self) -> Mapping[type[Command], Handler]:
        """What clients may ask of this service."""
        return {
            StartRecording: self._on_start,
            PauseRecording: self._on_pause,
            StopRecording: self._on_stop,
        }

    async def _on_start(self, session: Session, command: StartRecording) -> Result:
        return await self.record(session.user, command)

    async def _on_pause(self, session: Session, command: PauseRecording) -> Result:
        await self.pause(session.user, command)
        return Done()

    async def _on_stop(self, session: Session, command: StopRecording) -> Result:
        await self.stop(session.user, command)
        return Done()

    async def record(self, user: str, command: StartRecording) -> RecordingStarted:
        """Record a call of the user's. Raises CommandRefusedError, PbxError, PbxLostError, StoreError."""
        self._must_have_right(user)
        if not self._archive.possible:
            raise _refused(ErrorCode.INVALID, "this server is not set up to record")
        leg_id = await self._calls.own_leg(user, command.leg_id, command.sip_call_id)
        leg = self._calls.leg(leg_id)
        if leg is None or not talks(leg):
            raise _refused(ErrorCode.CONFLICT, "nobody is connected with this leg")
        return RecordingStarted(await self._begin(leg, automatic=False))

    async def pause(self, user: str, command: PauseRecording) -> None:
        """Record silence, or what is said. Raises CommandRefusedError, PbxError, PbxLostError, StoreError."""
        run = self._own(user, command.recording_id)
        async with run.lock:
            self._must_run(run)
            if run.paused == command.paused:
                return
            if command.paused:
                await self._pause(run)
            else:
                await self._pause_at_pbx(run, paused=False)
                run.paused = False
                self._board.show(run)
                await self._archive.pause(run.recording_id, self._clock(), False)

    async def _pause(self, run: Run) -> None:
        """Written down first: whatever breaks then, nothing is recorded that should not be."""
        await self._archive.pause(run.recording_id, self._clock(), True)
        run.paused = True
        try:
            await self._pause_at_pbx(run, paused=True)
        except PbxLostError:
            raise  # it is paused when the line is back
        except (PbxError, CommandRefusedError):
            run.paused = False
            await self._archive.pause(run.recording_id, self._clock(), False)
            raise
        self._board.show(run)

    async def stop(self, user: str, command: StopRecording) -> None:
        """End a recording. Raises CommandRefusedError, PbxError, PbxLostError."""
        run = self._own(user, command.recording_id)
        self._calls.must_be_connected()
        await self._runs.stop_at_pbx(run, RecordingEnd.STOPPED)

    def _own(self, user: str, recording_id: str) -> Run:
        run = self._runs.get(recording_id)
        if run is None or run.begun.user != user:
            raise _no_such_recording()
        return run

    def _must_run(self, run: Run) -> None:
        self._calls.must_be_connected()
        if run.over or not run.running:
            raise _no_such_recording()

    def _must_have_right(self, user: str) -> None:
        if not _may_record(self._directory.users.get(user)):
            raise _refused(ErrorCode.NOT_PERMITTED, "you may not record calls")

    # ------------------------------------------------------------ beginning

    async def _begin(self, leg: Leg, *, automatic: bool) -> str:
        """Raise CommandRefusedError, PbxError, PbxLostError, StoreError."""
        rate = await _rate(self._pbx.recording, leg.leg_id, self._settings.tone_every_s)
        if self._runs.at(leg.leg_id) is not None:
            raise _refused(ErrorCode.CONFLICT, "this call is being recorded already")
        run = Run(self._begun(leg, rate, automatic=automatic))
        self._runs.add(run)
        async with run.lock:
            try:
                await self._begin_at_pbx(run)
            except PbxLostError:
                raise  # it may run: it is looked for when the line is back
            except BaseException:
                self._runs.forget(run)
                raise
        await self._runs.note(run)
        await self._end_if_it_must(run)
        return run.recording_id

    async def _begin_at_pbx(self, run: Run) -> None:
        begun = run.begun
        if not await asyncio.to_thread(self._archive.has_space):
            raise _refused(ErrorCode.NO_SPACE, "the server's disk is full")
        await self._archive.begin(begun)
        try:
            every_s = self._settings.tone_every_s
            await self._pbx.recording.start_recording(run.leg_id, run.recording_id, begun.files, every_s)
        except PbxLostError:
            raise
        except KeyError:
            await self._archive.withdraw(run.recording_id)
            raise _no_such_call() from None
        except PbxError:
            await self._archive.withdraw(run.recording_id)
            raise
        run.running = self._pbx.connected
        self._board.show(run)

    def _begun(self, leg: Leg, rate: int, *, automatic: bool) -> BegunRecording:
        recording_id = uuid.uuid4().hex
        return BegunRecording(
            recording_id,
            leg.user,
            leg.leg_id,
            leg.call_id,
            leg.direction,
            leg.kind,
            leg.remote,
            leg.called or leg.remote.number,
            self._clock(),
            self._archive.files_for(recording_id, rate),
            automatic,
        )

    async def _end_if_it_must(self, run: Run) -> None:
        """Something may have happened while the PBX was asked."""
        if run.leg_over:
            self._runs.finish(run, RecordingEnd.CALL_ENDED)
        elif not _may_record(self._directory.users.get(run.begun.user)):
            await self._runs.try_to_end(run, RecordingEnd.RIGHT_WITHDRAWN)

    async def _begin_by_rule(self, leg: Leg, *, anew: bool) -> None:
        for pause_s in _UNTIL_KNOWN_S:
            outgoing = leg.direction is CallDirection.OUTGOING
            claimed = outgoing and pause_s <= _UNTIL_CLAIMED_S and self._turns.is_claimed(leg)
            if not claimed and leg.remote.number not in PARKING_PLACES:
                break
            await asyncio.sleep(pause_s)
            leg = self._calls.leg(leg.leg_id) or leg
        record = self._directory.users.get(leg.user)
        if record is not None and self._is_recorded_by_rule(record, leg):
            await self._begin_unasked(leg, automatic=True, anew=anew)

    async def _begin_unasked(self, leg: Leg, *, automatic: bool, anew: bool) -> None:
        """By rule; or `anew`, after the leg has had another conversation."""
        try:
            await self._runs.end_of(leg.leg_id)
            if not anew and await self._pbx.recording.recording_at(leg.leg_id) is not None:
                return  # it was recorded before this server was there, and its owner may have ended that
            await self._begin(leg, automatic=automatic)
        except CommandRefusedError as refused:
            if refused.error.code not in (ErrorCode.CONFLICT, ErrorCode.NOT_FOUND):
                logger.warning(
                    "a call of %s is not recorded as it should be: %s", leg.user, refused.error.sentence
                )
        except (PbxError, StoreError) as error:
            logger.warning("a call of %s is not recorded as it should be: %s", leg.user, error)

    # ------------------------------------------------------------ what happens

    def on_pbx_event(self, event: PbxEvent) -> None:
        """Something happened at the PBX."""
        match event:
            case PbxLegChanged(leg):
                self._on_leg(leg)
            case PbxLegEnded(_, leg_id):
                self._on_leg_ended(leg_id)
            case PbxStateChanged(connected=False):
                for run in self._runs.all:
                    run.running = False
            case PbxStateChanged(connected=True):
                self._on_line_back()
            case _:
                pass

    def _on_line_back(self) -> None:
        for run in self._runs.all:
            self._tasks.start(self._find_again(run))
        legs = [leg for user in self._directory.users for leg in self._calls.legs_of(user)]
        self._turns.keep({leg.leg_id for leg in legs})
        for leg in legs:
            self._on_leg(leg)

    def _on_leg(self, leg: Leg) -> None:
        self._board.look()
        if not self._archive.possible or not self._pbx.connected:
            return
        run, before = self._runs.at(leg.leg_id), self._turns.turned(leg)
        if run is not None and before is not None:
            self._turns.leave(leg, before, automatic=run.begun.automatic)
            self._runs.end_soon(run, RecordingEnd.CALL_ENDED)
        record = self._directory.users.get(leg.user)
        if not talks(leg) or (run is not None and run.end is None):
            return
        another, first, again = self._turns.has_turned(leg), *self._turns.decide(leg)
        if not _may_record(record):
            return
        if again is not None:
            self._tasks.start(self._begin_unasked(leg, automatic=again, anew=True))
        elif first:
            self._tasks.start(self._begin_by_rule(leg, anew=another))

    def _is_recorded_by_rule(self, record: UserRecord, leg: Leg) -> bool:
        directory = self._directory
        internal = internal_numbers(directory.users.values(), directory.ring_groups, directory.rooms)
        return falls_under(record.automatic_recording, leg, internal)

    def _on_leg_ended(self, leg_id: str) -> None:
        self._turns.forget(leg_id)
        run = self._runs.at(leg_id)
        if run is not None:
            run.leg_over = True
            if not self._pbx.connected:
                self._runs.finish(run, RecordingEnd.INTERRUPTED)
            elif run.running:
                self._runs.finish(run, run.end or RecordingEnd.CALL_ENDED)
        self._board.on_leg_ended(leg_id)
        self._board.look()

    async def _find_again(self, run: Run) -> None:
        """The line is back: does it run there?"""
        async with run.lock:
            if run.over or self._runs.get(run.recording_id) is None:
                return
            try:
                there = self._calls.leg(run.leg_id) is not None
                now = await self._pbx.recording.recording_at(run.leg_id) if there else None
                if (
                    now == run.recording_id
                ):  # it does as was written down, whatever it heard before the line broke
                    await self._pause_at_pbx(run, paused=run.paused)
            except PbxError as error:
                logger.info("whether a recording runs is asked again when the line is back: %s", error)
                return
            if now != run.recording_id:
                self._runs.finish(run, run.end or RecordingEnd.INTERRUPTED)
                return
            run.running = True
            self._board.show(run)
        if run.end is not None:
            await self._runs.try_to_end(run, run.end)
        else:
            await self._end_if_it_must(run)

    async def _pause_at_pbx(self, run: Run, *, paused: bool) -> None:
        try:
            await self._pbx.recording.pause_recording(run.leg_id, run.recording_id, paused)
        except KeyError:
            raise _no_such_recording() from None

    def _on_directory_change(self, change: DirectoryChange) -> None:
        for old, new in change.changed:
            if old.automatic_recording is not new.automatic_recording:
                self._log.publish(RecordingRulesChanged(self.state_for(new.user)), only=new.user)
        for run in self._runs.all:
            if run.running and not _may_record(self._directory.users.get(run.begun.user)):
                self._tasks.start(self._runs.try_to_end(run, RecordingEnd.RIGHT_WITHDRAWN))
        self._board.look()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(WATCH_S)
            running = [run for run in self._runs.all if run.running]
            if not running or not self._pbx.connected:
                continue
            if not await asyncio.to_thread(self._archive.has_space):
                logger.error("the disk is full: %d recordings are ended, the calls go on", len(running))
                await asyncio.gather(*(self._runs.try_to_end(run, RecordingEnd.DISK_FULL) for run in running))
            await self._look_into_conferences(running)
            late = [(run, run.end) for run in running if run.end is not None and not run.over]
            await asyncio.gather(*(self._runs.try_to_end(run, end) for run, end in late))

    async def _look_into_conferences(self, running: list[Run]) -> None:
        try:
            await asyncio.gather(*map(self._board.look_into_conference, running))
        except PbxError as error:
            logger.debug("who is in a conference is asked again: %s", error)


def _may_record(record: UserRecord | None) -> TypeGuard[UserRecord]:
    return record is not None and Right.RECORD_CALLS in record.rights


async def _rate(pbx: RecordingPbx, leg_id: str, tone_every_s: int) -> int:
    try:
        return await pbx.recording_rate(leg_id, tone_every_s)
    except KeyError:
        raise _no_such_call() from None


def _no_such_call() -> CommandRefusedError:
    return _refused(ErrorCode.NOT_FOUND, "there is no such call of yours")


def _no_such_recording() -> CommandRefusedError:
    return _refused(ErrorCode.NOT_FOUND, "there is no such running recording of yours")


def _refused(code: ErrorCode, sentence: str) -> CommandRefusedError:
    return CommandRefusedError(WireError(code, sentence))
