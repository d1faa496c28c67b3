"""What the fake server makes of recordings: runs in calls, what is kept, and its sound."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from wwphone.cti.api import CommandRefusedError, ErrorCode, WireError
from wwphone.domain.folding import folded
from wwphone.domain.recording import (
    AutomaticRecording,
    RecordingAccess,
    RecordingEnd,
    RecordingEntry,
    RecordingFilter,
    RecordingNote,
    RecordingPlace,
    RecordingState,
    RunningRecording,
    Waveform,
)
from wwphone.protocol.message import Command, Done, Event, Result
from wwphone.protocol.mirror import Mirror
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

_COMMANDS = (
    *(StartRecording, PauseRecording, StopRecording, ReadRecordings, OpenRecording),
    *(ReadAccesses, SetRecordingNote, DeleteRecordings, RestoreRecordings),
)
_TOKEN = "fake-token"  # noqa: S105 - opens nothing


class FakeRecording:
    """Answers `recording.…`; before `open` the server is an older one, which does not know these commands."""

    def __init__(self, truth: Mirror, publish: Callable[[Event], None], now: Callable[[], datetime]) -> None:
        self._truth = truth
        self._publish = publish
        self._now = now
        self._is_open = False
        self._ids = (f"made-{number}" for number in itertools.count(1))
        self.entries: dict[str, RecordingEntry] = {}
        """Everything kept, deleted or not."""
        self.sounds: dict[str, bytes] = {}
        """What is sent as the sound of each."""
        self.waveforms: dict[str, Waveform] = {}
        self.accesses: dict[str, list[RecordingAccess]] = {}
        """Newest first."""
        self.reads: list[tuple[str, int, int]] = []
        """Each part of a sound that was asked for: recording, offset and size."""
        self.token = _TOKEN
        """What a reader has to show; another one than was given: the session is over."""

    def open(self, entries: Iterable[RecordingEntry] = ()) -> None:
        """The server can record, and keeps these; from the next sign-in on."""
        self._is_open = True
        self.entries = {entry.recording_id: entry for entry in entries}
        revision = max((entry.revision for entry in self.entries.values()), default=0)
        self._truth.recordings = replace(
            self._truth.recordings, possible=True, revision=revision, undo_days=30
        )

    def set_rules(self, automatic: AutomaticRecording, *, tone: bool) -> None:
        """An administrator changes how one's calls are recorded."""
        self._publish(RecordingRulesChanged(replace(self._truth.recordings, automatic=automatic, tone=tone)))

    def begin(self, running: RunningRecording) -> None:
        """Somebody, or the rule, records a call of this person."""
        self._publish(RecordingRuns(running))

    def end(self, recording_id: str, end: RecordingEnd = RecordingEnd.STOPPED) -> None:
        """A recording ends at all legs of this person."""
        for each_id, leg_id in tuple(self._truth.running_recordings):
            if each_id == recording_id:
                self._publish(RecordingRunEnded(recording_id, leg_id, end))

    def write(self, *entries: RecordingEntry, removed: tuple[str, ...] = ()) -> None:
        """Recordings are new, or others than before, or gone for good."""
        revision = self._truth.recordings.revision
        written = []
        for entry in entries:
            revision += 1
            written.append(replace(entry, revision=revision))
            self.entries[entry.recording_id] = written[-1]
        for gone in removed:
            self.entries.pop(gone, None)
        self._publish(RecordingsChanged(revision + 1, tuple(written), removed))

    def read_sound(self, path: str, token: str, offset: int, size: int) -> bytes:
        """See `CtiLink`. Raises CommandRefusedError."""
        recording_id = path.rpartition("/")[2]
        self.reads.append((recording_id, offset, size))
        if token != self.token:
            raise _refused(ErrorCode.SESSION_EXPIRED)
        if recording_id not in self.sounds:
            raise _refused(ErrorCode.NOT_FOUND)
        return self.sounds[recording_id][offset : offset + size]

    def carry_out(self, command: Command) -> Result | None:
        """Do it; None for other commands. Raises CommandRefusedError."""
        if isinstance(command, _COMMANDS) and not self._is_open:
            raise _refused(ErrorCode.UNKNOWN_TYPE)
        match command:
            case StartRecording() | PauseRecording() | StopRecording():
                return self._steer(command)
            case ReadRecordings():
                return self._page(command)
            case OpenRecording():
                return self._opened(command)
            case ReadAccesses(recording_id):
                self._known(recording_id)
                return Accesses(tuple(self.accesses.get(recording_id, ())))
            case SetRecordingNote():
                return self._set_note(command)
            case DeleteRecordings(ids):
                return self._mark(ids, self._now())
            case RestoreRecordings(ids):
                return self._mark(ids, None)
        return None

    # ------------------------------------------------------------ inside

    def _steer(self, command: StartRecording | PauseRecording | StopRecording) -> Result:
        me = self._truth.state().profile.user
        if isinstance(command, StartRecording):
            made = next(self._ids)
            leg_id = command.leg_id or f"PJSIP/{me}-{command.sip_call_id}"
            self.begin(RunningRecording(made, leg_id, command.sip_call_id, me, self._now()))
            return RecordingStarted(made)
        runs = [one for one in self._truth.running_recordings.values() if one.by == me]
        mine = [one for one in runs if one.recording_id == command.recording_id]
        if not mine:
            raise _refused(ErrorCode.NOT_FOUND)
        if isinstance(command, PauseRecording):
            for one in mine:
                self.begin(replace(one, paused=command.paused))
        else:
            self.end(command.recording_id)
        return Done()

    def _page(self, command: ReadRecordings) -> RecordingsPage:
        found = [entry for entry in self.entries.values() if _lets_through(command.filter, entry)]
        found.sort(key=lambda entry: (entry.started_at, entry.recording_id), reverse=True)
        after = command.after
        rest = [e for e in found if after is None or (e.started_at, e.recording_id) < _place(after)]
        page = rest[: command.limit]
        return RecordingsPage(tuple(page), len(page) < len(rest), len(found))

    def _opened(self, command: OpenRecording) -> RecordingOpened:
        entry = self._known(command.recording_id)
        if entry.state is not RecordingState.READY:
            raise _refused(ErrorCode.CONFLICT)
        user = self._truth.state().profile.user
        access = RecordingAccess(self._now(), user, "PC-EMPFANG", command.purpose)
        self.accesses.setdefault(entry.recording_id, []).insert(0, access)
        sound = self.sounds.get(entry.recording_id, b"")
        waveform = self.waveforms.get(entry.recording_id, Waveform())
        path = f"/recordings/{entry.recording_id}"
        return RecordingOpened(path, self.token, "audio/flac", len(sound), waveform)

    def _set_note(self, command: SetRecordingNote) -> Done:
        entry = self._known(command.recording_id)
        if not 0 <= command.at_ms <= entry.length_ms:
            raise _refused(ErrorCode.INVALID)
        notes = {note.at_ms: note for note in entry.notes}
        notes.pop(command.at_ms, None)
        if command.text:
            notes[command.at_ms] = RecordingNote(command.at_ms, command.text)
        self.write(replace(entry, notes=tuple(notes[at] for at in sorted(notes))))
        return Done()

    def _mark(self, ids: tuple[str, ...], deleted_at: datetime | None) -> Done:
        self.write(*(replace(self._known(each), deleted_at=deleted_at) for each in ids))
        return Done()

    def _known(self, recording_id: str) -> RecordingEntry:
        if recording_id not in self.entries:
            raise _refused(ErrorCode.NOT_FOUND)
        return self.entries[recording_id]


def _place(after: RecordingPlace) -> tuple[datetime, str]:
    return after.started_at, after.recording_id


def _lets_through(wanted: RecordingFilter, entry: RecordingEntry) -> bool:
    """The server's own is in its store; this one is enough for the window."""
    notes = " ".join(note.text for note in entry.notes)
    said = folded(f"{entry.party.name} {entry.party.number} {notes}")
    return all(
        (
            (entry.deleted_at is not None) is wanted.deleted,
            not wanted.directions or entry.direction in wanted.directions,
            wanted.automatic is None or entry.automatic is wanted.automatic,
            not wanted.number or entry.party.number == wanted.number,
            not wanted.text or folded(wanted.text) in said,
            wanted.since is None or entry.started_at >= wanted.since,
            wanted.until is None or entry.started_at < wanted.until,
            not wanted.recording_id or entry.recording_id == wanted.recording_id,
        )
    )


def _refused(code: ErrorCode) -> CommandRefusedError:
    return CommandRefusedError(WireError(code, code.value))
