"""Whose favourites are which entries of the phone book."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "favourites",
        sa.Column("user", sa.Text, nullable=False),
        sa.Column("contact_id", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["user"], ["users.user"], name="fk_favourites_user", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contacts.contact_id"],
            name="fk_favourites_contact_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user", "contact_id", name="pk_favourites"),
    )
    op.create_index("ix_favourites_contact_id", "favourites", ["contact_id"])
