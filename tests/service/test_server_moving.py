"""Moving a call to another device through the server: only one's own, one at a time, and nothing rings for nobody."""

from __future__ import annotations

import pytest

from tests.helpers.cti_server import CtiServerUnderTest
from tests.helpers.raw_cti import RawCtiClient
from tests.helpers.waiting import wait_until_async
from wwphone.server.api import PbxError

DESK = "sip:beat@192.0.2.2:5060"


@pytest.fixture
async def phones(cti_server: CtiServerUnderTest) -> CtiServerUnderTest:
    """Anna has a phone, Beat has two."""
    await wait_until_async(lambda: cti_server.pbx.connected, "the PBX")
    for number, user in ((1, "anna"), (2, "beat"), (3, "beat")):
        cti_server.pbx.register(user, f"sip:{user}@192.0.2.{number}:5060")
    return cti_server


def talk(phones: CtiServerUnderTest) -> tuple[str, str]:
    call = phones.pbx.call("anna", "202")
    own, other = (leg.leg_id for leg in phones.pbx.legs_in(call))
    phones.pbx.answer(other)
    return own, other


async def refused(client: RawCtiClient, **fields: str) -> str:
    return str((await client.request("moving.move", fields))["body"]["code"])


async def test_it_changes_over_when_it_is_answered(phones: CtiServerUnderTest) -> None:
    beat = await phones.signed_in("beat")
    _, leg = talk(phones)
    phones.pbx.sip_call_ids["abc"] = leg
    reply = await beat.request("moving.move", {"contact": DESK, "sip_call_id": "abc"})
    rings = reply["body"]["leg_id"]
    assert phones.pbx.asked.moved == [("beat", leg, DESK)]
    assert await refused(beat, contact=DESK, leg_id=leg) == "conflict"

    phones.pbx.answer(rings)
    await beat.wait_for_event("calls.leg_ended", leg_id=leg)
    assert (await beat.request("moving.move", {"contact": DESK, "leg_id": rings}))["kind"] == "reply"
    assert phones.pbx.asked.hung_up == []
    await beat.close()


async def test_only_ones_own_calls_to_ones_own_devices(phones: CtiServerUnderTest) -> None:
    beat = await phones.signed_in("beat")
    hers, his = talk(phones)
    assert await refused(beat, contact=DESK, leg_id=hers) == "not_found"
    assert await refused(beat, contact="sip:anna@192.0.2.1:5060", leg_id=his) == "not_found"
    phones.pbx.fail_next(PbxError("busy"))
    assert await refused(beat, contact=DESK, leg_id=his) == "pbx_refused"
    assert (await beat.request("moving.move", {"contact": DESK, "leg_id": his}))["kind"] == "reply"
    await beat.close()


async def test_when_the_call_ends_meanwhile_it_rings_there_no_more(phones: CtiServerUnderTest) -> None:
    beat = await phones.signed_in("beat")
    own, leg = talk(phones)
    rings = (await beat.request("moving.move", {"contact": DESK, "leg_id": leg}))["body"]["leg_id"]
    phones.pbx.end_call(own)
    await wait_until_async(lambda: phones.pbx.asked.hung_up == [rings], "the other device to fall silent")
    await beat.close()
