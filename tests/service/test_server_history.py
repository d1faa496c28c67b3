"""The record of calls over the wire: read, followed, ticked, described; over outages of the store and of the PBX's records."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.cti_server import CtiServerUnderTest
from tests.helpers.raw_cti import RawCtiClient
from tests.helpers.server_parts import cheap_passwords
from tests.helpers.waiting import wait_until_async
from tests.service.fragile_store import FakeFragileStore
from tests.service.test_store_history import call, called_back, group_call
from wwphone.domain.calls import CallKind
from wwphone.domain.history import MAX_HISTORY_SEARCH
from wwphone.domain.notes import MAX_NOTE
from wwphone.protocol.history import MAX_HISTORY_IDS, MAX_HISTORY_PAGE
from wwphone.server.assembly import CtiServer
from wwphone.server.certificates import IssuedFiles
from wwphone.server.clock import utc_now
from wwphone.server.history_api import RecordedCall


@pytest.fixture
async def server(tmp_path: Path, tls_files: IssuedFiles) -> AsyncIterator[CtiServerUnderTest]:
    """A running server with some users."""
    async with CtiServerUnderTest(tmp_path, tls_files) as server:
        yield server


def happens(server: CtiServerUnderTest, *calls: RecordedCall) -> None:
    """The PBX has recorded these."""
    server.pbx.call_records.calls += calls


async def read(client: RawCtiClient, wanted: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    reply = await client.request("history.read", {"filter": wanted or {}, **more})
    assert reply["kind"] == "reply", reply
    return dict(reply["body"])


def code_of(reply: dict[str, Any]) -> str:
    return str(reply["body"]["code"]) if reply["kind"] == "failure" else str(reply["type"])


def open_tasks(client: RawCtiClient) -> int:
    """By the snapshot and the events after it, as the mirror has it."""
    told = [client.snapshot["history"], *client.event_bodies("history.changed")]
    return int(told[-1].get("open_tasks", 0))


def rows(client: RawCtiClient) -> dict[str, dict[str, Any]]:
    """The rows that were told, as they are now."""
    events = client.event_bodies("history.changed")
    revisions = [event["revision"] for event in events]
    assert revisions == sorted(revisions)
    return {row["entry_id"]: row for event in events for row in event.get("entries", ())}


async def test_a_call_reaches_its_owner_and_nobody_else(server: CtiServerUnderTest) -> None:
    anna, beat = await server.signed_in("anna"), await server.signed_in("beat")
    happens(server, call("anna", "1", 0))
    told = await anna.wait_for_event("history.changed")
    assert (told["open_tasks"], [row["entry_id"] for row in told["entries"]]) == (1, ["1-anna"])
    page = await read(anna)
    assert (page["entries"], page["more"], page["total"]) == (told["entries"], False, 1)
    assert (await read(beat))["entries"] == []
    assert beat.event_bodies("history.changed") == []

    again = await server.signed_in("carla")
    assert again.snapshot["history"]["open_tasks"] == 0
    await server.restart()
    back = await server.signed_in("anna")
    assert back.snapshot["history"] == {
        "revision": told["revision"], "open_tasks": 1, "mail_missed": False, "mail_possible": False,
    }  # fmt: skip
    assert (await read(back))["total"] == 1
    await wait_until_async(lambda: len(server.pbx.call_records.begun) == 2, "the records to be read on")
    before, after = server.pbx.call_records.begun
    assert before is None
    assert after is not None
    assert after.offset == 1


async def test_pages(server: CtiServerUnderTest) -> None:
    anna = await server.signed_in("anna")
    happens(server, *(called_back("anna", f"{n:03}", n) for n in range(120)))
    await wait_until_async(
        lambda: any(not event.get("complete", True) for event in anna.event_bodies("history.changed")),
        "the word that there is much",
    )
    first = await read(anna, limit=50)
    last = first["entries"][-1]
    place = {"started_at": last["started_at"], "entry_id": last["entry_id"]}
    second = await read(anna, limit=50, after=place)
    assert [first["entries"][0]["call_id"], second["entries"][0]["call_id"]] == ["119", "069"]
    assert (first["total"], first["more"], len(second["entries"])) == (120, True, 50)
    assert len((await read(anna, limit=10**9))["entries"]) <= MAX_HISTORY_PAGE
    assert len((await read(anna, limit=-5))["entries"]) == 1


async def test_what_cannot_be_asked_is_refused(server: CtiServerUnderTest) -> None:
    anna = await server.signed_in("anna")
    place = {"started_at": "2026-03-02T10:00:00Z", "entry_id": "x" * 600}
    for body in (
        {"filter": {"text": "x" * (MAX_HISTORY_SEARCH + 1)}},
        {"filter": {"text": "a\0b"}},
        {"filter": {"number": "1" * 300}},
        {"filter": {}, "after": place},
    ):
        assert code_of(await anna.request("history.read", body)) == "invalid", body
    assert code_of(await anna.request("history.read", {"filter": {}})) == "history.page"


async def test_a_group_s_task_is_ticked_for_all_who_share_it(server: CtiServerUnderTest) -> None:
    anna, beat = await server.signed_in("anna"), await server.signed_in("beat")
    happens(server, group_call("anna", "1", 0), group_call("beat", "1", 0), call("anna", "2", 1))
    await wait_until_async(lambda: (open_tasks(anna), open_tasks(beat)) == (2, 1), "the tasks")
    reply = await anna.request("history.set_tasks", {"entry_ids": ["1-anna"], "done": True})
    assert code_of(reply) == "done"
    await wait_until_async(lambda: (open_tasks(anna), open_tasks(beat)) == (1, 0), "the tasks done")
    row = rows(beat)["1-beat"]
    assert (row["kind"], row["task"], row["done_by"]) == (CallKind.GROUP.value, "done", "anna")

    for wrong in (["1-beat"], ["x"], ["2-anna", "x"]):
        answer = await anna.request("history.set_tasks", {"entry_ids": wrong, "done": True})
        assert code_of(answer) == "not_found"
    many = [f"{n}" for n in range(MAX_HISTORY_IDS + 1)]
    assert code_of(await anna.request("history.set_tasks", {"entry_ids": many, "done": True})) == "invalid"
    happens(server, called_back("anna", "3", 5))
    await wait_until_async(lambda: open_tasks(anna) == 0, "the task of who was called back")


async def test_notes_and_quality_of_a_call_that_runs_and_of_one_that_is_over(
    server: CtiServerUnderTest,
) -> None:
    pbx = server.pbx
    anna, beat = await server.signed_in("anna"), await server.signed_in("beat")
    pbx.register("anna", "sip:anna@10.0.0.1", user_agent="Snom D785")
    pbx.register("beat", "sip:beat@10.0.0.2")
    call_id = pbx.call("anna", "202")
    mine, theirs = pbx.legs_in(call_id)
    pbx.sip_call_ids["sip-1"] = mine.leg_id
    pbx.answer(theirs.leg_id)
    await anna.wait_for_event("calls.leg_changed")
    for names in ({"leg_id": mine.leg_id}, {"sip_call_id": "sip-1"}):
        assert (
            code_of(await anna.request("history.describe", {**names, "note": f"by {min(names)}"})) == "done"
        )
    for names in ({"leg_id": mine.leg_id}, {"sip_call_id": "sip-1"}, {"entry_id": "x"}, {"leg_id": "x"}, {}):
        assert code_of(await beat.request("history.describe", {**names, "note": "not mine"})) == "not_found"
    pbx.end_call(call_id)
    assert (
        code_of(await anna.request("history.describe", {"sip_call_id": "sip-1", "quality": "poor"})) == "done"
    )

    happens(server, called_back("anna", "1", 0, legs=(mine.leg_id,)))
    await wait_until_async(lambda: "1-anna" in rows(anna), "the row")
    row = rows(anna)["1-anna"]
    assert (row["note"], row["quality"], row["device"]) == ("by sip_call_id", "poor", "Snom D785")

    reply = await anna.request("history.describe", {"entry_id": "1-anna", "note": " later\r\nmore\0 "})
    assert code_of(reply) == "done"
    await wait_until_async(lambda: rows(anna)["1-anna"]["note"] == "later\nmore", "the note")
    assert (await read(anna, {"text": "MORE"}))["total"] == 1
    too_long = {"entry_id": "1-anna", "note": "x" * (MAX_NOTE + 1)}
    assert code_of(await anna.request("history.describe", too_long)) == "invalid"
    assert (
        code_of(await anna.request("history.describe", {"sip_call_id": "sip-1", "note": "again"})) == "done"
    )


async def test_records_that_cannot_be_read_are_waited_for(
    server: CtiServerUnderTest, expected_logs: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wwphone.server.services.history._RETRY_S", 0.05)
    expected_logs("the record of calls waits for the PBX's own", logger="wwphone.server.services.history")
    anna = await server.signed_in("anna")
    server.pbx.call_records.unreadable = True
    happens(server, call("anna", "1", 0))
    await wait_until_async(lambda: not server.running.history.readable, "the trouble to be noticed")
    assert server.running.metrics.value("wwphone_call_records_readable") == 0.0
    server.pbx.call_records.unreadable = False
    await wait_until_async(lambda: open_tasks(anna) == 1, "the call")
    assert server.running.metrics.value("wwphone_history_written") == 1.0


async def test_a_store_that_is_away_loses_nothing(
    server: CtiServerUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wwphone.server.services.history._RETRY_S", 0.05)
    await server.stop()
    store = FakeFragileStore(server.store_url)
    running = CtiServer(server.settings, store, server.pbx, cheap_passwords(), utc_now)
    await running.start()
    try:
        store.broken = True
        happens(server, call("anna", "1", 0), call("anna", "2", 1))
        before = len(server.pbx.call_records.begun)
        await wait_until_async(lambda: server.pbx.call_records._next == 2, "the calls to be read")
        store.broken = False
        await wait_until_async(lambda: len(server.pbx.call_records.begun) > before, "to be read anew")
        await wait_until_async(lambda: running.history.state_for("anna").open_tasks == 2, "both tasks")
    finally:
        await running.stop()


async def test_what_is_older_than_is_kept_is_deleted(tmp_path: Path, tls_files: IssuedFiles) -> None:
    now = utc_now()
    under_test = await CtiServerUnderTest(tmp_path, tls_files, history_keep_days=30).populate()
    old = call("anna", "1", 0, started_at=now - timedelta(days=31))
    happens(under_test, call("anna", "2", 0, started_at=now - timedelta(days=29, hours=23)), old)
    await under_test.start()
    try:
        anna = await under_test.signed_in("anna")
        await wait_until_async(
            lambda: under_test.running.history.state_for("anna").open_tasks == 1, "the task"
        )
        assert [row["call_id"] for row in (await read(anna))["entries"]] == ["2"]
        under_test.running.history._clock = lambda: now + timedelta(days=1)
        await under_test.running.history.purge()
        assert (await read(anna))["total"] == 0
        assert (await anna.wait_for_event("history.changed", complete=False))["open_tasks"] == 0
    finally:
        await under_test.stop()


async def test_no_e_mail_can_be_had_where_the_server_sends_none(server: CtiServerUnderTest) -> None:
    anna = await server.signed_in("anna")
    assert code_of(await anna.request("history.set_missed_mail", {"on": True})) == "invalid"
