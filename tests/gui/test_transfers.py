"""Transferring, merging and sending callers on: what the window shows and what its buttons and keys do."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QLineEdit

from tests.gui import eyes
from tests.gui.stage import MUELLER, Stage
from tests.gui.test_cards import cards, only_card, state
from wwphone.domain.calls import CallState, EndReason, Party, Returned
from wwphone.gui.transfer_bar import TransferBar
from wwphone.gui.widgets.carried_call import carried
from wwphone.gui.widgets.merged_group import MergedGroup

NO_KEY = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier


def bar(stage: Stage) -> TransferBar:
    [found] = eyes.visible(TransferBar, stage.window)
    return found


def field(stage: Stage) -> QLineEdit:
    [found] = eyes.visible(QLineEdit, bar(stage))
    return found


async def begun(stage: Stage) -> str:
    """A call with Beat that is to be transferred."""
    call_id = await stage.talking("Beat")
    eyes.click("Transfer the call", only_card(stage))
    await stage.settled()
    return call_id


async def consulting(stage: Stage) -> tuple[str, str]:
    """Beat waits while we talk with Eva."""
    call_id = await begun(stage)
    eyes.type_into(field(stage), "205")
    eyes.press(field(stage), Qt.Key.Key_Return)
    await stage.settled()
    second = stage.engine.calls[-1].call_id
    stage.engine.far_end_answers(second)
    await stage.settled()
    return call_id, second


async def test_transfer_holds_at_once_and_lets_one_type(signed_in: Stage) -> None:
    call_id = await begun(signed_in)
    assert state(signed_in, call_id) is CallState.HELD
    assert field(signed_in).hasFocus()
    eyes.press(field(signed_in), Qt.Key.Key_Escape)
    await signed_in.settled()
    assert state(signed_in, call_id) is CallState.ACTIVE
    assert not eyes.visible(TransferBar, signed_in.window)
    assert signed_in.window._form.dial_field.hasFocus()


async def test_without_a_talk_before_by_keyboard_alone(signed_in: Stage) -> None:
    call_id = await signed_in.talking("Beat")
    eyes.press(signed_in.window, Qt.Key.Key_T, CTRL)
    await signed_in.settled()
    eyes.type_into(field(signed_in), "205")
    assert "Enter calls Eva Schönenberger, 205 first" in eyes.texts(bar(signed_in))
    popup = QApplication.activePopupWidget()
    if popup is not None:
        popup.hide()
    eyes.press(field(signed_in), Qt.Key.Key_Return, CTRL)
    await signed_in.settled()
    assert signed_in.engine.sent_on == [(call_id, "205")]
    assert "being transferred" in only_card(signed_in).accessibleName()
    assert "Being transferred to Eva Schönenberger …" in eyes.texts(bar(signed_in))

    signed_in.engine.transfer_succeeds(call_id)
    await signed_in.settled()
    assert "You transferred the call." in only_card(signed_in).accessibleName()
    assert not eyes.visible(TransferBar, signed_in.window)


async def test_nobody_of_that_name_is_told_below_the_field(signed_in: Stage) -> None:
    call_id = await begun(signed_in)
    eyes.type_into(field(signed_in), "Wilhelm Tell")
    eyes.click("Transfer now", bar(signed_in))
    await signed_in.settled()
    assert "Neither a number nor a name that is known." in eyes.texts(bar(signed_in))
    assert state(signed_in, call_id) is CallState.HELD


async def test_a_transfer_that_fails_is_told_and_the_call_is_back(signed_in: Stage) -> None:
    call_id = await begun(signed_in)
    eyes.type_into(field(signed_in), "205")
    eyes.click("Transfer now", bar(signed_in))
    await signed_in.settled()
    signed_in.engine.transfer_fails(call_id, 486)
    await signed_in.settled()
    assert state(signed_in, call_id) is CallState.ACTIVE
    assert "Eva Schönenberger did not get the call" in signed_in.window.banners.problem.text
    assert "Busy." in signed_in.window.banners.problem.text


async def test_talking_before_swapping_and_completing_by_button(signed_in: Stage) -> None:
    first, second = await consulting(signed_in)
    assert "Transfer to Eva Schönenberger?" in eyes.texts(bar(signed_in))
    eyes.click("Swap", bar(signed_in))
    await signed_in.settled()
    assert (state(signed_in, first), state(signed_in, second)) == (CallState.ACTIVE, CallState.HELD)
    eyes.click("Transfer", bar(signed_in))
    await signed_in.settled()
    signed_in.engine.transfer_succeeds(first)
    await signed_in.settled()
    assert [state(signed_in, each) for each in (first, second)] == [CallState.ENDED] * 2
    assert not eyes.visible(TransferBar, signed_in.window)


async def test_talking_before_swapping_and_completing_by_key(signed_in: Stage) -> None:
    first, second = await consulting(signed_in)
    eyes.press(signed_in.window, Qt.Key.Key_E, CTRL)
    await signed_in.settled()
    assert (state(signed_in, first), state(signed_in, second)) == (CallState.ACTIVE, CallState.HELD)
    eyes.press(signed_in.window, Qt.Key.Key_T, CTRL)
    await signed_in.settled()
    assert signed_in.engine.call(first).transferring
    assert signed_in.engine.call(second).transferring


async def test_back_to_the_first_one(signed_in: Stage) -> None:
    first, second = await consulting(signed_in)
    eyes.press(signed_in.window, Qt.Key.Key_B, CTRL)
    await signed_in.settled()
    assert (state(signed_in, first), state(signed_in, second)) == (CallState.ACTIVE, CallState.ENDED)


async def test_while_it_rings_there_nobody_can_be_swapped(signed_in: Stage) -> None:
    await begun(signed_in)
    eyes.type_into(field(signed_in), "205")
    eyes.press(field(signed_in), Qt.Key.Key_Return)
    await signed_in.settled()
    assert not eyes.button("Swap", bar(signed_in)).isEnabled()
    signed_in.engine.far_end_refuses(signed_in.engine.calls[-1].call_id, 486)
    await signed_in.settled()
    assert field(signed_in).isVisible(), "somebody else can be chosen"


async def test_the_letter_t_on_a_colleague_begins_with_them(signed_in: Stage) -> None:
    call_id = await signed_in.talking("Beat")
    colleagues = signed_in.window.colleagues
    colleagues.list.setCurrentIndex(colleagues.model.index_of("eva"))
    colleagues.list.setFocus()
    eyes.type_into(colleagues.list, "t")
    await signed_in.settled()
    assert state(signed_in, call_id) is CallState.HELD
    assert field(signed_in).text() == "205"
    eyes.click("Call first", bar(signed_in))
    await signed_in.settled()
    assert signed_in.engine.calls[-1].remote.number == "205"


async def test_without_a_call_the_letter_t_filters(signed_in: Stage) -> None:
    colleagues = signed_in.window.colleagues
    colleagues.list.setCurrentIndex(colleagues.model.index_of("eva"))
    colleagues.list.setFocus()
    eyes.type_into(colleagues.list, "t")
    assert colleagues._filter.text() == "t"


def drop(stage: Stage, call_id: str, user: str, held: Qt.KeyboardModifier = NO_KEY) -> None:
    """Drop a call's card onto a colleague."""
    colleagues = stage.window.colleagues
    place = colleagues.list.visualRect(colleagues.model.index_of(user)).center()
    data = carried(call_id)
    event = QDropEvent(place, Qt.DropAction.MoveAction, data, Qt.MouseButton.LeftButton, held)
    colleagues.list.dropEvent(event)


async def test_a_card_dropped_onto_a_colleague_is_transferred_at_once(signed_in: Stage) -> None:
    call_id = await signed_in.talking("Beat")
    drop(signed_in, call_id, "carla")
    await signed_in.settled()
    assert signed_in.engine.sent_on == [(call_id, "201")]
    assert len(signed_in.engine.calls) == 1, "nobody was called before"


async def test_dropped_with_ctrl_the_colleague_is_called_first(signed_in: Stage) -> None:
    call_id = await signed_in.talking("Beat")
    drop(signed_in, call_id, "carla", CTRL)
    await signed_in.settled()
    assert state(signed_in, call_id) is CallState.HELD
    assert signed_in.engine.calls[-1].remote.number == "201"
    assert signed_in.engine.sent_on == []


async def test_a_card_dropped_onto_oneself_stays(signed_in: Stage) -> None:
    call_id = await signed_in.talking("Beat")
    drop(signed_in, call_id, "anna")
    await signed_in.settled()
    assert state(signed_in, call_id) is CallState.ACTIVE
    assert signed_in.engine.sent_on == []


async def test_merged_calls_stand_in_one_frame_each_with_its_own_end(signed_in: Stage) -> None:
    await signed_in.talking("Eva")
    await signed_in.talking("Beat")
    eyes.click("Merge with the other call", cards(signed_in)[0])
    await signed_in.settled()
    [group] = eyes.visible(MergedGroup, signed_in.window)
    assert group.accessibleName() == "2 calls merged"
    assert len([card for card in cards(signed_in) if group.isAncestorOf(card)]) == 2
    assert not eyes.has_button("Transfer the call", group)

    eyes.press(signed_in.window, Qt.Key.Key_F7)
    await signed_in.settled()
    assert {call.state for call in signed_in.engine.calls} == {CallState.HELD}
    eyes.click("Resume all", group)
    eyes.click("Mute the microphone", group)
    await signed_in.settled()
    assert all(call.muted and call.state is CallState.ACTIVE for call in signed_in.engine.calls)

    eyes.click("Hang up", cards(signed_in)[0])
    await signed_in.settled()
    assert not eyes.visible(MergedGroup, signed_in.window)
    [left] = signed_in.engine.calls
    assert not left.merged


async def test_merging_and_ending_all_by_key(signed_in: Stage) -> None:
    for name in ("Eva", "Beat", "Reto"):
        await signed_in.talking(name)
        eyes.press(signed_in.window, Qt.Key.Key_M, CTRL)
        await signed_in.settled()
    assert all(call.merged for call in signed_in.engine.calls)
    assert len(signed_in.engine.calls) == 3
    eyes.press(signed_in.window, Qt.Key.Key_F6)
    await signed_in.settled()
    assert not signed_in.engine.calls


async def test_one_is_taken_out_of_the_merged_calls(signed_in: Stage) -> None:
    for name in ("Eva", "Beat", "Reto"):
        await signed_in.talking(name)
        eyes.press(signed_in.window, Qt.Key.Key_M, CTRL)
        await signed_in.settled()
    [group] = eyes.visible(MergedGroup, signed_in.window)
    eyes.click("Take out of the merged calls", group)
    await signed_in.settled()
    assert [call.merged for call in signed_in.engine.calls].count(True) == 2
    [outside] = [card for card in cards(signed_in) if not group.isAncestorOf(card)]
    assert outside.call.state is CallState.HELD


async def test_a_caller_is_sent_to_somebody_else_from_the_pop_up(signed_in: Stage) -> None:
    call_id = await signed_in.incoming()
    [popup] = signed_in.shell.popups.shown
    eyes.choose(popup.send_on.menu(), "To somebody else … (Ctrl+Shift+T)")
    await signed_in.settled()
    assert "Enter" in eyes.button("Send on", bar(signed_in)).toolTip()
    eyes.type_into(field(signed_in), "Eva")
    eyes.click("Send on", bar(signed_in))
    await signed_in.settled()
    assert signed_in.engine.sent_on == [(call_id, "205")]
    assert "You sent the caller on." in only_card(signed_in).accessibleName()
    assert signed_in.shell.popups.shown == ()
    assert not eyes.visible(TransferBar, signed_in.window)


@pytest.mark.parametrize("way", ["popup", "card", "key"])
async def test_a_caller_is_sent_to_the_voicemail(signed_in: Stage, way: str) -> None:
    call_id = await signed_in.incoming()
    if way == "popup":
        eyes.choose(signed_in.shell.popups.shown[0].send_on.menu(), "To my voicemail (Shift+F6)")
    elif way == "card":
        eyes.choose(only_card(signed_in)._send_on.menu(), "To my voicemail (Shift+F6)")
    else:
        signed_in.window.activateWindow()
        await signed_in.settled()
        eyes.press(signed_in.window, Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    await signed_in.settled()
    assert signed_in.engine.sent_on == [(call_id, "voicemail")]


async def test_the_caller_gives_up_while_one_chooses(signed_in: Stage) -> None:
    call_id = await signed_in.incoming()
    signed_in.window.transfers.deflect(call_id)
    await signed_in.settled()
    signed_in.engine.caller_gives_up(call_id)
    await signed_in.settled()
    assert not eyes.visible(TransferBar, signed_in.window)


async def test_a_call_that_comes_back_says_from_whom(signed_in: Stage) -> None:
    signed_in.engine.incoming(
        MUELLER.number, MUELLER.name, returned=Returned(Party("205"), EndReason.NO_ANSWER)
    )
    await signed_in.settled()
    assert "back from Eva Schönenberger" in only_card(signed_in).accessibleName()
    assert "back from Eva Schönenberger" in eyes.texts(signed_in.shell.popups.shown[0])


async def test_enter_connects_the_two_once(signed_in: Stage) -> None:
    first, second = await consulting(signed_in)
    complete = eyes.button("Transfer", bar(signed_in))
    assert signed_in.window.focusWidget() is complete
    eyes.press_held(complete, Qt.Key.Key_Return)
    assert not signed_in.engine.call(first).transferring, "the Enter that began the talk is still held"
    eyes.press(complete, Qt.Key.Key_Return)
    await signed_in.settled()
    assert signed_in.engine.call(first).transferring
    assert signed_in.engine.call(second).transferring


async def test_the_keyboard_waits_at_the_bar_while_another_window_has_it(signed_in: Stage) -> None:
    await begun(signed_in)
    eyes.type_into(field(signed_in), "205")
    eyes.press(field(signed_in), Qt.Key.Key_Return)
    await signed_in.settled()
    other = QLineEdit()
    other.show()
    other.activateWindow()
    await signed_in.settled()
    assert not signed_in.window.isActiveWindow()
    signed_in.engine.far_end_refuses(signed_in.engine.calls[-1].call_id, 486)
    await signed_in.settled()
    assert signed_in.window.focusWidget() is field(signed_in), "somebody else can be typed at once"
    other.close()
