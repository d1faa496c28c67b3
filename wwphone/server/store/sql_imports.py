"""The part of the store that imports into the phone book; see `store.sql_store`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from wwphone.domain.imports import ImportRecord, UndoCounts
from wwphone.server.imports_api import ImportForecast, ImportOrder, StagedImport, StagedPage
from wwphone.server.store import imports, imports_writing
from wwphone.server.store.imports import Opened
from wwphone.server.store.imports_comparing import Comparison
from wwphone.server.store.sql_part import SqlPart


class SqlImports(SqlPart):
    """`server.imports_api.ImportStore`, on the transactions of whoever inherits it."""

    async def begin_import(self, staged: StagedImport, at: datetime) -> None:
        """Make room for one; what the same person has staged before is dropped."""
        await self._write(imports.begin, staged, at)

    async def stage_import(self, page: StagedPage) -> None:
        """Put entries aside; raises KeyError, OutOfStepError."""
        await self._write(imports.stage, page)

    async def import_of(self, import_id: str) -> StagedImport | None:
        """What an id stands for."""
        return await self._read(imports.one, import_id)

    async def forecast_import(self, import_id: str, *, replaces_all: bool) -> ImportForecast:
        """Compare what is staged with the book; raises KeyError."""
        opened = await self._read(imports.opened, import_id)
        if opened.done is not None:
            raise KeyError(import_id)
        async with self._compared(opened, replaces_all=replaces_all) as comparison:
            return comparison.forecast()

    async def carry_out_import(self, order: ImportOrder) -> ImportRecord:
        """Write everything; raises KeyError, BookMovedError, TooManyContactsError."""
        opened = await self._read(imports.opened, order.import_id)
        if opened.done is not None:
            return opened.done
        async with self._compared(opened, replaces_all=order.replaces_all) as comparison:
            return await self._write(imports_writing.carry_out, order, comparison)

    async def undo_import(self, import_id: str, by: str, at: datetime) -> UndoCounts:
        """Take an import back; raises KeyError."""
        return await self._write(imports_writing.undo, import_id, by, at)

    async def drop_import(self, import_id: str) -> None:
        """Forget what is staged."""
        await self._write(imports.drop, import_id)

    async def imports(self, owners: Sequence[str], since: datetime) -> tuple[ImportRecord, ...]:
        """Imports of some owners since a time, latest first."""
        return await self._read(imports.done_since, tuple(owners), since)

    async def forget_imports(self, staged_before: datetime, done_before: datetime) -> int:
        """Forget old ones; return how many."""
        return await self._write(imports.forget, staged_before, done_before)

    @asynccontextmanager
    async def _compared(self, opened: Opened, *, replaces_all: bool) -> AsyncIterator[Comparison]:
        """Read page by page and compare on a thread of its own: the store's are for everybody."""
        comparison, owner, import_id = Comparison(opened), opened.staged.owner, opened.staged.import_id
        while page := await self._read(imports.book_page, owner, comparison.last_revision):
            comparison.take_book(page)
        while page := await self._read(imports.staged_page, import_id, len(comparison.rows) - 1):
            comparison.take_staged(page)
        await asyncio.to_thread(comparison.make_plan, replaces_all=replaces_all)
        is_free = True
        try:
            yield comparison
        except asyncio.CancelledError:
            is_free = False  # it is being written still: only whoever asked is gone
            raise
        finally:
            if is_free:
                asyncio.get_running_loop().run_in_executor(None, comparison.let_go)
