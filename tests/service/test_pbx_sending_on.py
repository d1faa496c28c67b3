"""Callers sent on before anybody answers, and transfers that come back, at a real Asterisk."""

from __future__ import annotations

import pytest

from tests.service.pbx_company import Company, bridged, talking
from wwphone.domain.numbers import VOICEMAIL_DEFLECTION
from wwphone.sip.pjsua.messages import RETURNED_HEADER

pytestmark = pytest.mark.end_to_end


async def test_a_transfer_to_who_is_not_there_comes_back(company: Company) -> None:
    call, taken = await talking(company)
    taken.refer("205")
    back = await taken.phone.incoming()
    assert back.invite.get(RETURNED_HEADER) == "205 unreachable"
    assert back.invite.get("From").startswith('"Anna" <sip:201@')
    back.answer()
    await company.until(lambda: [leg.remote.number for leg in company.legs("anna")] == ["202"], "anna's leg")
    assert not call.over


async def test_a_transfer_that_is_declined_comes_back_once(company: Company) -> None:
    carla = await company.phone("carla")
    call, taken = await talking(company)
    taken.refer("203")
    ringing = await carla.incoming()
    ringing.ring()
    ringing.refuse(603)
    back = await taken.phone.incoming()
    assert back.invite.get(RETURNED_HEADER) == "203 declined_there"
    back.refuse(603)
    await call.wait_until_over()


async def test_a_transfer_to_a_number_that_nobody_has_is_refused_and_the_call_stays(company: Company) -> None:
    call, taken = await talking(company)
    taken.refer("299")
    await company.until(lambda: "SIP/2.0 404 Not Found" in taken.told(), "the refusal")
    assert not call.over
    assert not taken.phone.has_incoming()


async def test_who_is_transferred_and_then_hung_up_upon_does_not_come_back(company: Company) -> None:
    carla = await company.phone("carla")
    call, taken = await talking(company)
    taken.refer("203")
    ringing = await carla.incoming()
    ringing.answer()
    await company.until(lambda: company.leg_states("carla")[-1:] == ["up"], "carla's answer")
    await company.until(lambda: bridged(company) == 2, "both in one bridge")
    ringing.hang_up()
    await call.wait_until_over()
    assert not taken.phone.has_incoming()


async def test_a_deflected_caller_is_sent_on_and_all_other_devices_fall_silent(company: Company) -> None:
    anna, carla = await company.phone("anna"), await company.phone("carla")
    beats = [await company.phone("beat", f"Scripted {number}") for number in (1, 2)]
    call = await anna.dial("202")
    first, second = [await phone.incoming() for phone in beats]
    second.ring()
    first.deflect("203")
    sent_on = await carla.incoming()
    await second.wait_until_over()
    assert sent_on.invite.get("From").startswith('"Anna" <sip:201@')
    sent_on.answer()
    assert await call.final_status() == 200


async def test_a_caller_deflected_to_a_number_that_nobody_has_hears_so(company: Company) -> None:
    anna, beat = await company.phone("anna"), await company.phone("beat")
    call = await anna.dial("202")
    (await beat.incoming()).deflect("299")
    assert await call.final_status() == 404


async def test_two_who_deflect_to_each_other_do_so_a_few_times_only(company: Company) -> None:
    anna, beat, carla = await company.phone("anna"), await company.phone("beat"), await company.phone("carla")
    call = await anna.dial("202")
    for phone, other in ((beat, "203"), (carla, "202")) * 3:
        (await phone.incoming()).deflect(other)
    assert await call.final_status() == 486
    assert not beat.has_incoming()


async def test_a_caller_sent_to_the_voicemail_reaches_the_box_of_who_sent_them(company: Company) -> None:
    anna, beat = await company.phone("anna"), await company.phone("beat")
    call = await anna.dial("202")
    (await beat.incoming()).deflect(VOICEMAIL_DEFLECTION)
    assert await call.final_status() == 200
    await company.until(
        lambda: "!VoiceMail!202@wwphone,u!" in company.asterisk.command("core show channels concise"),
        "the voicemail",
    )


async def test_a_member_who_deflects_hands_only_their_own_part_of_a_group_call_on(company: Company) -> None:
    anna, beat, carla, dario = [await company.phone(name) for name in ("anna", "beat", "carla", "dario")]
    call = await anna.dial("300")
    of_beat, of_carla = await beat.incoming(), await carla.incoming()
    of_beat.deflect("204")
    ringing = await dario.incoming()
    assert not of_carla.over
    ringing.answer()
    assert await call.final_status() == 200
    await of_carla.wait_until_over()
