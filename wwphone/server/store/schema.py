"""Bringing a database up to the newest tables, and telling where one stands."""

from __future__ import annotations

import io
from dataclasses import dataclass

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError

_LOCATION = "wwphone.server.store:migrations"
_POSTGRESQL_LOCK = 0x777770686F6E65
"""Any number that is always the same: two programs that start at once migrate one after the other."""


class UnknownRevisionError(Exception):
    """The database was written by a newer version of the program."""


@dataclass(frozen=True)
class SchemaState:
    """Where a database stands; `current` None: it is empty."""

    current: str | None
    newest: str

    @property
    def up_to_date(self) -> bool:
        """Whether there is nothing to do."""
        return self.current == self.newest


def schema_state(connection: sa.Connection) -> SchemaState:
    """Look, and change nothing."""
    current = MigrationContext.configure(connection).get_current_revision()
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    assert newest is not None
    return SchemaState(current, newest)


def revisions() -> tuple[str, ...]:
    """All revisions, oldest first."""
    script = ScriptDirectory.from_config(_config())
    return tuple(reversed([one.revision for one in script.walk_revisions()]))


def upgrade(connection: sa.Connection, target: str = "head") -> None:
    """Migrate within the connection's transaction. Raises UnknownRevisionError."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_POSTGRESQL_LOCK)))
    if target == "head" and schema_state(connection).up_to_date:
        return
    config = _config()
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, target)
    except CommandError as error:
        raise UnknownRevisionError("the database was written by a newer version of wwphone-server") from error


def _config() -> Config:
    # Alembic speaks to stdout by default; nobody there wants to hear it.
    config = Config(stdout=io.StringIO())
    config.set_main_option("script_location", _LOCATION)
    config.set_main_option("path_separator", "os")
    return config
