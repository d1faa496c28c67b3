"""Moving the call that runs here to another device: what is asked, when it is over here, when it stays."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.gui.world import company
from tests.unit.services.conftest import Ground
from wwphone.cti.api import CommandRefusedError, ErrorCode, LinkEvent, MirrorChanged, WireError
from wwphone.domain.calls import CallSnapshot, CallState, EndReason, LegState
from wwphone.domain.devices import Registration
from wwphone.protocol.calls import LegChanged, LegEnded, PbxStateChanged
from wwphone.protocol.moving import Move


async def talk(ground: Ground) -> str:
    call_id = ground.services.calls.dial("207")
    ground.engine.far_end_answers(call_id)
    await ground.settled()
    return call_id


def device(ground: Ground, call_id: str) -> Registration:
    return next(one for one in ground.services.devices.registrations if one.call_id == call_id)


async def test_answered_there_it_is_over_here(signed_in: Ground) -> None:
    call_id = await talk(signed_in)
    desk, moving = device(signed_in, "desk"), signed_in.services.moving
    await moving.move(desk)
    assert signed_in.link.commands == [
        Move(desk.contact, sip_call_id=signed_in.engine.call(call_id).sip_call_id)
    ]
    assert moving.contact == desk.contact
    assert signed_in.engine.call(call_id).state is CallState.ACTIVE

    (leg,) = signed_in.link.mirror.legs.values()
    signed_in.link.change(LegChanged(replace(leg, state=LegState.UP)))
    await signed_in.settled()

    call = signed_in.services.calls.call(call_id)
    assert call is not None
    assert call.end is not None
    assert call.end.reason is EndReason.MOVED
    assert moving.contact == ""


async def test_it_moved_also_when_the_engine_has_just_been_told_of_the_end(
    signed_in: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_id = await talk(signed_in)
    await signed_in.services.moving.move(device(signed_in, "desk"))
    monkeypatch.setattr(
        signed_in.engine, "hang_up", lambda call_id, end=None: None
    )  # there it is over already
    (leg,) = signed_in.link.mirror.legs.values()
    signed_in.link.change(LegChanged(replace(leg, state=LegState.UP)))
    signed_in.engine.far_end_hangs_up(call_id)
    await signed_in.settled()
    call = signed_in.services.calls.call(call_id)
    assert call is not None
    assert call.end is not None
    assert call.end.reason is EndReason.MOVED


async def test_not_taken_there_it_stays_here(signed_in: Ground) -> None:
    told: list[CallSnapshot] = []
    signed_in.services.moving.not_taken.subscribe(told.append)
    call_id = await talk(signed_in)
    await signed_in.services.moving.move(device(signed_in, "desk"))
    (leg,) = signed_in.link.mirror.legs
    signed_in.link.change(LegEnded(leg, 17))
    await signed_in.settled()
    assert [call.call_id for call in told] == [call_id]
    assert signed_in.engine.call(call_id).state is CallState.ACTIVE
    assert signed_in.services.moving.can_take(device(signed_in, "desk")), "it may be tried again"


async def test_refused_there_before_the_server_has_said_that_it_rings(signed_in: Ground) -> None:
    told: list[CallSnapshot] = []
    signed_in.services.moving.not_taken.subscribe(told.append)
    call_id = await talk(signed_in)

    def refuse(event: LinkEvent) -> None:
        if isinstance(event, MirrorChanged):
            for change in event.events:
                if isinstance(change, LegChanged):
                    signed_in.link.change(LegEnded(change.leg.leg_id, 17))

    signed_in.link.add_listener(refuse)
    await signed_in.services.moving.move(device(signed_in, "desk"))
    await signed_in.settled()

    assert [call.call_id for call in told] == [call_id]
    assert signed_in.services.moving.contact == ""


async def test_refused_there_while_the_line_was_down(signed_in: Ground) -> None:
    told: list[CallSnapshot] = []
    signed_in.services.moving.not_taken.subscribe(told.append)
    call_id = await talk(signed_in)
    await signed_in.services.moving.move(device(signed_in, "desk"))

    signed_in.link.replace(company())
    await signed_in.settled()

    assert [call.call_id for call in told] == [call_id]
    assert signed_in.services.moving.contact == ""


async def test_refused_it_may_be_tried_again(signed_in: Ground) -> None:
    await talk(signed_in)
    signed_in.link.refuse(Move, WireError(ErrorCode.PBX_REFUSED, "no"))
    with pytest.raises(CommandRefusedError):
        await signed_in.services.moving.move(device(signed_in, "desk"))
    assert signed_in.services.moving.can_take(device(signed_in, "desk"))


async def test_who_can_take_it(signed_in: Ground) -> None:
    moving = signed_in.services.moving
    assert not moving.can_take(device(signed_in, "desk")), "there is no call"
    await talk(signed_in)
    assert moving.can_take(device(signed_in, "desk"))
    assert not moving.can_take(device(signed_in, "fake-register")), "it is here already"
    assert not moving.can_take(device(signed_in, "mobile")), "it does not answer"
    signed_in.link.change(PbxStateChanged(connected=False))
    assert not moving.can_take(device(signed_in, "desk"))
