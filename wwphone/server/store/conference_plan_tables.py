"""The tables of planned conferences; see `store.tables`."""

from __future__ import annotations

import sqlalchemy as sa

from wwphone.server.store.moments import UtcDateTime
from wwphone.server.store.tables import metadata

PLAN_TEXTS = ("room", "zone", "title", "description", "place", "reply_to", "language")
"""The columns that are `ConferencePlan`'s texts."""
ORGANIZER = ("name", "address", "reply_to")
"""`Organizer`'s fields; their columns have `organizer_` before them."""
REMEMBERED_TEXTS = ("title", "description", "place", "reply_to", "first_address", "language")


def _of_conference() -> sa.Column[str]:
    reference = sa.ForeignKey("planned_conferences.conference_id", ondelete="CASCADE")
    return sa.Column("conference_id", sa.Text, reference, primary_key=True)


def _of_user() -> sa.Column[str]:
    return sa.Column("user", sa.Text, sa.ForeignKey("users.user", ondelete="CASCADE"), primary_key=True)


planned_conferences = sa.Table(
    "planned_conferences",
    metadata,
    sa.Column("conference_id", sa.Text, primary_key=True),
    # Nobody: they are gone, and it has to be cancelled. Somebody of the same name inherits nothing.
    sa.Column("owner", sa.Text, sa.ForeignKey("users.user", ondelete="SET NULL"), nullable=True),
    *(sa.Column(name, sa.Text, nullable=False) for name in PLAN_TEXTS),
    *(sa.Column(f"organizer_{name}", sa.Text, nullable=False) for name in ORGANIZER),
    sa.Column("starts_at", UtcDateTime, nullable=False),
    sa.Column("duration_min", sa.Integer, nullable=False),
    sa.Column("lead_min", sa.Integer, nullable=False),
    sa.Column("repeat", sa.Text, nullable=False),
    sa.Column("times", sa.Integer, nullable=False),
    # As they were written: a list in JSON.
    sa.Column("addresses", sa.Text, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False),
    sa.Column("closes_at", UtcDateTime, nullable=False),
    sa.Column("extended_start", UtcDateTime, nullable=True),
    sa.Column("extended_min", sa.Integer, nullable=False),
    sa.Column("cancelled_at", UtcDateTime, nullable=True),
    # By the command line; the server does it.
    sa.Column("unwanted", sa.Boolean, nullable=False),
    sa.Index(None, "owner"),
)

conference_invitees = sa.Table(
    "conference_invitees",
    metadata,
    _of_conference(),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("address", "name", "pin", "letter_id")),
    sa.Column("mailed_at", UtcDateTime, nullable=True),
    sa.Column("copies", sa.Integer, nullable=False),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("mail", "mail_words", "answer")),
    sa.Column("answered_at", UtcDateTime, nullable=True),
    sa.Column("asked_at", UtcDateTime, nullable=True),
    # Answers for one time alone: a list of [start, answer, when it was given] in JSON.
    sa.Column("times", sa.Text, nullable=False, server_default="[]"),
)
"""Who is invited, in their order."""

conference_pins = sa.Table(
    "conference_pins",
    metadata,
    # The database itself sees to it that no two conferences have the same one.
    sa.Column("pin", sa.Text, primary_key=True),
    sa.Column(
        "conference_id",
        sa.Text,
        sa.ForeignKey("planned_conferences.conference_id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
)
"""The PINs of all conferences that are neither over nor cancelled."""

conference_memories = sa.Table(
    "conference_memories",
    metadata,
    _of_user(),
    *(sa.Column(name, sa.Text, nullable=False) for name in REMEMBERED_TEXTS),
    sa.Column("lead_min", sa.Integer, nullable=False),
    sa.Column("duration_min", sa.Integer, nullable=False),
)
"""What each user's next invitation begins with."""

conference_feeds = sa.Table(
    "conference_feeds", metadata, _of_user(), sa.Column("digest", sa.Text, nullable=False)
)
"""Who has a calendar feed: the digest of its secret."""
