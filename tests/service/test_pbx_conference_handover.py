"""Whoever is handed over into a conference, or takes somebody's place there, at a real Asterisk: who is there, and as what."""

from __future__ import annotations

import pytest

from tests.helpers.waiting import SECONDS
from tests.service.conference_house import DIALPLAN, FAR_NUMBER, OPEN, ConferenceHouse, door
from tests.service.pbx_company import bridged
from tests.service.pbx_phones import PhoneCall
from wwphone.server.conference_api import PbxInvitation

pytestmark = pytest.mark.end_to_end

LOCAL_DIALPLAN = f"""{DIALPLAN}
; the same over a line of its own, as over a trunk
[wwphone-outgoing](+)
exten => 0801,1,Dial(Local/{FAR_NUMBER}@wwphone-outgoing/n)
"""
BY_TRUNK = "0801"
DOOR = door("c1", "201", {"660011": "beat@example.com"}, OPEN)


async def asked(house: ConferenceHouse, by: str, user: str, number: str) -> tuple[PhoneCall, PhoneCall]:
    """Somebody calls a colleague, who answers, and they talk; both ends."""
    before, phone = bridged(house), await house.phone_of(user)
    call = await (await house.phone_of(by)).dial(number)
    taken = await phone.incoming()
    taken.answer()
    assert await call.final_status() == 200
    await house.until(lambda: bridged(house) == before + 2, f"{user} in the call")
    return call, taken


async def until_there(house: ConferenceHouse, *users: str) -> None:
    await house.until(
        lambda: sorted(one.user for one in house.there.values()) == sorted(users),
        f"{users} and nobody else in the room",
        20 * SECONDS,
    )


async def test_who_is_handed_over_takes_the_place_and_nothing_that_came_with_it(
    house: ConferenceHouse,
) -> None:
    await house.pbx.conference.set_doors([DOOR])
    await house.comes("dario", "902", "201#1234#")
    # Anna, the chair, asks Carla and hands her over into the room: from her call with Carla to that with the room
    asking, carla = await asked(house, "anna", "carla", "203")
    asking.hold()
    inside = await house.comes("anna", "901")
    asking.refer_to(inside)
    await until_there(house, "carla", "dario")
    # Beat, in the room by his own PIN, asks Eva and lets her have his place: from his call with the room
    place = await house.comes("beat", "902", "660011#")
    assert house.place("beat").invitee == "beat@example.com"
    place.hold()
    other, eva = await asked(house, "beat", "eva", "205")
    place.refer_to(other)
    await until_there(house, "carla", "dario", "eva")
    seen = {one.user: (one.chair, one.invitee, one.party.number) for one in house.there.values()}
    assert seen == {"carla": (False, "", "203"), "dario": (False, "", "204"), "eva": (False, "", "205")}

    await house.pbx.shutdown()  # a server that comes later reads the same from Asterisk
    anew = ConferenceHouse(house.asterisk)
    await anew.pbx.conference.set_doors([DOOR])
    await anew.open()
    try:
        there = {one.user: (one.chair, one.invitee, one.party.number) for one in anew.there.values()}
        assert there == seen
        await anew.pbx.conference.set_chair(anew.place("carla").participant_id, True)
        await anew.pbx.conference.hang_up(anew.place("eva").participant_id)
        await eva.wait_until_over(20 * SECONDS)
        carla.hang_up()
        await until_there(anew, "dario")
    finally:
        await anew.close()


async def called_in(house: ConferenceHouse) -> PhoneCall:
    """Dario is in Anna's room, and Beat whom she called in."""
    await house.comes("dario", "902", "201#1234#")
    beat = await house.phone_of("beat")
    await house.pbx.conference.invite(PbxInvitation("i-1", "201", "202", "anna", "Anna"))
    call = await beat.incoming()
    call.answer()
    await until_there(house, "beat", "dario")
    return call


async def test_who_was_called_in_hands_their_place_over_to_a_colleague(house: ConferenceHouse) -> None:
    call = await called_in(house)
    call.hold()
    asking, _ = await asked(house, "beat", "carla", "203")
    call.refer_to(asking)
    await until_there(house, "carla", "dario")
    carla = house.place("carla")
    assert (carla.invitation_id, carla.leg_id) == ("i-1", house.legs("carla")[0].leg_id)
    await house.pbx.conference.hang_up(carla.participant_id)
    await until_there(house, "dario")


async def test_who_was_called_in_sends_the_call_on_to_a_colleague(house: ConferenceHouse) -> None:
    call = await called_in(house)
    phone = await house.phone_of("eva")
    call.refer("205")
    taken = await phone.incoming()
    taken.answer()
    await until_there(house, "eva", "dario")
    assert house.place("eva").leg_id == house.legs("eva")[0].leg_id
    await house.pbx.shutdown()  # a server that comes later sees her as well
    anew = ConferenceHouse(house.asterisk)
    await anew.open()
    try:
        await until_there(anew, "eva", "dario")
        assert anew.place("eva").party.number == "", "her own, not the one that was called"
    finally:
        await anew.close()


async def test_somebody_outside_takes_the_place_of_who_was_called_in(house: ConferenceHouse) -> None:
    call = await called_in(house)
    call.hold()
    before = bridged(house)
    asking = await house.dials("beat", BY_TRUNK)
    await house.until(lambda: bridged(house) == before + 2, "beat and who is outside in one bridge")
    call.refer_to(asking)
    await until_there(house, "", "dario")
    (outside,) = [one for one in house.there.values() if not one.user]
    assert (outside.party.number, outside.invitation_id, outside.leg_id) == (BY_TRUNK, "i-1", "")
