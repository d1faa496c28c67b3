"""Whom people called into conferences that go on, and the rooms' own PINs."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from wwphone.domain.calls import Party
from wwphone.domain.conference import InvitationState, PhoneInvitation
from wwphone.server.store import rows, tables
from wwphone.server.store.changes import count_change
from wwphone.server.store.conference_tables import conference_invitations as _table

_AT_ONCE = 500
"""Ids in one statement."""


def all_invitations(connection: sa.Connection) -> tuple[PhoneInvitation, ...]:
    """All of them, oldest first."""
    found = connection.execute(sa.select(_table).order_by(_table.c.at, _table.c.invitation_id))
    return tuple(_invitation(row) for row in found.mappings())


def write_invitations(
    connection: sa.Connection, changed: Collection[PhoneInvitation], removed: Collection[str]
) -> None:
    """Add or write anew, and forget."""
    gone = [*removed, *(one.invitation_id for one in changed)]
    for first in range(0, len(gone), _AT_ONCE):
        some = gone[first : first + _AT_ONCE]
        connection.execute(sa.delete(_table).where(_table.c.invitation_id.in_(some)))
    if changed:
        connection.execute(sa.insert(_table), [_values(one) for one in changed])


def set_room_pin(connection: sa.Connection, number: str, owner: str, pin: str) -> None:
    """Give a room that was made a PIN, else the personal one of its owner. Raises KeyError."""
    count_change(connection)
    made = sa.update(tables.rooms).where(tables.rooms.c.number == number).values(pin=pin)
    if connection.execute(made).rowcount:
        return
    users = tables.users
    of_owner = sa.and_(users.c.user == owner, users.c.number == number)
    if not connection.execute(sa.update(users).where(of_owner).values(room_pin=pin)).rowcount:
        raise KeyError(number)


def _values(one: PhoneInvitation) -> rows.Values:
    return {
        "invitation_id": one.invitation_id,
        "room": one.room,
        "number": one.party.number,
        "name": one.party.name,
        "by": one.by,
        "state": one.state.value,
        "user": one.user,
        "participant_id": one.participant_id,
        "at": one.at,
    }


def _invitation(row: rows.Row) -> PhoneInvitation:
    return PhoneInvitation(
        row["invitation_id"],
        row["room"],
        Party(row["number"], row["name"]),
        row["by"],
        row["at"],
        InvitationState(row["state"]),
        row["user"],
        row["participant_id"],
    )
