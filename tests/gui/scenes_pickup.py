"""Scenes of the strip "Ringing now"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from tests.gui.scene import Scene
from tests.gui.stage import COMPACT, WIDE, Stage
from wwphone.cti.api import ErrorCode, LinkProblem, WireError
from wwphone.domain.calls import CallKind, Party, PhoneState
from wwphone.protocol.calls import PhoneStateChanged
from wwphone.protocol.pickup import Claim, RingingCallChanged, RingingCallEnded

Shown = Sequence[QWidget]
SOEHNE = Party("+41 44 268 12 12", "Müller & Söhne AG")
ZELLER = Party("+41 52 203 44 55", "Zeller Holzbau GmbH")


def let_time_pass(stage: Stage, seconds: float) -> None:
    """Everything rings so much longer already."""
    service = stage.world.services.pickup
    for ringing_id in service._began_s:
        service._began_s[ringing_id] -= seconds
    stage.window.colleagues.ringing._on_changed(None)


async def _three(stage: Stage, size: tuple[int, int]) -> None:
    await stage.signed_in(size)
    stage.rings("dario", SOEHNE, seconds=0)
    let_time_pass(stage, 9)
    stage.rings("eva", ZELLER, seconds=9)
    stage.world.link.change(PhoneStateChanged("eva", PhoneState.BUSY))
    let_time_pass(stage, 3)
    stage.rings(
        "carla",
        None,
        seconds=12,
        ringing_id="1772442012.7/300",
        called=Party("300", "Empfang"),
        kind=CallKind.GROUP,
        user="",
        members=("carla",),
    )
    let_time_pass(stage, 4)
    await stage.settled()


async def ringing(stage: Stage) -> Shown:
    await _three(stage, COMPACT)
    return [stage.window]


async def ringing_wide(stage: Stage) -> Shown:
    await _three(stage, WIDE)
    return [stage.window]


async def one_rings(stage: Stage) -> Shown:
    await stage.signed_in()
    stage.rings("carla", Party("+41 44 268 12 12"))
    let_time_pass(stage, 7)
    await stage.settled()
    return [stage.window]


async def many_ring(stage: Stage) -> Shown:
    await stage.signed_in(WIDE)
    for seconds, user in enumerate(("carla", "ursula", "beat", "simone", "kaethi", "stefan", "verena")):
        stage.rings(user, seconds=seconds)
    let_time_pass(stage, 12)
    await stage.settled()
    return [stage.window]


async def taken(stage: Stage) -> Shown:
    """One is taken, one is about to be taken, by others; one's own phone is about to take the third."""
    await stage.signed_in()
    gone = stage.rings("dario", seconds=0)
    claimed = stage.rings("eva", ZELLER, seconds=3)
    own = stage.rings("beat", seconds=6)
    let_time_pass(stage, 11)
    stage.world.link.change(
        RingingCallChanged(replace(claimed, claimed_by="ursula")), RingingCallEnded(gone.ringing_id, "ursula")
    )
    stage.world.services.pickup._claiming.add(own.ringing_id)
    stage.window.colleagues.ringing._on_changed(None)
    await stage.settled()
    return [stage.window]


async def taken_by_nobody_known(stage: Stage) -> Shown:
    """Two are over: one's colleague answered, another was faster; neither is in one's list."""
    await stage.signed_in()
    own = stage.rings("dario", user="heidi", seconds=0)
    others = stage.rings("eva", ZELLER, seconds=3)
    let_time_pass(stage, 8)
    stage.world.link.change(
        RingingCallEnded(own.ringing_id, "heidi"), RingingCallEnded(others.ringing_id, "heidi")
    )
    await stage.settled()
    return [stage.window]


async def only_seen(stage: Stage) -> Shown:
    await stage.signed_in()
    stage.rings("verena", may_pick_up=False)
    let_time_pass(stage, 5)
    await stage.settled()
    return [stage.window]


async def as_of(stage: Stage) -> Shown:
    """The line to the server is down."""
    await _three(stage, COMPACT)
    stage.world.link.cut(LinkProblem.LINE_LOST)
    await stage.settled()
    return [stage.window]


async def unknown_outcome(stage: Stage) -> Shown:
    await stage.signed_in()
    stage.rings("carla", SOEHNE)
    let_time_pass(stage, 14)
    stage.world.link.refuse(Claim, WireError(ErrorCode.UNKNOWN_OUTCOME, "the line broke"))
    stage.window.colleagues.ringing.take_first()
    await stage.settled()
    return [stage.window]


PICKUP_SCENES = (
    Scene("ringing-now", ringing, everywhere=True),
    Scene("ringing-now-wide", ringing_wide, everywhere=True),
    Scene("ringing-now-one", one_rings),
    Scene("ringing-now-many", many_ring),
    Scene("ringing-now-taken", taken, everywhere=True),
    Scene("ringing-now-taken-by-nobody-known", taken_by_nobody_known),
    Scene("ringing-now-only-seen", only_seen),
    Scene("ringing-now-as-of", as_of, everywhere=True),
    Scene("ringing-now-unknown-outcome", unknown_outcome),
)
