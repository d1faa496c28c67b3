"""What rings whom, on its way to a scripted AMI: only what differs, the latest word, anew after each cut."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.waiting import SECONDS, wait_until_async
from tests.service.pbx_manager import FakeManager, Fields, block, listed
from wwphone.domain.calls import CallKind
from wwphone.domain.presence import PresenceStatus
from wwphone.domain.reachability import Forwarding, ForwardingCause
from wwphone.server.api import EVERYTHING_RINGS, PbxConfiguration, PbxReach, PbxUser
from wwphone.server.asterisk.adapter import AsteriskPbx
from wwphone.server.asterisk.reach import PRESENCE_FAMILY, REACH_FAMILY, entries
from wwphone.server.asterisk.settings import AmiTimes, AsteriskSettings

_COMPANY = PbxConfiguration((PbxUser("anna", "201", "Anna", "x"), PbxUser("beat", "202", "Beat", "x")))
_WRITING = ("DBPut", "DBDel")
SILENT = PbxReach(do_not_disturb=True)
AWAY = PbxReach(PresenceStatus.UNAVAILABLE, frozenset())


class Database:
    """AstDB behind a scripted AMI."""

    def __init__(self, manager: FakeManager) -> None:
        self.manager = manager
        self.entries: dict[tuple[str, str], str] = {}
        self.refuses = False
        manager.answers["DBGetTree"] = self._tree
        manager.answers["DBPut"] = self._put
        manager.answers["DBDel"] = self._delete
        for name in ("PJSIPShowRegistrationInboundContactStatuses", "Status"):
            manager.answers[name] = lambda action: listed(action, [])

    @property
    def writes(self) -> list[tuple[str, str, str]]:
        """Action, user and value of everything that was written."""
        written = [action for action in self.manager.actions if action["Action"] in _WRITING]
        return [(one["Action"], one["Key"], one.get("Val", "")) for one in written]

    def _tree(self, action: Fields) -> bytes:
        found: list[Fields] = [
            {"Event": "DBGetTreeResponse", "Key": f"/{family}/{user}", "Val": value}
            for (family, user), value in self.entries.items()
            if family == action["Family"]
        ]
        return listed(action, found)

    def _put(self, action: Fields) -> bytes:
        if self.refuses:
            return block(Response="Error", Message="Permission denied", ActionID=action["ActionID"])
        self.entries[action["Family"], action["Key"]] = action["Val"]
        return block(Response="Success", ActionID=action["ActionID"])

    def _delete(self, action: Fields) -> bytes:
        self.entries.pop((action["Family"], action["Key"]), None)
        return block(Response="Success", ActionID=action["ActionID"])


class World:
    """An adapter at it."""

    def __init__(self, manager: FakeManager, folder: Path) -> None:
        self.manager = manager
        self.database = Database(manager)
        times = AmiTimes(reply_s=5 * SECONDS, heartbeat_s=60 * SECONDS)
        self.pbx = AsteriskPbx(AsteriskSettings(manager.account, folder, times))

    async def up(self) -> None:
        await self.pbx.start(lambda event: None)
        await self.pbx.configure(_COMPANY)
        await self.connected()

    async def connected(self) -> None:
        await wait_until_async(lambda: self.pbx.connected, "the PBX to be connected")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with FakeManager() as manager:
        world = World(manager, tmp_path / "wwphone")
        yield world
        await world.pbx.shutdown()


@pytest.mark.parametrize(
    ("reach", "wanted"),
    [
        (EVERYTHING_RINGS, {}),
        (SILENT, {REACH_FAMILY: "dnd|||||"}),
        (AWAY, {REACH_FAMILY: "|||||", PRESENCE_FAMILY: "unavailable"}),
        (PbxReach(PresenceStatus.TELEPHONE_SERVICE), {PRESENCE_FAMILY: "telephone_service"}),
        (
            PbxReach(
                rings=frozenset({CallKind.INTERNAL, CallKind.GROUP}),
                forwardings=tuple(
                    Forwarding(cause, target, 25)
                    for cause, target in zip(ForwardingCause, ["203", "0791", "+41", "900"], strict=True)
                ),
            ),
            {REACH_FAMILY: "internal-group|203|0791|+41|900|25"},
        ),
        (
            PbxReach(forwardings=(Forwarding(ForwardingCause.BUSY, "203", 25),)),
            {REACH_FAMILY: "internal-direct-group|||203||"},
        ),
    ],
)
def test_what_stands_in_the_database(reach: PbxReach, wanted: dict[str, str]) -> None:
    assert entries("anna", reach) == {(family, "anna"): value for family, value in wanted.items()}


async def test_it_is_there_before_the_pbx_counts_as_connected(world: World) -> None:
    await world.pbx.set_reach("anna", SILENT)
    assert world.database.writes == []
    await world.up()

    names = world.manager.names()
    assert names.index("DBPut") < names.index("Status")
    assert world.database.entries == {(REACH_FAMILY, "anna"): "dnd|||||"}


async def test_only_what_differs_is_written(world: World) -> None:
    world.database.entries = {
        (REACH_FAMILY, "anna"): "dnd|||||",
        (REACH_FAMILY, "beat"): "dnd|||||",
        (PRESENCE_FAMILY, "gone"): "unavailable",
    }
    await world.pbx.set_reach("anna", SILENT)
    await world.pbx.set_reach("beat", AWAY)
    await world.up()

    assert sorted(world.database.writes) == [
        ("DBDel", "gone", ""), ("DBPut", "beat", "unavailable"), ("DBPut", "beat", "|||||"),
    ]  # fmt: skip
    await world.pbx.set_reach("anna", SILENT)
    assert len(world.database.writes) == 3


async def test_a_change_is_there_when_it_returns(world: World) -> None:
    await world.up()
    await world.pbx.set_reach("anna", SILENT)
    assert world.database.entries == {(REACH_FAMILY, "anna"): "dnd|||||"}

    await world.pbx.set_reach("anna", EVERYTHING_RINGS)
    assert world.database.entries == {}


async def test_in_a_storm_the_last_word_counts(world: World) -> None:
    await world.up()
    storm = [SILENT, AWAY, EVERYTHING_RINGS] * 10 + [SILENT]
    await asyncio.gather(*(world.pbx.set_reach("anna", reach) for reach in storm))

    assert world.database.entries == {(REACH_FAMILY, "anna"): "dnd|||||"}


async def test_after_a_cut_it_is_compared_and_brought_again(world: World) -> None:
    await world.up()
    await world.pbx.set_reach("anna", SILENT)
    world.manager.cut()
    await wait_until_async(lambda: not world.pbx.connected, "the cut")
    world.database.entries = {(REACH_FAMILY, "beat"): "|203||||"}  # as after the restart of an older backup
    await world.pbx.set_reach("beat", AWAY)
    await world.connected()

    assert world.database.entries == {
        (REACH_FAMILY, "anna"): "dnd|||||",
        (REACH_FAMILY, "beat"): "|||||",
        (PRESENCE_FAMILY, "beat"): "unavailable",
    }


async def test_an_asterisk_that_refuses_is_logged_and_all_else_goes_on(
    world: World, expected_logs: Callable[..., list[Any]]
) -> None:
    logs = expected_logs(
        "does not keep what rings: Permission denied", logger="wwphone.server.asterisk.adapter"
    )
    world.database.refuses = True
    await world.pbx.set_reach("anna", SILENT)
    await world.up()
    assert len(logs) == 1

    world.database.refuses = False
    await world.pbx.set_reach("anna", SILENT)
    assert world.database.entries == {(REACH_FAMILY, "anna"): "dnd|||||"}
