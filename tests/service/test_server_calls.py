"""Phones, legs, click-to-dial and hanging up: everybody's state, one's own calls, nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.helpers.cti_server import CtiServerUnderTest
from tests.helpers.raw_cti import RawCtiClient
from tests.helpers.waiting import wait_until_async
from wwphone.server.api import PbxError

PHONE = "calls.phone_state_changed"
LEG = "calls.leg_changed"


def phone_of(client: RawCtiClient, user: str) -> str:
    state = dict(client.snapshot["phones"])[user]
    for body in client.event_bodies(PHONE, user=user):
        state = body["state"]
    return str(state)


@pytest.fixture
async def phones(cti_server: CtiServerUnderTest) -> CtiServerUnderTest:
    """Anna, Beat and Carla have a desk phone each."""
    await wait_until_async(lambda: cti_server.pbx.connected, "the PBX")
    for number, user in enumerate(("anna", "beat", "carla"), 1):
        cti_server.pbx.register(user, f"sip:{user}@192.0.2.{number}:5060")
    return cti_server


async def test_everybody_sees_the_states_of_phones(phones: CtiServerUnderTest) -> None:
    carla = await phones.signed_in("carla")
    assert phone_of(carla, "anna") == "free"
    assert phone_of(carla, "off") == "offline"
    call = phones.pbx.call("anna", "202")
    await wait_until_async(lambda: phone_of(carla, "beat") == "ringing", "Beat's phone to ring")
    phones.pbx.answer(phones.pbx.legs_in(call)[1].leg_id)
    await wait_until_async(lambda: phone_of(carla, "beat") == "busy", "Beat to talk")
    phones.pbx.end_call(call)
    await wait_until_async(lambda: phone_of(carla, "beat") == "free", "the end")
    await carla.close()


async def test_legs_are_told_to_their_own_user_alone(phones: CtiServerUnderTest) -> None:
    anna, beat, carla = [await phones.signed_in(user) for user in ("anna", "beat", "carla")]
    call = phones.pbx.call("anna", "202")
    outgoing = (await anna.wait_for_event(LEG))["leg"]
    incoming = (await beat.wait_for_event(LEG))["leg"]
    assert (outgoing["direction"], outgoing["remote"]["number"]) == ("outgoing", "202")
    assert incoming["remote"] == {"number": "201", "name": "Anna"}
    assert outgoing["call_id"] == incoming["call_id"]
    phones.pbx.end_call(call, 17)
    assert (await beat.wait_for_event("calls.leg_ended"))["cause"] == 17
    await carla.wait_for_event(PHONE, user="beat", state="free")
    assert carla.event_bodies(LEG) == []
    assert carla.event_bodies("calls.leg_ended") == []
    for client in (anna, beat, carla):
        await client.close()


async def test_a_call_that_runs_is_in_the_snapshot(phones: CtiServerUnderTest) -> None:
    phones.pbx.call("anna", "202")
    beat, carla = await phones.signed_in("beat"), await phones.signed_in("carla")
    assert [leg["state"] for leg in beat.snapshot["legs"]] == ["ringing"]
    assert carla.snapshot["legs"] == []
    assert beat.snapshot["pbx_connected"] is True
    await beat.close()
    await carla.close()


async def test_click_to_dial_and_hang_up(phones: CtiServerUnderTest) -> None:
    anna = await phones.signed_in("anna")
    reply = await anna.request("calls.dial", {"number": "tel:+41 (0)44 555-01-02"})
    leg_id = reply["body"]["leg_id"]
    assert phones.pbx.asked.originated == [("anna", "+41445550102", leg_id)]
    assert (await anna.wait_for_event(LEG))["leg"]["leg_id"] == leg_id
    assert (await anna.request("calls.hang_up", {"leg_id": leg_id}))["type"] == "done"
    await anna.wait_for_event("calls.leg_ended", leg_id=leg_id)
    assert (await anna.request("calls.hang_up", {"leg_id": leg_id}))["body"]["code"] == "not_found"
    await anna.close()


async def test_nobody_ends_the_calls_of_others(phones: CtiServerUnderTest) -> None:
    anna, carla = await phones.signed_in("anna"), await phones.signed_in("carla")
    call = phones.pbx.call("anna", "202")
    legs = [leg.leg_id for leg in phones.pbx.legs_in(call)]
    await anna.wait_for_event(LEG)
    for leg_id in (*legs, call, "", "no such leg", "x" * 1000):
        failure = await carla.request("calls.hang_up", {"leg_id": leg_id})
        assert failure["body"]["code"] == "not_found"
    assert phones.pbx.asked.hung_up == []
    await anna.close()
    await carla.close()


@pytest.mark.parametrize(
    "number", ["", "   ", "nobody", "12 34 ü", "1" * 300, "\u0000", "sip:", "123\r\nAction: Command"]
)
async def test_what_is_no_number_is_not_dialled(phones: CtiServerUnderTest, number: str) -> None:
    anna = await phones.signed_in("anna")
    assert (await anna.request("calls.dial", {"number": number}))["body"]["code"] == "invalid"
    assert phones.pbx.asked.originated == []
    await anna.close()


async def test_without_a_device_nothing_rings(cti_server: CtiServerUnderTest) -> None:
    anna = await cti_server.signed_in("anna")
    await wait_until_async(lambda: cti_server.pbx.connected, "the PBX")
    assert (await anna.request("calls.dial", {"number": "202"}))["body"]["code"] == "pbx_refused"
    await anna.close()


async def test_a_refusal_of_the_pbx_says_nothing_of_its_inside(phones: CtiServerUnderTest) -> None:
    anna = await phones.signed_in("anna")
    phones.pbx.fail_next(PbxError("AMI says: Originate failed, secret=hush"))
    failure = (await anna.request("calls.dial", {"number": "202"}))["body"]
    assert failure["code"] == "pbx_refused"
    assert "hush" not in failure["sentence"]
    await anna.close()


async def test_one_sees_ones_own_devices_alone(phones: CtiServerUnderTest) -> None:
    anna, beat = await phones.signed_in("anna"), await phones.signed_in("beat")
    (device,) = anna.snapshot["registrations"]
    assert (device["address"], device["user_agent"]) == ("192.0.2.1", "Fake phone")
    told = len(beat.event_bodies("devices.registrations_changed"))
    phones.pbx.register("anna", "sip:anna@192.0.2.50:5060", user_agent="wwphone/0.1")
    changed = await anna.wait_for_event("devices.registrations_changed")
    assert [one["address"] for one in changed["registrations"]] == ["192.0.2.1", "192.0.2.50"]
    phones.pbx.unregister("anna", "sip:anna@192.0.2.1:5060")
    phones.pbx.unregister("anna", "sip:anna@192.0.2.50:5060")
    await anna.wait_for_event("devices.registrations_changed", registrations=[])
    await beat.wait_for_event(PHONE, user="anna", state="offline")
    assert len(beat.event_bodies("devices.registrations_changed")) == told
    await anna.close()
    await beat.close()


async def test_a_fourth_device_is_noted(phones: CtiServerUnderTest, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(51, 54):
        phones.pbx.register("anna", f"sip:anna@192.0.2.{number}:5060")
    phones.pbx.refuse_password("beat", "198.51.100.7")
    assert "refused a device of anna from 192.0.2.53: there are three already" in caplog.text
    assert "refused a device of beat from 198.51.100.7: wrong password" in caplog.text


async def test_while_the_pbx_is_away_everything_stays_and_is_right_again_afterwards(
    phones: CtiServerUnderTest, expected_logs: Callable[..., list[Any]]
) -> None:
    expected_logs("the PBX is out of reach", logger="wwphone.server.services.pbx")
    anna, beat = await phones.signed_in("anna"), await phones.signed_in("beat")
    gone = phones.pbx.call("anna", "202")
    await beat.wait_for_event(LEG)
    phones.pbx.break_line()
    assert (await anna.wait_for_event("calls.pbx_state_changed"))["connected"] is False
    assert phone_of(beat, "anna") == "busy"
    assert (await anna.request("calls.dial", {"number": "203"}))["body"]["code"] == "pbx_unavailable"
    late = await phones.signed_in("carla")
    assert late.snapshot["pbx_connected"] is False
    phones.pbx.end_call(gone)
    phones.pbx.unregister("beat", "sip:beat@192.0.2.2:5060")
    started = phones.pbx.call("carla", "201")
    phones.pbx.restore_line()
    await late.wait_for_event("calls.pbx_state_changed", connected=True)
    await beat.wait_for_event("calls.leg_ended")
    assert (phone_of(late, "anna"), phone_of(late, "beat"), phone_of(late, "carla")) == (
        "ringing",
        "offline",
        "busy",
    )
    assert late.event_bodies(LEG)[-1]["leg"]["call_id"] == started
    assert beat.event_bodies("devices.registrations_changed")[-1]["registrations"] == []
    types = [event["type"] for event in late.events]
    assert types.index("calls.pbx_state_changed") > types.index(PHONE)
    for client in (anna, beat, late):
        await client.close()
