"""Merging calls on this PC: who is merged with whom, held and muted together, and how it ends."""

from __future__ import annotations

from tests.unit.services.conftest import Ground
from tests.unit.services.test_calls import state, talking
from tests.unit.services.test_transfer import consulting
from wwphone.domain.calls import CallState
from wwphone.domain.desk_phone import MOST_MERGED
from wwphone.services.merging import MergingService


def service(ground: Ground) -> MergingService:
    return ground.services.merging


def merged(ground: Ground) -> list[str]:
    return [call.call_id for call in service(ground).merged]


async def three(ground: Ground) -> list[str]:
    """Three merged calls."""
    calls = [await talking(ground, number) for number in ("207", "205", "201")]
    for call_id in calls[:2]:
        service(ground).merge(call_id)
        await ground.settled()
    return calls


async def test_one_call_alone_has_nobody_to_be_merged_with(signed_in: Ground) -> None:
    call_id = await talking(signed_in)
    call = signed_in.services.calls.call(call_id)
    assert call is not None
    assert service(signed_in).partners(call) == ()
    service(signed_in).merge(call_id)
    await signed_in.settled()
    assert merged(signed_in) == []


async def test_three_are_merged_one_after_the_other_and_all_are_active(signed_in: Ground) -> None:
    calls = await three(signed_in)
    assert merged(signed_in) == calls
    assert [state(signed_in, each) for each in calls] == [CallState.ACTIVE] * 3


async def test_they_are_held_taken_back_and_muted_together(signed_in: Ground) -> None:
    calls = await three(signed_in)
    for wanted in (CallState.HELD, CallState.ACTIVE):
        signed_in.services.calls.toggle_hold(calls[1])
        await signed_in.settled()
        assert [state(signed_in, each) for each in calls] == [wanted] * 3
    signed_in.services.calls.set_muted(calls[0], muted=True)
    await signed_in.settled()
    assert all(call.muted for call in service(signed_in).merged)


async def test_another_call_holds_them_and_they_come_back_together(signed_in: Ground) -> None:
    calls = await three(signed_in)
    other = await talking(signed_in, "203")
    assert [state(signed_in, each) for each in calls] == [CallState.HELD] * 3
    signed_in.services.calls.resume(calls[0])
    await signed_in.settled()
    assert [state(signed_in, each) for each in calls] == [CallState.ACTIVE] * 3
    assert state(signed_in, other) is CallState.HELD


async def test_merging_one_of_two_leaves_a_third_one_on_hold(signed_in: Ground) -> None:
    calls = [await talking(signed_in, number) for number in ("207", "205", "201")]
    service(signed_in).merge(calls[1])
    await signed_in.settled()
    assert merged(signed_in) == calls[1:]
    assert state(signed_in, calls[0]) is CallState.HELD


async def test_one_is_taken_out_and_held(signed_in: Ground) -> None:
    calls = await three(signed_in)
    service(signed_in).split(calls[0])
    await signed_in.settled()
    assert merged(signed_in) == calls[1:]
    assert state(signed_in, calls[0]) is CallState.HELD


async def test_the_last_one_is_a_call_like_any_other(signed_in: Ground) -> None:
    calls = await three(signed_in)
    for each in calls[:2]:
        signed_in.engine.far_end_hangs_up(each)
        await signed_in.settled()
    assert merged(signed_in) == []
    assert state(signed_in, calls[2]) is CallState.ACTIVE


async def test_all_are_ended_at_once(signed_in: Ground) -> None:
    calls = await three(signed_in)
    service(signed_in).hang_up()
    await signed_in.settled()
    assert [state(signed_in, each) for each in calls] == [CallState.ENDED] * 3


async def test_up_to_eight(signed_in: Ground) -> None:
    calls = [await talking(signed_in, "207") for _ in range(MOST_MERGED)]
    for each in calls[:-1]:
        service(signed_in).merge(each)
        await signed_in.settled()
    assert merged(signed_in) == calls
    ninth = signed_in.engine.incoming("205", answers_itself=True)
    await signed_in.settled()
    call = signed_in.services.calls.call(ninth)
    assert call is not None
    assert service(signed_in).partners(call) == ()


async def test_merging_with_whom_one_asks_ends_the_transfer(signed_in: Ground) -> None:
    call_id, consultation = await consulting(signed_in)
    service(signed_in).merge(call_id)
    await signed_in.settled()
    assert merged(signed_in) == [call_id, consultation]
    assert signed_in.services.transfer.transfers == ()
    assert [state(signed_in, each) for each in (call_id, consultation)] == [CallState.ACTIVE] * 2
