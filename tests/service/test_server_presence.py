"""Presence over the wire: chosen, seen by others at once, kept, ended by itself, offline without a client."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.cti_server import PEOPLE, CtiServerUnderTest
from tests.helpers.raw_cti import RawCtiClient
from tests.helpers.waiting import SECONDS, wait_until_async
from wwphone.domain.account import Right
from wwphone.domain.presence import PresenceStatus
from wwphone.server.certificates import IssuedFiles
from wwphone.server.store.sql_store import SqlStore

CHANGED = "presence.changed"


def in_seconds(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


async def choose(client: RawCtiClient, status: str, back_at: str | None = None) -> dict[str, Any]:
    return await client.request("presence.set", {"status": status, "back_at": back_at})


def seen(client: RawCtiClient, user: str) -> dict[str, Any]:
    """What a client knows of a user: its snapshot, and the events after it."""
    known = dict(client.snapshot["presences"])[user]
    for body in client.event_bodies(CHANGED, user=user):
        known = body["presence"]
    return dict(known)


def has_status(client: RawCtiClient, user: str, status: str) -> bool:
    return bool(seen(client, user)["status"] == status)


async def journal(server: CtiServerUnderTest) -> list[tuple[str, PresenceStatus, str, str]]:
    store = SqlStore(server.store_url)
    await store.open()
    entries = await store.journal(None, 100)
    await store.close()
    return [(one.user, one.presence.status, one.presence.set_from, one.set_by) for one in entries]


async def test_others_see_a_choice_within_half_a_second(cti_server: CtiServerUnderTest) -> None:
    anna, beat = await cti_server.signed_in("anna", host_name="PC-9"), await cti_server.signed_in("beat")
    slowest_s = 0.0
    for status in ("unavailable", "direct_only", "internal_only", "telephone_service", "available"):
        started_s = time.perf_counter()
        assert (await choose(anna, status))["type"] == "done"
        await wait_until_async(partial(has_status, beat, "anna", status), status)
        slowest_s = max(slowest_s, time.perf_counter() - started_s)
        assert seen(beat, "anna")["set_from"] == "PC-9"
        assert seen(beat, "anna")["connected"]
    assert slowest_s < 0.5 * SECONDS
    await anna.close()
    await beat.close()


async def test_the_effect_arrives_before_the_answer(cti_server: CtiServerUnderTest) -> None:
    anna = await cti_server.signed_in("anna")
    await choose(anna, "unavailable")
    kinds = [frame["kind"] for frame in anna.frames]
    assert kinds.index("events") < len(kinds) - 1 - kinds[::-1].index("reply")
    await anna.close()


@pytest.mark.parametrize(
    ("status", "back_at", "code"),
    [
        ("offline", None, "invalid"),
        ("available", in_seconds(60), "invalid"),
        ("be_right_back", in_seconds(-60), "invalid"),
        ("be_right_back", in_seconds(400 * 86_400), "invalid"),
        ("be_right_back", "2099-01-01T12:00:00", "bad_message"),
        ("be_right_back", "0001-01-01T00:00:00+14:00", "invalid"),
        ("be_right_back", "soon", "bad_message"),
        ("asleep", None, "bad_message"),
        ("available", 7, "bad_message"),
    ],
    ids=[
        "offline by choice", "available until", "in the past", "in more than a year", "no time zone", "before the epoch",
        "no time", "no status", "no text",
    ],
)  # fmt: skip
async def test_what_makes_no_sense_is_refused_and_changes_nothing(
    cti_server: CtiServerUnderTest, status: str, back_at: Any, code: str
) -> None:
    anna = await cti_server.signed_in("anna")
    failure = await choose(anna, status, back_at)
    assert (failure["kind"], failure["body"]["code"]) == ("failure", code)
    assert seen(anna, "anna")["status"] == "available"
    assert await journal(cti_server) == []
    await anna.close()


async def test_back_at_travels_in_utc_whatever_the_zone(cti_server: CtiServerUnderTest) -> None:
    anna = await cti_server.signed_in("anna")
    at = (datetime.now(UTC) + timedelta(hours=1)).replace(microsecond=0)
    zurich = at.astimezone(datetime.fromisoformat("2026-01-01T00:00:00+02:00").tzinfo)
    await choose(anna, "be_right_back", zurich.isoformat())
    assert seen(anna, "anna")["back_at"] == at.isoformat().replace("+00:00", "Z")
    await anna.close()


async def test_be_right_back_ends_by_itself(cti_server: CtiServerUnderTest) -> None:
    anna, beat = await cti_server.signed_in("anna"), await cti_server.signed_in("beat")
    await choose(anna, "be_right_back", in_seconds(0.4))
    await wait_until_async(lambda: seen(beat, "anna")["status"] == "be_right_back", "the absence")
    await wait_until_async(lambda: seen(beat, "anna")["status"] == "available", "the return")
    assert seen(beat, "anna")["back_at"] is None
    assert (await journal(cti_server))[0] == ("anna", PresenceStatus.AVAILABLE, "", "(clock)")
    await anna.close()
    await beat.close()


async def test_it_ends_also_when_the_server_was_down_at_that_time(cti_server: CtiServerUnderTest) -> None:
    anna = await cti_server.signed_in("anna")
    due = in_seconds(0.3)
    await choose(anna, "be_right_back", due)
    await cti_server.stop()
    await anna.wait_for_close()
    await wait_until_async(lambda: datetime.now(UTC) > datetime.fromisoformat(due), "the time of return")
    await cti_server.start()
    beat = await cti_server.signed_in("beat")
    await wait_until_async(lambda: seen(beat, "anna")["status"] == "available", "the return")
    await beat.close()


async def test_a_choice_made_meanwhile_is_not_undone_by_the_clock(cti_server: CtiServerUnderTest) -> None:
    anna = await cti_server.signed_in("anna")
    await choose(anna, "be_right_back", in_seconds(0.3))
    await choose(anna, "unavailable")
    await choose(anna, "be_right_back", in_seconds(0.3))
    await wait_until_async(lambda: seen(anna, "anna")["status"] == "available", "the second return")
    told = [body["presence"]["status"] for body in anna.event_bodies(CHANGED, user="anna")]
    assert told[-4:] == ["be_right_back", "unavailable", "be_right_back", "available"]
    await anna.close()


async def test_a_choice_survives_a_restart_with_its_journal(cti_server: CtiServerUnderTest) -> None:
    anna = await cti_server.signed_in("anna", host_name="PC-9")
    await choose(anna, "internal_only")
    await choose(anna, "internal_only")
    await cti_server.restart()
    beat = await cti_server.signed_in("beat")
    assert seen(beat, "anna")["status"] == "internal_only"
    assert await journal(cti_server) == [("anna", PresenceStatus.INTERNAL_ONLY, "PC-9", "anna")]
    await beat.close()
    await anna.wait_for_close()


async def test_signing_out_is_offline_at_once_and_signing_in_the_former_state(
    cti_server: CtiServerUnderTest,
) -> None:
    anna, beat = await cti_server.signed_in("anna"), await cti_server.signed_in("beat")
    await choose(anna, "direct_only")
    await anna.request("account.sign_out")
    await wait_until_async(lambda: not seen(beat, "anna")["connected"], "Anna to be offline")
    assert seen(beat, "anna")["status"] == "direct_only"
    again = await cti_server.signed_in("anna")
    await wait_until_async(lambda: seen(beat, "anna")["connected"], "Anna to be back")
    assert seen(again, "anna")["status"] == "direct_only"
    await again.close()
    await beat.close()


async def test_a_reconnect_within_the_grace_does_not_flicker(tmp_path: Path, tls_files: IssuedFiles) -> None:
    server = await CtiServerUnderTest(tmp_path, tls_files, presence_grace_s=30.0).populate()
    await server.start()
    anna, beat = await server.signed_in("anna"), await server.signed_in("beat")
    before = len(beat.event_bodies(CHANGED, user="anna"))
    for _ in range(3):
        await anna.cut()
        await wait_until_async(lambda: len(server.running.accounts.sessions.connected) == 1, "the cut")
        again = await server.client().open()
        await again.resume(anna)
        anna = again
    await choose(anna, "unavailable")
    await wait_until_async(lambda: seen(beat, "anna")["status"] == "unavailable", "a later change")
    assert len(beat.event_bodies(CHANGED, user="anna")) == before + 1
    await anna.close()
    await beat.close()
    await server.stop()


async def test_after_the_grace_a_lost_client_is_offline(cti_server: CtiServerUnderTest) -> None:
    anna, beat = await cti_server.signed_in("anna"), await cti_server.signed_in("beat")
    await anna.cut()
    await wait_until_async(lambda: not seen(beat, "anna")["connected"], "Anna to be offline")
    await beat.close()


async def test_one_of_two_clients_is_enough_to_be_connected(cti_server: CtiServerUnderTest) -> None:
    first, second = await cti_server.signed_in("carla"), await cti_server.signed_in("carla", host_name="B")
    beat = await cti_server.signed_in("beat")
    await first.request("account.sign_out")
    await choose(second, "unavailable")
    await wait_until_async(lambda: seen(beat, "carla")["status"] == "unavailable", "the change")
    assert seen(beat, "carla")["connected"]
    await second.close()
    await beat.close()


async def test_after_a_restart_who_was_connected_is_given_time_to_come_back(
    tmp_path: Path, tls_files: IssuedFiles
) -> None:
    server = await CtiServerUnderTest(tmp_path, tls_files, presence_grace_s=1.0).populate()
    await server.start()
    anna, beat = await server.signed_in("anna"), await server.signed_in("beat")
    await server.restart()
    back = await server.client().open()
    await back.resume(beat)
    assert seen(back, "anna")["connected"]
    await wait_until_async(lambda: not seen(back, "anna")["connected"], "Anna to be offline")
    await back.close()
    await anna.wait_for_close()
    await server.stop()


async def test_choices_in_a_storm_end_with_the_last(cti_server: CtiServerUnderTest) -> None:
    anna, beat = await cti_server.signed_in("anna"), await cti_server.signed_in("beat")
    statuses = ["unavailable", "available", "direct_only"] * 20
    ids = [await anna.ask("presence.set", {"status": status}) for status in statuses]
    answers = await asyncio.gather(*(anna.answer_to(one) for one in ids))
    assert {answer["kind"] for answer in answers} == {"reply"}
    await wait_until_async(lambda: seen(beat, "anna")["status"] == "direct_only", "the last choice")
    chosen = [status for _, status, _, _ in reversed(await journal(cti_server))]
    assert chosen == [PresenceStatus(status) for status in statuses]
    await anna.close()
    await beat.close()


async def choose_for(
    client: RawCtiClient, user: str, status: str, back_at: str | None = None
) -> dict[str, Any]:
    return await client.request("presence.set", {"status": status, "back_at": back_at, "user": user})


async def receptionist(server: CtiServerUnderTest) -> RawCtiClient:
    """Anna, who may set the presence of others."""
    anna = next(one for one in PEOPLE if one.user == "anna")
    await server.edit(replace(anna, rights=frozenset({Right.CTI_ACCESS, Right.SET_PRESENCE})))
    await server.running.directory.refresh()
    return await server.signed_in("anna", host_name="RECEPTION-PC")


async def test_with_the_right_one_sets_the_presence_of_others_and_all_see_by_whom(
    cti_server: CtiServerUnderTest,
) -> None:
    anna, beat = await receptionist(cti_server), await cti_server.signed_in("beat")
    until = in_seconds(3600)
    assert (await choose_for(anna, "beat", "be_right_back", until))["type"] == "done"
    await wait_until_async(lambda: has_status(beat, "beat", "be_right_back"), "Beat to see it")
    assert seen(beat, "beat")["set_by"] == "anna"
    assert seen(beat, "beat")["set_from"] == "RECEPTION-PC"
    assert (await journal(cti_server))[0] == ("beat", PresenceStatus.BE_RIGHT_BACK, "RECEPTION-PC", "anna")

    await cti_server.restart()
    beat = await cti_server.signed_in("beat", host_name="PC-2", take_over=True)
    assert seen(beat, "beat")["set_by"] == "anna", "also for who was away at that moment"

    await choose(beat, "be_right_back", until)
    await wait_until_async(lambda: seen(beat, "beat")["set_by"] == "", "it to be Beat's own choice")
    assert (await journal(cti_server))[0] == ("beat", PresenceStatus.BE_RIGHT_BACK, "PC-2", "beat")
    anna = await cti_server.signed_in("anna", take_over=True)
    await choose_for(anna, "beat", "be_right_back", until)
    assert len(await journal(cti_server)) == 2, "what a person has chosen already is nothing new"
    for client in (anna, beat):
        await client.close()


async def test_without_the_right_or_for_somebody_unseen_it_is_refused(cti_server: CtiServerUnderTest) -> None:
    anna, beat = await receptionist(cti_server), await cti_server.signed_in("beat")
    for client, user, code in (
        (beat, "anna", "not_permitted"),
        (beat, "nobody", "not_permitted"),
        (anna, "nobody", "not_found"),
        (anna, "hidden", "not_found"),
    ):
        failure = await choose_for(client, user, "unavailable")
        assert (failure["kind"], failure["body"]["code"]) == ("failure", code)
    assert (await choose_for(beat, "beat", "unavailable"))["type"] == "done", "one's own name is oneself"
    await wait_until_async(lambda: has_status(beat, "beat", "unavailable"), "Beat's own choice")
    assert seen(beat, "beat")["set_by"] == ""
    assert await journal(cti_server) == [("beat", PresenceStatus.UNAVAILABLE, "PC-1", "beat")]
    for client in (anna, beat):
        await client.close()
