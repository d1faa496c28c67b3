"""The server's record of calls with 100,000 rows of one person among those of others: each page, with every kind of filter."""

from __future__ import annotations

import asyncio
import random
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.figures import Figure, median, p95
from wwphone.domain.calls import CallDirection, CallKind
from wwphone.domain.history import CallResult, HistoryFilter, HistoryPlace
from wwphone.server.api import UserRecord
from wwphone.server.history_api import RecordedCall, RecordMark
from wwphone.server.store.sql_store import SqlStore

ROWS, OTHERS, PAGE = 100_000, 20_000, 100
_BEGAN = datetime(2025, 1, 1, 8, tzinfo=UTC)
_NAMES = ("Müller AG", "Anna Muster", "Größle", "Blanc SA", "Zürcher Holz", "")
_FILTERS = {
    "all": HistoryFilter(),
    "missed": HistoryFilter(results=frozenset({CallResult.MISSED})),
    "open tasks": HistoryFilter(open_tasks=True),
    "one person": HistoryFilter(number="044 555 01 23"),
    "a word": HistoryFilter(text="mueller"),
    "digits": HistoryFilter(text="044 555 00"),
    "a word in no row": HistoryFilter(text="xyzzy"),
    "a month": HistoryFilter(since=_BEGAN + timedelta(days=30), until=_BEGAN + timedelta(days=60)),
}


def _call(user: str, number: int, choose: random.Random) -> RecordedCall:
    outgoing = choose.random() < 0.4
    result = choose.choices([CallResult.ANSWERED, CallResult.MISSED, CallResult.BUSY], [8, 1, 1])[0]
    return RecordedCall(
        entry_id=f"{number}-{user}",
        user=user,
        call_id=str(number),
        direction=CallDirection.OUTGOING if outgoing else CallDirection.INCOMING,
        kind=choose.choice(list(CallKind)),
        number=f"+4144555{choose.randrange(3000):04}",
        name=choose.choice(_NAMES),
        called="201",
        group="",
        started_at=_BEGAN + timedelta(minutes=number * 5),
        result=result,
        ring_s=5.0,
        talk_s=60.0,
        legs=(f"leg-{number}",),
    )


async def history(folder: Path, rows: int = ROWS) -> list[Figure]:
    """Fill a store and read pages of it."""
    store = SqlStore(f"sqlite:///{folder / 'history.sqlite'}")
    await store.open()
    try:
        await _fill(store, rows)
        return [await _measured(store, name, wanted, rows) for name, wanted in _FILTERS.items()]
    finally:
        await store.close()


async def _fill(store: SqlStore, rows: int) -> None:
    choose = random.Random(1)
    for user, number in (("anna", "201"), ("beat", "202")):
        await store.add_user(UserRecord(user, number, user, "", "x", "x"))
    for user, count in (("anna", rows), ("beat", OTHERS)):
        for first in range(0, count, 2000):
            calls = [_call(user, number, choose) for number in range(first, min(first + 2000, count))]
            await store.write_history(calls, RecordMark("bench", first))


async def _measured(store: SqlStore, name: str, wanted: HistoryFilter, rows: int) -> Figure:
    """The first page, for which all rows are counted, and those that follow, as the server reads them; processor time."""
    took: list[float] = []
    first: list[float] = []
    place: HistoryPlace | None = None
    total: int | None = None
    for _ in range(40):
        began_s = time.process_time()
        page = await store.read_history("anna", wanted, place, PAGE, total)
        (first if total is None else took).append((time.process_time() - began_s) * 1000)
        total = page.total
        last = page.entries[-1] if page.more else None
        place = HistoryPlace(last.started_at, last.entry_id) if last is not None else None
    return Figure(
        f"page of {PAGE} of {rows} calls, processor time: {name}",
        "ms",
        median(took),
        0.0,
        "",
        "20 ms",
        median(took) <= 20,
        f"p95 {p95(took):.1f} ms, the first one {first[0]:.1f} ms",
    )


if __name__ == "__main__":
    import tempfile

    from benchmarks.figures import table

    with tempfile.TemporaryDirectory() as name:
        print(table(asyncio.run(history(Path(name)))))
