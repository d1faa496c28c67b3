"""One transaction on a connection of its own, with errors in the words of `server.api`."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from wwphone.server.api import DuplicateError, StoreError, StoreFullError
from wwphone.server.store.engine import WRITES
from wwphone.server.store.schema import UnknownRevisionError

_T = TypeVar("_T")

_UNIQUE_VIOLATION = "23505"
"""SQLSTATE of PostgreSQL (its manual, appendix A)."""
_DISK_FULL = "53100"
"""The same."""
_NO_ROOM = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE})
"""The second where the index of the write-ahead log cannot grow."""


def transact(engine: sa.Engine, work: Callable[[sa.Connection], _T], *, writes: bool) -> _T:
    """Return what `work` returns once the database has confirmed. Raises StoreError, or what the work raises."""
    try:
        with engine.connect().execution_options(**{WRITES: writes}) as connection, connection.begin():
            return work(connection)
    except IntegrityError as error:
        if _is_unique_violation(error):
            raise DuplicateError("the name or the number is taken") from error
        raise StoreError(f"the database refused: {error.orig}") from error
    except SQLAlchemyError as error:
        kind = StoreFullError if _is_full(error) else StoreError
        raise kind(f"the database failed: {getattr(error, 'orig', None) or error}") from error
    except UnknownRevisionError as error:
        raise StoreError(str(error)) from error


def _is_full(error: SQLAlchemyError) -> bool:
    cause = getattr(error, "orig", None)
    if getattr(cause, "sqlstate", None) == _DISK_FULL:
        return True
    code: object = getattr(cause, "sqlite_errorcode", None)
    return code in _NO_ROOM


def _is_unique_violation(error: IntegrityError) -> bool:
    cause = error.orig
    if getattr(cause, "sqlstate", None) == _UNIQUE_VIOLATION:
        return True
    name = getattr(cause, "sqlite_errorname", "")
    return name in ("SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY")
