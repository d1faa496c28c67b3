"""The tables of recordings, part of `store.tables`."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from wwphone.server.store.moments import UtcDateTime
from wwphone.server.store.tables import metadata


def _of_recording(**options: Any) -> sa.Column[str]:
    reference = sa.ForeignKey("recordings.recording_id", ondelete="CASCADE")
    return sa.Column("recording_id", sa.Text, reference, **options)


recordings = sa.Table(
    "recordings",
    metadata,
    sa.Column("recording_id", sa.Text, primary_key=True),
    # Nobody's when its owner is no user any more: somebody else of that name does not inherit it.
    sa.Column("user", sa.Text, sa.ForeignKey("users.user", ondelete="SET NULL"), nullable=True),
    sa.Column("recorded_by", sa.Text, nullable=False),
    sa.Column("leg_id", sa.Text, nullable=False),
    sa.Column("call_id", sa.Text, nullable=False),
    sa.Column("direction", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("number", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("called", sa.Text, nullable=False),
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("automatic", sa.Boolean, nullable=False),
    # Where the PBX writes, or wrote.
    sa.Column("mine_file", sa.Text, nullable=False),
    sa.Column("others_file", sa.Text, nullable=False),
    sa.Column("raw_there", sa.Boolean, nullable=False),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("ended_at", UtcDateTime, nullable=True),
    # Why; empty while it runs.
    sa.Column("end", sa.Text, nullable=False),
    sa.Column("length_ms", sa.BigInteger, nullable=False),
    sa.Column("file_size", sa.BigInteger, nullable=False),
    sa.Column("sound_size", sa.BigInteger, nullable=False),
    # Levels of both sides, each in two hexadecimal digits.
    sa.Column("wave_left", sa.Text, nullable=False),
    sa.Column("wave_right", sa.Text, nullable=False),
    # Random: so the hash in the chain tells nothing about a call that was deleted.
    sa.Column("salt", sa.Text, nullable=False),
    sa.Column("deleted_at", UtcDateTime, nullable=True),
    sa.Column("revision", sa.BigInteger, nullable=False),
    sa.Column("line_key", sa.Text, nullable=False),
    sa.Column("search", sa.Text, nullable=False),
    sa.Index("ix_recordings_user_started_at", "user", "started_at", "recording_id"),
    sa.Index("ix_recordings_stage", "stage"),
    sa.Index("ix_recordings_started_at", "started_at"),
)

recording_pauses = sa.Table(
    "recording_pauses",
    metadata,
    _of_recording(primary_key=True),
    sa.Column("from_at", UtcDateTime, primary_key=True),
    # None: it lasts.
    sa.Column("to_at", UtcDateTime, nullable=True),
)

recording_notes = sa.Table(
    "recording_notes",
    metadata,
    _of_recording(primary_key=True),
    sa.Column("at_ms", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("text", sa.Text, nullable=False),
)

recording_accesses = sa.Table(
    "recording_accesses",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    _of_recording(nullable=False, index=True),
    sa.Column("at", UtcDateTime, nullable=False),
    # No reference: it is told even when that user is gone.
    sa.Column("user", sa.Text, nullable=False),
    sa.Column("host_name", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
)

recording_chain = sa.Table(
    "recording_chain",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    # No reference: the link stays when the recording is deleted for good.
    sa.Column("recording_id", sa.Text, nullable=False, unique=True),
    sa.Column("previous_hash", sa.Text, nullable=False),
    sa.Column("file_hash", sa.Text, nullable=False),
    sa.Column("details_hash", sa.Text, nullable=False),
    sa.Column("link_hash", sa.Text, nullable=False),
    sa.Column("deleted_at", UtcDateTime, nullable=True),
)
"""What was put away, in that order; each link's hash covers the one before."""
