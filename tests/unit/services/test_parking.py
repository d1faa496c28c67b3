"""Parking and fetching from this PC: what is asked of the server, what happens to our calls, who was faster."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from tests.unit.services.conftest import Ground
from wwphone.cti.api import CommandRefusedError, ErrorCode, WireError
from wwphone.domain.calls import CallState, EndReason, Party
from wwphone.domain.parking import ParkedCall, ParkingEnd
from wwphone.protocol.calls import PbxStateChanged
from wwphone.protocol.devices import RegistrationsChanged
from wwphone.protocol.parking import Fetch, Park, ParkedCallChanged, ParkedCallEnded
from wwphone.services.parking import Missed

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def waiting(slot: str, minutes: float = 0) -> ParkedCall:
    return ParkedCall(slot, Party("+41445550123", "Müller AG"), "beat", NOW - timedelta(minutes=minutes))


def slots(ground: Ground) -> list[str]:
    """The places of what is parked, as the service tells."""
    return [call.slot for call in ground.services.parking.parked]


async def talk(ground: Ground) -> str:
    call_id = ground.services.calls.dial("207")
    ground.engine.far_end_answers(call_id)
    await ground.settled()
    return call_id


async def test_a_parked_call_is_over_here_and_says_where_it_waits(signed_in: Ground) -> None:
    call_id = await talk(signed_in)
    sip_call_id = signed_in.engine.call(call_id).sip_call_id
    signed_in.link.callers[sip_call_id] = Party("207", "Beat Keller")

    assert await signed_in.services.parking.park(call_id) == "701"
    await signed_in.settled()

    assert signed_in.link.commands == [Park(sip_call_id=sip_call_id)]
    call = signed_in.services.calls.call(call_id)
    assert call is not None
    assert call.end is not None
    assert (call.end.reason, call.end.slot) == (EndReason.PARKED, "701")
    (parked,) = signed_in.services.parking.parked
    assert (parked.slot, parked.caller.name, parked.parked_by) == ("701", "Beat Keller", "anna")


async def test_the_pbx_may_end_our_leg_before_the_server_answers(signed_in: Ground) -> None:
    call_id = await talk(signed_in)
    parking = asyncio.create_task(signed_in.services.parking.park(call_id))
    signed_in.engine.far_end_hangs_up(call_id)
    await parking
    await signed_in.settled()

    call = signed_in.services.calls.call(call_id)
    assert call is not None
    assert call.end is not None
    assert call.end.slot == "701"


async def test_asked_twice_it_is_parked_once(signed_in: Ground) -> None:
    call_id = await talk(signed_in)
    parking = signed_in.services.parking
    assert list(await asyncio.gather(parking.park(call_id), parking.park(call_id))) == ["701", ""]
    assert len(signed_in.link.commands) == 1


async def test_what_does_not_talk_is_not_parked(signed_in: Ground) -> None:
    call_id = signed_in.services.calls.dial("207")
    await signed_in.settled()
    assert await signed_in.services.parking.park(call_id) == ""
    assert await signed_in.services.parking.park("no such call") == ""
    assert signed_in.link.commands == []


async def test_refused_the_call_goes_on(signed_in: Ground) -> None:
    call_id = await talk(signed_in)
    signed_in.link.refuse(Park, WireError(ErrorCode.PBX_REFUSED, "no place is free"))
    with pytest.raises(CommandRefusedError):
        await signed_in.services.parking.park(call_id)
    await signed_in.settled()
    assert signed_in.engine.call(call_id).state is CallState.ACTIVE
    signed_in.link.refuse(Park, None)
    assert await signed_in.services.parking.park(call_id) == "701"


async def test_the_longest_waiting_comes_first(signed_in: Ground) -> None:
    signed_in.link.change(ParkedCallChanged(waiting("701", 1)), ParkedCallChanged(waiting("702", 3)))
    assert [call.slot for call in signed_in.services.parking.parked] == ["702", "701"]


async def test_it_is_fetched_to_this_pc(signed_in: Ground) -> None:
    signed_in.link.change(ParkedCallChanged(waiting("702")))
    await signed_in.services.parking.fetch("702")
    assert signed_in.link.commands == [Fetch("702", "fake-register")]
    assert signed_in.services.parking.parked == ()
    await signed_in.services.parking.fetch("702")
    assert len(signed_in.link.commands) == 1, "nothing is parked there any more"


async def test_without_a_registration_of_this_pc_the_other_devices_ring(signed_in: Ground) -> None:
    signed_in.link.change(RegistrationsChanged(()), ParkedCallChanged(waiting("702")))
    await signed_in.services.parking.fetch("702")
    assert signed_in.link.commands == [Fetch("702", "")]


async def test_a_call_that_answers_itself_holds_the_one_that_runs(signed_in: Ground) -> None:
    call_id = await talk(signed_in)
    signed_in.engine.incoming("+41445550123", "Müller AG", answers_itself=True)
    await signed_in.settled()
    assert signed_in.engine.call(call_id).state is CallState.HELD
    assert [call.state for call in signed_in.services.calls.running] == [CallState.HELD, CallState.ACTIVE]


async def test_who_was_faster_is_told(signed_in: Ground) -> None:
    missed: list[Missed] = []
    signed_in.services.parking.missed.subscribe(missed.append)
    signed_in.link.change(ParkedCallChanged(waiting("701")), ParkedCallChanged(waiting("702")))

    fetching = asyncio.create_task(signed_in.services.parking.fetch("702"))
    await asyncio.sleep(0)
    signed_in.link.change(ParkedCallEnded("702", ParkingEnd.FETCHED, "carla"))
    signed_in.link.change(ParkedCallEnded("701", ParkingEnd.FETCHED, "carla"))
    with pytest.raises(CommandRefusedError):
        await fetching

    assert missed == [Missed(waiting("702"), ParkingEnd.FETCHED, "carla")]


async def test_refused_it_may_be_tried_again(signed_in: Ground) -> None:
    signed_in.link.change(ParkedCallChanged(waiting("702")))
    signed_in.link.refuse(Fetch, WireError(ErrorCode.CONFLICT, "taken", taken_by="Carla Rossi"))
    for _ in range(2):
        with pytest.raises(CommandRefusedError) as refused:
            await signed_in.services.parking.fetch("702")
        assert refused.value.error.taken_by == "Carla Rossi"
    assert len(signed_in.link.commands) == 2


async def test_it_is_possible_only_with_a_line_to_server_and_pbx(signed_in: Ground) -> None:
    parking = signed_in.services.parking
    seen: list[bool] = []
    parking.changed.subscribe(lambda _: seen.append(parking.possible))
    assert parking.possible
    signed_in.link.change(PbxStateChanged(connected=False))
    signed_in.link.change(PbxStateChanged(connected=True))
    signed_in.link.cut()
    signed_in.link.change(ParkedCallChanged(waiting("702")))
    assert slots(signed_in) == []
    signed_in.link.heal()
    assert seen[:3] == [False, True, False]
    assert seen[-1] is True
    assert slots(signed_in) == ["702"]
