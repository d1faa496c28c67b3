"""The phone book's entries, the counter of its changes, and what it is called."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_DETAILS = ("first_name", "surname", "company", "office", "mobile", "private", "email", "note")


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "contacts",
        sa.Column("contact_id", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in _DETAILS),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("changed_by", sa.Text, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wiped", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["users.user"], name="fk_contacts_owner", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("contact_id", name="pk_contacts"),
        sa.UniqueConstraint("revision", name="uq_contacts_revision"),
    )
    op.create_index("ix_contacts_owner_revision", "contacts", ["owner", "revision"])
    op.create_index("ix_contacts_removed_at", "contacts", ["removed_at"])
    counters = sa.table("counters", sa.column("name", sa.Text), sa.column("value", sa.BigInteger))
    book_id = secrets.randbits(62)
    op.bulk_insert(counters, [{"name": "phonebook", "value": 0}, {"name": "phonebook_id", "value": book_id}])
