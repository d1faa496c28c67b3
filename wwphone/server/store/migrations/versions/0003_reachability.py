"""Do not disturb, forwardings, and the number that is shown when a call is forwarded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Go to this revision."""
    op.add_column(
        "users",
        sa.Column("displayed_number_when_forwarding", sa.Text, nullable=False, server_default=""),
    )
    # Who changed their presence before could not ask not to be disturbed.
    op.add_column(
        "presence_journal",
        sa.Column("do_not_disturb", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "disturbances",
        _text("user"),
        sa.Column("do_not_disturb", sa.Boolean, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        _text("set_from"),
        _user_of("disturbances"),
        sa.PrimaryKeyConstraint("user", name="pk_disturbances"),
    )
    op.create_table(
        "forwardings",
        _text("user"),
        _text("cause"),
        _text("target"),
        sa.Column("after_s", sa.Integer, nullable=False),
        _user_of("forwardings"),
        sa.PrimaryKeyConstraint("user", "cause", name="pk_forwardings"),
    )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _user_of(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["user"], ["users.user"], name=f"fk_{table}_user", ondelete="CASCADE")
