"""Sound, devices, listeners and tasks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.gui.world import DEVICES, registrations
from tests.unit.services.conftest import Ground
from wwphone.config.options import MICROPHONE, RING_DEVICE
from wwphone.config.settings import Settings
from wwphone.domain.calls import CallKind
from wwphone.domain.devices import Registration, SoundSelection
from wwphone.protocol.devices import RegistrationsChanged
from wwphone.services.observing import Listeners
from wwphone.services.sound import SoundSnapshot
from wwphone.services.tasks import TaskOwner
from wwphone.sip.api import (
    EngineFailed,
    EngineSettings,
    LevelsMeasured,
    RegistrationChanged,
    RegistrationState,
    SipError,
    SoundState,
)
from wwphone.sip.fake import FakeSipEngine

Logs = Callable[..., object]

# ---------------------------------------------------------------- sound


async def test_the_remembered_choice_is_used_from_the_start() -> None:
    settings = Settings(None)
    settings.set(MICROPHONE, "headset")
    settings.set(RING_DEVICE, "screen")
    ground = Ground(settings=settings)
    before = ground.services.sound.snapshot.state
    assert before is None, "nobody knows yet"
    await ground.start()
    await ground.settled()
    assert ground.engine.selection == SoundSelection(microphone="headset", ring="screen")
    assert ground.services.sound.snapshot.devices == DEVICES
    assert ground.services.sound.snapshot.state is SoundState.READY
    await ground.close()


async def test_devices_come_and_go(ground: Ground) -> None:
    told: list[SoundSnapshot] = []
    ground.services.sound.changed.subscribe(told.append)
    ground.engine.unplug(*(device.device_id for device in DEVICES))
    await ground.settled()
    ground.engine.plug_in(*DEVICES)
    await ground.settled()
    ground.engine.break_sound("it hangs")
    await ground.settled()
    assert [snapshot.state for snapshot in told] == [
        SoundState.NO_DEVICE,
        SoundState.READY,
        SoundState.FAILED,
    ]
    assert told[-1].detail == "it hangs"


async def test_level_meter_and_quality_share_one_switch(ground: Ground) -> None:
    sound = ground.services.sound
    levels: list[LevelsMeasured] = []
    sound.levels.subscribe(levels.append)
    sound.measure(on=True)
    sound.measure_quality(on=True)
    assert ground.engine.measuring == (True, True)
    sound.measure(on=False)
    assert ground.engine.measuring == (False, True)
    ground.engine.hear(0.5, 0.5)
    await ground.settled()
    assert levels == []
    sound.measure(on=True)
    ground.engine.hear(0.5, 0.25)
    await ground.settled()
    assert levels == [LevelsMeasured(0.5, 0.25)]


async def test_ringtones_exist_for_every_kind(ground: Ground) -> None:
    for kind in CallKind:
        ground.services.sound.start_ringing(kind)
        assert ground.engine.ringing is not None
        assert ground.engine.ringing.is_file()
    ground.services.sound.stop_ringing()
    assert ground.engine.ringing is None


async def test_an_engine_that_dies_is_told_as_sound(ground: Ground) -> None:
    ground.engine._tell(EngineFailed("the thread is gone"))
    await ground.settled()
    assert ground.services.sound.snapshot.state is SoundState.FAILED
    assert ground.services.sound.snapshot.detail == "the thread is gone"


async def test_an_engine_that_does_not_start() -> None:
    ground = Ground()
    ground.engine = FakeSipEngine(start_error="no PJSIP")
    ground.services._engine = ground.engine
    with pytest.raises(SipError, match="no PJSIP"):
        await ground.services.start(EngineSettings(user_agent="x"))
    await ground.close()


# ---------------------------------------------------------------- devices


async def test_this_pc_is_found_by_its_registration(signed_in: Ground) -> None:
    devices = signed_in.services.devices
    told: list[tuple[Registration, ...]] = []
    devices.changed.subscribe(told.append)
    pc, desk, mobile = devices.registrations
    assert [devices.is_this_pc(each) for each in (pc, desk, mobile)] == [True, False, False]
    assert not devices.is_this_pc(replace(pc, call_id=""))

    devices.sip_received(RegistrationChanged(RegistrationState.REGISTERED, register_call_id="another"))
    assert not devices.is_this_pc(pc)
    signed_in.link.change(RegistrationsChanged((desk,)))
    assert told[-1] == (desk,)
    assert devices.registrations == (desk,)


async def test_before_any_registration_no_device_is_this_pc(ground: Ground) -> None:
    assert not ground.services.devices.is_this_pc(registrations()[0])


# ---------------------------------------------------------------- listeners and tasks


def test_a_listener_that_fails_does_not_keep_it_from_the_others(expected_logs: Logs) -> None:
    expected_logs("a listener failed", logger="wwphone.services")
    listeners: Listeners[int] = Listeners()
    heard: list[int] = []

    def fail(_: int) -> None:
        raise LookupError

    listeners.subscribe(fail)
    stop = listeners.subscribe(heard.append)
    listeners.tell(1)
    stop()
    stop()
    listeners.tell(2)
    assert heard == [1]


def test_who_stops_listening_meanwhile_is_told_to_the_end() -> None:
    listeners: Listeners[int] = Listeners()
    heard: list[str] = []
    stops: list[Callable[[], None]] = []

    def first(_: int) -> None:
        heard.append("first")
        stops[1]()

    stops.append(listeners.subscribe(first))
    stops.append(listeners.subscribe(lambda _: heard.append("second")))
    listeners.tell(1)
    listeners.tell(2)
    assert heard == ["first", "second", "first"]


async def test_a_task_that_fails_is_logged_and_buried(expected_logs: Logs) -> None:
    expected_logs("a task of tests failed", logger="wwphone.services")
    owner = TaskOwner("tests")

    async def fail() -> None:
        raise LookupError

    task = owner.start(fail())
    await asyncio.wait((task,))
    await asyncio.sleep(0)
    assert owner._tasks == set()


async def test_the_owner_ends_what_still_runs() -> None:
    owner = TaskOwner("tests")
    forever = owner.start(asyncio.Event().wait())
    await owner.shutdown()
    assert forever.cancelled()
