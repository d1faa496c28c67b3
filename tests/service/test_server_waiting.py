"""Members take who waits for their ring group, over the wire, with a PBX in memory: who gets whom, and who is told what."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.helpers.cti_server import CtiServerUnderTest
from tests.helpers.raw_cti import RawCtiClient
from tests.helpers.waiting import wait_until_async
from tests.service.test_server_ring_groups import CHANGED
from tests.service.test_server_ring_groups import server as server  # noqa: PLC0414 - a fixture
from wwphone.domain.calls import Party
from wwphone.server.api import PbxError
from wwphone.server.fake_pbx import FakePbx
from wwphone.server.ring_group_api import PbxWaitingCaller

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
FIRST = PbxWaitingCaller("c-1", NOW - timedelta(seconds=41), Party("+41445550123", "Mueller"))
SECOND = PbxWaitingCaller("c-2", NOW, Party("+41445550124"))
TAKE = {"number": "300"}


def next_caller(client: RawCtiClient) -> str | None:
    """The number of who is next for the Hotline, as this client was told last."""
    for body in reversed(client.event_bodies(CHANGED)):
        shown = body["ring_groups"][0]["next_caller"]
        return shown["number"] if shown else None
    return None


def result(answer: dict[str, Any]) -> tuple[str, str]:
    """The caller's number, or the refusal's code and whose call it is."""
    body = answer["body"]
    if answer["kind"] == "reply":
        return "got", body["caller"]["number"]
    return body["code"], body.get("taken_by", "")


@contextmanager
def held(pbx: FakePbx) -> Iterator[None]:
    """Devices answer when this is over."""
    pbx.hold_actions(held=True)
    try:
        yield
    finally:
        pbx.hold_actions(held=False)


@pytest.fixture
async def members(server: CtiServerUnderTest) -> AsyncIterator[tuple[RawCtiClient, RawCtiClient]]:
    """Anna and Beat, both members of the Hotline, for which two callers wait."""
    clients = await server.signed_in("anna"), await server.signed_in("beat")
    server.pbx.let_wait("300", FIRST, SECOND)
    await wait_until_async(
        lambda: [next_caller(one) for one in clients] == [FIRST.caller.number] * 2, "the callers"
    )
    yield clients
    for client in clients:
        await client.close()


async def test_two_at_once_get_two_callers_and_a_third_hears_who_was_first(
    server: CtiServerUnderTest, members: tuple[RawCtiClient, RawCtiClient]
) -> None:
    anna, beat = members
    with held(server.pbx):
        first = asyncio.ensure_future(anna.request("ring_groups.take_next", TAKE))
        await wait_until_async(lambda: next_caller(beat) == SECOND.caller.number, "the next one")
        second = asyncio.ensure_future(beat.request("ring_groups.take_next", TAKE))
        await wait_until_async(lambda: next_caller(beat) is None, "nobody to be left")
        third = await anna.request("ring_groups.take_next", TAKE)
        assert result(third) == ("conflict", "")
        fourth = await beat.request("ring_groups.take_next", TAKE)
        nickname = server.running.directory.users["anna"].nickname
        assert result(fourth) == ("conflict", nickname)
    assert result(await first) == ("got", FIRST.caller.number)
    assert result(await second) == ("got", SECOND.caller.number)
    assert [(one.user, one.waiting) for one in server.pbx.taken] == [("anna", FIRST), ("beat", SECOND)]
    assert result(await anna.request("ring_groups.take_next", TAKE)) == ("not_found", "")


async def test_who_is_gone_meanwhile_is_told_so_and_the_next_can_be_taken(
    server: CtiServerUnderTest, members: tuple[RawCtiClient, RawCtiClient]
) -> None:
    anna, _ = members
    with held(server.pbx):
        taking = asyncio.ensure_future(anna.request("ring_groups.take_next", TAKE))
        await wait_until_async(lambda: bool(server.pbx.taken), "the PBX to be asked")
        server.pbx.let_wait("300", SECOND)
    assert result(await taking) == ("conflict", "")
    assert result(await anna.request("ring_groups.take_next", TAKE)) == ("got", SECOND.caller.number)


async def test_a_device_that_does_not_answer_leaves_the_caller_where_they_wait(
    server: CtiServerUnderTest, members: tuple[RawCtiClient, RawCtiClient]
) -> None:
    anna, beat = members
    server.pbx.fail_next(PbxError("the device does not answer"))
    assert result(await anna.request("ring_groups.take_next", TAKE)) == ("pbx_refused", "")
    await wait_until_async(lambda: next_caller(beat) == FIRST.caller.number, "the caller to be free again")
    assert result(await beat.request("ring_groups.take_next", TAKE)) == ("got", FIRST.caller.number)


async def test_only_members_take_and_only_to_their_own_devices(
    server: CtiServerUnderTest, members: tuple[RawCtiClient, RawCtiClient]
) -> None:
    anna, _ = members
    carla = await server.signed_in("carla")
    assert result(await carla.request("ring_groups.take_next", TAKE)) == ("not_found", "")
    for number in ("310", "399", ""):
        assert result(await anna.request("ring_groups.take_next", {"number": number})) == ("not_found", "")
    [device] = server.running.devices.of("anna")
    foreign = {**TAKE, "register_call_id": "somebody-elses"}
    assert result(await anna.request("ring_groups.take_next", foreign))[0] == "got"
    own = {**TAKE, "register_call_id": device.call_id}
    assert result(await anna.request("ring_groups.take_next", own))[0] == "got"
    assert [one.contact for one in server.pbx.taken] == ["", device.contact if device.call_id else ""]
    await carla.close()
