"""PINs of personal conference rooms, and who was called into conferences that go on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

_TEXTS = ("room", "number", "name", "by", "state", "user", "participant_id")


def upgrade() -> None:
    """Go to this revision."""
    op.add_column("users", sa.Column("room_pin", sa.Text, nullable=False, server_default=""))
    op.create_table(
        "conference_invitations",
        sa.Column("invitation_id", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in _TEXTS),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
