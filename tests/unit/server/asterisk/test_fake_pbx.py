"""The stand-in for the PBX keeps the promises that services rely on."""

from __future__ import annotations

import asyncio

import pytest

from wwphone.domain.calls import CallDirection, LegState, PhoneState
from wwphone.server.api import (
    Pbx,
    PbxConfiguration,
    PbxError,
    PbxEvent,
    PbxLegChanged,
    PbxLegEnded,
    PbxPhoneStateChanged,
    PbxRegistrationRefused,
    PbxRegistrationsChanged,
    PbxStateChanged,
    PbxUser,
)
from wwphone.server.fake_pbx import NORMAL, UNKNOWN_NUMBER, UNREACHABLE, FakePbx

_COMPANY = PbxConfiguration((PbxUser("anna", "201", "Anna", "x"), PbxUser("beat", "202", "Beat", "x")))


class Told(list[PbxEvent]):
    """All that was told."""

    def state(self, user: str) -> PhoneState:
        return [e.state for e in self if isinstance(e, PbxPhoneStateChanged) and e.user == user][-1]

    def legs(self, user: str) -> list[tuple[CallDirection, LegState, str]]:
        return [
            (e.leg.direction, e.leg.state, e.leg.remote.number)
            for e in self
            if isinstance(e, PbxLegChanged) and e.leg.user == user
        ]


@pytest.fixture
async def told() -> Told:
    return Told()


@pytest.fixture
async def pbx(told: Told) -> FakePbx:
    """Connected, with a phone for each of the two."""
    pbx: FakePbx = FakePbx()
    await pbx.start(told.append)
    await pbx.configure(_COMPANY)
    pbx.register("anna", "sip:anna@192.0.2.1:5060")
    pbx.register("beat", "sip:beat@192.0.2.2:5060")
    return pbx


async def test_it_is_a_pbx_and_connected_when_configured_and_listened_to() -> None:
    told = Told()
    fake = FakePbx()
    pbx: Pbx = fake
    await pbx.start(told.append)
    await asyncio.sleep(0)
    assert told == []

    await pbx.configure(_COMPANY)

    assert pbx.connected
    assert told[-1] == PbxStateChanged(connected=True)
    assert told.state("anna") is PhoneState.OFFLINE
    assert fake.asked.configurations == [_COMPANY]
    await pbx.shutdown()
    assert fake.connected is False


async def test_a_call_rings_is_answered_held_and_ended(pbx: FakePbx, told: Told) -> None:
    call = pbx.call("anna", "202")
    assert (told.state("anna"), told.state("beat")) == (PhoneState.BUSY, PhoneState.RINGING)
    caller, callee = pbx.legs_in(call)
    pbx.answer(callee.leg_id)
    pbx.hold(caller.leg_id)
    pbx.resume(caller.leg_id)

    assert [state for _, state, _ in told.legs("anna")] == [
        LegState.DIALING, LegState.RINGING, LegState.UP, LegState.HELD, LegState.UP,
    ]  # fmt: skip
    assert told.legs("beat")[-1] == (CallDirection.INCOMING, LegState.UP, "201")
    await pbx.hang_up(callee.leg_id)
    assert PbxLegEnded("anna", caller.leg_id, NORMAL) in told
    assert told.state("beat") is PhoneState.FREE
    assert pbx.asked.hung_up == [callee.leg_id]
    with pytest.raises(KeyError):
        await pbx.hang_up(callee.leg_id)


@pytest.mark.parametrize(("number", "cause"), [("999", UNKNOWN_NUMBER), ("202", UNREACHABLE)])
async def test_a_call_nobody_can_take_ends_at_once(pbx: FakePbx, told: Told, number: str, cause: int) -> None:
    pbx.set_reachable("beat", "sip:beat@192.0.2.2:5060", reachable=False)
    call = pbx.call("anna", number)

    assert PbxLegEnded("anna", call, cause) in told
    assert told.state("anna") is PhoneState.FREE


async def test_click_to_dial_rings_the_own_device_and_then_the_other(pbx: FakePbx, told: Told) -> None:
    await pbx.originate("anna", "202", "click-1")
    assert told.legs("anna") == [(CallDirection.OUTGOING, LegState.DIALING, "202")]
    assert told.legs("beat") == []
    pbx.answer("click-1")

    assert told.legs("beat") == [(CallDirection.INCOMING, LegState.RINGING, "201")]
    assert pbx.asked.originated == [("anna", "202", "click-1")]
    pbx.unregister("beat", "sip:beat@192.0.2.2:5060")
    with pytest.raises(PbxError, match="no device of beat"):
        await pbx.originate("beat", "201", "click-2")


async def test_a_fourth_device_is_refused(pbx: FakePbx, told: Told) -> None:
    assert pbx.register("anna", "sip:anna@192.0.2.3")
    assert pbx.register("anna", "sip:anna@192.0.2.4")
    assert pbx.register("anna", "sip:anna@192.0.2.4")
    assert not pbx.register("anna", "sip:anna@192.0.2.5:5070")

    assert told[-1] == PbxRegistrationRefused("anna", "192.0.2.5", too_many=True)
    pbx.refuse_password("zoe", "192.0.2.66")
    assert told[-1] == PbxRegistrationRefused("zoe", "192.0.2.66", too_many=False)


async def test_what_happens_behind_a_broken_line_is_told_when_it_is_mended(pbx: FakePbx, told: Told) -> None:
    pbx.break_line("cut")
    assert told[-1] == PbxStateChanged(connected=False, detail="cut")
    told.clear()
    pbx.call("anna", "202")
    with pytest.raises(PbxError, match="out of reach"):
        await pbx.originate("anna", "202", "click-1")
    assert told == []

    pbx.restore_line()

    assert told[-1] == PbxStateChanged(connected=True)
    assert told.state("beat") is PhoneState.RINGING
    assert [type(event) for event in told].count(PbxRegistrationsChanged) == 2


async def test_only_users_of_the_configuration_are_told_of(pbx: FakePbx, told: Told) -> None:
    told.clear()
    pbx.register("carla", "sip:carla@192.0.2.9")
    assert told == []

    await pbx.configure(PbxConfiguration((_COMPANY.users[0], PbxUser("carla", "203", "Carla", "x"))))
    assert told.state("carla") is PhoneState.FREE
    told.clear()
    pbx.unregister("beat", "sip:beat@192.0.2.2:5060")
    assert told == []


async def test_the_next_action_fails_when_told_to(pbx: FakePbx) -> None:
    pbx.fail_next(PbxError("no"))
    with pytest.raises(PbxError, match="no"):
        await pbx.configure(_COMPANY)
    await pbx.configure(_COMPANY)
