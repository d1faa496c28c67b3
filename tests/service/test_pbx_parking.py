"""Parking at a real Asterisk: by the server and by phones, fetched, come back, given up; and told right after a restart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from tests.helpers.pbx import ThrowawayPbx
from tests.helpers.waiting import SECONDS
from tests.service.pbx_company import Company, talking
from tests.service.pbx_phones import PhoneCall
from wwphone.domain.calls import Party
from wwphone.domain.numbers import RESERVED_NUMBERS
from wwphone.domain.parking import ParkedCall, ParkingEnd
from wwphone.server.api import NobodyThereError, PbxParkedChanged, PbxParkedEnded, PbxStateChanged
from wwphone.server.asterisk.adapter import AsteriskPbx

pytestmark = pytest.mark.end_to_end

PARKING_TIME_S = 1.0


@pytest.fixture
async def company(asterisk: ThrowawayPbx) -> AsyncIterator[Company]:
    company = Company(asterisk.asterisk)
    await company.open()
    yield company
    await company.close()


@pytest.fixture
async def impatient(asterisk: ThrowawayPbx) -> AsyncIterator[Company]:
    """Parked calls come back after a moment."""
    company = Company(asterisk.asterisk)
    company.use(parking_time_s=PARKING_TIME_S * SECONDS)
    await company.open()
    yield company
    await company.close()


def parked(company: Company) -> list[ParkedCall]:
    """What is parked, by the events alone."""
    calls: dict[str, ParkedCall] = {}
    for event in company.told:
        if isinstance(event, PbxParkedChanged):
            calls[event.call.slot] = event.call
        elif isinstance(event, PbxParkedEnded):
            calls.pop(event.slot, None)
    return list(calls.values())


def ends(company: Company) -> list[tuple[ParkingEnd, str]]:
    return [(e.end, e.user) for e in company.told if isinstance(e, PbxParkedEnded)]


async def park_anna(company: Company) -> tuple[PhoneCall, PhoneCall, str]:
    """Beat parks Anna, who called him; both calls and the place."""
    call, taken = await talking(company)
    leg_id = await company.pbx.leg_of_sip_call("beat", taken.invite.call_id)
    slot = await company.pbx.park(leg_id)
    return call, taken, slot


async def fetch(company: Company, user: str, slot: str) -> PhoneCall:
    """Fetch to a user's only phone, which rings for it; it is not answered yet."""
    phone = next(each for each in company.phones if each.user == user)
    fetching = asyncio.create_task(company.pbx.fetch_parked(user, slot, f"fetch-{user}"))
    ringing = await phone.incoming()
    ringing.ring()
    await fetching
    return ringing


async def connected(company: Company, user: str, number: str) -> None:
    """Wait until a user talks with whoever has this number."""
    await company.until(
        lambda: [(leg.remote.number, leg.state.value) for leg in company.legs(user)] == [(number, "up")],
        f"{user} to talk with {number}",
    )


async def test_a_call_is_parked_and_fetched_by_a_colleague(company: Company) -> None:
    call, taken, slot = await park_anna(company)

    assert slot in RESERVED_NUMBERS
    await taken.wait_until_over()
    assert not call.over
    (waiting,) = parked(company)
    assert (waiting.slot, waiting.caller, waiting.parked_by) == (slot, Party("201", "Anna"), "beat")
    assert waiting.returns_at is not None
    assert waiting.returns_at - waiting.since == timedelta(seconds=120)

    await company.phone("carla")
    ringing = await fetch(company, "carla", slot)
    assert "answer-after=0" in ringing.invite.get("Call-Info")
    assert ringing.invite.get("From").startswith('"Anna" <sip:201@')
    ringing.answer()
    await company.until(lambda: ends(company) == [(ParkingEnd.FETCHED, "carla")], "the end of the parking")
    assert parked(company) == []
    await connected(company, "carla", "201")
    await connected(company, "anna", "203")
    assert not call.over


async def test_who_called_parks_whom_he_called(company: Company) -> None:
    call, taken = await talking(company)
    slot = await company.pbx.park(company.legs("anna")[0].leg_id)

    await call.wait_until_over()
    assert not taken.over
    (waiting,) = parked(company)
    assert (waiting.slot, waiting.caller.number, waiting.parked_by) == (slot, "202", "anna")


async def test_a_held_call_is_parked_and_the_place_is_not_given_away_at_once(company: Company) -> None:
    _, taken = await talking(company)
    taken.hold()
    await company.until(lambda: company.leg_states("beat")[-1:] == ["held"], "the hold")
    first = await company.pbx.park(company.legs("beat")[0].leg_id)
    await company.phone("carla")
    ringing = await fetch(company, "carla", first)
    ringing.answer()
    await connected(company, "carla", "201")

    second = await company.pbx.park(company.legs("carla")[0].leg_id)

    assert second != first
    (waiting,) = parked(company)
    assert (waiting.caller.number, waiting.parked_by) == ("201", "carla")


async def test_phones_park_by_transfer_and_fetch_by_dialling(company: Company) -> None:
    call, taken = await talking(company)
    taken.refer("700")
    await company.until(lambda: parked(company), "the call to be parked")
    (waiting,) = parked(company)
    assert (waiting.caller, waiting.parked_by) == (Party("201", "Anna"), "beat")
    taken.end_somehow()

    carla = await company.phone("carla")
    fetched = await carla.dial(waiting.slot)
    assert await fetched.final_status() == 200

    await company.until(lambda: ends(company) == [(ParkingEnd.FETCHED, "carla")], "the end of the parking")
    await connected(company, "carla", "201")
    assert not call.over


async def test_nobody_fetches_it_and_it_comes_back_with_a_word(impatient: Company) -> None:
    call, _, slot = await park_anna(impatient)
    beat = next(each for each in impatient.phones if each.user == "beat")

    back = await beat.incoming(10 * SECONDS)

    assert back.invite.get("X-Wwphone-Parked") == slot
    assert back.invite.get("From").startswith('"Anna" <sip:201@')
    await impatient.until(
        lambda: ends(impatient) == [(ParkingEnd.RETURNED, "beat")], "the end of the parking"
    )
    back.answer()
    await connected(impatient, "beat", "201")
    await connected(impatient, "anna", "202")
    assert not call.over


async def test_who_parked_it_declines_and_it_waits_on_until_the_caller_gives_up(impatient: Company) -> None:
    call, _, _ = await park_anna(impatient)
    beat = next(each for each in impatient.phones if each.user == "beat")
    back = await beat.incoming(10 * SECONDS)
    back.refuse(603)

    await impatient.until(
        lambda: [one.parked_by for one in parked(impatient)] == ["beat"], "it to wait again"
    )
    assert not call.over
    again = await beat.incoming(10 * SECONDS)
    again.refuse(486)
    await impatient.until(lambda: parked(impatient), "it to wait once more")

    call.hang_up()
    await impatient.until(lambda: not parked(impatient), "the end of the parking")
    assert ends(impatient)[-1] == (ParkingEnd.GAVE_UP, "")


async def test_it_does_not_come_back_to_who_wants_no_calls(impatient: Company) -> None:
    await park_anna(impatient)
    beat = next(each for each in impatient.phones if each.user == "beat")
    impatient.asterisk.command("database put wwphone-reach beat dnd|||||")

    await impatient.until(lambda: ends(impatient) and parked(impatient), "it to wait again")

    assert not beat.has_incoming()
    impatient.asterisk.command("database del wwphone-reach beat")


async def test_of_two_who_fetch_at_once_one_gets_the_call(company: Company) -> None:
    call, _, slot = await park_anna(company)
    await company.phone("carla")
    await company.phone("dario")
    rings = await asyncio.gather(fetch(company, "carla", slot), fetch(company, "dario", slot))

    for ringing in rings:
        ringing.answer()

    await company.until(lambda: len(ends(company)) == 1, "the end of the parking")
    await company.until(lambda: [ringing.over for ringing in rings].count(True) == 1, "the end of the other")
    winner = ends(company)[0][1]
    assert winner == ("carla" if rings[1].over else "dario")
    await connected(company, winner, "201")
    assert not call.over


async def test_a_server_that_starts_anew_knows_what_is_parked(company: Company) -> None:
    _, _, slot = await park_anna(company)
    before = parked(company)
    await company.pbx.shutdown()
    company.told.clear()

    company.pbx = AsteriskPbx(company.settings)
    await company.open()

    (waiting,) = parked(company)
    assert (waiting.slot, waiting.caller, waiting.parked_by) == (slot, Party("201", "Anna"), "beat")
    assert abs(waiting.since - before[0].since) < timedelta(seconds=1.5)
    assert company.told.index(PbxParkedChanged(waiting)) < company.told.index(PbxStateChanged(connected=True))


async def test_what_cannot_be_parked_or_fetched(company: Company) -> None:
    anna, beat = await company.phone("anna"), await company.phone("beat")
    call = await anna.dial("202")
    ringing = await beat.incoming()
    ringing.ring()
    await call.wait_for_status(180)

    with pytest.raises(NobodyThereError):
        await company.pbx.park(company.legs("anna")[0].leg_id)
    with pytest.raises(KeyError):
        await company.pbx.park("no-such-leg")
    with pytest.raises(KeyError):
        await company.pbx.leg_of_sip_call("beat", call.invite.call_id)
    with pytest.raises(KeyError):
        await company.pbx.leg_of_sip_call("anna", "")
    with pytest.raises(KeyError):
        await company.pbx.fetch_parked("anna", "720", "fetch-1")
    assert not call.over
