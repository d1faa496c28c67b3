"""What moves under the pointer by itself is not pressed by who aimed at something else."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from tests.gui import eyes
from tests.gui.stage import Stage
from tests.gui.test_cards import only_card, state
from tests.helpers.waiting import wait_until_async
from wwphone.domain.calls import CallState
from wwphone.gui.widgets.call_card import CallCard

_TROUBLE = "What went wrong is told here, above the card of the call."


@pytest_asyncio.fixture
async def pointed(signed_in: Stage) -> AsyncIterator[Stage]:
    """The pointer is nobody's business after a test."""
    yield signed_in
    QCursor.setPos(signed_in.window.mapToGlobal(QPoint(2, 2)))


def middle(button: QAbstractButton) -> QPoint:
    return button.mapToGlobal(button.rect().center())


def press_at(stage: Stage, place: QPoint) -> None:
    """Press whatever is there."""
    part = stage.window.childAt(stage.window.mapFromGlobal(place))
    assert part is not None
    QTest.mouseClick(part, Qt.MouseButton.LeftButton, pos=part.mapFromGlobal(place))


async def where_it_will_be(stage: Stage, button: QAbstractButton) -> QPoint:
    """Where a button stands below a banner, which is gone again."""
    stage.window.banners.say_problem(_TROUBLE)
    await stage.settled()
    place = middle(button)
    stage.window.banners.say_problem("")
    await stage.settled()
    assert middle(button) != place
    return place


async def test_a_banner_that_appears_lets_nobody_hang_up_by_mistake(pointed: Stage) -> None:
    call_id = await pointed.talking("Beat")
    place = await where_it_will_be(pointed, eyes.button("Hang up", only_card(pointed)))
    QCursor.setPos(place)
    pointed.window.banners.say_problem(_TROUBLE)
    await pointed.settled()
    press_at(pointed, place)
    await pointed.settled()
    assert state(pointed, call_id) is CallState.ACTIVE

    await wait_until_async(lambda: not pointed.window.cards.still.waits, "time to see it")
    press_at(pointed, place)
    await pointed.settled()
    assert state(pointed, call_id) is CallState.ENDED, "now it was meant"


async def test_a_button_that_was_aimed_at_is_pressed_at_once_if_it_is_still_there(pointed: Stage) -> None:
    call_id = await pointed.talking("Beat")
    QCursor.setPos(middle(eyes.button("Hang up", only_card(pointed))))
    only_card(pointed).move(only_card(pointed).pos() + QPoint(0, 3))
    assert not pointed.window.cards.still.waits
    press_at(pointed, QCursor.pos())
    await pointed.settled()
    assert state(pointed, call_id) is CallState.ENDED


async def test_keys_wait_for_nothing(pointed: Stage) -> None:
    call_id = await pointed.talking("Beat")
    place = await where_it_will_be(pointed, eyes.button("Hang up", only_card(pointed)))
    QCursor.setPos(place)
    pointed.window.banners.say_problem(_TROUBLE)
    await pointed.settled()
    assert pointed.window.cards.still.waits
    eyes.press(pointed.window, Qt.Key.Key_F6)
    await pointed.settled()
    assert state(pointed, call_id) is CallState.ENDED


async def test_who_hangs_up_as_the_other_does_calls_nobody_again(pointed: Stage) -> None:
    call_id = await pointed.talking("Beat")
    card = only_card(pointed)
    pointed.engine.far_end_hangs_up(call_id)
    await pointed.settled()
    place = middle(eyes.button("Call again", card))
    pointed.calls.dismiss(call_id)
    await pointed.settled()

    call_id = await pointed.talking("Beat")
    QCursor.setPos(place)
    pointed.engine.far_end_hangs_up(call_id)
    await pointed.settled()
    press_at(pointed, place)
    await pointed.settled()
    assert [each.call.state for each in eyes.visible(CallCard, pointed.window)] == [CallState.ENDED]
