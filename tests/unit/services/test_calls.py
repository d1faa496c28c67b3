"""Calls: dialling, one active call at a time, ringing, ends, and events in an unlucky order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.unit.services.conftest import Ground
from wwphone.config.options import BUSY_FROM
from wwphone.domain.calls import (
    CallDirection,
    CallEnd,
    CallKind,
    CallQuality,
    CallSnapshot,
    CallState,
    EndReason,
    Party,
)
from wwphone.domain.numbers import NotDiallableError
from wwphone.domain.presence import Colleague
from wwphone.protocol.presence import ColleagueChanged
from wwphone.services.calls import (
    ENDED_CALL_SHOWN_S,
    CallProblem,
    CallsService,
    CannotDial,
    CannotDialError,
)
from wwphone.sip.api import CallChanged, CallQualityMeasured, RegistrationState

GOOD = CallQuality(0.0, 2.0, 20.0)


def calls(ground: Ground) -> CallsService:
    return ground.services.calls


def state(ground: Ground, call_id: str) -> CallState | None:
    call = calls(ground).call(call_id)
    return call.state if call else None


def dialled(ground: Ground) -> list[str]:
    return [address for address, _ in ground.engine.dialled]


async def talking(ground: Ground, number: str = "207") -> str:
    call_id = calls(ground).dial(number)
    ground.engine.far_end_answers(call_id)
    await ground.settled()
    return call_id


async def ringing(ground: Ground, number: str = "205", kind: CallKind = CallKind.INTERNAL) -> str:
    call_id = ground.engine.incoming(number, kind=kind)
    await ground.settled()
    return call_id


# ---------------------------------------------------------------- dialling


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("207", "207"),
        ("Keller", "207"),
        ("+41 (0)44 268 12 12", "+41442681212"),
        ("tel:+41442681212;phone-context=x", "+41442681212"),
        ("sip:echo@example.net", "echo@example.net"),
        ("0800 FLUG 24", "0800358424"),
        ("201", "201"),
    ],
)
async def test_what_is_dialled(signed_in: Ground, text: str, address: str) -> None:
    call_id = calls(signed_in).dial(text)
    await signed_in.settled()
    assert dialled(signed_in) == [address]
    assert calls(signed_in).preview(text).address == address
    assert state(signed_in, call_id) is CallState.DIALING


async def test_a_name_with_a_digit_is_a_name(signed_in: Ground) -> None:
    signed_in.link.change(ColleagueChanged(Colleague("room", "250", "Sitzung 2", "Sales")))
    calls(signed_in).dial("Sitzung 2")
    assert dialled(signed_in) == ["250"]


@pytest.mark.parametrize("text", ["", "   ", "Wilhelm Tell", "💥", "x" * 300])
async def test_what_is_nothing_to_dial(signed_in: Ground, text: str) -> None:
    with pytest.raises(NotDiallableError):
        calls(signed_in).dial(text)
    assert dialled(signed_in) == []


async def test_without_a_registration_only_emergencies_are_dialled(ground: Ground) -> None:
    with pytest.raises(CannotDialError) as refused:
        calls(ground).dial("207")
    assert refused.value.reason is CannotDial.NOT_REGISTERED
    calls(ground).dial("144")
    assert dialled(ground) == ["144"]


async def test_with_the_registration_lost_meanwhile(signed_in: Ground) -> None:
    signed_in.engine.lose_registrar()
    await signed_in.settled()
    with pytest.raises(CannotDialError):
        calls(signed_in).dial("207")
    signed_in.engine.registrar_is_back()
    await signed_in.settled()
    calls(signed_in).dial("207")


async def test_no_more_calls_than_one_can_hold(signed_in: Ground) -> None:
    for _ in range(8):
        await talking(signed_in)
    with pytest.raises(CannotDialError) as refused:
        calls(signed_in).dial("205")
    assert refused.value.reason is CannotDial.TOO_MANY_CALLS


async def test_the_echo_test(signed_in: Ground) -> None:
    calls(signed_in).echo_test()
    assert dialled(signed_in) == ["801"]


# ---------------------------------------------------------------- one active call


async def test_dialling_holds_the_running_call(signed_in: Ground) -> None:
    first = await talking(signed_in)
    second = calls(signed_in).dial("205")
    await signed_in.settled()
    assert state(signed_in, first) is CallState.HELD
    assert state(signed_in, second) is CallState.DIALING


async def test_answering_holds_the_running_call(signed_in: Ground) -> None:
    signed_in.settings.set(BUSY_FROM, 0)
    first = await talking(signed_in)
    second = await ringing(signed_in)
    calls(signed_in).answer(second)
    await signed_in.settled()
    assert state(signed_in, first) is CallState.HELD
    assert state(signed_in, second) is CallState.ACTIVE


async def test_taking_one_back_holds_the_other(signed_in: Ground) -> None:
    first = await talking(signed_in)
    second = await talking(signed_in, "205")
    calls(signed_in).toggle_hold(first)
    await signed_in.settled()
    assert state(signed_in, first) is CallState.ACTIVE
    assert state(signed_in, second) is CallState.HELD


async def test_the_call_ends_while_it_is_being_answered(signed_in: Ground) -> None:
    call_id = await ringing(signed_in)
    signed_in.engine.caller_gives_up(call_id)
    calls(signed_in).answer(call_id)  # pressed before the end was heard of
    await signed_in.settled()
    end = calls(signed_in).call(call_id)
    assert end is not None
    assert end.end is not None
    assert end.end.reason is EndReason.MISSED


async def test_what_does_not_fit_the_state_does_nothing(signed_in: Ground) -> None:
    service = calls(signed_in)
    call_id = await talking(signed_in)
    service.answer(call_id)
    service.decline(call_id)
    service.dismiss(call_id)
    for unknown in (service.answer, service.decline, service.hang_up, service.toggle_hold, service.dismiss):
        unknown("nobody's")
    service.set_muted("nobody's", muted=True)
    service.send_dtmf("nobody's", "1")
    await signed_in.settled()
    assert state(signed_in, call_id) is CallState.ACTIVE


async def test_mute_keys_and_what_they_filter(signed_in: Ground) -> None:
    call_id = await talking(signed_in)
    calls(signed_in).set_muted(call_id, muted=True)
    calls(signed_in).send_dtmf(call_id, "1 2-3#*d€")
    await signed_in.settled()
    call = calls(signed_in).call(call_id)
    assert call is not None
    assert call.muted
    assert signed_in.engine.dtmf_sent[call_id] == "123#*D"


async def test_hanging_up_a_ringing_call_declines_it(signed_in: Ground) -> None:
    call_id = await ringing(signed_in)
    calls(signed_in).hang_up(call_id)
    await signed_in.settled()
    call = calls(signed_in).call(call_id)
    assert call is not None
    assert call.end is not None
    assert call.end.reason is EndReason.DECLINED_HERE


async def test_a_command_that_failed_is_told(signed_in: Ground) -> None:
    problems: list[CallProblem] = []
    calls(signed_in).problems.subscribe(problems.append)
    call_id = await talking(signed_in)
    signed_in.engine.fail_next("hold", "488 Not Acceptable Here")
    calls(signed_in).toggle_hold(call_id)
    await signed_in.settled()
    assert problems == [CallProblem(call_id, "hold", "488 Not Acceptable Here")]


# ---------------------------------------------------------------- ringing


@pytest.mark.parametrize("kind", list(CallKind))
async def test_each_kind_has_its_tone(signed_in: Ground, kind: CallKind) -> None:
    call_id = await ringing(signed_in, kind=kind)
    assert signed_in.engine.ringing is not None
    assert signed_in.engine.ringing.name == f"ring_{kind.value}.wav"
    assert signed_in.engine.ringing.exists()
    assert call_id in signed_in.engine.rung
    calls(signed_in).answer(call_id)
    await signed_in.settled()
    assert signed_in.engine.ringing is None


async def test_it_rings_until_the_last_caller_is_gone(signed_in: Ground) -> None:
    first, second = await ringing(signed_in), await ringing(signed_in, "206")
    calls(signed_in).decline(first)
    await signed_in.settled()
    assert signed_in.engine.ringing is not None
    signed_in.engine.caller_gives_up(second)
    await signed_in.settled()
    assert signed_in.engine.ringing is None


async def test_it_does_not_ring_into_a_conversation_but_while_that_is_held(signed_in: Ground) -> None:
    signed_in.settings.set(BUSY_FROM, 0)
    running = await talking(signed_in)
    await ringing(signed_in)
    assert signed_in.engine.ringing is None
    calls(signed_in).toggle_hold(running)
    await signed_in.settled()
    assert signed_in.engine.ringing is not None


@pytest.mark.parametrize(
    ("limit", "running", "busy"), [(1, 0, False), (1, 1, True), (2, 1, False), (2, 2, True), (0, 3, False)]
)
async def test_busy_from_so_many_calls(signed_in: Ground, limit: int, running: int, busy: bool) -> None:
    signed_in.settings.set(BUSY_FROM, limit)
    for _ in range(running):
        await talking(signed_in)
    told: list[CallSnapshot] = []
    calls(signed_in).incoming.subscribe(told.append)
    call_id = await ringing(signed_in)
    end = signed_in.engine.call(call_id).end
    assert (end is not None and end.reason is EndReason.BUSY) is busy
    assert bool(told) is not busy
    assert (calls(signed_in).call(call_id) is None) is busy


async def test_a_call_that_the_pbx_takes_for_us_does_not_ring(signed_in: Ground) -> None:
    call_id = signed_in.engine.incoming("205", answers_itself=True)
    await signed_in.settled()
    assert state(signed_in, call_id) is CallState.ACTIVE
    assert signed_in.engine.ringing is None


# ---------------------------------------------------------------- names, quality


async def test_colleagues_get_their_nickname_others_keep_theirs(signed_in: Ground) -> None:
    inside = await ringing(signed_in, "205")
    outside = signed_in.engine.incoming("+41 44 1", "ACME")
    own = signed_in.engine.incoming("204", "me, from the desk phone")
    await signed_in.settled()
    names = [calls(signed_in).call(call_id) for call_id in (inside, outside, own)]
    assert [call.remote for call in names if call] == [
        Party("205", "Eva Schönenberger"),
        Party("+41 44 1", "ACME"),
        Party("204", "Anna Muster"),
    ]


async def test_figures_come_while_somebody_talks_and_stay_with_the_call(signed_in: Ground) -> None:
    assert signed_in.engine.measuring == (False, False)
    call_id = await talking(signed_in)
    assert signed_in.engine.measuring == (False, True)
    signed_in.engine.measure(call_id, GOOD)
    await signed_in.settled()
    calls(signed_in).set_muted(call_id, muted=True)
    await signed_in.settled()
    call = calls(signed_in).call(call_id)
    assert call is not None
    assert call.quality == GOOD
    signed_in.engine.far_end_hangs_up(call_id)
    await signed_in.settled()
    assert signed_in.engine.measuring == (False, False)


async def test_figures_of_a_call_that_is_over_or_unknown_are_dropped(signed_in: Ground) -> None:
    call_id = await talking(signed_in)
    signed_in.engine.far_end_hangs_up(call_id)
    await signed_in.settled()
    for late in (call_id, "nobody's"):
        calls(signed_in).received(CallQualityMeasured(late, GOOD))
    call = calls(signed_in).call(call_id)
    assert call is not None
    assert call.quality is None


# ---------------------------------------------------------------- ends


async def test_nothing_follows_an_end(signed_in: Ground) -> None:
    call_id = await talking(signed_in)
    signed_in.engine.far_end_hangs_up(call_id)
    await signed_in.settled()
    ended = calls(signed_in).call(call_id)
    assert ended is not None
    calls(signed_in).received(CallChanged(replace(ended, state=CallState.ACTIVE, end=None)))
    assert calls(signed_in).call(call_id) == ended


async def test_a_call_that_is_over_before_anybody_saw_it(signed_in: Ground) -> None:
    over = CallSnapshot(
        "c1", CallDirection.INCOMING, Party("205"), CallState.ENDED, datetime.now(UTC),
        end=CallEnd(EndReason.MISSED),
    )  # fmt: skip
    calls(signed_in).received(CallChanged(over))
    assert calls(signed_in).calls == ()


async def test_an_end_can_be_put_away(signed_in: Ground) -> None:
    removed: list[str] = []
    calls(signed_in).removed.subscribe(removed.append)
    call_id = await talking(signed_in)
    calls(signed_in).dismiss(call_id)
    assert removed == [], "it is not over"
    calls(signed_in).hang_up(call_id)
    await signed_in.settled()
    calls(signed_in).dismiss(call_id)
    calls(signed_in).dismiss(call_id)
    assert removed == [call_id]
    assert calls(signed_in).calls == ()


class FakeClockLoop(asyncio.SelectorEventLoop):
    """A loop whose clock can be put forward."""

    _ahead_s = 0.0

    def time(self) -> float:
        """See asyncio."""
        return super().time() + self._ahead_s

    def put_forward(self, seconds: float) -> None:
        """Let so much time pass at once."""
        self._ahead_s += seconds


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner(loop_factory=FakeClockLoop) as made:
        yield made


def in_time(runner: asyncio.Runner, scenario: Callable[[Ground, FakeClockLoop], object]) -> None:
    """Play a scenario, signed in, on a loop whose clock can be put forward."""

    async def play() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, FakeClockLoop)
        ground = Ground()
        await ground.start()
        await ground.sign_in()
        await ground.settled()
        await scenario(ground, loop)  # type: ignore[misc]  # a coroutine function
        await ground.close()

    runner.run(play())


def test_an_end_is_shown_for_a_moment(runner: asyncio.Runner) -> None:
    async def scenario(ground: Ground, loop: FakeClockLoop) -> None:
        call_id = await talking(ground)
        calls(ground).hang_up(call_id)
        await ground.settled()
        loop.put_forward(ENDED_CALL_SHOWN_S - 0.5)
        await ground.settled()
        assert state(ground, call_id) is CallState.ENDED
        loop.put_forward(1.0)
        await ground.settled()
        assert calls(ground).calls == ()

    in_time(runner, scenario)


def test_after_the_end_of_the_program_nothing_is_removed_any_more(runner: asyncio.Runner) -> None:
    async def scenario(ground: Ground, loop: FakeClockLoop) -> None:
        removed: list[str] = []
        calls(ground).removed.subscribe(removed.append)
        call_id = await talking(ground)
        await ground.close()
        await ground.settled()
        loop.put_forward(2 * ENDED_CALL_SHOWN_S)
        await ground.settled()
        assert removed == []
        assert state(ground, call_id) is not None

    in_time(runner, scenario)


async def test_the_end_of_the_program_silences_the_ringing(signed_in: Ground) -> None:
    await ringing(signed_in)
    assert signed_in.engine.ringing is not None
    await calls(signed_in).shutdown()
    assert signed_in.engine.ringing is None


async def test_registered_is_what_the_engine_says_last(signed_in: Ground) -> None:
    for trouble in (RegistrationState.REFUSED, RegistrationState.TOO_MANY_DEVICES):
        signed_in.engine.answer_registrations_with(trouble)
        signed_in.engine.register_again()
        await signed_in.settled()
        with pytest.raises(CannotDialError):
            calls(signed_in).dial("207")
