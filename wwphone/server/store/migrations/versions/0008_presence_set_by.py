"""Who chose a presence, when it was somebody else."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Go to this revision."""
    op.add_column("presences", sa.Column("set_by", sa.Text, nullable=False, server_default=""))
