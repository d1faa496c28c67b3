"""Sessions that may be resumed, and refused passwords."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from wwphone.server.session_api import SessionRecord
from wwphone.server.store import rows, tables


def all_sessions(connection: sa.Connection) -> tuple[SessionRecord, ...]:
    """Every session."""
    found = connection.execute(sa.select(tables.sessions))
    return tuple(rows.session_record(row) for row in found.mappings())


def save_session(connection: sa.Connection, record: SessionRecord) -> None:
    """Add a session or write it anew."""
    table = tables.sessions
    values = rows.session_values(record)
    the_session = table.c.token_hash == record.token_hash
    if connection.execute(sa.update(table).where(the_session).values(values)).rowcount == 0:
        connection.execute(sa.insert(table).values(values))


def touch_sessions(connection: sa.Connection, token_hashes: Collection[str], at: datetime) -> None:
    """Note that these sessions are alive."""
    table = tables.sessions
    one = sa.update(table).where(table.c.token_hash == sa.bindparam("the_hash")).values(last_seen=at)
    if token_hashes:
        connection.execute(one, [{"the_hash": token_hash} for token_hash in token_hashes])


def remove_session(connection: sa.Connection, token_hash: str) -> None:
    """End a session."""
    connection.execute(sa.delete(tables.sessions).where(tables.sessions.c.token_hash == token_hash))


def sign_in_failures(connection: sa.Connection, since: datetime) -> tuple[tuple[str, datetime], ...]:
    """Address and time of refused passwords, oldest first."""
    table = tables.sign_in_failures
    wanted = (
        sa.select(table.c.address, table.c.at).where(table.c.at >= since).order_by(table.c.at, table.c.id)
    )
    return tuple((address, at) for address, at in connection.execute(wanted))


def add_sign_in_failure(connection: sa.Connection, address: str, at: datetime) -> None:
    """Note a refused password."""
    connection.execute(sa.insert(tables.sign_in_failures).values(address=address, at=at))


def clear_sign_in_failures(connection: sa.Connection, address: str) -> None:
    """Forget an address."""
    table = tables.sign_in_failures
    connection.execute(sa.delete(table).where(table.c.address == address))


def forget_sign_in_failures(connection: sa.Connection, before: datetime) -> None:
    """Forget what no longer counts."""
    table = tables.sign_in_failures
    connection.execute(sa.delete(table).where(table.c.at < before))
