"""The CTI server steers a desk phone, at a real Asterisk: what the phone and the others see of it."""

from __future__ import annotations

import asyncio

import pytest

from tests.helpers.pbx import ThrowawayPbx
from tests.service.pbx_company import Company, bridged, talking
from tests.service.pbx_phones import PhoneCall
from wwphone.domain.calls import LegState
from wwphone.domain.desk_phone import HeldCall, HeldEnd
from wwphone.server.api import NobodyThereError, PbxError
from wwphone.server.desk_phone_api import CannotAnswerError, NoSuchNumberError, PbxHeldChanged, PbxHeldEnded
from wwphone.sip.pjsua.messages import RETURNED_HEADER

pytestmark = pytest.mark.end_to_end

YEALINK = "Yealink SIP-T54W 96.86.0.100"


def held(company: Company) -> list[HeldCall]:
    """What is held now, by what was told."""
    calls: dict[str, HeldCall] = {}
    for event in company.told:
        if isinstance(event, PbxHeldChanged):
            calls[event.call.held_id] = event.call
        elif isinstance(event, PbxHeldEnded):
            calls.pop(event.held_id, None)
    return list(calls.values())


def applications(company: Company) -> list[str]:
    """What all channels do in the dial plan: "MusicOnHold", "Wait" ..."""
    lines = company.asterisk.command("core show channels concise").splitlines()
    return [fields[5] for fields in (line.split("!") for line in lines) if len(fields) > 5]


async def dialled(company: Company, number: str, leg_id: str = "wwphone-1") -> tuple[PhoneCall, PhoneCall]:
    """Anna's phone, steered, calls Beat's; both ends, answered."""
    anna, beat = await company.phone("anna", YEALINK), await company.phone("beat")
    dialling = asyncio.create_task(
        company.pbx.desk_phones.dial("anna", number, leg_id, company.registrations("anna")[0].contact)
    )
    own = await anna.incoming()
    own.ring()
    await dialling
    assert "answer-after=0" in own.invite.get("Call-Info")
    await company.until(lambda: company.legs("anna")[0].lift, "the phone to ring for it")
    own.answer()
    ringing = await beat.incoming()
    ringing.ring()
    await company.until(lambda: company.leg_states("anna")[-1] == "ringing", "it to ring there")
    ringing.answer()
    await company.until(lambda: company.leg_states("anna")[-1] == "up", "anna's leg")
    await company.until(lambda: bridged(company) >= 2, "both in a bridge")
    return own, ringing


async def test_it_dials_holds_and_takes_back(company: Company) -> None:
    own, other = await dialled(company, "202")
    assert other.invite.get("From").startswith('"Anna" <sip:201@')
    assert company.leg_states("anna") == ["dialing", "ringing", "up"]
    (leg,) = company.legs("anna")
    assert (leg.leg_id, leg.remote.number, leg.lift) == ("wwphone-1", "202", False)

    held_id = await company.pbx.desk_phones.hold("wwphone-1")
    assert [(call.held_id, call.leg_id, call.remote.number) for call in held(company)] == [
        (held_id, "wwphone-1", "202")
    ]
    await company.until(lambda: company.legs("anna")[0].waiting, "the leg to wait")
    await company.until(lambda: "MusicOnHold" in applications(company), "music for beat")

    await company.pbx.desk_phones.resume(held_id)
    await company.until(lambda: bridged(company) >= 2, "both in a bridge")
    await company.until(lambda: not company.legs("anna")[0].waiting, "the leg to be connected")
    assert company.legs("anna")[0].remote.number == "202"
    assert [event.end for event in company.of(PbxHeldEnded)] == [HeldEnd.RESUMED]
    assert not own.over
    other.hang_up()
    await own.wait_until_over()
    await company.until(lambda: not company.legs("anna"), "the end")


async def test_a_call_that_came_in_is_held_while_the_phone_calls_somebody_else(company: Company) -> None:
    carla = await company.phone("carla")
    call, own = await talking(company)
    leg_id = company.legs("beat")[0].leg_id
    first = await company.pbx.desk_phones.hold(leg_id)
    await company.pbx.desk_phones.dial("beat", "203", leg_id, "")
    ringing = await carla.incoming()
    assert ringing.invite.get("From").startswith('"Beat" <sip:202@')
    ringing.ring()
    await company.until(lambda: company.legs("beat")[0].state is LegState.RINGING, "it to ring at carla's")
    assert company.legs("beat")[0].remote.number == "203"
    ringing.answer()
    await company.until(lambda: company.legs("beat")[0].state is LegState.UP, "carla")

    # swapped: carla hears music, anna is back
    await company.pbx.desk_phones.resume(first)
    await company.until(lambda: company.legs("beat")[0].remote.number == "201", "anna again")
    await company.until(lambda: not company.legs("beat")[0].waiting, "the leg to be connected")
    (second,) = held(company)
    assert second.remote.number == "203"

    # one is hung up, the other one stays
    await company.pbx.desk_phones.hang_up(leg_id)
    await call.wait_until_over()
    await company.until(lambda: company.legs("beat")[0].waiting, "the leg to wait")
    assert not own.over
    assert not ringing.over
    await company.pbx.desk_phones.resume(second.held_id)
    await company.until(lambda: not company.legs("beat")[0].waiting, "the leg to be connected")
    await company.pbx.desk_phones.hang_up(leg_id)
    await own.wait_until_over()
    await ringing.wait_until_over()


async def test_who_is_held_rings_again_when_the_phone_is_put_down(company: Company) -> None:
    call, own = await talking(company)
    await company.pbx.desk_phones.hold(company.legs("beat")[0].leg_id)
    own.hang_up()
    again = await own.phone.incoming()
    await company.until(lambda: not held(company), "it to be held no more")
    assert company.of(PbxHeldEnded)[-1].end is HeldEnd.RINGS
    assert again.invite.get("From").startswith('"Anna" <sip:201@')
    again.answer()
    await company.until(lambda: [leg.remote.number for leg in company.legs("beat")] == ["201"], "anna again")
    assert not call.over


async def test_when_who_is_held_hangs_up_the_phone_is_put_down(company: Company) -> None:
    call, own = await talking(company)
    await company.pbx.desk_phones.hold(company.legs("beat")[0].leg_id)
    call.hang_up()
    await own.wait_until_over()
    await company.until(lambda: not held(company) and not company.legs("beat"), "the end")
    assert company.of(PbxHeldEnded)[-1].end is HeldEnd.OVER


async def test_who_is_held_can_be_hung_up(company: Company) -> None:
    call, own = await talking(company)
    held_id = await company.pbx.desk_phones.hold(company.legs("beat")[0].leg_id)
    await company.pbx.desk_phones.hang_up(held_id)
    await call.wait_until_over()
    await own.wait_until_over()


async def test_a_number_that_nobody_has_leaves_the_held_one(company: Company) -> None:
    call, own = await talking(company)
    leg_id = company.legs("beat")[0].leg_id
    held_id = await company.pbx.desk_phones.hold(leg_id)
    await company.pbx.desk_phones.dial("beat", "299", leg_id, "")
    await company.until(lambda: company.legs("beat")[0].cause == 1, "the reason")
    assert company.legs("beat")[0].waiting
    await company.pbx.desk_phones.resume(held_id)
    await company.until(lambda: not company.legs("beat")[0].waiting, "the leg to be connected")
    assert not call.over
    assert not own.over


async def test_a_phone_that_can_be_told_answers_and_others_cannot(company: Company) -> None:
    anna, yealink, other = (
        await company.phone("anna"),
        await company.phone("beat", YEALINK),
        await company.phone("beat", "Gigaset N510"),
    )
    await anna.dial("202")
    ringing, also = await yealink.incoming(), await other.incoming()
    for each in (ringing, also):
        each.ring()
    await company.until(lambda: [leg.state for leg in company.legs("beat")] == [LegState.RINGING] * 2, "both")
    with pytest.raises(CannotAnswerError):
        await company.pbx.desk_phones.answer("beat", company.legs("beat")[0].leg_id, other.contact)
    await company.pbx.desk_phones.answer("beat", company.legs("beat")[1].leg_id, "")
    await company.until(lambda: [request.method for request in ringing.requests] == ["NOTIFY"], "the NOTIFY")
    assert ringing.requests[0].get("Event") == "talk"
    assert not also.requests


async def test_a_call_that_rings_is_declined_for_all_devices(company: Company) -> None:
    anna, beat, other = await company.phone("anna"), await company.phone("beat"), await company.phone("beat")
    call = await anna.dial("202")
    ringing, also = await beat.incoming(), await other.incoming()
    ringing.ring()
    also.ring()
    await company.until(lambda: [leg.state for leg in company.legs("beat")] == [LegState.RINGING] * 2, "both")
    await company.pbx.desk_phones.hang_up(company.legs("beat")[0].leg_id)
    assert await call.final_status() == 603
    await also.wait_until_over()


async def test_what_cannot_be_held(company: Company) -> None:
    anna, beat = await company.phone("anna"), await company.phone("beat")
    call = await anna.dial("202")
    ringing = await beat.incoming()
    ringing.ring()
    await call.wait_for_status(180)
    with pytest.raises(NobodyThereError):
        await company.pbx.desk_phones.hold(company.legs("anna")[0].leg_id)
    for act in (
        company.pbx.desk_phones.hold,
        company.pbx.desk_phones.resume,
        company.pbx.desk_phones.hang_up,
    ):
        with pytest.raises(KeyError):
            await act("nothing")
    with pytest.raises(PbxError):
        await company.pbx.desk_phones.dial("anna", "203", company.legs("anna")[0].leg_id, "")
    assert not call.over


async def test_whoever_comes_later_finds_what_is_held(company: Company, asterisk: ThrowawayPbx) -> None:
    await talking(company)
    leg_id = company.legs("beat")[0].leg_id
    held_id = await company.pbx.desk_phones.hold(leg_id)
    later = Company(asterisk.asterisk)
    await later.open()
    assert [(call.held_id, call.user, call.remote.number) for call in held(later)] == [
        (held_id, "beat", "201")
    ]
    assert later.legs("beat")[0].waiting
    await later.pbx.desk_phones.resume(held_id)
    await later.until(lambda: not later.legs("beat")[0].waiting, "the leg to be connected")
    await later.pbx.shutdown()


async def test_a_call_is_handed_over_unseen_while_it_runs_or_is_held(company: Company) -> None:
    carla = await company.phone("carla")
    call, own = await talking(company)
    leg_id = company.legs("beat")[0].leg_id
    with pytest.raises(NoSuchNumberError):
        await company.pbx.desk_phones.transfer(leg_id, "299")
    await company.pbx.desk_phones.transfer(leg_id, "203")
    ringing = await carla.incoming()
    assert ringing.invite.get("From").startswith('"Anna" <sip:201@')
    await own.wait_until_over()
    ringing.answer()
    await company.until(lambda: company.leg_states("carla")[-1:] == ["up"], "carla")
    await company.until(lambda: bridged(company) == 2, "both in one bridge")

    held_id = await company.pbx.desk_phones.hold(company.legs("carla")[0].leg_id)
    await company.pbx.desk_phones.transfer(held_id, "202")
    back = await own.phone.incoming()
    await ringing.wait_until_over()
    assert company.of(PbxHeldEnded)[-1].end is HeldEnd.SENT_ON
    back.refuse(486)
    returned = await carla.incoming()
    assert returned.invite.get(RETURNED_HEADER) == "202 busy"
    assert not call.over


async def test_two_calls_of_the_phone_are_connected_with_each_other(company: Company) -> None:
    carla = await company.phone("carla")
    call, own = await talking(company)
    leg_id = company.legs("beat")[0].leg_id
    first = await company.pbx.desk_phones.hold(leg_id)
    await company.pbx.desk_phones.dial("beat", "203", leg_id, "")
    ringing = await carla.incoming()
    ringing.ring()
    ringing.answer()
    await company.until(lambda: company.legs("beat")[0].state is LegState.UP, "carla")
    await company.until(lambda: bridged(company) >= 2, "both in a bridge")
    await company.pbx.desk_phones.join(leg_id, first)
    await own.wait_until_over()
    await company.until(lambda: not company.legs("beat"), "beat to be out of it")
    await company.until(lambda: company.legs("anna")[0].remote.number == "203", "anna to see carla")
    await company.until(lambda: company.legs("carla")[0].remote.number == "201", "carla to see anna")
    await company.until(lambda: "MusicOnHold" not in applications(company), "the end of the music")
    assert not call.over
    assert not ringing.over
    assert not held(company)


@pytest.mark.parametrize("number", ["203", ""])
async def test_a_caller_who_rings_is_sent_on(company: Company, number: str) -> None:
    anna, beat, carla = [await company.phone(name) for name in ("anna", "beat", "carla")]
    call = await anna.dial("202")
    ringing = await beat.incoming()
    ringing.ring()
    await company.until(lambda: company.leg_states("beat")[-1:] == ["ringing"], "it to ring")
    await company.pbx.desk_phones.deflect(company.legs("beat")[0].leg_id, number)
    await ringing.wait_until_over()
    if number:
        (await carla.incoming()).answer()
        assert await call.final_status() == 200
    else:
        await company.until(lambda: "VoiceMail" in applications(company), "the voicemail")


async def test_what_is_said_is_kept_back(company: Company) -> None:
    await talking(company)
    leg_id = company.legs("beat")[0].leg_id
    await company.pbx.desk_phones.mute(leg_id, True)
    await company.until(lambda: company.legs("beat")[0].muted, "it to be told")
    await company.pbx.desk_phones.mute(leg_id, False)
    await company.until(lambda: not company.legs("beat")[0].muted, "it to be told")


async def test_a_second_call_is_taken_by_the_leg_that_waits(company: Company) -> None:
    carla = await company.phone("carla")
    call, own = await talking(company)
    leg_id = company.legs("beat")[0].leg_id
    second = await carla.dial("202")
    also = await own.phone.incoming()
    also.ring()
    await company.until(lambda: len(company.legs("beat")) == 2, "the second call")
    rings = next(leg.leg_id for leg in company.legs("beat") if leg.leg_id != leg_id)
    first = await company.pbx.desk_phones.hold(leg_id)
    await company.pbx.desk_phones.answer("beat", rings, "")
    assert await second.final_status() == 200
    await also.wait_until_over()
    await company.until(
        lambda: (
            [(leg.leg_id, leg.remote.number, leg.waiting) for leg in company.legs("beat")]
            == [(leg_id, "203", False)]
        ),
        "carla at the leg",
    )
    await company.pbx.desk_phones.resume(first)
    await company.until(lambda: company.legs("beat")[0].remote.number == "201", "anna again")
    (held_call,) = held(company)
    assert held_call.remote.number == "203"
    assert not any(each.over for each in (call, own, second))
