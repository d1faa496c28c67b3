"""The record of calls in the store, on SQLite and on PostgreSQL: never doubled, pages, tasks, what clients told."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.helpers.waiting import wait_until_async
from tests.service.test_store_records import ANNA, JUERG, NOON, SALES
from wwphone.domain.calls import CallDirection, CallKind, QualityWord
from wwphone.domain.history import CallResult, HistoryFilter, HistoryPlace, TaskState
from wwphone.server.history_api import CallWords, HistoryStep, RecordedCall, RecordMark
from wwphone.server.store import history, history_reading, tables, users
from wwphone.server.store.engine import WRITES, make_engine, store_url
from wwphone.server.store.schema import upgrade
from wwphone.server.store.sql_store import SqlStore

MARK = RecordMark("abc", 100)
EVERYTHING = HistoryFilter()
NUMBER, NATIONAL, WRITTEN_OTHERWISE = "+41442681204", "0442681204", "044 268 12 04"


def call(user: str, call_id: str, minute: int, **more: object) -> RecordedCall:
    """A missed call of that minute."""
    values: dict[str, object] = {
        "entry_id": f"{call_id}-{user}", "user": user, "call_id": call_id, "direction": CallDirection.INCOMING,
        "kind": CallKind.DIRECT, "number": NUMBER, "name": "Müller AG", "called": "201", "group": "",
        "started_at": NOON + timedelta(minutes=minute), "result": CallResult.MISSED, "ring_s": 12.345,
    }  # fmt: skip
    return RecordedCall(**{**values, **more})  # type: ignore[arg-type]


def group_call(user: str, call_id: str, minute: int, **more: object) -> RecordedCall:
    return call(user, call_id, minute, kind=CallKind.GROUP, called="300", group="Hotline", **more)


def called_back(user: str, call_id: str, minute: int, **more: object) -> RecordedCall:
    return call(
        user, call_id, minute,
        **{"direction": CallDirection.OUTGOING, "result": CallResult.ANSWERED, "number": NATIONAL, **more},
    )  # fmt: skip


@pytest.fixture
async def record(store: SqlStore) -> SqlStore:
    await store.replace_groups((SALES,))
    await store.add_user(JUERG)
    await store.add_user(ANNA)
    return store


async def write(record: SqlStore, *calls: RecordedCall) -> HistoryStep:
    return await record.write_history(calls, MARK)


async def tasks(record: SqlStore, user: str = "anna") -> list[tuple[str, TaskState, str]]:
    page = await record.read_history(user, HistoryFilter(), None, 100)
    return [(one.call_id, one.task, one.done_by) for one in page.entries]


async def found(record: SqlStore, user: str = "anna", wanted: HistoryFilter = EVERYTHING) -> list[str]:
    page = await record.read_history(user, wanted, None, 100)
    assert page.total == len(page.entries)
    return [one.call_id for one in page.entries]


async def test_rows_and_mark_are_written_together_and_never_doubled(record: SqlStore) -> None:
    assert await record.history_mark() is None
    done = await write(record, call("anna", "1", 0), call("juerg", "1", 0), call("nobody", "1", 0))
    assert [(one.user, one.revision, one.ring_s, one.task) for one in done.entries] == [
        ("anna", 1, 12.345, TaskState.OPEN),
        ("juerg", 2, 12.345, TaskState.OPEN),
    ]
    assert done.open_tasks == {"anna": 1, "juerg": 1}
    assert await record.history_mark() == MARK

    again = await record.write_history([call("anna", "1", 0), call("juerg", "1", 0)], RecordMark("abc", 200))
    assert again == HistoryStep((), {})
    assert (await record.history_mark(), await record.history_revision()) == (RecordMark("abc", 200), 2)
    assert await found(record) == ["1"]


async def test_more_that_becomes_known_of_a_call_is_taken_and_what_people_did_stays(record: SqlStore) -> None:
    await write(record, call("anna", "1", 0, legs=("leg-1",)))
    await record.describe_entry("anna", "1-anna", CallWords("a note", QualityWord.POOR))
    done = await write(record, call("anna", "1", 0, result=CallResult.ANSWERED, talk_s=7.5, device="Snom"))
    (row,) = done.entries
    assert (row.result, row.talk_s, row.device) == (CallResult.ANSWERED, 7.5, "Snom")
    assert (row.note, row.quality, row.task) == ("a note", QualityWord.POOR, TaskState.NONE)
    assert done.open_tasks == {"anna": 0}
    assert not (await write(record, call("anna", "1", 0, result=CallResult.ANSWERED, talk_s=7.5))).entries


async def test_pages_follow_each_other_without_a_gap(record: SqlStore) -> None:
    await write(record, *(call("anna", f"{n:03}", n // 3) for n in range(50)), call("juerg", "x", 5))
    seen: list[str] = []
    place: HistoryPlace | None = None
    while True:
        page = await record.read_history("anna", HistoryFilter(), place, 7)
        assert page.total == 50
        seen += [one.call_id for one in page.entries]
        if not page.more:
            break
        place = HistoryPlace(page.entries[-1].started_at, page.entries[-1].entry_id)
    assert seen == [f"{n:03}" for n in reversed(range(50))]


FILTERS: tuple[tuple[HistoryFilter, list[str]], ...] = (
    (HistoryFilter(), ["4", "3", "2", "1"]),
    (HistoryFilter(directions=frozenset({CallDirection.OUTGOING})), ["3"]),
    (HistoryFilter(results=frozenset({CallResult.MISSED, CallResult.BUSY})), ["4", "2", "1"]),
    (HistoryFilter(kinds=frozenset({CallKind.GROUP})), ["2"]),
    (HistoryFilter(open_tasks=True), ["4", "2"]),
    (HistoryFilter(recorded=True), []),
    (HistoryFilter(number=WRITTEN_OTHERWISE), ["3", "1"]),
    (HistoryFilter(text="MULLER"), ["3", "2", "1"]),
    (HistoryFilter(text="mueller hotl"), ["2"]),
    (HistoryFilter(text="044 268 12"), ["3", "1"]),
    (HistoryFilter(text="100%"), ["4"]),
    (HistoryFilter(text="%"), ["4"]),
    (HistoryFilter(text="_"), []),
    (HistoryFilter(since=NOON + timedelta(minutes=2), until=NOON + timedelta(minutes=4)), ["3", "2"]),
)


async def test_filters(record: SqlStore) -> None:
    await write(
        record,
        call("anna", "1", 1),
        group_call("anna", "2", 2, number="0319998877"),
        called_back("anna", "3", 3),
        call("anna", "4", 4, number="", name="100% Käse"),
    )
    for wanted, calls in FILTERS:
        assert await found(record, "anna", wanted) == calls, wanted


async def test_who_calls_back_and_is_answered_has_done_the_tasks_before(record: SqlStore) -> None:
    await write(
        record, call("anna", "1", 1), call("anna", "2", 2, result=CallResult.VOICEMAIL), call("juerg", "3", 1)
    )
    await write(record, called_back("anna", "4", 3, result=CallResult.BUSY))
    assert [state for _, state, _ in await tasks(record)].count(TaskState.OPEN) == 2
    done = await write(record, called_back("anna", "5", 4), call("anna", "6", 5))
    assert done.open_tasks == {"anna": 1}
    assert [one for one in await tasks(record) if one[0] in "126"] == [
        ("6", TaskState.OPEN, ""),
        ("2", TaskState.DONE, "anna"),
        ("1", TaskState.DONE, "anna"),
    ]
    assert await tasks(record, "juerg") == [("3", TaskState.OPEN, "")]


async def test_a_task_whose_row_comes_late_is_done_when_somebody_called_back_since(record: SqlStore) -> None:
    await write(record, called_back("anna", "5", 4))
    await write(record, call("anna", "1", 1), call("anna", "7", 6))
    assert (await tasks(record))[-1] == ("1", TaskState.DONE, "anna")
    assert (await tasks(record))[0] == ("7", TaskState.OPEN, "")


async def test_a_group_s_task_is_shared(record: SqlStore) -> None:
    await write(record, group_call("anna", "1", 1), group_call("juerg", "1", 1), group_call("juerg", "2", 2))
    at = NOON + timedelta(hours=1)
    done = await record.set_tasks("anna", ["1-anna"], "anna", at, done=True)
    assert {(one.user, one.done_by, one.done_at) for one in done.entries} == {
        ("anna", "anna", at),
        ("juerg", "anna", at),
    }
    assert done.open_tasks == {"anna": 0, "juerg": 1}
    await record.set_tasks("juerg", ["1-juerg"], "juerg", at, done=False)
    assert await tasks(record) == [("1", TaskState.OPEN, "")]

    await write(record, called_back("anna", "3", 5))
    assert await tasks(record, "juerg") == [("2", TaskState.OPEN, ""), ("1", TaskState.DONE, "anna")]
    late = await write(record, group_call("anna", "1", 1, entry_id="1-late"))
    assert late.entries[0].task is TaskState.DONE


async def test_only_own_tasks_can_be_ticked_all_of_them_or_none(record: SqlStore) -> None:
    await write(record, call("anna", "1", 1), called_back("anna", "2", 0), call("juerg", "3", 1))
    for wrong in ("2-anna", "3-juerg", "x"):
        with pytest.raises(KeyError):
            await record.set_tasks("anna", ["1-anna", wrong], "anna", NOON, done=True)
    assert await found(record, "anna", HistoryFilter(open_tasks=True)) == ["1"]


async def test_what_a_client_tells_of_a_running_call_waits_for_its_row(record: SqlStore) -> None:
    assert not (await record.describe_leg("anna", "leg-1", CallWords("a"), NOON, may_wait=True)).entries
    await record.describe_leg("anna", "leg-1", CallWords(quality=QualityWord.FAIR), NOON, may_wait=True)
    await record.describe_leg("juerg", "leg-1", CallWords("of somebody else"), NOON, may_wait=True)
    with pytest.raises(KeyError):
        await record.describe_leg("anna", "leg-2", CallWords("b"), NOON, may_wait=False)

    done = await write(record, call("anna", "1", 1, legs=("leg-1",), sip_call_ids=("sip-1",)))
    assert [(one.note, one.quality) for one in done.entries] == [("a", QualityWord.FAIR)]
    assert await found(record, "anna", HistoryFilter(text="a")) == ["1"]
    later = await record.describe_leg("anna", "leg-1", CallWords("b"), NOON, may_wait=False)
    assert [(one.note, one.quality) for one in later.entries] == [("b", QualityWord.FAIR)]
    assert await record.entry_of_sip_call("anna", "sip-1") == "1-anna"
    with pytest.raises(KeyError):
        await record.entry_of_sip_call("juerg", "sip-1")


async def test_a_recording_is_named_by_its_row_whichever_comes_first(record: SqlStore) -> None:
    await record.describe_leg("anna", "leg-1", CallWords(recording_id="r-1"), NOON, may_wait=True)
    await record.describe_leg("anna", "leg-1", CallWords("a"), NOON, may_wait=True)
    done = await write(record, call("anna", "1", 1, legs=("leg-1",)), call("anna", "2", 2, legs=("leg-2",)))
    assert {(one.recording_id, one.note) for one in done.entries} == {("r-1", "a"), ("", "")}
    assert await found(record, "anna", HistoryFilter(recorded=True)) == ["1"]
    later = await record.describe_leg("anna", "leg-2", CallWords(recording_id="r-2"), NOON, may_wait=True)
    assert [one.recording_id for one in later.entries] == ["r-2"]
    again = await record.describe_leg("anna", "leg-2", CallWords(recording_id="r-2"), NOON, may_wait=True)
    assert again.entries == ()
    assert await found(record, "anna", HistoryFilter(recorded=True)) == ["2", "1"]


async def test_what_is_old_is_forgotten_and_does_not_come_back(record: SqlStore) -> None:
    await write(
        record, call("anna", "1", 0, legs=("leg-1",)), call("anna", "2", 10), called_back("juerg", "1", 0)
    )
    before: datetime = NOON + timedelta(minutes=5)
    assert await record.purge_history(before) == (2, frozenset({"anna"}))
    await record.write_history([call("anna", "1", 0)], MARK, oldest=before)
    assert await found(record) == ["2"]
    assert await record.open_tasks() == {"anna": 1}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_forgetting_waits_for_another_server_that_writes(record: SqlStore) -> None:
    await write(record, call("anna", "1", 0))
    assert record._engine is not None
    waiting = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    with record._engine.connect() as other:
        history.write(other, [call("anna", "2", 1)], None, None, {})
        forgetting = asyncio.ensure_future(record.purge_history(NOON + timedelta(minutes=5)))
        with record._engine.connect() as onlooker:
            await wait_until_async(lambda: onlooker.execute(waiting).scalar() == 1, "it to wait")
        other.commit()
    assert await forgetting == (2, frozenset({"anna"}))
    assert await texts(record) == {}


async def test_rows_go_with_their_owner(record: SqlStore) -> None:
    await write(record, call("anna", "1", 0, legs=("leg-1",), sip_call_ids=("s",)), call("juerg", "1", 0))
    await record.describe_leg("anna", "leg-9", CallWords("a"), NOON, may_wait=True)
    await record.remove_user("anna")
    assert await found(record) == []
    assert await found(record, "juerg") == ["1"]


async def test_texts_of_others_come_back_as_they_went_in(record: SqlStore) -> None:
    odd = "Robert'); DROP TABLE history;-- 😀\t%_\\"
    done = await write(record, replace(call("anna", "1", 0), number=odd, name=odd, device=odd))
    (row,) = (await record.read_history("anna", HistoryFilter(text="drop table"), None, 10)).entries
    assert (row.party.number, row.party.name, row.device) == (odd, odd, odd)
    assert done.entries == (row,)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (EVERYTHING, "COVERING INDEX"),
        (HistoryFilter(results=frozenset({CallResult.MISSED})), "COVERING INDEX"),
        (HistoryFilter(recorded=True), "COVERING INDEX ix_history_pages"),
        (HistoryFilter(number=NUMBER), "INDEX ix_history_line (user=? AND line_key=?)"),
        (HistoryFilter(open_tasks=True), "INDEX ix_history_open"),
    ],
    ids=["all", "missed", "recorded", "number", "tasks"],
)
async def test_counting_looks_at_no_row_and_a_page_at_no_other_rows(
    record: SqlStore, wanted: HistoryFilter, index: str
) -> None:
    assert record._engine is not None
    asked: list[tuple[str, Any]] = []

    def note(_: object, __: object, statement: str, parameters: Any, *___: object) -> None:
        asked.append((statement, parameters))

    await write(record, call("anna", "1", 0))
    sa.event.listen(record._engine, "before_cursor_execute", note)
    await record.read_history("anna", wanted, None, 100)
    sa.event.remove(record._engine, "before_cursor_execute", note)
    with record._engine.connect() as connection:
        plans = [
            " ".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values))
            for sql, values in asked
        ]
    _begin, counting, *reading = plans
    assert index in counting
    assert all("ix_history_" in plan and "TEMP B-TREE" not in plan for plan in reading), "in their order"


async def texts(record: SqlStore) -> dict[tuple[str, str], int]:
    """Whose texts are kept, and of how many rows."""
    assert record._engine is not None
    with record._engine.connect() as connection:
        kept = connection.execute(sa.select(tables.history_texts)).all()
        rows = connection.execute(sa.select(tables.history)).mappings().all()
    assert {(one.user, one.key): one.calls for one in kept} == Counter(
        (row["user"], row["search_key"]) for row in rows
    )
    return {(one.user, one.search): one.calls for one in kept}


async def test_what_is_searched_is_kept_once_and_goes_with_the_last_row(record: SqlStore) -> None:
    await write(record, *(call("anna", f"{n}", n) for n in range(5)), call("juerg", "x", 1))
    once = f"muller ag {NUMBER} {NATIONAL} 201 mueller ag {NUMBER} {NATIONAL} 201"
    assert await texts(record) == {("anna", once): 5, ("juerg", once): 1}

    for note in ("one", "two"):
        await record.describe_entry("anna", "3-anna", CallWords(note))
    kept = await texts(record)
    assert sorted(kept.values()) == [1, 1, 4]
    assert not any("one" in text for _, text in kept)
    assert await found(record, "anna", HistoryFilter(text="two")) == ["3"]
    assert await found(record, "anna", HistoryFilter(text="one")) == []

    await record.purge_history(NOON + timedelta(minutes=4))
    assert await texts(record) == {("anna", once): 1}
    await record.remove_user("anna")
    assert await texts(record) == {}


@pytest.mark.parametrize(
    ("most_sorted", "near_from", "looked_through"),
    [(0, 1000, 1000), (1000, 1000, 1000), (1000, 0, 1000), (1000, 0, 25), (1000, 0, 5)],
    ids=["looked through", "sorted", "near", "partly near", "not near"],
)
@pytest.mark.parametrize("results", [set(), {CallResult.MISSED}], ids=["all", "missed"])
async def test_pages_of_what_is_searched_follow_each_other_either_way(
    record: SqlStore,
    monkeypatch: pytest.MonkeyPatch,
    most_sorted: int,
    near_from: int,
    looked_through: int,
    results: set[CallResult],
) -> None:
    monkeypatch.setattr(history_reading, "MOST_SORTED", most_sorted)
    monkeypatch.setattr(history_reading, "NEAR_PAGES", near_from)
    monkeypatch.setattr(history_reading, "LOOKED_THROUGH", looked_through)
    chance = random.Random(5)
    calls = [
        call(
            "anna", f"{n:03}", n // 3, name=chance.choice(("Müller", "Muellheim", "Blanc", "")),
            result=chance.choice((CallResult.MISSED, CallResult.ANSWERED)),
        )
        for n in range(120)
    ]  # fmt: skip
    await write(record, *calls, *(call("juerg", f"{n}", n) for n in range(9)))
    wanted = HistoryFilter(text="muell 268", results=frozenset(results))
    expected = [
        one.call_id
        for one in reversed(calls)
        if one.name.startswith("M") and one.result in (results or [one.result])
    ]
    seen: list[str] = []
    place: HistoryPlace | None = None
    total: int | None = None
    while len(seen) < len(expected):
        page = await record.read_history("anna", wanted, place, 7, total)
        total = page.total
        assert total == len(expected)
        seen += [one.call_id for one in page.entries]
        assert page.more == (len(seen) < len(expected))
        place = HistoryPlace(page.entries[-1].started_at, page.entries[-1].entry_id)
    assert seen == expected


@pytest.mark.parametrize(
    ("looked_through", "gathered"), [(1000, [1, 0]), (5, [1, 1])], ids=["near", "not near"]
)
async def test_what_a_word_and_a_filter_find_is_gathered_once_and_not_for_a_page_that_is_near(
    record: SqlStore, monkeypatch: pytest.MonkeyPatch, looked_through: int, gathered: list[int]
) -> None:
    assert record._engine is not None
    monkeypatch.setattr(history_reading, "LOOKED_THROUGH", looked_through)
    monkeypatch.setattr(history_reading, "NEAR_PAGES", 2)
    await write(record, *(call("anna", f"{n:02}", n) for n in range(40)))
    wanted = HistoryFilter(text="mueller", results=frozenset({CallResult.MISSED}))
    asked: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        if not statement.startswith("BEGIN"):
            asked.append(statement)

    sa.event.listen(record._engine, "before_cursor_execute", note)
    first = await record.read_history("anna", wanted, None, 10)
    to_first = len(asked)
    last = first.entries[-1]
    following = await record.read_history(
        "anna", wanted, HistoryPlace(last.started_at, last.entry_id), 10, first.total
    )
    sa.event.remove(record._engine, "before_cursor_execute", note)
    assert ([one.call_id for one in first.entries], first.total) == ([f"{n}" for n in range(39, 29, -1)], 40)
    assert [one.call_id for one in following.entries] == [f"{n}" for n in range(29, 19, -1)]
    parts = asked[:to_first], asked[to_first:]
    assert [sum("search_key IN" in one for one in part) for part in parts] == gathered


async def test_rows_of_before_are_found_by_their_texts(database_url: str) -> None:
    engine = make_engine(store_url(database_url))
    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        upgrade(connection, "0020")
    store = SqlStore(database_url)
    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        users.add_user(connection, ANNA)
        values = "".join(f", '{text}'" for text in ("c", "incoming", "direct", "1", "N", "201", ""))
        more = "".join(f", '{text}'" for text in ("missed", "", "", "", "", "", "none", ""))
        for number, search in enumerate(("muller", "muller", "blanc", "x' -- 😀")):
            connection.exec_driver_sql(
                'INSERT INTO history (entry_id, "user", call_id, direction, kind, number, name, called, group_name, started_at,'
                " ring_ms, talk_ms, result, taken_by, device, quality, note, recording_id, task, done_by, revision, line_key,"
                f" search) VALUES ('{number}', 'anna'{values}, '2026-03-05 10:0{number}:00+00:00', 0, 0{more}, 0, '', "
                f"'{search.replace(chr(39), chr(39) * 2)}')"
            )
    engine.dispose()
    await store.open()
    try:
        assert sorted((await texts(store)).items()) == [
            (("anna", "blanc"), 1), (("anna", "muller"), 2), (("anna", "x' -- 😀"), 1),
        ]  # fmt: skip
        page = await store.read_history("anna", HistoryFilter(text="Müller"), None, 10)
        assert ([one.entry_id for one in page.entries], page.total) == (["1", "0"], 2)
    finally:
        await store.close()
