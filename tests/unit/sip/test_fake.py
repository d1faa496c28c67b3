"""What the fake engine does beyond the contract that it shares with the real one."""

from __future__ import annotations

import asyncio

import pytest

from wwphone.domain.account import MediaEncryption, SipAccount, Transport
from wwphone.domain.calls import CallQuality, CallState
from wwphone.domain.devices import SoundDevice
from wwphone.sip.api import (
    CallQualityMeasured,
    EngineSettings,
    LevelsMeasured,
    RegistrationChanged,
    RegistrationState,
    SipError,
    SipEvent,
    SoundDevicesChanged,
    SoundState,
)
from wwphone.sip.fake import HEADSET, FakeSipEngine

SETTINGS = EngineSettings("test")
ACCOUNT = SipAccount("201", "x", "Anna", "127.0.0.1", 5060, Transport.UDP, MediaEncryption.OFF)


async def started(engine: FakeSipEngine) -> list[SipEvent]:
    events: list[SipEvent] = []
    await engine.start(SETTINGS, events.append)
    return events


async def settled() -> None:
    await asyncio.sleep(0)


async def test_it_can_be_told_not_to_start() -> None:
    with pytest.raises(SipError, match="no library"):
        await FakeSipEngine(start_error="no library").start(SETTINGS, print)


async def test_it_starts_only_once() -> None:
    engine = FakeSipEngine()
    await engine.start(SETTINGS, print)
    with pytest.raises(SipError):
        await engine.start(SETTINGS, print)


async def test_events_come_later_and_in_order() -> None:
    engine = FakeSipEngine()
    events = await started(engine)
    engine.register(ACCOUNT)
    assert events == []
    await settled()
    states = [event.state for event in events if isinstance(event, RegistrationChanged)]
    assert states == [RegistrationState.REGISTERING, RegistrationState.REGISTERED]


async def test_the_registrar_can_be_lost_and_found() -> None:
    engine = FakeSipEngine()
    events = await started(engine)
    engine.register(ACCOUNT)
    engine.lose_registrar()
    engine.registrar_is_back()
    await settled()
    told = [event for event in events if isinstance(event, RegistrationChanged)]
    assert [event.state.value for event in told] == [
        "registering",
        "registered",
        "unreachable",
        "registering",
        "registered",
    ]
    assert told[2].retry_in_s == 0.5
    assert told[-1].register_call_id


async def test_devices_come_and_go() -> None:
    engine = FakeSipEngine()
    events = await started(engine)
    engine.unplug("headset-microphone")
    engine.unplug("headset-speaker")
    engine.plug_in(*HEADSET, SoundDevice("bell", "Bell", 0, 1))
    engine.break_sound("hangs")
    engine.mend_sound()
    await settled()
    told = [event for event in events if isinstance(event, SoundDevicesChanged)]
    assert [(event.state, event.detail) for event in told] == [
        (SoundState.READY, ""),
        (SoundState.NO_DEVICE, "no microphone"),
        (SoundState.NO_DEVICE, "no speaker"),
        (SoundState.READY, ""),
        (SoundState.FAILED, "hangs"),
        (SoundState.READY, ""),
    ]
    assert len(told[-1].devices) == 3


async def test_figures_come_only_while_somebody_looks() -> None:
    engine = FakeSipEngine()
    events = await started(engine)
    quality = CallQuality(0.0, 3.0, 20.0)
    engine.measure("x", quality)
    engine.hear(0.5, 0.5)
    engine.set_measuring(levels=True, quality=True)
    engine.measure("x", quality)
    engine.hear(0.2, 0.1)
    await settled()
    assert [event for event in events if not isinstance(event, SoundDevicesChanged)] == [
        CallQualityMeasured("x", quality),
        LevelsMeasured(0.2, 0.1),
    ]


async def test_a_far_side_that_does_the_impossible_is_the_tests_mistake() -> None:
    engine = FakeSipEngine()
    await started(engine)
    call_id = engine.incoming("207")
    with pytest.raises(AssertionError, match="from incoming to ringing"):
        engine.far_end_rings(call_id)


async def test_it_ends_its_calls_when_it_ends() -> None:
    engine = FakeSipEngine()
    await started(engine)
    engine.register(ACCOUNT)
    engine.dial("207", "x")
    incoming = engine.incoming("208")
    await engine.shutdown()
    assert engine.calls == ()
    assert engine.call(incoming).state is CallState.ENDED
