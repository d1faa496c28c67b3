"""The part of the store that imports into the phone book; see `store.sql_store`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa

from wwphone.domain.imports import ImportRecord, UndoCounts
from wwphone.server.imports_api import ImportForecast, ImportOrder, StagedImport, StagedPage
from wwphone.server.store import imports

_T = TypeVar("_T")
_P = ParamSpec("_P")
_Work = Callable[Concatenate[sa.Connection, _P], _T]


class SqlImports(ABC):
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
        return await self._read(imports.forecast, import_id, replaces_all=replaces_all)

    async def carry_out_import(self, order: ImportOrder) -> ImportRecord:
        """Write everything; raises KeyError, BookMovedError, TooManyContactsError."""
        return await self._write(imports.carry_out, order)

    async def undo_import(self, import_id: str, by: str, at: datetime) -> UndoCounts:
        """Take an import back; raises KeyError."""
        return await self._write(imports.undo, import_id, by, at)

    async def drop_import(self, import_id: str) -> None:
        """Forget what is staged."""
        await self._write(imports.drop, import_id)

    async def imports(self, owners: Sequence[str], since: datetime) -> tuple[ImportRecord, ...]:
        """Imports of some owners since a time, latest first."""
        return await self._read(imports.done_since, tuple(owners), since)

    async def forget_imports(self, staged_before: datetime, done_before: datetime) -> int:
        """Forget old ones; return how many."""
        return await self._write(imports.forget, staged_before, done_before)

    @abstractmethod
    async def _read(self, work: _Work[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Do it in a transaction that only reads."""

    @abstractmethod
    async def _write(self, work: _Work[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Do it in a transaction."""
