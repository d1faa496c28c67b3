"""Going on after a cut: missed events or a snapshot, and what became of requests without an answer."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from tests.helpers.cti_server import CtiServerUnderTest
from tests.helpers.raw_cti import RawCtiClient
from tests.helpers.waiting import wait_until_async
from tests.service.line_kinds import line_processes as line_processes  # noqa: PLC0414 - a fixture
from wwphone.server.api import PbxLostError
from wwphone.server.fake_pbx import FakePbx
from wwphone.server.services.event_log import CAPACITY

DESK_PHONE = "sip:anna@192.0.2.9:5060"


async def back(server: CtiServerUnderTest, before: RawCtiClient, **fields: Any) -> RawCtiClient:
    client = await server.client().open()
    reply = await client.resume(before, **fields)
    assert reply["kind"] == "reply", reply
    return client


async def noticed(server: CtiServerUnderTest, sessions: int) -> None:
    connected = server.running.accounts.sessions
    await wait_until_async(lambda: len(connected.connected) == sessions, "the cut to be noticed")


def latest_status(client: RawCtiClient, user: str) -> str | None:
    told = client.event_bodies("presence.changed", user=user)
    return told[-1]["presence"]["status"] if told else None


class SlowPbx(FakePbx):
    """Lets click-to-dial take until the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.may_ring = asyncio.Event()

    async def originate(self, user: str, number: str, leg_id: str) -> None:
        await self.may_ring.wait()
        await super().originate(user, number, leg_id)


async def test_what_was_missed_comes_as_events(cti_server: CtiServerUnderTest) -> None:
    anna, beat = await cti_server.signed_in("anna"), await cti_server.signed_in("beat")
    await beat.request("presence.set", {"status": "direct_only"})
    await wait_until_async(lambda: latest_status(anna, "beat") == "direct_only", "the first choice")
    await anna.cut()
    await noticed(cti_server, 1)
    await beat.request("presence.set", {"status": "unavailable"})
    cti_server.pbx.register("beat", "sip:beat@192.0.2.8:5060")
    again = await back(cti_server, anna)
    resumed = again.of_kind("reply")[0]["body"]
    assert not resumed["snapshot"]
    assert resumed["sip_account"]["user"] == "anna"
    (frame,) = again.of_kind("events")
    assert frame["revision"] > anna.revision
    told = [(event["type"], event["body"]["user"]) for event in frame["events"]]
    assert told == [("presence.changed", "beat"), ("calls.phone_state_changed", "beat")]
    await again.close()
    await beat.close()


async def test_nothing_missed_is_nothing_told(cti_server: CtiServerUnderTest) -> None:
    anna = await cti_server.signed_in("anna")
    await anna.cut()
    await noticed(cti_server, 0)
    again = await back(cti_server, anna)
    assert [frame["kind"] for frame in again.frames] == ["hello", "reply"]
    await again.request("presence.set", {"status": "unavailable"})
    assert again.event_bodies("presence.changed", user="anna")
    await again.close()


async def test_too_much_missed_is_a_snapshot(cti_server: CtiServerUnderTest) -> None:
    anna = await cti_server.signed_in("anna")
    await anna.cut()
    await noticed(cti_server, 0)
    for number in range(CAPACITY + CAPACITY // 4 + 2):
        if number % 2:
            cti_server.pbx.register("beat", "sip:beat@192.0.2.8:5060")
        else:
            cti_server.pbx.set_reachable(
                "beat", "sip:beat@192.0.2.8:5060", reachable=False
            ) if number else None
    again = await back(cti_server, anna)
    assert again.of_kind("reply")[0]["body"]["snapshot"]
    assert again.snapshot["profile"]["user"] == "anna"
    assert again.of_kind("snapshot")[0]["revision"] == cti_server.running.log.revision
    await again.close()


@pytest.mark.parametrize(
    "fields", [{"server_id": "another"}, {"server_id": ""}, {"revision": 10**12}, {"revision": -5}]
)
async def test_a_state_that_is_not_ours_is_a_snapshot(
    cti_server: CtiServerUnderTest, fields: dict[str, Any]
) -> None:
    anna = await cti_server.signed_in("anna")
    await anna.cut()
    again = await back(cti_server, anna, **fields)
    assert again.of_kind("reply")[0]["body"]["snapshot"]
    await again.close()


async def test_a_session_survives_a_restart_of_the_server(cti_server: CtiServerUnderTest) -> None:
    anna, beat = await cti_server.signed_in("anna"), await cti_server.signed_in("beat")
    await beat.request("presence.set", {"status": "unavailable"})
    await cti_server.restart()
    assert (await anna.wait_for("goodbye"))["body"]["code"] == "server_stopping"
    again = await back(cti_server, anna)
    assert again.server_id != anna.server_id
    assert again.of_kind("reply")[0]["body"]["snapshot"]
    assert dict(again.snapshot["presences"])["beat"]["status"] == "unavailable"
    await again.close()
    for client in (anna, beat):
        await client.wait_for_close()


async def test_a_connection_that_was_not_missed_gives_way_to_the_new_one(
    cti_server: CtiServerUnderTest,
) -> None:
    anna = await cti_server.signed_in("anna")
    again = await back(cti_server, anna)
    assert (await anna.wait_for("goodbye"))["body"]["code"] == "session_taken_over"
    await anna.wait_for_close()
    assert (await again.request("presence.set", {"status": "unavailable"}))["type"] == "done"
    await again.close()


# ---------------------------------------------------------------- requests without an answer


async def test_an_answer_that_got_lost_is_given_from_the_record(cti_server: CtiServerUnderTest) -> None:
    anna = await cti_server.signed_in("anna")
    cti_server.pbx.register("anna", DESK_PHONE)
    dialled = await anna.request("calls.dial", {"number": "202"}, "dial-1")
    await anna.cut()
    again = await back(cti_server, anna, pending=["dial-1"])
    answer = await again.answer_to("dial-1")
    assert answer == dialled
    assert answer["body"]["leg_id"]
    assert len(cti_server.pbx.asked.originated) == 1
    await again.close()


async def test_what_never_arrived_was_not_executed(cti_server: CtiServerUnderTest) -> None:
    anna = await cti_server.signed_in("anna")
    await anna.cut()
    again = await back(cti_server, anna, pending=["dial-1", "dial-2"])
    for request_id in ("dial-1", "dial-2"):
        assert (await again.answer_to(request_id))["body"]["code"] == "not_executed"
    await again.close()


async def test_after_a_restart_the_outcome_is_unknown(cti_server: CtiServerUnderTest) -> None:
    anna = await cti_server.signed_in("anna")
    cti_server.pbx.register("anna", DESK_PHONE)
    await anna.request("calls.dial", {"number": "202"}, "dial-1")
    await cti_server.restart()
    await anna.wait_for_close()
    again = await back(cti_server, anna, pending=["dial-1"])
    assert (await again.answer_to("dial-1"))["body"]["code"] == "unknown_outcome"
    assert len(cti_server.pbx.asked.originated) == 1
    await again.close()


async def test_what_still_runs_is_answered_when_it_ends_over_the_new_connection(
    cti_server: CtiServerUnderTest,
) -> None:
    await cti_server.stop()
    pbx = cti_server.pbx = SlowPbx()
    await cti_server.start()
    anna = await cti_server.signed_in("anna")
    pbx.register("anna", DESK_PHONE)
    await anna.ask("calls.dial", {"number": "202"}, "dial-1")
    # Commands travel in order: once this one is answered, the server has the other.
    await anna.request("presence.set", {"status": "unavailable"})
    await anna.cut()
    again = await back(cti_server, anna, pending=["dial-1"])
    assert [frame for frame in again.frames if frame.get("id") == "dial-1"] == []
    pbx.may_ring.set()
    assert (await again.answer_to("dial-1"))["type"] == "calls.dialled"
    assert len(pbx.asked.originated) == 1
    await again.close()


async def test_what_ended_while_nobody_was_connected_is_in_the_record(cti_server: CtiServerUnderTest) -> None:
    await cti_server.stop()
    pbx = cti_server.pbx = SlowPbx()
    await cti_server.start()
    anna = await cti_server.signed_in("anna")
    pbx.register("anna", DESK_PHONE)
    await anna.ask("calls.dial", {"number": "202"}, "dial-1")
    await anna.request("presence.set", {"status": "unavailable"})
    await anna.cut()
    await noticed(cti_server, 0)
    pbx.may_ring.set()
    await wait_until_async(lambda: pbx.asked.originated, "the device to ring")
    again = await back(cti_server, anna, pending=["dial-1"])
    assert (await again.answer_to("dial-1"))["type"] == "calls.dialled"
    await again.close()


async def test_the_same_id_twice_acts_once(cti_server: CtiServerUnderTest) -> None:
    anna = await cti_server.signed_in("anna")
    cti_server.pbx.register("anna", DESK_PHONE)
    dial = json.dumps({"kind": "request", "id": "dial-1", "type": "calls.dial", "body": {"number": "202"}})
    await anna.send(dial)
    await anna.send(dial)
    first = await anna.answer_to("dial-1")
    await anna.send(dial)
    await wait_until_async(lambda: anna.frames.count(first) >= 2, "the answer from the record")
    assert len(cti_server.pbx.asked.originated) == 1
    await anna.close()


async def test_a_line_to_the_pbx_that_breaks_under_way_is_an_unknown_outcome(
    cti_server: CtiServerUnderTest,
) -> None:
    anna = await cti_server.signed_in("anna")
    cti_server.pbx.register("anna", DESK_PHONE)
    cti_server.pbx.fail_next(PbxLostError("cut"))
    failure = await anna.request("calls.dial", {"number": "202"})
    assert failure["body"]["code"] == "unknown_outcome"
    await anna.close()


async def test_client_state_after_any_cuts_is_the_servers(cti_server: CtiServerUnderTest) -> None:
    """Cut and resume again and again while others change: what the events add up to is what a snapshot says."""
    anna, beat = await cti_server.signed_in("anna"), await cti_server.signed_in("beat")
    state = {user: presence["status"] for user, presence in anna.snapshot["presences"]}
    for round_number in range(8):
        for status in ("unavailable", "available", "direct_only")[: 1 + round_number % 3]:
            await beat.ask("presence.set", {"status": status})
        await anna.cut()
        for body in anna.event_bodies("presence.changed"):
            state[body["user"]] = body["presence"]["status"]
        anna = await back(cti_server, anna)
        assert anna.of_kind("snapshot") == []
    await beat.request("presence.set", {"status": "telephone_service"})
    await wait_until_async(lambda: latest_status(anna, "beat") == "telephone_service", "the last choice")
    for body in anna.event_bodies("presence.changed"):
        state[body["user"]] = body["presence"]["status"]
    fresh = await cti_server.signed_in("carla")
    now = {user: presence["status"] for user, presence in fresh.snapshot["presences"]}
    assert {user: state[user] for user in ("anna", "beat")} == {user: now[user] for user in ("anna", "beat")}
    for client in (anna, beat, fresh):
        await client.close()
