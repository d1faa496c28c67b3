"""What every dialled number leads to at a real Asterisk: who rings, what they are shown, which SIP status the caller gets.

The status decides which sentence a person reads, so each outcome is also translated as the client does it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tests.helpers.pbx import ThrowawayPbx
from tests.service.pbx_company import COMPANY, Company
from tests.service.pbx_phones import PhoneCall
from wwphone.domain.calls import EndReason, reason_of_status

pytestmark = pytest.mark.end_to_end

LOCAL_DIALPLAN = """\
[wwphone-emergency]
exten => 112,1,Answer()
 same => n,Wait(30)
[wwphone-outgoing]
exten => _0X.,1,Set(CONNECTEDLINE(num)=${WWPHONE_DISPLAYED_NUMBER})
 same => n,Answer()
 same => n,Wait(30)
exten => _8X.,1,Goto(wwphone-direct,+41445556677,1)
"""


@pytest.fixture
async def company(asterisk: ThrowawayPbx) -> AsyncIterator[Company]:
    company = Company(asterisk.asterisk)
    await company.open()
    yield company
    await company.close()


async def ended(call: PhoneCall) -> tuple[int, EndReason]:
    """The final status a caller got, and what a person is told."""
    status = await call.final_status()
    return status, reason_of_status(status)


async def test_a_number_nobody_has(company: Company) -> None:
    anna = await company.phone("anna")

    assert await ended(await anna.dial("999888")) == (404, EndReason.UNKNOWN_NUMBER)


async def test_nobody_is_there(company: Company) -> None:
    anna = await company.phone("anna")

    assert await ended(await anna.dial("202")) == (503, EndReason.UNREACHABLE)


@pytest.mark.parametrize(
    ("refusal", "status", "reason"),
    [
        (486, 486, EndReason.BUSY),
        (600, 486, EndReason.BUSY),
        (603, 603, EndReason.DECLINED_THERE),
        (403, 603, EndReason.DECLINED_THERE),
        (480, 480, EndReason.NO_ANSWER),
        (408, 480, EndReason.NO_ANSWER),
        (488, 488, EndReason.NO_COMMON_CODEC),
        (404, 503, EndReason.UNREACHABLE),
        (500, 503, EndReason.UNREACHABLE),
        (503, 503, EndReason.UNREACHABLE),
    ],
)
async def test_the_only_device_refuses(
    company: Company, refusal: int, status: int, reason: EndReason
) -> None:
    anna, beat = await company.phone("anna"), await company.phone("beat")
    call = await anna.dial("202")
    (await beat.incoming()).refuse(refusal)

    assert await ended(call) == (status, reason)


async def test_nobody_answers_in_time(company: Company) -> None:
    anna, beat = await company.phone("anna"), await company.phone("beat")
    call = await anna.dial("202")
    ringing = await beat.incoming()
    ringing.ring()

    assert await ended(call) == (480, EndReason.NO_ANSWER)
    assert call.statuses == [100, 180, 480]
    await ringing.wait_until_over()


async def test_a_device_that_says_nothing_at_all(company: Company) -> None:
    anna, beat = await company.phone("anna"), await company.phone("beat")
    beat.deaf = True

    assert await ended(await anna.dial("202")) == (480, EndReason.NO_ANSWER)


async def test_the_caller_gives_up(company: Company) -> None:
    anna, beat = await company.phone("anna"), await company.phone("beat")
    call = await anna.dial("202")
    ringing = await beat.incoming()
    ringing.ring()
    await call.wait_for_status(180)
    call.cancel()

    assert await ended(call) == (487, EndReason.CANCELLED)
    await ringing.wait_until_over()
    assert not any("cause=200" in request.get("Reason") for request in ringing.requests)


async def test_all_devices_ring_and_the_others_hear_that_it_was_taken(company: Company) -> None:
    anna = await company.phone("anna")
    beats = [await company.phone("beat", f"Device {number}") for number in range(3)]
    call = await anna.dial("202")
    incoming = [await beat.incoming() for beat in beats]
    for ringing in incoming:
        ringing.ring()
    incoming[1].answer()

    assert await call.final_status() == 200
    for lost in (incoming[0], incoming[2]):
        await lost.wait_until_over()
        (cancel,) = [request for request in lost.requests if request.method == "CANCEL"]
        assert cancel.get("Reason").startswith("SIP;cause=200")


async def test_one_device_that_is_busy_leaves_the_others_ringing(company: Company) -> None:
    anna, desk, soft = await company.phone("anna"), await company.phone("beat"), await company.phone("beat")
    call = await anna.dial("202")
    (await desk.incoming()).refuse(486)
    ringing = await soft.incoming()
    ringing.ring()
    await call.wait_for_status(180)
    ringing.answer()

    assert await call.final_status() == 200


async def test_one_device_that_declines_ends_the_call_on_all(company: Company) -> None:
    anna, desk, soft = await company.phone("anna"), await company.phone("beat"), await company.phone("beat")
    call = await anna.dial("202")
    ringing = await soft.incoming()
    ringing.ring()
    (await desk.incoming()).refuse(603)

    assert await ended(call) == (603, EndReason.DECLINED_THERE)
    await ringing.wait_until_over()


async def test_the_callee_is_shown_who_calls_whatever_the_caller_claims(company: Company) -> None:
    anna, beat = await company.phone("anna"), await company.phone("beat")
    claims = (("P-Asserted-Identity", '"The Boss" <sip:911@127.0.0.1>'), ("X-Wwphone-Kind", "direct"))
    call = await anna.dial("202", "The Boss", claims)
    invite = (await beat.incoming()).invite

    assert invite.get("From").startswith('"Anna" <sip:201@')
    assert invite.get("P-Asserted-Identity").startswith('"Anna" <sip:201@')
    assert invite.all("X-Wwphone-Kind") == ["internal"]
    assert invite.all("X-Wwphone-Called") == ["202"]
    call.cancel()
    await call.final_status()


async def test_the_caller_is_shown_the_name_of_whom_they_called(company: Company) -> None:
    anna, beat = await company.phone("anna"), await company.phone("beat")
    call = await anna.dial("202")
    ringing = await beat.incoming()
    ringing.ring()

    assert (await call.wait_for_status(180)).get("P-Asserted-Identity").startswith('"Beat" <sip:202@')
    ringing.answer()
    assert (await call.wait_for_status(200)).get("P-Asserted-Identity").startswith('"Beat" <sip:202@')


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Zoë Öztürk-O'Neill, Dr.", "Zoë Öztürk-O'Neill, Dr."),
        ('"; exten => 666,1,System(x)', "', exten => 666,1,System(x)".replace(">", ")")),
        ("${CHANNEL} $[1+1] <sip:1@2>", "$(CHANNEL) $(1+1) (sip:1@2)"),
        ("a\\\nb=c|d^e&f%g", "a/ b=c|d^e&f%g"),
    ],
)
async def test_names_arrive_as_people_know_them(company: Company, name: str, shown: str) -> None:
    users = tuple(
        replace(user, display_name=name) if user.user in ("anna", "beat") else user for user in COMPANY.users
    )
    await company.pbx.configure(replace(COMPANY, users=users))
    anna, beat = await company.phone("anna"), await company.phone("beat")
    call = await anna.dial("202")
    ringing = await beat.incoming()
    ringing.ring()

    assert ringing.invite.get("From").startswith(f'"{shown}" <sip:201@')
    assert (await call.wait_for_status(180)).get("P-Asserted-Identity").startswith(f'"{shown}" <sip:202@')
    await company.until(
        lambda: [leg.remote.name for leg in company.legs("beat")] == [shown], "the leg's name"
    )


async def test_busy_in_a_call_for_those_who_want_it(company: Company) -> None:
    anna, beat, eva = await company.phone("anna"), await company.phone("beat"), await company.phone("eva")
    echo = await eva.dial("801")
    assert await echo.final_status() == 200

    assert await ended(await anna.dial("205")) == (486, EndReason.BUSY)
    echo.hang_up()
    await company.until(lambda: company.states("eva")[-1] == "free", "eva to be free")
    call = await anna.dial("205")
    first = await eva.incoming()
    first.ring()
    second = await beat.dial("205")
    (await eva.incoming()).refuse(486)
    assert await ended(second) == (486, EndReason.BUSY)
    call.cancel()


async def test_busy_when_ringing_for_those_who_want_it(company: Company) -> None:
    anna, beat, felix = await company.phone("anna"), await company.phone("beat"), await company.phone("felix")
    first = await anna.dial("206")
    ringing = await felix.incoming()
    ringing.ring()
    await first.wait_for_status(180)

    assert await ended(await beat.dial("206")) == (486, EndReason.BUSY)
    ringing.answer()
    await first.wait_for_status(200)
    await company.until(lambda: company.states("felix")[-1] == "busy", "felix to talk")
    waiting = await beat.dial("206")
    (await felix.incoming()).ring()
    await waiting.wait_for_status(180)


async def test_call_waiting_for_everybody_else(company: Company) -> None:
    anna, beat, carla = await company.phone("anna"), await company.phone("beat"), await company.phone("carla")
    echo = await beat.dial("801")
    await echo.final_status()
    call = await anna.dial("202")
    first = await beat.incoming()
    first.ring()
    await call.wait_for_status(180)

    other = await carla.dial("202")
    (await beat.incoming()).ring()
    await other.wait_for_status(180)


async def test_a_group_rings_all_its_members_as_a_group(company: Company) -> None:
    anna, beat, carla = await company.phone("anna"), await company.phone("beat"), await company.phone("carla")
    call = await anna.dial("300")
    for_beat, for_carla = await beat.incoming(), await carla.incoming()
    for_beat.ring()
    for_carla.ring()

    assert (await call.wait_for_status(180)).get("P-Asserted-Identity").startswith('"Verkauf" <sip:300@')
    for ringing in (for_beat, for_carla):
        assert ringing.invite.get("From").startswith('"Anna" <sip:201@')
        assert ringing.invite.all("X-Wwphone-Kind") == ["group"]
        assert ringing.invite.all("X-Wwphone-Called") == ["300"]
    for_carla.answer()
    assert (await call.wait_for_status(200)).get("P-Asserted-Identity").startswith('"Carla" <sip:203@')
    await for_beat.wait_until_over()
    assert any(request.get("Reason").startswith("SIP;cause=200") for request in for_beat.requests)


async def test_a_group_is_busy_when_all_are_and_unanswered_when_one_is_not(company: Company) -> None:
    anna, beat, carla = await company.phone("anna"), await company.phone("beat"), await company.phone("carla")
    call = await anna.dial("300")
    (await beat.incoming()).refuse(486)
    (await carla.incoming()).refuse(486)
    assert await ended(call) == (486, EndReason.BUSY)

    call = await anna.dial("300")
    (await beat.incoming()).refuse(603)
    (await carla.incoming()).ring()
    assert await ended(call) == (480, EndReason.NO_ANSWER)


@pytest.mark.parametrize("number", ["300", "301"])
async def test_a_group_without_anybody_there(company: Company, number: str) -> None:
    anna = await company.phone("anna")

    assert await ended(await anna.dial(number)) == (503, EndReason.UNREACHABLE)


async def test_a_big_group_rings_every_device_of_everybody(company: Company) -> None:
    anna = await company.phone("anna")
    names = ["beat", "carla", "dario", "eva", "felix"]
    devices = [await company.phone(name) for name in names for _ in range(3)]
    call = await anna.dial("302")
    for device in devices:
        (await device.incoming()).ring()

    await call.wait_for_status(180)
    call.cancel()
    await call.final_status()


async def test_from_outside_it_is_a_direct_call_to_the_number_that_was_dialled(company: Company) -> None:
    anna, beat = await company.phone("anna"), await company.phone("beat")
    call = await beat.dial("844")
    invite = (await anna.incoming()).invite

    assert invite.all("X-Wwphone-Kind") == ["direct"]
    assert invite.all("X-Wwphone-Called") == ["+41445556677"]
    call.cancel()
    await call.final_status()


async def test_the_administrators_part_gets_numbers_outside_and_the_shown_number(company: Company) -> None:
    anna = await company.phone("anna")
    call = await anna.dial("0041443332211")

    assert (await call.wait_for_status(200)).get("P-Asserted-Identity").startswith("<sip:+41445556677@")


async def test_emergency_numbers_go_to_the_hook_and_are_unreachable_without(company: Company) -> None:
    anna = await company.phone("anna")

    assert await (await anna.dial("112")).final_status() == 200
    assert await ended(await anna.dial("117")) == (503, EndReason.UNREACHABLE)


@pytest.mark.parametrize("number", ["801", "900", "901", "902", "850"])
async def test_numbers_of_the_pbx_itself_answer(company: Company, number: str) -> None:
    anna = await company.phone("anna")

    assert await (await anna.dial(number)).final_status() == 200


async def test_who_has_no_room_of_their_own(company: Company) -> None:
    beat = await company.phone("beat")

    assert await ended(await beat.dial("901")) == (403, EndReason.NOT_PERMITTED)


async def test_calls_go_on_without_the_cti_server(company: Company) -> None:
    anna, beat = await company.phone("anna"), await company.phone("beat")
    await company.pbx.shutdown()
    call = await anna.dial("202")
    (await beat.incoming()).answer()

    assert await call.final_status() == 200


async def test_a_phone_watches_a_colleague_by_number(company: Company, asterisk: ThrowawayPbx) -> None:
    hints = await asyncio.to_thread(asterisk.asterisk.command, "core show hints")

    assert "202@wwphone-hints" in hints
    assert "PJSIP/beat" in hints


async def test_asterisk_has_nothing_to_complain_of(company: Company, asterisk: ThrowawayPbx) -> None:
    """Last in this file: what was loaded, reloaded and dialled so far left no warning about our files."""
    log = (asterisk.asterisk.logs / "messages.log").read_text("utf-8")
    complaints = [line for line in log.splitlines() if "WARNING" in line or "ERROR" in line]
    ours = [
        line for line in complaints if any(word in line for word in ("config", "pbx_", "wwphone", "sorcery"))
    ]

    assert ours == []
