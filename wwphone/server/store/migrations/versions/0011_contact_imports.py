"""Imports into the phone book: what is staged, what they did to each entry, and how to undo that."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_DETAILS = ("first_name", "surname", "company", "office", "mobile", "private", "email", "note")


def _import_id(table: str) -> tuple[sa.Column[str], sa.ForeignKeyConstraint]:
    return sa.Column("import_id", sa.Text, nullable=False), sa.ForeignKeyConstraint(
        ["import_id"], ["contact_imports.import_id"], name=f"fk_{table}_import_id", ondelete="CASCADE"
    )


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "contact_imports",
        sa.Column("import_id", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=True),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("file_name", sa.Text, nullable=False),
        sa.Column("known", sa.Text, nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaces_all", sa.Boolean, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("new", "changed", "same", "gone")),
        sa.Column("undone_by", sa.Text, nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["owner"], ["users.user"], name="fk_contact_imports_owner", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("import_id", name="pk_contact_imports"),
    )
    op.create_index("ix_contact_imports_done_at", "contact_imports", ["done_at"])
    op.create_table(
        "contact_import_rows",
        *_import_id("contact_import_rows"),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in _DETAILS),
        sa.PrimaryKeyConstraint("import_id", "position", name="pk_contact_import_rows"),
    )
    op.create_table(
        "contact_import_changes",
        *_import_id("contact_import_changes"),
        sa.Column("contact_id", sa.Text, nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("was", sa.Text, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in _DETAILS),
        sa.PrimaryKeyConstraint("import_id", "contact_id", name="pk_contact_import_changes"),
    )
