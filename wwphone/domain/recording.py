"""Recordings of calls: what runs now, and what is kept (product.md 7; requirement 000, "Can record calls").

A recording belongs to whoever recorded. It has two channels: left the owner, right everybody else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from wwphone.domain.calls import CallDirection, CallKind, Party

MAX_RECORDING_SEARCH = 100
"""The longest text to search for, in characters."""
MAX_RECORDING_NOTE = 2_000
"""The longest note at a moment of a recording, in characters."""
MAX_RECORDING_NOTES = 200
"""Notes of one recording at most."""
WAVEFORM_STEPS = 400
"""So many levels of each channel tell how loud a recording is over its whole length."""


class AutomaticRecording(Enum):
    """Which calls of a user are recorded without a button; set by an administrator."""

    NONE = "none"
    INCOMING = "incoming"
    OUTGOING = "outgoing"
    EXTERNAL = "external"
    """To and from outside."""
    ALL = "all"


class RecordingEnd(Enum):
    """Why a recording ended."""

    STOPPED = "stopped"
    """By its owner."""
    CALL_ENDED = "call_ended"
    RIGHT_WITHDRAWN = "right_withdrawn"
    DISK_FULL = "disk_full"
    INTERRUPTED = "interrupted"
    """The PBX, or what records there, went away; what was recorded until then is kept."""


class RecordingState(Enum):
    """Whether a kept recording can be played."""

    WORKING = "working"
    """It has just ended and is being put away."""
    READY = "ready"
    MISSING = "missing"
    """Its file is not where it was put."""
    CHANGED = "changed"
    """Its file, or what is known about it, is not what was put away."""


@dataclass(frozen=True)
class RunningRecording:
    """A call that is being recorded, as told to one of the people in it."""

    recording_id: str
    leg_id: str
    """The leg of the person who is told; one recording shows at each of the legs of its call."""
    sip_call_id: str
    """SIP's Call-ID of that leg (RFC 3261 section 8.1.1.4); empty: the PBX does not tell."""
    by: str
    """The user who records; empty when that is somebody hidden."""
    since: datetime
    paused: bool = False
    """Nothing of what is said now is recorded: silence stands there instead."""
    automatic: bool = False
    """By the administrator's rule."""


@dataclass(frozen=True)
class RecordingNote:
    """A remark at one moment of a recording."""

    at_ms: int
    """From its beginning."""
    text: str = field(repr=False)


@dataclass(frozen=True)
class RecordingEntry:
    """A recording that is kept. Names and notes show in no repr and no log: they are about persons."""

    recording_id: str
    user: str
    """Who recorded, by user name."""
    call_id: str
    """As of the rows of the history (Asterisk's Linkedid)."""
    direction: CallDirection
    kind: CallKind
    party: Party = field(repr=False)
    """The other side when it began."""
    called: str
    """The number that was called: the person's own, or a ring group's; of outgoing calls: what was dialled."""
    started_at: datetime
    length_ms: int
    end: RecordingEnd
    state: RecordingState
    revision: int
    """Of its last change; grows over all recordings of all people."""
    size: int = 0
    """Bytes of the sound as it is sent."""
    automatic: bool = False
    pauses: tuple[tuple[int, int], ...] = ()
    """From and to, in milliseconds from the beginning: what was left out is silent."""
    notes: tuple[RecordingNote, ...] = ()
    """By their moments."""
    deleted_at: datetime | None = None
    """It can be taken back until it is `undo_days` old (`RecordingsState`)."""
    delete_on: datetime | None = None
    """When the days of keeping it are over; None: it is kept for ever."""


@dataclass(frozen=True)
class RecordingFilter:
    """Which recordings one wants to see; what is not set does not filter."""

    directions: frozenset[CallDirection] = frozenset()
    automatic: bool | None = None
    number: str = ""
    """Only calls with this other side, however the number is written."""
    text: str = field(default="", repr=False)
    """Part of a name, a number or a note; case and umlauts do not matter."""
    since: datetime | None = None
    until: datetime | None = None
    """Started before this moment."""
    deleted: bool = False
    """Those that were deleted lately, instead of those that are there."""
    recording_id: str = ""
    """Only this one, as a row of the history names it."""


@dataclass(frozen=True)
class RecordingPlace:
    """Where a page ends: the recording that the next page, of older ones, begins after."""

    started_at: datetime
    recording_id: str


class RecordingPurpose(Enum):
    """What somebody wants the sound for; written down each time."""

    PLAY = "play"
    EXPORT = "export"


@dataclass(frozen=True)
class RecordingAccess:
    """Somebody got the sound of a recording."""

    at: datetime
    user: str
    host_name: str
    """The computer, as its client names it."""
    purpose: RecordingPurpose


@dataclass(frozen=True)
class Waveform:
    """How loud each side is over the length of a recording: `WAVEFORM_STEPS` levels, or fewer when it is short, 0 to 100."""

    left: tuple[int, ...] = ()
    right: tuple[int, ...] = ()


@dataclass(frozen=True)
class RecordingsState:
    """Where one's own recordings stand, in the snapshot."""

    possible: bool = False
    """The server is set up to record; the right is another question (`Right.RECORD_CALLS`)."""
    revision: int = 0
    automatic: AutomaticRecording = AutomaticRecording.NONE
    tone: bool = False
    """Everybody in a recorded call hears a tone again and again."""
    undo_days: int = 0
    """Deleted recordings can be taken back so long."""


NO_RECORDINGS = RecordingsState()
