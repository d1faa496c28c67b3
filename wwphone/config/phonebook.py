"""Where the phone book is cached: a full-text database in the person's cache folder, written on a thread of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from wwphone.domain.phonebook import Contact

if TYPE_CHECKING:
    from wwphone.config.phonebook_database import PhoneBookDatabase

_T = TypeVar("_T")


class PhoneBookUnavailableError(Exception):
    """The cache cannot be read or written at the moment; the text is for the log and holds nothing of an entry."""


@dataclass(frozen=True)
class BookMark:
    """Whose phone book is cached, and how far."""

    user: str
    book_id: str
    revision: int


class PhoneBookReader(Protocol):
    """What can be asked of the cache at once, in about a millisecond. Raises PhoneBookUnavailableError."""

    def places(self, text: str, *, personal: bool | None, after: int, limit: int) -> list[int]:
        """Where in the alphabet the next of what is found stands; an empty text finds everything.

        `personal`: only one's own entries (True), only those of everybody (False).
        """

    def favourites(self, text: str, *, personal: bool | None) -> list[int]:
        """The places of all favourites that are found, in the order of the alphabet; an empty text finds all."""

    def favourite_ids(self) -> frozenset[str]:
        """Which entries are favourites."""

    def at(self, places: Sequence[int]) -> dict[int, Contact]:
        """The entries at some places; without those that are gone meanwhile."""

    def by_id(self, contact_id: str) -> Contact | None:
        """One entry."""

    def with_number(self, number: str) -> list[Contact]:
        """Whoever has a number, however it is written; one's own entries first."""

    def count(self) -> int:
        """How many entries there are."""


class PhoneBookCache:
    """The phone book of whoever signed in last. `file` None: in memory, for tests and trials."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._database: PhoneBookDatabase | None = None
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="phone book")
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_shut = False

    @property
    def reader(self) -> PhoneBookReader | None:
        """For the window's thread; None before `open`."""
        return self._database

    async def open(self) -> BookMark | None:
        """Open the file and tell whose book it holds; None: nobody's. Raises PhoneBookUnavailableError."""
        return await self._on_worker(self._opened)

    async def stage(self, contacts: Sequence[Contact], removed: Sequence[str]) -> None:
        """Put changes aside until `finish`. Raises PhoneBookUnavailableError."""
        await self._on_database(lambda database: database.stage(contacts, removed))

    async def finish(self, mark: BookMark, *, fresh: bool) -> None:
        """Take over what was staged, all at once; `fresh`: in the place of everything there was."""
        await self._on_database(lambda database: database.finish(mark, fresh=fresh))

    async def mark_favourites(self, contact_ids: Collection[str]) -> None:
        """These are favourites from now on, and no others."""
        await self._on_database(lambda database: database.mark_favourites(contact_ids))

    async def doubles(self, *, everybodys: bool) -> tuple[tuple[str, ...], ...]:
        """Ids of entries that are alike, on the cache's thread; `everybodys`: not only among one's own."""
        return await self._on_database(lambda database: database.doubles(everybodys=everybodys))

    async def drop_staged(self) -> None:
        """Forget what was staged and never finished."""
        await self._on_database(lambda database: database.drop_staged())

    async def shutdown(self) -> None:
        """Finish what is under way and let go of the file; safe to call twice."""
        if not self._is_shut:
            self._is_shut = True
            await self._on_worker(self._close)
            self._worker.shutdown(wait=False)

    async def _on_database(self, act: Callable[[PhoneBookDatabase], _T]) -> _T:
        database = self._database
        if database is None:
            raise PhoneBookUnavailableError("the cache is not open")
        return await self._on_worker(lambda: act(database))

    async def _on_worker(self, act: Callable[[], _T]) -> _T:
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
        return await self._loop.run_in_executor(self._worker, act)

    def _opened(self) -> BookMark | None:
        # Imported here, where nobody waits for it.
        from wwphone.config.phonebook_database import PhoneBookDatabase  # noqa: PLC0415

        if self._database is None:
            self._database = PhoneBookDatabase(self._file)
        return self._database.mark()

    def _close(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None
