"""Rules of pick-up: which presence group may do what with calls of which other."""

from __future__ import annotations

import sqlalchemy as sa

from wwphone.domain.pickup import PickupRule
from wwphone.server.store import tables
from wwphone.server.store.changes import count_change


def all_rules(connection: sa.Connection) -> tuple[PickupRule, ...]:
    """All rules, by the names of their groups."""
    table = tables.pickup_rules
    found = connection.execute(sa.select(table).order_by(table.c.presence_group, table.c.by_group))
    return tuple(PickupRule(group, by, pick_up, see_caller) for group, by, pick_up, see_caller in found)


def replace_rule(connection: sa.Connection, rule: PickupRule) -> None:
    """Add a rule or write it anew; the database refuses a group that does not exist."""
    count_change(connection)
    table = tables.pickup_rules
    values = {"pick_up": rule.pick_up, "see_caller": rule.see_caller}
    changed = connection.execute(sa.update(table).where(_is(rule.group, rule.by)).values(values))
    if changed.rowcount == 0:
        connection.execute(sa.insert(table).values(presence_group=rule.group, by_group=rule.by, **values))


def remove_rule(connection: sa.Connection, group: str, by: str) -> None:
    """Delete a rule."""
    count_change(connection)
    if connection.execute(sa.delete(tables.pickup_rules).where(_is(group, by))).rowcount == 0:
        raise KeyError((group, by))


def _is(group: str, by: str) -> sa.ColumnElement[bool]:
    columns = tables.pickup_rules.c
    return sa.and_(columns.presence_group == group, columns.by_group == by)
