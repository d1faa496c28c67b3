"""Who is in a conference, muted, made chair, hung up, and all of it ended, from its window."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from tests.gui import eyes
from tests.gui.conferences import (
    ANNA,
    BEATS,
    CARLA,
    CTRL,
    HERS,
    OWN,
    asked_for,
    begin,
    followed,
    names,
    opened,
)
from tests.gui.stage import Stage
from wwphone.cti.api import ErrorCode, WireError
from wwphone.gui.icons import Icon, icon
from wwphone.protocol.conference import (
    EndConference,
    HangUpParticipant,
    MuteParticipants,
    SetChair,
)

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
    assert asked_for(chair)[:2] == [
        MuteParticipants(OWN.number, muted=True, participant_ids=("hans-1",)),
        MuteParticipants(OWN.number, muted=False, participant_ids=("hans-1",)),
    ]
    assert SetChair(OWN.number, "hans-1", chair=True) in asked_for(chair)
    assert asked_for(chair)[-1] == HangUpParticipant(OWN.number, "hans-1")
    assert names(window)[0] == ["Anna Muster"]


async def test_mute_all_and_end_for_all_which_asks(chair: Stage) -> None:
    window = await opened(chair)
    begin(chair, ANNA, HERS, CARLA)
    await followed(chair, window)
    eyes.click("Mute all", window)
    await followed(chair, window)
    assert asked_for(chair) == [MuteParticipants(OWN.number, muted=True)]
    assert eyes.has_button("Unmute all", window)
    heard = icon(Icon.MICROPHONE, chair.shell.context.theme.colours.text)
    assert window._form.mute_all_button.icon().cacheKey() == heard.cacheKey()
    eyes.press(window, Qt.Key.Key_E, CTRL | Qt.KeyboardModifier.ShiftModifier)
    await chair.settled()
    assert window._question.text.startswith("End the conference for everybody?")
    eyes.click("Close", window._question)
    assert len(asked_for(chair)) == 1, "nothing was ended"
    window._form.end_button.click()
    await chair.settled()
    assert window._question.button.hasFocus()
    eyes.press(window._question.button, Qt.Key.Key_Space)
    await followed(chair, window)
    assert asked_for(chair)[-1] == EndConference(OWN.number)
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
    assert asked_for(chair) == []
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
