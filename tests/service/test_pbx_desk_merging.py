"""A steered desk phone at a real Asterisk: its calls merged and split again, and what it holds parked."""

from __future__ import annotations

import pytest

from tests.helpers.pbx import ThrowawayPbx
from tests.service.pbx_company import Company, talking
from tests.service.pbx_phones import PhoneCall
from tests.service.test_pbx_desk_phone import applications, held
from wwphone.domain.calls import LegState
from wwphone.domain.desk_phone import HeldEnd
from wwphone.server.api import NobodyThereError, PbxParkedChanged
from wwphone.server.desk_phone_api import PbxHeldEnded

pytestmark = pytest.mark.end_to_end


def merged(company: Company) -> set[str]:
    """The numbers of those who are merged, by what was told."""
    return {call.remote.number for call in held(company) if call.merged}


def in_room(company: Company) -> int:
    """How many channels are in rooms."""
    return applications(company).count("ConfBridge")


async def called(company: Company, leg_id: str, name: str, number: str) -> PhoneCall:
    """Beat's leg, which waits, calls somebody, who answers."""
    phone = await company.phone(name)
    await company.pbx.desk_phones.dial("beat", number, leg_id, "")
    ringing = await phone.incoming()
    ringing.ring()
    ringing.answer()
    await company.until(
        lambda: (
            company.legs("beat")[0].state is LegState.UP and company.legs("beat")[0].remote.number == number
        ),
        name,
    )
    return ringing


async def three(company: Company) -> tuple[PhoneCall, PhoneCall, PhoneCall, str]:
    """Beat's phone merged with Anna and Carla: their calls, Beat's own, and his leg."""
    call, own = await talking(company)
    leg_id = company.legs("beat")[0].leg_id
    first = await company.pbx.desk_phones.hold(leg_id)
    carla = await called(company, leg_id, "carla", "203")
    await company.pbx.desk_phones.merge([leg_id, first])
    await company.until(lambda: merged(company) == {"201", "203"}, "both to be merged")
    await company.until(lambda: in_room(company) == 3, "three in the room")
    assert company.legs("beat")[0].merged
    return call, carla, own, leg_id


def held_together(company: Company) -> set[str]:
    """The numbers of those who were merged, and hear music now."""
    return {call.remote.number for call in held(company) if call.together}


async def test_two_calls_are_merged_and_a_third_comes_along(company: Company) -> None:
    call, carla, own, leg_id = await three(company)
    held_ids = [one.held_id for one in held(company)]
    await company.pbx.desk_phones.hold(leg_id)  # all of them, to call somebody else meanwhile
    await company.until(lambda: company.legs("beat")[0].waiting, "the leg to wait")
    assert merged(company) == set()
    assert held_together(company) == {"201", "203"}
    dario = await called(company, leg_id, "dario", "204")
    await company.pbx.desk_phones.merge([leg_id, *held_ids])
    await company.until(lambda: merged(company) == {"201", "203", "204"}, "all to be merged")
    await company.until(lambda: in_room(company) == 4, "four in the room")

    own.hang_up()
    for each in (call, carla, dario):
        await each.wait_until_over()
    await company.until(lambda: not held(company), "nothing to be held")
    await company.until(lambda: not company.legs("beat"), "the end")


async def test_the_whole_is_held_and_comes_back_by_one_press_each(
    company: Company, asterisk: ThrowawayPbx
) -> None:
    call, carla, own, leg_id = await three(company)
    phones = company.pbx.desk_phones
    for _ in range(2):
        one = await phones.hold(leg_id)
        assert (merged(company), held_together(company)) == (set(), {"201", "203"})
        await company.until(lambda: applications(company).count("MusicOnHold") == 2, "music for both")
        assert in_room(company) == 0
        assert company.legs("beat")[0].waiting
        assert not own.over

        later = Company(asterisk.asterisk)  # a server that was started meanwhile
        await later.open()
        assert (merged(later), held_together(later)) == (set(), {"201", "203"})
        await later.pbx.shutdown()

        await phones.resume(one)
        await company.until(lambda: in_room(company) == 3, "three in the room")
        assert (merged(company), held_together(company)) == ({"201", "203"}, set())
        assert company.legs("beat")[0].merged

    await phones.hold(leg_id)
    carla.hang_up()
    await company.until(lambda: [one.remote.number for one in held(company)] == ["201"], "Carla to be gone")
    assert not held_together(company), "nobody is left to be merged with"
    await phones.resume(held(company)[0].held_id)
    assert company.legs("beat")[0].remote.number == "201"
    assert not company.legs("beat")[0].merged
    call.hang_up()
    await own.wait_until_over()


async def test_a_held_conference_rings_when_the_phone_is_put_down(company: Company) -> None:
    call, carla, own, leg_id = await three(company)
    await company.pbx.desk_phones.hold(leg_id)
    await company.until(lambda: applications(company).count("MusicOnHold") == 2, "music for both")
    own.hang_up()
    beat = own.phone
    for _ in range(2):
        (await beat.incoming()).refuse(486)
    for each in (call, carla):
        await each.wait_until_over()
    await company.until(lambda: not held(company), "nothing to be held")


async def test_one_is_split_off_and_the_last_one_is_connected_alone(company: Company) -> None:
    call, carla, own, _ = await three(company)
    by_number = {one.remote.number: one.held_id for one in held(company)}
    await company.pbx.desk_phones.split(by_number["201"])
    await company.until(lambda: applications(company).count("MusicOnHold") == 1, "music for Anna")
    assert merged(company) == {"203"}

    await company.pbx.desk_phones.resume(by_number["203"])
    await company.until(lambda: not company.legs("beat")[0].merged, "an ordinary call")
    await company.until(lambda: in_room(company) == 0, "nobody in the room")
    assert company.legs("beat")[0].remote.number == "203"
    assert [one.remote.number for one in held(company)] == ["201"]
    carla.hang_up()
    await company.until(lambda: company.legs("beat")[0].waiting, "the leg to wait")
    await company.pbx.desk_phones.hang_up(by_number["201"])
    await call.wait_until_over()
    await own.wait_until_over()


async def test_when_all_others_have_hung_up_the_phone_is_put_down(company: Company) -> None:
    call, carla, own, _ = await three(company)
    call.hang_up()
    await company.until(lambda: merged(company) == {"203"}, "Anna to be gone")
    assert not own.over
    carla.hang_up()
    await own.wait_until_over()
    await company.until(lambda: not company.legs("beat"), "the end")


async def test_whoever_comes_later_finds_who_is_merged(company: Company, asterisk: ThrowawayPbx) -> None:
    *_, leg_id = await three(company)
    later = Company(asterisk.asterisk)
    await later.open()
    assert merged(later) == {"201", "203"}
    assert later.legs("beat")[0].merged
    assert later.legs("beat")[0].leg_id == leg_id
    for one in held(later):
        await later.pbx.desk_phones.hang_up(one.held_id)
    await later.until(lambda: not later.legs("beat"), "the end")
    await later.pbx.shutdown()


async def test_calls_of_two_phones_are_not_merged(company: Company) -> None:
    await talking(company)
    with pytest.raises(NobodyThereError):
        await company.pbx.desk_phones.merge([company.legs("beat")[0].leg_id, company.legs("anna")[0].leg_id])
    with pytest.raises(KeyError):
        await company.pbx.desk_phones.merge(["gone", company.legs("anna")[0].leg_id])
    assert not held(company)


async def test_what_is_held_is_parked_while_the_phone_goes_on(company: Company) -> None:
    call, own = await talking(company)
    leg_id = company.legs("beat")[0].leg_id
    first = await company.pbx.desk_phones.hold(leg_id)
    carla = await called(company, leg_id, "carla", "203")
    slot = await company.pbx.desk_phones.park(first)
    assert slot.startswith("7")
    await company.until(lambda: bool(company.of(PbxParkedChanged)), "the parked call")
    parked = company.of(PbxParkedChanged)[-1].call
    assert (parked.slot, parked.caller.number, parked.parked_by) == (slot, "201", "beat")
    assert company.of(PbxHeldEnded)[-1].end is HeldEnd.SENT_ON
    assert not held(company)
    assert [each.over for each in (call, own, carla)] == [False] * 3
    carla.hang_up()
    await own.wait_until_over()
    assert not call.over
