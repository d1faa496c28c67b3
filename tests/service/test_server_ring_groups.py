"""Logging in to ring groups over the wire, at a phone and by the administrator, with a PBX in memory that obeys."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.helpers.cti_server import PEOPLE, CtiServerUnderTest
from tests.helpers.raw_cti import RawCtiClient
from tests.helpers.waiting import SECONDS, wait_until_async
from tests.service.test_server_numbers import Run
from tests.service.test_server_numbers import run as run  # noqa: PLC0414 - a fixture
from wwphone.domain.account import Right
from wwphone.domain.calls import Party
from wwphone.server.commands.console import Console
from wwphone.server.commands.ring_groups import RingGroupCommands
from wwphone.server.fake_pbx import FakePbx
from wwphone.server.ring_group_api import PbxFlag, PbxFlagKeyed, PbxFlagKind, PbxRingGroup, PbxWaitingCaller
from wwphone.server.store.sql_store import SqlStore

CHANGED = "ring_groups.changed"
HOTLINE = PbxRingGroup("300", "Hotline", ("anna", "beat"))
SALES = PbxRingGroup("310", "Sales", ("beat",))
LOG_OUT = {"number": "300", "logged_in": False}
LOG_IN = {"number": "300", "logged_in": True}
ANNA_OUT = PbxFlag(PbxFlagKind.LOGGED_OUT, "300/anna")


async def edit(server: CtiServerUnderTest, *groups: PbxRingGroup) -> None:
    """Change ring groups as the command line does, and wait until the server has noticed."""
    store = SqlStore(server.store_url)
    await store.open()
    for group in groups:
        await store.replace_ring_group(group)
    await store.close()
    known = server.running.directory
    await wait_until_async(lambda: set(groups) <= set(known.ring_groups), "the groups")


@pytest.fixture
async def server(cti_server: CtiServerUnderTest) -> CtiServerUnderTest:
    """A server with two ring groups, at whose PBX anna and beat have a device each."""
    await wait_until_async(lambda: cti_server.pbx.connected, "the PBX")
    for user in ("anna", "beat"):
        cti_server.pbx.register(user, f"sip:{user}@192.0.2.1:5060")
    await edit(cti_server, HOTLINE, SALES)
    served = cti_server.running.ring_groups
    await wait_until_async(lambda: len(served.of("beat")) == 2, "the groups of beat")
    return cti_server


def groups(client: RawCtiClient) -> dict[str, bool]:
    """Whether a client knows to be logged in, by group."""
    known = client.snapshot["ring_groups"]
    for body in client.event_bodies(CHANGED):
        known = body["ring_groups"]
    return {one["number"]: one["login"]["logged_in"] for one in known}


def obstacles(client: RawCtiClient) -> list[tuple[str, str, str]]:
    known = client.snapshot["obstacles"]
    for body in client.event_bodies("reachability.changed"):
        known = body["obstacles"]
    return [(one["kind"], one["target"], one["set_from"]) for one in known]


async def until(condition: Callable[[], bool], what: str) -> None:
    await wait_until_async(condition, what)


def callees(pbx: FakePbx, number: str = "300") -> set[str]:
    """At whom a call to the group rings."""
    call = pbx.call("beat", number)
    rung = {leg.user for leg in pbx.legs_in(call)[1:]}
    pbx.end_call(call)
    return rung


def keyed(*, on: bool, at: datetime, user: str = "anna") -> PbxFlagKeyed:
    return PbxFlagKeyed(PbxFlag(PbxFlagKind.LOGGED_OUT, f"300/{user}"), on, at, user, "snomD785/10.1")


async def journal(client: RawCtiClient) -> list[tuple[Any, ...]]:
    answer = await client.request("reachability.read_journal", {})
    return [
        (one["subject"], one["subject_name"], one["subject_on"], one["set_by"], one["presence"]["set_from"])
        for one in answer["body"]["entries"]
    ]


# ---------------------------------------------------------------- by a client


async def test_all_clients_of_the_user_and_nobody_else_hear_of_it_within_a_second(
    server: CtiServerUnderTest,
) -> None:
    people = replace(PEOPLE[0], rights=PEOPLE[0].rights | {Right.PARALLEL_SESSIONS})
    await server.edit(people)
    await until(lambda: server.running.directory.users["anna"] == people, "the right")
    first = await server.signed_in("anna", host_name="PC-7")
    second = await server.signed_in("anna")
    beat = await server.signed_in("beat")
    assert groups(first) == {"300": True}
    assert groups(beat) == {"300": True, "310": True}

    asked_s = time.monotonic()
    answer = await first.request("ring_groups.set_logged_in", LOG_OUT)
    assert answer["kind"] == "reply"
    await until(lambda: groups(first) == groups(second) == {"300": False}, "both to know it")
    assert time.monotonic() - asked_s < 1 * SECONDS
    await until(lambda: obstacles(second) == [("group_logged_out", "300", "PC-7")], "the obstacle")
    assert ANNA_OUT in server.pbx.flags
    assert callees(server.pbx) == {"beat"}
    assert beat.event_bodies(CHANGED) == []

    asked_s = time.monotonic()
    await second.request("ring_groups.set_logged_in", LOG_IN)
    await until(lambda: groups(first) == groups(second) == {"300": True}, "both to know it")
    assert time.monotonic() - asked_s < 1 * SECONDS
    await until(lambda: obstacles(first) == [], "no obstacle")
    assert callees(server.pbx) == {"anna", "beat"}
    assert [entry[:3] for entry in await journal(first)] == [
        ("ring_group", "Hotline", True),
        ("ring_group", "Hotline", False),
    ]
    for client in (first, second, beat):
        await client.close()


async def test_who_is_no_member_is_refused(server: CtiServerUnderTest) -> None:
    client = await server.signed_in("anna")
    for number in ("310", "399", ""):
        wanted = {"number": number, "logged_in": False}
        answer = await client.request("ring_groups.set_logged_in", wanted)
        assert (answer["kind"], answer["body"]["code"]) == ("failure", "not_found")
    assert server.pbx.flags == set()
    await client.close()


async def test_twice_is_once(server: CtiServerUnderTest) -> None:
    client = await server.signed_in("anna")
    await asyncio.gather(*(client.request("ring_groups.set_logged_in", LOG_OUT) for _ in range(5)))
    await until(lambda: groups(client) == {"300": False}, "the log-out")
    assert len(await journal(client)) == 1
    await client.close()


async def test_it_survives_a_restart_and_is_told_before_the_pbx_counts_as_connected(
    server: CtiServerUnderTest,
) -> None:
    client = await server.signed_in("anna")
    await client.request("ring_groups.set_logged_in", LOG_OUT)
    await client.close()
    server.pbx.flags.clear()
    await server.restart()
    assert server.pbx.flags == {ANNA_OUT}
    client = await server.signed_in("anna")
    assert groups(client) == {"300": False}
    assert obstacles(client)[0][:2] == ("group_logged_out", "300")
    await client.close()


async def test_a_member_who_leaves_and_comes_back_is_logged_in(server: CtiServerUnderTest) -> None:
    client = await server.signed_in("anna")
    await client.request("ring_groups.set_logged_in", LOG_OUT)
    await edit(server, replace(HOTLINE, members=("beat",)))
    await until(lambda: groups(client) == {}, "no group")
    await until(lambda: server.pbx.flags == set(), "no flag left")
    await until(lambda: obstacles(client) == [], "no obstacle")
    await edit(server, HOTLINE)
    await until(lambda: groups(client) == {"300": True}, "the group again")
    await client.close()


# ---------------------------------------------------------------- at a phone


async def test_what_is_keyed_in_at_a_phone_is_taken_over_and_answered(server: CtiServerUnderTest) -> None:
    client = await server.signed_in("anna")
    server.pbx.key_in(keyed(on=True, at=datetime.now(UTC)))
    await until(lambda: groups(client) == {"300": False}, "the log-out")
    await until(lambda: server.pbx.noted == {}, "the answer")
    assert server.pbx.flags == {ANNA_OUT}
    assert await journal(client) == [("ring_group", "Hotline", False, "anna", "snomD785/10.1")]
    await client.close()


async def test_what_was_keyed_in_while_the_server_was_away_counts_if_nothing_is_newer(
    server: CtiServerUnderTest, expected_logs: Callable[..., list[Any]]
) -> None:
    expected_logs("the PBX is out of reach", logger="wwphone.server.services.pbx")
    client = await server.signed_in("anna")
    await client.request("ring_groups.set_logged_in", LOG_OUT)
    await client.close()
    await server.stop()
    now = datetime.now(UTC)
    server.pbx.key_in(keyed(on=False, at=now + timedelta(seconds=1)))
    server.pbx.key_in(keyed(on=True, at=now - timedelta(hours=1), user="beat"))
    await server.start()
    await until(lambda: server.pbx.noted == {}, "the answers")
    assert server.pbx.flags == {PbxFlag(PbxFlagKind.LOGGED_OUT, "300/beat")}

    server.pbx.break_line()
    client = await server.signed_in("anna")
    await client.request("ring_groups.set_logged_in", LOG_OUT)
    server.pbx.key_in(keyed(on=False, at=now - timedelta(hours=2)))
    server.pbx.restore_line()
    await until(lambda: server.pbx.noted == {}, "the answer")
    assert groups(client) == {"300": False}, "the client's word is newer"
    assert ANNA_OUT in server.pbx.flags
    await client.close()


async def test_what_makes_no_sense_is_answered_and_forgotten(server: CtiServerUnderTest) -> None:
    now = datetime.now(UTC)
    for name in ("399/anna", "300/zoe", "300", "/", "310/anna"):
        server.pbx.key_in(PbxFlagKeyed(PbxFlag(PbxFlagKind.LOGGED_OUT, name), True, now, "anna", ""))
    await until(lambda: server.pbx.noted.keys() <= {PbxFlag(PbxFlagKind.LOGGED_OUT, "300")}, "the answers")
    assert {flag for flag in server.pbx.flags if flag.name != "300"} == set()


async def test_members_see_who_waits_until_the_line_to_the_pbx_breaks(
    server: CtiServerUnderTest, expected_logs: Callable[..., list[Any]]
) -> None:
    expected_logs("the PBX is out of reach", logger="wwphone.server.services.pbx")
    client, other = await server.signed_in("anna"), await server.signed_in("carla")

    def waiting() -> int:
        return len(client.event_bodies(CHANGED)[-1]["ring_groups"][0]["waiting"])

    now = datetime.now(UTC)
    first = PbxWaitingCaller("c-1", now - timedelta(seconds=41), Party("+41445550123"))
    second = PbxWaitingCaller("c-2", now, Party("203", "their own idea"))
    server.pbx.let_wait("300", first, second)
    await until(lambda: bool(client.event_bodies(CHANGED)) and waiting() == 2, "two who wait")
    assert client.event_bodies(CHANGED)[-1]["ring_groups"][0]["next_caller"]["number"] == "+41445550123"
    later = await server.signed_in("beat")
    assert len(later.snapshot["ring_groups"][0]["waiting"]) == 2
    server.pbx.let_wait("300", second)
    await until(lambda: waiting() == 1, "one who waits")
    carla = server.running.directory.users["carla"]
    assert carla.number == "203"
    shown = client.event_bodies(CHANGED)[-1]["ring_groups"][0]["next_caller"]
    assert shown == {"number": "203", "name": carla.nickname}, "a colleague has the name everybody knows"
    server.pbx.break_line()
    await until(lambda: waiting() == 0, "nobody known to wait")
    assert other.event_bodies(CHANGED) == []
    for one in (client, other, later):
        await one.close()


# ---------------------------------------------------------------- by the administrator


def test_the_command_line_logs_out_and_in_and_shows_it(run: Run) -> None:
    run("ring-group", "set", "300", "--name", "Hotline", "--member", "anna", "--member", "beat")
    assert run("ring-group", "log-out", "300", "anna") == (0, "anna is logged out of Hotline\n", "")
    assert run("ring-group", "log-out", "300", "anna", "beat")[1].splitlines() == [
        "anna is logged out of Hotline already",
        "beat is logged out of Hotline",
    ]
    assert run("ring-group", "log-in", "300", "beat")[1] == "beat is logged in to Hotline\n"
    assert run("ring-group", "list")[1].splitlines()[1].split() == ["300", "Hotline", "-", "(anna)", "beat"]
    assert run("ring-group", "log-out", "300", "zoe")[::2] == (
        1,
        "wwphone-server: zoe is no member of Hotline; nothing was changed\n",
    )
    assert run("ring-group", "log-in", "399", "anna")[0] == 1


async def test_a_running_server_notices_the_administrator(server: CtiServerUnderTest) -> None:
    client = await server.signed_in("anna")
    store = SqlStore(server.store_url)
    await store.open()
    options = type("Options", (), {"number": "300", "user": ["anna"]})
    await RingGroupCommands(store, Console()).log_out(options)  # type: ignore[arg-type]
    await store.close()
    await until(lambda: groups(client) == {"300": False}, "the log-out")
    await until(lambda: server.pbx.flags == {ANNA_OUT}, "the PBX to know it")
    await until(lambda: obstacles(client) == [("group_logged_out", "300", "wwphone-server")], "the obstacle")
    assert await journal(client) == [
        ("ring_group", "Hotline", False, "(administrator)", "wwphone-server"),
    ]
    await client.close()
