"""Who is in a conference, by ConfBridge's events and lists."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from wwphone.domain.calls import Party
from wwphone.domain.conference import InvitationState, Participant
from wwphone.server.asterisk.ami import AmiEvent
from wwphone.server.asterisk.conference_book import INVITATION_PREFIX, ConferenceBook
from wwphone.server.asterisk.conference_entry import Entered, entered
from wwphone.server.asterisk.doors import CONFERENCE_FAMILY, MAX_OPENINGS, PIN_FAMILY, entries
from wwphone.server.asterisk.legs import LegBook
from wwphone.server.conference_api import (
    PbxConferenceEvent,
    PbxDoor,
    PbxInvitation,
    PbxInvitationChanged,
    PbxOpening,
    PbxParticipantChanged,
    PbxParticipantLeft,
    PbxRoomLocked,
)

NOW = datetime(2026, 11, 26, 10, tzinfo=UTC)
ANNA = {
    "Uniqueid": "1.1",
    "Linkedid": "1.1",
    "Channel": "PJSIP/anna-00000001",
    "CallerIDNum": "201",
    "CallerIDName": "Anna",
}
CALL = f"{INVITATION_PREFIX}i1"
FAR_HALF = {
    "Uniqueid": f"{CALL};2",
    "Linkedid": CALL,
    "Channel": "Local/202@wwphone-conference-call-00000001;2",
}
BEAT = {"Uniqueid": "1.5", "Linkedid": CALL, "Channel": "PJSIP/beat-00000005"}
ANNAS_LEG = {"Uniqueid": "1.6", "Linkedid": "1.4", "Channel": "PJSIP/anna-00000006"}


class Told:
    """A book with what it told."""

    def __init__(self) -> None:
        self.legs = LegBook(lambda user: user in ("anna", "beat"), lambda: NOW)
        self.invitees: dict[tuple[str, str], str] = {}
        self.book = ConferenceBook(
            lambda user: user in ("anna", "beat"),
            lambda number: number in ("201", "202"),
            self.legs,
            lambda conference, pin: self.invitees.get((conference, pin), ""),
            lambda: NOW,
        )
        self.events: list[PbxConferenceEvent] = []

    def happens(self, name: str, **fields: str) -> list[PbxConferenceEvent]:
        self.legs.apply(AmiEvent(name, fields))
        told = self.book.apply(AmiEvent(name, fields))
        self.events += told
        return told

    def comes(self, came: str, fields: dict[str, str] = ANNA) -> PbxParticipantChanged:
        self.happens("UserEvent", UserEvent="WwphoneConference", Enters=came, **fields)
        told = self.happens("ConfbridgeJoin", Conference=came.partition("|")[0], **fields)
        (event,) = [event for event in told if isinstance(event, PbxParticipantChanged)]
        return event

    def rings(self, leg: dict[str, str]) -> None:
        """Asterisk dials somebody's device."""
        self.happens("Newchannel", **leg, ChannelState="5")
        self.happens(
            "DialBegin",
            Uniqueid=FAR_HALF["Uniqueid"],
            Channel=FAR_HALF["Channel"],
            DestUniqueid=leg["Uniqueid"],
        )


@pytest.fixture
def told() -> Told:
    return Told()


def invitation(name: str = "i1") -> PbxInvitation:
    return PbxInvitation(name, "201", "202", "anna", "Anna")


def local(name: str = "i1") -> dict[str, str]:
    uniqueid = f"{INVITATION_PREFIX}{name}"
    channel = "Local/202@wwphone-conference-call-00000001;1"
    return {"Uniqueid": uniqueid, "Linkedid": uniqueid, "Channel": channel}


def test_what_a_channel_came_with_is_read_as_it_is_written() -> None:
    came = Entered("201", True, "c1", "660011", "i1", NOW, "+41443334455")
    assert entered(came.text) == came
    assert entered("201") == Entered("201")
    for bad in ("", "wwphone-1.1|1", "|", "201x|0|", "x" * 5_000):
        assert entered(bad) is None
    assert entered("201|1|||||") == Entered("201", True)
    assert entered("201|0||||9999999999999999|") == Entered("201")


def test_somebody_comes_talks_is_muted_and_leaves(told: Told) -> None:
    told.invitees["c1", "660011"] = "anna@example.com"
    event = told.comes(f"201|1|c1|660011||{int(NOW.timestamp()) - 5}|")
    one = event.participant
    assert (one.participant_id, one.room, one.user, one.chair) == ("1.1", "201", "anna", True)
    assert (one.party, one.invitee, event.conference_id) == (Party("201", "Anna"), "anna@example.com", "c1")
    assert one.since == NOW - timedelta(seconds=5)
    assert told.happens("ConfbridgeTalking", TalkingStatus="on", **ANNA)
    assert told.happens("ConfbridgeTalking", TalkingStatus="on", **ANNA) == []
    (muted,) = told.happens("ConfbridgeMute", **ANNA)
    assert isinstance(muted, PbxParticipantChanged)
    assert (muted.participant.muted, muted.participant.talking) == (True, False)
    assert told.happens("ConfbridgeTalking", TalkingStatus="on", **ANNA) == []
    assert told.happens("ConfbridgeUnmute", **ANNA)
    assert told.happens("ConfbridgeLeave", **ANNA) == [PbxParticipantLeft("201", "1.1")]
    for name in ("ConfbridgeLeave", "ConfbridgeTalking", "ConfbridgeMute", "Hangup"):
        assert told.happens(name, **ANNA) == []


def test_rooms_of_merged_calls_are_none_of_ours(told: Told) -> None:
    assert told.happens("ConfbridgeJoin", Conference="wwphone-1.1", **ANNA) == []
    assert told.book.in_room("wwphone-1.1") == []


@pytest.mark.parametrize(
    ("cause", "state"),
    [
        ("16", InvitationState.REFUSED),
        ("17", InvitationState.BUSY),
        ("19", InvitationState.NO_ANSWER),
        ("21", InvitationState.REFUSED),
        ("1", InvitationState.FAILED),
        ("34", InvitationState.FAILED),
        ("", InvitationState.FAILED),
    ],
)
def test_what_becomes_of_a_call_that_is_not_answered(told: Told, cause: str, state: InvitationState) -> None:
    assert told.book.invite(invitation()) == [PbxInvitationChanged("i1", InvitationState.CALLING)]
    ringing = {"Uniqueid": "1.5", "Linkedid": f"{INVITATION_PREFIX}i1", "ChannelState": "5"}
    assert told.happens("Newstate", **ringing) == [PbxInvitationChanged("i1", InvitationState.RINGING)]
    assert told.happens("Newstate", **ringing) == []
    assert told.happens("Hangup", **{**local(), "Uniqueid": f"{INVITATION_PREFIX}i1;2"}, Cause=cause) == []
    assert told.happens("Hangup", **local(), Cause=cause) == [PbxInvitationChanged("i1", state)]
    assert told.happens("Hangup", **local(), Cause=cause) == []
    assert not told.book.is_called("i1")


def test_who_is_called_in_is_there_as_the_colleague_who_answered(told: Told) -> None:
    told.book.invite(invitation())
    call = f"{INVITATION_PREFIX}i1"
    told.rings(BEAT)
    told.happens("Newstate", **BEAT, ChannelState="6")
    answered = told.happens("UserEvent", UserEvent="WwphoneInvited", **local())
    assert answered == [PbxInvitationChanged("i1", InvitationState.CONNECTED)]
    one = told.comes("201|0|||i1||202", local()).participant
    assert (one.user, one.invitation_id, one.leg_id) == ("beat", "i1", "1.5")
    assert one.party == Party(""), "a colleague's own number"
    told.book.withdraw("i1")
    assert told.happens("Hangup", Cause="16", **local()) == [PbxParticipantLeft("201", call)]


def _connected(told: Told) -> None:
    """Beat was called in and is there."""
    told.book.invite(invitation())
    told.rings(BEAT)
    told.happens("Newstate", **BEAT, ChannelState="6")
    for each in (BEAT, FAR_HALF):
        told.happens("BridgeEnter", BridgeUniqueid="b1", BridgeType="basic", **each)
    assert told.comes("201|0|||i1||202", local()).participant.user == "beat"
    assert told.happens("NewConnectedLine", **FAR_HALF, ConnectedLineNum="202") == [], "it is Beat's own leg"


def _taken(events: list[PbxConferenceEvent]) -> Participant:
    (taken,) = events
    assert isinstance(taken, PbxParticipantChanged)
    return taken.participant


@pytest.mark.parametrize("moved", ["the call into the room", "the colleague"])
def test_a_colleague_takes_over_who_is_connected_instead(told: Told, moved: str) -> None:
    """Asterisk moves either of both; their call's number tells nothing then (seen on 22.10)."""
    _connected(told)
    told.rings(ANNAS_LEG)
    told.happens("Newstate", **ANNAS_LEG, ChannelState="6")
    told.happens("BridgeEnter", BridgeUniqueid="b2", BridgeType="basic", **ANNAS_LEG)
    other = {**BEAT, "Uniqueid": "1.4", "Linkedid": "1.4"}
    told.happens("Newchannel", **other, ChannelState="4")
    told.happens("BridgeEnter", BridgeUniqueid="b2", BridgeType="basic", **other)
    if moved == "the colleague":
        assert told.happens("BridgeEnter", BridgeUniqueid="b1", BridgeType="basic", **ANNAS_LEG) == []
        taken = _taken(told.happens("BridgeLeave", BridgeUniqueid="b1", BridgeType="basic", **BEAT))
    else:
        assert told.happens("BridgeEnter", BridgeUniqueid="b2", BridgeType="basic", **FAR_HALF) == []
        taken = _taken(told.happens("BridgeLeave", BridgeUniqueid="b2", BridgeType="basic", **other))
    assert (taken.user, taken.leg_id, taken.party, taken.invitation_id) == ("anna", "1.6", Party(""), "i1")
    assert told.happens("Hangup", **BEAT, Cause="16") == []
    assert told.happens("NewConnectedLine", **FAR_HALF, ConnectedLineNum="201") == []
    # she lets Beat have it back: there is one in the bridge who was not before
    told.rings({**BEAT, "Uniqueid": "1.9"})
    bridge = "b1" if moved == "the colleague" else "b2"
    told.happens("BridgeLeave", BridgeUniqueid=bridge, BridgeType="basic", **ANNAS_LEG)
    back = told.happens(
        "BridgeEnter", BridgeUniqueid=bridge, BridgeType="basic", **{**BEAT, "Uniqueid": "1.9"}
    )
    assert _taken(back).user == "beat"


@pytest.mark.parametrize("told_before", [True, False])
def test_somebody_outside_takes_over_who_is_connected_when_the_leg_has_gone(
    told: Told, told_before: bool
) -> None:
    _connected(told)
    hans = {**FAR_HALF, "ConnectedLineNum": "+41791112233", "ConnectedLineName": "Hans"}
    if told_before:
        assert told.happens("NewConnectedLine", **hans) == [], "Beat is still there"
        outside = _taken(told.happens("BridgeLeave", BridgeUniqueid="b1", BridgeType="basic", **BEAT))
        assert told.happens("Hangup", **BEAT, Cause="16") == []
    else:
        assert told.happens("BridgeLeave", BridgeUniqueid="b1", BridgeType="basic", **BEAT) == [], (
            "mostly it is the end"
        )
        assert told.happens("Hangup", **BEAT, Cause="16") == []
        outside = _taken(told.happens("NewConnectedLine", **hans))
    assert (outside.user, outside.party) == ("", Party("+41791112233", "Hans"))
    assert told.happens("NewConnectedLine", **FAR_HALF, ConnectedLineNum="0800") == []
    listed = {**local(), "Conference": "201"}
    variable = f"WWPHONE_CONFERENCE=201|0|||i1||202|{local()['Uniqueid']}"
    again = told.book.replace_all([{**local(), "Variable": variable}, FAR_HALF], [listed], [])
    assert isinstance(again[-1], PbxParticipantChanged)
    assert again[-1].participant.party == outside.party, "a new line to Asterisk does not forget them"
    assert told.happens("ConfbridgeLeave", Conference="201", **local()) == [
        PbxParticipantLeft("201", local()["Uniqueid"])
    ]


def test_whoever_is_parked_beside_a_call_into_a_room_takes_no_place(told: Told) -> None:
    """All who are parked are in one bridge."""
    _connected(told)
    told.rings(ANNAS_LEG)
    told.happens("Newstate", **ANNAS_LEG, ChannelState="6")
    told.happens("BridgeEnter", BridgeUniqueid="p", BridgeType="holding", **ANNAS_LEG)
    told.happens("BridgeLeave", BridgeUniqueid="b1", BridgeType="basic", **FAR_HALF)
    told.happens("BridgeLeave", BridgeUniqueid="b1", BridgeType="basic", **BEAT)
    assert told.happens("BridgeEnter", BridgeUniqueid="p", BridgeType="holding", **FAR_HALF) == []
    assert told.happens("Hangup", **BEAT, Cause="16") == []
    variable = f"WWPHONE_CONFERENCE=201|0|||i1||202|{local()['Uniqueid']}"
    channels = [
        {**local(), "Variable": variable},
        {**FAR_HALF, "BridgeID": "p", "Application": "Park"},
        {**ANNAS_LEG, "BridgeID": "p", "ChannelState": "6"},
    ]
    told.legs.replace_all(channels, frozenset())
    again = told.book.replace_all(channels, [{**local(), "Conference": "201"}], [])
    assert [event.participant.user for event in again if isinstance(event, PbxParticipantChanged)] == [""]
    told.happens("BridgeEnter", BridgeUniqueid="b3", BridgeType="basic", **FAR_HALF)
    fetched = told.happens("BridgeEnter", BridgeUniqueid="b3", BridgeType="basic", **ANNAS_LEG)
    assert _taken(fetched).user == "anna", "who fetches it is there"


def test_a_server_that_comes_later_sees_who_is_there_by_now(told: Told) -> None:
    channels = [
        {**local(), "Variable": f"WWPHONE_CONFERENCE=201|0|||i1||202|{local()['Uniqueid']}"},
        {**FAR_HALF, "BridgeID": "b2"},
        {**ANNAS_LEG, "BridgeID": "b2", "ChannelState": "6"},
    ]
    told.legs.replace_all(channels, frozenset())
    there = _taken(told.book.replace_all(channels, [{**local(), "Conference": "201"}], []))
    assert (there.user, there.leg_id, there.party) == ("anna", "1.6", Party(""))


def test_somebody_who_hears_what_it_is_about_and_hangs_up_has_declined(told: Told) -> None:
    told.book.invite(invitation())
    told.happens("UserEvent", UserEvent="WwphoneInvited", **local())
    assert told.happens("Hangup", Cause="16", **local()) == [
        PbxInvitationChanged("i1", InvitationState.REFUSED)
    ]


def test_a_withdrawn_invitation_is_not_spoken_of(told: Told) -> None:
    told.book.invite(invitation())
    told.book.withdraw("i1")
    assert told.happens("Hangup", Cause="16", **local()) == []


def test_a_room_that_ends_is_open_again(told: Told) -> None:
    assert told.book.lock("201", locked=True) == [PbxRoomLocked("201", True)]
    assert told.book.lock("201", locked=True) == []
    assert told.happens("ConfbridgeEnd", Conference="201") == [PbxRoomLocked("201", False)]
    assert told.happens("ConfbridgeEnd", Conference="201") == []


def test_lists_are_the_truth_and_what_vanished_is_told(told: Told) -> None:
    told.comes("201|1|||||")
    told.book.invite(invitation("gone"))
    told.book.lock("201", locked=True)
    beat = {"Uniqueid": "2.2", "Channel": "PJSIP/beat-00000002", "CallerIDNum": "202", "CallerIDName": ""}
    statuses = [
        {**beat, "Variable": f"WWPHONE_DIRECTION=\nWWPHONE_CONFERENCE=850|1|c1|77||{int(NOW.timestamp())}|"},
        {**local("rings"), "ChannelState": "0", "Variable": "WWPHONE_CONFERENCE=850|0|||rings||203"},
        {"Uniqueid": "3.3", "Linkedid": f"{INVITATION_PREFIX}rings", "ChannelState": "5", "Variable": ""},
    ]
    listed = [{**beat, "Conference": "850", "Muted": "Yes", "Talking": "Yes"}]
    events = told.book.replace_all(statuses, listed, [{"Conference": "850", "Locked": "Yes"}])
    assert PbxParticipantLeft("201", "1.1") in events
    assert PbxInvitationChanged("gone", InvitationState.NO_ANSWER) in events
    assert PbxInvitationChanged("rings", InvitationState.RINGING) in events
    assert PbxRoomLocked("850", True) in events
    assert PbxRoomLocked("201", False) in events
    (there,) = [event for event in events if isinstance(event, PbxParticipantChanged)]
    one = there.participant
    assert (one.user, one.chair, one.muted, one.talking, there.conference_id) == (
        "beat", True, True, False, "c1",
    )  # fmt: skip
    assert told.book.called_into("850") == ["rings"]
    told.invitees["c1", "77"] = "beat@example.com"
    (known,) = told.book.doors_changed()
    assert isinstance(known, PbxParticipantChanged)
    assert known.participant.invitee == "beat@example.com"
    assert told.book.doors_changed() == []


def test_doors_are_entries_without_addresses_that_fit_one_line() -> None:
    openings = tuple(
        PbxOpening(at, at + timedelta(minutes=10), at + timedelta(hours=1))
        for at in (NOW + timedelta(days=day) for day in range(100))
    )
    zone = "America/Argentina/ComodRivadavia"
    one = PbxDoor("c1", "850", openings, (("6600", "a@example.com"), ("6601", "b@example.com")), zone)
    other = PbxDoor("c2", "851", openings[:1], (("6600", "a@example.com"),))
    found = entries([one, other])
    assert found[PIN_FAMILY, "6600"] == "c1/c2"
    assert found[PIN_FAMILY, "6601"] == "c1"
    room, there, *times = found[CONFERENCE_FAMILY, "c1"].split("|")
    assert (room, there, len(times)) == ("850", zone, MAX_OPENINGS)
    seconds = int(NOW.timestamp())
    assert times[0] == f"{seconds}-{seconds + 3600}"
    assert found[CONFERENCE_FAMILY, "c2"] == f"851||{seconds}-{seconds + 3600}"
    assert len(found[CONFERENCE_FAMILY, "c1"]) < 950
    assert "example" not in str(found)


@pytest.mark.parametrize(
    "bad",
    [
        PbxDoor("c|1", "850", (), (("6600", ""),)),
        PbxDoor("c1", "85x", (), (("6600", ""),)),
        PbxDoor("c1", "850", (), (("66*0", ""),)),
        PbxDoor("c1", "850", (), (("6600", ""),), "Europe/Zürich${SHELL}"),
        PbxDoor("", "850", (), ()),
    ],
)
def test_what_the_dial_plan_could_misread_is_not_written(
    bad: PbxDoor, expected_logs: Callable[..., list[logging.LogRecord]]
) -> None:
    expected_logs("cannot be told to Asterisk")
    assert entries([bad]) == {}
