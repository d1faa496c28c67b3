"""Running conferences over the wire, with a PBX in memory: who sees and steers what, what is told, and what outlives a breakdown."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.conference_watcher import Watcher
from tests.helpers.cti_server import PEOPLE, CtiServerUnderTest, user_record
from tests.helpers.waiting import wait_until_async
from wwphone.domain.account import Right
from wwphone.domain.calls import Party
from wwphone.domain.conference import InvitationState
from wwphone.protocol.conference import ConferencesState
from wwphone.server.api import PbxError, PbxLostError, PbxRoom, UserRecord
from wwphone.server.certificates import IssuedFiles
from wwphone.server.conference_api import PbxInvitation
from wwphone.server.fake_conference import FakeConference
from wwphone.server.store.sql_store import SqlStore

CONFERENCES = frozenset({Right.CTI_ACCESS, Right.CONFERENCE_ROOM})
ANNA, BEAT, CARLA = (replace(one, rights=CONFERENCES) for one in PEOPLE[:3])
HIDDEN, PLAIN = PEOPLE[3], PEOPLE[4]
CHIEF = user_record("chief", "207", rights=frozenset({Right.CTI_ACCESS, Right.ADMINISTRATE}))
HALL = PbxRoom("400", "Hall", "40302010")
STRANGER = "+41445550123"


class Office:
    """A server with rooms, and clients at it."""

    def __init__(self, server: CtiServerUnderTest) -> None:
        self.server = server
        self.watchers: list[Watcher] = []

    @property
    def pbx(self) -> FakeConference:
        """The PBX's rooms."""
        return self.server.pbx.conference

    async def watch(self, user: str) -> Watcher:
        """Sign somebody in."""
        self.watchers.append(Watcher(await self.server.signed_in(user)))
        return self.watchers[-1]

    async def edit(self, *records: UserRecord, rooms: tuple[PbxRoom, ...] = (), without: str = "") -> None:
        """Change users and rooms as the command line does, and wait until the PBX has them too."""
        store = SqlStore(self.server.store_url)
        await store.open()
        for record in records:
            await store.replace_user(record)
        for room in rooms:
            await store.replace_room(room)
        if without:
            await store.remove_room(without)
        await store.close()
        revision = await self.server.running.directory._store.directory_revision()
        await wait_until_async(lambda: self.server.running.directory._revision == revision, "the change")

    def matches(self, watcher: Watcher, user: str) -> bool:
        """Whether what arrived is what the server would put into a snapshot."""
        return watcher.state == self.server.running.conferences.state_for(user)


async def until(condition: Callable[[], Any], what: str) -> None:
    await wait_until_async(condition, what)


@pytest.fixture
async def office(tmp_path: Path, tls_files: IssuedFiles) -> AsyncIterator[Office]:
    """Anna, Beat and Carla may hold conferences, the chief looks after all; there is a hall for everybody."""
    server = CtiServerUnderTest(tmp_path, tls_files)
    await server.populate((ANNA, BEAT, CARLA, HIDDEN, PLAIN, CHIEF))
    store = SqlStore(server.store_url)
    await store.open()
    await store.replace_room(HALL)
    await store.close()
    await server.start()
    made = Office(server)
    await until(lambda: server.pbx.connected, "the PBX")
    yield made
    for watcher in made.watchers:
        await watcher.client.close()
    await server.stop()


# ---------------------------------------------------------------- who sees what


async def test_each_sees_the_rooms_that_are_theirs_to_see(office: Office) -> None:
    anna, plain, chief = [await office.watch(user) for user in ("anna", "plain", "chief")]
    assert anna.state.released
    assert anna.rooms == {"201": ("901", True, ""), "400": ("400", True, HALL.pin)}
    assert [room.number for room in anna.state.rooms] == ["201", "400"], "one's own first"
    assert not plain.state.released
    assert plain.rooms == {}
    assert not chief.state.released
    assert chief.rooms == {
        "201": ("902", True, ""),
        "202": ("902", True, ""),
        "203": ("902", True, ""),
        "400": ("400", True, HALL.pin),
    }


async def test_a_colleague_sees_a_room_while_they_are_there(office: Office) -> None:
    anna, plain, carla = [await office.watch(user) for user in ("anna", "plain", "carla")]
    mine = office.pbx.enter("201", "201", own=True)
    await until(lambda: anna.people == {mine: "Anna"}, "Anna to see herself")
    theirs = office.pbx.enter("201", "205")
    await until(lambda: plain.people == {mine: "Anna", theirs: "Plain"}, "Plain to see who is there")
    assert plain.rooms == {"201": ("902", False, "")}
    assert await plain.ask("mute", room="201", muted=True) == "not_permitted"
    assert await plain.ask("mute", room="201", muted=True, participant_ids=[theirs]) == ""
    assert await carla.ask("mute", room="201", muted=True) == "not_found"
    await until(lambda: {one.muted for one in anna.state.participants} == {False, True}, "the mute")
    office.pbx.leave(theirs)
    await until(lambda: plain.state.rooms == () and plain.people == {}, "nothing to be seen any more")
    assert anna.people == {mine: "Anna"}
    assert carla.client.event_bodies("conference.participant_changed") == []
    assert carla.people == {}


async def test_a_chair_controls_while_they_are_there(office: Office) -> None:
    anna, plain = await office.watch("anna"), await office.watch("plain")
    office.pbx.enter("201", "201", own=True)
    theirs, stranger = office.pbx.enter("201", "205"), office.pbx.enter("201", STRANGER, name="Shop")
    await until(lambda: len(plain.people) == 3, "everybody")
    assert await plain.ask("set_chair", room="201", participant_id=theirs, chair=True) == "not_permitted"
    assert await anna.ask("set_chair", room="201", participant_id=theirs, chair=True) == ""
    await until(lambda: plain.rooms == {"201": ("902", True, "")}, "the chair")
    assert await plain.ask("mute", room="201", muted=True) == ""
    await until(lambda: office.pbx.participants[stranger].muted, "the mute")
    assert not office.pbx.participants[theirs].muted, "chairs are spared"
    assert await plain.ask("set_room_pin", room="201", pin="739154") == "not_permitted"
    assert await plain.ask("hang_up", room="201", participant_id=stranger) == ""
    await until(lambda: stranger not in anna.people, "the stranger to be gone")
    assert await anna.ask("set_chair", room="201", participant_id=theirs, chair=False) == ""
    await until(lambda: plain.rooms == {"201": ("902", False, "")}, "no chair")


async def test_a_hidden_colleague_is_known_to_nobody_else(office: Office) -> None:
    anna, hidden = await office.watch("anna"), await office.watch("hidden")
    there = office.pbx.enter("201", "204")
    office.server.pbx.sip_call_ids["the-call"] = there
    await until(lambda: [one.user for one in hidden.state.participants] == ["hidden"], "oneself")
    await until(lambda: len(anna.people) == 1, "somebody")
    (seen,) = anna.state.participants
    assert (seen.user, seen.leg_id, seen.sip_call_id) == ("", "", "")
    await anna.invite("201", "204")
    await until(lambda: len(anna.state.invitations) == 1, "the invitation")
    assert (anna.state.invitations[0].user, anna.state.invitations[0].party) == ("", Party("204"))


async def test_one_knows_by_which_call_one_is_there_oneself(office: Office) -> None:
    anna, beat = await office.watch("anna"), await office.watch("beat")
    office.server.pbx.sip_call_ids["the-call"] = "fake-conference-1.0"
    there = office.pbx.enter("400", "201", pin=HALL.pin)
    assert there == "fake-conference-1.0"
    await until(lambda: {one.sip_call_id for one in anna.state.participants} == {"the-call"}, "the call")
    assert {one.leg_id for one in anna.state.participants} == {there}
    await until(lambda: len(beat.people) == 1, "Beat to see her")
    assert {(one.leg_id, one.sip_call_id) for one in beat.state.participants} == {("", "")}


async def test_a_withdrawn_right_takes_the_rooms_away_in_the_middle(office: Office) -> None:
    anna, chief = await office.watch("anna"), await office.watch("chief")
    stranger = office.pbx.enter("201", STRANGER, name="Shop")
    await until(lambda: anna.people == {stranger: "Shop"}, "the stranger")
    await office.edit(replace(ANNA, rights=frozenset({Right.CTI_ACCESS})))
    await until(lambda: anna.state == ConferencesState(), "nothing left")
    assert await anna.ask("end", room="201") == "not_found"
    await until(lambda: chief.rooms["201"] == ("", True, ""), "a room that nobody can enter any more")
    assert chief.people == {stranger: "Shop"}
    assert await chief.invite("201", "202") == "conflict"
    assert await chief.ask("end", room="201") == ""
    await until(lambda: "201" not in chief.rooms, "the room to be gone")
    await office.edit(ANNA)
    await until(lambda: set(anna.rooms) == {"201", "400"}, "the rooms to be back")
    assert office.matches(anna, "anna")


async def test_a_room_that_is_removed_goes_on_until_it_is_empty(office: Office) -> None:
    anna, chief = await office.watch("anna"), await office.watch("chief")
    there = office.pbx.enter("400", "201", pin=HALL.pin)
    await until(lambda: there in anna.people, "Anna")
    await office.edit(without="400")
    await until(lambda: anna.rooms == {"201": ("901", True, ""), "400": ("", False, "")}, "a guest's room")
    assert there in anna.people, "who is inside sees it"
    office.pbx.leave(there)
    await until(lambda: "400" not in anna.rooms and "400" not in chief.rooms, "the room to be gone")


async def test_a_new_name_shows_and_a_removed_user_is_nobody(office: Office) -> None:
    anna = await office.watch("anna")
    there = office.pbx.enter("400", "202", pin=HALL.pin)
    await until(lambda: anna.people == {there: "Beat"}, "Beat")
    await office.edit(replace(BEAT, nickname="Beatrice"))
    await until(lambda: anna.people == {there: "Beatrice"}, "the new name")
    store = SqlStore(office.server.store_url)
    await store.open()
    await store.remove_user("beat")
    await store.close()
    await until(lambda: {one.user for one in anna.state.participants} == {""}, "nobody of the house")
    assert office.matches(anna, "anna")


# ---------------------------------------------------------------- calling people in


async def test_people_are_called_in_and_followed(office: Office) -> None:
    anna, beat = await office.watch("anna"), await office.watch("beat")
    assert await anna.invite("400", "202", STRANGER, "0445550124", name="Whoever") == ""
    made = {one.number: one for one in office.pbx.invited}
    assert made["202"] == PbxInvitation(made["202"].invitation_id, "400", "202", "anna", "Anna")
    await until(lambda: len(beat.invited) == 3, "everybody who sees the room to know it")
    assert {one.party.number: (one.party.name, one.user, one.by) for one in beat.state.invitations} == {
        "202": ("Beat", "beat", "anna"),
        STRANGER: ("Whoever", "", "anna"),
        "0445550124": ("Whoever", "", "anna"),
    }
    ids = {number: one.invitation_id for number, one in made.items()}
    office.pbx.becomes(ids["0445550124"], InvitationState.RINGING)
    await until(lambda: beat.invited["0445550124"] is InvitationState.RINGING, "the ringing")
    office.pbx.becomes(ids["0445550124"], InvitationState.BUSY)
    await until(lambda: beat.invited["0445550124"] is InvitationState.BUSY, "that it is busy")
    there = office.pbx.answer(ids[STRANGER])
    await until(lambda: beat.people == {there: "Whoever"}, "the name that Anna knows")
    await until(lambda: beat.invited[STRANGER] is InvitationState.CONNECTED, "the answer")
    (connected,) = [one for one in beat.state.invitations if one.participant_id]
    assert connected.participant_id == there
    assert await anna.ask("withdraw", invitation_id=ids[STRANGER]) == "conflict"
    assert await beat.ask("withdraw", invitation_id=ids["202"]) == ""
    assert await anna.ask("withdraw", invitation_id=ids["0445550124"]) == ""
    await until(lambda: set(anna.invited) == {STRANGER}, "the others to be cleared away")
    office.pbx.leave(there)
    await until(lambda: anna.people == {} and anna.invited == {STRANGER: InvitationState.LEFT}, "nobody")
    assert await anna.ask("withdraw", invitation_id=ids[STRANGER]) == ""
    await until(lambda: anna.state.running == (), "the end, since nobody can be called again")
    assert (anna.people, anna.invited) == ({}, {})
    assert office.matches(anna, "anna")


async def test_who_left_can_be_called_again_in_the_same_place(office: Office) -> None:
    anna = await office.watch("anna")
    office.pbx.enter("201", "201", own=True)
    await anna.invite("201", STRANGER)
    first = office.pbx.invited[-1].invitation_id
    office.pbx.leave(office.pbx.answer(first))
    await until(lambda: anna.invited == {STRANGER: InvitationState.LEFT}, "that they left")
    await anna.invite("201", STRANGER)
    await until(lambda: anna.invited == {STRANGER: InvitationState.CALLING}, "to be called again")
    assert [one.invitation_id for one in anna.state.invitations] == [office.pbx.invited[-1].invitation_id]
    assert await anna.invite("201", STRANGER) == ""
    assert len(office.pbx.invited) == 2, "whoever is being called is not called twice"


async def test_a_call_that_the_pbx_refuses_has_failed(office: Office) -> None:
    anna = await office.watch("anna")
    office.server.pbx.fail_next(PbxError("no"))
    assert await anna.invite("201", STRANGER) == ""
    await until(lambda: anna.invited == {STRANGER: InvitationState.FAILED}, "the failure")
    assert anna.state.running, "it stays in sight for a while, to be called again"
    assert await anna.ask("end", room="201") == ""
    await until(lambda: anna.state.running == (), "the end")


async def test_a_number_that_leads_to_nobody_is_invalid(office: Office) -> None:
    anna = await office.watch("anna")
    for number in ("", "x", "902", "112", "400", "beat@example.org", "20 1;9"):
        assert await anna.invite("201", "202", number) == "invalid", number
    assert office.pbx.invited == [], "nobody at all is called"


async def test_too_many_are_refused(office: Office) -> None:
    anna = await office.watch("anna")
    assert await anna.invite("201") == "invalid"
    assert await anna.invite("201", *(f"0445550{n:03}" for n in range(21))) == "invalid"
    for part in range(4):
        assert await anna.invite("201", *(f"044555{part}{n:03}" for n in range(20))) == ""
    assert await anna.invite("201", STRANGER) == "conflict"
    assert len(office.pbx.invited) == 80


# ---------------------------------------------------------------- steering


async def test_nobody_gets_in_while_it_is_locked(office: Office) -> None:
    anna, beat = await office.watch("anna"), await office.watch("beat")
    assert await anna.ask("lock", room="400", locked=True) == "conflict", "nobody is there"
    office.pbx.enter("400", "201", pin=HALL.pin)
    await until(lambda: anna.people, "Anna")
    assert await beat.ask("lock", room="400", locked=True) == ""
    await until(lambda: [one.locked for one in anna.state.running] == [True], "the lock")
    assert office.pbx.locked == {"400"}
    assert await anna.ask("lock", room="400", locked=False) == ""
    await until(lambda: [one.locked for one in beat.state.running] == [False], "no lock")


async def test_the_end_is_for_everybody_and_for_those_who_are_called(office: Office) -> None:
    anna, plain = await office.watch("anna"), await office.watch("plain")
    office.pbx.enter("201", "201", own=True)
    office.pbx.enter("201", "205")
    await anna.invite("201", STRANGER)
    await until(lambda: len(plain.people) == 2 and plain.invited, "everything")
    assert await plain.ask("end", room="201") == "not_permitted"
    assert await anna.ask("end", room="201") == ""
    await until(lambda: anna.state.running == () and plain.state == ConferencesState(), "the end")
    assert office.pbx.participants == {}
    assert await anna.ask("end", room="201") == "", "what is over can be ended"


async def test_whoever_is_not_there_is_not_found(office: Office) -> None:
    anna = await office.watch("anna")
    for command, more in (("hang_up", {}), ("set_chair", {"chair": True})):
        assert await anna.ask(command, room="201", participant_id="nobody", **more) == "not_found"
        assert await anna.ask(command, room="999", participant_id="nobody", **more) == "not_found"
    assert await anna.ask("mute", room="201", muted=True, participant_ids=["nobody"]) == "not_found"
    assert await anna.ask("withdraw", invitation_id="nobody") == "not_found"
    assert await anna.invite("203", "202") == "not_found", "Carla's room"


async def test_a_pin_is_set_and_told_to_those_who_control(office: Office) -> None:
    anna, chief, beat = [await office.watch(user) for user in ("anna", "chief", "beat")]
    for pin in ("123", "1234", "4444", "201201", "2010", "1999", "739x54", "12345678901", "7" * 11):
        assert await anna.ask("set_room_pin", room="201", pin=pin) == "invalid", pin
    assert await anna.ask("set_room_pin", room="201", pin="739154") == ""
    await until(lambda: anna.rooms["201"] == ("901", True, "739154"), "the PIN")
    await until(lambda: chief.rooms["201"] == ("902", True, "739154"), "the PIN, for the administrator")
    asked = office.server.pbx.asked
    await until(lambda: PbxRoom("201", "Anna", "739154", "anna") in asked.configurations[-1].rooms, "the PBX")
    assert await beat.ask("set_room_pin", room="201", pin="739154") == "not_found"
    assert await beat.ask("set_room_pin", room="400", pin="739154") == "not_permitted", "it is nobody's"
    assert await chief.ask("set_room_pin", room="400", pin="528163") == ""
    await until(lambda: beat.rooms["400"] == ("400", True, "528163"), "the hall's PIN")
    await office.server.restart()
    again = await office.watch("anna")
    assert again.rooms["201"] == ("901", True, "739154")
    assert await again.ask("set_room_pin", room="201", pin="") == ""
    await until(lambda: again.rooms["201"] == ("901", True, ""), "no PIN")


# ---------------------------------------------------------------- what breaks


async def test_a_server_that_comes_back_knows_all_again(office: Office) -> None:
    anna = await office.watch("anna")
    there = office.pbx.enter("201", "201", own=True)
    await anna.invite("201", "202", "203", STRANGER, name="Whoever")
    busy, left, rings = (one.invitation_id for one in office.pbx.invited)
    office.pbx.becomes(busy, InvitationState.BUSY)
    left_there = office.pbx.answer(left)
    await anna.ask("lock", room="201", locked=True)
    await until(lambda: anna.state.running and anna.state.running[0].locked, "the lock")
    before = anna.state
    await office.server.stop()
    office.pbx.leave(left_there)
    stranger = office.pbx.answer(rings)
    await office.server.start()
    again = await office.watch("anna")
    await until(lambda: set(again.people) == {there, stranger}, "who is there now")
    await until(lambda: again.state.running and again.state.running[0].locked, "the lock")
    expected = {
        "202": InvitationState.BUSY,
        "203": InvitationState.LEFT,
        STRANGER: InvitationState.CONNECTED,
    }
    await until(lambda: again.invited == expected, "what became of whom meanwhile")
    assert again.people[stranger] == "Whoever"
    assert again.state.running[0].since == before.running[0].since
    assert await again.ask("end", room="201") == ""
    await until(lambda: again.state.running == (), "the end")
    await office.server.restart()
    third = await office.watch("anna")
    assert third.state.running == ()
    assert third.invited == {}


async def test_a_line_that_comes_back_brings_what_happened_meanwhile(
    office: Office, expected_logs: Callable[..., object]
) -> None:
    expected_logs("out of reach", logger="wwphone.server.services.pbx")
    anna = await office.watch("anna")
    pbx = office.server.pbx
    there, gone = office.pbx.enter("201", "201", own=True), office.pbx.enter("201", "205")
    await anna.invite("201", STRANGER)
    await until(lambda: len(anna.people) == 2 and anna.invited, "everything")
    pbx.break_line()
    for command, more in (("lock", {"locked": True}), ("end", {}), ("mute", {"muted": True})):
        assert await anna.ask(command, room="201", **more) == "pbx_unavailable"
    assert await anna.invite("201", "202") == "pbx_unavailable"
    assert len(anna.people) == 2, "as of the cut"
    office.pbx.leave(gone)
    came = office.pbx.enter("201", "203")
    office.pbx.becomes(office.pbx.invited[-1].invitation_id, InvitationState.BUSY)
    pbx.restore_line()
    await until(lambda: set(anna.people) == {there, came}, "who is there")
    await until(lambda: anna.invited == {STRANGER: InvitationState.NO_ANSWER}, "that nobody answered")
    pbx.break_line()
    for one in (there, came):
        office.pbx.leave(one)
    pbx.restore_line()
    await until(lambda: anna.people == {}, "nobody")
    assert anna.invited == {STRANGER: InvitationState.NO_ANSWER}, "can be called again"
    assert office.matches(anna, "anna")


async def test_a_line_that_breaks_under_a_call_leaves_it_open(
    office: Office, expected_logs: Callable[..., object]
) -> None:
    expected_logs("out of reach", logger="wwphone.server.services.pbx")
    anna = await office.watch("anna")
    office.pbx.enter("201", "201", own=True)
    office.server.pbx.fail_next(PbxLostError("cut"))
    assert await anna.invite("201", STRANGER) == ""
    await until(lambda: anna.invited == {STRANGER: InvitationState.CALLING}, "to be called, perhaps")
    office.server.pbx.break_line()
    office.server.pbx.restore_line()
    await until(lambda: anna.invited == {STRANGER: InvitationState.NO_ANSWER}, "to know better")


async def test_talking_is_told_by_and_by(office: Office) -> None:
    anna, beat = await office.watch("anna"), await office.watch("beat")
    there, other = office.pbx.enter("201", "201", own=True), office.pbx.enter("201", STRANGER)
    await until(lambda: len(anna.people) == 2, "both")
    before = len(anna.client.event_bodies("conference.participant_changed"))
    for _ in range(50):
        office.pbx.talk(there)
        office.pbx.talk(there, talking=False)
    office.pbx.talk(other)

    def talking() -> list[str]:
        return [one.participant_id for one in anna.state.participants if one.talking]

    await until(lambda: talking() == [other], "who talks")
    assert len(anna.client.event_bodies("conference.participant_changed")) - before <= 3
    assert beat.client.event_bodies("conference.participant_changed") == []
    assert office.matches(anna, "anna")
