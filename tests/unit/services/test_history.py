"""The record of calls is read as far as one scrolls, follows what happens, and survives cuts and late answers."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.helpers.records import MONDAY, call, missed, outgoing
from tests.helpers.waiting import wait_until_async
from tests.unit.services.conftest import Ground
from wwphone.cti.api import CommandRefusedError, ErrorCode, WireError
from wwphone.domain.calls import CallDirection, CallKind
from wwphone.domain.history import CallResult, HistoryFilter, TaskState
from wwphone.protocol.account import ProfileChanged
from wwphone.protocol.history import MAX_HISTORY_IDS, ReadHistory, SetTasks
from wwphone.protocol.message import Command, Result
from wwphone.services import history as history_module
from wwphone.services.history import PAGE, HistoryService
from wwphone.services.history_rows import RowChanged, RowRemoved, RowsEvent, RowsInserted, RowsReplaced

EVERYTHING = HistoryFilter()
MISSED_ONLY = HistoryFilter(results=frozenset({CallResult.MISSED}))


def record(ground: Ground) -> HistoryService:
    return ground.services.history


def ids(ground: Ground) -> list[str]:
    return [entry.entry_id for entry in record(ground).rows]


def readings(ground: Ground) -> list[ReadHistory]:
    return [command for command in ground.link.commands if isinstance(command, ReadHistory)]


async def read(ground: Ground, wanted: HistoryFilter = EVERYTHING) -> None:
    record(ground).show(wanted)
    await wait_until_async(lambda: record(ground).was_read and not record(ground).reading, "the rows")


class SlowServer:
    """Keeps the server's answers until they are let go, each by itself."""

    def __init__(self, ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
        self.waiting: list[asyncio.Event] = []
        self._real = ground.link.request
        monkeypatch.setattr(ground.link, "request", self._request)

    async def _request(self, command: Command) -> Result:
        result = await self._real(command)
        if isinstance(command, ReadHistory):
            gate = asyncio.Event()
            self.waiting.append(gate)
            await gate.wait()
        return result


@pytest.fixture
async def busy(ground: Ground) -> Ground:
    """Signed in, with two and a half pages of calls."""
    ground.link.history.open([call(number) for number in range(2 * PAGE + 100)])
    await ground.sign_in()
    return ground


@pytest.fixture
async def few(ground: Ground) -> Ground:
    """Signed in, with a missed, an incoming and an outgoing call."""
    ground.link.history.open([missed(0), call(1, kind=CallKind.GROUP, group="Sales"), outgoing(2)])
    await ground.sign_in()
    return ground


async def test_nothing_is_read_before_somebody_looks(few: Ground) -> None:
    await few.settled()
    assert readings(few) == []
    assert record(few).open_tasks == 1, "the counter is there all the same"


async def test_pages_are_read_as_they_are_wanted(busy: Ground) -> None:
    await read(busy)
    assert len(ids(busy)) == PAGE
    assert record(busy).total == 2 * PAGE + 100
    events: list[RowsEvent] = []
    record(busy).rows_changed.subscribe(events.append)

    record(busy).read_on()
    record(busy).read_on()
    await wait_until_async(lambda: len(ids(busy)) == 2 * PAGE, "the second page")
    record(busy).read_on()
    await wait_until_async(lambda: not record(busy).more, "the last page")
    record(busy).read_on()
    await busy.settled()

    assert ids(busy) == [f"row-{number:06}" for number in reversed(range(2 * PAGE + 100))]
    assert events == [RowsInserted(PAGE, PAGE), RowsInserted(2 * PAGE, 100)]
    assert len(readings(busy)) == 3


async def test_new_calls_and_changes_arrive_without_reading(few: Ground) -> None:
    await read(few)
    events: list[RowsEvent] = []
    record(few).rows_changed.subscribe(events.append)

    few.link.history.write(call(9))
    few.link.history.write(replace(few.link.history.entries["row-000001"], note="wants the offer"))

    assert ids(few) == ["row-000009", "row-000002", "row-000001", "row-000000"]
    assert record(few).total == 4
    assert record(few).rows[2].note == "wants the offer"
    assert events == [RowsInserted(0), RowChanged(2)]
    assert len(readings(few)) == 1


async def test_what_is_older_than_what_was_read_comes_with_its_page(busy: Ground) -> None:
    await read(busy)
    busy.link.history.write(replace(busy.link.history.entries["row-000003"], note="from long ago"))
    assert len(ids(busy)) == PAGE
    for _ in range(2):
        record(busy).read_on()
        await wait_until_async(lambda: not record(busy).reading_on, "a page")
    assert record(busy).rows[-4].note == "from long ago"


async def test_a_filter_decides_about_what_arrives(few: Ground) -> None:
    await read(few, HistoryFilter(open_tasks=True))
    assert ids(few) == ["row-000000"]
    few.link.history.write(call(9))
    few.link.history.write(missed(10))
    assert ids(few) == ["row-000010", "row-000000"]
    events: list[RowsEvent] = []
    record(few).rows_changed.subscribe(events.append)

    await record(few).set_tasks([record(few).rows[1]], done=True)

    assert ids(few) == ["row-000010"]
    assert events == [RowRemoved(1)]
    assert record(few).total == 1
    assert record(few).open_tasks == 1


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (HistoryFilter(directions=frozenset({CallDirection.OUTGOING})), ["row-000002"]),
        (HistoryFilter(kinds=frozenset({CallKind.GROUP})), ["row-000001"]),
        (HistoryFilter(number="044 000 00 01"), ["row-000001"]),
        (HistoryFilter(text="SALES"), ["row-000001"]),
        (HistoryFilter(since=MONDAY + timedelta(minutes=1)), ["row-000002", "row-000001"]),
        (HistoryFilter(until=MONDAY + timedelta(minutes=1)), ["row-000000"]),
        (MISSED_ONLY, ["row-000000"]),
        (HistoryFilter(recorded=True), []),
    ],
    ids=["direction", "kind", "number", "text", "since", "until", "result", "recorded"],
)
async def test_each_filter_counts_for_what_is_read_and_for_what_arrives(
    few: Ground, wanted: HistoryFilter, found: list[str]
) -> None:
    rows = list(few.link.history.entries.values())
    await read(few, wanted)
    assert ids(few) == found

    few.link.history.open()
    few.link.history.write(*(replace(row, entry_id=f"again-{row.entry_id}") for row in rows))
    assert {row for row in ids(few) if row.startswith("again")} == {f"again-{row}" for row in found}


async def test_an_old_answer_never_takes_the_place_of_a_newer_one(
    few: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = SlowServer(few, monkeypatch)
    record(few).show(EVERYTHING)
    await wait_until_async(lambda: len(server.waiting) == 1, "the first question")
    record(few).show(MISSED_ONLY)
    await wait_until_async(lambda: len(server.waiting) == 2, "the second question")

    server.waiting[1].set()
    await wait_until_async(lambda: ids(few) == ["row-000000"], "the newer answer")
    server.waiting[0].set()
    await few.settled()
    assert ids(few) == ["row-000000"]


async def test_a_page_of_the_former_filter_is_dropped(busy: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    await read(busy)
    server = SlowServer(busy, monkeypatch)
    record(busy).read_on()
    await wait_until_async(lambda: len(server.waiting) == 1, "the question for the page")
    record(busy).show(MISSED_ONLY)
    await wait_until_async(lambda: len(server.waiting) == 2, "the new question")
    server.waiting[1].set()
    await wait_until_async(lambda: ids(busy) == [], "the answer")
    server.waiting[0].set()
    await busy.settled()
    assert ids(busy) == []
    assert not record(busy).reading_on


async def test_what_happens_while_a_page_is_on_its_way_counts_more_than_the_page(
    few: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = SlowServer(few, monkeypatch)
    record(few).show(EVERYTHING)
    await wait_until_async(lambda: len(server.waiting) == 1, "the question")
    few.link.history.write(replace(few.link.history.entries["row-000001"], note="new"), call(5))
    server.waiting[0].set()
    await wait_until_async(lambda: len(ids(few)) == 4, "the rows")
    assert ids(few)[0] == "row-000005"
    assert record(few).rows[2].note == "new"
    assert record(few).total == 4


async def test_typing_asks_once_at_the_end(few: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    await read(few)
    monkeypatch.setattr(history_module, "TYPED_S", 0.02)
    for end in range(1, 6):
        record(few).show(HistoryFilter(text="sales"[:end]), typed=True)
    await wait_until_async(lambda: ids(few) == ["row-000001"], "what is searched for")
    assert [one.filter.text for one in readings(few)] == ["", "sales"]


async def test_too_many_changes_are_read_anew_as_far_as_one_had_scrolled(busy: Ground) -> None:
    await read(busy)
    record(busy).read_on()
    await wait_until_async(lambda: len(ids(busy)) == 2 * PAGE, "the second page")
    events: list[RowsEvent] = []
    record(busy).rows_changed.subscribe(events.append)

    busy.link.history.write(*(call(1000 + number) for number in range(3)), told=False)
    await wait_until_async(lambda: ids(busy)[0] == "row-001002", "the new rows")

    assert len(ids(busy)) == 2 * PAGE
    assert events == [RowsReplaced()]


async def test_without_a_line_what_was_read_stays_and_is_mended_afterwards(busy: Ground) -> None:
    await read(busy)
    busy.link.cut()
    await busy.settled()
    assert not record(busy).live
    assert len(ids(busy)) == PAGE
    record(busy).read_on()
    await busy.settled()
    assert len(ids(busy)) == PAGE
    busy.link.history.write(call(5000))

    busy.link.heal()

    await wait_until_async(lambda: ids(busy)[0] == "row-005000", "what happened meanwhile")


async def test_a_filter_chosen_without_a_line_counts_when_it_is_back(few: Ground) -> None:
    await read(few)
    few.link.cut()
    record(few).show(MISSED_ONLY)
    await few.settled()
    assert len(ids(few)) == 3
    few.link.heal()
    await wait_until_async(lambda: ids(few) == ["row-000000"], "the answer")


async def test_a_line_that_breaks_during_a_page_costs_nothing(busy: Ground) -> None:
    await read(busy)
    lost = WireError(ErrorCode.UNKNOWN_OUTCOME, "the line broke")
    busy.link.refuse(ReadHistory, lost)
    record(busy).read_on()
    await wait_until_async(lambda: not record(busy).reading_on, "the refusal")
    busy.link.cut()
    busy.link.refuse(ReadHistory, None)
    busy.link.heal()
    await wait_until_async(lambda: len(ids(busy)) == 2 * PAGE, "the page that was wanted")


async def test_a_restarted_server_is_read_anew(few: Ground) -> None:
    await read(few)
    state = few.link._truth.state()
    few.link.history.entries["row-000009"] = call(9)
    few.link.history._answers.clear()
    few.link.replace(state)
    await wait_until_async(lambda: ids(few)[0] == "row-000009", "the new row")


async def test_a_refusal_is_told_and_can_be_tried_again(few: Ground) -> None:
    few.link.refuse(ReadHistory, WireError(ErrorCode.INTERNAL, "disk full"))
    record(few).show(EVERYTHING)
    await wait_until_async(lambda: record(few).trouble is not None, "the refusal")
    assert not record(few).reading
    few.link.refuse(ReadHistory, None)
    record(few).try_again()
    await wait_until_async(lambda: len(ids(few)) == 3, "the rows")
    assert record(few).trouble is None


async def test_an_older_server_is_asked_once_and_named(signed_in: Ground) -> None:
    record(signed_in).show(EVERYTHING)
    await wait_until_async(lambda: not record(signed_in).supported, "that it keeps no record")
    record(signed_in).show(MISSED_ONLY)
    await signed_in.settled()
    assert len(readings(signed_in)) == 1
    assert not record(signed_in).reading


async def test_somebody_else_sees_nothing_of_it(few: Ground) -> None:
    await read(few)
    profile = few.link.mirror.profile
    assert profile is not None
    await few.services.account.sign_out()
    await few.settled()
    assert ids(few) == []
    assert record(few).total == 0
    few.link.change(ProfileChanged(replace(profile, user="beat")))
    few.link.history.open([call(7, user="beat")])

    await few.sign_in()

    await wait_until_async(lambda: ids(few) == ["row-000007"], "the other one's rows")


async def test_many_tasks_are_ticked_in_as_many_commands_as_are_needed(ground: Ground) -> None:
    many = [missed(number) for number in range(MAX_HISTORY_IDS + 1)]
    ground.link.history.open(many)
    await ground.sign_in()
    await record(ground).set_tasks(many, done=True)
    ticks = [len(one.entry_ids) for one in ground.link.commands if isinstance(one, SetTasks)]
    assert ticks == [MAX_HISTORY_IDS, 1]
    assert record(ground).open_tasks == 0
    row = ground.link.history.entries["row-000000"]
    assert (row.task, row.done_by) == (TaskState.DONE, "anna")


async def test_all_pages_can_be_read_whatever_is_shown(busy: Ground) -> None:
    await read(busy, MISSED_ONLY)
    rows = [entry async for page in record(busy).pages(EVERYTHING) for entry in page.entries]
    assert len(rows) == 2 * PAGE + 100
    assert ids(busy) == []


async def test_missed_calls_come_by_mail_where_that_is_possible(ground: Ground) -> None:
    ground.link.history.open(mail_possible=True)
    await ground.sign_in()
    told: list[None] = []
    record(ground).changed.subscribe(told.append)
    await record(ground).set_missed_mail(on=True)
    assert record(ground).state.mail_missed
    assert told
    ground.link.history.open(mail_possible=False)
    with pytest.raises(CommandRefusedError):
        await record(ground).set_missed_mail(on=True)
