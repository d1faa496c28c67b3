"""The conference window, as a person uses it (requirement 002): one's room, who is there, whom one invites."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QPushButton

from tests.gui import eyes
from tests.gui.conferences import (
    BEATS,
    HANS,
    INVITEES,
    OWN,
    SALES,
    ago,
    begin,
    chairwoman,
    followed,
    invite,
    invitee,
    one,
    opened,
    plan,
    planned,
)
from tests.gui.kept_recordings import running
from tests.gui.stage import Stage
from tests.gui.world import ME
from tests.helpers.waiting import wait_until_async
from wwphone.config.options import CONFERENCE_GEOMETRY
from wwphone.cti.api import ErrorCode, LinkProblem, WireError
from wwphone.domain.calls import Party
from wwphone.domain.conference import InvitationState
from wwphone.domain.conference_plans import Answer, InvitationMail
from wwphone.gui.conference_window import ConferenceWindow
from wwphone.gui.settings_window import SettingsPage
from wwphone.protocol.conference import (
    EndConference,
    HangUpParticipant,
    InviteByPhone,
    LockConference,
    MuteParticipants,
    SetChair,
    WithdrawInvitation,
)
from wwphone.protocol.conference_plans import ExtendConference, SendInvitationAgain
from wwphone.protocol.recording import StartRecording, StopRecording
from wwphone.services.calls import CannotDial

CTRL = Qt.KeyboardModifier.ControlModifier
ANNA = one("anna-1", "204", "Anna", user=ME, chair=True)
HERS = one("hans-1", "+41523334455", since=ago(minutes=11))
CARLA = one("carla-1", "201", user="carla", since=ago(minutes=9))


@pytest_asyncio.fixture
async def chair(qapp: object) -> AsyncIterator[Stage]:
    """Somebody who may hold conferences, in her room and in that of the sales people."""
    async with Stage("en", "light", chairwoman()) as stage:
        yield stage


def of(stage: Stage) -> ConferenceWindow:
    window = stage.shell.conference_window
    assert window is not None
    return window


def commands(stage: Stage) -> list[object]:
    """What the window asked for about conferences."""
    return [each for each in stage.world.link.commands if type(each).wire_name.startswith("conference.")]


async def call(stage: Stage, text: str) -> None:
    """Type into the field and press Enter."""
    window = of(stage)
    window.inviting.focus()
    window._form.invite.setText("")
    eyes.type_into(window._form.invite, text)
    await stage.settled()
    eyes.press(window._form.invite, Qt.Key.Key_Return)
    await followed(stage, window)


def names(window: ConferenceWindow) -> tuple[list[str], list[str]]:
    """Who stands in the two lists."""
    return [row.name for row in window.there.model.rows], [row.name for row in window.invited.model.rows]


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


async def test_close_closes_the_window_only_and_it_shows_all_again(chair: Stage) -> None:
    window = await opened(chair)
    begin(chair, ANNA, HERS)
    await invite(chair, {"207": InvitationState.RINGING})
    await followed(chair, window)
    before = names(window)
    eyes.click("Close", window)
    await chair.settled()
    assert not window.isVisible()
    assert not any(isinstance(each, EndConference | WithdrawInvitation) for each in commands(chair))
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
    assert commands(chair) == [LockConference(OWN.number, locked=True)]
    assert (lock.isChecked(), lock.text()) == (True, "Locked")
    assert "locked" in window._form.state_line.text()
    window.there.focus()
    eyes.press(window.there.list, Qt.Key.Key_L)
    await followed(chair, window)
    assert commands(chair)[-1] == LockConference(OWN.number, locked=False)
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
    asked = chair.world.link.commands[-1]
    assert isinstance(asked, StartRecording)
    assert asked.sip_call_id == chair.engine.call(call_id).sip_call_id
    if chair.world.services.recording.mine(chair.calls.running[0]) is None:
        chair.world.link.recording.begin(running(chair, call_id))
    await followed(chair, window)
    assert (record.isChecked(), record.text()) == (True, "Recording")
    record.click()
    await followed(chair, window)
    assert isinstance(chair.world.link.commands[-1], StopRecording)


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


# ---------------------------------------------------------------- inviting by phone


async def test_names_and_numbers_are_called_again_and_again(chair: Stage) -> None:
    window = await opened(chair)
    await call(chair, "Beat")
    await call(chair, "044 931 23 45")
    assert commands(chair) == [
        InviteByPhone(OWN.number, (Party("207", "Beat Keller"),)),
        InviteByPhone(OWN.number, (Party("0449312345", "Anita Oberholzer · Gemeinde Wetzikon"),)),
    ]
    assert window._form.invite.text() == ""
    assert window._form.invite.hasFocus()
    assert names(window)[1][0] == "Beat Keller"


async def test_several_at_once(chair: Stage) -> None:
    window = await opened(chair)
    window._form.invite.setText("Beat; Carla, 212\n+41791112233, beat")
    assert window._form.invite_hint.text().startswith("Enter calls 4 people: Beat Keller, Carla Brändli, ")
    eyes.press(window._form.invite, Qt.Key.Key_Return)
    await followed(chair, window)
    [asked] = commands(chair)
    assert isinstance(asked, InviteByPhone)
    assert [party.number for party in asked.parties] == ["207", "201", "212", "+41791112233"]


async def test_what_is_not_understood_stays_with_the_reason(chair: Stage) -> None:
    window = await opened(chair)
    await call(chair, "Beat, Nobody, Carla")
    assert [row.number for row in window.invited.model.rows] == ["207", "201"]
    assert window._form.invite.text() == "Nobody"
    assert window._form.invite_hint.text() == "Neither a number nor a name that is known: Nobody"
    assert window._form.invite.property("invalid")
    eyes.press(window._form.invite, Qt.Key.Key_Escape)
    assert window._form.invite.text() == ""
    assert window.isVisible(), "Escape emptied the field first"


async def test_a_hit_of_the_list_is_called_and_behind_others_added(chair: Stage) -> None:
    window = await opened(chair)
    field = window._form.invite
    eyes.type_into(field, "brändli h")
    await chair.settled()
    eyes.press(field, Qt.Key.Key_Down)
    eyes.press(field, Qt.Key.Key_Return)
    await followed(chair, window)
    [asked] = commands(chair)
    assert isinstance(asked, InviteByPhone)
    assert asked.parties[0].number == "+41523334455"
    assert asked.parties[0].name.startswith("Hans Brändli")
    field.clear()
    eyes.type_into(field, "207, carla")
    await chair.settled()
    eyes.press(field, Qt.Key.Key_Down)
    eyes.press(field, Qt.Key.Key_Return)
    await followed(chair, window)
    assert field.text() == "207, 201, "
    assert len(commands(chair)) == 1, "not called yet: more may follow"
    eyes.press(field, Qt.Key.Key_Return)
    await followed(chair, window)
    assert commands(chair)[-1] == InviteByPhone(
        OWN.number, (Party("207", "Beat Keller"), Party("201", "Carla Brändli"))
    )


async def test_whoever_is_there_or_called_is_not_called_twice(chair: Stage) -> None:
    window = await opened(chair)
    begin(chair, ANNA, CARLA)
    await call(chair, "Beat")
    await call(chair, "Beat, Carla")
    assert len(commands(chair)) == 1
    assert window._form.invite_hint.text() == "There already, or being called: Beat Keller, Carla Brändli"


async def test_a_full_room_says_so_and_keeps_the_names(chair: Stage) -> None:
    window = await opened(chair)
    chair.world.link.refuse(InviteByPhone, WireError(ErrorCode.CONFLICT, "full"))
    await call(chair, "Beat, Carla")
    assert window._problem.text == "The room is full: nobody else can be called in."
    assert window._form.invite.text() == "207, 201"
    chair.world.link.refuse(InviteByPhone, None)
    eyes.press(window._form.invite, Qt.Key.Key_Return)
    await followed(chair, window)
    assert window._problem.text == ""
    assert names(window)[1] == ["Beat Keller", "Carla Brändli"]


async def test_more_than_a_command_takes_are_called_in_turns(chair: Stage) -> None:
    window = await opened(chair)
    window._form.invite.setText(",".join(f"04426810{number:02}" for number in range(45)))
    window._form.invite_button.click()
    await wait_until_async(lambda: len(commands(chair)) == 3, "three commands")
    sizes = [len(each.parties) for each in commands(chair) if isinstance(each, InviteByPhone)]
    assert sizes == [20, 20, 5]


# ---------------------------------------------------------------- who is invited


async def test_called_again_stopped_and_cleared_away_by_keyboard(chair: Stage) -> None:
    window = await opened(chair)
    begin(chair, ANNA)
    await invite(chair, {"207": InvitationState.BUSY, "201": InvitationState.RINGING})
    await followed(chair, window)
    eyes.press(window, Qt.Key.Key_2, CTRL)
    assert window.invited.list.hasFocus()
    rows = {row.number: place for place, row in enumerate(window.invited.model.rows)}
    window.invited.list.setCurrentIndex(window.invited.model.index(rows["207"]))
    assert window.invited.buttons[0].toolTip() == "Call again (Enter)"
    assert window.invited.buttons[3].toolTip() == "Clear away (Del)"
    eyes.press(window.invited.list, Qt.Key.Key_Return)
    await followed(chair, window)
    assert commands(chair)[-1] == InviteByPhone(OWN.number, (Party("207", "Beat Keller"),))
    window.invited.list.setCurrentIndex(
        window.invited.model.index([row.number for row in window.invited.model.rows].index("201"))
    )
    assert window.invited.buttons[3].toolTip() == "Stop calling (Del)"
    assert not window.invited.buttons[0].isEnabled()
    eyes.press(window.invited.list, Qt.Key.Key_Delete)
    await followed(chair, window)
    assert isinstance(commands(chair)[-1], WithdrawInvitation)
    assert names(window)[1] == ["Beat Keller"]


async def test_all_who_dropped_are_called_again_by_one_button(chair: Stage) -> None:
    window = await opened(chair)
    begin(chair, ANNA)
    states = {"207": InvitationState.LEFT, "201": InvitationState.NO_ANSWER, "212": InvitationState.RINGING}
    await invite(chair, states)
    await followed(chair, window)
    eyes.click("Call again (2)", window)
    await followed(chair, window)
    asked = commands(chair)[-1]
    assert isinstance(asked, InviteByPhone)
    assert {party.number for party in asked.parties} == {"207", "201"}
    assert not eyes.has_button("Call again", window)


async def test_who_accepted_and_is_not_there_is_called_by_one_button(chair: Stage) -> None:
    window = await opened(chair)
    plan(chair, planned())
    await followed(chair, window)
    assert len(window.invited.model.rows) == len(INVITEES)
    eyes.click("Call who accepted (2)", window)
    await followed(chair, window)
    asked = commands(chair)[-1]
    assert isinstance(asked, InviteByPhone)
    assert {party.number for party in asked.parties} == {"+41523334455", "+41449312345"}
    assert len(window.invited.model.rows) == len(INVITEES), "each still one row"


async def test_the_link_of_an_invited_person_is_copied_with_a_word(chair: Stage) -> None:
    window = await opened(chair)
    plan(chair, planned([invitee(HANS, "Hans Brändli")]))
    await followed(chair, window)
    eyes.press(window, Qt.Key.Key_2, CTRL)
    eyes.press(window.invited.list, Qt.Key.Key_C, CTRL)
    assert QGuiApplication.clipboard().text() == "tel:+41445550180,,482917%23"
    assert window._form.note_line.text() == (
        "The dial-in of Hans Brändli is copied; paste it wherever you want to send it."
    )


async def test_an_invitation_is_sent_again_and_what_became_of_it_shows(chair: Stage) -> None:
    window = await opened(chair)
    plan(chair, planned([invitee(HANS, "Hans", mail=InvitationMail.FAILED, mail_words="550 no such user")]))
    await followed(chair, window)
    window.invited.focus()
    assert "550 no such user" in str(window.invited.model.index(0).data(Qt.ItemDataRole.ToolTipRole))
    eyes.press(window.invited.list, Qt.Key.Key_S)
    await followed(chair, window)
    assert commands(chair) == [SendInvitationAgain("plan-1", (HANS,))]
    assert window._form.note_line.text() == "The invitation of Hans is being sent again."
    chair.world.link.conference_plans.arrive("plan-1", HANS, InvitationMail.SENT)
    chair.world.link.conference_plans.answer("plan-1", HANS, Answer.ACCEPTED)
    await followed(chair, window)
    assert window.invited.model.rows[0].standing.value == "accepted"


async def test_a_planned_conference_is_named_and_made_longer(chair: Stage) -> None:
    window = await opened(chair)
    assert not window._form.extend_button.isVisible()
    plan(chair, planned())
    begin(chair, ANNA, conference_id="plan-1")
    await followed(chair, window)
    assert window._form.state_line.text().startswith("Offer for Müller AG, until ")
    eyes.click("15 minutes more", window)
    await followed(chair, window)
    assert commands(chair) == [ExtendConference("plan-1", 15)]
    chair.world.link.refuse(ExtendConference, WireError(ErrorCode.CONFLICT, "over"))
    eyes.click("15 minutes more", window)
    await followed(chair, window)
    assert window._problem.text == "It does not go on any more, so it cannot be made longer."


async def test_who_came_by_invitation_and_left_can_be_called_again(chair: Stage) -> None:
    window = await opened(chair)
    plan(chair, planned([invitee(HANS, "Hans", number="+41523334455")]))
    begin(chair, ANNA, replace(HERS, invitee=HANS), conference_id="plan-1")
    await followed(chair, window)
    assert window.invited.model.rows[0].standing.value == "here"
    chair.world.link.conference.go(HERS.participant_id)
    await followed(chair, window)
    assert window.invited.model.rows[0].standing.value == "left"
    assert eyes.has_button("Call again (1)", window)


# ---------------------------------------------------------------- who is there


async def test_muted_made_chair_and_hung_up_by_keyboard(chair: Stage) -> None:
    window = await opened(chair)
    begin(chair, ANNA, HERS)
    await followed(chair, window)
    eyes.press(window, Qt.Key.Key_1, CTRL)
    eyes.press(window.there.list, Qt.Key.Key_Down)
    eyes.press(window.there.list, Qt.Key.Key_M)
    await followed(chair, window)
    assert window.there.model.rows[1].participant.muted
    eyes.press(window.there.list, Qt.Key.Key_M)
    eyes.press(window.there.list, Qt.Key.Key_C)
    await followed(chair, window)
    eyes.press(window.there.list, Qt.Key.Key_Delete)
    await followed(chair, window)
    assert commands(chair)[:2] == [
        MuteParticipants(OWN.number, muted=True, participant_ids=("hans-1",)),
        MuteParticipants(OWN.number, muted=False, participant_ids=("hans-1",)),
    ]
    assert SetChair(OWN.number, "hans-1", chair=True) in commands(chair)
    assert commands(chair)[-1] == HangUpParticipant(OWN.number, "hans-1")
    assert names(window)[0] == ["Anna Muster"]


async def test_mute_all_and_end_for_all_which_asks(chair: Stage) -> None:
    window = await opened(chair)
    begin(chair, ANNA, HERS, CARLA)
    await followed(chair, window)
    eyes.click("Mute all", window)
    await followed(chair, window)
    assert commands(chair) == [MuteParticipants(OWN.number, muted=True)]
    assert eyes.has_button("Unmute all", window)
    eyes.press(window, Qt.Key.Key_E, CTRL | Qt.KeyboardModifier.ShiftModifier)
    await chair.settled()
    assert window._question.text.startswith("End the conference for everybody?")
    eyes.click("Close", window._question)
    assert len(commands(chair)) == 1, "nothing was ended"
    window._form.end_button.click()
    await chair.settled()
    assert window._question.button.hasFocus()
    eyes.press(window._question.button, Qt.Key.Key_Space)
    await followed(chair, window)
    assert commands(chair)[-1] == EndConference(OWN.number)
    assert names(window) == ([], [])
    assert not window._form.end_button.isVisible()


async def test_enter_in_the_field_never_presses_a_button(chair: Stage) -> None:
    window = await opened(chair)
    begin(chair, ANNA, HERS)
    await followed(chair, window)
    window._form.end_button.click()
    await chair.settled()
    window.inviting.focus()
    eyes.press(window._form.invite, Qt.Key.Key_Return)
    await followed(chair, window)
    assert commands(chair) == []
    assert window._question.isVisible()
    assert not any(button.autoDefault() for button in window.findChildren(QPushButton))


async def test_muting_oneself_needs_no_right(chair: Stage) -> None:
    chair.world.link.conference.set_rooms(OWN, BEATS)
    window = await opened(chair)
    here = replace(ANNA, room=BEATS.number, chair=False)
    chair.world.link.conference.come(here)
    chair.world.link.conference.come(replace(HERS, room=BEATS.number))
    window.bar.choose(BEATS.number)
    await followed(chair, window)
    window.there.focus()
    assert [button.isEnabled() for button in window.there.buttons] == [True, False, True, False]
    eyes.press(window, Qt.Key.Key_F8)
    await followed(chair, window)
    assert window.there.model.rows[0].participant.muted
    window.there.list.setCurrentIndex(window.there.model.index(1))
    assert not window.there.buttons[0].isEnabled()
    assert not window._form.end_button.isVisible()
    assert not window._form.invite.isVisible()


async def test_a_refusal_stands_in_the_window_until_something_was_done(chair: Stage) -> None:
    window = await opened(chair)
    begin(chair, ANNA, HERS)
    await followed(chair, window)
    chair.world.link.refuse(HangUpParticipant, WireError(ErrorCode.NOT_FOUND, "gone"))
    window.there.list.setCurrentIndex(window.there.model.index(1))
    eyes.click("Hang up (Del)", window._form.there_tools)
    await followed(chair, window)
    assert window._problem.text == "They are not there any more."
    eyes.click("Close", window._problem)
    assert window._problem.text == ""


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
