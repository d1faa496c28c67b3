"""The conference window, as a person uses it (requirement 002): opened and closed, one's room, oneself, the call card."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QWidget

from tests.gui import eyes
from tests.gui.conferences import (
    ANNA,
    BEATS,
    CARLA,
    CTRL,
    HERS,
    OWN,
    SALES,
    asked_for,
    begin,
    chairwoman,
    followed,
    invite,
    names,
    of,
    opened,
    plan,
    planned,
)
from tests.gui.kept_recordings import running
from tests.gui.stage import Stage
from tests.helpers.waiting import wait_until_async
from wwphone.config.options import CONFERENCE_GEOMETRY
from wwphone.cti.api import ErrorCode, LinkProblem, WireError
from wwphone.domain.conference import InvitationState
from wwphone.gui.conference_window import ConferenceWindow
from wwphone.gui.settings_window import SettingsPage
from wwphone.protocol.conference import (
    EndConference,
    LockConference,
    WithdrawInvitation,
)
from wwphone.protocol.recording import StartRecording, StopRecording
from wwphone.services.calls import CannotDial

# ---------------------------------------------------------------- opening and closing


async def test_it_opens_from_rail_and_settings_only_where_it_is_released(chair: Stage) -> None:
    await chair.signed_in()
    button = chair.window._form.conference_button
    assert (button.accessibleName(), button.toolTip()) == ("Conference", "Conference (Ctrl+5)")
    assert button.isVisible()
    eyes.press(chair.window, Qt.Key.Key_5, CTRL)
    await wait_until_async(lambda: chair.shell.conference_window is not None, "the window")
    assert of(chair).isVisible()
    of(chair).close()
    chair.shell.open_settings(SettingsPage.GENERAL)
    await chair.settled()
    assert chair.shell.settings_window is not None
    eyes.click("Conferences …", chair.shell.settings_window)
    await chair.settled()
    assert of(chair).isVisible()


async def test_without_the_release_there_is_no_way_to_it(signed_in: Stage) -> None:
    assert not signed_in.window._form.conference_button.isVisible()
    signed_in.shell.open_settings(SettingsPage.GENERAL)
    await signed_in.settled()
    assert signed_in.shell.settings_window is not None
    assert not eyes.has_button("Conferences …", signed_in.shell.settings_window)
    signed_in.shell.open_conference()
    assert not of(signed_in).isVisible()


async def test_a_right_that_is_withdrawn_closes_it_with_a_word(chair: Stage) -> None:
    window = await opened(chair)
    chair.world.link.conference.set_rooms(released=False)
    await chair.settled()
    assert not window.isVisible()
    assert not chair.window._form.conference_button.isVisible()
    assert "lets you hold conferences no more" in chair.window.banners.problem.text
    chair.world.link.conference.set_rooms(OWN)
    await chair.settled()
    assert chair.window._form.conference_button.isVisible()


async def test_it_closes_with_the_session(chair: Stage) -> None:
    window = await opened(chair)
    await chair.world.services.account.sign_out()
    await chair.settled()
    assert not window.isVisible()
    assert chair.window.banners.problem.text == "", "no right was withdrawn"


async def test_keys_of_buttons_that_do_not_show_do_nothing(chair: Stage) -> None:
    window = await opened(chair)
    eyes.press(window, Qt.Key.Key_E, CTRL | Qt.KeyboardModifier.ShiftModifier)
    eyes.press(window, Qt.Key.Key_M, CTRL | Qt.KeyboardModifier.ShiftModifier)
    await chair.settled()
    assert not window._question.isVisible()
    assert not asked_for(chair)


async def test_close_closes_the_window_only_and_it_shows_all_again(chair: Stage) -> None:
    window = await opened(chair)
    begin(chair, ANNA, HERS)
    await invite(chair, {"207": InvitationState.RINGING})
    await followed(chair, window)
    before = names(window)
    eyes.click("Close", window)
    await chair.settled()
    assert not window.isVisible()
    assert not any(isinstance(each, EndConference | WithdrawInvitation) for each in asked_for(chair))
    chair.world.link.conference.come(CARLA)
    chair.world.link.conference.become("invitation-1", InvitationState.BUSY)
    chair.window._form.conference_button.click()
    await chair.settled()
    assert names(window) == ([*before[0], "Carla Brändli"], before[1])
    assert window.invited.model.rows[0].standing.value == "busy"


async def test_it_remembers_where_it_stood(chair: Stage) -> None:
    window = await opened(chair)
    window.setGeometry(20, 30, 840, 560)
    eyes.press(window, Qt.Key.Key_Escape)
    assert not window.isVisible()
    assert "840, 560" in chair.world.settings.text(CONFERENCE_GEOMETRY)
    chair.shell.conference_window = None
    chair.window._form.conference_button.click()
    await chair.settled()
    assert of(chair) is not window
    assert (of(chair).width(), of(chair).height()) == (840, 560)


# ---------------------------------------------------------------- the room, and oneself


async def test_ones_own_room_comes_first_and_another_can_be_chosen(chair: Stage) -> None:
    window = await opened(chair)
    box = window._form.room
    assert [box.itemText(place) for place in range(box.count())] == ["204 · my room", "870 · Sales"]
    assert box.currentText() == "204 · my room"
    begin(chair, ANNA)
    chair.world.link.conference.come(replace(CARLA, room=SALES.number))
    await followed(chair, window)
    assert names(window)[0] == ["Anna Muster"]
    box.setCurrentIndex(1)
    box.activated.emit(1)
    await followed(chair, window)
    assert names(window)[0] == ["Carla Brändli"]
    chair.world.link.conference.set_rooms(OWN)
    await followed(chair, window)
    assert box.currentText() == "204 · my room", "the other one is gone"


async def test_dialling_in_and_hanging_up(chair: Stage) -> None:
    window = await opened(chair)
    assert not eyes.has_button("Hang up", window)
    eyes.click("Dial in", window)
    await followed(chair, window)
    [ours] = chair.calls.running
    assert ours.remote.number == "901"
    assert not eyes.has_button("Dial in", window)
    assert window._form.state_line.text() == "Dialling in …"
    eyes.press(window, Qt.Key.Key_F5)
    assert len(chair.calls.running) == 1, "one is there already"
    chair.engine.far_end_answers(ours.call_id)
    begin(chair, ANNA)
    await followed(chair, window)
    eyes.press(window, Qt.Key.Key_F6)
    await chair.settled()
    assert not chair.calls.running


async def test_why_one_cannot_dial_in_stands_in_the_window(chair: Stage) -> None:
    window = await opened(chair)
    chair.world.services.calls.why_not = lambda _: CannotDial.NOT_REGISTERED
    eyes.click("Dial in", window)
    await chair.settled()
    assert window._problem.text
    assert window._problem.isVisible()


async def test_locking_shows_what_is_and_needs_somebody_there(chair: Stage) -> None:
    window = await opened(chair)
    lock = window._form.lock_button
    assert not lock.isEnabled()
    begin(chair, ANNA)
    await followed(chair, window)
    eyes.press(window, Qt.Key.Key_L, CTRL)
    await followed(chair, window)
    assert asked_for(chair) == [LockConference(OWN.number, locked=True)]
    assert (lock.isChecked(), lock.text()) == (True, "Locked")
    assert "locked" in window._form.state_line.text()
    window.there.focus()
    eyes.press(window.there.list, Qt.Key.Key_L)
    await followed(chair, window)
    assert asked_for(chair)[-1] == LockConference(OWN.number, locked=False)
    assert not lock.isChecked()


async def test_recording_is_that_of_ones_own_call(chair: Stage) -> None:
    window = await opened(chair)
    record = window._form.record_button
    assert record.isVisible()
    assert not record.isEnabled()
    assert record.toolTip() == "Dial in, then you can record the conference (Ctrl+R)"
    call_id = await chair.talking("901")
    begin(chair, ANNA)
    await followed(chair, window)
    eyes.press(window, Qt.Key.Key_R, CTRL)
    await followed(chair, window)
    [asked] = [each for each in chair.world.link.commands if isinstance(each, StartRecording)]
    assert asked.sip_call_id == chair.engine.call(call_id).sip_call_id
    if chair.world.services.recording.mine(chair.calls.running[0]) is None:
        chair.world.link.recording.begin(running(chair, call_id))
    await followed(chair, window)
    assert (record.isChecked(), record.text()) == (True, "Recording")
    record.click()
    await followed(chair, window)
    assert [each for each in chair.world.link.commands if isinstance(each, StopRecording)]


async def test_a_refused_recording_says_why(chair: Stage) -> None:
    window = await opened(chair)
    await chair.talking("901")
    begin(chair, ANNA)
    await followed(chair, window)
    chair.world.link.refuse(StartRecording, WireError(ErrorCode.NO_SPACE, "full"))
    window._form.record_button.click()
    await followed(chair, window)
    assert "disk is full" in window._problem.text
    assert not window._form.record_button.isChecked()


async def test_how_others_get_in_is_told_and_copied(chair: Stage) -> None:
    window = await opened(chair)
    way = "from outside 044 555 01 80 · from inside 902 · room 204 · PIN 739154"
    assert window._form.dial_in_line.text() == f"Dial-in: {way}"
    window._form.room_link_button.click()
    assert QGuiApplication.clipboard().text() == way
    assert "copied" in window._form.note_line.text()


# ---------------------------------------------------------------- line, language, names


async def test_without_a_line_all_stays_grey_as_of_then(chair: Stage) -> None:
    window = await opened(chair)
    begin(chair, ANNA, HERS)
    await followed(chair, window)
    chair.world.link.cut(LinkProblem.LINE_LOST)
    await followed(chair, window)
    assert window._line.text.startswith("No line to the server: all is as of ")
    assert names(window)[0] == ["Anna Muster", "Hans Brändli · Brändli Haustechnik GmbH"]
    window.there.focus()
    assert [button.isEnabled() for button in window.there.buttons] == [False, False, True, False]
    assert not window._form.invite.isEnabled()
    chair.world.link.conference.go(HERS.participant_id)
    chair.world.link.heal()
    await followed(chair, window)
    assert window._line.text == ""
    assert names(window)[0] == ["Anna Muster"]


async def test_it_follows_by_itself(chair: Stage) -> None:
    window = await opened(chair)
    begin(chair, ANNA)
    await wait_until_async(lambda: names(window)[0] == ["Anna Muster"], "Anna")
    chair.world.link.conference.come(CARLA)
    await wait_until_async(lambda: len(names(window)[0]) == 2, "Carla")
    chair.world.link.conference.go(CARLA.participant_id)
    await wait_until_async(lambda: len(names(window)[0]) == 1, "Carla gone")


async def test_it_follows_the_language(chair: Stage) -> None:
    window = await opened(chair)
    begin(chair, ANNA)
    await followed(chair, window)
    chair.shell.context.language.choose("de")
    await followed(chair, window)
    assert window.windowTitle() == "Konferenz"
    assert eyes.has_button("Auflegen", window)
    index = window.there.model.index(0)
    assert "Leitung" in str(index.data(Qt.ItemDataRole.AccessibleTextRole))


async def test_everything_has_a_name_and_icons_explain_themselves(chair: Stage) -> None:
    window = await opened(chair)
    plan(chair, planned())
    begin(chair, ANNA, HERS, conference_id="plan-1")
    await followed(chair, window)
    for button in eyes.visible(QAbstractButton, window):
        if not button.objectName().startswith("qt_") and button.parentWidget() is not window._form.invite:
            assert button.text() or (button.accessibleName() and button.toolTip()), button.objectName()
    form = window._form
    assert form.room.accessibleName() == "Conference room"
    assert form.participants.accessibleName() == "In the conference"
    assert form.invited.accessibleName() == "Invited"
    assert form.invite.accessibleName() == "Invite by phone: names or numbers"


async def test_screen_readers_find_lists_and_every_person_in_them(chair: Stage) -> None:
    window = await opened(chair)
    begin(chair, ANNA, replace(HERS, talking=True))
    await invite(chair, {"207": InvitationState.RINGING})
    await followed(chair, window)
    for view, name, people in (
        (window.there.list, "In the conference", ["Anna Muster (you)", "Hans Brändli"]),
        (window.invited.list, "Invited", ["Beat Keller"]),
    ):
        seen = QAccessible.queryAccessibleInterface(view)
        assert seen is not None
        assert seen.role() is QAccessible.Role.List
        assert seen.text(QAccessible.Text.Name) == name
        cells = [seen.child(place) for place in range(seen.childCount())]
        assert all(cell.role() is QAccessible.Role.ListItem for cell in cells)
        said = [cell.text(QAccessible.Text.Name) for cell in cells]
        assert [text.split(" · ")[0].split(", ")[0] for text in said] == people
    states = [cell_text(window, place) for place in range(2)]
    assert "chair" in states[0]
    assert "talking" in states[1]
    assert "rings" in str(window.invited.model.index(0).data(Qt.ItemDataRole.AccessibleTextRole))


def cell_text(window: ConferenceWindow, place: int) -> str:
    """What a screen reader says of a participant."""
    seen = QAccessible.queryAccessibleInterface(window.there.list)
    assert seen is not None
    cell = seen.child(place)
    assert cell is not None
    return cell.text(QAccessible.Text.Name)


async def test_without_any_room_it_says_so(qapp: object) -> None:
    async with Stage("en", "light", chairwoman(())) as stage:
        window = await opened(stage)
        assert window._form.state_line.text().startswith("There is no conference room for you.")
        assert not eyes.has_button("Dial in", window)
        assert not window._form.invite.isVisible()


async def test_tab_goes_through_all_of_it_from_above_to_below(chair: Stage) -> None:
    window = await opened(chair)
    plan(chair, planned())
    begin(chair, ANNA, HERS, conference_id="plan-1")
    await followed(chair, window)
    for pane in (window.there, window.invited):
        pane.list.setCurrentIndex(pane.model.index(1))
    form = window._form
    form.room.setFocus()
    reached: list[QWidget] = []
    while (focus := window.focusWidget()) not in reached:
        assert focus is not None
        reached.append(focus)
        eyes.press(focus, Qt.Key.Key_Tab)
    wanted = [
        *(form.room, form.dial_button, form.lock_button, form.plan_button),
        *(form.extend_button, form.room_link_button, form.pin_button, form.end_button),
        *(form.participants, *window.there.buttons, form.mute_all_button),
        *(
            form.invite,
            form.invited,
            *window.invited.buttons[:3],
            form.call_accepted_button,
            form.close_button,
        ),
    ]
    shown = [each for each in wanted if each.isVisible() and each.isEnabled()]
    assert [each for each in reached if each in wanted] == shown


async def test_planning_begins_here_and_ends_with_the_right(chair: Stage) -> None:
    window = await opened(chair)
    eyes.click("Plan …", window)
    await chair.settled()
    assert chair.shell.conference_planning is not None
    dialog = chair.shell.conference_planning.dialog
    assert dialog is not None
    assert dialog.isVisible()
    chair.world.link.conference.set_rooms(released=False)
    await chair.settled()
    assert chair.shell.conference_planning.dialog is None


async def test_who_may_plan_nowhere_is_told_why(chair: Stage) -> None:
    window = await opened(chair)
    assert window._form.plan_button.isEnabled()
    chair.world.link.conference.set_rooms(BEATS)
    await followed(chair, window)
    said = "There is no room in which you may plan a conference. Your administrator can make one."
    assert not window._form.plan_button.isEnabled()
    assert window._form.plan_button.toolTip() == said
    assert window._form.plan_button.accessibleDescription() == said
    eyes.press(window, Qt.Key.Key_N, CTRL)
    await chair.settled()
    assert window._problem.text == said
    assert not chair.shell.conference_planning or chair.shell.conference_planning.dialog is None
    plan(chair, planned())
    await followed(chair, window)
    assert window._form.plan_button.isEnabled(), "what is planned can still be seen and cancelled"
    eyes.press(window, Qt.Key.Key_N, CTRL)
    await chair.settled()
    assert chair.shell.conference_planning is not None
    dialog = chair.shell.conference_planning.dialog
    assert dialog is not None
    assert not dialog._form.plan_button.isEnabled()
    assert dialog._form.plan_button.toolTip() == said


# ---------------------------------------------------------------- the call card


async def test_the_card_of_the_call_says_so_and_leads_to_the_window(chair: Stage) -> None:
    await chair.signed_in()
    call_id = await chair.talking("870")
    chair.world.link.conference.come(replace(ANNA, room=SALES.number))
    await chair.settled()
    strip = chair.window.conference.strip(call_id)
    assert strip is not None
    assert strip.text == "In the conference 870 · Sales"
    eyes.click("Show the conference", strip)
    await chair.settled()
    assert of(chair).isVisible()
    assert of(chair).bar.room == SALES.number
    other = await chair.talking("Beat")
    assert chair.window.conference.strip(other) is None


@pytest.mark.parametrize("released", [True, False], ids=["released", "not released"])
async def test_the_card_names_the_room_also_where_no_window_may_be_opened(
    chair: Stage, released: bool
) -> None:
    await chair.signed_in()
    chair.world.link.conference.set_rooms(SALES, released=released)
    call_id = await chair.talking("870")
    strip = chair.window.conference.strip(call_id)
    assert strip is not None
    assert strip.text == "In the conference 870 · Sales"
    assert eyes.has_button("Show the conference", strip) is released
