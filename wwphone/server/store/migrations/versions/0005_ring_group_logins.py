"""Who is logged out of which ring group, and what a change in the journal was about."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Go to this revision."""
    # All changes before were of presence or do not disturb.
    for column in (
        sa.Column("subject", sa.Text, nullable=False, server_default="presence"),
        sa.Column("subject_name", sa.Text, nullable=False, server_default=""),
        sa.Column("subject_on", sa.Boolean, nullable=False, server_default=sa.false()),
    ):
        op.add_column("presence_journal", column)
    op.create_table(
        "ring_group_logins",
        sa.Column("ring_group", sa.Text, nullable=False),
        sa.Column("user", sa.Text, nullable=False),
        sa.Column("logged_in", sa.Boolean, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_from", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["ring_group"], ["ring_groups.number"], name="fk_ring_group_logins_ring_group", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user"], ["users.user"], name="fk_ring_group_logins_user", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ring_group", "user", name="pk_ring_group_logins"),
    )
