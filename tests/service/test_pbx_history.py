"""What Asterisk's own records tell of calls: one row for each person, whatever happened to the call."""

from __future__ import annotations

import asyncio

import pytest

from tests.helpers.waiting import SECONDS, wait_until_told
from tests.service.pbx_company import Company, bridged, talking
from tests.service.pbx_phones import PhoneCall
from wwphone.domain.calls import CallDirection, CallKind, Party
from wwphone.domain.numbers import VOICEMAIL_DEFLECTION
from wwphone.domain.reachability import MIN_RING_S, Forwarding, ForwardingCause
from wwphone.server.api import PbxPickUp, PbxReach
from wwphone.server.history_api import RecordedCall

pytestmark = pytest.mark.end_to_end

LOCAL_DIALPLAN = """\
[wwphone-outgoing]
exten => _0X.,1,Answer()
 same => n,Wait(30)
[from-outside]
exten => _X.,1,Goto(wwphone-direct,${EXTEN},1)
"""
MANY = 60
"""Calls at the same time; a log that is written to disk line by line lags seconds behind them."""
_DIRECTIONS = {CallDirection.INCOMING: "in", CallDirection.OUTGOING: "out"}


class Records:
    """What the records tell since a test began; a row that is told again replaces the former one."""

    def __init__(self, company: Company) -> None:
        self._records = company.pbx.call_records
        self.rows: dict[str, RecordedCall] = {}

    async def skip(self) -> None:
        """Forget what was before."""
        await self._records.begin(None)
        await self.look()
        self.rows.clear()

    async def look(self) -> None:
        """Read what is there."""
        more = True
        while more:
            found = await self._records.read()
            more = found.more
            self.rows.update((call.entry_id, call) for call in found.calls)

    def of(self, user: str) -> list[RecordedCall]:
        """A user's rows, oldest first."""
        return sorted((row for row in self.rows.values() if row.user == user), key=lambda row: row.started_at)

    def short(self) -> set[str]:
        """All rows in short: whose, which way, with whom, what came of it, by whom."""
        return {
            f"{row.user} {_DIRECTIONS[row.direction]} {row.number} {row.result.value} {row.taken_by}".rstrip()
            for row in self.rows.values()
        }


@pytest.fixture
async def records(company: Company) -> Records:
    records = Records(company)
    await company.until(lambda: not channels(company), "the calls of the test before to be over")
    await records.skip()
    return records


def channels(company: Company) -> int:
    """How many channels Asterisk has."""
    return len(company.asterisk.command("core show channels concise").split())


async def told(records: Records, *wanted: str) -> None:
    """Wait until exactly these rows are there."""

    async def look() -> bool:
        await records.look()
        return records.short() == set(wanted)

    try:
        await wait_until_told(look, "the rows")
    except AssertionError as late:
        raise AssertionError("\n".join([str(late), *sorted(records.short())])) from None


async def rings(
    company: Company, caller: str, number: str, *callees: str
) -> tuple[PhoneCall, list[PhoneCall]]:
    """Let somebody call, and phones there ring."""
    calling = await company.phone(caller)
    phones = [await company.phone(callee) for callee in callees]
    call = await calling.dial(number)
    ringing = [await phone.incoming() for phone in phones]
    for one in ringing:
        one.ring()
    await call.wait_for_status(180)
    return call, ringing


async def test_an_answered_call(company: Company, records: Records) -> None:
    call, _ = await talking(company)
    leg, taken_leg = company.legs("anna")[0], company.legs("beat")[0]
    assert await company.pbx.sip_call_of(leg.leg_id) == call.invite.call_id
    call.hang_up()

    await told(records, "anna out 202 answered", "beat in 201 answered")
    (out,), (came,) = records.of("anna"), records.of("beat")
    assert out.call_id == came.call_id == leg.call_id
    assert (out.name, out.called, out.kind) == ("Beat", "202", CallKind.INTERNAL)
    assert (came.name, came.called, came.kind) == ("Anna", "202", CallKind.INTERNAL)
    assert (out.legs, came.legs) == ((leg.leg_id,), (taken_leg.leg_id,))
    assert len(came.sip_call_ids) == 1
    assert out.started_at <= came.started_at
    assert out.talk_s > 0
    assert came.talk_s > 0


async def test_a_call_that_is_given_up(company: Company, records: Records) -> None:
    call, _ = await rings(company, "anna", "202", "beat")
    call.cancel()

    await told(records, "anna out 202 cancelled", "beat in 201 missed")
    assert [(row.talk_s, row.ring_s > 0) for row in records.rows.values()] == [(0, True)] * 2


@pytest.mark.parametrize(
    ("status", "caller", "callee"),
    [(486, "busy", "missed"), (603, "declined", "declined"), (480, "not_reached", "missed")],
    ids=["busy", "declined", "not-there"],
)
async def test_a_call_that_is_refused(
    company: Company, records: Records, status: int, caller: str, callee: str
) -> None:
    call, (ringing,) = await rings(company, "anna", "202", "beat")
    ringing.refuse(status)
    await call.wait_until_over()

    await told(records, f"anna out 202 {caller}", f"beat in 201 {callee}")


async def test_a_declined_call_that_is_forwarded(company: Company, records: Records) -> None:
    carla = await company.phone("carla")
    busy = Forwarding(ForwardingCause.BUSY, "203", MIN_RING_S)
    await company.pbx.set_reach("beat", PbxReach(forwardings=(busy,)))
    call, (ringing,) = await rings(company, "anna", "202", "beat")
    ringing.refuse(603)
    (await carla.incoming()).answer()
    assert await call.final_status() == 200
    call.hang_up()

    await told(records, "anna out 202 answered", "beat in 201 declined carla", "carla in 201 answered")


async def test_calls_that_nobody_answers(company: Company, records: Records) -> None:
    call, _ = await rings(company, "anna", "202", "beat")
    await call.wait_until_over()
    nobody = await company.phones[0].dial("204")
    await nobody.wait_until_over()

    await told(
        records,
        "anna out 202 not_reached",
        "beat in 201 missed",
        "anna out 204 not_reached",
        "dario in 201 missed",
    )


async def test_a_call_outside(company: Company, records: Records) -> None:
    anna = await company.phone("anna")
    call = await anna.dial("0442681204")
    await call.final_status()
    call.hang_up()

    await told(records, "anna out 0442681204 answered")
    assert records.of("anna")[0].kind is CallKind.DIRECT


async def test_a_group_call_that_another_member_takes(company: Company, records: Records) -> None:
    call, (_, carlas) = await rings(company, "anna", "300", "beat", "carla")
    carlas.answer()
    await company.until(lambda: company.leg_states("carla")[-1:] == ["up"], "carla's answer")
    await company.until(lambda: bridged(company) >= 2, "both in a bridge")
    call.hang_up()

    await told(records, "anna out 300 answered", "carla in 201 answered", "beat in 201 taken carla")
    (row,) = records.of("beat")
    assert (row.kind, row.called, row.group) == (CallKind.GROUP, "300", "Verkauf")


async def test_a_group_call_that_two_members_take_at_once_is_answered_by_one(
    company: Company, records: Records
) -> None:
    call, both = await rings(company, "anna", "300", "beat", "carla")
    for ringing in both:
        ringing.answer()
    await company.until(lambda: any(one.over for one in both), "the end for whoever was later")
    later = next(one for one in both if one.over)
    other, taker = ("beat", "carla") if later is both[0] else ("carla", "beat")
    await company.until(lambda: bridged(company) >= 2, "the other one in a bridge")
    call.hang_up()

    await told(records, "anna out 300 answered", f"{taker} in 201 answered", f"{other} in 201 taken {taker}")


async def test_a_group_call_that_nobody_takes_is_missed_by_all_members(
    company: Company, records: Records
) -> None:
    call, _ = await rings(company, "anna", "300", "beat")
    call.cancel()

    await told(records, "anna out 300 cancelled", "beat in 201 missed", "carla in 201 missed")


@pytest.mark.parametrize("code", ["*8", "**202"])
async def test_a_call_that_is_picked_up_from_a_phone(company: Company, records: Records, code: str) -> None:
    carla = await company.phone("carla")
    call, _ = await rings(company, "anna", "202", "beat")
    picking = await carla.dial(code)
    await call.final_status()
    await company.until(lambda: bridged(company) >= 2, "both in a bridge")
    picking.hang_up()

    await told(records, "anna out 202 answered", "carla in 201 answered", "beat in 201 taken carla")
    assert records.of("carla")[0].talk_s > 0


@pytest.mark.parametrize("devices", [1, 2])
async def test_a_call_that_is_claimed(company: Company, records: Records, devices: int) -> None:
    carlas = [await company.phone("carla") for _ in range(devices)]
    call, _ = await rings(company, "anna", "202", "beat")
    await company.until(lambda: company.legs("beat"), "beat's leg")
    order = PbxPickUp(
        "carla",
        company.legs("beat")[0].leg_id,
        "wwphone-claim-1",
        Party("201", "Anna"),
        CallKind.INTERNAL,
        "202",
    )
    claiming = asyncio.create_task(company.pbx.pick_up(order))
    own = await carlas[-1].incoming()
    own.answer()
    await claiming
    await call.final_status()
    await company.until(lambda: bridged(company) >= 2, "both in a bridge")
    call.hang_up()

    await told(records, "anna out 202 answered", "carla in 201 answered", "beat in 201 taken carla")
    assert records.of("carla")[0].talk_s > 0


async def test_a_call_that_is_parked_and_fetched(company: Company, records: Records) -> None:
    carla = await company.phone("carla")
    call, _ = await talking(company)
    slot = await company.pbx.park(company.legs("beat")[0].leg_id)
    fetching = await carla.dial(slot)
    await fetching.final_status()
    await company.until(lambda: bridged(company) >= 2, "both in a bridge")
    call.hang_up()

    await told(records, "anna out 202 answered", "beat in 201 answered", "carla in 201 answered")


async def test_a_call_that_is_handed_over_unseen(company: Company, records: Records) -> None:
    carla = await company.phone("carla")
    call, taken = await talking(company)
    taken.refer("203")
    ringing = await carla.incoming()
    ringing.answer()
    await company.until(lambda: company.leg_states("carla")[-1:] == ["up"], "carla's answer")
    await company.until(lambda: bridged(company) == 2, "both in a bridge")
    call.hang_up()

    await told(records, "anna out 202 answered", "beat in 201 answered", "carla in 201 answered")


async def test_a_call_that_is_handed_over_after_a_word(company: Company, records: Records) -> None:
    carla = await company.phone("carla")
    call, taken = await talking(company)
    taken.hold()
    asking = await taken.phone.dial("203")
    ringing = await carla.incoming()
    ringing.answer()
    await asking.final_status()
    await company.until(lambda: bridged(company) == 4, "carla and beat in a bridge")
    taken.refer_to(asking)
    await company.until(lambda: bridged(company) == 2, "anna and carla in a bridge")
    call.hang_up()

    await told(
        records,
        "anna out 202 answered", "beat in 201 answered", "beat out 203 answered", "carla in 202 answered",
    )  # fmt: skip


async def test_a_call_that_comes_back_and_is_taken_is_one_row(company: Company, records: Records) -> None:
    call, taken = await talking(company)
    taken.refer("205")
    back = await taken.phone.incoming()
    back.answer()
    await company.until(lambda: [leg.remote.number for leg in company.legs("anna")] == ["202"], "anna's leg")
    await company.until(lambda: bridged(company) == 2, "both in a bridge")
    call.hang_up()

    await told(records, "anna out 202 answered", "beat in 201 answered", "eva in 201 missed")


async def test_calls_that_are_forwarded(company: Company, records: Records) -> None:
    try:
        await company.pbx.set_reach(
            "beat", PbxReach(forwardings=(Forwarding(ForwardingCause.ALWAYS, "203"),))
        )
        call, (carlas,) = await rings(company, "anna", "202", "carla")
        carlas.answer()
        await call.final_status()
        call.hang_up()
        await told(records, "anna out 202 answered", "beat in 201 taken carla", "carla in 201 answered")
        await records.skip()
        outside = PbxReach(forwardings=(Forwarding(ForwardingCause.ALWAYS, "0442681204"),))
        await company.pbx.set_reach("beat", outside)
        call = await company.phones[0].dial("202")
        await call.final_status()
        call.hang_up()
        await told(records, "anna out 202 answered", "beat in 201 forwarded")
    finally:
        await company.pbx.set_reach("beat", PbxReach())


async def test_a_caller_who_is_sent_to_the_voicemail(company: Company, records: Records) -> None:
    call, (ringing,) = await rings(company, "anna", "202", "beat")
    ringing.deflect(VOICEMAIL_DEFLECTION)
    await call.final_status()
    await company.until(
        lambda: "VoiceMail" in company.asterisk.command("core show channels concise"), "the voice mail"
    )
    call.hang_up()

    await told(records, "anna out 202 voicemail", "beat in 201 voicemail")


async def test_a_call_by_a_click(company: Company, records: Records) -> None:
    anna, beat = await company.phone("anna"), await company.phone("beat")
    dialling = asyncio.create_task(company.pbx.originate("anna", "202", "wwphone-click-1"))
    own = await anna.incoming()
    own.ring()
    own.answer()
    await dialling
    ringing = await beat.incoming()
    ringing.answer()
    await company.until(lambda: bridged(company) == 2, "both in a bridge")
    own.hang_up()

    await told(records, "anna out 202 answered", "beat in 201 answered")
    assert records.of("anna")[0].talk_s > 0


@pytest.mark.alone
async def test_many_calls_at_once_are_told_within_a_second(company: Company, records: Records) -> None:
    anna = await company.phone("anna")
    calls = [await anna.dial("801") for _ in range(MANY)]
    for call in calls:
        assert await call.final_status() == 200
        call.hang_up()

    async def all_told() -> bool:
        await records.look()
        return len(records.of("anna")) == MANY

    await wait_until_told(all_told, "a row of each call", 1 * SECONDS)


async def test_the_calls_of_a_steered_desk_phone_are_told_one_by_one(
    company: Company, records: Records
) -> None:
    carla = await company.phone("carla")
    call, _ = await talking(company)
    leg_id = company.legs("beat")[0].leg_id
    first = await company.pbx.desk_phones.hold(leg_id)
    await company.pbx.desk_phones.dial("beat", "203", leg_id, "")
    ringing = await carla.incoming()
    ringing.ring()
    ringing.answer()
    await company.until(lambda: company.legs("beat")[0].remote.number == "203", "carla")
    await company.until(lambda: bridged(company) >= 2, "both in a bridge")
    ringing.hang_up()
    await company.until(lambda: company.legs("beat")[0].waiting, "the phone to wait")
    await company.pbx.desk_phones.resume(first)
    await company.until(lambda: bridged(company) >= 2, "anna again")
    call.hang_up()

    await told(
        records,
        "anna out 202 answered", "beat in 201 answered", "beat out 203 answered", "carla in 202 answered",
    )  # fmt: skip
    came, dialled = records.of("beat")
    assert came.talk_s > dialled.talk_s > 0
