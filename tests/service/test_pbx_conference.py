"""Conference rooms at a real Asterisk: who is let in, and what is told of who is there."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from tests.helpers.waiting import SECONDS
from tests.service.conference_house import (
    DIALPLAN,
    EARLY,
    LATE,
    OPEN,
    ConferenceHouse,
    door,
)
from wwphone.server.api import PbxError, PbxStateChanged
from wwphone.server.conference_api import PbxParticipantChanged, PbxRoomLocked

pytestmark = pytest.mark.end_to_end

LOCAL_DIALPLAN = DIALPLAN
BRIEF_WORDS = True


async def test_the_owner_is_a_chair_and_others_are_asked_for_the_pin(house: ConferenceHouse) -> None:
    await house.comes("anna", "901")
    await house.comes("beat", "902", "201#1234#")
    anna, beat = house.place("anna"), house.place("beat")
    assert (anna.room, anna.chair, anna.party.number) == ("201", True, "201")
    assert (beat.room, beat.chair, beat.party.number) == ("201", False, "202")
    assert abs((datetime.now(UTC) - beat.since).total_seconds()) < 60 * SECONDS
    assert beat.participant_id == house.legs("beat")[0].leg_id
    await house.pbx.conference.hang_up(beat.participant_id)
    await house.until(lambda: not house.who("beat"), "beat out")
    assert house.who("anna")
    with pytest.raises(KeyError):
        await house.pbx.conference.hang_up(beat.participant_id)


async def test_a_room_without_pin_is_entered_by_its_number_and_three_wrong_pins_end_a_call(
    house: ConferenceHouse,
) -> None:
    await house.comes("carla", "850")
    right_at_last = await house.dials("beat", "851", "1#99#4321#")
    wrong = await house.dials("dario", "851", "1#22#333#")
    await house.until(lambda: house.who("beat"), "beat in the room", 20 * SECONDS)
    await wrong.wait_until_over(20 * SECONDS)
    assert not right_at_last.over
    assert not house.who("dario")
    await house.until(lambda: "851|three-times" in house.refusals(), "the reason")


async def test_doors_let_in_by_pin_and_time_alone(house: ConferenceHouse) -> None:
    await house.pbx.conference.set_doors(
        [
            door(
                "c-open", "850", {"660011": "carla@example.com", "660012": "x@example.com"}, LATE, OPEN, EARLY
            ),
            door("c-early", "851", {"770011": "dario@example.com"}, (86_400 * 3, 86_400 * 4), EARLY),
            door("c-late", "851", {"880011": "eva@example.com"}, LATE),
            door("c-over", "851", {"880013": "beat@example.com"}),
            door("c-again", "851", {"880012": "eva@example.com", "660012": "y@example.com"}, LATE, EARLY),
        ]
    )
    await house.comes("carla", "902", "660011#")
    carla = house.place("carla")
    assert (carla.room, carla.invitee, carla.chair) == ("850", "carla@example.com", False)
    told = house.of(PbxParticipantChanged)[-1]
    assert told.conference_id == "c-open"
    await house.comes("beat", "902", "660012#")
    assert house.place("beat").invitee == "x@example.com"
    calls = [
        await house.dials(user, number, keys)
        for user, number, keys in (
            ("dario", "902", "770011#"),
            ("eva", "851", "880011#"),
            ("felix", "9941445550000", "880012#"),
            ("anna", "902", "880013#"),
        )
    ]
    await house.until(lambda: house.refusals().count("851|late") == 2, "what is late", 20 * SECONDS)
    await calls[0].wait_until_over(30 * SECONDS)
    assert {one.user for one in house.there.values()} == {"carla", "beat"}
    await house.until(lambda: len(house.refusals()) >= 3, "the reasons")
    assert {"851|early", "851|late"} <= set(house.refusals())
    log = (house.asterisk.logs / "full.log").read_text("utf-8")
    missing = [line for line in log.splitlines() if "does not exist" in line and "WARNING" in line]
    assert missing == []


async def test_from_outside_one_gets_in_by_a_pin_and_never_without(house: ConferenceHouse) -> None:
    await house.pbx.conference.set_doors([door("c1", "850", {"660011": "far@example.com"}, OPEN)])
    await house.dials("beat", "9941445550000", "660011#")
    await house.until(lambda: house.there, "somebody in the room", 20 * SECONDS)
    (far,) = house.there.values()
    assert (far.room, far.invitee, far.party.number) == ("850", "far@example.com", "+41319998877")
    await house.dials("dario", "9941445550000", "850#850#850#")
    await house.until(lambda: "850|three-times" in house.refusals(), "the reason", 20 * SECONDS)
    await house.dials("carla", "9941445550000", "851#4321#")
    await house.until(lambda: {one.room for one in house.there.values()} == {"850", "851"}, "who had the PIN")


async def test_a_locked_room_lets_nobody_dial_in_but_its_owner(house: ConferenceHouse) -> None:
    rooms = house.pbx.conference
    with pytest.raises(PbxError):
        await rooms.lock("201", True)
    await house.comes("beat", "902", "201#1234#")
    await rooms.lock("201", True)
    assert house.of(PbxRoomLocked) == [PbxRoomLocked("201", True)]
    await house.dials("dario", "902", "201#1234#")
    await house.until(lambda: "201|locked" in house.refusals(), "the reason", 20 * SECONDS)
    await house.comes("anna", "901")
    await rooms.lock("201", False)
    await house.comes("dario", "902", "201#1234#")
    await rooms.lock("201", True)
    await rooms.end("201")
    await house.until(lambda: not house.there, "nobody there")
    await house.until(lambda: house.of(PbxRoomLocked)[-1] == PbxRoomLocked("201", False), "an open room")
    await rooms.end("201")


async def test_the_line_comes_back_and_everything_is_as_it_is(house: ConferenceHouse) -> None:
    rooms = house.pbx.conference
    await rooms.set_doors([door("c1", "850", {"660011": "carla@example.com"}, OPEN)])
    await house.comes("carla", "902", "660011#")
    await house.comes("anna", "850")
    gone = await house.comes("eva", "850")
    await rooms.set_chair(house.place("carla").participant_id, True)
    await rooms.mute(house.place("anna").participant_id, True)
    await house.until(lambda: house.place("anna").muted, "anna muted")
    await rooms.lock("850", True)
    before = dict(house.there)
    await house.phone_of("beat")
    await house.pbx.shutdown()

    gone.hang_up()
    anew = ConferenceHouse(house.asterisk)
    await house.dials("beat", "902", "660011#")  # the server is not there: locked, all the same
    await house.until(lambda: "850|locked" in house.refusals(), "the reason", 20 * SECONDS)
    await anew.pbx.conference.set_doors([door("c1", "850", {"660011": "carla@example.com"}, OPEN)])
    await anew.open()
    try:
        told = [event for event in anew.told if isinstance(event, PbxParticipantChanged | PbxRoomLocked)]
        assert anew.told.index(told[-1]) < anew.told.index(PbxStateChanged(connected=True))
        expected = {name: one for name, one in before.items() if one.user != "eva"}
        assert {name: (one.user, one.chair, one.muted, one.invitee) for name, one in anew.there.items()} == {
            name: (one.user, one.chair, one.muted, one.invitee) for name, one in expected.items()
        }
        assert {one.user: one.chair for one in anew.there.values()} == {"carla": True, "anna": False}
        assert [event for event in told if isinstance(event, PbxRoomLocked)] == [PbxRoomLocked("850", True)]
        assert {name: one.since.replace(microsecond=0) for name, one in anew.there.items()} == {
            name: one.since.replace(microsecond=0) for name, one in expected.items()
        }
    finally:
        await anew.close()


async def test_doors_outlive_asterisk_and_the_server_and_are_taken_away_where_they_count_no_more(
    house: ConferenceHouse,
) -> None:
    rooms = house.pbx.conference
    await rooms.set_doors([door("c1", "850", {"660011": "a@example.com", "660012": "b@example.com"}, OPEN)])
    await asyncio.to_thread(house.asterisk.stop)
    await house.disconnected()
    # Told while the line is away: what is there and not wanted any more goes, what is new comes.
    await rooms.set_doors([door("c1", "850", {"660012": "b@example.com", "660013": "c@example.com"}, OPEN)])
    await asyncio.to_thread(house.asterisk.start, 30 * SECONDS)
    await house.connected()
    kept = house.asterisk.command("database show wwphone-conference-pin")
    assert ("660011" in kept, "660012" in kept, "660013" in kept) == (False, True, True)
    await house.phone_of("dario")
    await house.pbx.shutdown()
    call = await house.dials("dario", "902", "660012#")
    anew = ConferenceHouse(house.asterisk)
    await anew.open()
    await anew.until(lambda: anew.who("dario"), "dario in the room, without a server", 20 * SECONDS)
    assert not call.over
    await anew.close()
    assert "0 results" in house.asterisk.command("database show wwphone-conference")
