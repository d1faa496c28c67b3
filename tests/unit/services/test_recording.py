"""Recording one's calls: by SIP Call-ID those of this PC, by its leg those of the desk phone; who is told what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from tests.unit.services.conftest import Ground
from wwphone.cti.api import CommandRefusedError, ErrorCode, LinkProblem, WireError
from wwphone.domain.account import Right
from wwphone.domain.calls import CallSnapshot
from wwphone.domain.recording import RecordingEnd, RunningRecording
from wwphone.protocol.calls import PbxStateChanged
from wwphone.protocol.recording import PauseRecording, StartRecording, StopRecording

SINCE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest_asyncio.fixture
async def office(ground: Ground) -> Ground:
    """Signed in with the right, at a server that records."""
    state = ground.link._truth.state()
    rights = frozenset({Right.RECORD_CALLS})
    ground.link._truth.replace(1, replace(state, profile=replace(state.profile, rights=rights)))
    ground.link.recording.open()
    await ground.sign_in()
    await ground.settled()
    return ground


async def talk(ground: Ground) -> CallSnapshot:
    call_id = ground.services.calls.dial("207")
    ground.engine.far_end_answers(call_id)
    await ground.settled()
    call = ground.services.calls.call(call_id)
    assert call is not None
    return call


async def test_a_call_of_this_pc_is_named_by_its_sip_call_id(office: Ground) -> None:
    call, service = await talk(office), office.services.recording
    assert service.may_start(call)
    await service.start(call.call_id)
    mine = service.mine(call)
    assert mine is not None
    await service.start(call.call_id)  # it runs already: nobody is asked
    await service.set_paused(call.call_id, paused=True)
    await service.stop(call.call_id)
    assert office.link.commands == [
        StartRecording(sip_call_id=call.sip_call_id),
        PauseRecording(mine.recording_id, paused=True),
        StopRecording(mine.recording_id),
    ]
    assert service.of_call(call) == ()


async def test_a_call_of_the_desk_phone_is_found_by_its_leg(office: Ground) -> None:
    at_desk = replace(await talk(office), leg_id="PJSIP/anna-0000002a", sip_call_id="")
    office.link.recording.begin(RunningRecording("r1", "PJSIP/anna-0000002a", "other", "anna", SINCE))
    office.link.recording.begin(RunningRecording("r2", "PJSIP/anna-0000002b", "", "anna", SINCE))
    assert [one.recording_id for one in office.services.recording.of_call(at_desk)] == ["r1"]
    held = replace(at_desk, leg_id="PJSIP/anna-0000002c", held_id="h1")
    assert not office.services.recording.may_start(held), "who is held there hears music"


async def test_ones_own_recording_comes_first_and_only_that_can_be_steered(office: Ground) -> None:
    call, service = await talk(office), office.services.recording
    for recording_id, by in (("r1", "beat"), ("r2", "anna"), ("r3", "")):
        office.link.recording.begin(
            RunningRecording(recording_id, "leg", call.sip_call_id, by, SINCE, automatic=by == "beat")
        )
    assert [one.by for one in service.of_call(call)] == ["anna", "beat", ""]
    assert [service.may_steer(one) for one in service.of_call(call)] == [True, False, False]
    assert not service.may_start(call)


@pytest.mark.parametrize(
    "lose",
    [
        lambda ground: ground.link.cut(LinkProblem.LINE_LOST),
        lambda ground: ground.link.change(PbxStateChanged(connected=False)),
        lambda ground: setattr(ground.link._mirror, "recordings", replace(ground.link.mirror.recordings, possible=False)),
    ],
    ids=["line", "PBX", "possible"],
)  # fmt: skip
async def test_nothing_is_offered_that_cannot_be_done(office: Ground, lose: Callable[[Ground], None]) -> None:
    call = await talk(office)
    assert office.services.recording.may_start(call)
    lose(office)
    assert not office.services.recording.may_start(call)


async def test_without_the_right_there_is_no_offer(ground: Ground) -> None:
    ground.link.recording.open()
    await ground.sign_in()
    call = await talk(ground)
    assert not ground.services.recording.may_start(call)
    await ground.services.recording.start(call.call_id)
    assert ground.link.commands == []


async def test_a_refused_start_can_be_tried_again(office: Ground) -> None:
    call, service = await talk(office), office.services.recording
    office.link.refuse(StartRecording, WireError(ErrorCode.NO_SPACE, "full"))
    with pytest.raises(CommandRefusedError):
        await service.start(call.call_id)
    assert service.may_start(call)


async def test_only_an_end_that_one_did_not_ask_for_is_news(office: Ground) -> None:
    call, ends = await talk(office), list[RecordingEnd]()
    office.services.recording.ended.subscribe(ends.append)
    fake = office.link.recording
    for number, (by, end) in enumerate(
        (
            ("anna", RecordingEnd.STOPPED),
            ("anna", RecordingEnd.CALL_ENDED),
            ("anna", RecordingEnd.DISK_FULL),
            ("beat", RecordingEnd.RIGHT_WITHDRAWN),
        )
    ):
        fake.begin(RunningRecording(f"r{number}", "leg", call.sip_call_id, by, SINCE))
        fake.end(f"r{number}", end)
    assert ends == [RecordingEnd.DISK_FULL]
