"""Desk-phone mode in the window: chosen at the left edge, calls on cards, said in words what has to be done by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt

from tests.gui import eyes
from tests.gui.scenes_desk_phone import desk, two_phones, with_gigaset, with_yealink, without_sound
from tests.gui.stage import Stage
from tests.gui.world import World
from wwphone.cti.api import ErrorCode, WireError
from wwphone.domain.account import Mode
from wwphone.domain.calls import CallState
from wwphone.gui.widgets.call_card import CallCard
from wwphone.gui.widgets.merged_group import MergedGroup
from wwphone.protocol.account import SetMode
from wwphone.protocol.desk_phone import DeskHold


@pytest_asyncio.fixture
async def stage_of(qapp: object) -> AsyncIterator[Callable[[World], Stage]]:
    """Makes the stage of a world; it is ended in order."""
    stages: list[Stage] = []

    def make(world: World) -> Stage:
        stages.append(Stage("en", "light", world))
        return stages[-1]

    yield make
    for stage in stages:
        await stage.__aexit__()


async def begin(stage: Stage) -> Stage:
    await stage.__aenter__()
    await stage.signed_in()
    return stage


def card(stage: Stage) -> CallCard:
    (found,) = eyes.visible(CallCard, stage.window)
    return found


def state(stage: Stage) -> CallState:
    return card(stage).call.state


def voice(stage: Stage) -> bool:
    """Whether this PC is the phone."""
    return stage.world.services.account.snapshot.voice


async def test_the_mode_is_chosen_in_the_rail_and_remembered(signed_in: Stage) -> None:
    choice = signed_in.window.mode_choice
    assert choice.button.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert "Softphone (this PC)" in choice.button.toolTip()
    choice.fill()
    assert [action.text() for action in choice.menu.actions() if action.isChecked()] == [
        "Softphone: you speak and hear at this PC"
    ]
    eyes.choose(choice.menu, "Desk phone: this PC steers it, and needs no sound")
    await signed_in.settled()
    assert SetMode(Mode.DESK_PHONE) in signed_in.world.link.commands
    assert not voice(signed_in)
    assert "Yealink" in choice.button.accessibleName()
    choice.fill()
    eyes.choose(choice.menu, "Softphone: you speak and hear at this PC")
    await signed_in.settled()
    assert voice(signed_in)
    assert signed_in.world.services.modes.ready


async def test_while_a_call_runs_the_mode_cannot_be_changed(signed_in: Stage) -> None:
    await signed_in.talking()
    signed_in.window.mode_choice.fill()
    actions = signed_in.window.mode_choice.menu.actions()
    assert actions[0].text() == "While a call runs, it stays as it is."
    assert not any(action.isEnabled() for action in actions if action.text())


async def test_a_refused_mode_stays_and_is_said(signed_in: Stage) -> None:
    signed_in.world.link.refuse(SetMode, WireError(ErrorCode.SIGNED_IN_ELSEWHERE, "no"))
    signed_in.window.mode_choice.fill()
    eyes.choose(signed_in.window.mode_choice.menu, "Desk phone: this PC steers it, and needs no sound")
    await signed_in.settled()
    assert voice(signed_in)
    assert "signed in on another PC" in signed_in.window.banners.problem.text


async def test_one_of_several_phones_is_chosen(stage_of: Callable[[World], Stage]) -> None:
    world = two_phones()
    world.engine.unplug("headset", "laptop")
    stage = await begin(stage_of(world))
    stage.window.mode_choice.fill()
    eyes.choose(stage.window.mode_choice.menu, "Gigaset N510 IP PRO/42.250")
    assert "Gigaset" in stage.window.mode_choice.button.toolTip()


async def test_without_any_sound_nothing_is_complained_of(stage_of: Callable[[World], Stage]) -> None:
    stage = await begin(stage_of(without_sound()))
    assert not eyes.visible(type(stage.window.banners.sound), stage.window)
    assert stage.window._form.own_line.text() == "204"
    assert [line.good for line in stage.window.header.connection.lines()] == [True, True]


async def test_without_a_desk_phone_the_header_and_the_field_say_so(
    stage_of: Callable[[World], Stage],
) -> None:
    stage = await begin(stage_of(desk()))
    assert stage.window._form.own_line.text() == "204 · no phone"
    stage.window.dial_field.dial("207")
    assert any("There is no desk phone of yours" in text for text in eyes.texts(stage.window))


async def test_a_call_is_answered_held_and_ended_by_buttons_and_keys(
    stage_of: Callable[[World], Stage],
) -> None:
    stage = await begin(stage_of(with_yealink()))
    stage.world.link.desk_phone.rings("207")
    await stage.settled()
    eyes.click("Answer", card(stage))
    await stage.settled()
    assert state(stage) is CallState.ACTIVE
    stage.window.activateWindow()  # the screen in memory gives every new window the keyboard
    await stage.settled()
    eyes.press(stage.window, Qt.Key.Key_F7)
    await stage.settled()
    assert state(stage) is CallState.HELD
    assert not eyes.has_button("Merge", card(stage))
    eyes.click("Resume the call", card(stage))
    await stage.settled()
    assert state(stage) is CallState.ACTIVE
    eyes.press(stage.window, Qt.Key.Key_F6)
    await stage.settled()
    assert state(stage) is CallState.ENDED


async def test_where_the_receiver_has_to_be_lifted_it_is_said(stage_of: Callable[[World], Stage]) -> None:
    stage = await begin(stage_of(with_gigaset()))
    leg = stage.world.link.desk_phone.rings("207")
    await stage.settled()
    assert not eyes.has_button("Answer", card(stage))
    assert any("lift the receiver" in text for text in eyes.texts(card(stage)))
    (popup,) = stage.shell.popups.shown
    assert not eyes.has_button("Answer", popup)
    assert any("lift the receiver" in text for text in eyes.texts(popup))
    stage.window.activateWindow()  # the screen in memory gives every new window the keyboard
    await stage.settled()
    eyes.press(stage.window, Qt.Key.Key_F5)
    await stage.settled()
    assert "Lift the receiver" in stage.window.banners.problem.text
    stage.world.link.desk_phone.answers(leg)
    await stage.settled()
    assert state(stage) is CallState.ACTIVE


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (ErrorCode.UNKNOWN_OUTCOME, "perhaps it was done, perhaps not"),
        (ErrorCode.CONFLICT, "That does not work with this call at the moment."),
    ],
)
async def test_what_does_not_work_is_said(
    stage_of: Callable[[World], Stage], code: ErrorCode, said: str
) -> None:
    stage = await begin(stage_of(with_yealink()))
    stage.world.link.desk_phone.answers(stage.world.link.desk_phone.rings("207"))
    await stage.settled()
    stage.world.link.refuse(DeskHold, WireError(code, "no"))
    eyes.click("Hold the call", card(stage))
    await stage.settled()
    assert said in stage.window.banners.problem.text
    assert state(stage) is CallState.ACTIVE


async def test_merged_calls_are_held_and_taken_back_by_one_press_each(
    stage_of: Callable[[World], Stage],
) -> None:
    stage = await begin(stage_of(with_yealink()))
    phone, services = stage.world.link.desk_phone, stage.world.services
    phone.rings("207")
    await stage.settled()
    eyes.click("Answer", card(stage))
    await stage.settled()
    [leg_id] = stage.world.link.mirror.legs
    stage.window.dial_field.dial("205")
    await stage.settled()
    phone.answers(leg_id)
    await stage.settled()
    eyes.click("Merge with the other call", eyes.visible(CallCard, stage.window)[0])
    await stage.settled()
    [group] = eyes.visible(MergedGroup, stage.window)

    def states() -> list[CallState]:
        return [call.state for call in services.merging.merged]

    stage.window.activateWindow()  # the screen in memory gives every new window the keyboard
    await stage.settled()
    for button, wanted in (
        ("Hold all", CallState.HELD),
        ("Resume all", CallState.ACTIVE),
        ("", CallState.HELD),
        ("", CallState.ACTIVE),
    ):
        if button:
            eyes.click(button, group)
        else:
            eyes.press(stage.window, Qt.Key.Key_F7)
        await stage.settled()
        assert states() == [wanted] * 2
        assert group.accessibleName() == "2 calls merged", "the frame stays"
        assert all(group.isAncestorOf(each) for each in eyes.visible(CallCard, stage.window))
    assert [type(one).__name__ for one in stage.world.link.commands][-4:] == ["DeskHold", "DeskResume"] * 2
