"""People invited to a conference from its window, by phone and by e-mail, and what came of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from tests.gui import eyes
from tests.gui.conferences import (
    ANNA,
    CARLA,
    CTRL,
    HANS,
    HERS,
    INVITEES,
    OWN,
    asked_for,
    begin,
    call_in,
    followed,
    invite,
    invitee,
    names,
    opened,
    plan,
    planned,
)
from tests.gui.stage import Stage
from tests.helpers.waiting import wait_until_async
from wwphone.cti.api import ErrorCode, WireError
from wwphone.domain.calls import Party
from wwphone.domain.conference import InvitationState
from wwphone.domain.conference_plans import Answer, InvitationMail
from wwphone.protocol.conference import (
    InviteByPhone,
    WithdrawInvitation,
)
from wwphone.protocol.conference_plans import ExtendConference, SendInvitationAgain
from wwphone.services.calls import DialPreview

# ---------------------------------------------------------------- inviting by phone


async def test_names_and_numbers_are_called_again_and_again(chair: Stage) -> None:
    window = await opened(chair)
    await call_in(chair, "Beat")
    await call_in(chair, "044 931 23 45")
    assert asked_for(chair) == [
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
    [asked] = asked_for(chair)
    assert isinstance(asked, InviteByPhone)
    assert [party.number for party in asked.parties] == ["207", "201", "212", "+41791112233"]


async def test_whom_is_known_already_is_not_looked_up_anew_with_each_letter(
    chair: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = await opened(chair)
    window._form.invite.setText("Beat, Carla, 212, ")
    looked_up, preview = list[str](), chair.calls.preview

    def noted(text: str) -> DialPreview:
        looked_up.append(text)
        return preview(text)

    monkeypatch.setattr(chair.calls, "preview", noted)
    eyes.type_into(window._form.invite, "2")
    assert set(looked_up) == {"2"}
    assert "Beat Keller, Carla Brändli, Thomas Bühler, 2" in window._form.invite_hint.text()


async def test_what_is_not_understood_stays_with_the_reason(chair: Stage) -> None:
    window = await opened(chair)
    await call_in(chair, "Beat, Nobody, Carla")
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
    [asked] = asked_for(chair)
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
    assert len(asked_for(chair)) == 1, "not called yet: more may follow"
    eyes.press(field, Qt.Key.Key_Return)
    await followed(chair, window)
    assert asked_for(chair)[-1] == InviteByPhone(
        OWN.number, (Party("207", "Beat Keller"), Party("201", "Carla Brändli"))
    )


async def test_whoever_is_there_or_called_is_not_called_twice(chair: Stage) -> None:
    window = await opened(chair)
    begin(chair, ANNA, CARLA)
    await call_in(chair, "Beat")
    await call_in(chair, "Beat, Carla")
    assert len(asked_for(chair)) == 1
    assert window._form.invite_hint.text() == "There already, or being called: Beat Keller, Carla Brändli"


async def test_a_full_room_says_so_and_keeps_the_names(chair: Stage) -> None:
    window = await opened(chair)
    chair.world.link.refuse(InviteByPhone, WireError(ErrorCode.CONFLICT, "full"))
    await call_in(chair, "Beat, Carla")
    assert window._problem.text == "The room is full: nobody else can be called in."
    assert window._form.invite.text() == "207, 201"
    eyes.press(window._form.invite, Qt.Key.Key_Return)
    eyes.type_into(window._form.invite, "212")
    await followed(chair, window)
    assert window._form.invite.text() == "207, 201, 212", "before what was typed meanwhile"
    window._form.invite.setText("207, 201")
    chair.world.link.refuse(InviteByPhone, None)
    eyes.press(window._form.invite, Qt.Key.Key_Return)
    await followed(chair, window)
    assert window._problem.text == ""
    assert names(window)[1] == ["Beat Keller", "Carla Brändli"]


async def test_more_than_a_command_takes_are_called_in_turns(chair: Stage) -> None:
    window = await opened(chair)
    window._form.invite.setText(",".join(f"04426810{number:02}" for number in range(45)))
    window._form.invite_button.click()
    await wait_until_async(lambda: len(asked_for(chair)) == 3, "three commands")
    sizes = [len(each.parties) for each in asked_for(chair) if isinstance(each, InviteByPhone)]
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
    assert asked_for(chair)[-1] == InviteByPhone(OWN.number, (Party("207", "Beat Keller"),))
    window.invited.list.setCurrentIndex(
        window.invited.model.index([row.number for row in window.invited.model.rows].index("201"))
    )
    assert window.invited.buttons[3].toolTip() == "Stop calling (Del)"
    assert not window.invited.buttons[0].isEnabled()
    eyes.press(window.invited.list, Qt.Key.Key_Delete)
    await followed(chair, window)
    assert isinstance(asked_for(chair)[-1], WithdrawInvitation)
    assert names(window)[1] == ["Beat Keller"]


async def test_whoever_hung_up_alone_and_opens_the_window_again_calls_all_again(chair: Stage) -> None:
    window = await opened(chair)
    begin(chair, ANNA)
    await invite(chair, {"207": InvitationState.LEFT, "201": InvitationState.NO_ANSWER})
    window.reject()
    chair.world.link.conference.go(ANNA.participant_id)
    await chair.settled()
    window = await opened(chair)
    await followed(chair, window)
    assert names(window) == ([], ["Beat Keller", "Carla Brändli"])
    eyes.click("Call again (2)", window)
    await followed(chair, window)
    asked = asked_for(chair)[-1]
    assert isinstance(asked, InviteByPhone)
    assert {party.number for party in asked.parties} == {"207", "201"}


async def test_all_who_dropped_are_called_again_by_one_button(chair: Stage) -> None:
    window = await opened(chair)
    begin(chair, ANNA)
    states = {"207": InvitationState.LEFT, "201": InvitationState.NO_ANSWER, "212": InvitationState.RINGING}
    await invite(chair, states)
    await followed(chair, window)
    eyes.click("Call again (2)", window)
    await followed(chair, window)
    asked = asked_for(chair)[-1]
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
    asked = asked_for(chair)[-1]
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
    assert asked_for(chair) == [SendInvitationAgain("plan-1", (HANS,))]
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
    assert asked_for(chair) == [ExtendConference("plan-1", 15)]
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


async def test_who_is_called_in_is_seen_in_a_low_window(chair: Stage) -> None:
    window = await opened(chair)
    begin(chair, ANNA)
    await invite(chair, dict.fromkeys(map(str, range(211, 229)), InvitationState.NO_ANSWER))
    window.resize(window.minimumSizeHint())
    await followed(chair, window)
    view = window.invited.list
    assert view.verticalScrollBar().maximum() > 0
    assert view.verticalScrollBar().value() == 0
    await call_in(chair, "299")
    [last] = [place for place, row in enumerate(window.invited.model.rows) if row.number == "299"]
    await wait_until_async(
        lambda: view.viewport().rect().contains(view.visualRect(window.invited.model.index(last))), "her row"
    )
