"""Limits and waiting queues of ring groups at a real Asterisk: who rings when, who waits, and where nobody is left behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.helpers.pbx import ThrowawayPbx
from tests.helpers.waiting import SECONDS, wait_until_async
from tests.service.pbx_company import COMPANY, Company
from tests.service.pbx_phones import PhoneCall, ScriptedPhone
from wwphone.domain.calls import CallDirection, CallKind, EndReason, reason_of_status
from wwphone.server.api import PbxConfiguration, PbxReach
from wwphone.server.ring_group_api import (
    PbxFlag,
    PbxFlagKind,
    PbxRingGroup,
    PbxTake,
    PbxWaiting,
    PbxWaitingCaller,
    PbxWaitingChanged,
    TakenMeanwhileError,
    WaitingSound,
)

pytestmark = pytest.mark.end_to_end

_LONG = round(60 * SECONDS)
LOCAL_DIALPLAN = """\
[wwphone-outgoing]
exten => _0X.,1,Set(CONNECTEDLINE(num)=${EXTEN})
 same => n,Answer()
 same => n,Wait(30)
"""
GROUPS = (
    PbxRingGroup("310", "Einer aufs Mal", ("beat", "carla"), 1),
    PbxRingGroup("311", "Mit Musik", ("beat", "carla"), 1, PbxWaiting(2, _LONG)),
    PbxRingGroup("312", "Dann aussen", ("eva",), 0, PbxWaiting(2, 5, WaitingSound.RINGING, "0791112233")),
    PbxRingGroup("313", "Dann Postfach", ("eva",), 1, PbxWaiting(then_mailbox_of="beat")),
    PbxRingGroup("314", "Im Kreis", ("eva",), 0, PbxWaiting(then_number="315")),
    PbxRingGroup("316", "Wartet", ("beat", "carla"), 0, PbxWaiting(5, _LONG)),
    PbxRingGroup("315", "Im Kreis", ("eva",), 0, PbxWaiting(then_number="314")),
)


@pytest.fixture
async def company(asterisk: ThrowawayPbx) -> AsyncIterator[Company]:
    company = Company(asterisk.asterisk)
    company.use(ring_timeout_s=30 * SECONDS)
    await company.open(PbxConfiguration(COMPANY.users, GROUPS, COMPANY.rooms, "de"))
    yield company
    await company.close()
    await wait_until_async(lambda: no_channels(company), "the end of all channels", 30 * SECONDS)


def no_channels(company: Company) -> bool:
    return not company.asterisk.command("core show channels concise").strip()


def counted(company: Company) -> str:
    """What the groups of channels count now."""
    return company.asterisk.command("group show channels")


def waiting(company: Company, number: str = "311") -> int:
    """How many wait for a group, as was told last."""
    told = [one.callers for one in company.of(PbxWaitingChanged) if one.number == number]
    return len(told[-1]) if told else 0


def callers(company: Company, number: str = "316") -> tuple[PbxWaitingCaller, ...]:
    """Who waits for a group, as was told last."""
    told = [one.callers for one in company.of(PbxWaitingChanged) if one.number == number]
    return told[-1] if told else ()


async def ringing(phone: ScriptedPhone) -> PhoneCall:
    call = await phone.incoming()
    call.ring()
    return call


async def test_beyond_the_limit_it_is_busy_and_frees_itself(company: Company) -> None:
    anna, dario = await company.phone("anna"), await company.phone("dario")
    beat, carla = await company.phone("beat"), await company.phone("carla")
    first = await anna.dial("310")
    at_beat, at_carla = await ringing(beat), await ringing(carla)
    await first.wait_for_status(180)

    second = await dario.dial("310")
    assert reason_of_status(await second.final_status()) is EndReason.BUSY

    at_beat.answer()
    assert await first.final_status() == 200
    await at_carla.wait_until_over()
    second = await dario.dial("310")
    assert reason_of_status(await second.final_status()) is EndReason.BUSY

    first.hang_up()
    await at_beat.wait_until_over()
    await wait_until_async(lambda: "310" not in counted(company), "the call to be forgotten")
    third = await dario.dial("310")
    await ringing(beat)
    await third.wait_for_status(180)
    third.cancel()
    await third.final_status()


async def test_callers_wait_with_music_and_are_served_in_their_order(company: Company) -> None:
    anna, dario, felix = [await company.phone(name) for name in ("anna", "dario", "felix")]
    beat = await company.phone("beat")
    first = await anna.dial("311")
    talk = await ringing(beat)
    talk.answer()
    assert await first.final_status() == 200

    second = await dario.dial("311")
    assert await second.final_status() == 200, "music"
    third = await felix.dial("311")
    assert await third.final_status() == 200, "music"
    await company.until(lambda: waiting(company) == 2, "two to wait")
    eva = await company.phone("eva")
    fourth = await eva.dial("311")
    assert reason_of_status(await fourth.final_status()) is EndReason.BUSY, "two wait already"
    assert not beat.has_incoming()

    first.hang_up()
    await talk.wait_until_over()
    next_one = await ringing(beat)
    assert "204" in next_one.invite.get("From"), "Dario came first"
    assert next_one.invite.get("X-Wwphone-Kind") == CallKind.GROUP.value
    next_one.answer()
    await company.until(lambda: company.leg_states("beat")[-1:] == ["up"], "Beat and Dario")

    await company.until(lambda: waiting(company) == 1, "Felix to wait")
    third.hang_up()
    await company.until(lambda: waiting(company) == 0, "nobody to wait")
    await wait_until_async(lambda: "wwphone-waits" not in counted(company), "nobody to wait any more")
    second.hang_up()
    await next_one.wait_until_over()
    await wait_until_async(lambda: "311" not in counted(company), "nothing to be left")
    assert not beat.has_incoming()


async def test_who_waits_rings_as_soon_as_somebody_logs_in_or_is_there(company: Company) -> None:
    anna, beat = await company.phone("anna"), await company.phone("beat")
    out = PbxFlag(PbxFlagKind.LOGGED_OUT, "311/beat")
    await company.pbx.set_flag(out, on=True)
    call = await anna.dial("311")
    assert await call.final_status() == 200
    assert not beat.has_incoming()
    await company.until(lambda: waiting(company) == 1, "Anna to wait")
    later = Company(company.asterisk)
    await later.open(PbxConfiguration(COMPANY.users, GROUPS, COMPANY.rooms, "de"))
    assert waiting(later) == 1, "a server that comes later knows it too"
    await later.close()
    await company.pbx.set_reach("beat", PbxReach(do_not_disturb=True))
    await company.pbx.set_flag(out, on=False)
    carla = await company.phone("carla")
    at_carla = await ringing(carla)
    assert not beat.has_incoming()
    at_carla.answer()
    await company.until(lambda: company.leg_states("carla")[-1:] == ["up"], "Anna and Carla")
    call.hang_up()
    await at_carla.wait_until_over()
    await company.pbx.set_reach("beat", PbxReach())


async def test_who_waits_too_long_goes_elsewhere(company: Company) -> None:
    anna = await company.phone("anna")
    call = await anna.dial("312")
    await call.wait_for_status(180)
    assert await call.final_status(30 * SECONDS) == 200, "outside"
    assert "312" not in counted(company)
    call.hang_up()


async def test_without_a_queue_a_call_nobody_takes_goes_to_the_mailbox(company: Company) -> None:
    anna = await company.phone("anna")
    call = await anna.dial("313")
    assert await call.final_status() == 200
    await wait_until_async(
        lambda: "VoiceMail!202@wwphone" in company.asterisk.command("core show channels concise"),
        "the mailbox of Beat",
    )
    call.hang_up()


async def test_groups_that_send_to_each_other_end(company: Company) -> None:
    anna = await company.phone("anna")
    call = await anna.dial("314")
    assert reason_of_status(await call.final_status()) is EndReason.BUSY


async def not_rung(company: Company, *members: str) -> None:
    """Let members be logged out of 316: it rings at none of them, and all who call it wait."""
    for member in members:
        await company.pbx.set_flag(PbxFlag(PbxFlagKind.LOGGED_OUT, f"316/{member}"), on=True)


async def take(company: Company, user: str, waiting: PbxWaitingCaller, leg_id: str) -> str:
    """Let a member take somebody; what came of it."""
    try:
        await company.pbx.take_waiting(PbxTake(user, "316", waiting, leg_id))
    except TakenMeanwhileError:
        return "too late"
    return "connected"


async def test_members_take_who_waits_and_nobody_is_taken_twice(company: Company) -> None:
    await not_rung(company, "beat", "carla")
    anna, dario, felix = [await company.phone(name) for name in ("anna", "dario", "felix")]
    beat, carla = await company.phone("beat"), await company.phone("carla")
    waits = []
    for phone in (anna, dario, felix):
        call = await phone.dial("316")
        assert await call.final_status() == 200, "music"
        waits.append(call)
        await company.until(lambda: len(callers(company)) == len(waits), "one more to wait")
    first, second, third = callers(company)
    assert [one.caller.number for one in (first, second, third)] == ["201", "204", "206"]

    # Both want Dario, at the same time.
    orders = [
        asyncio.ensure_future(take(company, user, second, f"{user}-takes")) for user in ("beat", "carla")
    ]
    at_both = [await ringing(phone) for phone in (beat, carla)]
    assert ["204" in call.invite.get("From") for call in at_both] == [True, True]
    assert at_both[0].invite.get("X-Wwphone-Kind") == CallKind.GROUP.value
    assert at_both[0].invite.get("X-Wwphone-Called") == "316"
    for call in at_both:
        call.answer()
    assert sorted(await asyncio.gather(*orders)) == ["connected", "too late"]
    winner = ("beat", "carla")[[order.result() for order in orders].index("connected")]
    await company.until(lambda: len(callers(company)) == 2, "two to wait")
    assert [one.waiting_id for one in callers(company)] == [first.waiting_id, third.waiting_id]
    [leg] = [leg for leg in company.legs(winner) if leg.leg_id == f"{winner}-takes"]
    assert (leg.direction, leg.kind, leg.called) == (CallDirection.INCOMING, CallKind.GROUP, "316")
    assert leg.remote.number == "204"
    assert [line.split()[1:] for line in counted(company).splitlines() if "wwphone-calls" in line] == [
        ["316", "wwphone-calls"]
    ]

    # By the code, from a phone: whoever waits longest. The loser of before is free again.
    loser, at_loser = (carla, at_both[1]) if winner == "beat" else (beat, at_both[0])
    await at_loser.wait_until_over()
    keyed = await loser.dial("*43316")
    assert await keyed.final_status() == 200
    await company.until(lambda: [one.waiting_id for one in callers(company)] == [third.waiting_id], "Felix")
    eva = await company.phone("eva")
    refused = await eva.dial("*43316")
    assert reason_of_status(await refused.final_status()) is EndReason.NOT_PERMITTED, "she is no member"

    waits[1].hang_up()
    waits[0].hang_up()
    await at_both[("beat", "carla").index(winner)].wait_until_over()
    await keyed.wait_until_over()
    waits[2].hang_up()
    await company.until(lambda: not callers(company), "nobody to wait")
    fifth = await anna.dial("316")
    await fifth.final_status()
    await company.until(lambda: len(callers(company)) == 1, "Anna to wait")
    listed = company.asterisk.command("database show wwphone-waiter/316")
    assert "1 results found" in listed, "who hung up is forgotten as soon as somebody waits after them"
    fifth.hang_up()
    await company.until(lambda: not callers(company), "nobody to wait")
    again = await loser.dial("*43316")
    assert reason_of_status(await again.final_status()) is EndReason.NO_ANSWER, "nobody waits"
