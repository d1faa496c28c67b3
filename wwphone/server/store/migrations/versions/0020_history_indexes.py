"""Wider indexes of the record of calls: counting looks at no row, and the calls with one number lie in their order."""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Go to this revision."""
    op.drop_index("ix_history_line", "history")
    op.drop_index("ix_history_user_started_at_entry_id", "history")
    op.create_index("ix_history_line", "history", ["user", "line_key", "started_at", "entry_id"])
    pages = ["user", "started_at", "entry_id", "direction", "result", "kind", "recording_id"]
    op.create_index("ix_history_pages", "history", pages)
