"""The rooms of the PBX in memory keep the promises that services rely on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from wwphone.domain.conference import InvitationState
from wwphone.server.api import (
    PbxConfiguration,
    PbxError,
    PbxEvent,
    PbxLegChanged,
    PbxLegEnded,
    PbxRoom,
    PbxStateChanged,
    PbxUser,
)
from wwphone.server.conference_api import (
    PbxDoor,
    PbxInvitation,
    PbxInvitationChanged,
    PbxOpening,
    PbxParticipantChanged,
    PbxParticipantLeft,
    PbxRoomLocked,
)
from wwphone.server.fake_conference import NotLetInError
from wwphone.server.fake_pbx import FakePbx

_USERS = (PbxUser("anna", "201", "Anna", "x"), PbxUser("beat", "202", "Beat", "x"))
_COMPANY = PbxConfiguration(_USERS, (), (PbxRoom("201", "Anna", "4711", "anna"),))
_START = datetime(2026, 11, 26, 10, tzinfo=UTC)
_OPENING = PbxOpening(_START - timedelta(minutes=10), _START, _START + timedelta(hours=1))
_DOOR = PbxDoor("c1", "201", (_OPENING,), (("8264", "carla@example.com"),))


class _Clock:
    now = _START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> _Clock:
    return _Clock()


@pytest.fixture
async def told() -> list[PbxEvent]:
    return []


@pytest.fixture
async def pbx(told: list[PbxEvent], clock: _Clock) -> FakePbx:
    """Connected, with a phone for each of the two."""
    pbx: FakePbx = FakePbx(clock)
    await pbx.start(told.append)
    await pbx.configure(_COMPANY)
    for user in ("anna", "beat"):
        pbx.register(user, f"sip:{user}@192.0.2.1:5060")
    return pbx


async def test_an_owner_is_a_chair_and_a_colleague_s_place_is_a_leg(
    pbx: FakePbx, told: list[PbxEvent]
) -> None:
    rooms = pbx.conference
    anna = rooms.enter("201", "201", own=True)
    beat = rooms.enter("201", "202", pin="4711")
    there = rooms.participants
    assert (there[anna].chair, there[anna].user) == (True, "anna")
    assert (there[beat].chair, there[beat].user) == (False, "beat")
    assert {e.leg.leg_id for e in told if isinstance(e, PbxLegChanged)} == {anna, beat}
    await pbx.hang_up(beat)
    assert PbxParticipantLeft("201", beat) in told
    await rooms.hang_up(anna)
    assert any(isinstance(e, PbxLegEnded) and e.leg_id == anna for e in told)
    assert not rooms.participants


async def test_doors_let_in_by_pin_and_time(pbx: FakePbx, clock: _Clock) -> None:
    rooms = pbx.conference
    await rooms.set_doors([_DOOR])
    pbx.break_line()
    carla = rooms.enter("201", "+41443334455", pin="8264")
    assert rooms.participants[carla].invitee == "carla@example.com"
    with pytest.raises(NotLetInError, match="pin"):
        rooms.enter("201", "202", pin="1111")
    clock.now = _START - timedelta(minutes=11)
    with pytest.raises(NotLetInError, match="early"):
        rooms.enter("201", "202", pin="8264")
    clock.now = _START + timedelta(hours=1)
    with pytest.raises(NotLetInError, match="late"):
        rooms.enter("201", "202", pin="8264")


async def test_a_locked_room_lets_in_those_who_are_called_and_opens_when_it_is_empty(
    pbx: FakePbx, told: list[PbxEvent]
) -> None:
    rooms = pbx.conference
    with pytest.raises(PbxError):
        await rooms.lock("201", True)
    anna = rooms.enter("201", "201", own=True)
    await rooms.lock("201", True)
    with pytest.raises(NotLetInError, match="locked"):
        rooms.enter("201", "202", pin="4711")
    await rooms.invite(PbxInvitation("i1", "201", "202", "anna", "Anna"))
    rooms.becomes("i1", InvitationState.RINGING)
    beat = rooms.answer("i1")
    assert rooms.participants[beat].invitation_id == "i1"
    states = [e.state for e in told if isinstance(e, PbxInvitationChanged)]
    assert states == [InvitationState.CALLING, InvitationState.RINGING, InvitationState.CONNECTED]
    with pytest.raises(KeyError):
        await rooms.withdraw("i1")
    await rooms.end("201")
    assert not rooms.participants
    assert not rooms.locked
    assert PbxRoomLocked("201", True) in told
    assert PbxParticipantLeft("201", anna) in told


async def test_everything_is_told_anew_before_the_line_counts_as_up(
    pbx: FakePbx, told: list[PbxEvent]
) -> None:
    rooms = pbx.conference
    anna = rooms.enter("201", "201", own=True)
    await rooms.mute(anna, True)
    await rooms.invite(PbxInvitation("i1", "201", "0443334455", "anna", "Anna"))
    await rooms.lock("201", True)
    pbx.break_line()
    rooms.mute_by_key(anna, muted=False)
    del told[:]
    pbx.restore_line()
    assert told[-1] == PbxStateChanged(connected=True)
    participants = [e.participant for e in told if isinstance(e, PbxParticipantChanged)]
    assert [(one.participant_id, one.muted, one.chair) for one in participants] == [(anna, False, True)]
    assert PbxRoomLocked("201", True) in told
    assert PbxInvitationChanged("i1", InvitationState.CALLING) in told
