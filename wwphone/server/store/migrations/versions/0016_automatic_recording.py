"""Whose calls are recorded without a button, and the recordings of calls that have no row yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Go to this revision."""
    rule = sa.Column("automatic_recording", sa.Text, nullable=False, server_default="none")
    op.add_column("users", rule)
    op.add_column("call_words", sa.Column("recording_id", sa.Text, nullable=True))
