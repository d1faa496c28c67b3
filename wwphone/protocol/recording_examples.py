"""Examples of the messages about recordings, part of `protocol.examples`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from wwphone.domain.calls import CallDirection, CallKind, Party
from wwphone.domain.recording import (
    RecordingAccess,
    RecordingEnd,
    RecordingEntry,
    RecordingFilter,
    RecordingNote,
    RecordingPurpose,
    RecordingsState,
    RecordingState,
    RunningRecording,
    Waveform,
)
from wwphone.protocol.message import Command, Done, Event, Result
from wwphone.protocol.recording import (
    Accesses,
    DeleteRecordings,
    OpenRecording,
    PauseRecording,
    ReadAccesses,
    ReadRecordings,
    RecordingOpened,
    RecordingRulesChanged,
    RecordingRunEnded,
    RecordingRuns,
    RecordingsChanged,
    RecordingsPage,
    RecordingStarted,
    RestoreRecordings,
    SetRecordingNote,
    StartRecording,
    StopRecording,
)

_USER = "anna_muster"
_LEG_ID = "PJSIP/anna_muster-0000002a"
_TOKEN = "not-a-real-one"  # noqa: S105 - opens nothing


def _at(hour: int, minute: int) -> datetime:
    return datetime(2026, 3, 2, hour, minute, tzinfo=UTC)


_RECORDING = RecordingEntry(
    recording_id="5b0f40",
    user=_USER,
    call_id="1772442000.90",
    direction=CallDirection.INCOMING,
    kind=CallKind.DIRECT,
    party=Party("+41445550123", "Hans Müller"),
    called="204",
    started_at=_at(9, 2),
    length_ms=63_400,
    end=RecordingEnd.STOPPED,
    state=RecordingState.READY,
    revision=91,
    size=612_004,
    pauses=((20_000, 31_500),),
    notes=(RecordingNote(12_300, "names the date"),),
)
RUNNING = RunningRecording("5b0f41", _LEG_ID, "9b1d0c7e5f", _USER, _at(10, 16))
RECORDINGS = RecordingsState(possible=True, revision=91, undo_days=30)

CONVERSATIONS: Mapping[type[Command], tuple[Command, Result]] = MappingProxyType(
    {
        StartRecording: (StartRecording(sip_call_id="9b1d0c7e5f"), RecordingStarted(RUNNING.recording_id)),
        PauseRecording: (PauseRecording(RUNNING.recording_id, paused=True), Done()),
        StopRecording: (StopRecording(RUNNING.recording_id), Done()),
        ReadRecordings: (
            ReadRecordings(RecordingFilter(text="müller")),
            RecordingsPage((_RECORDING,), more=False, total=1),
        ),
        OpenRecording: (
            OpenRecording(_RECORDING.recording_id, RecordingPurpose.PLAY),
            RecordingOpened(
                "/recordings/5b0f40", _TOKEN, "audio/flac", _RECORDING.size, Waveform((0, 31, 58), (12, 0, 7))
            ),
        ),
        ReadAccesses: (
            ReadAccesses(_RECORDING.recording_id),
            Accesses((RecordingAccess(_at(10, 20), _USER, "RECEPTION-PC", RecordingPurpose.PLAY),)),
        ),
        SetRecordingNote: (SetRecordingNote(_RECORDING.recording_id, 12_300, "names the date"), Done()),
        DeleteRecordings: (DeleteRecordings((_RECORDING.recording_id,)), Done()),
        RestoreRecordings: (RestoreRecordings((_RECORDING.recording_id,)), Done()),
    }
)
"""Every command about recordings with its answer."""

EVENTS: Mapping[type[Event], Event] = MappingProxyType(
    {
        RecordingRuns: RecordingRuns(RUNNING),
        RecordingRunEnded: RecordingRunEnded(RUNNING.recording_id, RUNNING.leg_id, RecordingEnd.STOPPED),
        RecordingsChanged: RecordingsChanged(91, (_RECORDING,), removed=("5b0f3e",)),
        RecordingRulesChanged: RecordingRulesChanged(RECORDINGS),
    }
)
"""Every event about recordings."""
