"""Scenes of ring groups in the header: logged in and out, many of them, without a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from PySide6.QtWidgets import QWidget

from tests.gui.scene import Scene
from tests.gui.stage import MUELLER, WIDE, Stage
from tests.gui.world import World, company, today
from wwphone.cti.api import LinkProblem
from wwphone.domain.calls import Party
from wwphone.domain.reachability import Forwarding, ForwardingCause, Reachability
from wwphone.domain.ring_groups import RingGroupLogin, RingGroupMembership
from wwphone.protocol.ring_groups import RingGroupsChanged

Shown = Sequence[QWidget]

IN, OUT = RingGroupLogin(), RingGroupLogin(False, today(11, 42), "LAPTOP-17")
HOTLINE, SALES = RingGroupMembership("300", "Hotline"), RingGroupMembership("310", "Verkauf", OUT)
MANY = (
    HOTLINE,
    SALES,
    RingGroupMembership("320", "Kundendienst & Reparaturen"),
    RingGroupMembership("330", "Notfall Wochenende", OUT),
    RingGroupMembership("340", "Bestellungen"),
)


def in_groups(*groups: RingGroupMembership) -> World:
    """Anna Muster is a member of these."""
    return World(company(ring_groups=groups))


async def _signed_in(stage: Stage) -> Shown:
    await stage.signed_in()
    return [stage.window]


async def logged_out(stage: Stage) -> Shown:
    await stage.signed_in()
    await stage.world.services.ring_groups.set_logged_in("310", logged_in=False)
    await stage.settled()
    return [stage.window]


async def wide(stage: Stage) -> Shown:
    await stage.signed_in(WIDE)
    to_beat = Forwarding(ForwardingCause.ALWAYS, "207")
    stage.reachability(Reachability(True, today(11, 42), "", (to_beat,)))
    await stage.settled()
    return [stage.window]


async def in_a_list(stage: Stage) -> Shown:
    await stage.signed_in()
    groups = stage.window.header.ring_groups
    stage.menu(groups.menu, groups.button)
    await stage.settled()
    return [stage.window, groups.menu]


async def interrupted(stage: Stage) -> Shown:
    await stage.signed_in()
    stage.world.link.cut(LinkProblem.LINE_LOST)
    await stage.settled()
    return [stage.window]


async def waiting(stage: Stage) -> Shown:
    await stage.signed_in()
    now = datetime.now(UTC)
    since = (now - timedelta(seconds=41), now - timedelta(seconds=12))
    hotline = replace(HOTLINE, waiting=since, next_caller=MUELLER)
    stage.world.link.change(RingGroupsChanged((hotline, SALES)))
    await stage.settled()
    return [stage.window]


async def being_taken(stage: Stage) -> Shown:
    await stage.signed_in()
    now = datetime.now(UTC)
    hotline = replace(HOTLINE, waiting=(now - timedelta(seconds=41),))
    sales = replace(SALES, waiting=(now - timedelta(seconds=83),), next_caller=Party(""))
    stage.world.link.change(RingGroupsChanged((hotline, sales)))
    await stage.settled()
    return [stage.window]


RING_GROUP_SCENES = (
    Scene("groups-waiting-long", waiting, everywhere=True, world=lambda: in_groups(HOTLINE, SALES)),
    Scene("groups-being-taken", being_taken, everywhere=True, world=lambda: in_groups(HOTLINE, SALES)),
    Scene("group-logged-in", _signed_in, world=lambda: in_groups(HOTLINE)),
    Scene("group-logged-out", logged_out, everywhere=True, world=lambda: in_groups(HOTLINE, SALES)),
    Scene("groups-long", _signed_in, world=lambda: in_groups(*MANY[1:3])),
    Scene("groups-main-wide", wide, world=lambda: in_groups(*MANY[1:3])),
    Scene("groups-list", in_a_list, everywhere=True, world=lambda: in_groups(*MANY)),
    Scene("groups-interrupted", interrupted, world=lambda: in_groups(HOTLINE, SALES)),
)
