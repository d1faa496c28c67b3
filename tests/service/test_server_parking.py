"""Parking through the server: everybody sees it, one of many fetches it, hidden people stay hidden, cuts are healed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from tests.helpers.cti_server import CtiServerUnderTest
from tests.helpers.raw_cti import RawCtiClient
from tests.helpers.waiting import wait_until_async
from wwphone.domain.parking import ParkingEnd
from wwphone.server.api import PbxError, PbxLostError

CHANGED, ENDED = "parking.changed", "parking.ended"
SIP_CALL_ID = "9b1d0c7e5f"


@pytest.fixture
async def phones(cti_server: CtiServerUnderTest) -> CtiServerUnderTest:
    """Everybody has a desk phone; its registration has the user's name for a Call-ID."""
    await wait_until_async(lambda: cti_server.pbx.connected, "the PBX")
    for number, user in enumerate(("anna", "beat", "carla", "hidden"), 1):
        cti_server.pbx.register(user, f"sip:{user}@192.0.2.{number}:5060", call_id=f"register-{user}")
    return cti_server


async def talk(phones: CtiServerUnderTest, caller: str, number: str) -> tuple[str, str]:
    """Let two phones talk; the legs of both."""
    call = phones.pbx.call(caller, number)
    own, other = (leg.leg_id for leg in phones.pbx.legs_in(call))
    phones.pbx.answer(other)
    return own, other


async def park(phones: CtiServerUnderTest, client: RawCtiClient, caller: str, number: str) -> str:
    """Be called by somebody and park them; the place."""
    _, own = await talk(phones, caller, number)
    reply = await client.request("parking.park", {"leg_id": own})
    assert reply["type"] == "parking.parked", reply
    return str(reply["body"]["slot"])


def code(failure: dict[str, Any]) -> str:
    return str(failure["body"]["code"])


async def test_everybody_sees_who_waits_where_and_who_parked_them(phones: CtiServerUnderTest) -> None:
    beat, carla = await phones.signed_in("beat"), await phones.signed_in("carla")
    slot = await park(phones, beat, "anna", "202")
    call = (await carla.wait_for_event(CHANGED))["call"]
    assert (call["slot"], call["caller"], call["parked_by"]) == (
        slot,
        {"number": "201", "name": "Anna"},
        "beat",
    )
    assert call["returns_at"] > call["since"]
    late = await phones.signed_in("anna")
    assert late.snapshot["parked"] == [call]

    phones.pbx.end_parking(slot, ParkingEnd.RETURNED, "beat")
    for client in (beat, carla, late):
        assert await client.wait_for_event(ENDED) == {"slot": slot, "end": "returned", "user": "beat"}
        await client.close()


async def test_a_softphone_names_its_call_by_its_sip_call_id(phones: CtiServerUnderTest) -> None:
    beat, carla = await phones.signed_in("beat"), await phones.signed_in("carla")
    _, own = await talk(phones, "anna", "202")
    phones.pbx.sip_call_ids[SIP_CALL_ID] = own

    assert code(await carla.request("parking.park", {"sip_call_id": SIP_CALL_ID})) == "not_found"
    assert code(await beat.request("parking.park", {"sip_call_id": "another"})) == "not_found"
    assert code(await beat.request("parking.park", {})) == "not_found"
    reply = await beat.request("parking.park", {"sip_call_id": SIP_CALL_ID})

    assert reply["body"] == {"slot": "701"}
    for client in (beat, carla):
        await client.close()


async def test_nobody_parks_the_calls_of_others_nor_one_that_rings(phones: CtiServerUnderTest) -> None:
    beat, carla = await phones.signed_in("beat"), await phones.signed_in("carla")
    call = phones.pbx.call("anna", "202")
    caller, ringing = (leg.leg_id for leg in phones.pbx.legs_in(call))
    await beat.wait_for_event("calls.leg_changed")

    for leg_id in (caller, "no such leg", "x" * 1000):
        assert code(await carla.request("parking.park", {"leg_id": leg_id})) == "not_found"
    assert code(await beat.request("parking.park", {"leg_id": ringing})) == "conflict"
    assert carla.event_bodies(CHANGED) == []
    for client in (beat, carla):
        await client.close()


async def test_of_many_who_fetch_at_once_one_wins_and_the_others_hear_who(phones: CtiServerUnderTest) -> None:
    beat, carla = await phones.signed_in("beat"), await phones.signed_in("carla")
    slot = await park(phones, beat, "anna", "202")
    tries = [(client, user) for client, user in ((beat, "beat"), (carla, "carla")) for _ in range(5)]

    replies = await asyncio.gather(*(client.request("parking.fetch", {"slot": slot}) for client, _ in tries))

    (winner,) = [user for (_, user), reply in zip(tries, replies, strict=True) if reply["kind"] == "reply"]
    assert phones.pbx.asked.fetched == [(winner, slot, "")]
    refused = [reply["body"] for reply in replies if reply["kind"] != "reply"]
    assert {(one["code"], one["taken_by"]) for one in refused} == {("conflict", winner.capitalize())}

    leg_id = next(reply["body"]["leg_id"] for reply in replies if reply["kind"] == "reply")
    phones.pbx.answer(leg_id)
    for client in (beat, carla):
        assert (await client.wait_for_event(ENDED))["user"] == winner
        assert code(await client.request("parking.fetch", {"slot": slot})) == "not_found"
        await client.close()


async def test_it_is_fetched_to_the_device_that_asks(phones: CtiServerUnderTest) -> None:
    beat = await phones.signed_in("beat")
    slot = await park(phones, beat, "anna", "202")
    for strange in ("register-carla", "no such registration"):
        failure = await beat.request("parking.fetch", {"slot": slot, "register_call_id": strange})
        assert code(failure) == "invalid"

    await beat.request("parking.fetch", {"slot": slot, "register_call_id": "register-beat"})

    assert phones.pbx.asked.fetched == [("beat", slot, "sip:beat@192.0.2.2:5060")]
    await beat.close()


@pytest.mark.parametrize(
    ("error", "told"), [(PbxError("busy"), "pbx_refused"), (PbxLostError("cut"), "unknown_outcome")]
)
async def test_who_fetches_in_vain_leaves_it_to_the_next(
    phones: CtiServerUnderTest, error: PbxError, told: str
) -> None:
    beat, carla = await phones.signed_in("beat"), await phones.signed_in("carla")
    slot = await park(phones, beat, "anna", "202")
    phones.pbx.fail_next(error)
    assert code(await beat.request("parking.fetch", {"slot": slot})) == told

    reply = await carla.request("parking.fetch", {"slot": slot})
    assert reply["type"] == "parking.fetched"
    phones.pbx.end_call(reply["body"]["leg_id"], 19)  # carla does not answer
    await carla.wait_for_event("calls.leg_ended")
    assert (await beat.request("parking.fetch", {"slot": slot}))["type"] == "parking.fetched"
    for client in (beat, carla):
        await client.close()


async def test_somebody_hidden_appears_in_no_list(phones: CtiServerUnderTest) -> None:
    hidden, beat = await phones.signed_in("hidden"), await phones.signed_in("beat")
    first = await park(phones, hidden, "anna", "204")
    shown = (await beat.wait_for_event(CHANGED))["call"]
    assert (shown["caller"]["name"], shown["parked_by"]) == ("Anna", "")
    assert (await hidden.request("parking.fetch", {"slot": first}))["type"] == "parking.fetched"
    failure = await beat.request("parking.fetch", {"slot": first})
    assert (code(failure), failure["body"].get("taken_by", "")) == ("conflict", "")

    second = await park(phones, beat, "hidden", "202")
    await wait_until_async(lambda: len(beat.event_bodies(CHANGED)) == 2, "the second call")
    shown = beat.event_bodies(CHANGED)[-1]["call"]
    assert (shown["slot"], shown["caller"]) == (second, {"number": "", "name": ""})
    for client in (hidden, beat):
        await client.close()


async def test_what_ended_while_the_line_was_cut_is_over_and_the_rest_stays(
    phones: CtiServerUnderTest, expected_logs: Callable[..., Any]
) -> None:
    expected_logs("out of reach", logger="wwphone.server.services.pbx")
    beat = await phones.signed_in("beat")
    kept, lost = await park(phones, beat, "anna", "202"), await park(phones, beat, "carla", "202")
    phones.pbx.break_line()
    phones.pbx.end_parking(lost, ParkingEnd.FETCHED, "carla")
    assert code(await beat.request("parking.fetch", {"slot": kept})) == "pbx_unavailable"
    assert code(await beat.request("parking.park", {"leg_id": "x"})) == "pbx_unavailable"

    phones.pbx.restore_line()

    assert (await beat.wait_for_event(ENDED)) == {"slot": lost, "end": "gave_up", "user": ""}
    again = await phones.signed_in("carla")
    assert [call["slot"] for call in again.snapshot["parked"]] == [kept]
    for client in (beat, again):
        await client.close()
