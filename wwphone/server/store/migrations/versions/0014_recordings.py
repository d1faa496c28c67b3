"""Recordings of calls: what is known about them, and the chain that they were put away in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_FIRST_TEXTS = ("recorded_by", "leg_id", "call_id", "direction", "kind", "number", "name", "called")
_CHAIN_TEXTS = ("recording_id", "previous_hash", "file_hash", "details_hash", "link_hash")


def upgrade() -> None:
    """Go to this revision."""
    _make_recordings()
    op.create_table(
        "recording_pauses",
        sa.Column("recording_id", sa.Text, nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("to_at", sa.DateTime(timezone=True), nullable=True),
        _of_recording("recording_pauses"),
        sa.PrimaryKeyConstraint("recording_id", "from_at", name="pk_recording_pauses"),
    )
    op.create_table(
        "recording_notes",
        sa.Column("recording_id", sa.Text, nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        _of_recording("recording_notes"),
        sa.PrimaryKeyConstraint("recording_id", "at_ms", name="pk_recording_notes"),
    )
    op.create_table(
        "recording_accesses",
        sa.Column("id", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("recording_id", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("user", "host_name", "purpose")),
        _of_recording("recording_accesses"),
        sa.PrimaryKeyConstraint("id", name="pk_recording_accesses"),
    )
    op.create_index("ix_recording_accesses_recording_id", "recording_accesses", ["recording_id"])
    op.create_table(
        "recording_chain",
        sa.Column("number", sa.BigInteger, autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in _CHAIN_TEXTS),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_recording_chain"),
        sa.UniqueConstraint("recording_id", name="uq_recording_chain_recording_id"),
    )
    counters = sa.table("counters", sa.column("name", sa.Text), sa.column("value", sa.BigInteger))
    op.bulk_insert(counters, [{"name": "recordings", "value": 0}])


def _of_recording(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_recording_id"
    return sa.ForeignKeyConstraint(
        ["recording_id"], ["recordings.recording_id"], name=name, ondelete="CASCADE"
    )


def _make_recordings() -> None:
    op.create_table(
        "recordings",
        sa.Column("recording_id", sa.Text, nullable=False),
        sa.Column("user", sa.Text, nullable=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in _FIRST_TEXTS),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("automatic", sa.Boolean, nullable=False),
        sa.Column("mine_file", sa.Text, nullable=False),
        sa.Column("others_file", sa.Text, nullable=False),
        sa.Column("raw_there", sa.Boolean, nullable=False),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end", sa.Text, nullable=False),
        *(
            sa.Column(name, sa.BigInteger, nullable=False)
            for name in ("length_ms", "file_size", "sound_size")
        ),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("wave_left", "wave_right", "salt")),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("line_key", sa.Text, nullable=False),
        sa.Column("search", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["user"], ["users.user"], name="fk_recordings_user", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("recording_id", name="pk_recordings"),
    )
    op.create_index("ix_recordings_user_started_at", "recordings", ["user", "started_at", "recording_id"])
    op.create_index("ix_recordings_stage", "recordings", ["stage"])
    op.create_index("ix_recordings_started_at", "recordings", ["started_at"])
