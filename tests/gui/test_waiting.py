"""Who waits for one's ring groups in the window: a row for each group, taken by mouse and keyboard, said when it fails."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.gui import eyes
from tests.gui.scenes_ring_groups import HOTLINE, SALES
from tests.gui.stage import MUELLER, Stage
from tests.gui.test_ring_groups import staged
from wwphone.cti.api import ErrorCode, LinkProblem, WireError
from wwphone.domain.calls import Party
from wwphone.gui.widgets.waiting_row import WaitingRow
from wwphone.protocol.ring_groups import RingGroupsChanged, TakeNext

SHIFT = Qt.KeyboardModifier.ShiftModifier


def rows(stage: Stage) -> list[WaitingRow]:
    """The visible rows, from top to bottom."""
    return sorted(eyes.visible(WaitingRow, stage.window), key=lambda row: row.y())


async def two_groups(stage: Stage) -> None:
    """Two wait for the Hotline; one for Sales, longer, who is nobody known."""
    await stage.signed_in()
    now = datetime.now(UTC)
    hotline = replace(HOTLINE, waiting=(now - timedelta(seconds=65), now), next_caller=MUELLER)
    sales = replace(SALES, waiting=(now - timedelta(seconds=83),), next_caller=Party(""))
    stage.world.link.change(RingGroupsChanged((hotline, sales)))
    await stage.settled()


async def test_rows_say_how_many_wait_how_long_and_who_is_next() -> None:
    async with staged(HOTLINE, SALES) as stage:
        await two_groups(stage)
        first, second = rows(stage)
        assert first.accessibleName() == f"Hotline, 2 waiting, Next: {MUELLER.name} · {MUELLER.number}"
        assert second.accessibleName() == "Verkauf, 1 waiting, Next: Unknown caller"
        assert eyes.texts(first)[0].startswith("Hotline: 2 waiting · 1:0")
        assert first.button.accessibleName() == "Take the next caller of Hotline"
        assert first.button.toolTip() == "At a desk phone: *43300"
        assert second.button.toolTip() == "Shift+F9\nAt a desk phone: *43310"

        stage.world.link.change(RingGroupsChanged((HOTLINE, SALES)))
        await stage.settled()
        assert rows(stage) == []
        assert not stage.window._form.waiting_area.isVisible()
        assert not stage.window.waiting._timer.isActive()


async def test_one_click_takes_the_next_to_this_pc() -> None:
    async with staged(HOTLINE, SALES) as stage:
        await two_groups(stage)
        rows(stage)[0].button.click()
        rows(stage)[0].button.click()  # while the first one is under way
        await stage.settled()
        assert stage.world.link.commands == [TakeNext("300", "fake-register")]


async def test_by_keyboard_the_longest_first_or_one_chosen() -> None:
    async with staged(HOTLINE, SALES) as stage:
        await two_groups(stage)
        eyes.press(stage.window, Qt.Key.Key_F9, SHIFT)
        await stage.settled()
        assert [one.number for one in stage.world.link.commands if isinstance(one, TakeNext)] == ["310"]
        [row] = rows(stage)
        row.take_focus()
        focused = QApplication.focusWidget()
        assert focused is row.button
        QTest.keyClick(row.button, Qt.Key.Key_Down)
        assert QApplication.focusWidget() is row.button, "there is no row below"
        QTest.keyClick(row.button, Qt.Key.Key_Return)
        await stage.settled()
        eyes.press(stage.window, Qt.Key.Key_F9, SHIFT)
        await stage.settled()
        assert [one.number for one in stage.world.link.commands if isinstance(one, TakeNext)] == [
            *("310", "300", "300")
        ]
        eyes.press(stage.window, Qt.Key.Key_F9, SHIFT)  # nobody waits any more
        await stage.settled()
        assert len(stage.world.link.commands) == 3


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (WireError(ErrorCode.CONFLICT, "", taken_by="Beat Keller"), "Beat Keller was faster."),
        (WireError(ErrorCode.CONFLICT, ""), "Somebody else was faster."),
        (WireError(ErrorCode.NOT_FOUND, ""), "Nobody waits there any more."),
        (
            WireError(ErrorCode.PBX_REFUSED, ""),
            "None of your phones took the call. The caller still waits.",
        ),
    ],
    ids=["taken", "taken-unseen", "gone", "no-phone"],
)
async def test_what_is_refused_is_said(error: WireError, sentence: str) -> None:
    async with staged(HOTLINE, SALES) as stage:
        await two_groups(stage)
        stage.world.link.refuse(TakeNext, error)
        rows(stage)[0].button.click()
        await stage.settled()
        assert stage.window.banners.problem.text == sentence


async def test_whom_others_take_and_without_a_line_nobody_can_be_taken() -> None:
    async with staged(HOTLINE, SALES) as stage:
        await two_groups(stage)
        taken = replace(HOTLINE, waiting=(datetime.now(UTC),))
        stage.world.link.change(RingGroupsChanged((taken, SALES)))
        await stage.settled()
        [row] = rows(stage)
        assert not row.button.isEnabled()
        assert "A colleague takes the call" in eyes.texts(row)

        await two_groups_again(stage)
        stage.world.link.cut(LinkProblem.LINE_LOST)
        await stage.settled()
        assert [row.button.isEnabled() for row in rows(stage)] == [False]
        eyes.press(stage.window, Qt.Key.Key_F9, SHIFT)
        await stage.settled()
        assert stage.window.banners.problem.isVisible()
        assert stage.world.link.commands == []


async def two_groups_again(stage: Stage) -> None:
    waits = replace(HOTLINE, waiting=(datetime.now(UTC),), next_caller=MUELLER)
    stage.world.link.change(RingGroupsChanged((waits, SALES)))
    await stage.settled()
