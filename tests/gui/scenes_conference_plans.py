"""Scenes of planned conferences: what is planned, the plan itself, its preview, what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from tests.gui import eyes
from tests.gui.contacts import filled
from tests.gui.planned import OFFER, planning_world
from tests.gui.scene import Scene
from tests.gui.stage import WIDE, Stage
from tests.helpers.waiting import wait_until_async
from wwphone.gui.conference_plan import ConferencePlanDialog
from wwphone.gui.conference_planning import ConferencePlanning
from wwphone.gui.conference_plans import ConferencePlansDialog

Shown = Sequence[QWidget]


async def opened(stage: Stage) -> ConferencePlansDialog:
    """Sign in and show what is planned."""
    await stage.signed_in(WIDE)
    await filled(stage)
    planning = ConferencePlanning(stage.shell.context, stage.window)
    planning.show_plans()
    await stage.settled()
    assert planning.dialog is not None
    return planning.dialog


async def editor_of(stage: Stage, dialog: ConferencePlansDialog) -> ConferencePlanDialog:
    """The window in which a conference is planned."""
    await stage.settled()
    assert dialog.editor is not None
    return dialog.editor


async def _plans(stage: Stage) -> Shown:
    dialog = await opened(stage)
    dialog._form.conferences.setCurrentRow(0)
    failed = dialog._form.invitees.topLevelItem(4)
    assert failed is not None
    failed.setSelected(True)
    await stage.settled()
    return [dialog]


async def _answered_for_one_time(stage: Stage) -> Shown:
    dialog = await opened(stage)
    dialog._form.conferences.setCurrentRow(1)
    await stage.settled()
    return [dialog]


async def _nothing_planned(stage: Stage) -> Shown:
    return [await opened(stage)]


async def _cancelling(stage: Stage) -> Shown:
    dialog = await opened(stage)
    dialog._form.cancel_conference.click()
    await stage.settled()
    return [dialog]


async def _new_plan(stage: Stage) -> Shown:
    dialog = await opened(stage)
    dialog.plan()
    editor = await editor_of(stage, dialog)
    eyes.type_into(editor._form.add_address, "braendli")
    await stage.settled()
    return [editor]


async def _changed_plan(stage: Stage) -> Shown:
    dialog = await opened(stage)
    dialog._form.conferences.setCurrentRow(1)
    dialog._form.change.click()
    return [await editor_of(stage, dialog)]


async def _preview(stage: Stage) -> Shown:
    dialog = await opened(stage)
    dialog.plan(OFFER)
    editor = await editor_of(stage, dialog)
    editor._form.preview_button.click()
    await wait_until_async(lambda: editor._form.pages.currentIndex() == 1, "the preview")
    await stage.settled()
    return [editor]


async def _remarks(stage: Stage) -> Shown:
    dialog = await opened(stage)
    dialog.plan()
    editor = await editor_of(stage, dialog)
    editor._form.description.setPlainText("Bitte <link> anklicken, PIN <pin>.")
    editor._form.addresses.setPlainText("anna.muster@muster-ag.ch\nhans braendli")
    editor._form.send.click()
    await wait_until_async(editor._form.remarks.isVisible, "the remarks")
    await stage.settled()
    return [editor]


async def _no_mail(stage: Stage) -> Shown:
    dialog = await opened(stage)
    dialog.plan()
    return [await editor_of(stage, dialog)]


CONFERENCE_PLAN_SCENES = (
    Scene("conference-plans", _plans, everywhere=True, world=planning_world),
    Scene("conference-plans-one-time", _answered_for_one_time, world=planning_world),
    Scene("conference-plans-empty", _nothing_planned, world=lambda: planning_world(plans=())),
    Scene("conference-plans-cancelling", _cancelling, world=planning_world),
    Scene("conference-plan", _new_plan, everywhere=True, world=planning_world),
    Scene("conference-plan-change", _changed_plan, world=planning_world),
    Scene("conference-plan-preview", _preview, world=planning_world),
    Scene("conference-plan-remarks", _remarks, world=planning_world),
    Scene("conference-plan-no-mail", _no_mail, world=lambda: planning_world(mail_possible=False)),
)
