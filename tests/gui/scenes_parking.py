"""Scenes with parked calls: the button, the place to announce, the list, a call that comes back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from PySide6.QtWidgets import QWidget

from tests.gui.scene import Scene
from tests.gui.stage import COMPACT, MUELLER, WIDE, Stage
from wwphone.cti.api import ErrorCode, WireError
from wwphone.domain.calls import CallKind, Party
from wwphone.domain.parking import ParkedCall
from wwphone.protocol.calls import PbxStateChanged
from wwphone.protocol.parking import Fetch, ParkedCallChanged

Shown = Sequence[QWidget]

_TRUST = Party("+41 44 312 45 67", "Keller Treuhand AG")
_LONG = Party(
    "+49 7531 123456789", "Donaudampfschifffahrtsgesellschaft mbH & Co. KG, Zweigniederlassung Konstanz"
)


def waiting(slot: int, caller: Party, parked_by: str, seconds: float) -> ParkedCallChanged:
    """A call that has been parked for so long."""
    since = datetime.now(UTC) - timedelta(seconds=seconds)
    return ParkedCallChanged(ParkedCall(str(slot), caller, parked_by, since, since + timedelta(seconds=120)))


async def parked_here(stage: Stage) -> Shown:
    await stage.signed_in()
    call_id = await stage.talking("Beat")
    stage.world.link.callers[stage.engine.call(call_id).sip_call_id] = Party("207", "Beat Keller")
    await stage.world.services.parking.park(call_id)
    await stage.settled()
    return [stage.window]


async def _some(stage: Stage, size: tuple[int, int]) -> Shown:
    await stage.signed_in(size)
    await stage.talking("Beat")
    stage.world.link.change(
        waiting(703, _TRUST, "carla", 83),
        waiting(701, Party("+41 79 555 01 23"), "dario", 12),
        waiting(702, Party("205"), "", 47),
    )
    await stage.settled()
    return [stage.window]


async def long_names(stage: Stage) -> Shown:
    await stage.signed_in()
    stage.world.link.change(waiting(711, _LONG, "guenther", 4083))
    await stage.settled()
    return [stage.window]


async def some(stage: Stage) -> Shown:
    return await _some(stage, COMPACT)


async def some_wide(stage: Stage) -> Shown:
    return await _some(stage, WIDE)


async def full(stage: Stage) -> Shown:
    await stage.signed_in()
    stage.world.link.change(
        *(
            waiting(slot, Party(f"+41 44 268 12 {slot - 700:02}"), "carla", slot - 690)
            for slot in range(701, 721)
        )
    )
    await stage.settled()
    return [stage.window]


async def by_keyboard(stage: Stage) -> Shown:
    await some(stage)
    stage.window.parking.focus()
    await stage.settled()
    return [stage.window]


async def taken(stage: Stage) -> Shown:
    await some(stage)
    stage.world.link.refuse(Fetch, WireError(ErrorCode.CONFLICT, "taken", taken_by="Carla Rossi"))
    stage.window.parking.rows[0].fetch_wanted.emit()
    await stage.settled()
    return [stage.window]


async def without_pbx(stage: Stage) -> Shown:
    await some(stage)
    stage.world.link.change(PbxStateChanged(connected=False))
    await stage.settled()
    return [stage.window]


async def comes_back(stage: Stage) -> Shown:
    await stage.signed_in()
    stage.engine.incoming(MUELLER.number, MUELLER.name, CallKind.INTERNAL, parked_slot="703")
    await stage.settled()
    return [stage.window, *stage.shell.popups.shown]


async def movable(stage: Stage) -> Shown:
    await stage.signed_in()
    await stage.talking("Beat")
    stage.window._form.devices_button.click()
    await stage.settled()
    return [stage.window]


async def moving(stage: Stage) -> Shown:
    await movable(stage)
    services = stage.world.services
    await services.moving.move(next(one for one in services.devices.registrations if one.call_id == "desk"))
    await stage.settled()
    return [stage.window]


PARKING_SCENES = (
    Scene("devices-movable", movable, everywhere=True),
    Scene("devices-moving", moving),
    Scene("parking-parked-here", parked_here, everywhere=True),
    Scene("parking-some", some, everywhere=True),
    Scene("parking-some-wide", some_wide, everywhere=True),
    Scene("parking-full", full),
    Scene("parking-long", long_names),
    Scene("parking-by-keyboard", by_keyboard),
    Scene("parking-taken", taken),
    Scene("parking-without-pbx", without_pbx),
    Scene("parking-comes-back", comes_back, everywhere=True),
)
