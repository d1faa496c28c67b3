"""Transfers: held at once, talked before or not, completed, swapped, taken back, and whoever hangs up meanwhile."""

from __future__ import annotations

import pytest

from tests.unit.services.conftest import Ground
from tests.unit.services.test_calls import ringing, state, talking
from wwphone.domain.calls import CallState, EndReason, Party, Returned
from wwphone.domain.numbers import NotDiallableError
from wwphone.domain.transfer import TRANSFER_TRANSITIONS, Transfer, TransferStage
from wwphone.services.calls import CannotDialError
from wwphone.services.transfer import TransferFailure, TransferService


def service(ground: Ground) -> TransferService:
    return ground.services.transfer


def stage(ground: Ground, call_id: str) -> TransferStage | None:
    found = service(ground).transfer(call_id)
    return found.stage if found else None


async def begun(ground: Ground) -> str:
    call_id = await talking(ground)
    service(ground).begin(call_id)
    await ground.settled()
    return call_id


async def consulting(ground: Ground, *, answered: bool = True) -> tuple[str, str]:
    """A held call with Beat, and a talk with Eva before she gets it."""
    call_id = await begun(ground)
    service(ground).consult(call_id, "Eva")
    found = service(ground).transfer(call_id)
    assert found is not None
    await ground.settled()
    if answered:
        ground.engine.far_end_answers(found.consultation_id)
        await ground.settled()
    return call_id, found.consultation_id


def failures(ground: Ground) -> list[TransferFailure]:
    told: list[TransferFailure] = []
    service(ground).failures.subscribe(told.append)
    return told


def test_every_stage_can_be_left() -> None:
    assert set(TRANSFER_TRANSITIONS) == {None, *TransferStage}
    assert all(None in after for before, after in TRANSFER_TRANSITIONS.items() if before)


async def test_it_begins_with_holding_and_can_be_given_up(signed_in: Ground) -> None:
    call_id = await begun(signed_in)
    assert state(signed_in, call_id) is CallState.HELD
    assert stage(signed_in, call_id) is TransferStage.CHOOSING
    service(signed_in).cancel(call_id)
    await signed_in.settled()
    assert state(signed_in, call_id) is CallState.ACTIVE
    assert service(signed_in).transfers == ()


async def test_a_call_that_was_on_hold_stays_so_when_it_is_given_up(signed_in: Ground) -> None:
    call_id = await talking(signed_in)
    signed_in.services.calls.toggle_hold(call_id)
    await signed_in.settled()
    service(signed_in).begin(call_id)
    service(signed_in).cancel(call_id)
    await signed_in.settled()
    assert state(signed_in, call_id) is CallState.HELD


async def test_handed_over_without_a_talk_before(signed_in: Ground) -> None:
    call_id = await begun(signed_in)
    service(signed_in).transfer_now(call_id, "Eva")
    await signed_in.settled()
    assert signed_in.engine.sent_on == [(call_id, "205")]
    assert stage(signed_in, call_id) is TransferStage.HANDING_OVER
    signed_in.engine.transfer_succeeds(call_id)
    await signed_in.settled()
    assert state(signed_in, call_id) is CallState.ENDED
    assert service(signed_in).transfers == ()


async def test_nobody_takes_it_and_it_is_taken_back(signed_in: Ground) -> None:
    told = failures(signed_in)
    call_id = await begun(signed_in)
    service(signed_in).transfer_now(call_id, "205")
    await signed_in.settled()
    signed_in.engine.transfer_fails(call_id, 486)
    await signed_in.settled()
    [failure] = told
    assert (failure.target, failure.reason) == (Party("205", "Eva Schönenberger"), EndReason.BUSY)
    assert state(signed_in, call_id) is CallState.ACTIVE
    assert service(signed_in).transfers == ()


async def test_the_pbx_calls_anew_with_what_nobody_took_and_it_is_answered_at_once(signed_in: Ground) -> None:
    told = failures(signed_in)
    call_id = await begun(signed_in)
    service(signed_in).transfer_now(call_id, "205")
    await signed_in.settled()
    back = signed_in.engine.incoming("207", returned=Returned(Party("205"), EndReason.BUSY))
    await signed_in.settled()
    assert state(signed_in, back) is CallState.ACTIVE
    assert signed_in.services.calls.call(call_id) is None, "the new call has taken its place"
    assert signed_in.engine.call(call_id).state is CallState.ENDED
    assert signed_in.engine.ringing is None
    assert [failure.reason for failure in told] == [EndReason.BUSY]
    assert [call.call_id for call in signed_in.services.calls.calls] == [back]


async def test_what_comes_back_later_rings_although_we_are_busy(signed_in: Ground) -> None:
    other = await talking(signed_in, "201")
    back = signed_in.engine.incoming("207", returned=Returned(Party("205"), EndReason.NO_ANSWER))
    await signed_in.settled()
    assert state(signed_in, back) is CallState.INCOMING
    assert state(signed_in, other) is CallState.ACTIVE
    call = signed_in.services.calls.call(back)
    assert call is not None
    assert call.returned == Returned(Party("205", "Eva Schönenberger"), EndReason.NO_ANSWER)


async def test_talked_to_before_and_completed(signed_in: Ground) -> None:
    call_id, consultation = await consulting(signed_in)
    assert state(signed_in, call_id) is CallState.HELD
    service(signed_in).complete(call_id)
    await signed_in.settled()
    assert stage(signed_in, call_id) is TransferStage.HANDING_OVER
    signed_in.engine.transfer_succeeds(call_id)
    await signed_in.settled()
    for each in (call_id, consultation):
        ended = signed_in.services.calls.call(each)
        assert ended is not None
        assert ended.end is not None
        assert ended.end.reason is EndReason.TRANSFERRED
    assert service(signed_in).transfers == ()


async def test_completed_while_it_still_rings_there(signed_in: Ground) -> None:
    call_id, consultation = await consulting(signed_in, answered=False)
    service(signed_in).complete(call_id)
    await signed_in.settled()
    assert signed_in.engine.sent_on == [(call_id, "205")]
    assert state(signed_in, consultation) is CallState.ENDED
    assert stage(signed_in, call_id) is TransferStage.HANDING_OVER


async def test_swapping_there_and_back(signed_in: Ground) -> None:
    call_id, consultation = await consulting(signed_in)
    for active, held in ((call_id, consultation), (consultation, call_id)):
        service(signed_in).swap(call_id)
        await signed_in.settled()
        assert state(signed_in, active) is CallState.ACTIVE
        assert state(signed_in, held) is CallState.HELD


@pytest.mark.parametrize("answered", [True, False])
async def test_going_back_ends_the_talk_before(signed_in: Ground, answered: bool) -> None:
    call_id, consultation = await consulting(signed_in, answered=answered)
    service(signed_in).back(call_id)
    await signed_in.settled()
    assert state(signed_in, consultation) is CallState.ENDED
    assert state(signed_in, call_id) is CallState.ACTIVE
    assert service(signed_in).transfers == ()


async def test_who_was_asked_hangs_up_and_the_caller_is_taken_back(signed_in: Ground) -> None:
    call_id, consultation = await consulting(signed_in)
    signed_in.engine.far_end_hangs_up(consultation)
    await signed_in.settled()
    assert state(signed_in, call_id) is CallState.ACTIVE
    assert service(signed_in).transfers == ()


async def test_who_was_asked_is_busy_and_one_chooses_again(signed_in: Ground) -> None:
    call_id, consultation = await consulting(signed_in, answered=False)
    signed_in.engine.far_end_refuses(consultation, 486)
    await signed_in.settled()
    found = service(signed_in).transfer(call_id)
    assert found == Transfer(call_id, TransferStage.CHOOSING, resumes=True)
    assert state(signed_in, call_id) is CallState.HELD


async def test_the_caller_hangs_up_and_the_talk_before_goes_on(signed_in: Ground) -> None:
    call_id, consultation = await consulting(signed_in)
    signed_in.engine.far_end_hangs_up(call_id)
    await signed_in.settled()
    assert state(signed_in, consultation) is CallState.ACTIVE
    assert service(signed_in).transfers == ()


@pytest.mark.parametrize("hang_up_here", [True, False])
async def test_an_end_while_choosing(signed_in: Ground, hang_up_here: bool) -> None:
    call_id = await begun(signed_in)
    if hang_up_here:
        signed_in.services.calls.hang_up(call_id)
    else:
        signed_in.engine.far_end_hangs_up(call_id)
    await signed_in.settled()
    assert service(signed_in).transfers == ()


async def test_a_refused_connection_of_the_two_can_be_tried_again(signed_in: Ground) -> None:
    told = failures(signed_in)
    call_id, _ = await consulting(signed_in)
    service(signed_in).complete(call_id)
    await signed_in.settled()
    signed_in.engine.transfer_fails(call_id, 503)
    await signed_in.settled()
    assert stage(signed_in, call_id) is TransferStage.CONSULTING
    assert [failure.reason for failure in told] == [EndReason.UNREACHABLE]


async def test_the_engine_cannot_even_ask(signed_in: Ground) -> None:
    call_id = await begun(signed_in)
    signed_in.engine.fail_next("transfer")
    service(signed_in).transfer_now(call_id, "205")
    await signed_in.settled()
    assert service(signed_in).transfers == ()
    assert state(signed_in, call_id) is CallState.ACTIVE


@pytest.mark.parametrize("text", ["", "Wilhelm Tell", "sip:eva@elsewhere.example"])
async def test_whom_nobody_can_be_transferred_to(signed_in: Ground, text: str) -> None:
    call_id = await begun(signed_in)
    for act in (service(signed_in).transfer_now, service(signed_in).consult):
        with pytest.raises(NotDiallableError):
            act(call_id, text)
    assert stage(signed_in, call_id) is TransferStage.CHOOSING


async def test_without_the_registration_nobody_can_be_asked_first(signed_in: Ground) -> None:
    call_id = await begun(signed_in)
    signed_in.engine.lose_registrar()
    await signed_in.settled()
    with pytest.raises(CannotDialError):
        service(signed_in).consult(call_id, "205")
    assert stage(signed_in, call_id) is TransferStage.CHOOSING


async def test_what_does_not_fit_the_stage_does_nothing(signed_in: Ground) -> None:
    call_id, consultation = await consulting(signed_in)
    before = service(signed_in).transfers
    service(signed_in).begin(call_id)
    service(signed_in).begin(consultation)
    service(signed_in).cancel(call_id)
    service(signed_in).transfer_now(call_id, "201")
    for act in (service(signed_in).complete, service(signed_in).swap, service(signed_in).back):
        act("never was")
    await signed_in.settled()
    assert service(signed_in).transfers == before


async def test_a_caller_is_sent_on_before_we_answer(signed_in: Ground) -> None:
    call_id = await ringing(signed_in, "207")
    service(signed_in).deflect(call_id, "Eva")
    await signed_in.settled()
    assert signed_in.engine.sent_on == [(call_id, "205")]
    call = signed_in.services.calls.call(call_id)
    assert call is not None
    assert call.end is not None
    assert call.end.reason is EndReason.DEFLECTED
    assert signed_in.engine.ringing is None


async def test_a_caller_is_sent_to_the_voicemail(signed_in: Ground) -> None:
    call_id = await ringing(signed_in, "207")
    service(signed_in).send_to_voicemail(call_id)
    await signed_in.settled()
    assert signed_in.engine.sent_on == [(call_id, "voicemail")]


async def test_only_who_rings_is_sent_on(signed_in: Ground) -> None:
    call_id = await talking(signed_in)
    service(signed_in).deflect(call_id, "205")
    service(signed_in).send_to_voicemail(call_id)
    assert signed_in.engine.sent_on == []
