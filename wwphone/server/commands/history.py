"""`wwphone-server history …`: what the record of calls holds of somebody."""

from __future__ import annotations

import argparse
import csv
import re
from collections.abc import AsyncIterator

from wwphone.domain.csv_cells import harmless
from wwphone.domain.history import HistoryEntry, HistoryFilter, HistoryPlace
from wwphone.protocol.history import MAX_HISTORY_PAGE
from wwphone.server.api import Store
from wwphone.server.commands.console import CommandFailedError, Console

_HEADS = (
    "start", "direction", "kind", "number", "name", "called", "group", "result", "ring_s", "talk_s", "taken_by",
    "device", "quality", "note", "task", "done_by", "done_at",
)  # fmt: skip
_NUMBER = re.compile(r"\+?[0-9*#]*")


class HistoryCommands:
    """The commands that look into the record of calls."""

    def __init__(self, store: Store, console: Console) -> None:
        self._store = store
        self._console = console

    async def export(self, options: argparse.Namespace) -> None:
        """Write a user's whole record as CSV (RFC 4180), newest call first."""
        if await self._store.user(options.user) is None:
            raise CommandFailedError(f"there is no user {options.user}")
        writer = csv.writer(self._console.out, lineterminator="\r\n")
        writer.writerow(_HEADS)
        async for entry in self._all(options.user):
            writer.writerow([cell if _NUMBER.fullmatch(cell) else harmless(cell) for cell in _cells(entry)])

    async def _all(self, user: str) -> AsyncIterator[HistoryEntry]:
        after: HistoryPlace | None = None
        more = True
        while more:
            page = await self._store.read_history(user, HistoryFilter(), after, MAX_HISTORY_PAGE)
            for entry in page.entries:
                yield entry
                after = HistoryPlace(entry.started_at, entry.entry_id)
            more = page.more


def _cells(entry: HistoryEntry) -> list[str]:
    quality = entry.quality.value if entry.quality is not None else ""
    done_at = entry.done_at.isoformat() if entry.done_at is not None else ""
    return [
        entry.started_at.isoformat(), entry.direction.value, entry.kind.value, entry.party.number, entry.party.name,
        entry.called, entry.group, entry.result.value, f"{entry.ring_s:.1f}", f"{entry.talk_s:.1f}", entry.taken_by,
        entry.device, quality, entry.note, entry.task.value, entry.done_by, done_at,
    ]  # fmt: skip
