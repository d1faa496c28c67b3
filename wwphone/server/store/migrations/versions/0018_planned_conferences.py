"""Planned conferences: who is invited with which PIN, what was remembered of the last one, and the calendar feeds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

_TEXTS = (
    *("room", "zone", "title", "description", "place", "reply_to", "language"),
    *("organizer_name", "organizer_address", "organizer_reply_to", "repeat", "addresses"),
)
_NUMBERS = ("duration_min", "lead_min", "times", "sequence", "extended_min")
_INVITEE_TEXTS = ("address", "name", "pin", "letter_id", "mail", "mail_words", "answer")


def upgrade() -> None:
    """Go to this revision."""
    _make_conferences()
    _make_invitees()
    op.create_table(
        "conference_pins",
        sa.Column("pin", sa.Text, nullable=False),
        sa.Column("conference_id", sa.Text, nullable=False),
        _of_conference("conference_pins"),
        sa.PrimaryKeyConstraint("pin", name="pk_conference_pins"),
    )
    op.create_index("ix_conference_pins_conference_id", "conference_pins", ["conference_id"])
    remembered = ("title", "description", "place", "reply_to", "first_address", "language")
    op.create_table(
        "conference_memories",
        sa.Column("user", sa.Text, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in remembered),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("lead_min", "duration_min")),
        *_of_user("conference_memories"),
    )
    op.create_table(
        "conference_feeds",
        *(sa.Column(name, sa.Text, nullable=False) for name in ("user", "digest")),
        *_of_user("conference_feeds"),
    )


def _make_conferences() -> None:
    op.create_table(
        "planned_conferences",
        sa.Column("conference_id", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in _TEXTS),
        *(sa.Column(name, sa.Integer, nullable=False) for name in _NUMBERS),
        *(_moment(name, nullable=False) for name in ("starts_at", "changed_at", "closes_at")),
        *(_moment(name, nullable=True) for name in ("extended_start", "cancelled_at")),
        sa.Column("unwanted", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(
            ["owner"], ["users.user"], name="fk_planned_conferences_owner", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("conference_id", name="pk_planned_conferences"),
    )
    op.create_index("ix_planned_conferences_owner", "planned_conferences", ["owner"])


def _make_invitees() -> None:
    op.create_table(
        "conference_invitees",
        sa.Column("conference_id", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in _INVITEE_TEXTS),
        sa.Column("copies", sa.Integer, nullable=False),
        *(_moment(name, nullable=True) for name in ("mailed_at", "answered_at", "asked_at")),
        _of_conference("conference_invitees"),
        sa.PrimaryKeyConstraint("conference_id", "position", name="pk_conference_invitees"),
    )


def _moment(name: str, *, nullable: bool) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _of_conference(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_conference_id"
    return sa.ForeignKeyConstraint(
        ["conference_id"], ["planned_conferences.conference_id"], name=name, ondelete="CASCADE"
    )


def _of_user(table: str) -> tuple[sa.Constraint, ...]:
    reference = sa.ForeignKeyConstraint(["user"], ["users.user"], name=f"fk_{table}_user", ondelete="CASCADE")
    return reference, sa.PrimaryKeyConstraint("user", name=f"pk_{table}")
