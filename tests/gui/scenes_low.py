"""Scenes of a window as low as a laptop's screen at 150 %: 1080 pixels without the desktop's bars are some 650."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from tests.gui.scene import Scene
from tests.gui.scenes_pickup import ZELLER, let_time_pass
from tests.gui.scenes_ring_groups import HOTLINE
from tests.gui.scenes_switches import NIGHT, operator
from tests.gui.stage import Stage
from tests.gui.world import World
from wwphone.protocol.ring_groups import RingGroupsChanged

Shown = Sequence[QWidget]

LOW = (400, 640)
_DELETED = "“{name}” is deleted."


def receptionist() -> World:
    """Anna Muster, in one ring group, may operate a switch."""
    return operator(NIGHT)


async def show_low(stage: Stage, size: tuple[int, int] = LOW) -> None:
    """Talk while something rings elsewhere, with a banner, in a low window."""
    await stage.signed_in(size)
    stage.world.link.change(RingGroupsChanged((HOTLINE,)))
    await stage.talking()
    said, undo = (QCoreApplication.translate("PhoneBookChanges", text) for text in (_DELETED, "Undo"))
    stage.window.banners.say_notice(said.format(name="Max Zeller"), undo)
    stage.rings("eva", ZELLER)
    let_time_pass(stage, 3)
    await stage.settled()


async def low(stage: Stage) -> Shown:
    await show_low(stage)
    return [stage.window]


async def lowest(stage: Stage) -> Shown:
    """As low as it may be: of the panel only what rings is left."""
    await show_low(stage, (400, 480))
    return [stage.window]


LOW_SCENES = (
    Scene("window-low", low, everywhere=True, world=receptionist),
    Scene("window-lowest", lowest, everywhere=True, world=receptionist),
)
