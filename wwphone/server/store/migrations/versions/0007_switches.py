"""Switches with their routes, and who rings when everybody is to ring."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Go to this revision."""
    op.add_column("users", sa.Column("in_all_users", sa.Boolean, nullable=False, server_default=sa.true()))
    op.add_column(
        "ring_groups", sa.Column("all_users", sa.Boolean, nullable=False, server_default=sa.false())
    )
    op.create_table(
        "switches",
        _text("name"),
        _text("title"),
        _text("code"),
        sa.Column("for_all", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_switches"),
        sa.UniqueConstraint("code", name="uq_switches_code"),
    )
    op.create_table(
        "switch_routes",
        _text("switch"),
        _text("number"),
        _text("to_number"),
        _text("to_mailbox_of"),
        _switch_of("switch_routes"),
        sa.PrimaryKeyConstraint("switch", "number", name="pk_switch_routes"),
    )
    op.create_table(
        "switch_states",
        _text("switch"),
        sa.Column("on", sa.Boolean, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        _text("set_by"),
        _text("set_from"),
        _switch_of("switch_states"),
        sa.PrimaryKeyConstraint("switch", name="pk_switch_states"),
    )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _switch_of(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["switch"], ["switches.name"], name=f"fk_{table}_switch", ondelete="CASCADE"
    )
