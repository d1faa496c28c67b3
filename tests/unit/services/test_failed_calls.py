"""Dialled calls that failed: how long, and how many of them, stay in sight."""

from __future__ import annotations

from tests.unit.services.conftest import Ground
from wwphone.domain.calls import CallState
from wwphone.services.calls import MOST_FAILED_SHOWN


async def fail(ground: Ground, number: str) -> str:
    """Call somebody who is busy."""
    call_id = ground.services.calls.dial(number)
    await ground.settled()
    ground.engine.far_end_refuses(call_id, 486)
    await ground.settled()
    return call_id


def in_sight(ground: Ground) -> list[str]:
    return [call.call_id for call in ground.services.calls.calls]


async def test_a_newer_try_takes_the_place_of_the_one_that_failed(signed_in: Ground) -> None:
    other = await fail(signed_in, "208")
    first = await fail(signed_in, "207")
    assert in_sight(signed_in) == [other, first]
    second = signed_in.services.calls.dial("207")
    await signed_in.settled()
    assert in_sight(signed_in) == [other, second]
    signed_in.engine.far_end_refuses(second, 486)
    await signed_in.settled()
    third = await fail(signed_in, "207")
    assert in_sight(signed_in) == [other, third]


async def test_of_many_numbers_the_last_ones_stay(signed_in: Ground) -> None:
    failed = [await fail(signed_in, str(number)) for number in range(220, 226)]
    assert in_sight(signed_in) == failed[-MOST_FAILED_SHOWN:]
    signed_in.services.calls.dismiss(failed[-1])
    assert in_sight(signed_in) == failed[-MOST_FAILED_SHOWN:-1]


async def test_one_that_somebody_writes_about_stays(signed_in: Ground) -> None:
    written = await fail(signed_in, "207")
    signed_in.services.calls.keep_in_sight(written, kept=True)
    newer = await fail(signed_in, "207")
    for number in range(220, 226):
        await fail(signed_in, str(number))
    assert written in in_sight(signed_in)
    assert newer not in in_sight(signed_in)


async def test_a_talk_that_is_over_is_no_failure(signed_in: Ground) -> None:
    talk = signed_in.services.calls.dial("207")
    signed_in.engine.far_end_answers(talk)
    await signed_in.settled()
    signed_in.services.calls.hang_up(talk)
    await signed_in.settled()
    again = signed_in.services.calls.dial("207")
    await signed_in.settled()
    assert in_sight(signed_in) == [talk, again]
    ended = signed_in.services.calls.call(talk)
    assert ended is not None
    assert ended.state is CallState.ENDED
