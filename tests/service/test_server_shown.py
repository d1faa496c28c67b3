"""What is shown to whom, over the wire: remembered for a user on every PC, of what the administrator allows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.helpers.cti_server import PEOPLE, CtiServerUnderTest
from tests.helpers.raw_cti import RawCtiClient
from tests.helpers.waiting import wait_until_async
from wwphone.domain.shown import MAX_DEFAULTS, Shown

SWITCHBOARD, OWN = "+41440000000", "201"
CALLED = "+41445550123"


async def remember(client: RawCtiClient, called: str, shown: str | None) -> dict[str, Any]:
    wanted = None if shown is None else {"number": shown}
    return await client.request("shown.set_default", {"called": called, "shown": wanted})


def known(client: RawCtiClient) -> dict[str, str]:
    """What a client knows: its snapshot, and the events after it."""
    defaults = {one["called"]: one["shown"]["number"] for one in client.snapshot["shown_defaults"]}
    for body in client.event_bodies("shown.default_changed"):
        defaults.pop(body["called"], None)
        if body["shown"] is not None:
            defaults[body["called"]] = body["shown"]["number"]
    return defaults


async def allow(server: CtiServerUnderTest, *numbers: str) -> None:
    """The administrator's list for anna."""
    anna = next(one for one in PEOPLE if one.user == "anna")
    await server.edit(replace(anna, shown_numbers=numbers))
    await server.running.directory.refresh()


async def test_a_default_is_the_same_on_every_pc_and_after_a_restart(cti_server: CtiServerUnderTest) -> None:
    await allow(cti_server, SWITCHBOARD)
    anna = await cti_server.signed_in("anna")
    beat = await cti_server.signed_in("beat")
    assert anna.snapshot["profile"]["shown_numbers"] == [OWN, SWITCHBOARD]
    assert (await remember(anna, "+41 44 555 01 23", SWITCHBOARD))["type"] == "done"
    await remember(anna, "0791112233", "")
    await remember(anna, "0791112244", OWN)
    await remember(anna, "0791112244", None)
    wanted = {CALLED: SWITCHBOARD, "0791112233": ""}
    await wait_until_async(lambda: known(anna) == wanted, "the events")
    assert known(beat) == {}, "nobody else hears of it"
    await cti_server.restart()
    assert known(await cti_server.signed_in("anna", host_name="PC-2", take_over=True)) == wanted


async def test_what_makes_no_sense_is_refused(cti_server: CtiServerUnderTest) -> None:
    anna = await cti_server.signed_in("anna")
    for called, shown in (
        (CALLED, SWITCHBOARD),
        (CALLED, "202"),
        ("112", OWN),
        ("801", OWN),
        ("anna@example.com", OWN),
        ("nobody", OWN),
        ("", None),
    ):
        failure = await remember(anna, called, shown)
        assert (failure["kind"], failure["body"]["code"]) == ("failure", "invalid"), called
    assert known(anna) == {}


async def test_there_is_a_limit(cti_server: CtiServerUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_DEFAULTS == 1000
    monkeypatch.setattr("wwphone.server.services.shown.MAX_DEFAULTS", 1)
    anna = await cti_server.signed_in("anna")
    await remember(anna, CALLED, "")
    assert (await remember(anna, "0791112233", ""))["body"]["code"] == "conflict"
    assert (await remember(anna, CALLED, OWN))["type"] == "done", "a change is none more"
    assert cti_server.running.shown.of("anna")[0].shown == Shown(OWN)


async def test_the_administrator_takes_a_number_away(cti_server: CtiServerUnderTest) -> None:
    await allow(cti_server, SWITCHBOARD)
    anna = await cti_server.signed_in("anna")
    await remember(anna, CALLED, SWITCHBOARD)
    await allow(cti_server)
    await wait_until_async(
        lambda: any(
            body["profile"]["shown_numbers"] == [OWN] for body in anna.event_bodies("account.profile_changed")
        ),
        "the profile",
    )
    assert (await remember(anna, "0791112233", SWITCHBOARD))["body"]["code"] == "invalid"
