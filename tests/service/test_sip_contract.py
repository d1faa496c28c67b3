"""One table for both SIP engines: what the fake does in every other test, PJSIP does too."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.helpers.waiting import wait_until_async
from tests.service.sip_rigs import KINDS, Event, FakeRig, RealPhone, RealRig, Rig, call_events, states
from wwphone.domain.calls import CallKind
from wwphone.sip.api import RegistrationState

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def real_phone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealPhone]:
    """The real engine with its far side."""
    real = RealPhone(tmp_path_factory.mktemp("contract"))
    real.start()
    yield real
    real.stop()


@pytest.fixture(params=KINDS)
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    """A started engine that is not registered yet."""
    rig: Rig = FakeRig() if request.param == "fake" else RealRig(request.getfixturevalue("real_phone"))
    await rig.start()
    yield rig
    await rig.stop()


@pytest.fixture(params=KINDS)
async def new_rig(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Rig]:
    """A started engine that never had an account."""
    real = RealPhone(tmp_path) if request.param == "pjsua" else None
    if real is not None:
        real.start()
    rig: Rig = RealRig(real) if real is not None else FakeRig()
    await rig.start()
    yield rig
    await rig.stop()
    if real is not None:
        real.stop()


@pytest.fixture
async def registered(rig: Rig) -> Rig:
    """A registered engine."""
    rig.register()
    await registration(rig, "registered")
    return rig


async def registration(rig: Rig, state: str) -> Event:
    def reached() -> Event | None:
        words = [event for event in rig.events() if event["event"] == "RegistrationChanged"]
        return words[-1] if words and words[-1]["state"] == state else None

    found = await wait_until_async(reached, f"the registration to be {state}")
    assert found is not None
    return found


async def state(rig: Rig, call_id: str, wanted: str) -> Event:
    def reached() -> Event | None:
        told = call_events(rig.events(), call_id)
        return told[-1] if told and told[-1]["state"] == wanted else None

    found = await wait_until_async(reached, f"{call_id} to be {wanted}")
    assert found is not None
    return found


def dial(rig: Rig) -> str:
    call_id = f"contract-{next(_numbers)}"
    rig.command("dial", address="207", call_id=call_id)
    return call_id


async def dialled(rig: Rig) -> str:
    call_id = dial(rig)
    await state(rig, call_id, "dialing")
    return call_id


async def talking(rig: Rig) -> str:
    call_id = await dialled(rig)
    await rig.take(call_id)
    await state(rig, call_id, "active")
    return call_id


# ---------------------------------------------------------------- registration


async def test_registering(rig: Rig) -> None:
    rig.register()
    told = await registration(rig, "registered")
    assert told["register_call_id"]
    words = [event["state"] for event in rig.events() if event["event"] == "RegistrationChanged"]
    assert words == ["registering", "registered"]


async def test_taking_the_registration_back(registered: Rig) -> None:
    registered.command("unregister")
    await registration(registered, "unregistered")


@pytest.mark.parametrize(
    ("answer", "status"),
    [(RegistrationState.REFUSED, 404), (RegistrationState.TOO_MANY_DEVICES, 403)],
    ids=lambda value: value.value if isinstance(value, RegistrationState) else str(value),
)
async def test_a_refused_registration(rig: Rig, answer: RegistrationState, status: int) -> None:
    rig.answer_registrations(answer, status)
    rig.register()
    told = await registration(rig, answer.value)
    assert (told["sip_status"], told["retry_in_s"]) == (status, None)


async def test_registering_again_after_a_refusal(rig: Rig) -> None:
    rig.answer_registrations(RegistrationState.REFUSED, 404)
    rig.register()
    await registration(rig, "refused")
    rig.answer_registrations(RegistrationState.REGISTERED, 200)
    rig.command("register_again")
    await registration(rig, "registered")


# ---------------------------------------------------------------- calls we make


async def test_a_call_from_dialling_to_hanging_up(registered: Rig) -> None:
    call_id = await dialled(registered)
    await registered.ring(call_id, "Beat Keller")
    ringing = await state(registered, call_id, "ringing")
    assert ringing["remote"] == {"number": "207", "name": "Beat Keller"}
    assert ringing["answered_at"] is None
    await registered.take(call_id)
    active = await state(registered, call_id, "active")
    assert active["answered_at"]
    assert active["codec"]
    registered.command("hang_up", call_id=call_id)
    ended = await state(registered, call_id, "ended")
    assert ended["end"] == {"reason": "hung_up_here", "sip_status": 0, "detail": "", "slot": ""}
    assert states(registered.events(), call_id) == ["dialing", "ringing", "active", "ended"]
    assert ended["direction"] == "outgoing"


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (486, "busy"),
        (603, "declined_there"),
        (480, "no_answer"),
        (404, "unknown_number"),
        (403, "not_permitted"),
        (488, "no_common_codec"),
        (503, "unreachable"),
        (500, "failed"),
    ],
)
async def test_a_call_that_is_refused_says_why(registered: Rig, status: int, reason: str) -> None:
    call_id = await dialled(registered)
    await registered.refuse(call_id, status)
    ended = await state(registered, call_id, "ended")
    assert (ended["end"]["reason"], ended["end"]["sip_status"]) == (reason, status)


async def test_giving_up_before_anybody_answers(registered: Rig) -> None:
    call_id = await dialled(registered)
    await registered.ring(call_id)
    await state(registered, call_id, "ringing")
    registered.command("hang_up", call_id=call_id)
    ended = await state(registered, call_id, "ended")
    assert ended["end"]["reason"] == "cancelled"


async def test_without_an_account_nothing_can_be_dialled(new_rig: Rig) -> None:
    call_id = dial(new_rig)
    ended = await state(new_rig, call_id, "ended")
    assert ended["end"]["reason"] == "pbx_unreachable"
    assert states(new_rig.events(), call_id) == ["dialing", "ended"]


# ---------------------------------------------------------------- calls that come


@pytest.mark.parametrize("kind", CallKind)
async def test_a_call_that_comes_is_answered_and_ended_there(registered: Rig, kind: CallKind) -> None:
    call_id = await registered.incoming(kind)
    ringing = await state(registered, call_id, "incoming")
    assert ringing["remote"] == {"number": "207", "name": "Beat Keller"}
    assert ringing["sip_call_id"]
    assert (ringing["kind"], ringing["called_number"], ringing["direction"]) == (
        kind.value,
        "Sales",
        "incoming",
    )
    registered.command("ring", call_id=call_id)
    registered.command("answer", call_id=call_id)
    await state(registered, call_id, "active")
    await registered.far_hang_up(call_id)
    ended = await state(registered, call_id, "ended")
    assert ended["end"]["reason"] == "hung_up_there"
    assert states(registered.events(), call_id) == ["incoming", "active", "ended"]


@pytest.mark.parametrize(
    ("wish", "reason", "status"),
    [(None, "declined_here", 603), ("declined_here", "declined_here", 603), ("busy", "busy", 486)],
)
async def test_a_call_that_comes_is_refused(
    registered: Rig, wish: str | None, reason: str, status: int
) -> None:
    call_id = await registered.incoming()
    await state(registered, call_id, "incoming")
    registered.command("hang_up", call_id=call_id, reason=wish)
    ended = await state(registered, call_id, "ended")
    assert (ended["end"]["reason"], ended["end"]["sip_status"]) == (reason, status)


@pytest.mark.parametrize(("elsewhere", "reason"), [(False, "missed"), (True, "answered_elsewhere")])
async def test_a_caller_gives_up(registered: Rig, elsewhere: bool, reason: str) -> None:
    call_id = await registered.incoming()
    await state(registered, call_id, "incoming")
    await registered.give_up(call_id, answered_elsewhere=elsewhere)
    ended = await state(registered, call_id, "ended")
    assert ended["end"]["reason"] == reason


async def test_a_call_that_the_pbx_sets_up_for_us_never_rings(registered: Rig) -> None:
    call_id = await registered.incoming(answers_itself=True)
    await state(registered, call_id, "active")
    registered.command("hang_up", call_id=call_id)
    await state(registered, call_id, "ended")
    assert states(registered.events(), call_id) == ["active", "ended"]


# ---------------------------------------------------------------- within a call


async def test_holding_and_taking_back(registered: Rig) -> None:
    call_id = await talking(registered)
    registered.command("hold", call_id=call_id)
    await state(registered, call_id, "held")
    registered.command("resume", call_id=call_id)
    await state(registered, call_id, "active")
    assert states(registered.events(), call_id) == ["dialing", "active", "held", "active"]


async def test_a_hold_that_is_not_agreed_to(registered: Rig) -> None:
    call_id = await talking(registered)
    await registered.fail_next_hold(call_id)
    registered.command("hold", call_id=call_id)

    def failed() -> list[Event]:
        return [event for event in registered.events() if event["event"] == "CommandFailed"]

    [problem] = await wait_until_async(failed, "the bad news")
    assert (problem["call_id"], problem["command"]) == (call_id, "hold")
    assert "500" in problem["detail"]
    await state(registered, call_id, "active")


async def test_being_held(registered: Rig) -> None:
    call_id = await talking(registered)
    for held in (True, False):
        await registered.far_hold(call_id, held=held)
        await wait_until_async(
            lambda held=held: call_events(registered.events(), call_id)[-1]["held_there"] is held,  # type: ignore[misc]
            f"held there: {held}",
        )
    assert states(registered.events(), call_id)[-1] == "active"


async def test_the_microphone_is_kept_out(registered: Rig) -> None:
    call_id = await talking(registered)
    for muted in (True, False):
        registered.command("mute", call_id=call_id, muted=muted)
        await wait_until_async(
            lambda muted=muted: call_events(registered.events(), call_id)[-1]["muted"] is muted,  # type: ignore[misc]
            f"muted: {muted}",
        )


async def test_the_other_side_presses_keys(registered: Rig) -> None:
    call_id = await talking(registered)
    for digit in "5#":
        await registered.far_press(call_id, digit)

    def pressed() -> list[str]:
        return [event["digit"] for event in registered.events() if event["event"] == "DtmfReceived"]

    await wait_until_async(lambda: len(pressed()) == 2, "two keys")
    assert pressed() == ["5", "#"]


async def test_commands_to_a_call_that_is_over_do_nothing(registered: Rig) -> None:
    call_id = await talking(registered)
    registered.command("hang_up", call_id=call_id)
    await state(registered, call_id, "ended")
    for command in ("ring", "answer", "hold", "resume", "hang_up"):
        registered.command(command, call_id=call_id)
        registered.command(command, call_id="never was")
    registered.command("mute", call_id=call_id, muted=True)
    registered.command("send_dtmf", call_id=call_id, digits="1")
    registered.command("unregister")
    await registration(registered, "unregistered")
    assert call_events(registered.events(), call_id)[-1]["state"] == "ended"
    assert not [event for event in registered.events() if event["event"] in ("CommandFailed", "BadCommand")]


async def test_two_calls_at_a_time(registered: Rig) -> None:
    first = await talking(registered)
    second = await registered.incoming()
    registered.command("answer", call_id=second)
    await state(registered, second, "active")
    registered.command("hold", call_id=first)
    await state(registered, first, "held")
    await registered.far_hang_up(second)
    await state(registered, second, "ended")
    assert (await state(registered, first, "held"))["end"] is None


# ---------------------------------------------------------------- handing over and merging


async def transferring(rig: Rig, call_id: str, *, wanted: bool = True) -> None:
    await wait_until_async(
        lambda: call_events(rig.events(), call_id)[-1]["transferring"] is wanted, f"transferring: {wanted}"
    )


async def test_a_call_is_handed_over_unseen(registered: Rig) -> None:
    call_id = await talking(registered)
    registered.command("transfer", call_id=call_id, address="205")
    await transferring(registered, call_id)
    await wait_until_async(lambda: registered.sent_on_to(call_id) == "205", "the number")
    await registered.transfer_went(call_id, 200)
    ended = await state(registered, call_id, "ended")
    assert (ended["end"]["reason"], ended["end"]["sip_status"]) == ("transferred", 200)


@pytest.mark.parametrize(("status", "reason"), [(486, "busy"), (404, "unknown_number"), (503, "unreachable")])
async def test_a_call_that_nobody_takes_over_is_ours_again(registered: Rig, status: int, reason: str) -> None:
    call_id = await talking(registered)
    registered.command("hold", call_id=call_id)
    await state(registered, call_id, "held")
    registered.command("transfer", call_id=call_id, address="205")
    await transferring(registered, call_id)
    await registered.transfer_went(call_id, status)

    def failed() -> list[Event]:
        return [event for event in registered.events() if event["event"] == "TransferFailed"]

    [told] = await wait_until_async(failed, "the bad news")
    assert (told["call_id"], told["end"]["reason"], told["end"]["sip_status"]) == (call_id, reason, status)
    await transferring(registered, call_id, wanted=False)
    registered.command("resume", call_id=call_id)
    await state(registered, call_id, "active")


@pytest.mark.parametrize("status", [200, 486])
async def test_two_calls_are_connected_with_each_other(registered: Rig, status: int) -> None:
    first = await talking(registered)
    registered.command("hold", call_id=first)
    await state(registered, first, "held")
    second = await registered.incoming()
    registered.command("answer", call_id=second)
    await state(registered, second, "active")
    registered.command("transfer_to", call_id=first, other_call_id=second)
    for call_id in (first, second):
        await transferring(registered, call_id)
    await registered.transfer_went(first, status)
    for call_id in (first, second):
        if status == 200:
            ended = await state(registered, call_id, "ended")
            assert ended["end"]["reason"] == "transferred"
        else:
            await transferring(registered, call_id, wanted=False)


async def test_a_call_that_comes_is_deflected(registered: Rig) -> None:
    call_id = await registered.incoming()
    await state(registered, call_id, "incoming")
    registered.command("deflect", call_id=call_id, address="205")
    ended = await state(registered, call_id, "ended")
    assert (ended["end"]["reason"], ended["end"]["sip_status"]) == ("deflected", 302)
    await wait_until_async(lambda: registered.sent_on_to(call_id) == "205", "the number")


async def test_calls_are_merged_and_split(registered: Rig) -> None:
    first = await talking(registered)
    second = await registered.incoming()
    registered.command("answer", call_id=second)
    await state(registered, second, "active")

    async def merged(call_id: str, wanted: bool) -> None:
        await wait_until_async(
            lambda: call_events(registered.events(), call_id)[-1]["merged"] is wanted, f"merged: {wanted}"
        )

    registered.command("join", call_ids=[first, second, "never was"])
    for call_id in (first, second):
        await merged(call_id, True)
    registered.command("hold", call_id=first)
    await state(registered, first, "held")
    registered.command("resume", call_id=first)
    await state(registered, first, "active")
    registered.command("split", call_id=first)
    await merged(first, False)
    await merged(second, True)
    assert not [event for event in registered.events() if event["event"] == "CommandFailed"]


async def test_handing_over_what_is_over_or_rings_does_nothing(registered: Rig) -> None:
    call_id = await registered.incoming()
    await state(registered, call_id, "incoming")
    registered.command("transfer", call_id=call_id, address="205")
    registered.command("transfer_to", call_id=call_id, other_call_id=call_id)
    registered.command("join", call_ids=[call_id])
    registered.command("answer", call_id=call_id)
    await state(registered, call_id, "active")
    registered.command("deflect", call_id=call_id, address="205")
    registered.command("hang_up", call_id=call_id)
    ended = await state(registered, call_id, "ended")
    assert (ended["transferring"], ended["merged"]) == (False, False)
    for command in ("transfer", "deflect"):
        registered.command(command, call_id=call_id, address="205")
    assert not [event for event in registered.events() if event["event"] in ("CommandFailed", "BadCommand")]
