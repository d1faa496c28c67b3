"""The menu of a colleague's line: by mouse and key, what it offers, and the presence of others for who has the right."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest_asyncio
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QMenu

from tests.gui import eyes
from tests.gui.stage import Stage
from tests.gui.test_words import SENTENCES_OF
from tests.gui.world import World, company
from wwphone.cti.api import ErrorCode, LinkProblem, WireError
from wwphone.domain.account import Right
from wwphone.domain.presence import Presence, PresenceStatus
from wwphone.gui.colleague_menu import ColleagueMenu
from wwphone.gui.panels.colleagues import ColleaguesPanel
from wwphone.protocol.account import ProfileChanged
from wwphone.protocol.presence import PresenceChanged, SetPresence

CTRL = Qt.KeyboardModifier.ControlModifier
MAY = frozenset({Right.CTI_ACCESS, Right.SET_PRESENCE})


@pytest_asyncio.fixture
async def receptionist() -> AsyncIterator[Stage]:
    """Signed in with the right to set the presence of others."""
    state = company()
    async with Stage(
        "en", "light", World(replace(state, profile=replace(state.profile, rights=MAY)))
    ) as stage:
        await stage.signed_in()
        yield stage


def panel(stage: Stage) -> ColleaguesPanel:
    return stage.window.colleagues


def menu_of(stage: Stage) -> ColleagueMenu:
    return panel(stage).menu


def point_at(stage: Stage, user: str) -> None:
    colleagues = panel(stage)
    colleagues.list.setFocus()
    colleagues.list.setCurrentIndex(colleagues.model.index_of(user))


def open_by_key(stage: Stage, user: str) -> QMenu:
    """As the menu key does."""
    point_at(stage, user)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(0, 0), QPoint(0, 0))
    panel(stage).list.contextMenuEvent(event)
    menu = menu_of(stage).menu
    assert menu.isVisible()
    return menu


def offers(menu: QMenu) -> list[str]:
    return [action.text().split("\t")[0] for action in menu.actions()]


async def test_without_the_right_the_menu_calls_and_sets_nothing(signed_in: Stage) -> None:
    menu = open_by_key(signed_in, "beat")
    assert offers(menu) == ["Call"]
    eyes.choose(menu, "Call\tEnter")
    menu.close()
    await signed_in.settled()
    assert signed_in.engine.calls[-1].remote.number == "207"
    point_at(signed_in, "eva")
    eyes.press(panel(signed_in).list, Qt.Key.Key_S, CTRL)
    assert not menu_of(signed_in).presence_menu.isVisible()
    assert panel(signed_in)._filter.text() == ""


async def test_the_menu_offers_what_is_possible_just_now(receptionist: Stage) -> None:
    receptionist.rings("eva")
    await receptionist.talking("Beat")
    menu = open_by_key(receptionist, "eva")
    assert offers(menu) == ["Call", "Pick up", "Transfer the call here …", "Set presence (Ctrl+S)"]
    menu.close()
    assert offers(open_by_key(receptionist, "anna")) == ["Set presence (Ctrl+S)"], "of oneself, nothing else"
    menu.close()


async def test_the_mouse_opens_the_menu_of_whom_it_points_at(receptionist: Stage) -> None:
    colleagues = panel(receptionist)
    at = colleagues.list.visualRect(colleagues.model.index_of("carla")).center()
    colleagues.list.contextMenuEvent(QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, QPoint(5, 5)))
    assert menu_of(receptionist).menu.accessibleName() == "Carla Brändli"
    menu_of(receptionist).menu.close()
    heading = colleagues.list.visualRect(colleagues.model.index(0)).center()
    colleagues.list.contextMenuEvent(QContextMenuEvent(QContextMenuEvent.Reason.Mouse, heading, QPoint(5, 5)))
    assert not menu_of(receptionist).menu.isVisible(), "a heading is nobody"


async def test_a_key_sets_the_presence_of_a_colleague(receptionist: Stage) -> None:
    point_at(receptionist, "eva")
    eyes.press(panel(receptionist).list, Qt.Key.Key_S, CTRL)
    states = menu_of(receptionist).presence_menu
    assert states.isVisible()
    assert states.accessibleName() == "Presence of Eva Schönenberger"
    assert all(action.toolTip().endswith(".") for action in states.actions())
    eyes.choose(states, "Unavailable")
    states.close()
    await receptionist.settled()
    assert receptionist.world.link.commands == [SetPresence(PresenceStatus.UNAVAILABLE, None, "eva")]
    line = receptionist.world.services.presence.line("eva")
    assert line is not None
    assert line.status is PresenceStatus.UNAVAILABLE


async def test_with_the_time_of_return(receptionist: Stage) -> None:
    menu = open_by_key(receptionist, "beat")
    eyes.choose(menu, "Set presence (Ctrl+S)", "Be right back", "in 60 minutes")
    menu.close()
    await receptionist.settled()
    [command] = receptionist.world.link.commands
    assert isinstance(command, SetPresence)
    assert (command.user, command.status) == ("beat", PresenceStatus.BE_RIGHT_BACK)
    assert command.back_at is not None
    assert abs(command.back_at - datetime.now(UTC) - timedelta(hours=1)) < timedelta(seconds=10)


async def test_ones_own_line_means_oneself(receptionist: Stage) -> None:
    eyes.choose(open_by_key(receptionist, "anna"), "Set presence (Ctrl+S)", "Internal only")
    menu_of(receptionist).menu.close()
    await receptionist.settled()
    assert receptionist.world.link.commands == [SetPresence(PresenceStatus.INTERNAL_ONLY)]


async def test_a_refusal_is_told(receptionist: Stage) -> None:
    receptionist.world.link.refuse(SetPresence, WireError(ErrorCode.NOT_PERMITTED, "no"))
    eyes.choose(open_by_key(receptionist, "eva"), "Set presence (Ctrl+S)", "Available")
    menu_of(receptionist).menu.close()
    await receptionist.settled()
    assert receptionist.window.banners.problem.text == SENTENCES_OF[ErrorCode.NOT_PERMITTED]


async def test_neither_without_a_line_nor_when_the_right_is_withdrawn(receptionist: Stage) -> None:
    receptionist.world.link.cut(LinkProblem.LINE_LOST)
    assert offers(open_by_key(receptionist, "eva")) == ["Call"]
    menu_of(receptionist).menu.close()
    receptionist.world.link.heal()
    profile = replace(company().profile, rights=frozenset({Right.CTI_ACCESS}))
    receptionist.world.link.change(ProfileChanged(profile))
    assert offers(open_by_key(receptionist, "eva")) == ["Call"]
    menu_of(receptionist).menu.close()


async def test_whose_presence_another_has_set_is_told_by_whom_until_it_is_read(signed_in: Stage) -> None:
    banners, link = signed_in.window.banners, signed_in.world.link
    since = datetime.now(UTC)
    back = Presence(PresenceStatus.TELEPHONE_SERVICE, since, set_from="PC-1", connected=True, set_by="ursula")
    link.change(PresenceChanged("anna", back))
    await signed_in.settled()
    assert banners.presence.text == "Ursula Grünenfelder has set your presence to “Telephone service”."
    eyes.click("OK", banners.presence)
    link.change(PresenceChanged("anna", replace(back, connected=True)))
    await signed_in.settled()
    assert banners.presence.text == "", "it was read"
    link.change(
        PresenceChanged("anna", replace(back, status=PresenceStatus.UNAVAILABLE, since=since + timedelta(1)))
    )
    await signed_in.settled()
    assert banners.presence.text == "", "the sentence on what keeps calls away says it"
    assert "(set by Ursula Grünenfelder)" in banners.reach.text
    link.change(PresenceChanged("anna", Presence(PresenceStatus.AVAILABLE, since, connected=True)))
    await signed_in.settled()
    assert (banners.presence.text, banners.reach.text) == ("", "")
