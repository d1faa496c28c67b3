"""What is shown to whom, each user's own, and the numbers that may be shown besides."""

from __future__ import annotations

from collections import defaultdict

import sqlalchemy as sa

from wwphone.domain.shown import Shown
from wwphone.server.store import tables


def all_defaults(connection: sa.Connection) -> dict[str, dict[str, Shown]]:
    """By user and number called."""
    found: defaultdict[str, dict[str, Shown]] = defaultdict(dict)
    table = tables.shown_defaults
    for user, called, shown in connection.execute(sa.select(table.c.user, table.c.called, table.c.shown)):
        found[user][called] = Shown(shown)
    return dict(found)


def save_default(connection: sa.Connection, user: str, called: str, shown: Shown | None) -> None:
    """Write one anew, or delete it; the database refuses an unknown user."""
    table = tables.shown_defaults
    connection.execute(sa.delete(table).where(table.c.user == user, table.c.called == called))
    if shown is not None:
        connection.execute(sa.insert(table).values(user=user, called=called, shown=shown.number))


def numbers_of_all(connection: sa.Connection) -> dict[str, tuple[str, ...]]:
    """The numbers that may be shown besides, by user, in the administrator's order."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    table = tables.user_shown_numbers
    for user, number in connection.execute(
        sa.select(table.c.user, table.c.number).order_by(table.c.position)
    ):
        found[user].append(number)
    return {user: tuple(numbers) for user, numbers in found.items()}


def write_numbers(connection: sa.Connection, user: str, numbers: tuple[str, ...]) -> None:
    """Write a user's list anew."""
    table = tables.user_shown_numbers
    connection.execute(sa.delete(table).where(table.c.user == user))
    if numbers:
        rows = [{"user": user, "number": number, "position": place} for place, number in enumerate(numbers)]
        connection.execute(sa.insert(table), rows)
