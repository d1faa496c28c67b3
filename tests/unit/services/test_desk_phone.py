"""Calls of the desk phone: what the server tells becomes calls, and what one does goes to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from tests.gui.world import company, registrations
from tests.unit.services.conftest import Ground
from wwphone.config.options import DESK_PHONE, MODE
from wwphone.config.settings import Settings
from wwphone.cti.api import ErrorCode, WireError
from wwphone.domain.account import Mode
from wwphone.domain.calls import CallDirection, CallSnapshot, CallState, EndReason
from wwphone.domain.desk_phone import HeldEnd, answers_when_told
from wwphone.protocol.calls import PbxStateChanged
from wwphone.protocol.desk_phone import (
    DeskAnswer,
    DeskDeflect,
    DeskDial,
    DeskHangUp,
    DeskHold,
    DeskJoin,
    DeskPress,
    DeskResume,
    DeskTransfer,
    HeldCallEnded,
)
from wwphone.protocol.devices import RegistrationsChanged
from wwphone.protocol.moving import Move
from wwphone.protocol.parking import Park
from wwphone.services.calls import CannotDial, CannotDialError
from wwphone.services.desk_phone import DeskProblem
from wwphone.services.modes import NotIdleError
from wwphone.services.transfer import TransferFailure
from wwphone.sip.api import RegistrationState

_, YEALINK, MOBILE = registrations()
GIGASET = replace(YEALINK, contact="sip:anna@10.20.9.81:5060", user_agent="Gigaset N510", call_id="gigaset")


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Ground]:
    """Signed in, in desk-phone mode, with a phone that answers when it is told to and a mobile."""
    settings = Settings(None)
    settings.set(MODE, Mode.DESK_PHONE.value)
    ground = Ground(company(registrations=(YEALINK, MOBILE)), settings)
    await ground.start()
    await ground.sign_in()
    await ground.settled()
    yield ground
    await ground.close()


def shown(ground: Ground) -> list[tuple[str, str]]:
    return [(call.remote.number, call.state.value) for call in ground.services.calls.calls]


def registration(ground: Ground) -> RegistrationState:
    return ground.services.account.snapshot.registration.state


def only(ground: Ground) -> CallSnapshot:
    (call,) = ground.services.calls.running
    return call


def end_of(ground: Ground, call_id: str) -> EndReason:
    call = ground.services.calls.call(call_id)
    assert call is not None
    assert call.end is not None
    return call.end.reason


async def talk(ground: Ground, number: str = "207") -> tuple[str, str]:
    """A call that came in, answered; its id and its leg."""
    leg = ground.link.desk_phone.rings(number)
    ground.link.desk_phone.answers(leg)
    await ground.settled()
    return ground.services.calls.running[-1].call_id, leg


async def consult(ground: Ground) -> tuple[str, str, str]:
    """The same, held, and another one called meanwhile that was answered."""
    first, leg = await talk(ground)
    second = ground.services.calls.dial("205")
    await ground.settled()
    ground.link.desk_phone.answers(leg)
    await ground.settled()
    return first, second, leg


async def test_this_pc_is_no_phone_and_does_not_complain(desk: Ground) -> None:
    assert desk.engine.account is None
    assert registration(desk) is RegistrationState.UNREGISTERED
    assert desk.services.reachability.snapshot.reasons == ()
    assert desk.services.modes.ready
    desk.services.account.register_again()
    await desk.settled()
    assert registration(desk) is RegistrationState.UNREGISTERED


async def test_dialling_rings_the_phone_and_ends_with_the_reason(desk: Ground) -> None:
    call_id = desk.services.calls.dial("207")
    await desk.settled()
    assert desk.link.commands == [DeskDial("207", YEALINK.contact)]
    assert (only(desk).call_id, only(desk).lift) == (call_id, True)
    (leg,) = desk.link.mirror.legs
    desk.link.desk_phone.lifted(leg)
    await desk.settled()
    assert (only(desk).state, only(desk).lift) == (CallState.RINGING, False)
    desk.link.desk_phone.ends(leg, 17)
    await desk.settled()
    assert end_of(desk, call_id) is EndReason.BUSY


async def test_a_call_that_comes_in_rings_there_and_not_here(desk: Ground) -> None:
    leg = desk.link.desk_phone.rings("207")
    await desk.settled()
    assert (only(desk).state, only(desk).direction) == (CallState.INCOMING, CallDirection.INCOMING)
    assert desk.engine.ringing is None
    desk.services.calls.answer(only(desk).call_id)
    await desk.settled()
    assert desk.link.commands == [DeskAnswer(leg, YEALINK.contact)]
    assert only(desk).state is CallState.ACTIVE
    assert only(desk).answered_at is not None


async def test_a_phone_that_cannot_be_told_says_so(desk: Ground) -> None:
    told: list[object] = []
    desk.services.desk_phone.problems.subscribe(told.append)
    desk.link.change(RegistrationsChanged((GIGASET,)))
    leg = desk.link.desk_phone.rings("207")
    await desk.settled()
    assert only(desk).lift
    desk.services.calls.answer(only(desk).call_id)
    await desk.settled()
    assert told == [DeskProblem.LIFT_RECEIVER]
    assert desk.link.commands == []
    desk.link.desk_phone.answers(leg)
    await desk.settled()
    assert (only(desk).state, only(desk).lift) == (CallState.ACTIVE, False)


async def test_a_second_call_is_taken_by_the_phone_that_is_in_a_call(desk: Ground) -> None:
    desk.link.change(RegistrationsChanged((GIGASET,)))
    first, leg = await talk(desk)
    rings = desk.link.desk_phone.rings("205")
    await desk.settled()
    second = desk.services.calls.running[-1]
    assert not second.lift
    desk.services.calls.answer(second.call_id)
    await desk.settled()
    assert desk.link.commands == [DeskHold(leg), DeskAnswer(rings)]
    assert [(call.call_id, call.state) for call in desk.services.calls.running] == [
        (first, CallState.HELD),
        (second.call_id, CallState.ACTIVE),
    ]


async def test_several_devices_that_ring_are_one_call(desk: Ground) -> None:
    first = desk.link.desk_phone.rings("207")
    second = desk.link.desk_phone.rings("207", call_id=first)
    await desk.settled()
    call_id = only(desk).call_id
    desk.link.desk_phone.ends(first, 26)
    await desk.settled()
    assert only(desk).state is CallState.INCOMING
    desk.link.desk_phone.answers(second)
    await desk.settled()
    assert only(desk).call_id == call_id
    assert only(desk).state is CallState.ACTIVE


@pytest.mark.parametrize(("cause", "reason"), [(26, EndReason.ANSWERED_ELSEWHERE), (16, EndReason.MISSED)])
async def test_what_nobody_answers(desk: Ground, cause: int, reason: EndReason) -> None:
    leg = desk.link.desk_phone.rings("207")
    await desk.settled()
    call_id = only(desk).call_id
    desk.link.desk_phone.ends(leg, cause)
    await desk.settled()
    assert end_of(desk, call_id) is reason


async def test_holding_and_taking_back(desk: Ground) -> None:
    call_id, leg = await talk(desk)
    desk.services.calls.toggle_hold(call_id)
    await desk.settled()
    assert only(desk).state is CallState.HELD
    (held,) = desk.link.mirror.held
    desk.services.calls.toggle_hold(call_id)
    await desk.settled()
    assert desk.link.commands == [DeskHold(leg), DeskResume(held)]
    assert (only(desk).call_id, only(desk).state) == (call_id, CallState.ACTIVE)
    desk.link.desk_phone.ends(leg)
    await desk.settled()
    assert end_of(desk, call_id) is EndReason.OVER


async def test_calling_somebody_else_meanwhile_swapping_and_ending_one(desk: Ground) -> None:
    first, second, leg = await consult(desk)
    assert shown(desk) == [("207", "held"), ("205", "active")]
    assert desk.link.commands == [DeskHold(leg), DeskDial("205", leg_id=leg)]
    desk.services.calls.resume(first)
    await desk.settled()
    assert shown(desk) == [("207", "active"), ("205", "held")]
    desk.services.calls.hang_up(first)
    await desk.settled()
    assert end_of(desk, first) is EndReason.HUNG_UP_HERE
    assert only(desk).call_id == second
    desk.services.calls.hang_up(second)
    await desk.settled()
    assert end_of(desk, second) is EndReason.HUNG_UP_HERE
    assert not desk.link.mirror.legs


async def test_who_does_not_answer_leaves_the_held_one(desk: Ground) -> None:
    first, leg = await talk(desk)
    second = desk.services.calls.dial("205")
    await desk.settled()
    desk.link.desk_phone.far_end_ends(leg, 19)
    await desk.settled()
    assert end_of(desk, second) is EndReason.NO_ANSWER
    assert (only(desk).call_id, only(desk).state) == (first, CallState.HELD)


async def test_the_whole_flow_of_a_transfer_with_a_talk_before(desk: Ground) -> None:
    transfer = desk.services.transfer
    first, leg = await talk(desk)
    transfer.begin(first)
    transfer.consult(first, "205")
    await desk.settled()
    desk.link.desk_phone.answers(leg)
    await desk.settled()
    (held,) = desk.link.mirror.held
    second = desk.services.calls.running[-1].call_id
    transfer.complete(first)
    await desk.settled()
    assert desk.link.commands[-1] == DeskJoin(held, leg)
    assert [end_of(desk, each) for each in (first, second)] == [EndReason.TRANSFERRED] * 2
    assert not transfer.transfers


async def test_back_from_somebody_who_only_rings(desk: Ground) -> None:
    transfer = desk.services.transfer
    first, leg = await talk(desk)
    transfer.begin(first)
    transfer.consult(first, "205")
    await desk.settled()
    second = desk.services.calls.running[-1].call_id
    transfer.back(first)
    await desk.settled()
    assert end_of(desk, second) is EndReason.CANCELLED
    assert (only(desk).call_id, only(desk).state) == (first, CallState.ACTIVE)
    assert desk.link.mirror.legs[leg].remote.number == "207"


async def test_a_transfer_unseen_and_one_to_nobody(desk: Ground) -> None:
    failures: list[TransferFailure] = []
    desk.services.transfer.failures.subscribe(failures.append)
    first, _ = await talk(desk)
    desk.link.refuse(DeskTransfer, WireError(ErrorCode.INVALID, "nobody has it"))
    desk.services.transfer.begin(first)
    desk.services.transfer.transfer_now(first, "299")
    await desk.settled()
    assert [(failure.target.number, failure.reason) for failure in failures] == [
        ("299", EndReason.UNKNOWN_NUMBER)
    ]
    assert only(desk).state is CallState.ACTIVE
    desk.link.refuse(DeskTransfer, None)
    desk.services.transfer.begin(first)
    desk.services.transfer.transfer_now(first, "205")
    await desk.settled()
    assert end_of(desk, first) is EndReason.TRANSFERRED


async def test_callers_are_declined_sent_on_or_leave_a_message(desk: Ground) -> None:
    ends = []
    for act in (
        desk.services.calls.decline,
        desk.services.transfer.send_to_voicemail,
        lambda call_id: desk.services.transfer.deflect(call_id, "205"),
    ):
        desk.link.desk_phone.rings("207")
        await desk.settled()
        call_id = only(desk).call_id
        act(call_id)
        await desk.settled()
        ends.append(end_of(desk, call_id))
    assert ends == [EndReason.DECLINED_HERE, EndReason.DEFLECTED, EndReason.DEFLECTED]
    numbers = [command.number for command in desk.link.commands if isinstance(command, DeskDeflect)]
    assert numbers == ["", "205"]


async def test_muting_keys_parking_and_moving(desk: Ground) -> None:
    call_id, leg = await talk(desk)
    desk.services.calls.set_muted(call_id, muted=True)
    desk.services.calls.send_dtmf(call_id, "12#")
    await desk.settled()
    assert only(desk).muted
    assert DeskPress(leg, "12#") in desk.link.commands
    moving = desk.services.moving
    assert not moving.can_take(YEALINK), "it is there"
    other = replace(MOBILE, reachable=True)
    await moving.move(other)
    assert Move(other.contact, leg) in desk.link.commands
    await desk.services.parking.park(call_id)
    assert Park(leg) in desk.link.commands
    desk.link.desk_phone.ends(leg)
    await desk.settled()
    assert end_of(desk, call_id) is EndReason.PARKED


async def test_what_is_held_rings_again_when_the_phone_is_put_down(desk: Ground) -> None:
    call_id, leg = await talk(desk)
    desk.services.calls.toggle_hold(call_id)
    await desk.settled()
    (held,) = desk.link.mirror.held
    desk.link.desk_phone.ends(leg)
    desk.link.change(HeldCallEnded(held, HeldEnd.RINGS))
    desk.link.desk_phone.rings("207")
    await desk.settled()
    assert end_of(desk, call_id) is EndReason.MOVED
    assert only(desk).state is CallState.INCOMING


async def test_what_was_held_with_the_phones_own_key_is_resumed_there(desk: Ground) -> None:
    told: list[object] = []
    desk.services.desk_phone.problems.subscribe(told.append)
    call_id, leg = await talk(desk)
    desk.link.desk_phone.holds(leg)
    await desk.settled()
    assert only(desk).state is CallState.HELD
    desk.services.calls.toggle_hold(call_id)
    await desk.settled()
    assert told == [DeskProblem.HELD_THERE]


async def test_an_unknown_outcome_is_told_and_the_call_stays_as_it_is(desk: Ground) -> None:
    told: list[object] = []
    desk.services.desk_phone.problems.subscribe(told.append)
    call_id, _ = await talk(desk)
    unknown = WireError(ErrorCode.UNKNOWN_OUTCOME, "the line broke")
    for command in (DeskHold, DeskHangUp, DeskTransfer):
        desk.link.refuse(command, unknown)
    desk.services.calls.toggle_hold(call_id)
    desk.services.calls.hang_up(call_id)
    await desk.settled()
    assert told == [unknown, unknown]
    assert only(desk).state is CallState.ACTIVE


async def test_dialling_in_vain(desk: Ground) -> None:
    desk.link.refuse(DeskDial, WireError(ErrorCode.PBX_REFUSED, "no"))
    call_id = desk.services.calls.dial("207")
    await desk.settled()
    assert end_of(desk, call_id) is EndReason.FAILED
    for change, reason in (
        (RegistrationsChanged(()), CannotDial.NO_DESK_PHONE),
        (PbxStateChanged(connected=False), CannotDial.NO_SERVER),
    ):
        desk.link.change(change)
        with pytest.raises(CannotDialError) as refused:
            desk.services.calls.dial("207")
        assert refused.value.reason is reason


async def test_after_a_cut_everything_is_as_it_has_become(desk: Ground) -> None:
    first, second, leg = await consult(desk)
    desk.link.cut()
    await desk.settled()
    assert shown(desk) == [("207", "held"), ("205", "active")]
    (held,) = desk.link._truth.held
    desk.link.change(HeldCallEnded(held, HeldEnd.OVER))
    desk.link.desk_phone.ends(leg)
    desk.link.heal()
    await desk.settled()
    assert {end_of(desk, first), end_of(desk, second)} == {EndReason.OVER}


async def test_calls_that_run_already_are_shown(desk: Ground) -> None:
    await consult(desk)
    later = Ground(desk.link._truth.state(), desk.settings)
    await later.start()
    await later.sign_in()
    await later.settled()
    assert sorted(shown(later)) == [("205", "active"), ("207", "held")]
    await later.close()


async def test_the_mode_changes_while_no_call_runs(desk: Ground) -> None:
    modes = desk.services.modes
    call_id, leg = await talk(desk)
    with pytest.raises(NotIdleError):
        await modes.choose(Mode.SOFTPHONE)
    with pytest.raises(NotIdleError):
        modes.choose_device(MOBILE)
    desk.link.desk_phone.ends(leg)
    await desk.settled()
    await modes.choose(Mode.SOFTPHONE)
    await desk.settled()
    assert desk.settings.text(MODE) == "softphone"
    assert registration(desk) is RegistrationState.REGISTERED
    desk.link.desk_phone.rings("207")
    await desk.settled()
    assert [call.call_id for call in desk.services.calls.running] == []
    assert call_id


async def test_flexible_goes_with_the_headset_and_waits_for_the_end_of_a_call(desk: Ground) -> None:
    modes = desk.services.modes
    selection = replace(desk.services.sound.snapshot.selection, microphone="headset")
    desk.services.sound.select(selection)
    await modes.choose(Mode.FLEXIBLE)
    await desk.settled()
    assert registration(desk) is RegistrationState.REGISTERED
    call_id = desk.services.calls.dial("207")
    desk.engine.far_end_answers(call_id)
    desk.engine.unplug("headset")
    await desk.settled()
    assert desk.services.account.snapshot.voice, "a call runs here"
    desk.services.calls.hang_up(call_id)
    await desk.settled()
    assert not modes.snapshot.voice
    assert registration(desk) is RegistrationState.UNREGISTERED


async def test_which_phone_is_steered(desk: Ground) -> None:
    desk.link.change(RegistrationsChanged((YEALINK, GIGASET)))
    modes = desk.services.modes
    assert modes.snapshot.device == YEALINK
    modes.choose_device(GIGASET)
    assert modes.snapshot.device == GIGASET
    assert desk.settings.text(DESK_PHONE) == GIGASET.contact
    moved = replace(GIGASET, contact="sip:anna@10.20.9.99:5060")
    desk.link.change(RegistrationsChanged((YEALINK, moved)))
    assert modes.snapshot.device == moved, "by its kind"
    desk.link.change(RegistrationsChanged((YEALINK,)))
    assert modes.snapshot.device == YEALINK


def test_which_phones_answer_when_they_are_told() -> None:
    assert answers_when_told("Yealink SIP-T54W 96.86.0.100")
    assert answers_when_told("snomD785/10.1.175.16")
    assert not answers_when_told("Gigaset N510 IP PRO/42.250")
    assert not answers_when_told("")
