"""The notes' SQLite file; used on one thread by `config.notes`.

By Python's own sqlite3: a library above it would cost every client 20 MiB for five statements.
"""

# ruff: noqa: S608 - only names from this file are put into statements, never values

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wwphone.config.notes import NotesUnavailableError
from wwphone.domain.calls import QualityWord
from wwphone.domain.descriptions import CallDescription
from wwphone.domain.notes import Note

logger = logging.getLogger(__name__)

_TABLES = (
    """CREATE TABLE IF NOT EXISTS notes (
        call_id VARCHAR NOT NULL PRIMARY KEY,
        user VARCHAR NOT NULL,
        number VARCHAR NOT NULL,
        name VARCHAR NOT NULL,
        text VARCHAR NOT NULL,
        changed_at FLOAT NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS untold (
        key VARCHAR NOT NULL PRIMARY KEY,
        user VARCHAR NOT NULL,
        server VARCHAR NOT NULL,
        made_at FLOAT NOT NULL,
        entry_id VARCHAR NOT NULL,
        leg_id VARCHAR NOT NULL,
        sip_call_id VARCHAR NOT NULL,
        note VARCHAR,
        quality VARCHAR)""",
)
"""Moments are seconds since 1970, UTC. `untold` is what the server's record of calls has not been told yet."""
_NOTE = "call_id, user, number, name, text, changed_at"
_UNTOLD = "key, user, server, made_at, entry_id, leg_id, sip_call_id, note, quality"
_NO_DATABASE = "file is not a database"
_DAMAGED = "malformed"


class NotesDatabase:
    """Opened when it is made; a damaged file is set aside and a new one begun. Raises NotesUnavailableError."""

    def __init__(self, file: Path) -> None:
        self._file = file
        try:
            self._connection = self._open()
        except sqlite3.Error as error:
            if not any(word in str(error) for word in (_NO_DATABASE, _DAMAGED)):
                raise NotesUnavailableError(str(error)) from None
            aside = file.with_suffix(".damaged.sqlite")
            file.replace(aside)
            logger.warning("the notes were damaged and are set aside as %s", aside.name)
            with _translated():
                self._connection = self._open()
        except OSError as error:
            raise NotesUnavailableError(str(error)) from None

    def read(self) -> tuple[Note, ...]:
        """See NotesStore."""
        with _translated():
            rows = self._connection.execute(f"SELECT {_NOTE} FROM notes ORDER BY changed_at").fetchall()
        return tuple(
            Note(call_id, user, number, name, text, datetime.fromtimestamp(changed_at, UTC))
            for call_id, user, number, name, text, changed_at in rows
        )

    def write(self, note: Note) -> None:
        """See NotesStore."""
        values = {**vars(note), "changed_at": note.changed_at.timestamp()}
        with _translated(), self._connection:
            self._connection.execute("DELETE FROM notes WHERE call_id = ?", (note.call_id,))
            if note.text:
                self._connection.execute(f"INSERT INTO notes ({_NOTE}) VALUES ({_places(_NOTE)})", values)

    def read_untold(self) -> tuple[CallDescription, ...]:
        """See NotesStore."""
        with _translated():
            rows = self._connection.execute(f"SELECT {_UNTOLD} FROM untold ORDER BY made_at").fetchall()
        return tuple(_description(dict(zip(_UNTOLD.split(", "), row, strict=True))) for row in rows)

    def keep_untold(self, description: CallDescription) -> None:
        """See NotesStore."""
        quality = description.quality
        values = {
            **vars(description),
            "made_at": description.made_at.timestamp(),
            "quality": quality.value if quality else None,
        }
        with _translated(), self._connection:
            self._connection.execute("DELETE FROM untold WHERE key = ?", (description.key,))
            self._connection.execute(f"INSERT INTO untold ({_UNTOLD}) VALUES ({_places(_UNTOLD)})", values)

    def drop_untold(self, key: str) -> None:
        """See NotesStore."""
        with _translated(), self._connection:
            self._connection.execute("DELETE FROM untold WHERE key = ?", (key,))

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _open(self) -> sqlite3.Connection:
        # SQLite gives its -wal and -shm files the mode of the database.
        os.close(os.open(self._file, os.O_CREAT | os.O_RDWR, 0o600))
        connection = sqlite3.connect(self._file)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")  # what is confirmed survives a loss of power
            with connection:
                for table in _TABLES:
                    connection.execute(table)
        except sqlite3.Error:
            connection.close()
            raise
        return connection


def _places(columns: str) -> str:
    return ", ".join(f":{column}" for column in columns.split(", "))


def _description(row: dict[str, Any]) -> CallDescription:
    row["made_at"] = datetime.fromtimestamp(row["made_at"], UTC)
    row["quality"] = QualityWord(row["quality"]) if row["quality"] else None
    return CallDescription(**row)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise NotesUnavailableError(str(error)) from None
    except UnicodeEncodeError:  # half a character; the error's own words would repeat the text
        raise NotesUnavailableError("the text cannot be stored") from None
