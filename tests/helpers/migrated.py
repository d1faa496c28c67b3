"""Databases that need no migration: each test that wants an empty store would go through all of them."""

from __future__ import annotations

import shutil
from pathlib import Path

from wwphone.server.store.sql_store import SqlStore

_SQLITE = "sqlite:///"


async def put_migrated(url: str) -> str:
    """Put an empty database with today's tables where a SQLite URL says, unless there is one; return the URL.

    The first one of a test process is made by the migrations, the others are its copies. A URL of PostgreSQL is left alone.
    """
    if url.startswith(_SQLITE) and not _copied(_template(), Path(url.removeprefix(_SQLITE))):
        made = _template().with_name("migrating.sqlite")
        store = SqlStore(f"{_SQLITE}{made}")
        await store.open()
        await store.close()
        made.rename(_template())
        _copied(_template(), Path(url.removeprefix(_SQLITE)))
    return url


def _template() -> Path:
    """In the home folder of this test process."""
    return Path.home() / "migrated.sqlite"


def _copied(template: Path, file: Path) -> bool:
    """Whether the file is there, if need be as a copy."""
    if file.exists():
        return True
    if not template.exists():
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(template, file)
    return True
