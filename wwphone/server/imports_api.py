"""What may be asked of the store about imports into the phone book; part of `server.api`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from wwphone.domain.imports import ImportCounts, ImportRecord, UndoCounts, Values


class BookMovedError(Exception):
    """Entries were changed since somebody looked at them; nothing was written."""


class OutOfStepError(Exception):
    """A page does not follow the last one; nothing was staged."""


@dataclass(frozen=True)
class StagedImport:
    """An import that is being sent, or was carried out."""

    import_id: str
    owner: str
    """A user, or `GLOBAL`."""
    by: str
    file_name: str
    known: tuple[str, ...]
    """The fields that such a file can hold."""


@dataclass(frozen=True)
class StagedPage:
    """Some entries of a file, checked, with their lines."""

    import_id: str
    first: int
    """The place of the first one among all that are staged."""
    rows: Sequence[tuple[int, Values]]
    at: datetime


@dataclass(frozen=True)
class ImportForecast:
    """What an import would do."""

    counts: ImportCounts
    doubles: tuple[tuple[int, int], ...]
    """Lines of the first entries that stand in the file before, and where."""
    doubles_count: int
    revision: int
    """How far the entries were when they were compared."""
    afterwards: int
    """How many entries there would be."""


@dataclass(frozen=True)
class ImportOrder:
    """Carry an import out."""

    import_id: str
    at: datetime
    replaces_all: bool
    revision: int
    """Of the forecast; a later change makes it void."""
    most_personal: int
    """How many entries an owner may have afterwards; does not count for everybody's."""


class ImportStore(Protocol):
    """The part of `server.api.Store` that imports."""

    async def begin_import(self, staged: StagedImport, at: datetime) -> None:
        """Make room for one; what the same person has staged before is dropped. Raises StoreError for an unknown owner."""

    async def stage_import(self, page: StagedPage) -> None:
        """Put entries aside. Raises KeyError when nothing is being sent under this id, OutOfStepError."""

    async def import_of(self, import_id: str) -> StagedImport | None:
        """What an id stands for."""

    async def forecast_import(self, import_id: str, *, replaces_all: bool) -> ImportForecast:
        """Compare what is staged with the book. Raises KeyError."""

    async def carry_out_import(self, order: ImportOrder) -> ImportRecord:
        """Write everything, in one transaction. One that was carried out already is only told again.

        Raises KeyError, BookMovedError, TooManyContactsError.
        """

    async def undo_import(self, import_id: str, by: str, at: datetime) -> UndoCounts:
        """Take an import back, in one transaction, but for what was changed since. Raises KeyError: there is none to undo."""

    async def drop_import(self, import_id: str) -> None:
        """Forget what is staged; nothing happens to one that was carried out."""

    async def imports(self, owners: Sequence[str], since: datetime) -> tuple[ImportRecord, ...]:
        """The imports into these people's entries (or everybody's) since a time, latest first."""

    async def forget_imports(self, staged_before: datetime, done_before: datetime) -> int:
        """Forget what was last sent, or carried out, before a time; return how many."""
