"""The chain that recordings are put away in: each link's hash covers the one before, the file, and what is known about it.

Notes are not part of it, since they may be written later. Of a recording that was deleted for good the link stays, and
tells nothing about the call: what was known went into its hash with a random salt, which is deleted too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from wwphone.server.recordings_api import ChainLink, KeptSound
from wwphone.server.store import recording_tables

BEFORE_THE_FIRST = "0" * 64
"""What the first link has for a hash before it."""
_TEXTS = ("recording_id", "recorded_by", "call_id", "direction", "kind", "number", "name", "called", "end")
_OTHERS = ("automatic", "length_ms", "sound_size", "salt")

_table = recording_tables.recording_chain
Row = Mapping[str, Any] | sa.RowMapping
Pauses = Sequence[tuple[datetime, datetime | None]]


def details_hash(row: Row, pauses: Pauses) -> str:
    """SHA-256 of what is known about a recording, written in one way only: JSON with sorted names, times in UTC."""
    details = {name: row[name] for name in (*_TEXTS, *_OTHERS)}
    details["started_at"], details["ended_at"] = _moment(row["started_at"]), _moment(row["ended_at"])
    details["pauses"] = [[_moment(begin), _moment(end)] for begin, end in sorted(pauses)]
    return hashlib.sha256(json.dumps(details, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def link_hash(previous: str, number: int, recording_id: str, file_hash: str, details: str) -> str:
    """SHA-256 of one link."""
    text = json.dumps([previous, number, recording_id, file_hash, details], ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def add(connection: sa.Connection, row: Row, pauses: Pauses, sound: KeptSound) -> None:
    """Put a link at the end. The counter of recordings is locked, so nobody else does the same now."""
    last = connection.execute(sa.select(_table).order_by(_table.c.number.desc()).limit(1)).mappings().first()
    number = last["number"] + 1 if last is not None else 1
    previous = last["link_hash"] if last is not None else BEFORE_THE_FIRST
    details = details_hash(row, pauses)
    values = {
        "number": number,
        "recording_id": row["recording_id"],
        "previous_hash": previous,
        "file_hash": sound.file_hash,
        "details_hash": details,
        "link_hash": link_hash(previous, number, row["recording_id"], sound.file_hash, details),
    }
    connection.execute(sa.insert(_table).values(values))


def links(connection: sa.Connection, after: int, limit: int) -> tuple[ChainLink, ...]:
    """Links in their order, with what is known now about their recordings."""
    query = sa.select(_table).where(_table.c.number > after).order_by(_table.c.number).limit(limit)
    found = connection.execute(query).mappings().all()
    known = _details_now(connection, [one["recording_id"] for one in found])
    return tuple(
        ChainLink(
            one["number"],
            one["recording_id"],
            one["previous_hash"],
            one["file_hash"],
            one["details_hash"],
            one["link_hash"],
            one["deleted_at"],
            known.get(one["recording_id"]),
        )
        for one in found
    )


def is_as_put_away(connection: sa.Connection, recording_id: str) -> bool:
    """Whether what is known about a recording is what was put away; False when it has no link."""
    query = sa.select(_table.c.details_hash).where(_table.c.recording_id == recording_id)
    expected = connection.scalar(query)
    return expected is not None and _details_now(connection, [recording_id]).get(recording_id) == expected


def end(connection: sa.Connection, ids: Sequence[str], at: datetime) -> None:
    """These were deleted for good."""
    there = sa.and_(_table.c.recording_id.in_(ids), _table.c.deleted_at.is_(None))
    connection.execute(sa.update(_table).where(there).values(deleted_at=at))


def _details_now(connection: sa.Connection, ids: Sequence[str]) -> dict[str, str]:
    table, pauses = recording_tables.recordings, recording_tables.recording_pauses
    rows = connection.execute(sa.select(table).where(table.c.recording_id.in_(ids))).mappings().all()
    silent: dict[str, list[tuple[datetime, datetime | None]]] = {}
    for one in connection.execute(sa.select(pauses).where(pauses.c.recording_id.in_(ids))).mappings():
        silent.setdefault(one["recording_id"], []).append((one["from_at"], one["to_at"]))
    return {row["recording_id"]: details_hash(row, silent.get(row["recording_id"], ())) for row in rows}


def _moment(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds") if at is not None else ""
