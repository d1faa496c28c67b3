"""What invited people answered for one time alone of a repeated conference."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Go to this revision."""
    op.add_column("conference_invitees", sa.Column("times", sa.Text, nullable=False, server_default="[]"))
