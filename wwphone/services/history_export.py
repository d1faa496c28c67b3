"""The record of calls as a CSV file: all pages of a filter, complete or not at all.

The format is what spreadsheets of this country open by a double click: semicolons, UTF-8 with a byte order mark, CRLF.
"""

from __future__ import annotations

import asyncio
import csv
import io
import os
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import IO

from wwphone.domain.csv_cells import harmless
from wwphone.domain.history import HistoryEntry, HistoryFilter
from wwphone.services.history import HistoryService

Row = Callable[[HistoryEntry], Sequence[str]]
Progress = Callable[[int, int], None]


class HistoryExport:
    """Writes beside the file and puts it in its place at the end: nobody finds half of it."""

    def __init__(self, history: HistoryService, heading: Sequence[str], row: Row) -> None:
        """`row` gives a call's cells in the order of the heading."""
        self._history = history
        self._heading = tuple(heading)
        self._row = row

    async def write(self, wanted: HistoryFilter, file: Path, progress: Progress) -> int:
        """Write what a filter lets through, and return how many calls that are; cancelling leaves nothing behind.

        `progress` is told how many of how many are written. Raises CommandRefusedError, OSError.
        """
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(1, thread_name_prefix="export") as worker:
            begun = worker.submit(_begin, file)
            try:
                making = await asyncio.wrap_future(begun)
                count = await self._write_pages(wanted, progress, partial(_write, worker, making))
                await loop.run_in_executor(worker, _finish, making, file)
            except BaseException:
                await loop.run_in_executor(worker, _give_up, begun)
                raise
        return count

    async def _write_pages(
        self, wanted: HistoryFilter, progress: Progress, write: Callable[[str], Awaitable[object]]
    ) -> int:
        count = 0
        await write(_lines([self._heading]))
        async for page in self._history.pages(wanted):
            await write(_lines([self._row(entry) for entry in page.entries]))
            count += len(page.entries)
            progress(count, max(page.total, count))
        return count


def _write(worker: Executor, making: IO[str], text: str) -> Awaitable[object]:
    return asyncio.get_running_loop().run_in_executor(worker, making.write, text)


def _lines(rows: Sequence[Sequence[str]]) -> str:
    made = io.StringIO()
    writer = csv.writer(made, delimiter=";", lineterminator="\r\n")
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return made.getvalue()


def _begin(file: Path) -> IO[str]:
    return tempfile.NamedTemporaryFile(
        "w", encoding="utf-8-sig", newline="", dir=file.parent, prefix=f".{file.name}.", delete=False
    )


def _give_up(begun: Future[IO[str]]) -> None:
    if begun.cancelled() or begun.exception():
        return
    making = begun.result()
    making.close()
    Path(making.name).unlink(missing_ok=True)


def _finish(making: IO[str], file: Path) -> None:
    making.flush()
    os.fsync(making.fileno())
    making.close()
    Path(making.name).replace(file)
