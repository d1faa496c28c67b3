"""Ring groups and rooms; the directory's counter is there from the start, so that writers can wait for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_COUNTER = """\
INSERT INTO counters (name, value)
SELECT 'directory', 0 WHERE NOT EXISTS (SELECT 1 FROM counters WHERE name = 'directory')
"""


def upgrade() -> None:
    """Go to this revision."""
    op.execute(_COUNTER)
    op.create_table("ring_groups", _text("number"), _text("name"), _key("ring_groups", "number"))
    op.create_table(
        "ring_group_members",
        _text("ring_group"),
        _text("user"),
        _reference("ring_group_members", "ring_group", "ring_groups.number", "CASCADE"),
        _reference("ring_group_members", "user", "users.user", "CASCADE"),
        _key("ring_group_members", "ring_group", "user"),
    )
    op.create_table(
        "rooms",
        _text("number"),
        _text("name"),
        _text("pin"),
        sa.Column("owner", sa.Text, nullable=True),
        _reference("rooms", "owner", "users.user", "SET NULL"),
        _key("rooms", "number"),
        sa.UniqueConstraint("owner", name="uq_rooms_owner"),
    )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def _reference(table: str, column: str, to: str, ondelete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [to], name=f"fk_{table}_{column}", ondelete=ondelete)
