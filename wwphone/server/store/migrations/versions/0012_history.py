"""The record of calls, what belongs to its rows, and how far the PBX's own records were read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_TEXTS = ("call_id", "direction", "kind", "number", "name", "called", "group_name")
_MORE_TEXTS = ("result", "taken_by", "device", "quality", "note", "recording_id", "task", "done_by")


def upgrade() -> None:
    """Go to this revision."""
    _make_history()
    for table, column in (("history_legs", "leg_id"), ("history_sip_calls", "sip_call_id")):
        op.create_table(
            table,
            sa.Column("entry_id", sa.Text, nullable=False),
            sa.Column(column, sa.Text, nullable=False),
            sa.ForeignKeyConstraint(
                ["entry_id"], ["history.entry_id"], name=f"fk_{table}_entry_id", ondelete="CASCADE"
            ),
            sa.PrimaryKeyConstraint("entry_id", column, name=f"pk_{table}"),
        )
        op.create_index(f"ix_{table}_{column}", table, [column])
    op.create_table(
        "call_words",
        sa.Column("user", sa.Text, nullable=False),
        sa.Column("leg_id", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=True),
        sa.Column("quality", sa.Text, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user"], ["users.user"], name="fk_call_words_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user", "leg_id", name="pk_call_words"),
    )
    op.create_table(
        "history_marks",
        sa.Column("pbx", sa.Text, nullable=False),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("offset", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("pbx", name="pk_history_marks"),
    )
    counters = sa.table("counters", sa.column("name", sa.Text), sa.column("value", sa.BigInteger))
    op.bulk_insert(counters, [{"name": "history", "value": 0}])


def _make_history() -> None:
    op.create_table(
        "history",
        sa.Column("entry_id", sa.Text, nullable=False),
        sa.Column("user", sa.Text, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in _TEXTS),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ring_ms", sa.BigInteger, nullable=False),
        sa.Column("talk_ms", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in _MORE_TEXTS),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("line_key", sa.Text, nullable=False),
        sa.Column("search", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["user"], ["users.user"], name="fk_history_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("entry_id", name="pk_history"),
    )
    op.create_index("ix_history_call_id", "history", ["call_id"])
    op.create_index("ix_history_user_started_at_entry_id", "history", ["user", "started_at", "entry_id"])
    op.create_index("ix_history_line", "history", ["user", "line_key", "started_at"])
    op.create_index("ix_history_started_at", "history", ["started_at"])
    is_open = sa.text("task = 'open'")
    op.create_index(
        "ix_history_open", "history", ["user", "line_key"], sqlite_where=is_open, postgresql_where=is_open
    )
