"""Ring groups and who is logged in there."""

from __future__ import annotations

from collections import defaultdict

import sqlalchemy as sa

from wwphone.domain.presence import JournalEntry
from wwphone.domain.ring_groups import RingGroupLogin
from wwphone.server.ring_group_api import PbxRingGroup
from wwphone.server.store import rows, tables
from wwphone.server.store.changes import count_change
from wwphone.server.store.numbers import delete_numbered, refuse_if, write_numbered


def all_ring_groups(connection: sa.Connection) -> tuple[PbxRingGroup, ...]:
    """The ring groups by number, their members by name."""
    members: defaultdict[str, list[str]] = defaultdict(list)
    for ring_group, user in connection.execute(sa.select(tables.ring_group_members)):
        members[ring_group].append(user)
    found = connection.execute(sa.select(tables.ring_groups).order_by(tables.ring_groups.c.number))
    return tuple(rows.ring_group(row, tuple(sorted(members[row["number"]]))) for row in found.mappings())


def replace_ring_group(connection: sa.Connection, group: PbxRingGroup) -> None:
    """Add a ring group or write it anew; who is no member any more leaves nothing behind."""
    count_change(connection)
    refuse_if(connection, tables.users.c.number == group.number, group.number)
    refuse_if(connection, tables.rooms.c.number == group.number, group.number)
    members, logins = tables.ring_group_members, tables.ring_group_logins
    write_numbered(connection, tables.ring_groups, rows.ring_group_values(group))
    connection.execute(sa.delete(members).where(members.c.ring_group == group.number))
    wanted = [{"ring_group": group.number, "user": user} for user in dict.fromkeys(group.members)]
    if wanted:
        connection.execute(sa.insert(members), wanted)
    strangers = logins.c.user.not_in(group.members)
    connection.execute(sa.delete(logins).where(logins.c.ring_group == group.number, strangers))


def remove_ring_group(connection: sa.Connection, number: str) -> None:
    """Delete a ring group."""
    count_change(connection)
    delete_numbered(connection, tables.ring_groups, number)


def all_logins(connection: sa.Connection) -> dict[tuple[str, str], RingGroupLogin]:
    """By number and user, of every member who ever logged out or in."""
    found = connection.execute(sa.select(tables.ring_group_logins)).mappings()
    return {(row["ring_group"], row["user"]): rows.login(row) for row in found}


def save_login(connection: sa.Connection, number: str, entry: JournalEntry, *, announce: bool) -> None:
    """Write that somebody logged in or out, and its journal entry, in the caller's transaction.

    `announce`: a running server shall notice, because it is not the one that writes. Raises KeyError for who is no member.
    """
    if announce:
        count_change(connection)
    members, logins = tables.ring_group_members, tables.ring_group_logins
    member = sa.and_(members.c.ring_group == number, members.c.user == entry.user)
    if not connection.scalar(sa.select(sa.exists().where(member))):
        raise KeyError(number)
    values = {"logged_in": entry.subject_on, "since": entry.at, "set_from": entry.presence.set_from}
    the_one = sa.and_(logins.c.ring_group == number, logins.c.user == entry.user)
    if connection.execute(sa.update(logins).where(the_one).values(values)).rowcount == 0:
        connection.execute(sa.insert(logins).values(ring_group=number, user=entry.user, **values))
    connection.execute(sa.insert(tables.presence_journal).values(rows.journal_values(entry)))
