"""Scenes of switches in the header: for who may operate them, and for who sees them only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from tests.gui.scene import Scene
from tests.gui.scenes_ring_groups import HOTLINE, SALES
from tests.gui.stage import WIDE, Stage
from tests.gui.world import ME, World, company, today
from wwphone.domain.account import Profile, Right
from wwphone.domain.switches import Switch, SwitchState

Shown = Sequence[QWidget]

HOLIDAY = Switch("holiday", "Feiertag", "2")
NIGHT = Switch("night", "Nacht & Wochenende", "1")
NIGHT_ON = replace(NIGHT, state=SwitchState(True, today(17, 30), "beat", "snomD785"))
BOTH_ON = (
    replace(HOLIDAY, state=SwitchState(True, today(8, 0), "(administrator)", "wwphone-server")),
    NIGHT_ON,
)


def operator(*switches: Switch) -> World:
    """Anna Muster may operate these, and is in two ring groups."""
    rights = frozenset({Right.CTI_ACCESS, Right.OPERATE_SWITCHES})
    profile = Profile(ME, "204", "Anna Muster", "Anna", "Muster", rights)
    return World(company(profile=profile, switches=switches, ring_groups=(HOTLINE, SALES)))


def onlooker(*switches: Switch) -> World:
    """Anna Muster sees these only."""
    return World(company(switches=switches))


async def _signed_in(stage: Stage) -> Shown:
    await stage.signed_in()
    return [stage.window]


async def _wide(stage: Stage) -> Shown:
    await stage.signed_in(WIDE)
    return [stage.window]


async def in_a_list(stage: Stage) -> Shown:
    await stage.signed_in()
    switches = stage.window.header.switches
    stage.menu(switches.menu, switches.button)
    await stage.settled()
    return [stage.window, switches.menu]


SWITCH_SCENES = (
    Scene("switches-off", _signed_in, world=lambda: operator(HOLIDAY, NIGHT)),
    Scene("switches-list", in_a_list, everywhere=True, world=lambda: operator(HOLIDAY, NIGHT_ON)),
    Scene("switches-main-wide", _wide, world=lambda: operator(*BOTH_ON)),
    Scene("switches-onlooker", in_a_list, world=lambda: onlooker(*BOTH_ON)),
)
