"""The record of calls: one row for each call of a person, and missed calls as tasks (product.md 6).

A call that reached several devices of one person is one row; one that rang at a group is one row for each of its members.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from wwphone.domain.calls import CallDirection, CallKind, Party, QualityWord

MAX_HISTORY_SEARCH = 100
"""The longest text to search for, in characters."""


class CallResult(Enum):
    """What became of a call, as its row's owner saw it."""

    ANSWERED = "answered"
    MISSED = "missed"
    """It rang here, or would have, and nobody took it; a task until somebody called back or ticked it."""
    TAKEN = "taken"
    """It rang here and somebody else took it: another member, or whoever picked it up."""
    VOICEMAIL = "voicemail"
    """The voice mail took it; a task as a missed one is."""
    FORWARDED = "forwarded"
    """It went on to a number outside."""
    DECLINED = "declined"
    """Refused here."""
    CANCELLED = "cancelled"
    """Given up here before anybody answered; of outgoing calls."""
    BUSY = "busy"
    NOT_REACHED = "not_reached"
    """Nobody answered, or there is nobody; of outgoing calls."""
    FAILED = "failed"


TASK_RESULTS = frozenset({CallResult.MISSED, CallResult.VOICEMAIL})
"""Incoming calls that ended so are tasks."""


class TaskState(Enum):
    """Whether somebody has to call back."""

    NONE = "none"
    OPEN = "open"
    DONE = "done"


@dataclass(frozen=True)
class HistoryEntry:
    """One call of one person. Names and notes show in no repr and no log: they are about persons."""

    entry_id: str
    user: str
    """Whose row it is, by user name."""
    call_id: str
    """Ties the rows of all who had to do with one call (Asterisk's Linkedid)."""
    direction: CallDirection
    kind: CallKind
    party: Party = field(repr=False)
    """The other side, as signalled; an empty number: withheld."""
    called: str
    """The number that was called: the person's own, or a ring group's; of outgoing calls: what was dialled."""
    started_at: datetime
    result: CallResult
    revision: int
    """Of its last change; grows over all rows of all people."""
    group: str = ""
    """Name of the ring group whose number was called; empty: none."""
    ring_s: float = 0.0
    talk_s: float = 0.0
    taken_by: str = ""
    """The user who took it, or picked it up; empty: its owner, or nobody."""
    device: str = ""
    """What the device that had the call says of itself (its user agent)."""
    quality: QualityWord | None = None
    """How good the line was, as the client told at the end; None: nobody told."""
    note: str = field(default="", repr=False)
    recording_id: str = ""
    task: TaskState = TaskState.NONE
    """Of a group's call shared by all its members."""
    done_by: str = ""
    """The user who called back or ticked it."""
    done_at: datetime | None = None


@dataclass(frozen=True)
class HistoryFilter:
    """Which rows one wants to see; what is not set does not filter."""

    directions: frozenset[CallDirection] = frozenset()
    results: frozenset[CallResult] = frozenset()
    kinds: frozenset[CallKind] = frozenset()
    """Mine, or a group's."""
    recorded: bool = False
    """Only those with a recording."""
    open_tasks: bool = False
    number: str = ""
    """Only calls with this other side, however the number is written."""
    text: str = field(default="", repr=False)
    """Part of a name, a number, a group or a note; case and umlauts do not matter."""
    since: datetime | None = None
    until: datetime | None = None
    """Started before this moment."""


@dataclass(frozen=True)
class HistoryPlace:
    """Where a page ends: the row that the next page, of older calls, begins after."""

    started_at: datetime
    entry_id: str


@dataclass(frozen=True)
class HistoryState:
    """Where the own record stands, in the snapshot."""

    revision: int = 0
    open_tasks: int = 0
    """Missed calls that wait for somebody to call back."""
    mail_missed: bool = False
    """Missed calls come by e-mail, too."""
    mail_possible: bool = False
    """The server can send e-mail and knows an address of the person."""


NO_HISTORY = HistoryState()
