"""Where notes rest: a small database in the person's data folder, written on a thread of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from wwphone.domain.descriptions import CallDescription
from wwphone.domain.notes import Note

if TYPE_CHECKING:
    from wwphone.config.notes_database import NotesDatabase

_T = TypeVar("_T")


class NotesUnavailableError(Exception):
    """The notes cannot be read or written at the moment; the text is for the log and holds nothing of a note."""


class NotesStore(Protocol):
    """Keeps notes across restarts."""

    async def read(self) -> tuple[Note, ...]:
        """Every note, oldest first. Raises NotesUnavailableError."""

    async def write(self, note: Note) -> None:
        """Keep a note in the place of the former one of its call; an empty text removes it. NotesUnavailableError."""

    async def read_untold(self) -> tuple[CallDescription, ...]:
        """What the server's record has not been told yet, oldest first. Raises NotesUnavailableError."""

    async def keep_untold(self, description: CallDescription) -> None:
        """Keep this in the place of what its key named before. Raises NotesUnavailableError."""

    async def drop_untold(self, key: str) -> None:
        """The server has it. Raises NotesUnavailableError."""

    async def shutdown(self) -> None:
        """Finish what is under way and let go of the file."""


class NotesInMemory:
    """Notes that end with the program."""

    def __init__(self, notes: tuple[Note, ...] = ()) -> None:
        self.notes = {note.call_id: note for note in notes}
        self.untold: dict[str, CallDescription] = {}

    async def read(self) -> tuple[Note, ...]:
        """See NotesStore."""
        return tuple(self.notes.values())

    async def write(self, note: Note) -> None:
        """See NotesStore."""
        self.notes.pop(note.call_id, None)
        if note.text:
            self.notes[note.call_id] = note

    async def read_untold(self) -> tuple[CallDescription, ...]:
        """See NotesStore."""
        return tuple(self.untold.values())

    async def keep_untold(self, description: CallDescription) -> None:
        """See NotesStore."""
        self.untold[description.key] = description

    async def drop_untold(self, key: str) -> None:
        """See NotesStore."""
        self.untold.pop(key, None)

    async def shutdown(self) -> None:
        """See NotesStore."""


class NotesFile:
    """Notes in an SQLite file; each write is on the disk when `write` returns."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._database: NotesDatabase | None = None
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="notes")

    async def read(self) -> tuple[Note, ...]:
        """See NotesStore."""
        return await self._on_worker(lambda database: database.read())

    async def write(self, note: Note) -> None:
        """See NotesStore."""
        await self._on_worker(lambda database: database.write(note))

    async def read_untold(self) -> tuple[CallDescription, ...]:
        """See NotesStore."""
        return await self._on_worker(lambda database: database.read_untold())

    async def keep_untold(self, description: CallDescription) -> None:
        """See NotesStore."""
        await self._on_worker(lambda database: database.keep_untold(description))

    async def drop_untold(self, key: str) -> None:
        """See NotesStore."""
        await self._on_worker(lambda database: database.drop_untold(key))

    async def shutdown(self) -> None:
        """See NotesStore."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._worker, self._close)
        self._worker.shutdown(wait=False)

    async def _on_worker(self, act: Callable[[NotesDatabase], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._worker, lambda: act(self._opened()))

    def _opened(self) -> NotesDatabase:
        if self._database is None:
            # Imported on this thread, where nobody waits for it: SQLAlchemy takes a third of a second of the start.
            from wwphone.config.notes_database import NotesDatabase  # noqa: PLC0415

            self._database = NotesDatabase(self._file)
        return self._database

    def _close(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None
