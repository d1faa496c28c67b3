"""Click-to-dial waits for the own device, in whichever order Asterisk tells."""

from __future__ import annotations

import asyncio

import pytest

from tests.unit.server.asterisk.channel_events import FakeChannel
from wwphone.server.api import PbxError, PbxLostError
from wwphone.server.asterisk import originations
from wwphone.server.asterisk.ami import AmiEvent
from wwphone.server.asterisk.originations import DeviceRefusedError, Originations


def response(outcome: str) -> AmiEvent:
    fields = {"Event": "OriginateResponse", "Uniqueid": "click-1", "Response": outcome, "Reason": "0"}
    return AmiEvent("OriginateResponse", fields)


def device() -> FakeChannel:
    return FakeChannel("PJSIP/anna-00000001", "click-1", "click-1")


@pytest.mark.parametrize("state", ["5", "6"])
async def test_it_is_done_when_the_device_rings_or_answers(state: str) -> None:
    pending = Originations()
    pending.begin("click-1")
    for event in (
        device().new(),
        device().becomes("0"),
        device().becomes(state),
        response("Success"),
        device().ends(),
    ):
        pending.apply(event)

    await pending.rings("click-1")
    pending.end("click-1")


@pytest.mark.parametrize("cause_first", [True, False])
@pytest.mark.parametrize(
    ("cause", "sentence"), [(17, "busy"), (19, "does not answer"), (21, "declined"), (99, "could not")]
)
async def test_the_cause_is_told_whichever_event_comes_first(
    cause_first: bool, cause: int, sentence: str
) -> None:
    pending = Originations()
    pending.begin("click-1")
    events = [device().ends(cause), response("Failure")]
    for event in (device().new(), *(events if cause_first else reversed(events))):
        pending.apply(event)

    with pytest.raises(DeviceRefusedError, match=sentence) as refusal:
        await pending.rings("click-1")
    assert refusal.value.cause == cause
    pending.end("click-1")


async def test_the_answer_may_overtake_every_event_of_the_channel() -> None:
    pending = Originations()
    pending.begin("click-1")
    for event in (response("Failure"), device().new(), device().ends(21)):
        pending.apply(event)

    with pytest.raises(DeviceRefusedError, match="declined"):
        await pending.rings("click-1")
    pending.end("click-1")


@pytest.mark.parametrize(("made", "sentence"), [(True, "could not be rung"), (False, "cannot be reached")])
async def test_a_cause_that_never_comes_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, made: bool, sentence: str
) -> None:
    monkeypatch.setattr(originations, "_CAUSE_TIMEOUT_S", 0.0)
    pending = Originations()
    pending.begin("click-1")
    if made:
        pending.apply(device().new())
    pending.apply(response("Failure"))

    with pytest.raises(DeviceRefusedError, match=sentence):
        await pending.rings("click-1")
    pending.end("click-1")


async def test_a_cut_leaves_the_outcome_unknown() -> None:
    pending = Originations()
    pending.begin("click-1")
    pending.lose(PbxLostError("cut"))
    pending.apply(device().ends())

    with pytest.raises(PbxLostError):
        await pending.rings("click-1")
    pending.end("click-1")


async def test_a_cut_before_anybody_listens_is_no_exception_left_over() -> None:
    pending = Originations()
    pending.begin("click-1")
    pending.lose(PbxLostError("cut"))

    pending.end("click-1")


async def test_the_same_leg_is_not_dialled_twice_at_once() -> None:
    pending = Originations()
    pending.begin("click-1")

    with pytest.raises(PbxError, match="already"):
        pending.begin("click-1")
    pending.end("click-1")
    pending.begin("click-1")
    pending.end("click-1")


async def test_other_channels_and_late_events_are_nothing_to_it() -> None:
    pending = Originations()
    pending.begin("click-1")
    other = FakeChannel("PJSIP/anna-00000002", "click-2", "click-2")
    pending.apply(other.ends(17))
    waiting = asyncio.create_task(pending.rings("click-1"))
    await asyncio.sleep(0)
    assert not waiting.done()

    pending.end("click-1")
    pending.apply(device().ends(17))
    with pytest.raises(asyncio.CancelledError):
        await waiting
