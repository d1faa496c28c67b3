"""Recording one's calls: which of them is recorded by whom; begun, paused and stopped from here."""

from __future__ import annotations

from wwphone.cti.api import CtiLink, LinkEvent, LinkState, LinkStateChanged, MirrorChanged, MirrorReplaced
from wwphone.domain.account import Right
from wwphone.domain.calls import CallSnapshot
from wwphone.domain.recording import RecordingEnd, RecordingsState, RunningRecording
from wwphone.protocol.account import ProfileChanged
from wwphone.protocol.calls import PbxStateChanged
from wwphone.protocol.message import Event
from wwphone.protocol.recording import (
    PauseRecording,
    RecordingRulesChanged,
    RecordingRunEnded,
    RecordingRuns,
    StartRecording,
    StopRecording,
)
from wwphone.services.calls import CallsService
from wwphone.services.observing import Listeners

_NOT_BY_HAND = frozenset({RecordingEnd.RIGHT_WITHDRAWN, RecordingEnd.DISK_FULL, RecordingEnd.INTERRUPTED})
"""Ends that the one who records did not ask for, while the call goes on."""

_TOLD = (RecordingRuns, RecordingRunEnded, RecordingRulesChanged, PbxStateChanged, ProfileChanged)


class RecordingService:
    """The PBX records, so both the calls of this PC and those of the desk phone can be; nothing is recorded here."""

    def __init__(self, link: CtiLink, calls: CallsService) -> None:
        self._link = link
        self._calls = calls
        self._asking: set[str] = set()
        """Calls and recordings about which the server was asked and has not answered."""
        self._own: set[str] = set()
        """Recordings of one's own that run."""
        self.changed: Listeners[None] = Listeners()
        """What runs, or what is possible."""
        self.ended: Listeners[RecordingEnd] = Listeners()
        """A recording of one's own ended without one's doing; why."""

    @property
    def state(self) -> RecordingsState:
        """How the server records this person's calls."""
        return self._link.mirror.recordings

    @property
    def live(self) -> bool:
        """Whether the server could be asked now."""
        return self._link.state.state is LinkState.SIGNED_IN and self._link.mirror.pbx_connected

    @property
    def has_right(self) -> bool:
        """Whether this person may record at all, and the server can."""
        profile = self._link.mirror.profile
        return self.state.possible and profile is not None and Right.RECORD_CALLS in profile.rights

    @property
    def running(self) -> tuple[RunningRecording, ...]:
        """Everything that is recorded of one's calls, at whatever device."""
        return tuple(self._link.mirror.running_recordings.values())

    def of_call(self, call: CallSnapshot) -> tuple[RunningRecording, ...]:
        """Who records this call; one's own recording first."""
        if call.end is not None:
            return ()
        found = [one for one in self.running if _is_at(one, call)]
        return tuple(sorted(found, key=lambda one: (not self.is_mine(one), one.since)))

    def mine(self, call: CallSnapshot) -> RunningRecording | None:
        """One's own recording of a call."""
        return next((one for one in self.of_call(call) if self.is_mine(one)), None)

    def is_mine(self, running: RunningRecording) -> bool:
        """Whether one records it oneself."""
        profile = self._link.mirror.profile
        return profile is not None and running.by == profile.user

    def may_start(self, call: CallSnapshot) -> bool:
        """Whether recording this call can begin now."""
        named = bool(call.sip_call_id or call.leg_id)
        possible = self.has_right and self.live and call.at_a_leg and named
        return possible and self.mine(call) is None and call.call_id not in self._asking

    def may_steer(self, running: RunningRecording) -> bool:
        """Whether it can be paused and stopped from here."""
        return self.live and self.is_mine(running) and running.recording_id not in self._asking

    async def start(self, call_id: str) -> None:
        """Record a call from now on. Raises CommandRefusedError; the call goes on."""
        call = self._calls.call(call_id)
        if call is None or not self.may_start(call):
            return
        await self._ask(call_id, StartRecording(call.leg_id, "" if call.leg_id else call.sip_call_id))

    async def set_paused(self, call_id: str, *, paused: bool) -> None:
        """Record silence instead of what is said, or what is said again. Raises CommandRefusedError."""
        running = self._steerable(call_id)
        if running is not None and running.paused is not paused:
            await self._ask(running.recording_id, PauseRecording(running.recording_id, paused))

    async def stop(self, call_id: str) -> None:
        """End one's recording of a call; it is kept. Raises CommandRefusedError."""
        running = self._steerable(call_id)
        if running is not None:
            await self._ask(running.recording_id, StopRecording(running.recording_id))

    def received(self, event: LinkEvent) -> None:
        """Take what the link tells."""
        match event:
            case MirrorReplaced():
                self._own = {one.recording_id for one in self.running if self.is_mine(one)}
                self.changed.tell(None)
            case LinkStateChanged():
                self.changed.tell(None)
            case MirrorChanged(events):
                if any(isinstance(one, _TOLD) for one in events):
                    self.changed.tell(None)
                for one in events:
                    self._note(one)

    # ------------------------------------------------------------ inside

    def _note(self, event: Event) -> None:
        """Remember whose recording runs: when its end is told, the mirror has forgotten it."""
        if isinstance(event, RecordingRuns) and self.is_mine(event.recording):
            self._own.add(event.recording.recording_id)
        elif isinstance(event, RecordingRunEnded) and event.recording_id in self._own:
            self._own.discard(event.recording_id)
            if event.end in _NOT_BY_HAND:
                self.ended.tell(event.end)

    def _steerable(self, call_id: str) -> RunningRecording | None:
        call = self._calls.call(call_id)
        running = self.mine(call) if call is not None else None
        return running if running is not None and self.may_steer(running) else None

    async def _ask(self, what: str, command: StartRecording | PauseRecording | StopRecording) -> None:
        self._asking.add(what)
        self.changed.tell(None)
        try:
            await self._link.request(command)
        finally:
            self._asking.discard(what)
            self.changed.tell(None)


def _is_at(running: RunningRecording, call: CallSnapshot) -> bool:
    if call.leg_id:
        return running.leg_id == call.leg_id
    return bool(call.sip_call_id) and running.sip_call_id == call.sip_call_id
