"""Do not disturb and forwardings, each user's own."""

from __future__ import annotations

from collections import defaultdict

import sqlalchemy as sa

from wwphone.domain.presence import JournalEntry
from wwphone.domain.reachability import Forwarding, ForwardingCause, Reachability
from wwphone.server.store import rows, tables

_ORDER = {cause: place for place, cause in enumerate(ForwardingCause)}


def all_reachabilities(connection: sa.Connection) -> dict[str, Reachability]:
    """Of everybody who ever set anything; forwardings in the order of their causes."""
    found: defaultdict[str, list[Forwarding]] = defaultdict(list)
    for row in connection.execute(sa.select(tables.forwardings)).mappings():
        found[row["user"]].append(rows.forwarding(row))
    settled = {user: Reachability(forwardings=in_order(those)) for user, those in found.items()}
    for row in connection.execute(sa.select(tables.disturbances)).mappings():
        those = in_order(found.get(row["user"], []))
        settled[row["user"]] = Reachability(row["do_not_disturb"], row["since"], row["set_from"], those)
    return settled


def in_order(forwardings: list[Forwarding]) -> tuple[Forwarding, ...]:
    """Sorted by cause."""
    return tuple(sorted(forwardings, key=lambda one: _ORDER[one.cause]))


def save_do_not_disturb(connection: sa.Connection, entry: JournalEntry) -> None:
    """Write the switch and its journal entry in the caller's transaction."""
    table = tables.disturbances
    values = rows.disturbance_values(entry)
    changed = connection.execute(sa.update(table).where(table.c.user == entry.user).values(values))
    if changed.rowcount == 0:
        connection.execute(sa.insert(table).values(user=entry.user, **values))
    connection.execute(sa.insert(tables.presence_journal).values(rows.journal_values(entry)))


def replace_forwardings(connection: sa.Connection, user: str, forwardings: tuple[Forwarding, ...]) -> None:
    """Write all of a user's forwardings anew; the database refuses an unknown user."""
    table = tables.forwardings
    connection.execute(sa.delete(table).where(table.c.user == user))
    if forwardings:
        wanted = [rows.forwarding_values(user, one) for one in forwardings]
        connection.execute(sa.insert(table), wanted)
