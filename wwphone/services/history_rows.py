"""The rows of the record that are known here, newest first."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from wwphone.domain.history import HistoryEntry, HistoryPlace


@dataclass(frozen=True)
class RowsReplaced:
    """Every row may be another one."""


@dataclass(frozen=True)
class RowsInserted:
    """So many rows are new from this place on; after the last one: the next page."""

    first: int
    count: int = 1


@dataclass(frozen=True)
class RowChanged:
    """The row at this place says something else."""

    place: int


@dataclass(frozen=True)
class RowRemoved:
    """The row at this place is gone: the filter does not let it through any more."""

    place: int


RowsEvent = RowsReplaced | RowsInserted | RowChanged | RowRemoved


class HistoryRows:
    """Kept in the server's order; a row is found by its id at the cost of a few comparisons."""

    def __init__(self) -> None:
        self._rows: list[HistoryEntry] = []
        self._by_id: dict[str, HistoryEntry] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, place: int) -> HistoryEntry:
        return self._rows[place]

    def __iter__(self) -> Iterator[HistoryEntry]:
        return iter(self._rows)

    @property
    def end(self) -> HistoryPlace | None:
        """Where the next page begins; None while there is nothing."""
        return place_of(self._rows[-1]) if self._rows else None

    def get(self, entry_id: str) -> HistoryEntry | None:
        """One row."""
        return self._by_id.get(entry_id)

    def place(self, entry_id: str) -> int | None:
        """Where a row stands."""
        known = self._by_id.get(entry_id)
        if known is None:
            return None
        first = self._first_not_newer(known)
        return next(
            place for place in range(first, len(self._rows)) if self._rows[place].entry_id == entry_id
        )

    def replace(self, entries: Iterable[HistoryEntry]) -> None:
        """Hold these and no others."""
        self._rows = []
        self._by_id = {}
        self.append(entries)

    def append(self, entries: Iterable[HistoryEntry]) -> int:
        """Take over a page, and return how many of it were new."""
        new = [entry for entry in entries if entry.entry_id not in self._by_id]
        self._rows += new
        self._by_id.update((entry.entry_id, entry) for entry in new)
        return len(new)

    def update(self, entry: HistoryEntry) -> int | None:
        """Write a known row anew and return its place; None when it is not known, or as new already."""
        known = self._by_id.get(entry.entry_id)
        if known is None or known.revision >= entry.revision:
            return None
        place = self.place(entry.entry_id)
        assert place is not None
        self._rows[place] = self._by_id[entry.entry_id] = entry
        return place

    def insert(self, entry: HistoryEntry) -> int:
        """Put a new row where it belongs and return its place."""
        place = self._first_not_newer(entry)
        self._rows.insert(place, entry)
        self._by_id[entry.entry_id] = entry
        return place

    def remove(self, entry_id: str) -> int | None:
        """Take a row out and return where it stood."""
        place = self.place(entry_id)
        if place is not None:
            del self._rows[place]
            del self._by_id[entry_id]
        return place

    def _first_not_newer(self, entry: HistoryEntry) -> int:
        return bisect.bisect_left(self._rows, _age(entry), key=_age)


def place_of(entry: HistoryEntry) -> HistoryPlace:
    """Where a page ends whose last row this is."""
    return HistoryPlace(entry.started_at, entry.entry_id)


def _age(entry: HistoryEntry) -> float:
    return -entry.started_at.timestamp()
