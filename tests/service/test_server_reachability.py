"""Do not disturb, forwardings, obstacles and the journal over the wire, with a PBX in memory that obeys."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.cti_server import PEOPLE, CtiServerUnderTest
from tests.helpers.raw_cti import RawCtiClient
from tests.helpers.waiting import wait_until_async
from wwphone.domain.account import Right
from wwphone.domain.calls import CallKind, PhoneState
from wwphone.domain.presence import PresenceStatus
from wwphone.domain.reachability import Forwarding, ForwardingCause
from wwphone.server.api import PbxReach
from wwphone.server.certificates import IssuedFiles
from wwphone.server.fake_pbx import BUSY as BUSY_CAUSE
from wwphone.server.fake_pbx import UNREACHABLE
from wwphone.server.store.sql_store import SqlStore

CHANGED = "reachability.changed"
MOBILE = "0791112233"
ALL = ["internal", "direct", "group"]


@pytest.fixture
async def server(cti_server: CtiServerUnderTest) -> CtiServerUnderTest:
    """A server at whose PBX anna and beat have a device each."""
    await wait_until_async(lambda: cti_server.pbx.connected, "the PBX")
    for user in ("anna", "beat"):
        cti_server.pbx.register(user, f"sip:{user}@192.0.2.1:5060")
    return cti_server


def seen(client: RawCtiClient) -> dict[str, Any]:
    """What a client knows of its own reachability: its snapshot, and the events after it."""
    known = {name: client.snapshot[name] for name in ("reachability", "obstacles")}
    for body in client.event_bodies(CHANGED):
        known = body
    return known


def kinds(client: RawCtiClient) -> list[str]:
    return [one["kind"] for one in seen(client)["obstacles"]]


def is_silent(client: RawCtiClient) -> bool:
    return kinds(client)[:1] == ["do_not_disturb"]


def targets(client: RawCtiClient) -> dict[str, str]:
    return {one["cause"]: one["target"] for one in seen(client)["reachability"]["forwardings"]}


async def disturb(client: RawCtiClient, *, on: bool) -> dict[str, Any]:
    return await client.request("reachability.set_do_not_disturb", {"on": on})


async def forward(
    client: RawCtiClient, target: str, cause: str = "always", after_s: int = 20
) -> dict[str, Any]:
    wanted = {"cause": cause, "target": target, "after_s": after_s}
    return await client.request("reachability.set_forwarding", {"forwarding": wanted})


async def code_of(answer: dict[str, Any]) -> str:
    return str(answer["body"]["code"]) if answer["kind"] == "failure" else str(answer["type"])


async def read_journal(client: RawCtiClient, **fields: Any) -> list[dict[str, Any]]:
    answer = await client.request("reachability.read_journal", fields)
    assert answer["kind"] == "reply", answer
    return list(answer["body"]["entries"])


# ---------------------------------------------------------------- do not disturb


async def test_all_clients_of_the_user_see_it_and_the_pbx_obeys_when_it_is_answered(
    server: CtiServerUnderTest,
) -> None:
    desk, soft = await server.signed_in("carla", host_name="PC-9"), await server.signed_in("carla")
    other = await server.signed_in("beat")
    assert (await disturb(desk, on=True))["type"] == "done"
    assert server.pbx.reach("carla").do_not_disturb

    for client in (desk, soft):
        await wait_until_async(partial(is_silent, client), "the news")
        assert seen(client)["reachability"]["do_not_disturb"]
        (obstacle, *_) = seen(client)["obstacles"]
        assert (obstacle["affected"], obstacle["set_from"]) == (ALL, "PC-9")
    await disturb(soft, on=False)
    await wait_until_async(lambda: not seen(desk)["reachability"]["do_not_disturb"], "the end of it")
    assert not server.pbx.reach("carla").do_not_disturb
    assert other.event_bodies(CHANGED) == []
    for client in (desk, soft, other):
        await client.close()


async def test_a_call_to_who_is_not_to_be_disturbed_is_busy_and_presence_stays(
    server: CtiServerUnderTest,
) -> None:
    anna, beat = await server.signed_in("anna"), await server.signed_in("beat")
    await beat.request("presence.set", {"status": "direct_only", "back_at": None})
    await disturb(beat, on=True)
    server.pbx.call("anna", "202")
    await wait_until_async(lambda: anna.event_bodies("calls.leg_ended"), "the end of the call")
    assert anna.event_bodies("calls.leg_ended")[0]["cause"] == BUSY_CAUSE

    await disturb(beat, on=False)
    assert server.running.presence.of("beat").status is PresenceStatus.DIRECT_ONLY
    assert dict(server.running.calls.phones(["beat"])) == {"beat": PhoneState.FREE}
    server.pbx.call("anna", "202")
    assert dict(server.running.calls.phones(["beat"])) == {"beat": PhoneState.RINGING}
    await anna.close()
    await beat.close()


async def test_it_survives_a_restart_and_the_pbx_is_told_before_it_connects(
    server: CtiServerUnderTest,
) -> None:
    anna = await server.signed_in("anna", host_name="PC-9")
    await disturb(anna, on=True)
    await forward(anna, MOBILE, "no_answer", 15)
    server.pbx.asked.reaches.clear()
    await server.restart()
    await anna.wait_for_close()

    again = await server.client().open()
    await again.resume(anna)
    assert seen(again)["reachability"]["do_not_disturb"]
    assert seen(again)["reachability"]["disturb_set_from"] == "PC-9"
    assert targets(again) == {"no_answer": MOBILE}
    assert [user for user, _ in server.pbx.asked.reaches] == ["anna"]
    await again.close()


async def test_setting_it_twice_is_one_entry(server: CtiServerUnderTest) -> None:
    anna = await server.signed_in("anna")
    for on in (True, True, False, False):
        await disturb(anna, on=on)
    entries = await read_journal(anna)
    assert [one["do_not_disturb"] for one in entries] == [False, True]
    await anna.close()


# ---------------------------------------------------------------- presence


async def test_presence_reaches_the_pbx_and_the_obstacles(server: CtiServerUnderTest) -> None:
    anna = await server.signed_in("anna", host_name="PC-9")
    await anna.request("presence.set", {"status": "internal_only", "back_at": None})

    await wait_until_async(
        lambda: server.pbx.reach("anna") == PbxReach(
            PresenceStatus.INTERNAL_ONLY, frozenset({CallKind.INTERNAL})
        ),
        "the PBX",
    )  # fmt: skip
    (obstacle,) = seen(anna)["obstacles"]
    assert (obstacle["kind"], obstacle["affected"]) == ("presence", ["direct", "group"])
    assert obstacle["set_from"] == "PC-9"
    await anna.request("presence.set", {"status": "available", "back_at": None})
    await wait_until_async(lambda: server.pbx.reach("anna") == PbxReach(), "the PBX")
    assert kinds(anna) == []
    await anna.close()


async def test_the_servers_own_matrix_counts(tmp_path: Path, tls_files: IssuedFiles) -> None:
    server = CtiServerUnderTest(tmp_path, tls_files, presence_reach_available="direct, group")
    async with server:
        await wait_until_async(lambda: server.pbx.connected, "the PBX")
        assert server.pbx.reach("anna").rings == {CallKind.DIRECT, CallKind.GROUP}
        server.pbx.register("anna", "sip:anna@192.0.2.1:5060")
        server.pbx.register("beat", "sip:beat@192.0.2.1:5060")
        anna = await server.signed_in("anna")
        told = dict(anna.snapshot["reach"])
        assert (told["available"], told["unavailable"]) == (["direct", "group"], []), "for the tooltips"
        assert [(one["kind"], one["affected"]) for one in seen(anna)["obstacles"]] == [
            ("presence", ["internal"])
        ]
        server.pbx.call("anna", "202")
        await wait_until_async(lambda: anna.event_bodies("calls.leg_ended"), "the end of the call")
        assert anna.event_bodies("calls.leg_ended")[0]["cause"] == UNREACHABLE
        await anna.close()


# ---------------------------------------------------------------- forwarding


async def test_a_forwarding_is_set_replaced_and_ended(server: CtiServerUnderTest) -> None:
    anna = await server.signed_in("anna")
    await forward(anna, "+41 (0)79 555 01 04", "no_answer", 15)
    await forward(anna, "900", "busy")
    await forward(anna, "202")
    assert targets(anna) == {"always": "202", "busy": "900", "no_answer": "+41795550104"}
    assert server.pbx.reach("anna").forwardings == (
        Forwarding(ForwardingCause.ALWAYS, "202"),
        Forwarding(ForwardingCause.BUSY, "900"),
        Forwarding(ForwardingCause.NO_ANSWER, "+41795550104", 15),
    )
    (obstacle,) = seen(anna)["obstacles"]
    assert (obstacle["kind"], obstacle["target"]) == ("forwarded", "202")

    await forward(anna, "203")
    assert targets(anna)["always"] == "203"
    await anna.request("reachability.end_forwarding", {"cause": "always"})
    assert targets(anna) == {"busy": "900", "no_answer": "+41795550104"}
    await anna.request("reachability.end_forwarding", {"cause": None})
    assert (targets(anna), server.pbx.reach("anna")) == ({}, PbxReach())
    assert await code_of(await anna.request("reachability.end_forwarding", {})) == "done"
    await anna.close()


async def test_a_forwarded_call_rings_elsewhere(server: CtiServerUnderTest) -> None:
    anna, beat = await server.signed_in("anna"), await server.signed_in("beat")
    server.pbx.register("carla", "sip:carla@192.0.2.1:5060")
    await forward(beat, "203")
    server.pbx.call("anna", "202")

    phones = dict(server.running.calls.phones(["beat", "carla"]))
    assert phones == {"beat": PhoneState.FREE, "carla": PhoneState.RINGING}
    await anna.close()
    await beat.close()


@pytest.mark.parametrize(
    ("target", "after_s", "code"),
    [
        ("201", 20, "invalid"),
        ("112", 20, "invalid"),
        ("beat", 20, "invalid"),
        ("beat@example.net", 20, "invalid"),
        ("", 20, "invalid"),
        ("701", 20, "invalid"),
        ("202", 4, "bad_message"),
        ("202", 121, "bad_message"),
    ],
)
async def test_what_makes_no_sense_is_refused_and_changes_nothing(
    server: CtiServerUnderTest, target: str, after_s: int, code: str
) -> None:
    anna = await server.signed_in("anna")
    assert await code_of(await forward(anna, target, after_s=after_s)) == code
    assert targets(anna) == {}
    assert anna.event_bodies(CHANGED) == []
    await anna.close()


async def test_a_loop_is_refused_also_when_two_set_it_at_once(server: CtiServerUnderTest) -> None:
    anna, beat = await server.signed_in("anna"), await server.signed_in("beat")
    answers = await asyncio.gather(forward(anna, "202"), forward(beat, "201"))
    assert sorted([await code_of(one) for one in answers]) == ["conflict", "done"]
    await anna.close()
    await beat.close()


async def test_a_shared_number_outside_goes_on_until_all_who_share_it_are_silent(
    server: CtiServerUnderTest,
) -> None:
    anna, beat = await server.signed_in("anna"), await server.signed_in("beat")
    for client in (anna, beat):
        await forward(client, MOBILE)
    those = (Forwarding(ForwardingCause.ALWAYS, MOBILE),)
    await disturb(anna, on=True)
    assert server.pbx.reach("anna") == PbxReach(do_not_disturb=True, forwardings=those)
    assert kinds(anna) == ["do_not_disturb", "forwarded"]

    await disturb(beat, on=True)
    assert server.pbx.reach("anna") == server.pbx.reach("beat") == PbxReach(do_not_disturb=True)
    await wait_until_async(lambda: kinds(anna) == ["do_not_disturb"], "anna to hear of it")

    await disturb(beat, on=False)
    assert server.pbx.reach("anna").forwardings == those
    await beat.request("reachability.end_forwarding", {})
    assert server.pbx.reach("anna") == PbxReach(do_not_disturb=True)
    assert targets(anna) == {"always": MOBILE}
    await anna.close()
    await beat.close()


# ---------------------------------------------------------------- obstacles


async def test_registrations_are_told_only_when_the_answer_is_another(server: CtiServerUnderTest) -> None:
    anna = await server.signed_in("anna")
    contact = "sip:anna@192.0.2.1:5060"
    assert kinds(anna) == []
    for _ in range(3):
        server.pbx.register("anna", contact, round_trip_ms=20.0)
    server.pbx.register("anna", "sip:anna@192.0.2.2:5060")
    server.pbx.unregister("anna", "sip:anna@192.0.2.2:5060")
    server.pbx.set_reachable("anna", contact, reachable=False)
    await wait_until_async(lambda: kinds(anna) == ["not_answering"], "a device that does not answer")
    server.pbx.unregister("anna", contact)
    await wait_until_async(lambda: kinds(anna) == ["not_registered"], "no device")
    server.pbx.register("anna", contact)
    await wait_until_async(lambda: kinds(anna) == [], "the device")
    assert len(anna.event_bodies(CHANGED)) == 3
    await anna.close()


async def test_before_the_pbx_has_spoken_nobody_is_called_unregistered(
    tmp_path: Path, tls_files: IssuedFiles
) -> None:
    server = await CtiServerUnderTest(tmp_path, tls_files).populate()
    server.pbx.break_line()
    await server.start()
    anna = await server.signed_in("anna")
    assert kinds(anna) == []
    server.pbx.restore_line()
    await wait_until_async(lambda: kinds(anna) == ["not_registered"], "the PBX to say so")
    await anna.close()
    await server.stop()


async def test_the_switch_busy_when_in_a_call_is_named_while_a_call_runs(server: CtiServerUnderTest) -> None:
    await server.edit(replace(PEOPLE[0], busy_when_in_call=True))
    await wait_until_async(
        lambda: server.running.directory.users["anna"].busy_when_in_call, "the server to notice"
    )
    anna = await server.signed_in("anna")
    call_id = server.pbx.call("anna", "202")
    await wait_until_async(lambda: kinds(anna) == ["busy"], "the call")
    server.pbx.end_call(call_id)
    await wait_until_async(lambda: kinds(anna) == [], "its end")
    await anna.close()


async def test_who_is_removed_leaves_nothing_in_the_pbx(server: CtiServerUnderTest) -> None:
    anna = await server.signed_in("anna")
    await disturb(anna, on=True)
    store = SqlStore(server.store_url)
    await store.open()
    await store.remove_user("anna")
    await store.close()
    await wait_until_async(lambda: server.pbx.reach("anna") == PbxReach(), "the PBX to forget anna")
    await anna.wait_for_close()


# ---------------------------------------------------------------- the journal


async def test_the_journal_names_who_what_when_and_from_which_device(server: CtiServerUnderTest) -> None:
    anna = await server.signed_in("anna", host_name="PC-9")
    await anna.request("presence.set", {"status": "unavailable", "back_at": None})
    await disturb(anna, on=True)
    await anna.request("presence.set", {"status": "available", "back_at": None})
    await server.restart()
    again = await server.client().open()
    await anna.wait_for_close()
    await again.resume(anna)

    entries = await read_journal(again)
    assert [(one["presence"]["status"], one["do_not_disturb"]) for one in entries] == [
        ("available", True),
        ("unavailable", True),
        ("unavailable", False),
    ]
    assert {(one["user"], one["set_by"], one["presence"]["set_from"]) for one in entries} == {
        ("anna", "anna", "PC-9")
    }
    assert await read_journal(again, limit=1) == entries[:1]
    assert await read_journal(again, user="anna") == entries
    assert await read_journal(again, before=entries[0]["entry_id"]) == entries[1:]
    for impossible in (-1, 2**63):
        answer = await again.request("reachability.read_journal", {"before": impossible})
        assert await code_of(answer) == "invalid"
    await again.close()


async def test_others_are_read_with_the_right_alone(server: CtiServerUnderTest) -> None:
    anna, beat = await server.signed_in("anna"), await server.signed_in("beat")
    await disturb(anna, on=True)
    await disturb(beat, on=True)
    for user in ("anna", "*", "nobody"):
        answer = await beat.request("reachability.read_journal", {"user": user})
        assert await code_of(answer) == "not_permitted"

    await server.edit(replace(PEOPLE[1], rights=frozenset({Right.CTI_ACCESS, Right.ADMINISTRATE})))
    await wait_until_async(
        lambda: Right.ADMINISTRATE in server.running.directory.users["beat"].rights, "the right"
    )
    assert [one["user"] for one in await read_journal(beat, user="anna")] == ["anna"]
    assert [one["user"] for one in await read_journal(beat, user="*")] == ["beat", "anna"]
    assert await read_journal(beat, user="nobody") == []
    await anna.close()
    await beat.close()


@pytest.mark.parametrize(
    ("limit", "code"), [(0, "invalid"), (-1, "invalid"), (10**12, "reachability.journal")]
)
async def test_a_journal_has_its_limits(server: CtiServerUnderTest, limit: int, code: str) -> None:
    anna = await server.signed_in("anna")
    assert await code_of(await anna.request("reachability.read_journal", {"limit": limit})) == code
    await anna.close()
