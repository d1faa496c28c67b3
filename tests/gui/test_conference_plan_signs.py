"""Signs in the windows of planned conferences: which fields are wrong, what is on its way, who is oneself, which button is the main one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest_asyncio
from PySide6.QtWidgets import QPushButton

from tests.gui import eyes
from tests.gui.planned import at, invitee, planned, planning_world
from tests.gui.scenes_conference_plans import editor_of, opened
from tests.gui.stage import Stage
from tests.helpers.waiting import wait_until_async
from wwphone.domain.conference_plans import InvitationMail, PlanProblem, PlanRemark
from wwphone.domain.presence import Colleague
from wwphone.gui.conference_plan import ConferencePlanDialog
from wwphone.gui.conference_plans import ConferencePlansDialog
from wwphone.protocol.conference_plans import PlannedConferenceChanged
from wwphone.protocol.presence import ColleagueChanged

ON_THEIR_WAY = "The invitations are on their way."


@pytest_asyncio.fixture
async def stage() -> AsyncIterator[Stage]:
    """The window of somebody who may hold conferences."""
    async with Stage("en", "light", planning_world()) as made:
        yield made


async def _editor(stage: Stage, dialog: ConferencePlansDialog) -> ConferencePlanDialog:
    dialog.plan()
    return await editor_of(stage, dialog)


def _invitees(dialog: ConferencePlansDialog) -> list[tuple[str, str, str]]:
    table = dialog._form.invitees
    items = [table.topLevelItem(row) for row in range(table.topLevelItemCount())]
    return [(item.text(0), item.text(1), item.text(2)) for item in items if item is not None]


async def test_the_fields_that_something_is_wrong_with_are_marked_until_one_types(stage: Stage) -> None:
    editor = await _editor(stage, await opened(stage))
    form = editor._form
    form.description.setPlainText("Klicken Sie <link>, PIN <pin>, Nummer <number>")
    form.addresses.setPlainText("hans")
    eyes.click("Send invitation", editor)
    await wait_until_async(form.remarks.isVisible, "the remarks")
    assert set(editor._marks.marked) == {form.addresses, form.description}
    assert form.addresses.property("invalid") is True
    assert form.addresses.accessibleDescription() == "“hans” is no e-mail address."
    assert not form.plan_title.property("invalid")
    form.addresses.setPlainText("hans@braendli.ch")
    assert not editor._marks.marked
    assert not form.addresses.property("invalid")
    assert form.addresses.accessibleDescription() == ""


async def test_each_problem_is_marked_where_it_is(stage: Stage) -> None:
    editor = await _editor(stage, await opened(stage))
    form = editor._form
    form.reply_to.setText("nobody")
    form.place.setText("At <home>")
    for problem, detail, expected in (
        (PlanProblem.BAD_ADDRESS, "nobody", (form.reply_to,)),
        (PlanProblem.BAD_ADDRESS, "hans", (form.addresses,)),
        (PlanProblem.TOO_LONG, "place", (form.place,)),
        (PlanProblem.UNKNOWN_VARIABLE, "<home>", (form.place,)),
        (PlanProblem.IN_THE_PAST, "", (form.day, form.time)),
        (PlanProblem.ROOM_TAKEN, "Budget", (form.room,)),
        (PlanProblem.NO_MAIL, "", ()),
    ):
        editor._marks.put((PlanRemark(problem, detail),))
        assert editor._marks.marked == expected, problem
    for problem in set(PlanProblem) - {PlanProblem.NO_MAIL, PlanProblem.UNKNOWN_VARIABLE}:
        editor._marks.put((PlanRemark(problem),))
        assert editor._marks.marked, problem


async def test_what_is_on_its_way_is_said_until_it_is_sent(stage: Stage) -> None:
    dialog = await opened(stage)
    editor = await _editor(stage, dialog)
    editor._form.plan_title.setText("Quartal IV")
    editor._form.addresses.setPlainText("anna@muster-ag.ch\nhans@braendli.ch\n")
    eyes.click("Send invitation", editor)
    await wait_until_async(lambda: dialog.editor is None, "the editor to close")
    made = stage.world.services.conference_plans.planned
    sent = next(one for one in made if one.plan.title == "Quartal IV")
    assert ON_THEIR_WAY in eyes.texts(dialog)
    for one, still in zip(sent.invitees, (True, False), strict=True):
        stage.world.link.conference_plans.arrive(sent.conference_id, one.address, InvitationMail.SENT)
        await stage.settled()
        assert (ON_THEIR_WAY in eyes.texts(dialog)) is still


async def test_who_invites_reads_that_it_is_they_themselves(stage: Stage) -> None:
    dialog = await opened(stage)
    profile = stage.world.services.account.snapshot.profile
    assert profile is not None
    me = Colleague(profile.user, "204", "Anna Muster", "Empfang", "Anna.Muster@muster-ag.ch")
    one = planned("mine", "Mine", at(1, 9), invitee("anna.muster@muster-ag.ch", "Anna Muster"))
    two = replace(one, invitees=(*one.invitees, invitee("hans@braendli.ch", "Hans Brändli")))
    stage.world.link.change(ColleagueChanged(me), PlannedConferenceChanged(two))
    await stage.settled()
    conferences = dialog._form.conferences
    rows = [conferences.item(row).text() for row in range(conferences.count())]
    conferences.setCurrentRow(next(row for row, text in enumerate(rows) if "Mine" in text))
    assert _invitees(dialog) == [
        ("Anna Muster (you)", "sent", "you invite"),
        ("Hans Brändli", "sent", "no answer yet"),
    ]


async def test_one_button_is_the_main_one(stage: Stage) -> None:
    dialog = await opened(stage)
    pushes = eyes.visible(QPushButton, dialog)
    assert [one.objectName() for one in pushes if one.property("role") == "primary"] == ["plan_button"]
