"""Which call a key means that names none."""

from __future__ import annotations

import pytest

from tests.unit.services.conftest import Ground
from wwphone.config.options import BUSY_FROM
from wwphone.domain.actions import CALL_ACTIONS, Action
from wwphone.domain.calls import CallState


async def talking(ground: Ground, number: str) -> str:
    call_id = ground.services.calls.dial(number)
    ground.engine.far_end_answers(call_id)
    await ground.settled()
    return call_id


async def test_without_a_call_nothing_is_done(signed_in: Ground) -> None:
    for action in CALL_ACTIONS:
        assert not signed_in.services.actions.do(action)


async def test_a_ringing_call_is_answered_while_one_talks_and_the_talk_is_hung_up(signed_in: Ground) -> None:
    signed_in.settings.set(BUSY_FROM, 0)
    talk = await talking(signed_in, "207")
    first = signed_in.engine.incoming("205")
    second = signed_in.engine.incoming("208")
    await signed_in.settled()
    actions = signed_in.services.actions
    assert actions.do(Action.ANSWER)
    await signed_in.settled()
    assert signed_in.engine.call(first).state is CallState.ACTIVE, "the one that has waited longest"
    assert signed_in.engine.call(talk).state is CallState.HELD
    assert actions.do(Action.HANG_UP)
    await signed_in.settled()
    assert signed_in.engine.call(first).end is not None, "whom one talks to"
    assert signed_in.engine.call(second).state is CallState.INCOMING


async def test_hanging_up_declines_when_one_talks_to_nobody(signed_in: Ground) -> None:
    signed_in.settings.set(BUSY_FROM, 0)
    held = await talking(signed_in, "207")
    actions = signed_in.services.actions
    assert actions.do(Action.HOLD)
    first = signed_in.engine.incoming("205")
    second = signed_in.engine.incoming("208")
    await signed_in.settled()
    assert actions.do(Action.HANG_UP)
    await signed_in.settled()
    assert signed_in.engine.call(first).end is not None, "the one that has waited longest"
    assert signed_in.engine.call(second).state is CallState.INCOMING
    assert signed_in.engine.call(held).state is CallState.HELD


async def test_the_current_call_is_any_other_before_one_that_rings(signed_in: Ground) -> None:
    signed_in.settings.set(BUSY_FROM, 0)
    actions = signed_in.services.actions

    def current() -> str:
        call = actions.current
        return call.call_id if call else ""

    assert current() == ""
    ringing = signed_in.engine.incoming("205")
    await signed_in.settled()
    assert current() == ringing
    first = await talking(signed_in, "207")
    assert actions.do(Action.HOLD)
    await signed_in.settled()
    assert current() == first
    second = signed_in.services.calls.dial("208")
    await signed_in.settled()
    assert current() == second


async def test_hold_and_mute_mean_the_talk_although_another_rings(signed_in: Ground) -> None:
    signed_in.settings.set(BUSY_FROM, 0)
    talk = await talking(signed_in, "207")
    signed_in.engine.incoming("205")
    await signed_in.settled()
    actions = signed_in.services.actions
    assert actions.do(Action.MUTE)
    await signed_in.settled()
    assert signed_in.engine.call(talk).muted
    assert actions.do(Action.HOLD)
    await signed_in.settled()
    assert signed_in.engine.call(talk).state is CallState.HELD
    assert not actions.do(Action.MUTE), "nobody hears a held call's microphone"
    assert actions.do(Action.HOLD)
    await signed_in.settled()
    assert signed_in.engine.call(talk).state is CallState.ACTIVE


async def test_of_two_held_calls_the_newest_comes_back(signed_in: Ground) -> None:
    await talking(signed_in, "207")
    second = await talking(signed_in, "208")
    actions = signed_in.services.actions
    assert actions.do(Action.HOLD)
    await signed_in.settled()
    assert actions.do(Action.HOLD)
    await signed_in.settled()
    assert signed_in.engine.call(second).state is CallState.ACTIVE


async def test_what_acts_upon_no_call_is_a_bug_here(signed_in: Ground) -> None:
    with pytest.raises(ValueError, match="no call"):
        signed_in.services.actions.do(Action.SHOW)
