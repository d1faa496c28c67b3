"""First tables: users, groups, rights, presence with its journal, sessions, refused passwords."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go to this revision."""
    op.create_table("counters", *_columns(name=sa.Text, value=sa.BigInteger), _key("counters", "name"))
    groups = _columns(name=sa.Text, position=sa.Integer)
    op.create_table("presence_groups", *groups, _key("presence_groups", "name"))
    _users()
    _presence()
    _accounts()


def _users() -> None:
    texts = (
        "sip_password",
        "cti_password_hash",
        "first_name",
        "surname",
        "mobile",
        "email",
        "displayed_number",
    )
    switches = ("offer_tls", "hidden", "busy_when_in_call", "busy_when_ringing")
    op.create_table(
        "users",
        *_columns(user=sa.Text, folded_user=sa.Text, number=sa.Text, nickname=sa.Text),
        sa.Column("presence_group", sa.Text, nullable=True),
        *_columns(**dict.fromkeys(texts, sa.Text), **dict.fromkeys(switches, sa.Boolean)),
        sa.ForeignKeyConstraint(["presence_group"], ["presence_groups.name"], name="fk_users_presence_group"),
        _key("users", "user"),
        sa.UniqueConstraint("folded_user", name="uq_users_folded_user"),
        sa.UniqueConstraint("number", name="uq_users_number"),
    )
    op.create_table(
        "user_rights",
        *_columns(user=sa.Text, right=sa.Text),
        _of_user("user_rights"),
        _key("user_rights", "user", "right"),
    )


def _presence() -> None:
    op.create_table(
        "presences",
        *_columns(user=sa.Text),
        *_chosen(),
        _of_user("presences"),
        _key("presences", "user"),
    )
    op.create_table(
        "presence_journal",
        sa.Column("id", sa.Integer, autoincrement=True, nullable=False),
        *_columns(at=_MOMENT, user=sa.Text),
        *_chosen(),
        *_columns(connected=sa.Boolean, set_by=sa.Text),
        _key("presence_journal", "id"),
    )
    op.create_index("ix_presence_journal_user_id", "presence_journal", ["user", "id"])


def _chosen() -> list[sa.Column[Any]]:
    back_at: sa.Column[Any] = sa.Column("back_at", _MOMENT, nullable=True)
    return [*_columns(status=sa.Text, since=_MOMENT), back_at, *_columns(set_from=sa.Text)]


def _accounts() -> None:
    op.create_table(
        "sessions",
        *_columns(token_hash=sa.Text, user=sa.Text, host_name=sa.Text, softphone=sa.Boolean),
        *_columns(since=_MOMENT, last_seen=_MOMENT),
        _of_user("sessions"),
        _key("sessions", "token_hash"),
    )
    op.create_index("ix_sessions_user", "sessions", ["user"])
    op.create_table(
        "sign_in_failures",
        sa.Column("id", sa.Integer, autoincrement=True, nullable=False),
        *_columns(address=sa.Text, at=_MOMENT),
        _key("sign_in_failures", "id"),
    )
    op.create_index("ix_sign_in_failures_address", "sign_in_failures", ["address"])
    op.create_index("ix_sign_in_failures_at", "sign_in_failures", ["at"])


def _columns(**types: Any) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=False) for name, kind in types.items()]


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def _of_user(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["user"], ["users.user"], name=f"fk_{table}_user", ondelete="CASCADE")
