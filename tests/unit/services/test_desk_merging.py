"""Calls of the desk phone that are merged at the PBX, shown numbers of what it dials, and parking what it holds."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.services.conftest import Ground
from tests.unit.services.test_calls import state
from tests.unit.services.test_desk_phone import YEALINK, consult, end_of, only, talk
from tests.unit.services.test_desk_phone import desk as desk  # noqa: PLC0414 - a fixture
from tests.unit.services.test_merging import merged, service
from wwphone.cti.api import LinkProblem
from wwphone.domain.calls import CallState, EndReason
from wwphone.domain.shown import Shown
from wwphone.protocol.account import ProfileChanged
from wwphone.protocol.desk_phone import DeskDial, DeskHold, DeskMerge, DeskPark, DeskResume, DeskSplit


async def together(ground: Ground) -> tuple[str, str, str]:
    """Two calls, merged; both ids and the leg."""
    first, second, leg = await consult(ground)
    (held_id,) = ground.link.mirror.held
    service(ground).merge(first)
    await ground.settled()
    assert [one for one in ground.link.commands if isinstance(one, DeskMerge)] == [DeskMerge((leg, held_id))]
    return first, second, leg


async def test_two_are_merged_and_both_are_active(desk: Ground) -> None:
    first, second, _ = await together(desk)
    assert set(merged(desk)) == {first, second}
    assert [state(desk, each) for each in (first, second)] == [CallState.ACTIVE] * 2
    assert not any(isinstance(one, DeskResume) for one in desk.link.commands), "they are there already"
    assert len(desk.services.calls.running) == 2, "the phone's leg is no third call"


async def test_a_third_one_comes_along(desk: Ground) -> None:
    first, second, leg = await together(desk)
    third = desk.services.calls.dial("201")
    await desk.settled()
    assert [state(desk, each) for each in (first, second)] == [CallState.HELD] * 2
    assert set(merged(desk)) == {first, second}, "music for both, and still one conference"
    desk.link.desk_phone.answers(leg)
    await desk.settled()
    service(desk).merge(third)
    await desk.settled()
    assert set(merged(desk)) == {first, second, third}
    assert [state(desk, each) for each in (first, second, third)] == [CallState.ACTIVE] * 3


async def test_one_is_taken_out_and_held_and_the_last_is_a_call_like_any_other(desk: Ground) -> None:
    first, second, leg = await together(desk)
    service(desk).split(first)
    await desk.settled()
    assert merged(desk) == []
    assert state(desk, first) is CallState.HELD
    assert state(desk, second) is CallState.ACTIVE
    assert [type(one) for one in desk.link.commands[-2:]] == [DeskSplit, DeskResume]
    call = desk.services.calls.call(second)
    assert call is not None
    assert (call.leg_id, call.held_id) == (leg, "")


async def test_when_one_hangs_up_the_other_goes_on(desk: Ground) -> None:
    first, second, _ = await together(desk)
    desk.services.calls.hang_up(first)
    await desk.settled()
    assert end_of(desk, first) is EndReason.HUNG_UP_HERE
    assert merged(desk) == []
    assert state(desk, second) is CallState.ACTIVE


async def test_they_are_held_taken_back_and_muted_together(desk: Ground) -> None:
    first, second, leg = await together(desk)
    for wanted in (CallState.HELD, CallState.ACTIVE):
        desk.link.commands.clear()
        desk.services.calls.toggle_hold(second)
        await desk.settled()
        assert [state(desk, each) for each in (first, second)] == [wanted] * 2
        assert set(merged(desk)) == {first, second}
        assert [type(one) for one in desk.link.commands] == [
            DeskHold if wanted is CallState.HELD else DeskResume
        ], "one command for all of them"
        for muted in (True, False):
            desk.services.calls.set_muted(first, muted=muted)
            await desk.settled()
            assert [call.muted for call in service(desk).merged] == [muted] * 2
    assert len(desk.services.calls.running) == 2
    assert desk.link.mirror.legs[leg].merged


async def test_who_is_taken_out_of_a_held_conference_stays_held_and_so_does_the_last(desk: Ground) -> None:
    first, second, _ = await together(desk)
    desk.services.calls.toggle_hold(first)
    await desk.settled()
    service(desk).split(first)
    await desk.settled()
    assert merged(desk) == []
    assert [state(desk, each) for each in (first, second)] == [CallState.HELD] * 2
    desk.services.calls.resume(second)
    await desk.settled()
    assert [state(desk, each) for each in (first, second)] == [CallState.HELD, CallState.ACTIVE]


async def test_who_hangs_up_while_the_conference_is_held_is_gone_and_the_last_is_a_held_call(
    desk: Ground,
) -> None:
    first, second, _ = await together(desk)
    desk.services.calls.toggle_hold(first)
    await desk.settled()
    desk.services.calls.hang_up(first)
    await desk.settled()
    assert merged(desk) == []
    assert state(desk, second) is CallState.HELD
    desk.services.calls.toggle_hold(second)
    await desk.settled()
    assert state(desk, second) is CallState.ACTIVE


async def test_after_a_restart_they_are_shown_as_they_are(desk: Ground) -> None:
    first, second, _ = await together(desk)
    for wanted in (CallState.ACTIVE, CallState.HELD):
        desk.link.cut(LinkProblem.LINE_LOST)
        await desk.settled()
        desk.link.heal()
        await desk.settled()
        assert set(merged(desk)) == {first, second}
        assert len(desk.services.calls.running) == 2
        assert [state(desk, each) for each in (first, second)] == [wanted] * 2
        desk.services.calls.toggle_hold(second)
        await desk.settled()


async def test_what_is_held_is_parked_by_its_own_name(desk: Ground) -> None:
    call_id, leg = await talk(desk)
    desk.services.calls.toggle_hold(call_id)
    await desk.settled()
    (held_id,) = desk.link.mirror.held
    call = desk.services.calls.call(call_id)
    assert call is not None
    assert call.can_be_parked
    assert await desk.services.parking.park(call_id) == "701"
    await desk.settled()
    assert DeskPark(held_id) in desk.link.commands
    assert end_of(desk, call_id) is EndReason.PARKED
    assert leg not in desk.link.mirror.legs


async def test_another_number_is_shown_for_one_call(desk: Ground) -> None:
    profile = desk.link.mirror.profile
    assert profile is not None
    desk.link.change(ProfileChanged(replace(profile, shown_numbers=("+41442681204",))))
    await desk.settled()
    assert desk.services.shown.choices == ("+41442681204",)
    for chosen in (Shown("+41442681204"), Shown(), None):
        desk.services.shown.choose(chosen)
        desk.services.calls.dial("0791112233")
        await desk.settled()
        assert desk.link.commands[-1] == DeskDial("0791112233", YEALINK.contact, shown=chosen)
        assert only(desk).remote.number == "0791112233", "and not what is put in front of it"
        desk.services.calls.hang_up(only(desk).call_id)
        await desk.settled()
