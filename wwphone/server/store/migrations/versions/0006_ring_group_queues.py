"""How many calls of a ring group there may be at once, who waits, and where calls go that nobody takes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Go to this revision."""
    for column in (
        sa.Column("calls_at_once", sa.Integer, nullable=False, server_default="0"),
        sa.Column("most_waiting", sa.Integer, nullable=False, server_default="0"),
        sa.Column("longest_wait_s", sa.Integer, nullable=False, server_default="300"),
        sa.Column("waiting_sound", sa.Text, nullable=False, server_default="music"),
        sa.Column("then_number", sa.Text, nullable=False, server_default=""),
        sa.Column("then_mailbox_of", sa.Text, nullable=False, server_default=""),
    ):
        op.add_column("ring_groups", column)
