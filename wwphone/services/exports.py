"""Exporting entries of the phone book: from the cache, a page at a time, into a file that is there whole or not at all."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from wwphone.domain.formats import ExportFormat, written
from wwphone.domain.imports import Values, values_of
from wwphone.services.phonebook import PhoneBookService
from wwphone.services.whole_file import write_whole

PAGE = 200
"""Entries that are read at once on the window's thread: about two milliseconds."""


class NotWrittenError(Exception):
    """The file could not be written; the text is the operating system's."""


@dataclass(frozen=True)
class Selection:
    """Which entries."""

    personal: bool | None = None
    """Only one's own (True), only everybody's (False), or both."""
    text: str = ""
    """Only those that hold every word of it."""
    favourites: bool = False
    """Only one's favourites."""

    @property
    def is_narrowed(self) -> bool:
        """Whether it is more particular than whose entries."""
        return bool(self.text) or self.favourites


class ExportService:
    """Writes what the cache has, without a line to the server, too."""

    def __init__(self, phonebook: PhoneBookService) -> None:
        self._phonebook = phonebook
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="exports")

    async def shutdown(self) -> None:
        """Let go of the thread."""
        self._worker.shutdown(wait=False, cancel_futures=True)

    async def export(
        self, selection: Selection, kind: ExportFormat, path: Path, progress: Callable[[int, int], None]
    ) -> int:
        """Write the entries; return how many. Raises NotWrittenError. Cancelled, nothing is left behind.

        A file of that name is replaced when everything is written, not before.
        """
        rows = await self._rows(selection, progress)
        loop = asyncio.get_running_loop()
        given_up = threading.Event()
        try:
            await loop.run_in_executor(self._worker, _write, rows, kind, path, given_up)
        except asyncio.CancelledError:
            given_up.set()
            raise
        except OSError as error:
            raise NotWrittenError(error.strerror or str(error)) from error
        return len(rows)

    async def _rows(self, selection: Selection, progress: Callable[[int, int], None]) -> list[Values]:
        rows: list[Values] = []
        most, after = self._phonebook.count, 0
        while places := self._places(selection, after):
            found = self._phonebook.at(places)
            rows += [values_of(found[place].details) for place in places if place in found]
            progress(len(rows), most)
            after = places[-1]
            await asyncio.sleep(0)
        return rows

    def _places(self, selection: Selection, after: int) -> tuple[int, ...]:
        text, personal = selection.text, selection.personal
        if not selection.favourites:
            return self._phonebook.places(text, personal=personal, after=after, limit=PAGE)
        every = self._phonebook.favourites(text, personal=personal)
        return tuple(place for place in every if place > after)[:PAGE]


class _GivenUpError(Exception):
    """The person has cancelled it."""


def _write(rows: list[Values], kind: ExportFormat, path: Path, given_up: threading.Event) -> None:
    write_whole(path, _unless(given_up, written(rows, kind)))


def _unless(given_up: threading.Event, pieces: Iterable[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        if given_up.is_set():
            raise _GivenUpError
        yield piece
