"""Whom a planned conference invites, and what its dialog does with what one types."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from PySide6.QtCore import Qt

from tests.gui import eyes
from tests.gui.planned import planning_world
from tests.gui.scenes_conference_plans import editor_of, opened
from tests.gui.stage import Stage
from tests.helpers.waiting import wait_until_async
from wwphone.domain.presence import Colleague
from wwphone.gui.conference_plan import ConferencePlanDialog
from wwphone.protocol.conference_plans import PlanConference, PreviewInvitation
from wwphone.protocol.presence import ColleagueChanged


@pytest_asyncio.fixture
async def stage() -> AsyncIterator[Stage]:
    """The window of somebody who may hold conferences."""
    async with Stage("en", "light", planning_world()) as made:
        yield made


async def _editor(stage: Stage) -> ConferencePlanDialog:
    dialog = await opened(stage)
    dialog.plan()
    return await editor_of(stage, dialog)


def _commands(stage: Stage, kind: type) -> list[object]:
    return [one for one in stage.world.link.commands if isinstance(one, kind)]


async def test_addresses_come_from_the_phone_book(stage: Stage) -> None:
    editor = await _editor(stage)
    eyes.type_into(editor._form.add_address, "braendli")
    offered = editor._addresses._completer._model.stringList()
    assert offered == ["Hans Brändli <hans@braendli.ch>"]
    editor._addresses._completer.chosen.emit(offered[0])
    assert editor.plan.addresses == ("anna.muster@muster-ag.ch", "Hans Brändli <hans@braendli.ch>")
    editor._addresses._completer.chosen.emit(offered[0])
    assert len(editor.plan.addresses) == 2, "nobody twice"


async def test_colleagues_are_offered_by_their_address_and_nobody_twice(stage: Stage) -> None:
    carla = Colleague("carla", "208", "Carla Brändli", "Sales", "carla@muster-ag.ch")
    stage.world.link.change(ColleagueChanged(carla))
    stage.world.link.change(ColleagueChanged(Colleague("carlo", "209", "Carlo Ohne", "Sales")))
    twice = Colleague("hans", "233", "Hans B.", "Sales", "Hans@Braendli.ch")
    stage.world.link.change(ColleagueChanged(twice))
    editor = await _editor(stage)
    field, offered = editor._form.add_address, editor._addresses._completer._model
    eyes.type_into(field, "carl")
    assert offered.stringList() == ["Carla Brändli <carla@muster-ag.ch>"]
    eyes.press(field, Qt.Key.Key_Return)
    assert editor.plan.addresses[-1] == "Carla Brändli <carla@muster-ag.ch>"
    eyes.type_into(field, "hans")
    assert [one for one in offered.stringList() if "braendli.ch" in one.casefold()] == [
        '"Hans B." <Hans@Braendli.ch>'
    ]


async def test_enter_invites_the_first_who_was_found(stage: Stage) -> None:
    editor = await _editor(stage)
    field = editor._form.add_address
    eyes.type_into(field, "braendli")
    eyes.press(field, Qt.Key.Key_Return)
    assert editor.plan.addresses[-1] == "Hans Brändli <hans@braendli.ch>"
    assert field.text() == ""


async def test_what_stands_in_the_field_for_addresses_is_not_forgotten_when_it_is_sent(stage: Stage) -> None:
    dialog = await opened(stage)
    dialog.plan()
    editor = await editor_of(stage, dialog)
    form = editor._form
    form.plan_title.setText("Offerte")
    eyes.type_into(form.add_address, "niemand")
    form.send.click()
    await stage.settled()
    assert not _commands(stage, PreviewInvitation)
    assert form.remarks.text().startswith("“niemand” is not invited")
    assert form.add_address.hasFocus()
    eyes.type_into(form.add_address, "@muster-ag.ch; carla@muster-ag.ch")
    assert not form.remarks.isVisible()
    form.send.click()
    await wait_until_async(lambda: bool(_commands(stage, PlanConference)), "the conference")
    [sent] = _commands(stage, PlanConference)
    assert isinstance(sent, PlanConference)
    await wait_until_async(lambda: dialog.editor is None, "the list of what is planned")
    assert dialog.focusWidget() is dialog._form.conferences, "not at Close, where Enter closes it"
    assert sent.plan.addresses[-2:] == ("niemand@muster-ag.ch", "carla@muster-ag.ch")


async def test_addresses_are_pasted_as_mail_programs_write_them(stage: Stage) -> None:
    editor = await _editor(stage)
    editor._form.addresses.setPlainText(
        'anna@muster.ch, beat@muster.ch\n\nJürg Zürcher <juerg@example.net>; "Egli, Silvia" <silvia@egli.ch>;\n'
        "Müller, Hans <hans@mueller.example>, mueller@\n"
    )
    assert editor.plan.addresses == (
        *("anna@muster.ch", "beat@muster.ch", "Jürg Zürcher <juerg@example.net>"),
        *('"Egli, Silvia" <silvia@egli.ch>', "Müller, Hans <hans@mueller.example>", "mueller@"),
    )


async def test_who_comes_to_the_addresses_by_key_writes_below_them(stage: Stage) -> None:
    editor = await _editor(stage)
    eyes.type_into(editor._form.addresses, "carla@muster-ag.ch")
    assert editor.plan.addresses == ("anna.muster@muster-ag.ch", "carla@muster-ag.ch")
    eyes.type_into(editor._form.add_address, "braendli")
    eyes.press(editor._form.add_address, Qt.Key.Key_Return)
    eyes.type_into(editor._form.addresses, "eva@muster-ag.ch")
    assert editor.plan.addresses[-2:] == ("Hans Brändli <hans@braendli.ch>", "eva@muster-ag.ch")


async def test_a_new_title_replaces_the_former_one(stage: Stage) -> None:
    editor = await _editor(stage)
    assert editor._form.plan_title.text()
    eyes.type_into(editor._form.plan_title, "Budget")
    assert editor._form.plan_title.text() == "Budget"
