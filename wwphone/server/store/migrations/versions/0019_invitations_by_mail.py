"""What the outgoing mail needs for invitations: a page beside the text, what calendars do with it, who it is from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

_COLUMNS = {"html": "", "sender_name": "", "reference": "", "calendar_method": "REQUEST"}


def upgrade() -> None:
    """Go to this revision."""
    for name, before in _COLUMNS.items():
        op.add_column("mails", sa.Column(name, sa.Text, nullable=False, server_default=before))
