"""Ring groups and rooms, and that nobody gets a number that somebody else has."""

from __future__ import annotations

from collections import defaultdict

import sqlalchemy as sa

from wwphone.server.api import DuplicateError, PbxRingGroup, PbxRoom
from wwphone.server.store import rows, tables
from wwphone.server.store.changes import count_change


def check_free_for_user(connection: sa.Connection, number: str, user: str) -> None:
    """Raise DuplicateError when a ring group, or a room that is not the user's own, has this number."""
    rooms = tables.rooms.c
    # An owner that is NULL is different from every user: `!=` alone would be neither true nor false.
    foreign = sa.and_(rooms.number == number, rooms.owner.is_distinct_from(user))
    _refuse_if(connection, tables.ring_groups.c.number == number, number)
    _refuse_if(connection, foreign, number)


def all_ring_groups(connection: sa.Connection) -> tuple[PbxRingGroup, ...]:
    """The ring groups by number, their members by name."""
    members: defaultdict[str, list[str]] = defaultdict(list)
    for ring_group, user in connection.execute(sa.select(tables.ring_group_members)):
        members[ring_group].append(user)
    found = connection.execute(sa.select(tables.ring_groups).order_by(tables.ring_groups.c.number))
    return tuple(PbxRingGroup(number, name, tuple(sorted(members[number]))) for number, name in found)


def replace_ring_group(connection: sa.Connection, group: PbxRingGroup) -> None:
    """Add a ring group or write it anew."""
    count_change(connection)
    _refuse_if(connection, tables.users.c.number == group.number, group.number)
    _refuse_if(connection, tables.rooms.c.number == group.number, group.number)
    members = tables.ring_group_members
    _write(connection, tables.ring_groups, {"number": group.number, "name": group.name})
    connection.execute(sa.delete(members).where(members.c.ring_group == group.number))
    wanted = [{"ring_group": group.number, "user": user} for user in dict.fromkeys(group.members)]
    if wanted:
        connection.execute(sa.insert(members), wanted)


def remove_ring_group(connection: sa.Connection, number: str) -> None:
    """Delete a ring group."""
    count_change(connection)
    _delete(connection, tables.ring_groups, number)


def all_rooms(connection: sa.Connection) -> tuple[PbxRoom, ...]:
    """The rooms by number."""
    found = connection.execute(sa.select(tables.rooms).order_by(tables.rooms.c.number))
    return tuple(rows.room(row) for row in found.mappings())


def replace_room(connection: sa.Connection, room: PbxRoom) -> None:
    """Add a room or write it anew; only its owner's number may be a user's."""
    count_change(connection)
    users = tables.users.c
    _refuse_if(connection, sa.and_(users.number == room.number, users.user != room.owner), room.number)
    _refuse_if(connection, tables.ring_groups.c.number == room.number, room.number)
    _write(connection, tables.rooms, rows.room_values(room))


def remove_room(connection: sa.Connection, number: str) -> None:
    """Delete a room."""
    count_change(connection)
    _delete(connection, tables.rooms, number)


def _refuse_if(connection: sa.Connection, found: sa.ColumnElement[bool], number: str) -> None:
    if connection.scalar(sa.select(sa.exists().where(found))):
        raise DuplicateError(f"the number {number} is taken")


def _write(connection: sa.Connection, table: sa.Table, values: rows.Values) -> None:
    the_one = table.c.number == values["number"]
    if connection.execute(sa.update(table).where(the_one).values(values)).rowcount == 0:
        connection.execute(sa.insert(table).values(values))


def _delete(connection: sa.Connection, table: sa.Table, number: str) -> None:
    if connection.execute(sa.delete(table).where(table.c.number == number)).rowcount == 0:
        raise KeyError(number)
