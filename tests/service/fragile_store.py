"""A store that can be out of reach."""

from __future__ import annotations

from typing import Any

from wwphone.server.api import StoreError
from wwphone.server.store.sql_store import SqlStore


class FakeFragileStore(SqlStore):
    """A real store that can be told to refuse everything."""

    broken = False

    async def _read(self, work: Any, *args: Any, **options: Any) -> Any:
        self._may_work()
        return await super()._read(work, *args, **options)

    async def _write(self, work: Any, *args: Any, **options: Any) -> Any:
        self._may_work()
        return await super()._write(work, *args, **options)

    async def _write_with_others(self, work: Any, value: Any) -> None:
        self._may_work()
        await super()._write_with_others(work, value)

    def _may_work(self) -> None:
        if self.broken:
            raise StoreError("away")
