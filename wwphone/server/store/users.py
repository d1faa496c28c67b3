"""Users and presence groups; each change moves the directory's counter on, in the same transaction."""

from __future__ import annotations

from collections import defaultdict

import sqlalchemy as sa

from wwphone.domain.account import Right
from wwphone.domain.presence import PresenceGroup
from wwphone.server.api import UserRecord
from wwphone.server.store import rows, shown, tables
from wwphone.server.store.changes import count_change
from wwphone.server.store.numbers import check_free_for_user


def all_users(connection: sa.Connection) -> tuple[UserRecord, ...]:
    """Everybody, by name."""
    rights: defaultdict[str, set[Right]] = defaultdict(set)
    for user, right in connection.execute(sa.select(tables.user_rights)):
        rights[user].add(Right(right))
    frozen = {user: frozenset(held) for user, held in rights.items()}
    shown_numbers = shown.numbers_of_all(connection)
    found = connection.execute(sa.select(tables.users).order_by(tables.users.c.user))
    return tuple(rows.user_record(row, frozen, shown_numbers) for row in found.mappings())


def one_user(connection: sa.Connection, name: str) -> UserRecord | None:
    """One user, None when there is none."""
    row = (
        connection.execute(sa.select(tables.users).where(tables.users.c.user == name))
        .mappings()
        .one_or_none()
    )
    if row is None:
        return None
    held = connection.scalars(sa.select(tables.user_rights.c.right).where(tables.user_rights.c.user == name))
    rights = {name: frozenset(Right(right) for right in held)}
    return rows.user_record(row, rights, shown.numbers_of_all(connection))


def add_user(connection: sa.Connection, record: UserRecord) -> None:
    """Insert a user with their rights."""
    count_change(connection)
    check_free_for_user(connection, record.number, record.user)
    connection.execute(sa.insert(tables.users).values(rows.user_values(record)))
    _write_rights(connection, record)
    shown.write_numbers(connection, record.user, record.shown_numbers)


def replace_user(connection: sa.Connection, record: UserRecord) -> None:
    """Change a user. Another CTI password ends the user's sessions: a lost PC is locked out by it."""
    count_change(connection)
    the_user = tables.users.c.user == record.user
    former = connection.scalar(sa.select(tables.users.c.cti_password_hash).where(the_user))
    if former is None:
        raise KeyError(record.user)
    check_free_for_user(connection, record.number, record.user)
    connection.execute(sa.update(tables.users).where(the_user).values(rows.user_values(record)))
    connection.execute(sa.delete(tables.user_rights).where(tables.user_rights.c.user == record.user))
    _write_rights(connection, record)
    shown.write_numbers(connection, record.user, record.shown_numbers)
    if former != record.cti_password_hash:
        connection.execute(sa.delete(tables.sessions).where(tables.sessions.c.user == record.user))


def remove_user(connection: sa.Connection, name: str) -> None:
    """Delete a user; rights, presence, sessions and places in ring groups go with them, a room loses its owner."""
    count_change(connection)
    if connection.execute(sa.delete(tables.users).where(tables.users.c.user == name)).rowcount == 0:
        raise KeyError(name)


def all_groups(connection: sa.Connection) -> tuple[PresenceGroup, ...]:
    """The presence groups in their order."""
    groups = tables.presence_groups
    found = connection.execute(sa.select(groups.c.name, groups.c.position).order_by(groups.c.position))
    return tuple(PresenceGroup(name, position) for name, position in found)


def replace_groups(connection: sa.Connection, groups: tuple[PresenceGroup, ...]) -> None:
    """Write the list anew; the database refuses to lose a group that still has members."""
    count_change(connection)
    table = tables.presence_groups
    wanted = {group.name: group.position for group in groups}
    kept = set(connection.scalars(sa.select(table.c.name)))
    if gone := kept - wanted.keys():
        connection.execute(sa.delete(table).where(table.c.name.in_(gone)))
    for name, position in wanted.items():
        if name in kept:
            connection.execute(sa.update(table).where(table.c.name == name).values(position=position))
        else:
            connection.execute(sa.insert(table).values(name=name, position=position))


def _write_rights(connection: sa.Connection, record: UserRecord) -> None:
    if record.rights:
        held = [{"user": record.user, "right": right.value} for right in record.rights]
        connection.execute(sa.insert(tables.user_rights), held)
