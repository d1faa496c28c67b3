"""What is known about recordings: running, put away, noted on, deleted, and gone for good.

The counter's row is locked before anything is changed that people see, as for the history, so revisions become visible in
their order. Every step may be asked for again, after a kill, and then changes nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from wwphone.domain.calls import CallDirection, CallKind, Party
from wwphone.domain.folding import folded
from wwphone.domain.notes import line_key
from wwphone.domain.recording import (
    MAX_RECORDING_NOTES,
    RecordingAccess,
    RecordingEnd,
    RecordingEntry,
    RecordingNote,
    RecordingPurpose,
    RecordingState,
)
from wwphone.server.recording_api import BegunRecording, RecordingFiles
from wwphone.server.recordings_api import EndedRecording, KeptSound, RecordingsStep
from wwphone.server.store import recording_chain, recording_tables, tables

_table = recording_tables.recordings
_pauses = recording_tables.recording_pauses
_notes = recording_tables.recording_notes
_accesses = recording_tables.recording_accesses
_c = _table.c


class Stage(Enum):
    """How far a recording has come; what people see is `RecordingState`."""

    RUNNING = "running"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"
    KEPT = "kept"
    GOING = "going"
    """For good: its file is being removed."""


SHOWN = (Stage.ENDED.value, Stage.KEPT.value)
"""Stages that its owner sees."""


def revision(connection: sa.Connection) -> int:
    """Of the latest change."""
    return int(connection.scalar(sa.select(tables.counters.c.value).where(_the_counter())) or 0)


# ------------------------------------------------------------ while it runs


def begin(connection: sa.Connection, begun: BegunRecording) -> None:
    """Write down that it runs."""
    if connection.scalar(sa.select(_c.recording_id).where(_c.recording_id == begun.recording_id)):
        return
    row = {
        "recording_id": begun.recording_id, "user": begun.user, "recorded_by": begun.user, "leg_id": begun.leg_id,
        "call_id": begun.call_id, "direction": begun.direction.value, "kind": begun.kind.value,
        "number": begun.party.number, "name": begun.party.name, "called": begun.called,
        "started_at": begun.started_at, "automatic": begun.automatic, "mine_file": str(begun.files.mine),
        "others_file": str(begun.files.others), "raw_there": True, "stage": Stage.RUNNING.value,
        "state": RecordingState.WORKING.value, "ended_at": None, "end": "", "length_ms": 0, "file_size": 0,
        "sound_size": 0, "wave_left": "", "wave_right": "", "salt": secrets.token_hex(16), "deleted_at": None,
        "revision": 0, "line_key": line_key(begun.party.number),
    }  # fmt: skip
    row["search"] = _search_text(row, ())
    connection.execute(sa.insert(_table).values(row))
    if begun.paused_at is not None:
        pause(connection, begun.recording_id, begun.paused_at, paused=True)


def withdraw(connection: sa.Connection, recording_id: str) -> None:
    """It did not come about; what the PBX may have written is removed by and by."""
    running = sa.and_(_c.recording_id == recording_id, _c.stage == Stage.RUNNING.value)
    connection.execute(sa.update(_table).where(running).values(stage=Stage.WITHDRAWN.value))


def pause(connection: sa.Connection, recording_id: str, at: datetime, *, paused: bool) -> None:
    """Write down from when to when a running one was silent."""
    running = sa.select(_c.recording_id).where(
        _c.recording_id == recording_id, _c.stage == Stage.RUNNING.value
    )
    if connection.scalar(running) is None:
        return
    lasts = sa.and_(_pauses.c.recording_id == recording_id, _pauses.c.to_at.is_(None))
    since = connection.scalar(sa.select(_pauses.c.from_at).where(lasts))
    if paused and since is None:
        same = sa.and_(_pauses.c.recording_id == recording_id, _pauses.c.from_at == at)
        # Paused again in the moment in which it had gone on: the same pause.
        if not connection.execute(sa.update(_pauses).where(same).values(to_at=None)).rowcount:
            connection.execute(sa.insert(_pauses).values(recording_id=recording_id, from_at=at))
    elif not paused and since is not None:
        connection.execute(sa.update(_pauses).where(lasts).values(to_at=max(at, since)))


def end(connection: sa.Connection, recording_id: str, at: datetime, why: RecordingEnd) -> RecordingsStep:
    """Write down that it ended."""
    change = Change(connection)
    for row in change.rows(_c.recording_id == recording_id, _c.stage == Stage.RUNNING.value):
        pause(connection, recording_id, at, paused=False)
        length = max(round((at - row["started_at"]).total_seconds() * 1000), 0)
        change.update(row, stage=Stage.ENDED.value, ended_at=at, end=why.value, length_ms=length)
    return change.finish()


def unfinished(connection: sa.Connection) -> tuple[BegunRecording, ...]:
    """What began and did not end, oldest first."""
    query = sa.select(_table).where(_c.stage == Stage.RUNNING.value).order_by(_c.started_at, _c.recording_id)
    rows = connection.execute(query).mappings().all()
    last = sa.select(_pauses.c.recording_id, _pauses.c.from_at).where(_pauses.c.to_at.is_(None))
    paused = {one[0]: one[1] for one in connection.execute(last)}
    return tuple(
        BegunRecording(
            row["recording_id"],
            row["recorded_by"],
            row["leg_id"],
            row["call_id"],
            CallDirection(row["direction"]),
            CallKind(row["kind"]),
            Party(row["number"], row["name"]),
            row["called"],
            row["started_at"],
            _files(row),
            row["automatic"],
            paused.get(row["recording_id"]),
        )
        for row in rows
    )


# ------------------------------------------------------------ putting away


def ended(connection: sa.Connection) -> tuple[EndedRecording, ...]:
    """Where something is left to do, oldest first."""
    waits = _c.stage.in_([Stage.ENDED.value, Stage.WITHDRAWN.value, Stage.KEPT.value])
    query = sa.select(_table).where(waits, _c.raw_there).order_by(_c.started_at, _c.recording_id)
    return tuple(
        EndedRecording(
            row["recording_id"],
            _files(row),
            row["started_at"],
            row["ended_at"],
            row["stage"] == Stage.KEPT.value,
            row["stage"] == Stage.WITHDRAWN.value,
        )
        for row in connection.execute(query).mappings()
    )


def keep(connection: sa.Connection, recording_id: str, sound: KeptSound) -> RecordingsStep:
    """Link it to the chain: it is put away now."""
    change = Change(connection)
    for row in change.rows(_c.recording_id == recording_id, _c.stage == Stage.ENDED.value):
        change.update(
            row,
            stage=Stage.KEPT.value,
            state=RecordingState.READY.value,
            length_ms=sound.length_ms,
            file_size=sound.file_size,
            sound_size=sound.sound_size,
            wave_left=bytes(sound.waveform.left).hex(),
            wave_right=bytes(sound.waveform.right).hex(),
        )
        recording_chain.add(connection, row, _pauses_of(connection, [recording_id])[recording_id], sound)
    return change.finish()


def forget_raw(connection: sa.Connection, recording_id: str) -> None:
    """Its raw files are removed."""
    the_one = _c.recording_id == recording_id
    connection.execute(sa.delete(_table).where(the_one, _c.stage == Stage.WITHDRAWN.value))
    connection.execute(sa.update(_table).where(the_one).values(raw_there=False))


def mark(connection: sa.Connection, recording_id: str, state: RecordingState) -> RecordingsStep:
    """Write down whether it can be played."""
    change = Change(connection)
    for row in change.rows(_c.recording_id == recording_id, _c.stage.in_(SHOWN)):
        change.update(row, state=state.value)
    return change.finish()


# ------------------------------------------------------------ what people do


def set_note(connection: sa.Connection, user: str, recording_id: str, note: RecordingNote) -> RecordingsStep:
    """Write a note, or remove it when its text is empty; raises KeyError, ValueError."""
    change = Change(connection)
    (row,) = change.own(user, [recording_id], _c.deleted_at.is_(None))
    if not 0 <= note.at_ms <= row["length_ms"]:
        raise ValueError("this moment is not in the recording")
    there = {one.at_ms: one.text for one in _notes_of(connection, [recording_id]).get(recording_id, ())}
    if there.get(note.at_ms, "") == note.text:
        return change.finish()
    the_one = sa.and_(_notes.c.recording_id == recording_id, _notes.c.at_ms == note.at_ms)
    connection.execute(sa.delete(_notes).where(the_one))
    if note.text:
        if note.at_ms not in there and len(there) >= MAX_RECORDING_NOTES:
            raise ValueError(f"a recording has at most {MAX_RECORDING_NOTES} notes")
        values = {"recording_id": recording_id, "at_ms": note.at_ms, "text": note.text}
        connection.execute(sa.insert(_notes).values(values))
    there[note.at_ms] = note.text
    change.touch(row, search=_search_text(row, there.values()))
    return change.finish()


def delete(connection: sa.Connection, user: str, ids: Collection[str], at: datetime) -> RecordingsStep:
    """Delete them, all or none; raises KeyError."""
    change = Change(connection)
    for row in change.own(user, ids, _c.deleted_at.is_(None)):
        change.update(row, deleted_at=at)
    return change.finish()


def restore(connection: sa.Connection, user: str, ids: Collection[str], since: datetime) -> RecordingsStep:
    """Take back what was deleted since, all or none; raises KeyError."""
    change = Change(connection)
    for row in change.own(user, ids, _c.deleted_at >= since):
        change.update(row, deleted_at=None)
    return change.finish()


def note_access(connection: sa.Connection, recording_id: str, access: RecordingAccess) -> None:
    """Write down that somebody gets the sound; raises KeyError."""
    there = sa.select(_c.recording_id).where(_c.recording_id == recording_id, _c.stage.in_(SHOWN))
    if connection.scalar(there) is None:
        raise KeyError(recording_id)
    values = {
        "recording_id": recording_id, "at": access.at, "user": access.user, "host_name": access.host_name,
        "purpose": access.purpose.value,
    }  # fmt: skip
    connection.execute(sa.insert(_accesses).values(values))


def accesses(
    connection: sa.Connection, user: str, recording_id: str, limit: int
) -> tuple[RecordingAccess, ...]:
    """Who got the sound, newest first; raises KeyError when it is none of the user's."""
    own = sa.select(_c.recording_id).where(
        _c.recording_id == recording_id, _c.user == user, _c.stage.in_(SHOWN)
    )
    if connection.scalar(own) is None:
        raise KeyError(recording_id)
    query = sa.select(_accesses).where(_accesses.c.recording_id == recording_id)
    rows = connection.execute(query.order_by(_accesses.c.id.desc()).limit(limit)).mappings()
    return tuple(
        RecordingAccess(row["at"], row["user"], row["host_name"], RecordingPurpose(row["purpose"]))
        for row in rows
    )


# ------------------------------------------------------------ going for good


def delete_ownerless(connection: sa.Connection, at: datetime) -> int:
    """Delete those whose owner is no user any more."""
    nobodys = sa.and_(_c.user.is_(None), _c.deleted_at.is_(None), _c.stage.in_(SHOWN))
    changed: int = connection.execute(sa.update(_table).where(nobodys).values(deleted_at=at)).rowcount
    return changed


def doomed(
    connection: sa.Connection, deleted_before: datetime, started_before: datetime | None
) -> tuple[RecordingsStep, tuple[str, ...]]:
    """Choose what is to go for good; return all that have still to go."""
    change = Change(connection)
    old: sa.ColumnElement[bool] = _c.deleted_at < deleted_before
    if started_before is not None:
        old = sa.or_(old, _c.started_at < started_before)
    kept = sa.and_(_c.stage == Stage.KEPT.value, sa.not_(_c.raw_there))
    never_came = sa.and_(_c.stage == Stage.ENDED.value, _c.state == RecordingState.MISSING.value)
    for row in change.rows(old, sa.or_(kept, never_came)):
        change.remove(row)
    query = sa.select(_c.recording_id).where(_c.stage == Stage.GOING.value)
    return change.finish(), tuple(connection.scalars(query))


def forget(connection: sa.Connection, ids: Collection[str], at: datetime) -> None:
    """Forget all about them but their links of the chain."""
    going = sa.and_(_c.recording_id.in_(list(ids)), _c.stage == Stage.GOING.value)
    chosen = list(connection.scalars(sa.select(_c.recording_id).where(going)))
    recording_chain.end(connection, chosen, at)
    connection.execute(sa.delete(_table).where(_c.recording_id.in_(chosen)))


# ------------------------------------------------------------ rows


class Change:
    """Rows of one transaction, each changed one with the next revision."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        query = sa.select(tables.counters.c.value).where(_the_counter()).with_for_update()
        self._first = self._revision = connection.scalar(query) or 0
        self._changed: dict[str, dict[str, Any]] = {}
        self._removed: list[tuple[str, str]] = []

    def rows(self, *conditions: sa.ColumnElement[bool]) -> list[dict[str, Any]]:
        """Rows as they are."""
        return [dict(row) for row in self.connection.execute(sa.select(_table).where(*conditions)).mappings()]

    def own(self, user: str, ids: Collection[str], *more: sa.ColumnElement[bool]) -> list[dict[str, Any]]:
        """All of these, which are a user's; raises KeyError when one is not."""
        found = self.rows(_c.recording_id.in_(list(ids)), _c.user == user, _c.stage.in_(SHOWN), *more)
        if len(found) != len(set(ids)):
            raise KeyError(user)
        return found

    def update(self, row: dict[str, Any], **values: Any) -> None:
        """Change a row, if that changes anything."""
        if any(row[name] != value for name, value in values.items()):
            self.touch(row, **values)

    def touch(self, row: dict[str, Any], **values: Any) -> None:
        """Change a row, or what hangs on it."""
        self._revision += 1
        row.update(values, revision=self._revision)
        query = sa.update(_table).where(_c.recording_id == row["recording_id"])
        self.connection.execute(query.values(**values, revision=self._revision))
        self._changed[row["recording_id"]] = row

    def remove(self, row: dict[str, Any]) -> None:
        """Nobody sees this row any more."""
        self.touch(row, stage=Stage.GOING.value)
        del self._changed[row["recording_id"]]
        self._removed.append((row["user"] or "", row["recording_id"]))

    def finish(self) -> RecordingsStep:
        """Move the counter on; return what was changed."""
        if self._revision == self._first:
            return RecordingsStep(revision=self._first)
        counters = tables.counters
        self.connection.execute(sa.update(counters).where(_the_counter()).values(value=self._revision))
        rows = sorted(self._changed.values(), key=lambda row: row["revision"])
        return RecordingsStep(entries_of(self.connection, rows), tuple(self._removed), self._revision)


def entries_of(connection: sa.Connection, rows: Sequence[Any]) -> tuple[RecordingEntry, ...]:
    """Rows as people know them, with their pauses and notes."""
    ids = [row["recording_id"] for row in rows]
    pauses, notes = _pauses_of(connection, ids), _notes_of(connection, ids)
    return tuple(
        RecordingEntry(
            recording_id=row["recording_id"],
            user=row["user"] or row["recorded_by"],
            call_id=row["call_id"],
            direction=CallDirection(row["direction"]),
            kind=CallKind(row["kind"]),
            party=Party(row["number"], row["name"]),
            called=row["called"],
            started_at=row["started_at"],
            length_ms=row["length_ms"],
            end=RecordingEnd(row["end"]),
            state=RecordingState(row["state"]),
            revision=row["revision"],
            size=row["sound_size"],
            automatic=row["automatic"],
            pauses=_from_the_beginning(pauses[row["recording_id"]], row),
            notes=notes.get(row["recording_id"], ()),
            deleted_at=row["deleted_at"],
        )
        for row in rows
    )


def _from_the_beginning(
    pauses: Iterable[tuple[datetime, datetime | None]], row: Any
) -> tuple[tuple[int, int], ...]:
    length_ms: int = row["length_ms"]

    def place(at: datetime) -> int:
        began: datetime = row["started_at"]
        return min(max(round((at - began).total_seconds() * 1000), 0), length_ms)

    return tuple(sorted((place(begin), place(stop or row["ended_at"])) for begin, stop in pauses))


def _pauses_of(
    connection: sa.Connection, ids: Sequence[str]
) -> dict[str, list[tuple[datetime, datetime | None]]]:
    found: dict[str, list[tuple[datetime, datetime | None]]] = {one: [] for one in ids}
    for row in connection.execute(sa.select(_pauses).where(_pauses.c.recording_id.in_(ids))).mappings():
        found[row["recording_id"]].append((row["from_at"], row["to_at"]))
    return found


def _notes_of(connection: sa.Connection, ids: Sequence[str]) -> dict[str, tuple[RecordingNote, ...]]:
    found: dict[str, list[RecordingNote]] = {}
    query = sa.select(_notes).where(_notes.c.recording_id.in_(ids)).order_by(_notes.c.at_ms)
    for row in connection.execute(query).mappings():
        found.setdefault(row["recording_id"], []).append(RecordingNote(row["at_ms"], row["text"]))
    return {one: tuple(notes) for one, notes in found.items()}


def _search_text(row: dict[str, Any], notes: Iterable[str]) -> str:
    """What a recording is found by: +41 44 … is found by 044 … too."""
    number = row["number"]
    national = f"0{line_key(number)}" if number.startswith("+") else ""
    return folded(" ".join(word for word in (row["name"], number, national, row["called"], *notes) if word))


def _files(row: Any) -> RecordingFiles:
    return RecordingFiles(Path(row["mine_file"]), Path(row["others_file"]))


def _the_counter() -> sa.ColumnElement[bool]:
    return tables.counters.c.name == "recordings"
