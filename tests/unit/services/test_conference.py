"""Conferences in the client: which room a call leads into, what is asked of the server, who hears of which room."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from tests.unit.services.conftest import Ground
from wwphone.cti.api import CommandRefusedError, ErrorCode, LinkProblem, WireError
from wwphone.domain.calls import CallState, Party
from wwphone.domain.conference import ConferenceRoom, InvitationState, Participant
from wwphone.protocol.conference import (
    EndConference,
    HangUpParticipant,
    InviteByPhone,
    LockConference,
    MuteParticipants,
    SetChair,
    SetRoomPin,
    WithdrawInvitation,
)
from wwphone.services.conference import ConferenceNews

SINCE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINE = ConferenceRoom("204", "Anna Muster", "anna", "901", may_control=True)
SALES = ConferenceRoom("870", "Sales", dial_in="870", may_control=True)
REMOVED = ConferenceRoom("872", "Gone")
OTHERS = ConferenceRoom("871", "Board", "chief", "902")


@pytest_asyncio.fixture
async def office(ground: Ground) -> Ground:
    """Signed in, with three rooms."""
    await ground.sign_in()
    ground.link.conference.set_rooms(MINE, SALES, OTHERS, REMOVED)
    await ground.settled()
    return ground


def somebody(name: str, room: str = "870", **more: object) -> Participant:
    return Participant(name, room, Party("207", name), SINCE, **more)  # type: ignore[arg-type]


async def test_dialling_in_calls_the_rooms_number_once(office: Ground) -> None:
    service = office.services.conference
    call_id = service.dial_in("204")
    assert service.dial_in("204") == call_id, "pressed twice before anything was told"
    await office.settled()
    call = office.services.calls.call(call_id)
    assert call is not None
    assert call.remote.number == "901"
    assert service.room_of(call) == "204"
    assert service.dial_in("204") == call_id, "one is on the way already"
    assert service.dial_in("999") == ""
    assert service.dial_in("872") == "", "it was removed while somebody is inside"
    service.leave("204")
    await office.settled()
    assert service.my_call("204") is None


async def test_a_call_by_which_one_was_invited_is_found_by_its_call_id(office: Ground) -> None:
    service = office.services.conference
    call_id = office.services.calls.dial("207")
    office.engine.far_end_answers(call_id)
    await office.settled()
    call = office.services.calls.call(call_id)
    assert call is not None
    assert service.room_of(call) == ""
    me = somebody("me", user="anna", sip_call_id=call.sip_call_id)
    office.link.conference.come(somebody("elsewhere", user="anna"))
    office.link.conference.come(me)
    assert service.room_of(call) == "870"
    mine = service.my_participant("870")
    assert mine is not None
    assert mine.participant_id == "me", "the one that is at this PC"
    at_desk = replace(call, leg_id="PJSIP/anna-0000002a", sip_call_id="")
    assert service.room_of(at_desk) == ""
    office.link.conference.come(somebody("me", user="anna", leg_id="PJSIP/anna-0000002a"))
    assert service.room_of(at_desk) == "870"


async def test_a_call_by_which_one_is_called_in_leads_there_as_soon_as_it_is_answered(office: Ground) -> None:
    service = office.services.conference
    call_id = office.engine.called_into_conference("871", "207", "Konferenz: Beat")
    await office.settled()
    call = office.services.calls.call(call_id)
    assert call is not None
    assert service.room_of(call) == "", "it still rings"
    office.services.calls.answer(call_id)
    await office.settled()
    call = office.services.calls.call(call_id)
    assert call is not None
    assert service.room_of(call) == "871", "before the server tells"


async def test_every_command_goes_as_it_was_meant(office: Ground) -> None:
    service, link = office.services.conference, office.link
    made = await service.invite("870", [Party("207", "Beat"), Party("+41445550123")])
    link.conference.come(somebody("beat", invitation_id=made[0]))
    await service.set_muted(["beat", "gone"], muted=True)
    await service.mute_all("870", muted=False)
    await service.set_locked("870", locked=True)
    await service.set_chair("beat", chair=True)
    await service.withdraw(made[1])
    await service.withdraw(made[0])  # connected: hung up
    await service.set_pin("204", "739154")
    await service.end("870")
    await service.hang_up("nobody")
    assert link.commands == [
        InviteByPhone("870", (Party("207", "Beat"), Party("+41445550123"))),
        MuteParticipants("870", muted=True, participant_ids=("beat",)),
        MuteParticipants("870", muted=False),
        LockConference("870", locked=True),
        SetChair("870", "beat", chair=True),
        WithdrawInvitation(made[1]),
        HangUpParticipant("870", "beat"),
        SetRoomPin("204", "739154"),
        EndConference("870"),
    ]


async def test_many_are_invited_in_portions(office: Ground) -> None:
    made = await office.services.conference.invite("870", [Party(f"3{n:02}") for n in range(45)])
    assert len(made) == 45
    assert [len(one.parties) for one in office.link.commands if isinstance(one, InviteByPhone)] == [20, 20, 5]


async def test_who_dropped_is_called_again_in_the_place_of_the_old_call(office: Ground) -> None:
    service, fake = office.services.conference, office.link.conference
    busy, rings = await service.invite("870", [Party("207", "Beat"), Party("208", "Carla")])
    fake.become(busy, InvitationState.BUSY)
    fake.become(rings, InvitationState.RINGING)
    assert [one.invitation_id for one in service.dropped("870")] == [busy]
    await service.invite("870", [one.party for one in service.dropped("870")])
    states = {one.party.number: one.state for one in service.invitations("870")}
    assert states == {"207": InvitationState.CALLING, "208": InvitationState.RINGING}
    assert service.invitation(busy) is None


async def test_listeners_hear_of_the_rooms_that_it_is_about(office: Ground) -> None:
    service, fake, news = office.services.conference, office.link.conference, list[ConferenceNews]()
    fake.come(somebody("chief", "871"))
    await service.invite("870", [Party("207")])
    service.changed.subscribe(news.append)
    fake.come(somebody("beat"))
    fake.come(somebody("beat", talking=True))
    fake.go("beat")
    assert {one.rooms for one in news} == {frozenset({"870"})}
    assert not any(one.everything for one in news)
    news.clear()
    fake.go("chief")
    assert frozenset({"871"}) in {one.rooms for one in news}
    assert service.participants("871") == ()


async def test_what_is_being_asked_is_known_until_it_is_answered(office: Ground) -> None:
    service, fake, seen = office.services.conference, office.link.conference, list[bool]()
    fake.come(somebody("beat"))
    service.changed.subscribe(lambda _: seen.append(service.is_asked("beat")))
    office.link.refuse(HangUpParticipant, WireError(ErrorCode.NOT_PERMITTED, "no"))
    with pytest.raises(CommandRefusedError):
        await service.hang_up("beat")
    assert seen[0] is True
    assert seen[-1] is False


async def test_nothing_can_be_steered_while_the_line_is_down(office: Ground) -> None:
    service = office.services.conference
    assert service.may_control("870")
    assert not service.may_control("871")
    assert not service.may_control("999")
    office.link.cut(LinkProblem.LINE_LOST)
    assert not service.may_control("870")
    assert [room.number for room in service.rooms] == ["204", "870", "871", "872"], "as of the cut"


async def test_a_withdrawn_right_is_told_once(office: Ground) -> None:
    service, told = office.services.conference, list[bool]()
    service.withdrawn.subscribe(lambda _: told.append(service.can_open))
    assert service.can_open
    office.link.conference.set_rooms(released=False)
    office.link.conference.set_rooms(released=False)
    assert told == [False]
    await office.services.account.sign_out()
    assert told == [False], "who signs out needs no word"


async def test_names_are_those_that_we_know(office: Ground) -> None:
    service = office.services.conference
    colleague = next(iter(office.link.mirror.colleagues.values()))
    wrong = Party(colleague.number, "Phone 7")
    office.link.conference.come(Participant("p", "870", wrong, SINCE))
    assert [one.party.name for one in service.participants("870")] == [colleague.nickname]
    made = await service.invite("870", [wrong])
    found = service.invitation(made[0])
    assert found is not None
    assert found.party.name == colleague.nickname


async def test_an_ended_call_leads_nowhere(office: Ground) -> None:
    service = office.services.conference
    news = list[ConferenceNews]()
    service.changed.subscribe(news.append)
    call_id = service.dial_in("870")
    await office.settled()
    assert news[-1] == ConferenceNews(frozenset({"870"}))
    news.clear()
    office.services.calls.hang_up(call_id)
    await office.settled()
    assert news[-1] == ConferenceNews(frozenset({"870"}))
    call = office.services.calls.call(call_id)
    assert call is not None
    assert call.state is CallState.ENDED
    assert service.room_of(call) == ""
