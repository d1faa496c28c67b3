"""An import compared with the book, before anything is written: read page by page, and away from the store's threads."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from wwphone.domain.imports import MAX_DOUBLES_TOLD, ImportPlan, Values, import_plan
from wwphone.server.imports_api import ImportForecast
from wwphone.server.store.imports import Opened

_ROWS_AT_ONCE = 500


@dataclass
class Comparison:
    """What was read of the book and of the staged entries, and what follows."""

    opened: Opened
    there: list[tuple[str, Values]] = field(default_factory=list)
    """The owner's entries in the order of their changes."""
    last_revision: int = 0
    lines: list[int] = field(default_factory=list)
    rows: list[Values] = field(default_factory=list)
    plan: ImportPlan = field(default_factory=ImportPlan)

    @property
    def revision(self) -> int:
        """How far the owner's entries were before they were read: a later change makes it void."""
        return self.opened.revision

    @property
    def afterwards(self) -> int:
        """How many entries there would be."""
        return len(self.there) + len(self.plan.new) - len(self.plan.gone)

    def take_book(self, page: list[tuple[Any, ...]]) -> None:
        """Keep a page of the book (`store.imports.book_page`)."""
        self.there.extend((row[1], row[2:]) for row in page)
        self.last_revision = page[-1][0]

    def take_staged(self, page: list[tuple[Any, ...]]) -> None:
        """Keep a page of staged entries (`store.imports.staged_page`)."""
        self.lines.extend(row[1] for row in page)
        self.rows.extend(row[2:] for row in page)

    def make_plan(self, *, replaces_all: bool) -> None:
        """Compare; takes seconds for many entries."""
        self.plan = import_plan(self.there, self.rows, self.opened.staged.known, replaces_all=replaces_all)

    def forecast(self) -> ImportForecast:
        """What is told before anything is written."""
        doubles = self.plan.doubles[:MAX_DOUBLES_TOLD]
        told = tuple((self.lines[place], self.lines[before]) for place, before in doubles)
        return ImportForecast(self.plan.counts, told, len(self.plan.doubles), self.revision, self.afterwards)

    def let_go(self) -> None:
        """Free it some rows at a time: at once, it would keep the server's loop waiting for tens of milliseconds."""
        plan = self.plan
        lists: tuple[list[Any], ...] = (
            plan.new,
            plan.changed,
            plan.gone,
            plan.doubles,
            self.rows,
            self.there,
        )
        for rows in lists:
            while rows:
                del rows[-_ROWS_AT_ONCE:]
