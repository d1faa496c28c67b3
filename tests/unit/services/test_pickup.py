"""What rings elsewhere, in the client: order, time, reasons, claims, and what is told of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.gui.world import company, today
from tests.helpers.waiting import wait_until_async
from tests.unit.services.conftest import Ground
from wwphone.cti.api import CommandRefusedError, ErrorCode, LinkProblem, WireError
from wwphone.domain.calls import CallDirection, CallKind, CallSnapshot, CallState, Party, PhoneState
from wwphone.domain.pickup import RingingCall, Unanswered
from wwphone.domain.presence import PresenceStatus
from wwphone.protocol.calls import PhoneStateChanged
from wwphone.protocol.pickup import Claim, RingingCallChanged, RingingCallEnded
from wwphone.protocol.presence import PresenceChanged
from wwphone.services import pickup as module
from wwphone.services.pickup import PickupService, RingingLine
from wwphone.sip.api import CallChanged

SEVEN = datetime(2026, 3, 2, 7, tzinfo=UTC)
CALL = RingingCall(
    "1.0/carla",
    Party("201", "Carla Brändli"),
    CallKind.DIRECT,
    SEVEN,
    "carla",
    caller=Party("079"),
    may_pick_up=True,
)


def service(ground: Ground) -> PickupService:
    return ground.services.pickup


def ring(ground: Ground, call: RingingCall = CALL, **fields: object) -> RingingCall:
    changed = replace(call, **fields)  # type: ignore[arg-type]
    ground.link.change(RingingCallChanged(changed))
    return changed


def only(ground: Ground) -> RingingLine:
    (line,) = service(ground).lines
    return line


async def test_the_longest_stands_first_and_is_what_one_key_takes(signed_in: Ground) -> None:
    ring(signed_in, ringing_id="2", since=SEVEN + timedelta(seconds=5))
    ring(signed_in, ringing_id="1")
    ring(signed_in, ringing_id="0", since=SEVEN - timedelta(seconds=5), may_pick_up=False)
    assert [line.call.ringing_id for line in service(signed_in).lines] == ["0", "1", "2"]
    first = service(signed_in).first
    assert first is not None
    assert first.call.ringing_id == "1", "what one may only see is not the first"


async def test_seconds_count_from_when_it_was_told_whatever_the_servers_clock_says(ground: Ground) -> None:
    now_s = 100.0
    pickup = PickupService(
        ground.link,
        ground.services.presence,
        ground.services.devices,
        ground.services.names.named,
        lambda: now_s,
    )
    ground.link.add_listener(pickup.received)
    old = replace(CALL, ringing_id="old", since=datetime.now(UTC) - timedelta(seconds=30))
    ground.link.change(RingingCallChanged(old))
    await ground.sign_in()
    await ground.settled()
    ring(ground, since=datetime.now(UTC) + timedelta(hours=1))
    now_s = 107.0
    seconds = {line.call.ringing_id: line.seconds(pickup.now_s()) for line in pickup.lines}
    assert seconds[CALL.ringing_id] == 7
    assert seconds["old"] in (37, 38)
    await pickup.shutdown()


@pytest.mark.parametrize(
    ("user", "why"),
    [
        ("dario", Unanswered.BE_RIGHT_BACK),
        ("eva", Unanswered.IN_CALL),
        ("juerg", Unanswered.NOT_CONNECTED),
        ("moritz", Unanswered.NOT_WANTED),
        ("kaethi", Unanswered.NOT_WANTED),
        ("beat", Unanswered.RINGS),
    ],
)
async def test_why_nobody_answers(signed_in: Ground, user: str, why: Unanswered) -> None:
    ring(signed_in, user=user)
    assert only(signed_in).why is why
    assert only(signed_in).back_at == (today(10, 30) if user == "dario" else None)


@pytest.mark.parametrize("user", ["dario", "juerg", "moritz", "beat"])
async def test_do_not_disturb_is_the_reason_whatever_presence_says(signed_in: Ground, user: str) -> None:
    ring(signed_in, user=user)
    presence = signed_in.link.mirror.presences[user]
    signed_in.link.change(PresenceChanged(user, replace(presence, do_not_disturb=True)))
    assert only(signed_in).why is Unanswered.DO_NOT_DISTURB
    signed_in.link.change(PhoneStateChanged(user, PhoneState.BUSY))
    assert only(signed_in).why is Unanswered.IN_CALL, "they talk with somebody"


async def test_the_reason_follows_the_colleague(signed_in: Ground) -> None:
    ring(signed_in, user="beat")
    told: list[None] = []
    service(signed_in).changed.subscribe(told.append)
    signed_in.link.change(
        PhoneStateChanged("beat", PhoneState.BUSY), PhoneStateChanged("eva", PhoneState.FREE)
    )
    assert (only(signed_in).why, len(told)) == (Unanswered.IN_CALL, 1)
    signed_in.link.change(PhoneStateChanged("eva", PhoneState.BUSY))
    assert len(told) == 1, "of others nothing is told"


async def test_a_ring_group_has_no_reason_and_a_colleague_who_calls_has_our_name(signed_in: Ground) -> None:
    ring(signed_in, user="", members=("carla", "ursula"), caller=Party("207", "Phone of B."))
    assert only(signed_in).why is None
    assert only(signed_in).caller == Party("207", "Beat Keller")
    assert ring(signed_in, caller=None).caller is None
    assert only(signed_in).caller is None


async def test_a_claim_names_this_pc_so_that_it_answers_by_itself(signed_in: Ground) -> None:
    ring(signed_in)
    await service(signed_in).claim(CALL.ringing_id)
    assert signed_in.link.commands[-1] == Claim(CALL.ringing_id, "fake-register")
    assert service(signed_in).lines == (), "the call's own card says that we have it"


async def test_a_pc_that_is_no_phone_leaves_the_choice_to_the_other_devices(ground: Ground) -> None:
    ground.link.sip_account = None
    await ground.sign_in()
    await ground.settled()
    ring(ground)
    await service(ground).claim(CALL.ringing_id)
    assert ground.link.commands[-1] == Claim(CALL.ringing_id, "")


async def test_while_it_is_claimed_here_or_there_it_is_not_offered_again(signed_in: Ground) -> None:
    ring(signed_in, claimed_by="ursula")
    assert (only(signed_in).taken_by, only(signed_in).may_be_taken) == ("Ursula Grünenfelder", False)
    assert service(signed_in).first is None
    ring(signed_in)
    assert only(signed_in).may_be_taken
    service(signed_in)._claiming.add(CALL.ringing_id)
    assert (only(signed_in).claimed_here, only(signed_in).may_be_taken) == (True, False)
    await service(signed_in).claim(CALL.ringing_id)
    assert not [command for command in signed_in.link.commands if isinstance(command, Claim)]
    service(signed_in)._claiming.clear()


async def test_who_took_it_stays_in_sight_for_a_moment(
    signed_in: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TAKEN_SHOWN_S", 0.05)
    ring(signed_in)
    signed_in.link.change(RingingCallEnded(CALL.ringing_id, "ursula"))
    line = only(signed_in)
    assert (line.taken, line.taken_by, line.may_be_taken) == (True, "Ursula Grünenfelder", False)
    assert service(signed_in).at("carla") is None
    await wait_until_async(lambda: not service(signed_in).lines, "it to go")
    ring(signed_in)
    signed_in.link.change(RingingCallEnded(CALL.ringing_id))
    assert service(signed_in).lines == (), "of a caller who gave up nothing stays"


async def test_refusals_reach_whoever_asked_and_it_may_be_claimed_again(signed_in: Ground) -> None:
    ring(signed_in)
    for code in (ErrorCode.CONFLICT, ErrorCode.UNKNOWN_OUTCOME, ErrorCode.PBX_REFUSED):
        signed_in.link.refuse(Claim, WireError(code, "no"))
        with pytest.raises(CommandRefusedError, match=code.value):
            await service(signed_in).claim(CALL.ringing_id)
        assert only(signed_in).may_be_taken


async def test_while_the_line_is_down_it_is_as_of_then_and_afterwards_it_is_right_again(
    signed_in: Ground,
) -> None:
    now_s = 100.0
    service(signed_in)._clock_s = lambda: now_s
    ring(signed_in)
    now_s = 104.0
    signed_in.link.cut(LinkProblem.LINE_LOST)
    now_s = 500.0
    line = only(signed_in)
    assert line.as_of == signed_in.services.presence.as_of is not None
    assert not line.may_be_taken
    assert line.seconds(service(signed_in).now_s()) == 4, "nobody knows what came after that"
    assert service(signed_in).first is service(signed_in).at("carla") is None
    with pytest.raises(CommandRefusedError, match="not_executed"):
        await service(signed_in).claim(CALL.ringing_id)
    signed_in.link.change(
        RingingCallEnded(CALL.ringing_id), RingingCallChanged(replace(CALL, ringing_id="new"))
    )
    signed_in.link.heal()
    assert only(signed_in).call.ringing_id == "new"
    assert only(signed_in).may_be_taken
    assert service(signed_in).now_s() == now_s
    await signed_in.services.account.sign_out()
    assert service(signed_in).lines == ()


async def test_why_nobody_answers_is_told_by_the_servers_matrix() -> None:
    elsewhere = Ground(company(reach=((PresenceStatus.AVAILABLE, (CallKind.DIRECT,)),)))
    await elsewhere.start()
    await elsewhere.sign_in()
    ring(elsewhere, user="simone", kind=CallKind.INTERNAL)
    assert only(elsewhere).why is Unanswered.NOT_WANTED
    ring(elsewhere, user="simone", kind=CallKind.DIRECT)
    assert only(elsewhere).why is Unanswered.RINGS
    await elsewhere.close()


async def test_at_a_colleague_it_is_their_own_call_or_one_of_their_group(signed_in: Ground) -> None:
    group = ring(signed_in, ringing_id="group", user="", members=("carla", "ursula"))
    own = ring(signed_in, ringing_id="own", since=SEVEN + timedelta(seconds=9))
    found = [service(signed_in).at(user) for user in ("carla", "ursula", "beat")]
    assert [line.call if line else None for line in found] == [own, group, None]


async def test_a_call_that_answers_by_itself_holds_the_one_that_runs(signed_in: Ground) -> None:
    first = signed_in.services.calls.dial("207")
    signed_in.engine.far_end_answers(first)
    await signed_in.settled()
    second = CallSnapshot("second", CallDirection.INCOMING, Party("079"), CallState.ACTIVE, datetime.now(UTC))
    signed_in.services.calls.received(CallChanged(second))
    await signed_in.settled()
    states = {call.call_id: call.state for call in signed_in.services.calls.calls}
    assert (states[first], states[second.call_id]) == (CallState.HELD, CallState.ACTIVE)
