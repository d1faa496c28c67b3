"""Planned conferences in their windows: planned, remembered, checked, changed, cancelled, copied."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
import shiboken6
from PySide6.QtCore import QDate, Qt, QTime
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton

from tests.gui import eyes
from tests.gui.planned import (
    OFFER,
    OTHERS_ROOM,
    OWN_ROOM,
    WEEKLY,
    WORDS,
    at,
    invitee,
    planned,
    planning_world,
)
from tests.gui.scenes_conference_plans import editor_of, opened
from tests.gui.stage import Stage
from tests.gui.world import company
from tests.helpers.waiting import wait_until_async
from wwphone.cti.api import ErrorCode, WireError
from wwphone.domain.conference_plans import Answer, InvitationMail, PlannedConference, Repeat
from wwphone.gui.conference_plan import ConferencePlanDialog
from wwphone.gui.conference_plans import ConferencePlansDialog
from wwphone.protocol.conference import ConferenceRoomsChanged
from wwphone.protocol.conference_plans import (
    ChangeConference,
    PlanConference,
    PlannedConferenceChanged,
    PlannedConferenceRemoved,
    SendInvitationAgain,
)


@pytest_asyncio.fixture
async def stage() -> AsyncIterator[Stage]:
    """The window of somebody who may hold conferences."""
    async with Stage("en", "light", planning_world()) as made:
        yield made


async def _editor(stage: Stage, dialog: ConferencePlansDialog) -> ConferencePlanDialog:
    dialog.plan()
    return await editor_of(stage, dialog)


def _commands(stage: Stage, kind: type) -> list[object]:
    return [one for one in stage.world.link.commands if isinstance(one, kind)]


def _rows(dialog: ConferencePlansDialog) -> list[str]:
    return [dialog._form.conferences.item(row).text() for row in range(dialog._form.conferences.count())]


def _invitees(dialog: ConferencePlansDialog) -> list[tuple[str, str, str]]:
    table = dialog._form.invitees
    items = [table.topLevelItem(row) for row in range(table.topLevelItemCount())]
    return [(item.text(0), item.text(1), item.text(2)) for item in items if item is not None]


async def test_a_conference_is_planned_as_typed_and_the_next_one_begins_like_it(stage: Stage) -> None:
    dialog = await opened(stage)
    editor = await _editor(stage, dialog)
    form = editor._form
    assert form.room.currentText() == "204 · Anna Muster", "one's own number first"
    assert form.room.findData("207") == -1, "a room that one cannot control"
    form.plan_title.setText("  Quartal  IV ")
    form.place.setText("Telefon")
    form.day.setDate(QDate(2027, 3, 28))
    form.time.setTime(QTime(14, 30))
    form.zone.setCurrentText("Europe/Zurich")
    form.repeat.setCurrentIndex(list(Repeat).index(Repeat.WEEKLY))
    form.times.setValue(4)
    form.duration.setValue(90)
    form.lead.setValue(5)
    form.reply_to.setText("buero@muster-ag.ch")
    form.addresses.setPlainText("anna@muster-ag.ch\n\n Hans Brändli <hans@braendli.ch> \n")
    eyes.click("Send invitation", editor)
    await wait_until_async(lambda: dialog.editor is None, "the editor to close")

    (command,) = _commands(stage, PlanConference)
    assert isinstance(command, PlanConference)
    plan = command.plan
    assert plan.starts_at == datetime(2027, 3, 28, 12, 30, tzinfo=UTC), "summer time began that morning"
    assert (plan.zone, plan.duration_min, plan.lead_min) == ("Europe/Zurich", 90, 5)
    assert (plan.repeat, plan.times, plan.title) == (Repeat.WEEKLY, 4, "Quartal IV")
    assert plan.addresses == ("anna@muster-ag.ch", "Hans Brändli <hans@braendli.ch>")
    assert "The invitations are on their way." in eyes.texts(dialog)
    assert _invitees(dialog)[1] == ("Hans Brändli", "on its way", "no answer yet")

    again = await _editor(stage, dialog)
    assert again.plan.reply_to == "buero@muster-ag.ch"
    assert again.plan.addresses == ("anna@muster-ag.ch",), "only the first one is remembered"
    assert (again.plan.title, again.plan.place, again.plan.lead_min) == ("Quartal IV", "Telefon", 5)


async def test_what_is_wrong_is_said_before_anything_is_sent(stage: Stage) -> None:
    dialog = await opened(stage)
    editor = await _editor(stage, dialog)
    editor._form.description.setPlainText("Klicken Sie <link>, PIN <pin>")
    editor._form.addresses.setPlainText("hans")
    eyes.click("Send invitation", editor)
    await wait_until_async(editor._form.remarks.isVisible, "the remarks")
    text = editor._form.remarks.text()
    assert "“hans” is no e-mail address." in text
    assert "<link> is no variable" in text
    assert not _commands(stage, PlanConference)

    editor._form.description.setPlainText("Die Nummer kennen Sie, PIN <pin>")
    editor._form.addresses.setPlainText("hans@braendli.ch")
    assert not editor._form.remarks.isVisible(), "typing takes old remarks away"
    eyes.click("Send invitation", editor)
    await wait_until_async(editor._form.remarks.isVisible, "the warning")
    assert "Send it all the same?" in editor._form.remarks.text()
    eyes.click("Send invitation", editor)
    await wait_until_async(lambda: dialog.editor is None, "the editor to close")
    assert len(_commands(stage, PlanConference)) == 1


async def test_a_preview_shows_text_page_and_calendar(stage: Stage) -> None:
    dialog = await opened(stage)
    editor = await _editor(stage, dialog)
    eyes.click("Preview", editor)
    await wait_until_async(lambda: editor._form.pages.currentIndex() == 1, "the preview")
    assert "+41 44 555 01 80" in editor._form.preview_text.toPlainText()
    assert "+41 44 555 01 80" in editor._form.preview_html.toPlainText()
    assert "METHOD:REQUEST" in editor._form.preview_calendar.toPlainText()
    eyes.press(editor, Qt.Key.Key_Escape)
    assert editor._form.pages.currentIndex() == 0, "Escape leads back, and closes nothing"
    assert not _commands(stage, PlanConference)


async def test_what_was_typed_is_not_given_up_by_one_key(stage: Stage) -> None:
    dialog = await opened(stage)
    editor = await _editor(stage, dialog)
    editor._form.description.setPlainText("Eine lange Beschreibung <number> <pin>")
    eyes.press(editor, Qt.Key.Key_Escape)
    assert editor.isVisible()
    assert eyes.has_button("Give up", editor)
    editor._form.place.setText("x")
    eyes.type_into(editor._form.place, "y")
    assert eyes.has_button("Cancel", editor), "who types on does not give up"
    eyes.press(editor, Qt.Key.Key_Escape)
    eyes.press(editor, Qt.Key.Key_Escape)
    await wait_until_async(lambda: dialog.editor is None, "the editor to close")


async def test_a_change_is_sent_with_what_one_knows(stage: Stage) -> None:
    dialog = await opened(stage)
    dialog._form.conferences.setCurrentRow(1)
    eyes.click("Change …", dialog)
    editor = await editor_of(stage, dialog)
    assert editor.plan == WEEKLY.plan, "opening changes nothing"
    editor._form.time.setTime(QTime(11, 0))
    eyes.click("Send the change", editor)
    await wait_until_async(lambda: dialog.editor is None, "the editor to close")
    (command,) = _commands(stage, ChangeConference)
    assert isinstance(command, ChangeConference)
    assert (command.conference_id, command.sequence) == ("weekly", 0)


async def test_a_change_on_another_pc_is_told_while_one_types(stage: Stage) -> None:
    dialog = await opened(stage)
    dialog.plan(OFFER)
    editor = await editor_of(stage, dialog)
    stage.world.link.change(PlannedConferenceChanged(replace(OFFER, sequence=1)))
    await wait_until_async(editor._form.banner.isVisible, "the banner")
    assert "changed meanwhile" in editor._form.banner_text.text()
    stage.world.link.refuse(ChangeConference, WireError(ErrorCode.CONFLICT, "it was changed since"))
    eyes.click("Send the change", editor)
    await wait_until_async(editor._form.remarks.isVisible, "the refusal")
    assert editor.isVisible(), "what was typed stays"


async def test_mails_and_answers_show_as_they_come(stage: Stage) -> None:
    dialog = await opened(stage)
    plans = stage.world.link.conference_plans
    plans.answer("offer", "info@mueller-soehne.ch", Answer.ACCEPTED)
    plans.arrive("offer", "info@mueller-soehne.ch", InvitationMail.SENT)
    await wait_until_async(
        lambda: ("info@mueller-soehne.ch", "sent", "accepted") in _invitees(dialog), "the answer"
    )
    assert "3 accepted" in _rows(dialog)[0]
    failed = dialog._form.invitees.topLevelItem(4)
    assert failed is not None
    failed.setSelected(True)
    assert WORDS in eyes.texts(dialog)
    eyes.click("Send again", dialog)
    await wait_until_async(lambda: _commands(stage, SendInvitationAgain) != [], "the command")
    assert _invitees(dialog)[4][1] == "on its way"


async def test_a_link_is_copied_for_the_chosen_person(stage: Stage) -> None:
    dialog = await opened(stage)
    assert not eyes.button("Copy link", dialog).isEnabled()
    chosen = dialog._form.invitees.topLevelItem(1)
    assert chosen is not None
    chosen.setSelected(True)
    eyes.click("Copy link", dialog)
    assert QGuiApplication.clipboard().text() == "tel:+41445550180,,482917%23"
    assert "Hans Brändli’s dial-in is copied." in eyes.texts(dialog)


async def test_cancelling_asks_and_tells(stage: Stage) -> None:
    dialog = await opened(stage)
    eyes.click("Cancel the conference …", dialog)
    assert any("All 6 invited people" in text for text in eyes.texts(dialog))
    eyes.click("Keep it", dialog)
    assert not eyes.has_button("Cancel and tell everybody", dialog)
    eyes.click("Cancel the conference …", dialog)
    really = eyes.button("Cancel and tell everybody", dialog)
    really.setFocus()
    eyes.press(really, Qt.Key.Key_Return)
    await wait_until_async(
        lambda: any("cancelled" in row for row in _rows(dialog) if "Offerte" in row), "it to be cancelled"
    )
    assert "The conference is cancelled." in eyes.texts(dialog)


async def test_what_goes_on_can_be_extended(stage: Stage) -> None:
    dialog = await opened(stage)
    assert not eyes.has_button("15 minutes more", dialog)
    now: PlannedConference = planned("now", "Jetzt", datetime.now(UTC) - timedelta(minutes=5))
    stage.world.link.change(PlannedConferenceChanged(now))
    await wait_until_async(lambda: "goes on" in _rows(dialog)[0], "the new one")
    dialog._form.conferences.setCurrentRow(0)
    longer = dialog._form.extend
    longer.setFocus()
    eyes.press(longer, Qt.Key.Key_Space)
    assert not longer.isEnabled()
    assert not dialog._form.cancel_conference.hasFocus(), "the same key again must not ask to cancel it"
    plans = stage.world.services.conference_plans
    await wait_until_async(
        lambda: (one := plans.conference("now")) is not None and one.ends_at > now.ends_at, "it to be longer"
    )
    await wait_until_async(longer.hasFocus, "the keyboard at the button again")


async def test_the_feed_is_copied_whole_and_ended(stage: Stage) -> None:
    dialog = await opened(stage)
    eyes.choose(dialog._feed_menu, "Copy a new secret address")
    await wait_until_async(lambda: stage.world.services.conference_plans.feed, "the feed")
    await wait_until_async(lambda: "secret address" in dialog._form.told.text(), "the word")
    address = QGuiApplication.clipboard().text()
    assert address == "https://pbx.muster-ag.ch:8443/conferences/secret-1.ics"
    eyes.choose(dialog._feed_menu, "No feed any more")
    await wait_until_async(lambda: not stage.world.services.conference_plans.feed, "no feed")


@pytest.mark.parametrize("how", ["line", "mail"])
async def test_nothing_can_be_sent_without_line_or_mail(stage: Stage, how: str) -> None:
    dialog = await opened(stage)
    editor = await _editor(stage, dialog)
    if how == "line":
        stage.world.link.cut()
    else:
        rooms = stage.world.link.mirror.conferences.rooms
        stage.world.link.change(ConferenceRoomsChanged(released=True, mail_possible=False, rooms=rooms))
    await wait_until_async(editor._form.banner.isVisible, "the banner")
    assert not eyes.button("Send invitation", editor).isEnabled()
    assert editor.plan.addresses, "what was typed stays"


async def test_the_windows_go_with_the_right(stage: Stage) -> None:
    dialog = await opened(stage)
    await _editor(stage, dialog)
    stage.world.link.change(ConferenceRoomsChanged(released=False, mail_possible=True, rooms=()))
    await wait_until_async(lambda: not dialog.isVisible(), "the windows to close")


async def test_closing_the_list_asks_before_what_was_typed_is_given_up(stage: Stage) -> None:
    dialog = await opened(stage)
    editor = await _editor(stage, dialog)
    eyes.type_into(editor._form.place, "Zimmer 4")
    eyes.click("Close", dialog)
    assert dialog.isVisible()
    assert editor.isVisible()
    assert eyes.has_button("Give up", editor)
    eyes.click("Close", dialog)
    await wait_until_async(lambda: not dialog.isVisible(), "the windows to close")
    assert dialog.editor is None


async def test_what_was_typed_outlives_the_session_but_is_nobody_elses(stage: Stage) -> None:
    dialog = await opened(stage)
    editor = await _editor(stage, dialog)
    eyes.type_into(editor._form.place, "Zimmer 4")
    editor._form.room.setCurrentIndex(1)
    typed = editor.plan
    await stage.world.services.account.sign_out()
    await stage.settled()
    assert editor.isVisible()
    assert editor.plan == typed, "the room, too, though there is none without a session"
    assert not eyes.button("Send invitation", editor).isEnabled()
    await stage.world.sign_in()
    await stage.settled()
    assert editor.plan == typed
    assert eyes.button("Send invitation", editor).isEnabled()
    await stage.world.services.account.sign_out()
    stage.world.link._truth.profile = replace(company().profile, user="beat")
    await stage.world.sign_in()
    await wait_until_async(lambda: not shiboken6.isValid(editor), "the windows to go")


async def test_nothing_is_given_up_while_it_is_being_sent(stage: Stage) -> None:
    dialog = await opened(stage)
    editor = await _editor(stage, dialog)
    eyes.type_into(editor._form.place, "Zimmer 4")
    stage.world.link.refuse(PlanConference, WireError(ErrorCode.NO_SPACE, "full"))
    eyes.click("Send invitation", editor)
    eyes.press(editor, Qt.Key.Key_Escape)
    eyes.press(editor, Qt.Key.Key_Escape)
    await wait_until_async(editor._form.remarks.isVisible, "the refusal")
    assert editor.isVisible(), "what was typed stays"
    assert eyes.has_button("Cancel", editor)


async def test_a_room_that_cannot_be_used_any_more_is_not_exchanged_unasked(stage: Stage) -> None:
    dialog = await opened(stage)
    editor = await _editor(stage, dialog)
    editor._form.room.setCurrentIndex(1)
    stage.world.link.change(
        ConferenceRoomsChanged(released=True, mail_possible=True, rooms=(OWN_ROOM, OTHERS_ROOM))
    )
    await stage.settled()
    assert editor.plan.room == "870", "the server says what is wrong with it"


async def test_the_question_about_cancelling_goes_with_its_conference(stage: Stage) -> None:
    dialog = await opened(stage)
    eyes.click("Cancel the conference …", dialog)
    stage.world.link.change(PlannedConferenceRemoved("offer"))
    await wait_until_async(lambda: "Wochensitzung" in _rows(dialog)[0], "the list to follow")
    assert not eyes.has_button("Cancel and tell everybody", dialog), "it would cancel another one"


async def test_whoever_reads_stays_where_they_are_while_mails_are_sent(stage: Stage) -> None:
    dialog = await opened(stage)
    many = planned("many", "Alle", at(1, 9), *(invitee(f"{one}@muster-ag.ch", "") for one in range(500)))
    stage.world.link.change(PlannedConferenceChanged(many))
    await wait_until_async(lambda: len(_rows(dialog)) == 4, "the new one")
    dialog._form.conferences.setCurrentRow(_rows(dialog).index(_row_of(dialog, "Alle")))
    table = dialog._form.invitees
    item = table.topLevelItem(400)
    assert item is not None
    table.setCurrentItem(item)
    table.scrollToItem(item)
    place = table.verticalScrollBar().value()
    assert place > 0
    stage.world.link.conference_plans.answer("many", "450@muster-ag.ch", Answer.DECLINED)
    await wait_until_async(lambda: _invitees(dialog)[450][2] == "declined", "the answer")
    assert table.currentItem() is item
    assert [one.text(0) for one in table.selectedItems()] == ["400@muster-ag.ch"]
    assert table.verticalScrollBar().value() == place


async def test_a_time_zone_that_this_pc_lacks_is_not_taken_for_another(stage: Stage) -> None:
    dialog = await opened(stage)
    editor = await _editor(stage, dialog)
    editor._form.zone.setCurrentText("Europe/Zürich")
    eyes.click("Send invitation", editor)
    await stage.settled()
    assert "does not know this time zone" in editor._form.remarks.text()
    assert not _commands(stage, PlanConference)
    elsewhere = replace(OFFER, plan=replace(OFFER.plan, zone="Mars/Olympus"))
    eyes.press(editor, Qt.Key.Key_Escape)
    eyes.press(editor, Qt.Key.Key_Escape)
    dialog.plan(elsewhere)
    again = await editor_of(stage, dialog)
    assert again.plan.starts_at == OFFER.plan.starts_at, "the moment counts"


@pytest.mark.parametrize(
    ("code", "words"),
    [(ErrorCode.CONFLICT, "as much as one may"), (ErrorCode.NOT_PERMITTED, "You do not have the right")],
)
async def test_a_refusal_says_what_it_means_here(stage: Stage, code: ErrorCode, words: str) -> None:
    dialog = await opened(stage)
    editor = await _editor(stage, dialog)
    stage.world.link.refuse(PlanConference, WireError(code, "no"))
    eyes.click("Send invitation", editor)
    await wait_until_async(editor._form.remarks.isVisible, "the refusal")
    assert words in editor._form.remarks.text()
    assert editor.isVisible(), "what was typed stays"


async def test_many_remarks_do_not_fill_the_screen(stage: Stage) -> None:
    dialog = await opened(stage)
    editor = await _editor(stage, dialog)
    eyes.press(editor._form.place, Qt.Key.Key_Return)
    assert not editor._is_busy, "Enter in a field sends nothing"
    editor._form.addresses.setPlainText("\n".join(f"nobody {number}" for number in range(500)))
    eyes.click("Send invitation", editor)
    await wait_until_async(editor._form.remarks.isVisible, "the remarks")
    assert editor._form.remarks.text().splitlines()[-1] == "and 494 more"


async def test_no_two_fields_have_the_same_key(stage: Stage) -> None:
    dialog = await opened(stage)
    editor = await _editor(stage, dialog)
    for language in ("en", "de"):
        stage.shell.context.language.choose(language)
        await stage.settled()
        for window in (dialog, editor):
            shown: list[QLabel | QPushButton] = [
                *window.findChildren(QLabel),
                *window.findChildren(QPushButton),
            ]
            keys = [_key(one.text()) for one in shown if one.isVisible() and one.window() is window]
            pressed = [key for key in keys if key]
            assert len(pressed) == len(set(pressed)), (language, sorted(pressed))


def _key(text: str) -> str:
    """The letter that leads there with Alt; empty: none."""
    found = re.search("&(\\w)", text)
    return found[1].casefold() if found else ""


def _row_of(dialog: ConferencePlansDialog, title: str) -> str:
    return next(row for row in _rows(dialog) if row.startswith(title))
