"""A running call moves to another device of the same user, at a real Asterisk."""

from __future__ import annotations

import asyncio

import pytest

from tests.service.pbx_company import Company, talking
from tests.service.pbx_phones import PhoneCall, ScriptedPhone
from wwphone.server.api import NobodyThereError, PbxError

pytestmark = pytest.mark.end_to_end


async def move_to(company: Company, other: ScriptedPhone, leg_id: str) -> PhoneCall:
    """Let another device of Beat's ring for his call."""
    contact = next(r.contact for r in company.registrations("beat") if r.call_id == other.register_call_id)
    moving = asyncio.create_task(company.pbx.move("beat", leg_id, contact, "move-1"))
    ringing = await other.incoming()
    ringing.ring()
    await moving
    return ringing


async def test_answered_there_it_goes_on_there_and_ends_here(company: Company) -> None:
    call, taken = await talking(company)
    other = await company.phone("beat", "Desk phone")
    ringing = await move_to(company, other, company.legs("beat")[0].leg_id)

    assert not ringing.invite.get("Call-Info"), "a person answers it"
    assert ringing.invite.get("From").startswith('"Anna" <sip:201@')
    assert not taken.over
    ringing.answer()

    await taken.wait_until_over()
    await company.until(
        lambda: (
            [(leg.leg_id, leg.remote.number, leg.state.value) for leg in company.legs("beat")]
            == [("move-1", "201", "up")]
        ),
        "the call at the other device",
    )
    assert not call.over
    await company.until(
        lambda: [leg.remote.number for leg in company.legs("anna")] == ["202"], "anna still to talk with beat"
    )


@pytest.mark.parametrize("status", [486, 603])
async def test_refused_there_it_stays_here(company: Company, status: int) -> None:
    call, taken = await talking(company)
    other = await company.phone("beat", "Desk phone")
    kept = company.legs("beat")[0].leg_id
    ringing = await move_to(company, other, kept)

    ringing.refuse(status)

    await company.until(
        lambda: [leg.leg_id for leg in company.legs("beat")] == [kept], "the other leg to end"
    )
    assert not call.over
    assert not taken.over


async def test_what_cannot_be_moved(company: Company) -> None:
    anna, beat = await company.phone("anna"), await company.phone("beat")
    call = await anna.dial("202")
    ringing = await beat.incoming()
    ringing.ring()
    await call.wait_for_status(180)
    leg_id = company.legs("anna")[0].leg_id
    with pytest.raises(NobodyThereError):
        await company.pbx.move("anna", leg_id, anna.contact, "move-1")
    with pytest.raises(KeyError):
        await company.pbx.move("anna", "no-such-leg", anna.contact, "move-1")
    ringing.answer()
    await call.final_status()
    await company.until(lambda: company.leg_states("anna")[-1:] == ["up"], "the call")
    with pytest.raises(PbxError, match="can be reached"):
        await company.pbx.move("anna", leg_id, "sip:anna@192.0.2.1", "move-1")
    assert not call.over
