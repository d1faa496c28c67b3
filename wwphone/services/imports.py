"""Importing files of contacts: read on a thread of its own, sent page by page, shown before anything is written.

The file is the person's: it is read here, within bounds (`domain.contact_files`), and only entries travel. The server brings
numbers to one form, compares with the book as it is at that moment, and writes all of it or nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from wwphone.cti.api import CommandRefusedError, CtiLink
from wwphone.domain.contact_files import (
    MAX_FILE_BYTES,
    ContactFile,
    FileRefusal,
    FileRefusedError,
)
from wwphone.domain.formats import known_fields, read_contacts
from wwphone.domain.imports import (
    MAX_FILE_NAME,
    ImportCounts,
    ImportRecord,
    RefusedLine,
    UndoCounts,
    Values,
    details_of,
)
from wwphone.protocol.imports import (
    MAX_ROWS,
    BeginImport,
    CarryOutImport,
    DropImport,
    ImportBegun,
    ImportDone,
    ImportPreview,
    ImportRow,
    ImportsRead,
    ImportUndone,
    PreviewImport,
    ReadImports,
    RowsTaken,
    SendRows,
    UndoImport,
)

logger = logging.getLogger(__name__)

_MOST_BYTES = 40 * 1024
"""Of one page: well below what the server takes (`MAX_REQUEST_BYTES`)."""
_BYTES_OF_A_ROW = 200
"""The names of fields and the signs between them."""
_ROWS_AT_ONCE = 250


@dataclass(frozen=True)
class SentFile:
    """A file that waits at the server to be carried out."""

    import_id: str
    file_name: str
    personal: bool
    refused: tuple[RefusedLine, ...]
    """What was refused here or at the server, by line."""


@dataclass(frozen=True)
class Forecast:
    """What an import would do."""

    counts: ImportCounts
    refused: tuple[RefusedLine, ...]
    """By line; with those that stand twice in the file."""
    refused_count: int
    revision: int
    replaces_all: bool
    too_many: int
    """So many entries more than are allowed."""


class ImportService:
    """One file after the other; everything may be cancelled, and then nothing has happened."""

    def __init__(self, link: CtiLink) -> None:
        self._link = link
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="imports")

    async def shutdown(self) -> None:
        """Let go of the thread."""
        self._worker.shutdown(wait=False, cancel_futures=True)

    async def read(self, path: Path) -> ContactFile:
        """Read a file. Raises FileRefusedError."""
        return await asyncio.get_running_loop().run_in_executor(self._worker, _read, path)

    async def send(
        self, file: ContactFile, *, personal: bool, progress: Callable[[int, int], None]
    ) -> SentFile:
        """Bring a file to the server, where it waits; tell how many of how many entries are there.

        Raises CommandRefusedError. Cancelled, it is forgotten. The file's entries are let go either way.
        """
        name = file.name[:MAX_FILE_NAME]
        begun = await self._link.request(BeginImport(personal, name, known_fields(file.kind)))
        assert isinstance(begun, ImportBegun)
        refused = list(file.refused)
        taken = 0
        try:
            for start, rows in _pages(file.lines, file.rows):
                progress(start, len(file.rows))
                page = await self._link.request(SendRows(begun.import_id, taken, rows))
                assert isinstance(page, RowsTaken)
                taken += page.taken
                refused += page.refused
        except BaseException:
            # Whatever it was; the server forgets by itself what nobody drops.
            await asyncio.shield(self._dropped(begun.import_id))
            raise
        finally:
            self._worker.submit(file.let_go)
        refused.sort(key=lambda one: one.line)
        return SentFile(begun.import_id, file.name, personal, tuple(refused))

    async def forecast(self, sent: SentFile, *, replaces_all: bool) -> Forecast:
        """What the import would do now. Raises CommandRefusedError."""
        found = await self._link.request(PreviewImport(sent.import_id, replaces_all))
        assert isinstance(found, ImportPreview)
        refused = sorted((*sent.refused, *found.doubles), key=lambda one: one.line)
        count = len(sent.refused) + found.doubles_count
        return Forecast(found.counts, tuple(refused), count, found.revision, replaces_all, found.too_many)

    async def carry_out(self, sent: SentFile, forecast: Forecast) -> ImportRecord:
        """Write everything as it was forecast. Raises CommandRefusedError; with CONFLICT the book is another by now.

        Asking again after a cut line does no harm: what was carried out is only told.
        """
        order = CarryOutImport(sent.import_id, forecast.replaces_all, forecast.revision)
        done = await self._link.request(order)
        assert isinstance(done, ImportDone)
        return done.record

    async def drop(self, sent: SentFile) -> None:
        """Forget a file at the server."""
        await self._dropped(sent.import_id)

    async def imports(self) -> tuple[ImportRecord, ...]:
        """The imports of the last 30 days that one may undo, latest first. Raises CommandRefusedError."""
        found = await self._link.request(ReadImports())
        assert isinstance(found, ImportsRead)
        return found.imports

    async def undo(self, import_id: str) -> UndoCounts:
        """Take an import back as one. Raises CommandRefusedError."""
        undone = await self._link.request(UndoImport(import_id))
        assert isinstance(undone, ImportUndone)
        return undone.counts

    async def save_text(self, path: Path, text: str) -> None:
        """Write the list of refused lines. Raises OSError."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._worker, lambda: path.write_text(text, "utf-8"))

    async def _dropped(self, import_id: str) -> None:
        try:
            await self._link.request(DropImport(import_id))
        except CommandRefusedError as refused:
            logger.info("an import is left to be forgotten: %s", refused.error.code.value)


def _read(path: Path) -> ContactFile:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise FileRefusedError(FileRefusal.UNREADABLE, error.strerror or str(error)) from error
    return read_contacts(data, path.name)


def _pages(lines: Sequence[int], rows: Sequence[Values]) -> Iterator[tuple[int, tuple[ImportRow, ...]]]:
    """Pages that the server takes, with the place of their first entry."""
    page: list[ImportRow] = []
    size = start = 0
    for place, (line, values) in enumerate(zip(lines, rows, strict=True)):
        # In JSON a quotation mark or line end takes two bytes.
        length = _BYTES_OF_A_ROW + sum(2 * len(text.encode("utf-8")) for text in values if text)
        if page and (size + length > _MOST_BYTES or len(page) == min(_ROWS_AT_ONCE, MAX_ROWS)):
            yield start, tuple(page)
            page, size, start = [], 0, place
        page.append(ImportRow(line, details_of(values)))
        size += length
    if page:
        yield start, tuple(page)
