"""The icon beside the clock."""

from __future__ import annotations

from PySide6.QtWidgets import QSystemTrayIcon

from tests.gui import eyes
from tests.gui.stage import MUELLER, Stage
from tests.gui.world import World, company, today
from wwphone.config.options import CLOSE_TO_TRAY
from wwphone.domain.calls import EndReason
from wwphone.domain.presence import PresenceStatus
from wwphone.gui.tray import Tray


class FakeTrayIcon(QSystemTrayIcon):
    """A desktop that shows the icon, and notes what it was told to show."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[tuple[str, str]] = []

    def isVisible(self) -> bool:
        """See QSystemTrayIcon."""
        return True

    def showMessage(self, title: str, text: str, *_: object) -> None:
        """See QSystemTrayIcon."""
        self.messages.append((title, text))


def with_desktop(stage: Stage) -> tuple[Tray, FakeTrayIcon]:
    icon = FakeTrayIcon()
    stage.shell.tray.icon = icon
    return stage.shell.tray, icon


async def test_it_shows_the_presence(stage: Stage) -> None:
    tray, icon = with_desktop(stage)
    tray.retranslate()
    assert icon.toolTip() == "wwphone · not connected"
    await stage.signed_in()
    assert icon.toolTip() == "wwphone · Available"
    stage.own_presence(PresenceStatus.UNAVAILABLE, today(8, 0))
    await stage.settled()
    assert icon.toolTip() == "wwphone · Unavailable"


async def test_a_missed_call_is_told_once_while_nobody_looks(signed_in: Stage) -> None:
    _, icon = with_desktop(signed_in)
    signed_in.window.hide()
    call_id = await signed_in.incoming()
    await signed_in.end(call_id, EndReason.MISSED)
    [(title, text)] = icon.messages
    assert title == "Missed call"
    assert text.startswith(f"{MUELLER.name} called at ")

    declined = await signed_in.incoming()
    signed_in.calls.decline(declined)
    await signed_in.settled()
    assert len(icon.messages) == 1


async def test_closing_the_window_keeps_the_phone_where_an_icon_brings_it_back(signed_in: Stage) -> None:
    ended: list[bool] = []
    signed_in.shell._end = lambda: ended.append(True)
    with_desktop(signed_in)
    signed_in.window.close()
    assert not signed_in.window.isVisible()
    assert ended == []
    eyes.choose(signed_in.shell.tray.menu, "Show the window")
    assert signed_in.window.isVisible()

    signed_in.world.settings.set(CLOSE_TO_TRAY, value=False)
    signed_in.window.close()
    assert ended == [True]


async def test_without_an_icon_closing_ends_the_program(qapp: object) -> None:
    async with Stage("en", "light", World(company())) as stage:
        ended: list[bool] = []
        stage.shell._end = lambda: ended.append(True)
        await stage.signed_in()
        assert not stage.shell.tray.visible, "the screen in memory has no such place"
        stage.window.close()
        assert ended == [True]


async def test_a_click_brings_the_window(signed_in: Stage) -> None:
    signed_in.window.hide()
    signed_in.shell.tray._on_activated(QSystemTrayIcon.ActivationReason.Context)
    assert not signed_in.window.isVisible()
    signed_in.shell.tray._on_activated(QSystemTrayIcon.ActivationReason.Trigger)
    assert signed_in.window.isVisible()
