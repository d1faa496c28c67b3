"""Who may pick up calls of a presence group, and who may see their callers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "pickup_rules",
        sa.Column("presence_group", sa.Text, nullable=False),
        sa.Column("by_group", sa.Text, nullable=False),
        sa.Column("pick_up", sa.Boolean, nullable=False),
        sa.Column("see_caller", sa.Boolean, nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [column], ["presence_groups.name"], name=f"fk_pickup_rules_{column}", ondelete="CASCADE"
            )
            for column in ("presence_group", "by_group")
        ),
        sa.PrimaryKeyConstraint("presence_group", "by_group", name="pk_pickup_rules"),
    )
