"""Rooms, and that nobody gets a number that somebody else has."""

from __future__ import annotations

import sqlalchemy as sa

from wwphone.server.api import DuplicateError, PbxRoom
from wwphone.server.store import rows, tables
from wwphone.server.store.changes import count_change


def check_free_for_user(connection: sa.Connection, number: str, user: str) -> None:
    """Raise DuplicateError when a ring group, or a room that is not the user's own, has this number."""
    rooms = tables.rooms.c
    # An owner that is NULL is different from every user: `!=` alone would be neither true nor false.
    foreign = sa.and_(rooms.number == number, rooms.owner.is_distinct_from(user))
    refuse_if(connection, tables.ring_groups.c.number == number, number)
    refuse_if(connection, foreign, number)


def all_rooms(connection: sa.Connection) -> tuple[PbxRoom, ...]:
    """The rooms by number."""
    found = connection.execute(sa.select(tables.rooms).order_by(tables.rooms.c.number))
    return tuple(rows.room(row) for row in found.mappings())


def replace_room(connection: sa.Connection, room: PbxRoom) -> None:
    """Add a room or write it anew; only its owner's number may be a user's."""
    count_change(connection)
    users = tables.users.c
    refuse_if(connection, sa.and_(users.number == room.number, users.user != room.owner), room.number)
    refuse_if(connection, tables.ring_groups.c.number == room.number, room.number)
    write_numbered(connection, tables.rooms, rows.room_values(room))


def remove_room(connection: sa.Connection, number: str) -> None:
    """Delete a room."""
    count_change(connection)
    delete_numbered(connection, tables.rooms, number)


def refuse_if(connection: sa.Connection, found: sa.ColumnElement[bool], number: str) -> None:
    """Raise DuplicateError when there is such a row: it has this number."""
    if connection.scalar(sa.select(sa.exists().where(found))):
        raise DuplicateError(f"the number {number} is taken")


def write_numbered(connection: sa.Connection, table: sa.Table, values: rows.Values) -> None:
    """Add or change the row of this number."""
    the_one = table.c.number == values["number"]
    if connection.execute(sa.update(table).where(the_one).values(values)).rowcount == 0:
        connection.execute(sa.insert(table).values(values))


def delete_numbered(connection: sa.Connection, table: sa.Table, number: str) -> None:
    """Delete the row of this number. Raises KeyError."""
    if connection.execute(sa.delete(table).where(table.c.number == number)).rowcount == 0:
        raise KeyError(number)
