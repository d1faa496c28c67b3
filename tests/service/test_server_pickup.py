"""The pick-up board on the wire: who is told of what rings, what they may do with it, and who gets it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.cti_server import PEOPLE, CtiServerUnderTest, user_record
from tests.helpers.raw_cti import RawCtiClient
from tests.helpers.waiting import wait_until_async
from wwphone.domain.calls import CallKind, LegState, Party
from wwphone.domain.pickup import PickupRule
from wwphone.server.api import PbxError, PbxLostError
from wwphone.server.certificates import IssuedFiles
from wwphone.server.ring_group_api import PbxRingGroup
from wwphone.server.store.sql_store import SqlStore

CHANGED, ENDED = "pickup.ringing_call_changed", "pickup.ringing_call_ended"
COLLEAGUES = tuple(user_record(f"colleague{number}", str(220 + number)) for number in range(20))
OUTSIDE = Party("+41445550123", "Müller AG")


class Board:
    """The server, its PBX in memory with phones for everybody, and clients that are closed in the end."""

    def __init__(self, server: CtiServerUnderTest, stack: AsyncExitStack) -> None:
        self.server = server
        self.pbx = server.pbx
        self._stack = stack

    async def client(self, user: str) -> RawCtiClient:
        """A client that is signed in."""
        client = await self.server.signed_in(user)
        self._stack.push_async_callback(client.close)
        return client

    async def rings(self, caller: str = "anna", number: str = "202") -> tuple[str, str]:
        """Let somebody call; return the ids of the call and of the first leg that rings."""
        call = self.pbx.call(caller, number)
        return call, self.pbx.legs_in(call)[1].leg_id

    async def rule(self, *rules: PickupRule) -> None:
        """Let the administrator make rules, as the command line does: in another process."""
        store = SqlStore(self.server.store_url)
        await store.open()
        for rule in rules:
            await store.replace_pickup_rule(rule)
        await store.close()
        await self.server.running.directory.refresh()


@pytest.fixture
async def board(tmp_path: Path, tls_files: IssuedFiles) -> AsyncIterator[Board]:
    """Sales: Beat, Carla, Plain, Hidden and twenty more; Reception: Anna. 300 rings Beat, Carla and Hidden."""
    server = CtiServerUnderTest(tmp_path, tls_files)
    await server.populate((*PEOPLE, *COLLEAGUES))
    store = SqlStore(server.store_url)
    await store.open()
    await store.replace_ring_group(PbxRingGroup("300", "Hotline", ("beat", "carla", "hidden")))
    await store.close()
    await server.start()
    async with AsyncExitStack() as stack:
        await wait_until_async(lambda: server.pbx.connected, "the PBX")
        for number, record in enumerate((*PEOPLE, *COLLEAGUES), 1):
            server.pbx.register(
                record.user, f"sip:{record.user}@192.0.2.{number}:5060", call_id=f"soft-{number}"
            )
        yield Board(server, stack)
    await server.stop()


def told(client: RawCtiClient) -> list[dict[str, Any]]:
    """What the client mirrors now: its snapshot, and what came since."""
    rows = {call["ringing_id"]: call for call in client.snapshot["ringing"]}
    for event in client.events:
        if event["type"] == CHANGED:
            rows[event["body"]["call"]["ringing_id"]] = event["body"]["call"]
        elif event["type"] == ENDED:
            rows.pop(event["body"]["ringing_id"], None)
    return list(rows.values())


async def row_at(client: RawCtiClient, **fields: Any) -> dict[str, Any]:
    """Wait until the one row of a client is like this."""
    found: list[dict[str, Any]] = await wait_until_async(
        lambda: [row for row in told(client) if all(row[name] == value for name, value in fields.items())],
        f"a row with {fields}",
    )
    assert len(told(client)) == 1
    return found[0]


# ---------------------------------------------------------------- what rings, and who is told


async def test_the_group_sees_who_calls_whom_and_nobody_else_is_told(board: Board) -> None:
    carla, beat, anna = [await board.client(user) for user in ("carla", "beat", "anna")]
    call, leg = await board.rings()
    row = await row_at(carla)
    assert (row["called"], row["caller"]) == (
        {"number": "202", "name": "Beat"},
        {"number": "201", "name": "Anna"},
    )
    assert (row["user"], row["kind"], row["may_pick_up"], row["claimed_by"]) == ("beat", "internal", True, "")
    late = await board.client("plain")
    assert late.snapshot["ringing"] == [row]

    board.pbx.answer(leg)
    assert (await carla.wait_for_event(ENDED))["taken_by"] == "beat"
    await beat.wait_for_event("calls.leg_changed")
    for silent in (beat, anna):
        assert silent.snapshot["ringing"] == []
        assert silent.event_bodies(CHANGED) == []
    board.pbx.end_call(call)


async def test_several_devices_and_members_of_a_ring_group_are_one_row(board: Board) -> None:
    plain, carla = await board.client("plain"), await board.client("carla")
    call = board.pbx.call("anna", "300")
    row = await row_at(plain, members=["beat", "carla"])
    assert (row["called"], row["user"], row["kind"]) == ({"number": "300", "name": "Hotline"}, "", "group")
    assert not told(carla), "it rings at her own phone"

    legs = {leg.user: leg.leg_id for leg in board.pbx.legs_in(call)}
    board.pbx._end_leg(board.pbx._legs[legs["beat"]], 21)
    await row_at(plain, members=["carla"])
    board.pbx.answer(legs["carla"])
    assert (await plain.wait_for_event(ENDED))["taken_by"] == "carla"
    assert told(plain) == []


async def test_hidden_users_appear_nowhere(board: Board) -> None:
    carla = await board.client("carla")
    board.pbx.call("anna", "204")
    beat_rings = board.pbx.call("hidden", "202")
    row = await row_at(carla, user="beat")
    assert row["caller"] is None, "not even as the one who calls"
    board.pbx.take(board.pbx.legs_in(beat_rings)[1].leg_id, "hidden")
    assert (await carla.wait_for_event(ENDED))["taken_by"] == ""
    assert "hidden" not in str([event for event in carla.events if event["type"].startswith("pickup")])


async def test_a_caller_who_gives_up_is_gone(board: Board) -> None:
    carla = await board.client("carla")
    call, _ = await board.rings()
    row = await row_at(carla)
    board.pbx.end_call(call)
    await carla.wait_for_event(ENDED, ringing_id=row["ringing_id"], taken_by="")
    assert (await carla.request("pickup.claim", {"ringing_id": row["ringing_id"]}))["body"][
        "code"
    ] == "not_found"


async def test_after_the_line_to_the_pbx_was_away_the_board_is_right_again(
    board: Board, expected_logs: Callable[..., list[Any]]
) -> None:
    expected_logs("the PBX is out of reach", logger="wwphone.server.services.pbx")
    carla = await board.client("carla")
    gone, _ = await board.rings()
    await row_at(carla)
    board.pbx.break_line()
    await wait_until_async(lambda: told(carla) == [], "nothing is known")
    board.pbx.end_call(gone)
    board.pbx.call("anna", "205")
    board.pbx.restore_line()
    await row_at(carla, user="plain")


# ---------------------------------------------------------------- rights


async def test_rules_decide_who_picks_up_and_who_sees_the_caller_at_once(board: Board) -> None:
    anna, carla = await board.client("anna"), await board.client("carla")
    board.pbx._ring("beat", OUTSIDE, "outside-1.0", "202", CallKind.DIRECT)
    row = await row_at(carla, caller={"number": OUTSIDE.number, "name": OUTSIDE.name}, kind="direct")
    assert told(anna) == []
    claim = {"ringing_id": row["ringing_id"]}
    assert (await anna.request("pickup.claim", claim))["body"]["code"] == "not_found"

    await board.rule(PickupRule("Sales", "Reception", pick_up=False, see_caller=True))
    await row_at(anna, caller=row["caller"], may_pick_up=False)
    assert (await anna.request("pickup.claim", claim))["body"]["code"] == "not_permitted"
    await board.rule(
        PickupRule("Sales", "Reception", pick_up=True, see_caller=False),
        PickupRule("Sales", "Sales", pick_up=False, see_caller=False),
    )
    await row_at(anna, caller=None, may_pick_up=True)
    await wait_until_async(lambda: told(carla) == [], "Carla to lose sight of it")
    assert (await carla.request("pickup.claim", claim))["body"]["code"] == "not_found"
    assert board.pbx.asked.picked_up == []
    reply = await anna.request("pickup.claim", claim)
    assert reply["body"] == {"caller": row["caller"]}, "who has taken it knows who calls"


async def test_the_pbx_is_told_who_may_pick_up_where(board: Board) -> None:
    await board.rule(PickupRule("Sales", "Reception", pick_up=True, see_caller=False))
    users = {user.user: user for user in board.server.running.pbx.configuration().users}
    assert users["anna"].picks_up_in == ("Reception", "Sales")
    assert users["carla"].picks_up_in == ("Sales",)


# ---------------------------------------------------------------- claiming


async def test_who_claims_gets_it_on_the_device_they_sit_at_and_all_see_who(board: Board) -> None:
    carla, plain = await board.client("carla"), await board.client("plain")
    board.pbx.register("carla", "sip:carla@192.0.2.99:5060", call_id="her softphone")
    call, leg = await board.rings()
    row = await row_at(carla)
    claim = {"ringing_id": row["ringing_id"], "register_call_id": "her softphone"}
    reply = await carla.request("pickup.claim", claim)
    assert reply["type"] == "pickup.claimed"
    assert reply["body"]["caller"] == {"number": "201", "name": "Anna"}
    (order,) = board.pbx.asked.picked_up
    assert (order.user, order.ringing_leg_id) == ("carla", leg)
    assert (order.contact, order.caller) == ("sip:carla@192.0.2.99:5060", Party("201", "Anna"))
    assert (await plain.wait_for_event(CHANGED, call={**row, "claimed_by": "carla"}))["call"]
    assert (await plain.wait_for_event(ENDED))["taken_by"] == "carla"
    assert {one.user: one.state for one in board.pbx.legs_in(call)} == {
        "anna": LegState.UP,
        "carla": LegState.UP,
    }


async def test_of_twenty_claims_at_once_one_wins_and_nineteen_learn_who(board: Board) -> None:
    clients = [await board.client(record.user) for record in COLLEAGUES]
    call = board.pbx.call("anna", "202")
    rows = [await row_at(client) for client in clients]
    board.pbx.hold_actions(held=True)
    claim = {"ringing_id": rows[0]["ringing_id"]}
    asked = [await client.ask("pickup.claim", claim) for client in clients]
    losers = await wait_until_async(
        lambda: answers if len(answers := refusals(clients)) == 19 else None, "nineteen refusals"
    )
    assert board.pbx.legs_in(call)[1].state is LegState.RINGING, "nobody waits for the PBX to lose"
    winner = board.pbx.asked.picked_up[0].user
    assert {(one["code"], one["taken_by"]) for one in losers} == {("conflict", winner.capitalize())}
    board.pbx.hold_actions(held=False)
    replies = [await client.answer_to(request) for client, request in zip(clients, asked, strict=True)]
    assert [reply["kind"] for reply in replies].count("reply") == 1
    assert len(board.pbx.asked.picked_up) == 1
    again = await clients[0].request("pickup.claim", claim)
    assert (again["body"]["code"], again["body"]["taken_by"]) == ("conflict", winner.capitalize()), (
        "a moment too late"
    )


def refusals(clients: list[RawCtiClient]) -> list[dict[str, Any]]:
    """The bodies of all failures so far."""
    return [frame["body"] for client in clients for frame in client.of_kind("failure")]


async def test_when_the_pbx_cannot_it_may_be_claimed_again(board: Board) -> None:
    carla, plain = await board.client("carla"), await board.client("plain")
    await board.rings()
    row = await row_at(carla)
    board.pbx.fail_next(PbxError("secret=hush"))
    failure = (await carla.request("pickup.claim", {"ringing_id": row["ringing_id"]}))["body"]
    assert failure["code"] == "pbx_refused"
    await wait_until_async(
        lambda: [body["call"]["claimed_by"] for body in plain.event_bodies(CHANGED)] == ["", "carla", ""],
        "the claim to be given back",
    )
    reply = await plain.request("pickup.claim", {"ringing_id": row["ringing_id"]})
    assert reply["type"] == "pickup.claimed"


async def test_a_line_that_breaks_meanwhile_leaves_an_unknown_outcome_and_the_call_free(board: Board) -> None:
    carla = await board.client("carla")
    await board.rings()
    row = await row_at(carla)
    board.pbx.fail_next(PbxLostError("cut"))
    failure = (await carla.request("pickup.claim", {"ringing_id": row["ringing_id"]}))["body"]
    assert failure["code"] == "unknown_outcome"
    await row_at(carla, claimed_by="")
    assert len(board.pbx.asked.picked_up) == 1, "it is not tried again by itself"


async def test_the_colleague_answers_while_somebody_claims(board: Board) -> None:
    carla = await board.client("carla")
    _, leg = await board.rings()
    row = await row_at(carla)
    board.pbx.hold_actions(held=True)
    asked = await carla.ask("pickup.claim", {"ringing_id": row["ringing_id"]})
    await row_at(carla, claimed_by="carla")
    board.pbx.answer(leg)
    board.pbx.hold_actions(held=False)
    failure = await carla.answer_to(asked)
    assert (failure["body"]["code"], failure["body"]["taken_by"]) == ("conflict", "Beat")


async def test_a_claim_that_was_cut_is_carried_out_once_and_its_outcome_is_told(board: Board) -> None:
    carla = await board.server.signed_in("carla")
    await board.rings()
    row = await row_at(carla)
    board.pbx.hold_actions(held=True)
    asked = await carla.ask("pickup.claim", {"ringing_id": row["ringing_id"]})
    await wait_until_async(lambda: board.pbx.asked.picked_up, "the claim to reach the PBX")
    await carla.cut()
    board.pbx.hold_actions(held=False)
    async with board.server.client() as again:
        await again.resume(carla, pending=[asked])
        reply = await again.answer_to(asked)
        assert reply["type"] == "pickup.claimed"
    assert len(board.pbx.asked.picked_up) == 1


async def test_without_the_pbx_nothing_is_claimed(
    board: Board, expected_logs: Callable[..., list[Any]]
) -> None:
    expected_logs("the PBX is out of reach", logger="wwphone.server.services.pbx")
    carla = await board.client("carla")
    for ringing_id in ("", "no such call", "x" * 1000):
        failure = await carla.request("pickup.claim", {"ringing_id": ringing_id})
        assert failure["body"]["code"] == "not_found"
    await board.rings()
    row = await row_at(carla)
    board.pbx.break_line()
    failure = await carla.request("pickup.claim", {"ringing_id": row["ringing_id"]})
    assert failure["body"]["code"] == "not_found"
    await asyncio.sleep(0)
    assert board.pbx.asked.picked_up == []
