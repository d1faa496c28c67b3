"""Steering one's own desk phone through the server: only one's own, told to oneself alone, each refusal with its code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.helpers.cti_server import CtiServerUnderTest
from tests.helpers.raw_cti import RawCtiClient
from tests.helpers.waiting import wait_until_async
from wwphone.server.api import PbxError, PbxLostError

DESK = "sip:beat@192.0.2.2:5060"


@pytest.fixture
async def phones(cti_server: CtiServerUnderTest) -> CtiServerUnderTest:
    """Anna and Beat have a phone each; Beat's can be told to answer."""
    await wait_until_async(lambda: cti_server.pbx.connected, "the PBX")
    cti_server.pbx.register("anna", "sip:anna@192.0.2.1:5060", user_agent="Gigaset N510")
    cti_server.pbx.register("beat", DESK, user_agent="Yealink SIP-T54W 96.86.0.100")
    return cti_server


def talk(phones: CtiServerUnderTest) -> tuple[str, str]:
    call = phones.pbx.call("anna", "202")
    own, other = (leg.leg_id for leg in phones.pbx.legs_in(call))
    phones.pbx.answer(other)
    return own, other


async def ask(client: RawCtiClient, what: str, **fields: Any) -> dict[str, Any]:
    reply: dict[str, Any] = (await client.request(f"desk_phone.{what}", fields))["body"]
    return reply


async def test_held_calls_are_told_to_oneself_and_stand_in_the_snapshot(phones: CtiServerUnderTest) -> None:
    anna, beat = await phones.signed_in("anna"), await phones.signed_in("beat")
    _, leg = talk(phones)
    held = (await ask(beat, "hold", leg_id=leg))["held_id"]
    await beat.wait_for_event("desk_phone.held_changed")
    other = await phones.signed_in("beat", mode="desk_phone")
    assert [call["held_id"] for call in other.snapshot["held"]] == [held]
    assert (await ask(beat, "hold", leg_id=leg))["code"] == "conflict"

    await ask(beat, "resume", held_id=held)
    await beat.wait_for_event("desk_phone.held_ended", held_id=held)
    assert (await ask(beat, "resume", held_id=held))["code"] == "not_found"
    assert not [event for event in anna.events if event["type"].startswith("desk_phone.")]
    for client in (anna, beat, other):
        await client.close()


async def test_only_ones_own(phones: CtiServerUnderTest) -> None:
    anna, beat = await phones.signed_in("anna"), await phones.signed_in("beat")
    hers, his = talk(phones)
    held = (await ask(beat, "hold", leg_id=his))["held_id"]
    for what, fields in (
        ("hold", {"leg_id": his}),
        ("resume", {"held_id": held}),
        ("hang_up", {"call_id": his}),
        ("transfer", {"call_id": his, "number": "203"}),
        ("join", {"call_id": hers, "other_call_id": his}),
        ("deflect", {"leg_id": his, "number": "203"}),
        ("mute", {"leg_id": his, "muted": True}),
        ("press", {"leg_id": his, "keys": "1"}),
        ("dial", {"number": "203", "leg_id": his}),
        ("dial", {"number": "203", "contact": DESK}),
        ("answer", {"leg_id": his}),
    ):
        assert (await ask(anna, what, **fields)).get("code") == "not_found", what
    assert phones.pbx.steered == [("hold", his)]
    for client in (anna, beat):
        await client.close()


async def test_what_makes_no_sense_is_refused_with_a_reason(
    phones: CtiServerUnderTest, expected_logs: Callable[..., object]
) -> None:
    anna, beat = await phones.signed_in("anna"), await phones.signed_in("beat")
    call = phones.pbx.call("beat", "201")
    rings = next(leg.leg_id for leg in phones.pbx.legs_in(call) if leg.user == "anna")
    assert (await ask(anna, "answer", leg_id=rings))["code"] == "conflict"
    phones.pbx.answer(rings)
    assert (await ask(anna, "transfer", call_id=rings, number="299"))["code"] == "invalid"
    assert (await ask(anna, "transfer", call_id=rings, number="nobody"))["code"] == "invalid"
    assert (await ask(anna, "press", leg_id=rings, keys="7x"))["code"] == "invalid"
    assert (await ask(anna, "join", call_id=rings, other_call_id=rings))["code"] == "conflict"
    phones.pbx.fail_next(PbxError("no"))
    assert (await ask(anna, "hold", leg_id=rings))["code"] == "pbx_refused"
    phones.pbx.fail_next(PbxLostError("lost"))
    assert (await ask(anna, "hold", leg_id=rings))["code"] == "unknown_outcome"
    expected_logs("the PBX is out of reach", logger="wwphone.server.services.pbx")
    phones.pbx.break_line()
    assert (await ask(anna, "hold", leg_id=rings))["code"] == "pbx_unavailable"
    for client in (anna, beat):
        await client.close()


async def test_what_the_pbx_tells_no_more_when_it_is_back_is_over(
    phones: CtiServerUnderTest, expected_logs: Callable[..., object]
) -> None:
    expected_logs("the PBX is out of reach", logger="wwphone.server.services.pbx")
    beat = await phones.signed_in("beat")
    _, leg = talk(phones)
    held = (await ask(beat, "hold", leg_id=leg))["held_id"]
    phones.pbx.break_line()
    phones.pbx.held.clear()
    phones.pbx.restore_line()
    await beat.wait_for_event("desk_phone.held_ended", held_id=held)
    await beat.close()


async def test_a_phone_that_can_be_told_answers_and_one_dials(phones: CtiServerUnderTest) -> None:
    beat = await phones.signed_in("beat")
    call = phones.pbx.call("anna", "202")
    rings = next(leg.leg_id for leg in phones.pbx.legs_in(call) if leg.user == "beat")
    await ask(beat, "answer", leg_id=rings, contact=DESK)
    await beat.wait_for_event("calls.leg_changed")
    phones.pbx.end_call(call)
    leg_id = (await ask(beat, "dial", number="201", contact=DESK))["leg_id"]
    assert phones.pbx.steered[-1] == ("dial", "beat", "201", leg_id, DESK)
    await beat.close()


async def test_another_mode_without_signing_in_again(phones: CtiServerUnderTest) -> None:
    beat = await phones.signed_in("beat", mode="desk_phone", host_name="PC-1")
    there = await phones.signed_in("beat", host_name="PC-2")
    refused = await beat.request("account.set_mode", {"mode": "softphone"})
    assert refused["body"]["code"] == "signed_in_elsewhere"
    await there.request("account.set_mode", {"mode": "desk_phone"})
    granted = await beat.request("account.set_mode", {"mode": "flexible"})
    assert granted["body"]["sip_account"]["user"] == "beat"
    assert (await beat.request("account.set_mode", {"mode": "desk_phone"}))["body"]["sip_account"] is None
    for client in (beat, there):
        await client.close()
