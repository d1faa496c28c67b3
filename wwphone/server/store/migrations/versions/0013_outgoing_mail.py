"""The outgoing mail, and who wants missed calls by it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_TEXTS = ("recipient", "recipient_name", "reply_to", "subject", "text", "calendar")


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "mails",
        sa.Column("letter_id", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in _TEXTS),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["users.user"], name="fk_mails_owner", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("letter_id", name="pk_mails"),
    )
    op.create_index("ix_mails_state_next_at", "mails", ["state", "next_at"])
    op.create_table(
        "missed_mail_wishes",
        sa.Column("user", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["user"], ["users.user"], name="fk_missed_mail_wishes_user", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user", name="pk_missed_mail_wishes"),
    )
