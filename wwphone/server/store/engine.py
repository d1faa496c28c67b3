"""Connections to SQLite and PostgreSQL that keep what was confirmed."""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

WRITES = "wwphone_writes"
"""Execution option: this connection will write, so it takes SQLite's write lock at once and never fails half way."""

OLDEST_SQLITE = (3, 35, 0)
"""The first that can drop a column, as our migrations do (https://sqlite.org/releaselog/3_35_0.html). Python takes the system's."""

_BUSY_TIMEOUT_MS = 10_000
_BUSY_PAUSE_S = 0.01
_CACHE_KIB = 32 * 1024
"""SQLite's own 2 MB make it write, and read again, the indexes of a large import many times in one transaction."""
_POSTGRESQL_WORKERS = 4
_CONNECT_TIMEOUT_S = 10


def store_url(text: str) -> URL:
    """Read a database URL. Raises ValueError in words that do not repeat it: it may hold a password."""
    try:
        url = make_url(text)
    except ArgumentError:
        raise ValueError("the database URL cannot be read") from None
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in ("sqlite", "sqlite+pysqlite", "postgresql+psycopg"):
        raise ValueError("the database URL begins with sqlite:/// or postgresql://")
    if url.drivername.startswith("sqlite") and url.database in (None, "", ":memory:"):
        raise ValueError("an SQLite URL names a file: sqlite:////var/lib/wwphone/store.sqlite")
    return url


def what_is_missing(url: URL) -> str:
    """Why this kind of database cannot be used here, in a sentence; empty: nothing."""
    if not url.drivername.startswith("sqlite") or sqlite3.sqlite_version_info >= OLDEST_SQLITE:
        return ""
    oldest = ".".join(map(str, OLDEST_SQLITE))
    return f"SQLite {oldest} or newer is needed, and Python has {sqlite3.sqlite_version} here: update it, or use PostgreSQL (store.url)"


def make_engine(url: URL) -> sa.Engine:
    """Make an engine; nothing is opened yet. The file of SQLite and its folder are readable by their owner alone."""
    if url.drivername.startswith("sqlite"):
        _private_file(Path(url.database or ""))
        engine = sa.create_engine(url, hide_parameters=True, pool_size=1, max_overflow=0)
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
        return engine
    # Rows that go together and are refused raise; the driver warns of it besides, depending on how fast the server answers.
    logging.getLogger("psycopg").setLevel(logging.ERROR)
    return sa.create_engine(
        url,
        hide_parameters=True,
        pool_size=_POSTGRESQL_WORKERS,
        max_overflow=0,
        pool_pre_ping=True,
        connect_args={"connect_timeout": _CONNECT_TIMEOUT_S, "application_name": "wwphone-server"},
    )


def workers(engine: sa.Engine) -> int:
    """How many threads make sense: SQLite has one writer, PostgreSQL a connection for each."""
    return 1 if engine.dialect.name == "sqlite" else _POSTGRESQL_WORKERS


def _private_file(file: Path) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # SQLite gives its -wal and -shm files the mode of the database.
    os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    if file.stat().st_mode & 0o077:
        file.chmod(0o600)


def _prepare_sqlite(connection: sqlite3.Connection, record: Any) -> None:
    del record
    # The sqlite3 module would begin transactions by its own guess; `_begin_sqlite` does.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
    _turn_to_wal(cursor)
    # In WAL mode only FULL waits for the disk at each commit (https://sqlite.org/pragma.html#pragma_synchronous).
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _turn_to_wal(cursor: sqlite3.Cursor) -> None:
    """Wait for others as the busy timeout does.

    Whoever turns a file to WAL first reads it and then wants it alone. SQLite does not wait with a lock for another one, since
    two that do the same would wait for each other for ever: it refuses at once (https://sqlite.org/c3ref/busy_handler.html).
    """
    deadline_s = time.monotonic() + _BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= deadline_s:
                raise
            time.sleep(_BUSY_PAUSE_S)
        else:
            return


def _begin_sqlite(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
