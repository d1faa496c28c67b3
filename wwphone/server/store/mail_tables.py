"""The tables of the outgoing mail; see `store.tables`."""

from __future__ import annotations

import sqlalchemy as sa

from wwphone.server.store.moments import UtcDateTime
from wwphone.server.store.tables import metadata

mails = sa.Table(
    "mails",
    metadata,
    # Made of what it is about, so that the same matter is never queued twice.
    sa.Column("letter_id", sa.Text, primary_key=True),
    # Nobody: it is no user's.
    sa.Column("owner", sa.Text, sa.ForeignKey("users.user", ondelete="CASCADE"), nullable=True),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("recipient", "recipient_name", "reply_to")),
    sa.Column("subject", sa.Text, nullable=False),
    # Emptied when it has ended well.
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("calendar", sa.Text, nullable=False),
    # What other letters than conferences' have nothing of.
    *(
        sa.Column(name, sa.Text, nullable=False, server_default="")
        for name in ("html", "sender_name", "reference")
    ),
    sa.Column("calendar_method", sa.Text, nullable=False, server_default="REQUEST"),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False),
    sa.Column("next_at", UtcDateTime, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    # What the mail server said last.
    sa.Column("words", sa.Text, nullable=False),
    sa.Index(None, "state", "next_at"),
)
"""The outgoing mail; see `server.mail_api`."""

missed_mail_wishes = sa.Table(
    "missed_mail_wishes",
    metadata,
    sa.Column("user", sa.Text, sa.ForeignKey("users.user", ondelete="CASCADE"), primary_key=True),
    sa.Column("language", sa.Text, nullable=False),
)
"""To whom missed calls are sent; nobody else has a row."""
