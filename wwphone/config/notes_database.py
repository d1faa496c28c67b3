"""The notes' SQLite file; used on one thread by `config.notes`."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError, SQLAlchemyError

from wwphone.config.notes import NotesUnavailableError
from wwphone.domain.calls import QualityWord
from wwphone.domain.descriptions import CallDescription
from wwphone.domain.notes import Note

logger = logging.getLogger(__name__)

_METADATA = sa.MetaData()
_NOTES = sa.Table(
    "notes",
    _METADATA,
    sa.Column("call_id", sa.String, primary_key=True),
    sa.Column("user", sa.String, nullable=False),
    sa.Column("number", sa.String, nullable=False),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("text", sa.String, nullable=False),
    sa.Column("changed_at", sa.Float, nullable=False, doc="seconds since 1970, UTC"),
)
_UNTOLD = sa.Table(
    "untold",
    _METADATA,
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("user", sa.String, nullable=False),
    sa.Column("server", sa.String, nullable=False),
    sa.Column("made_at", sa.Float, nullable=False, doc="seconds since 1970, UTC"),
    sa.Column("entry_id", sa.String, nullable=False),
    sa.Column("leg_id", sa.String, nullable=False),
    sa.Column("sip_call_id", sa.String, nullable=False),
    sa.Column("note", sa.String),
    sa.Column("quality", sa.String),
)
"""What the server's record of calls has not been told yet."""
_NO_DATABASE = "file is not a database"
_DAMAGED = "malformed"


class NotesDatabase:
    """Opened when it is made; a damaged file is set aside and a new one begun. Raises NotesUnavailableError."""

    def __init__(self, file: Path) -> None:
        self._file = file
        try:
            self._engine = self._open()
        except DatabaseError as error:
            if not any(word in str(error.orig) for word in (_NO_DATABASE, _DAMAGED)):
                raise NotesUnavailableError(_told(error)) from None
            aside = file.with_suffix(".damaged.sqlite")
            file.replace(aside)
            logger.warning("the notes were damaged and are set aside as %s", aside.name)
            with _translated():
                self._engine = self._open()
        except OSError as error:
            raise NotesUnavailableError(str(error)) from None

    def read(self) -> tuple[Note, ...]:
        """See NotesStore."""
        with _translated(), self._engine.connect() as connection:
            rows = connection.execute(sa.select(_NOTES).order_by(_NOTES.c.changed_at)).all()
        return tuple(
            Note(
                row.call_id,
                row.user,
                row.number,
                row.name,
                row.text,
                datetime.fromtimestamp(row.changed_at, UTC),
            )
            for row in rows
        )

    def write(self, note: Note) -> None:
        """See NotesStore."""
        with _translated(), self._engine.begin() as connection:
            connection.execute(sa.delete(_NOTES).where(_NOTES.c.call_id == note.call_id))
            if note.text:
                values = {**vars(note), "changed_at": note.changed_at.timestamp()}
                connection.execute(sa.insert(_NOTES).values(values))

    def read_untold(self) -> tuple[CallDescription, ...]:
        """See NotesStore."""
        with _translated(), self._engine.connect() as connection:
            rows = connection.execute(sa.select(_UNTOLD).order_by(_UNTOLD.c.made_at)).mappings().all()
        return tuple(
            CallDescription(
                **{
                    **row,
                    "made_at": datetime.fromtimestamp(row["made_at"], UTC),
                    "quality": QualityWord(row["quality"]) if row["quality"] else None,
                }
            )
            for row in rows
        )

    def keep_untold(self, description: CallDescription) -> None:
        """See NotesStore."""
        quality = description.quality
        values = {
            **vars(description),
            "made_at": description.made_at.timestamp(),
            "quality": quality.value if quality else None,
        }
        with _translated(), self._engine.begin() as connection:
            connection.execute(sa.delete(_UNTOLD).where(_UNTOLD.c.key == description.key))
            connection.execute(sa.insert(_UNTOLD).values(values))

    def drop_untold(self, key: str) -> None:
        """See NotesStore."""
        with _translated(), self._engine.begin() as connection:
            connection.execute(sa.delete(_UNTOLD).where(_UNTOLD.c.key == key))

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def _open(self) -> sa.Engine:
        # SQLite gives its -wal and -shm files the mode of the database.
        os.close(os.open(self._file, os.O_CREAT | os.O_RDWR, 0o600))
        engine = sa.create_engine(f"sqlite:///{self._file}", hide_parameters=True, poolclass=sa.StaticPool)
        sa.event.listen(engine, "connect", _prepare)
        try:
            _METADATA.create_all(engine)
        except DatabaseError:
            engine.dispose()
            raise
        return engine


def _prepare(connection: sqlite3.Connection, record: Any) -> None:
    del record
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # what is confirmed survives a loss of power
    cursor.close()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        raise NotesUnavailableError(_told(error)) from None


def _told(error: SQLAlchemyError) -> str:
    """What SQLite says, without the statement and its values."""
    return str(getattr(error, "orig", None) or type(error).__name__)
