"""Recordings on the wire: begun, paused and ended in a call, listed, opened, noted on, deleted.

The sound itself goes by HTTP on the same address and port: `GET` of `RecordingOpened.path` with `Authorization: Bearer` of its
token (RFC 6750 section 2.1) and `Range: bytes=FROM-TO` (RFC 9110 section 14); at most `MAX_SOUND_BYTES` come in one answer (206). 401: the
token is not known, or its session is over; 403: the right is gone; 404: there is no such recording any more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from wwphone.domain.recording import (
    RecordingAccess,
    RecordingEnd,
    RecordingEntry,
    RecordingFilter,
    RecordingPlace,
    RecordingPurpose,
    RecordingsState,
    RunningRecording,
    Waveform,
)
from wwphone.protocol.message import Command, Event, Result

MAX_RECORDINGS_PAGE = 200
"""Recordings in one page at most."""
MAX_RECORDING_IDS = 200
"""Recordings that one command names at most."""
MAX_SOUND_BYTES = 1024 * 1024
"""Of a recording's sound in one HTTP answer."""


@dataclass(frozen=True)
class StartRecording(Command):
    """Record a call of one's own from now on. Name the leg by one of both, as in `parking.park`.

    Refused with `not_permitted` without the right, `not_found` when there is no such call, `conflict` when nobody is connected or
    one records it already, `invalid` when the server is not set up to record, `no_space` when its disk is full.
    """

    wire_name: ClassVar[str] = "recording.start"
    leg_id: str = ""
    sip_call_id: str = ""


@dataclass(frozen=True)
class RecordingStarted(Result):
    """It runs."""

    wire_name: ClassVar[str] = "recording.started"
    recording_id: str


@dataclass(frozen=True)
class PauseRecording(Command):
    """Record silence, or what is said again. Refused with `not_found` when it is no running recording of one's own."""

    wire_name: ClassVar[str] = "recording.pause"
    recording_id: str
    paused: bool


@dataclass(frozen=True)
class StopRecording(Command):
    """End a running recording of one's own; it is kept. Refused as `recording.pause` is."""

    wire_name: ClassVar[str] = "recording.stop"
    recording_id: str


@dataclass(frozen=True)
class ReadRecordings(Command):
    """Ask for one's own recordings, newest first, from the newest or from where the last page ended."""

    wire_name: ClassVar[str] = "recording.read"
    acts: ClassVar[bool] = False
    filter: RecordingFilter
    after: RecordingPlace | None = None
    limit: int = MAX_RECORDINGS_PAGE


@dataclass(frozen=True)
class RecordingsPage(Result):
    """Some of the recordings, as they are now."""

    wire_name: ClassVar[str] = "recording.page"
    entries: tuple[RecordingEntry, ...]
    more: bool
    """Older ones follow."""
    total: int
    """Recordings that the filter lets through, all pages together."""


@dataclass(frozen=True)
class OpenRecording(Command):
    """Get access to the sound of one's own recording; each time is written down.

    Refused with `not_found`, and with `conflict` when it is not ready or its file is missing or was changed.
    """

    wire_name: ClassVar[str] = "recording.open"
    recording_id: str
    purpose: RecordingPurpose


@dataclass(frozen=True)
class RecordingOpened(Result):
    """How to get the sound."""

    wire_name: ClassVar[str] = "recording.opened"
    path: str
    token: str = field(repr=False)
    """Good for this recording, as long as this session is."""
    media_type: str
    """Such as `audio/flac` (RFC 9639 section 10) or `audio/ogg` (RFC 5334)."""
    size: int
    """Bytes."""
    waveform: Waveform = field(repr=False)


@dataclass(frozen=True)
class ReadAccesses(Command):
    """Ask who got the sound of one's own recording. Refused with `not_found`."""

    wire_name: ClassVar[str] = "recording.read_accesses"
    acts: ClassVar[bool] = False
    recording_id: str


@dataclass(frozen=True)
class Accesses(Result):
    """Everybody who did, newest first; the newest 100."""

    wire_name: ClassVar[str] = "recording.accesses"
    accesses: tuple[RecordingAccess, ...]


@dataclass(frozen=True)
class SetRecordingNote(Command):
    """Note something at a moment of one's own recording. Refused with `not_found`, and with `invalid` for too much or outside of it."""

    wire_name: ClassVar[str] = "recording.set_note"
    recording_id: str
    at_ms: int
    text: str = field(repr=False)
    """Takes the place of what stands at this very moment; empty: nothing stands there any more."""


@dataclass(frozen=True)
class DeleteRecordings(Command):
    """Delete recordings of one's own, all of them or none. Refused with `not_found`."""

    wire_name: ClassVar[str] = "recording.delete"
    recording_ids: tuple[str, ...]


@dataclass(frozen=True)
class RestoreRecordings(Command):
    """Take deleted recordings back, all of them or none. Refused with `not_found`, also when it is too late."""

    wire_name: ClassVar[str] = "recording.restore"
    recording_ids: tuple[str, ...]


@dataclass(frozen=True)
class RecordingRuns(Event):
    """A call of one's own is being recorded, by oneself or by somebody else in it; or it was paused or goes on."""

    wire_name: ClassVar[str] = "recording.runs"
    recording: RunningRecording


@dataclass(frozen=True)
class RecordingRunEnded(Event):
    """A leg of one's own is not being recorded any more."""

    wire_name: ClassVar[str] = "recording.run_ended"
    recording_id: str
    leg_id: str
    end: RecordingEnd


@dataclass(frozen=True)
class RecordingsChanged(Event):
    """Recordings of one's own are new or changed."""

    wire_name: ClassVar[str] = "recording.changed"
    revision: int
    entries: tuple[RecordingEntry, ...] = ()
    removed: tuple[str, ...] = ()
    """Ids of those that are gone for good."""
    complete: bool = True
    """False: there are too many to be told here; what is shown has to be read anew."""


@dataclass(frozen=True)
class RecordingRulesChanged(Event):
    """An administrator changed how one's calls are recorded."""

    wire_name: ClassVar[str] = "recording.rules_changed"
    state: RecordingsState
