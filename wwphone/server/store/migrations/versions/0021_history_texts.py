"""What the record of calls is searched by, each text of a user once: people call the same numbers again and again."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

_AT_ONCE = 2000
_COUNT = """
UPDATE history_texts SET calls = (
    SELECT count(*) FROM history WHERE history."user" = history_texts."user" AND history.search_key = history_texts.key
)
"""


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "history_texts",
        sa.Column("user", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("search", sa.Text, nullable=False),
        sa.Column("calls", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["user"], ["users.user"], name="fk_history_texts_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user", "key", name="pk_history_texts"),
        sqlite_with_rowid=False,
    )
    op.add_column("history", sa.Column("search_key", sa.Text, nullable=False, server_default=""))
    _fill()
    op.drop_column("history", "search")
    filters = ["direction", "result", "kind"]
    op.create_index("ix_history_text", "history", ["user", "search_key", "started_at", "entry_id", *filters])
    op.execute(_COUNT)


def _fill() -> None:
    connection = op.get_bind()
    columns = [sa.column(name, sa.Text) for name in ("entry_id", "user", "search", "search_key")]
    history = sa.table("history", *columns)
    columns = [sa.column(name, sa.Text) for name in ("user", "key", "search")]
    texts = sa.table("history_texts", *columns, sa.column("calls", sa.Integer))
    page = sa.select(history.c.entry_id, history.c.user, history.c.search).order_by(history.c.entry_id)
    known: set[tuple[str, str]] = set()
    last = ""
    while rows := connection.execute(page.where(history.c.entry_id > last).limit(_AT_ONCE)).all():
        last = rows[-1].entry_id
        keys = {row.entry_id: _key(row.search) for row in rows}
        new = {(row.user, keys[row.entry_id]): row.search for row in rows}
        values = [
            {"user": user, "key": key, "search": text, "calls": 0}
            for (user, key), text in new.items()
            if (user, key) not in known
        ]
        known.update(new)
        if values:
            connection.execute(sa.insert(texts), values)
        set_to = sa.update(history).where(history.c.entry_id == sa.bindparam("of"))
        connection.execute(
            set_to.values(search_key=sa.bindparam("to")),
            [{"of": entry_id, "to": key} for entry_id, key in keys.items()],
        )


def _key(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
