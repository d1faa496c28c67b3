"""The pick-up board at a real Asterisk: claims, `*8` and `**`, their rights, and what the former phones are told."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.pbx import ThrowawayPbx
from tests.helpers.waiting import SECONDS, wait_until_async
from tests.service.pbx_phones import PhoneCall, ScriptedPhone
from tests.service.pickup_office import CLAIMANTS, Office
from wwphone.domain.calls import CallKind, Party
from wwphone.domain.pickup import PickupRule
from wwphone.protocol.errors import CommandRefusedError, ErrorCode
from wwphone.protocol.pickup import Claim, Claimed, RingingCallEnded
from wwphone.server.api import PbxError

pytestmark = pytest.mark.end_to_end

_ROUNDS = 10
_LIMIT_S = 0.3
"""From the claim to the answer, on a free machine (issue 3, section 3)."""


@pytest.fixture
async def office(asterisk: ThrowawayPbx, tmp_path: Path) -> AsyncIterator[Office]:
    office = Office(asterisk.asterisk, tmp_path)
    await office.open()
    yield office
    await office.close()


async def rings(
    caller: ScriptedPhone, number: str, *callees: ScriptedPhone
) -> tuple[PhoneCall, list[PhoneCall]]:
    """Let somebody call, and the phones there ring."""
    call = await caller.dial(number)
    ringing = [await callee.incoming() for callee in callees]
    for one in ringing:
        one.ring()
    await call.wait_for_status(180)
    return call, ringing


def completed_elsewhere(ringing: PhoneCall) -> bool:
    """Whether a phone that rang was told that somebody else has taken the call (RFC 3326)."""
    return [request.get("Reason")[:13] for request in ringing.requests if request.method == "CANCEL"] == [
        "SIP;cause=200"
    ]


async def taken_by(office: Office, user: str, ringing_id: str) -> str:
    """Wait until somebody was told the end of a row, and return who has it."""

    def ends() -> list[RingingCallEnded]:
        ended = [event for event in office.told(user) if isinstance(event, RingingCallEnded)]
        return [event for event in ended if event.ringing_id == ringing_id]

    await wait_until_async(ends, "the end of the row")
    return ends()[0].taken_by


async def outcome(
    office: Office, user: str, ringing_id: str
) -> tuple[str, Claimed | CommandRefusedError, float]:
    """Claim; who, what came of it, and after how many seconds."""
    began_s = time.monotonic()
    try:
        result: Claimed | CommandRefusedError = await office.pickup.claim(user, Claim(ringing_id))
    except CommandRefusedError as refused:
        result = refused
    return user, result, time.monotonic() - began_s


async def hang_up(office: Office, call: PhoneCall) -> None:
    """End a call, and wait until nobody has a leg any more."""
    call.hang_up()
    await wait_until_async(
        lambda: not any(office.calls.legs_of(user) for user in office.directory.users), "the end of all legs"
    )


@pytest.mark.alone
async def test_of_twenty_claims_at_once_one_has_the_caller_and_nineteen_know_who(office: Office) -> None:
    anna, beat = await office.phones("anna", "beat")
    claimants = dict(zip(CLAIMANTS, await office.phones(*CLAIMANTS), strict=True))
    answers_s, replies_s, refusals_s = [], [], []
    for _ in range(_ROUNDS):
        call, (ringing,) = await rings(anna, "202", beat)
        row = await office.row(CLAIMANTS[0])
        began_s = time.monotonic()
        outcomes = await asyncio.gather(*(outcome(office, user, row.ringing_id) for user in CLAIMANTS))
        ((winner, reply, reply_s),) = [one for one in outcomes if isinstance(one[1], Claimed)]
        assert await call.final_status() == 200
        answers_s.append(anna.answered_s - began_s)
        replies_s.append(reply_s)
        refused = [one for one in outcomes if isinstance(one[1], CommandRefusedError)]
        errors = {(one[1].error.code, one[1].error.taken_by) for one in refused}  # type: ignore[union-attr]
        assert (len(refused), errors) == (19, {(ErrorCode.CONFLICT, winner.capitalize())})
        refusals_s += [seconds for _, _, seconds in refused]
        assert reply == Claimed(Party("201", "Anna"))
        await office.talking("anna", winner)
        await ringing.wait_until_over()
        assert completed_elsewhere(ringing)
        assert await taken_by(office, CLAIMANTS[-1], row.ringing_id) == winner
        assert [len(phone.calls) for user, phone in claimants.items() if user != winner].count(
            0
        ) >= 20 - _ROUNDS
        mine = claimants[winner].calls[-1]
        assert mine.invite.get("From").startswith('"Anna" <sip:201@'), "the name comes before the sound"
        assert (mine.invite.get("X-Wwphone-Kind"), mine.invite.get("X-Wwphone-Called")) == ("internal", "202")
        (leg,) = office.calls.legs_of("anna")
        assert leg.remote == Party(office.directory.users[winner].number, winner.capitalize())
        await hang_up(office, call)
    for what, figures in (("answer", answers_s), ("reply", replies_s), ("refusal", refusals_s)):
        p95_ms = statistics.quantiles(figures, n=20)[-1] * 1000
        print(f"claim to {what}: median {statistics.median(figures) * 1000:.1f} ms, p95 {p95_ms:.1f} ms")
        assert p95_ms <= _LIMIT_S * SECONDS * 1000


async def test_a_claim_of_a_ring_group_ends_it_on_every_phone_that_rang(office: Office) -> None:
    anna, beat, carla, _ = await office.phones("anna", "beat", "carla", "colleague0")
    call, ringing = await rings(anna, "300", beat, carla)
    await wait_until_async(
        lambda: [row.members for row in office.pickup.ringing_for("colleague0")] == [("beat", "carla")],
        "both in one row",
    )
    row = await office.row("colleague0")
    assert (row.called, row.kind, row.caller) == (
        Party("300", "Hotline"),
        CallKind.GROUP,
        Party("201", "Anna"),
    )
    await office.pickup.claim("colleague0", Claim(row.ringing_id))
    assert await call.final_status() == 200
    for one in ringing:
        await one.wait_until_over()
        assert completed_elsewhere(one)
    await office.talking("anna", "colleague0")
    await hang_up(office, call)


@pytest.mark.parametrize("code", ["*8", "**202"])
async def test_from_a_desk_phone_the_board_tells_who_took_it(office: Office, code: str) -> None:
    anna, beat, carla = await office.phones("anna", "beat", "carla")
    call, (ringing,) = await rings(anna, "202", beat)
    row = await office.row("colleague0")
    picked = await carla.dial(code)
    assert await picked.final_status() == 200
    assert await taken_by(office, "colleague0", row.ringing_id) == "carla"
    await ringing.wait_until_over()
    assert completed_elsewhere(ringing)
    await hang_up(office, call)


async def test_the_administrators_rule_holds_for_desk_phones_and_the_board_alike(office: Office) -> None:
    anna, beat, dario = await office.phones("anna", "beat", "dario")
    call, _ = await rings(anna, "202", beat)
    await office.row("carla")
    assert office.pickup.ringing_for("dario") == ()
    assert await (await dario.dial("**202")).final_status() == 403
    assert await (await dario.dial("*8")).final_status() == 480

    await office.rule(PickupRule("Sales", "Stores", pick_up=True, see_caller=False))
    row = await office.row("dario")
    assert (row.caller, row.may_pick_up) == (None, True)
    picked = await dario.dial("**202")
    assert await picked.final_status() == 200
    assert await call.final_status() == 200
    assert await taken_by(office, "carla", row.ringing_id) == "dario"
    await hang_up(office, call)


async def test_with_several_devices_the_one_that_is_answered_has_the_caller(office: Office) -> None:
    anna, beat, desk, soft = await office.phones("anna", "beat", "carla", "carla")
    call, _ = await rings(anna, "202", beat)
    row = await office.row("carla")
    claim = asyncio.create_task(office.pickup.claim("carla", Claim(row.ringing_id)))
    at_desk, at_soft = await desk.incoming(), await soft.incoming()
    assert at_desk.invite.get("From").startswith('"Anna" <sip:201@')
    at_desk.answer()
    assert await claim == Claimed(Party("201", "Anna"))
    await at_soft.wait_until_over()
    assert await call.final_status() == 200
    assert await taken_by(office, "colleague0", row.ringing_id) == "carla"
    await hang_up(office, call)


async def test_the_softphone_one_sits_at_answers_by_itself_although_a_desk_phone_is_there(
    office: Office,
) -> None:
    anna, beat, desk, soft = await office.phones("anna", "beat", "carla", "carla")
    call, _ = await rings(anna, "202", beat)
    row = await office.row("carla")
    await office.pickup.claim("carla", Claim(row.ringing_id, soft.register_call_id))
    assert await call.final_status() == 200
    assert (len(desk.calls), len(soft.calls)) == (0, 1)
    await hang_up(office, call)


async def test_while_the_device_does_not_take_it_the_call_rings_on_and_may_be_claimed_again(
    office: Office,
) -> None:
    anna, beat, carla = await office.phones("anna", "beat", "carla")
    call, (ringing,) = await rings(anna, "202", beat)
    row = await office.row("colleague0")
    with pytest.raises(PbxError, match="no device of colleague0"):
        await office.pickup.claim("colleague0", Claim(row.ringing_id))
    other = await office.phone("carla")
    claim = asyncio.create_task(office.pickup.claim("carla", Claim(row.ringing_id)))
    for phone in (carla, other):
        (await phone.incoming()).refuse(486)
    with pytest.raises(PbxError):
        await claim
    assert not ringing.over
    assert (await office.row("colleague0")).claimed_by == ""
    taken = await office.pickup.claim("carla", Claim(row.ringing_id, carla.register_call_id))
    assert taken.caller == Party("201", "Anna")
    assert await call.final_status() == 200
    await hang_up(office, call)


async def test_the_colleague_answers_before_the_claimants_device_does(office: Office) -> None:
    anna, beat, desk, _ = await office.phones("anna", "beat", "carla", "carla")
    call, (ringing,) = await rings(anna, "202", beat)
    row = await office.row("carla")
    claim = asyncio.create_task(office.pickup.claim("carla", Claim(row.ringing_id)))
    at_desk = await desk.incoming()
    ringing.answer()
    assert await taken_by(office, "colleague0", row.ringing_id) == "beat"
    at_desk.answer()
    with pytest.raises(CommandRefusedError) as refused:
        await claim
    assert (refused.value.error.code, refused.value.error.taken_by) == (ErrorCode.CONFLICT, "Beat")
    await at_desk.wait_until_over()
    await office.talking("anna", "beat")
    await hang_up(office, call)


async def test_what_rings_is_known_again_after_the_line_to_asterisk_broke(
    office: Office, expected_logs: Callable[..., list[Any]]
) -> None:
    expected_logs("the PBX is out of reach", logger="wwphone.server.services.pbx")
    anna, beat, carla = await office.phones("anna", "beat", "carla")
    call, ringing = await rings(anna, "300", beat, carla)
    row = await office.row("colleague0")
    office.pbx._connection.drop("the test cut it")
    await wait_until_async(lambda: office.pickup.ringing_for("colleague0") == (), "nothing to be known")
    again = await office.row("colleague0")
    assert (again.ringing_id, again.called, again.kind) == (row.ringing_id, row.called, CallKind.GROUP)
    ringing[0].answer()
    await office.talking("anna", "beat")
    await hang_up(office, call)
