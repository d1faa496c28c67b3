"""The stage of a scene: the window on a company in memory, and short ways to bring it into a state."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from PySide6.QtCore import QEvent, QPoint, QRect
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from tests.gui.world import World
from wwphone.config.options import BUSY_FROM, LANGUAGE, THEME, Option
from wwphone.domain.calls import CallEnd, CallKind, CallQuality, EndReason, Party, PhoneState
from wwphone.domain.pickup import RingingCall
from wwphone.domain.presence import Presence, PresenceStatus
from wwphone.domain.reachability import Obstacle, Reachability
from wwphone.gui.shell import Shell
from wwphone.protocol.calls import PhoneStateChanged
from wwphone.protocol.pickup import RingingCallChanged
from wwphone.protocol.presence import PresenceChanged
from wwphone.protocol.reachability import ReachabilityChanged
from wwphone.server.demo_company import PEOPLE

COMPACT, WIDE = (400, 760), (1000, 720)
GOOD = CallQuality(loss_percent=0.1, jitter_ms=4.0, round_trip_ms=22.0)
FAIR = CallQuality(loss_percent=7.0, jitter_ms=18.0, round_trip_ms=120.0)
POOR = CallQuality(loss_percent=11.0, jitter_ms=60.0, round_trip_ms=480.0)
_TURNS = 12
"""More than any chain of posted events, coroutines and timers without delay is long."""
MUELLER = Party("+41 44 268 12 12", "Müller & Söhne AG, Winterthur")


class Stage:
    """Window, services and fakes of one scene."""

    def __init__(self, language: str, theme: str, world: World | None = None) -> None:
        self.world = world or World()
        self.world.settings.set(LANGUAGE, language)
        self.world.settings.set(THEME, theme)
        self.shell = Shell(self.world.services, lambda: None)
        self.window = self.shell.window
        self.calls = self.world.services.calls
        self.engine = self.world.engine

    async def __aenter__(self) -> Stage:
        await self.world.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        self.shell.hide()
        await self.world.close()
        await self.shell.close()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    async def signed_in(self, size: tuple[int, int] = COMPACT) -> None:
        """Show the window, signed in."""
        await self.world.sign_in()
        await self.show(size)

    async def show(self, size: tuple[int, int] = COMPACT) -> None:
        """Show the window as it is."""
        self.window.resize(*size)
        self.shell.show()
        await self.settled()

    async def settled(self) -> None:
        """Let layouts, repaints and coroutines come to rest; never by `processEvents`, which breaks other tasks."""
        for _ in range(_TURNS):
            await asyncio.sleep(0)

    # ------------------------------------------------------------ calls

    async def outgoing(self, text: str = "Beat", *, rings: bool = False) -> str:
        """A call we make."""
        call_id = self.calls.dial(text)
        if rings:
            self.engine.far_end_rings(call_id)
        await self.settled()
        return call_id

    async def incoming(
        self, remote: Party = MUELLER, kind: CallKind = CallKind.DIRECT, called: str = "+41 44 268 12 04"
    ) -> str:
        """A call that rings here."""
        call_id = self.engine.incoming(remote.number, remote.name, kind, called)
        await self.settled()
        return call_id

    async def talking(self, text: str = "Beat", seconds: float = 161, quality: CallQuality = GOOD) -> str:
        """A call that runs for so long."""
        call_id = await self.outgoing(text)
        self.engine.far_end_answers(call_id)
        self.engine._change(call_id, answered_at=datetime.now(UTC) - timedelta(seconds=seconds))
        await self.settled()
        self.engine.measure(call_id, quality)
        await self.settled()
        return call_id

    async def end(self, call_id: str, reason: EndReason) -> None:
        """The call is over for this reason."""
        self.engine._end(call_id, CallEnd(reason))
        await self.settled()

    @staticmethod
    def busy_from(calls: int) -> tuple[Option, int]:
        """The option that lets so many calls in, and its value."""
        return BUSY_FROM, calls

    # ------------------------------------------------------------ ringing elsewhere

    def rings(
        self, at: str, caller: Party | None = MUELLER, *, seconds: int = 0, **fields: Any
    ) -> RingingCall:
        """Something rings at a colleague, so many seconds after seven in the morning."""
        person = next(person for person in PEOPLE if person.user == at)
        usual = {
            "ringing_id": f"1772442000.{seconds}/{at}",
            "called": Party(person.number, person.nickname),
            "kind": CallKind.DIRECT,
            "since": datetime(2026, 3, 2, 7, tzinfo=UTC) + timedelta(seconds=seconds),
            "user": at,
            "caller": caller,
            "may_pick_up": True,
        }
        call = RingingCall(**{**usual, **fields})
        self.world.link.change(RingingCallChanged(call), PhoneStateChanged(at, PhoneState.RINGING))
        return call

    # ------------------------------------------------------------ presence

    def own_presence(self, status: PresenceStatus, since: datetime, set_from: str = "") -> None:
        """Somebody, somewhere, chose my presence."""
        self.world.link.change(
            PresenceChanged("anna", Presence(status, since, None, set_from, connected=True))
        )

    def reachability(self, own: Reachability, obstacles: Sequence[Obstacle] = ()) -> None:
        """The server tells what I set, and what keeps my calls from ringing."""
        self.world.link.change(ReachabilityChanged(own, tuple(obstacles)))

    def menu(self, menu: QMenu, below: QWidget) -> QMenu:
        """Open a menu below a widget."""
        menu.popup(below.mapToGlobal(below.rect().bottomLeft() + QPoint(0, 4)))
        return menu


def picture(widgets: Sequence[QWidget]) -> QPixmap:
    """Windows above each other as they stand on the screen, the first one at the bottom."""
    area = QRect()
    for widget in widgets:
        area = area.united(QRect(widget.mapToGlobal(QPoint(0, 0)), widget.size()))
    if len(widgets) == 1:
        return widgets[0].grab()
    ratio = widgets[0].devicePixelRatioF()
    canvas = QPixmap(area.size() * ratio)
    canvas.setDevicePixelRatio(ratio)
    canvas.fill(widgets[0].palette().window().color())
    painter = QPainter(canvas)
    for widget in widgets:
        painter.drawPixmap(widget.mapToGlobal(QPoint(0, 0)) - area.topLeft(), widget.grab())
    painter.end()
    return canvas
