"""Whom a planned conference invites, in the window's table."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QTreeWidgetItem

from tests.gui.planned import WEEKLY, planning_world
from tests.gui.scenes_conference_plans import opened
from tests.gui.stage import Stage
from tests.helpers.waiting import wait_until_async
from wwphone.gui.icons import Icon, icon
from wwphone.protocol.conference_plans import PlannedConferenceChanged


def _drawn(item: QTreeWidgetItem) -> QImage:
    return item.icon(2).pixmap(24).toImage()


async def test_the_icon_of_an_answer_is_that_for_the_time_which_is_told(qapp: object) -> None:
    async with Stage("en", "light", planning_world()) as stage:
        dialog = await opened(stage)
        dialog._form.conferences.setCurrentRow(1)
        beat, carla = (dialog._form.invitees.topLevelItem(row) for row in (0, 1))
        assert beat is not None
        assert carla is not None
        colours = stage.shell.context.theme.colours
        accepted = icon(Icon.TICK, colours.status_green).pixmap(24).toImage()
        declined = icon(Icon.CLOSE, colours.status_red).pixmap(24).toImage()
        assert _drawn(beat) == accepted, "what he declined is another time"
        assert _drawn(carla) == declined, "she comes, but not to the next one"
        assert carla.text(2).endswith("otherwise accepted")

        week = timedelta(days=7)
        later = replace(WEEKLY, starts_at=WEEKLY.starts_at + week, ends_at=WEEKLY.ends_at + week)
        stage.world.link.change(PlannedConferenceChanged(later))
        await wait_until_async(lambda: _drawn(carla) == accepted, "the answer for the time after")
        assert _drawn(beat) == declined
