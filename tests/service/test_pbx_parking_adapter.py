"""Parking at a scripted AMI: what is asked of Asterisk, cuts, refusals."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.helpers.waiting import wait_until_async
from tests.service.pbx_manager import FakeManager, block
from tests.service.test_pbx_asterisk_adapter import World, talking
from wwphone.server.api import PbxError, PbxLostError, PbxStateChanged
from wwphone.server.asterisk import parking


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with FakeManager() as manager:
        world = World(manager, tmp_path / "wwphone")
        yield world
        await world.pbx.shutdown()


def parks(world: World, parked: bytes = b"") -> None:
    """Anna talks with a trunk whose channel can be parked; `parked` comes after the redirect."""
    world.channels = [talking().status()]
    values = {
        "CHANNEL(name)": "PJSIP/anna-00000001",
        "BRIDGEPEER": "PJSIP/trunk-00000002",
        "CHANNEL(uniqueid)": "pbx-2.2",
    }
    world.manager.answers["Getvar"] = lambda action: block(
        Response="Success", Value=values.get(action["Variable"], "0"), ActionID=action["ActionID"]
    )
    world.manager.answers["Redirect"] = lambda action: (
        block(Response="Success", ActionID=action["ActionID"]) + parked
    )


def parked_event(uniqueid: str = "pbx-2.2") -> bytes:
    return block(
        Event="ParkedCall", ParkeeUniqueid=uniqueid, ParkeeCallerIDNum="+41445550123", ParkerDialString="PJSIP/anna",
        Parkinglot="default", ParkingSpace="703", ParkingTimeout="120", ParkingDuration="0",
    )  # fmt: skip


async def test_what_parking_asks_of_asterisk(world: World) -> None:
    parks(world, parked_event("somebody-else") + parked_event())
    await world.up()
    before = len(world.manager.actions)

    assert await world.pbx.park("pbx-1.1") == "703"

    asked = [action for action in world.manager.actions[before:] if action["Action"] != "Getvar"]
    assert [action["Action"] for action in asked] == ["Setvar", "Redirect", "Hangup"]
    assert asked[0]["Value"] == "PJSIP/anna-00000001"
    assert (asked[1]["Channel"], asked[1]["Context"]) == ("PJSIP/trunk-00000002", "wwphone-park")
    assert asked[2]["Channel"] == "PJSIP/anna-00000001"


async def test_parking_that_is_cut_is_lost_and_not_tried_again(world: World) -> None:
    parks(world)
    await world.up()
    attempt = asyncio.create_task(world.pbx.park("pbx-1.1"))
    await wait_until_async(lambda: "Redirect" in world.manager.names(), "the action")

    world.manager.cut()

    with pytest.raises(PbxLostError):
        await attempt
    await world.connected()
    assert world.manager.names().count("Redirect") == 1


async def test_a_call_that_asterisk_does_not_park_is_not_said_to_be(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parking, "_PARK_LIMIT_S", 0.05)
    parks(world)
    await world.up()
    with pytest.raises(PbxError, match="did not park"):
        await world.pbx.park("pbx-1.1")
    world.manager.answers["Redirect"] = lambda action: block(
        Response="Error", Message="Channel does not exist", ActionID=action["ActionID"]
    )
    with pytest.raises(PbxError, match="Channel does not exist"):
        await world.pbx.park("pbx-1.1")
    assert "Hangup" not in world.manager.names()


async def test_a_pbx_without_parking_is_a_pbx_all_the_same(world: World) -> None:
    world.manager.answers["ParkedCalls"] = lambda action: block(
        Response="Error", Message="Invalid/unknown command: ParkedCalls", ActionID=action["ActionID"]
    )
    await world.up()
    assert world.told[-1] == PbxStateChanged(connected=True)
