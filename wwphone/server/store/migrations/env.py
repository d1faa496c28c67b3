"""What alembic runs: migrations over the connection it is given, inside that connection's transaction.

It leaves logging alone: the program that migrates has configured it.
"""

from __future__ import annotations

from alembic import context

from wwphone.server.store.tables import metadata

_connection = context.config.attributes["connection"]
context.configure(connection=_connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
