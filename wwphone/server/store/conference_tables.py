"""The table of people called into conferences; see `store.tables`."""

from __future__ import annotations

import sqlalchemy as sa

from wwphone.server.store.moments import UtcDateTime
from wwphone.server.store.tables import metadata

INVITATION_TEXTS = ("room", "number", "name", "by", "state", "user", "participant_id")

conference_invitations = sa.Table(
    "conference_invitations",
    metadata,
    sa.Column("invitation_id", sa.Text, primary_key=True),
    *(sa.Column(name, sa.Text, nullable=False) for name in INVITATION_TEXTS),
    sa.Column("at", UtcDateTime, nullable=False),
)
"""`PhoneInvitation`s of conferences that have not ended; the users in them may be gone."""
