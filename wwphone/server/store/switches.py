"""Switches, where calls go while they are on, and whether they are."""

from __future__ import annotations

from collections import defaultdict

import sqlalchemy as sa

from wwphone.domain.presence import JournalEntry
from wwphone.domain.switches import SwitchState
from wwphone.server.store import rows, tables
from wwphone.server.store.changes import count_change
from wwphone.server.switch_api import PbxRoute, PbxSwitch


def all_switches(connection: sa.Connection) -> tuple[PbxSwitch, ...]:
    """By name."""
    routes: defaultdict[str, list[PbxRoute]] = defaultdict(list)
    table = tables.switch_routes
    for row in connection.execute(sa.select(table).order_by(table.c.number)).mappings():
        routes[row["switch"]].append(PbxRoute(row["number"], row["to_number"], row["to_mailbox_of"]))
    found = connection.execute(sa.select(tables.switches).order_by(tables.switches.c.name)).mappings()
    return tuple(
        PbxSwitch(row["name"], row["title"], row["code"], row["for_all"], tuple(routes[row["name"]]))
        for row in found
    )


def replace_switch(connection: sa.Connection, switch: PbxSwitch) -> None:
    """Add a switch or write it anew; its state stays."""
    count_change(connection)
    table, routes = tables.switches, tables.switch_routes
    values = {"title": switch.title, "code": switch.code, "for_all": switch.for_all}
    the_one = table.c.name == switch.name
    if connection.execute(sa.update(table).where(the_one).values(values)).rowcount == 0:
        connection.execute(sa.insert(table).values(name=switch.name, **values))
    connection.execute(sa.delete(routes).where(routes.c.switch == switch.name))
    wanted = [
        {
            "switch": switch.name,
            "number": one.number,
            "to_number": one.to_number,
            "to_mailbox_of": one.to_mailbox_of,
        }
        for one in switch.routes
    ]
    if wanted:
        connection.execute(sa.insert(routes), wanted)


def remove_switch(connection: sa.Connection, name: str) -> None:
    """Delete a switch with its routes and its state."""
    count_change(connection)
    if connection.execute(sa.delete(tables.switches).where(tables.switches.c.name == name)).rowcount == 0:
        raise KeyError(name)


def all_states(connection: sa.Connection) -> dict[str, SwitchState]:
    """Of every switch that was ever operated."""
    found = connection.execute(sa.select(tables.switch_states)).mappings()
    return {
        row["switch"]: SwitchState(row["on"], row["since"], row["set_by"], row["set_from"]) for row in found
    }


def save_state(connection: sa.Connection, name: str, entry: JournalEntry, *, announce: bool) -> None:
    """Write who operated it and the journal entry, in the caller's transaction; `announce` as for log-ins.

    Raises KeyError when there is no such switch.
    """
    if announce:
        count_change(connection)
    if not connection.scalar(sa.select(sa.exists().where(tables.switches.c.name == name))):
        raise KeyError(name)
    table = tables.switch_states
    values = {
        "on": entry.subject_on,
        "since": entry.at,
        "set_by": entry.set_by,
        "set_from": entry.presence.set_from,
    }
    if connection.execute(sa.update(table).where(table.c.switch == name).values(values)).rowcount == 0:
        connection.execute(sa.insert(table).values(switch=name, **values))
    connection.execute(sa.insert(tables.presence_journal).values(rows.journal_values(entry)))
