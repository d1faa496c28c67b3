"""The counter that grows with every change of the directory; taking it first makes writers wait for each other."""

from __future__ import annotations

import sqlalchemy as sa

from wwphone.server.store import tables

_DIRECTORY = "directory"


def count_change(connection: sa.Connection) -> None:
    """Move the counter on. Called first in a transaction: until its end nobody else changes the directory.

    PostgreSQL locks the counter's row (its manual, "Row-Level Locks"), SQLite has one writer anyway.
    """
    counters = tables.counters
    one_more = sa.update(counters).where(counters.c.name == _DIRECTORY).values(value=counters.c.value + 1)
    connection.execute(one_more)


def directory_revision(connection: sa.Connection) -> int:
    """How many changes of users, groups, ring groups and rooms there have been."""
    counters = tables.counters
    value = connection.scalar(sa.select(counters.c.value).where(counters.c.name == _DIRECTORY))
    return value or 0
