"""Pages of recordings, along the index of owner and beginning, and single ones."""

from __future__ import annotations

import re

import sqlalchemy as sa

from wwphone.domain.folding import wanted_words
from wwphone.domain.notes import line_key
from wwphone.domain.recording import RecordingEntry, RecordingFilter, RecordingPlace, Waveform
from wwphone.server.recordings_api import KeptRecording, RecordingsPageRead
from wwphone.server.store import recording_chain, recording_tables
from wwphone.server.store.recordings import SHOWN, Stage, entries_of

_table = recording_tables.recordings
_c = _table.c
_NUMBER = re.compile(r"\+?[0-9 ()/.\-]*[0-9][0-9 ()/.\-]*")
_NO_DIGIT = re.compile(r"[^+0-9]")


def page(
    connection: sa.Connection, user: str, wanted: RecordingFilter, after: RecordingPlace | None, limit: int
) -> RecordingsPageRead:
    """A page of a user's recordings, newest first."""
    conditions = [_c.user == user, _c.stage.in_(SHOWN), *_conditions(wanted)]
    total = connection.scalar(sa.select(sa.func.count()).select_from(_table).where(*conditions)) or 0
    query = sa.select(_table).where(*conditions)
    if after is not None:
        # The first condition alone ends at the index; the second one is for recordings of the same moment.
        at, recording_id = after.started_at, after.recording_id
        query = query.where(_c.started_at <= at, sa.or_(_c.started_at < at, _c.recording_id < recording_id))
    query = query.order_by(_c.started_at.desc(), _c.recording_id.desc()).limit(limit + 1)
    rows = connection.execute(query).mappings().all()
    return RecordingsPageRead(entries_of(connection, rows[:limit]), len(rows) > limit, total)


def one(connection: sa.Connection, recording_id: str) -> KeptRecording | None:
    """One that has ended."""
    the_one = sa.and_(_c.recording_id == recording_id, _c.stage.in_(SHOWN))
    row = connection.execute(sa.select(_table).where(the_one)).mappings().first()
    if row is None:
        return None
    (entry,) = entries_of(connection, [row])
    waveform = Waveform(tuple(bytes.fromhex(row["wave_left"])), tuple(bytes.fromhex(row["wave_right"])))
    as_put_away = recording_chain.is_as_put_away(connection, recording_id)
    return KeptRecording(entry, row["file_size"], waveform, as_put_away)


def every_entry(connection: sa.Connection, user: str | None) -> tuple[RecordingEntry, ...]:
    """Everything that has ended, of one or of all, newest first."""
    query = sa.select(_table).where(_c.stage.in_(SHOWN)).order_by(_c.started_at.desc(), _c.recording_id)
    if user is not None:
        query = query.where(_c.recorded_by == user)
    entries: list[RecordingEntry] = []
    for rows in connection.execute(query).mappings().partitions(500):
        entries += entries_of(connection, rows)
    return tuple(entries)


def kept_ids(connection: sa.Connection) -> frozenset[str]:
    """All whose file has to be there."""
    return frozenset(connection.scalars(sa.select(_c.recording_id).where(_c.stage == Stage.KEPT.value)))


def _conditions(wanted: RecordingFilter) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    found.append(_c.deleted_at.is_not(None) if wanted.deleted else _c.deleted_at.is_(None))
    if wanted.directions:
        found.append(_c.direction.in_(sorted(value.value for value in wanted.directions)))
    if wanted.automatic is not None:
        found.append(_c.automatic == wanted.automatic)
    if wanted.number:
        found.append(_c.line_key == line_key(wanted.number))
    if wanted.since is not None:
        found.append(_c.started_at >= wanted.since)
    if wanted.until is not None:
        found.append(_c.started_at < wanted.until)
    if wanted.recording_id:
        found.append(_c.recording_id == wanted.recording_id)
    return [*found, *(_c.search.contains(word, autoescape=True) for word in _words(wanted.text))]


def _words(text: str) -> list[str]:
    """What must be found: a number as one word, however it is written."""
    if _NUMBER.fullmatch(text.strip()):
        return [_NO_DIGIT.sub("", text)]
    return wanted_words(text)
