"""Switches over the wire, at a phone and by the administrator, with a PBX in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.helpers.cti_server import PEOPLE, CtiServerUnderTest
from tests.helpers.raw_cti import RawCtiClient
from tests.helpers.waiting import wait_until_async
from tests.service.test_server_numbers import Run
from tests.service.test_server_numbers import run as run  # noqa: PLC0414 - a fixture
from wwphone.domain.account import Right
from wwphone.server.commands.console import Console
from wwphone.server.commands.switches import SwitchCommands
from wwphone.server.ring_group_api import PbxFlag, PbxFlagKeyed, PbxFlagKind
from wwphone.server.store.sql_store import SqlStore
from wwphone.server.switch_api import PbxRoute, PbxSwitch

NIGHT = PbxFlag(PbxFlagKind.SWITCH, "night")
SWITCHES = (
    PbxSwitch("night", "Nacht", "1", True, (PbxRoute("201", "202"),)),
    PbxSwitch("secret", "Nur für Bediener", "2", for_all=False),
)


async def edit(server: CtiServerUnderTest, *switches: PbxSwitch) -> None:
    store = SqlStore(server.store_url)
    await store.open()
    for switch in switches:
        await store.replace_switch(switch)
    await store.close()


@pytest.fixture
async def server(cti_server: CtiServerUnderTest) -> CtiServerUnderTest:
    """Anna may operate switches, the others may not."""
    await wait_until_async(lambda: cti_server.pbx.connected, "the PBX")
    await edit(cti_server, *SWITCHES)
    await cti_server.edit(replace(PEOPLE[0], rights=PEOPLE[0].rights | {Right.OPERATE_SWITCHES}))
    served = cti_server.running.switches
    await until(lambda: len(served.of("anna")) == 2, "the switches")
    return cti_server


async def until(condition: Callable[[], bool], what: str) -> None:
    await wait_until_async(condition, what)


def seen(client: RawCtiClient) -> dict[str, bool]:
    """Which switches a client knows, and whether they are on."""
    known = client.snapshot["switches"]
    for body in client.event_bodies("switches.changed"):
        known = body["switches"]
    return {one["name"]: one["state"]["on"] for one in known}


async def operate(client: RawCtiClient, name: str, *, on: bool) -> str:
    answer = await client.request("switches.set", {"name": name, "on": on})
    return str(answer["body"]["code"]) if answer["kind"] == "failure" else "done"


async def journal(client: RawCtiClient) -> list[tuple[Any, ...]]:
    answer = await client.request("reachability.read_journal", {})
    return [
        (one["subject"], one["subject_name"], one["subject_on"], one["set_by"], one["presence"]["set_from"])
        for one in answer["body"]["entries"]
    ]


async def test_who_may_operates_it_and_everybody_sees_it(server: CtiServerUnderTest) -> None:
    anna, beat = await server.signed_in("anna", host_name="PC-7"), await server.signed_in("beat")
    assert seen(anna) == {"night": False, "secret": False}
    assert seen(beat) == {"night": False}
    assert await operate(beat, "night", on=True) == "not_permitted"
    assert await operate(anna, "nonsense", on=True) == "not_found"

    assert await operate(anna, "night", on=True) == "done"
    await until(lambda: seen(beat)["night"] and seen(anna)["night"], "both to see it")
    assert server.pbx.flags == {NIGHT}
    assert await operate(anna, "secret", on=True) == "done"
    await until(lambda: seen(anna)["secret"], "who may operate it to see it")
    assert seen(beat) == {"night": True}
    assert await operate(anna, "night", on=False) == "done"
    await until(lambda: not seen(beat)["night"], "the end of the night")
    assert [one[:3] for one in await journal(anna)] == [
        ("switch", "Nacht", False),
        ("switch", "Nur für Bediener", True),
        ("switch", "Nacht", True),
    ]
    for client in (anna, beat):
        await client.close()


async def test_it_survives_a_restart(server: CtiServerUnderTest) -> None:
    anna = await server.signed_in("anna")
    await operate(anna, "night", on=True)
    await anna.close()
    server.pbx.flags.clear()
    await server.restart()
    assert server.pbx.flags == {NIGHT}
    anna = await server.signed_in("anna")
    assert seen(anna)["night"]
    await anna.close()


async def test_what_is_keyed_in_at_a_phone_counts_unless_something_is_newer(
    server: CtiServerUnderTest,
) -> None:
    beat = await server.signed_in("beat")
    now = datetime.now(UTC)
    server.pbx.key_in(PbxFlagKeyed(NIGHT, True, now, "anna", "snom"))
    await until(lambda: seen(beat)["night"] and not server.pbx.noted, "the night")
    server.pbx.key_in(PbxFlagKeyed(NIGHT, False, now - timedelta(hours=1), "anna", "snom"))
    await until(lambda: not server.pbx.noted, "the answer")
    assert seen(beat)["night"]
    assert server.pbx.flags == {NIGHT}
    server.pbx.key_in(PbxFlagKeyed(PbxFlag(PbxFlagKind.SWITCH, "gone"), True, now, "anna", ""))
    await until(lambda: not server.pbx.noted, "the answer")
    assert server.pbx.flags == {NIGHT}
    await beat.close()


async def test_a_switch_that_is_removed_counts_no_more(server: CtiServerUnderTest) -> None:
    anna = await server.signed_in("anna")
    await operate(anna, "night", on=True)
    store = SqlStore(server.store_url)
    await store.open()
    await store.remove_switch("night")
    await until(lambda: seen(anna) == {"secret": False} and not server.pbx.flags, "the switch to go")
    await store.close()
    await anna.close()


async def test_a_running_server_notices_the_administrator(server: CtiServerUnderTest) -> None:
    beat = await server.signed_in("beat")
    store = SqlStore(server.store_url)
    await store.open()
    await SwitchCommands(store, Console()).on(type("Options", (), {"name": "night"}))  # type: ignore[arg-type]
    entries = await store.journal(None, 1)
    await store.close()
    await until(lambda: seen(beat)["night"] and server.pbx.flags == {NIGHT}, "the night")
    assert [(one.user, one.subject_name, one.subject_on) for one in entries] == [
        ("(administrator)", "Nacht", True)
    ]
    await beat.close()


async def test_the_pbx_gets_switches_rights_and_who_is_in_no_group_of_all(server: CtiServerUnderTest) -> None:
    await server.edit(replace(PEOPLE[1], in_all_users=False))
    configured = server.pbx.asked.configurations
    await until(lambda: not all(one.in_all_users for one in configured[-1].users), "the configuration")
    assert [one.user for one in configured[-1].users if not one.in_all_users] == ["beat"]
    assert [one.user for one in configured[-1].users if one.operates_switches] == ["anna"]
    assert configured[-1].switches == SWITCHES


def test_the_command_line_makes_operates_and_removes_switches(run: Run) -> None:
    words = ("--title", "Nacht", "--send", "201=0791112233", "--send", "202=voicemail:anna")
    said = run("switch", "set", "night", *words)
    assert said == (0, "switch night, Nacht, code 1: 201=0791112233 202=voicemail:anna\n", "")
    assert run("switch", "set", "holiday", "--no-for-all")[1] == "switch holiday, holiday, code 2: as usual\n"
    assert run("switch", "on", "night")[1] == "Nacht is on\n"
    assert run("switch", "on", "night")[1] == "Nacht is on already\n"
    lines = [line.split() for line in run("switch", "list")[1].splitlines()[1:]]
    assert lines == [
        ["holiday", "holiday", "2", "off", "operators", "as", "usual"],
        ["night", "Nacht", "1", "on", "everybody", "201=0791112233", "202=voicemail:anna"],
    ]
    assert run("switch", "set", "night", "--no-send", "201")[1].endswith(": 202=voicemail:anna\n")
    assert run("switch", "off", "night")[1] == "Nacht is off\n"
    assert run("switch", "remove", "night")[1] == "removed switch night\n"
    assert run("switch", "remove", "night")[0] == run("switch", "on", "night")[0] == 1


def test_what_cannot_be_set_says_why(run: Run) -> None:
    run("switch", "set", "other", "--code", "7")
    for words, complaint in (
        (["Night!"], "1 to 32 characters"),
        (["night", "--title", ""], "needs a title"),
        (["night", "--code", "x"], "1 to 4 digits"),
        (["night", "--code", "7"], "code 7 is taken"),
        (["night", "--send", "201"], "not NUMBER=TARGET"),
        (["night", "--send", "201=201"], "number they come from"),
        (["night", "--send", "201=112"], "emergency"),
        (["night", "--send", "201=voicemail:zoe"], "no user zoe"),
        (["night", "--send", "999999=201"], "no number of a user"),
    ):
        code, _, error = run("switch", "set", *words)
        assert (code, complaint in error) == (1, True), error
    assert len(run("switch", "list")[1].splitlines()) == 2


def test_a_group_of_all_users_and_who_is_not_in_it(run: Run) -> None:
    said = run("ring-group", "set", "320", "--name", "Alle", "--all-users")
    assert said == (0, "ring group 320, Alle: all users\n", "")
    assert run("ring-group", "list")[1].splitlines()[1].split() == ["320", "Alle", "-", "all", "users"]
    assert "no queue" in run("ring-group", "set", "320", "--most-waiting", "3")[2]
    assert "in all users" in run("user", "set", "beat", "--no-in-all-users")[1]
