"""Who is told of what is being recorded: everybody of ours in the call, each with their own leg of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from wwphone.domain.calls import Leg, LegState
from wwphone.domain.recording import RecordingEnd, RunningRecording
from wwphone.protocol.recording import RecordingRunEnded, RecordingRuns
from wwphone.server.api import Pbx, PbxError
from wwphone.server.recording_api import BegunRecording
from wwphone.server.services.calls import CallService
from wwphone.server.services.directory import DirectoryService
from wwphone.server.services.event_log import EventLog
from wwphone.server.tasks import TaskOwner

_IN_THE_CALL = (LegState.UP, LegState.HELD)


@dataclass(eq=False)
class Run:
    """A recording that runs, or is about to."""

    begun: BegunRecording
    paused: bool = False
    running: bool = False
    """The PBX was asked for it and said yes, and the line has been whole since."""
    leg_over: bool = False
    end: RecordingEnd | None = None
    """Why it has to end, or has ended."""
    over: bool = False
    conference: frozenset[str] = frozenset()
    """The legs, also those of other calls, that its leg is mixed with."""
    # One step after the other at the PBX.
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def recording_id(self) -> str:
        """Its id."""
        return self.begun.recording_id

    @property
    def leg_id(self) -> str:
        """The leg it is recorded at."""
        return self.begun.leg_id


class RunBoard:
    """Tells of recordings, also when somebody joins or leaves the call; what was told is what a snapshot says."""

    def __init__(self, pbx: Pbx, calls: CallService, directory: DirectoryService, log: EventLog) -> None:
        self._pbx = pbx
        self._calls = calls
        self._directory = directory
        self._log = log
        self._runs: dict[str, Run] = {}
        self._told: dict[tuple[str, str], tuple[str, RunningRecording]] = {}
        """User and what they were told, by recording and leg."""
        self._sip_calls: dict[str, str] = {}
        self._dirty = asyncio.Event()
        self._tasks = TaskOwner("who is told of recordings")

    def start(self) -> None:
        """Begin to tell."""
        self._tasks.start(self._keep_told())

    async def shutdown(self) -> None:
        """Tell nothing any more."""
        await self._tasks.shutdown()

    def running_for(self, user: str) -> tuple[RunningRecording, ...]:
        """What is being recorded of a user's calls."""
        return tuple(told for owner, told in self._told.values() if owner == user)

    def show(self, run: Run) -> None:
        """It runs, or something of it changed."""
        self._runs[run.recording_id] = run
        self.look()

    async def look_into_conference(self, run: Run) -> None:
        """See who is mixed with whoever is recorded: nobody tells that. Raises PbxError."""
        there = await self._pbx.recording.with_leg(run.leg_id)
        if there != run.conference:
            run.conference = there
            self.look()

    def look(self) -> None:
        """Legs may have joined or left."""
        if self._runs:
            self._dirty.set()

    def on_leg_ended(self, leg_id: str) -> None:
        """A leg is over, and with it what was told of it."""
        for recording_id, told_leg in tuple(self._told):
            if told_leg == leg_id:
                self._tell_end(recording_id, leg_id, RecordingEnd.CALL_ENDED)
        self._sip_calls.pop(leg_id, None)

    def take_away(self, run: Run, end: RecordingEnd) -> None:
        """It ended."""
        self._runs.pop(run.recording_id, None)
        for recording_id, leg_id in tuple(self._told):
            if recording_id == run.recording_id:
                self._tell_end(recording_id, leg_id, end)

    # ------------------------------------------------------------ inside

    async def _keep_told(self) -> None:
        while True:
            await self._dirty.wait()
            self._dirty.clear()
            await self._learn_sip_calls()
            for run in tuple(self._runs.values()):
                self._tell(run)

    async def _learn_sip_calls(self) -> None:
        """Ask for what is not known, before anything is told: nothing changes between looking and telling."""
        legs = {leg_id for run in self._runs.values() for leg_id in self._legs_of(run)}
        unknown = [leg_id for leg_id in legs if leg_id not in self._sip_calls]
        for leg_id, name in zip(unknown, await asyncio.gather(*map(self._sip_call, unknown)), strict=True):
            if name is not None and self._calls.leg(leg_id) is not None:
                self._sip_calls[leg_id] = name

    async def _sip_call(self, leg_id: str) -> str | None:
        try:
            return await self._pbx.sip_call_of(leg_id)
        except PbxError:
            return None  # asked again with the next change; until then the leg's own id has to do

    def _legs_of(self, run: Run) -> Mapping[str, Leg]:
        own = self._calls.leg(run.leg_id)
        if own is None:
            return {}
        mixed = filter(None, map(self._calls.leg, run.conference))
        others = (*self._calls.in_call(own.call_id), *mixed)
        return {leg.leg_id: leg for leg in (own, *others) if leg is own or leg.state in _IN_THE_CALL}

    def _tell(self, run: Run) -> None:
        legs = self._legs_of(run)
        for recording_id, leg_id in tuple(self._told):
            if recording_id == run.recording_id and leg_id not in legs:
                self._tell_end(recording_id, leg_id, RecordingEnd.CALL_ENDED)
        for leg in legs.values():
            told = leg.user, self._seen(run, leg)
            if self._told.get((run.recording_id, leg.leg_id)) != told:
                self._told[run.recording_id, leg.leg_id] = told
                self._log.publish(RecordingRuns(told[1]), only=leg.user)

    def _seen(self, run: Run, leg: Leg) -> RunningRecording:
        begun = run.begun
        owner = self._directory.users.get(begun.user)
        known = leg.user == begun.user or (owner is not None and not owner.hidden)
        return RunningRecording(
            begun.recording_id,
            leg.leg_id,
            self._sip_calls.get(leg.leg_id, ""),
            begun.user if known else "",
            begun.started_at,
            run.paused,
            begun.automatic,
        )

    def _tell_end(self, recording_id: str, leg_id: str, end: RecordingEnd) -> None:
        user, _ = self._told.pop((recording_id, leg_id))
        self._log.publish(RecordingRunEnded(recording_id, leg_id, end), only=user)
