"""Keys of the windows while several calls are there: which one they mean, and what happens when one is held down."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QWidget

from tests.gui import eyes
from tests.gui.conferences import opened
from tests.gui.stage import MUELLER, Stage
from tests.gui.test_ringing import claims
from wwphone.config.options import BUSY_FROM
from wwphone.domain.calls import CallState
from wwphone.domain.transfer import TransferStage
from wwphone.gui.transfer_bar import TransferBar

NONE = Qt.KeyboardModifier.NoModifier
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


async def talk_and_ring(stage: Stage) -> tuple[str, str]:
    """Somebody rings while one talks."""
    stage.world.settings.set(BUSY_FROM, 0)
    talk = await stage.talking("Beat")
    ringing = await stage.incoming(MUELLER)
    stage.window.activateWindow()  # the screen in memory gives every new window the keyboard
    await stage.settled()
    return talk, ringing


async def press(stage: Stage, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
    eyes.press(stage.window, key, modifier)
    await stage.settled()


def state(stage: Stage, call_id: str) -> CallState:
    return stage.engine.call(call_id).state


async def test_f6_hangs_up_whom_one_talks_to_while_another_rings(signed_in: Stage) -> None:
    talk, ringing = await talk_and_ring(signed_in)
    await press(signed_in, Qt.Key.Key_F6)
    assert state(signed_in, talk) is CallState.ENDED
    assert state(signed_in, ringing) is CallState.INCOMING
    await press(signed_in, Qt.Key.Key_F6)
    assert state(signed_in, ringing) is CallState.ENDED, "no other call: it declines"


async def test_shift_f5_declines_and_the_talk_goes_on(signed_in: Stage) -> None:
    talk, ringing = await talk_and_ring(signed_in)
    await press(signed_in, Qt.Key.Key_F5, SHIFT)
    assert state(signed_in, ringing) is CallState.ENDED
    assert state(signed_in, talk) is CallState.ACTIVE
    await press(signed_in, Qt.Key.Key_F5, SHIFT)
    assert state(signed_in, talk) is CallState.ACTIVE, "it never hangs up"


async def test_ctrl_t_transfers_whom_one_talks_to_while_another_rings(signed_in: Stage) -> None:
    talk, ringing = await talk_and_ring(signed_in)
    await press(signed_in, Qt.Key.Key_T, CTRL)
    found = signed_in.world.services.transfer.transfer(talk)
    assert found is not None
    assert found.stage is TransferStage.CHOOSING
    [bar] = eyes.visible(TransferBar, signed_in.window)
    assert not bar.deflects
    await press(signed_in, Qt.Key.Key_T, CTRL)
    assert eyes.visible(TransferBar, signed_in.window) == [bar], "also while it is held for that"
    assert state(signed_in, ringing) is CallState.INCOMING


async def test_ctrl_shift_t_and_shift_f6_send_on_who_rings_while_one_talks(signed_in: Stage) -> None:
    talk, ringing = await talk_and_ring(signed_in)
    await press(signed_in, Qt.Key.Key_T, CTRL | SHIFT)
    [bar] = eyes.visible(TransferBar, signed_in.window)
    assert bar.deflects
    assert signed_in.world.services.transfer.transfer(talk) is None
    await press(signed_in, Qt.Key.Key_F6, SHIFT)
    assert signed_in.engine.sent_on == [(ringing, "voicemail")]
    assert state(signed_in, talk) is CallState.ACTIVE


async def test_ctrl_m_merges_the_talk_although_another_rings(signed_in: Stage) -> None:
    signed_in.world.settings.set(BUSY_FROM, 0)
    await signed_in.talking("Eva")
    talk, ringing = await talk_and_ring(signed_in)
    await press(signed_in, Qt.Key.Key_M, CTRL)
    assert signed_in.engine.call(talk).merged
    assert not signed_in.engine.call(ringing).merged


LEADING = {"Ctrl+L", "Ctrl+Shift+P"}
LEADING_IN_CONFERENCE = {"Ctrl+I", "Ctrl+1", "Ctrl+2"}


def repeating(window: QWidget) -> set[str]:
    return {each.key().toString() for each in window.findChildren(QShortcut) if each.autoRepeat()}


async def test_in_the_window_a_held_key_acts_once(signed_in: Stage) -> None:
    assert repeating(signed_in.window) == LEADING
    keys = {each.key().toString() for each in signed_in.window.findChildren(QShortcut)}
    assert {"F5", "F6", "F9", "Ctrl+T", "Ctrl+D", "Ctrl+R", "Ctrl+N", "Ctrl+1", "Shift+F6"} <= keys


async def test_in_the_conference_window_a_held_key_acts_once(chair: Stage) -> None:
    assert repeating(await opened(chair)) == LEADING_IN_CONFERENCE


@pytest.mark.parametrize("keys", sorted(LEADING))
async def test_what_repeats_leads_to_the_same_place_twice(signed_in: Stage, keys: str) -> None:
    [shortcut] = [each for each in signed_in.window.findChildren(QShortcut) if each.key().toString() == keys]
    shortcut.activated.emit()
    there = signed_in.window.focusWidget()
    shortcut.activated.emit()
    assert signed_in.window.focusWidget() is there


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
async def test_enter_held_on_a_colleague_calls_once(signed_in: Stage, key: Qt.Key) -> None:
    people = signed_in.window.colleagues
    people.list.setFocus()
    people.list.setCurrentIndex(people.model.index_of("eva"))
    eyes.press_held(people.list, key)
    eyes.press_held(people._filter, key)
    eyes.press_held(signed_in.window._form.dial_field, key)
    await signed_in.settled()
    assert not signed_in.engine.calls
    eyes.press(people.list, key)
    await signed_in.settled()
    assert len(signed_in.engine.calls) == 1


async def test_p_held_picks_up_once_and_types_nothing(signed_in: Stage) -> None:
    people = signed_in.window.colleagues
    call = signed_in.rings("dario")
    await signed_in.settled()
    people.list.setFocus()
    people.list.setCurrentIndex(people.model.index_of("dario"))
    eyes.press_held(people.list, Qt.Key.Key_P, "p")
    await signed_in.settled()
    assert claims(signed_in) == []
    eyes.press(people.list, Qt.Key.Key_P)
    eyes.press_held(people.list, Qt.Key.Key_P, "p")
    await signed_in.settled()
    assert claims(signed_in) == [call.ringing_id]
    assert people._filter.text() == ""


async def test_arrows_that_are_held_go_on(signed_in: Stage) -> None:
    people = signed_in.window.colleagues
    people.list.setFocus()
    people.list.setCurrentIndex(people.model.index_of("eva"))
    eyes.press_held(people.list, Qt.Key.Key_Up)
    assert people.list.currentIndex() != people.model.index_of("eva")
