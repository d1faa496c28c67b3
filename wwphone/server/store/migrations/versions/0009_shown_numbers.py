"""Numbers that may be shown besides one's own, and what is shown to whom."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "user_shown_numbers",
        _text("user"),
        _text("number"),
        sa.Column("position", sa.Integer, nullable=False),
        _user_of("user_shown_numbers"),
        sa.PrimaryKeyConstraint("user", "number", name="pk_user_shown_numbers"),
    )
    op.create_table(
        "shown_defaults",
        _text("user"),
        _text("called"),
        _text("shown"),
        _user_of("shown_defaults"),
        sa.PrimaryKeyConstraint("user", "called", name="pk_shown_defaults"),
    )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _user_of(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["user"], ["users.user"], name=f"fk_{table}_user", ondelete="CASCADE")
