"""The settings page on hot-keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from tests.gui import eyes
from tests.gui.stage import Stage
from tests.gui.world import World
from tests.unit.services.test_hotkeys import FakeHotkeys
from wwphone.config.options import HOTKEY_ANSWER, HOTKEY_HOLD
from wwphone.domain.actions import Action
from wwphone.domain.hotkeys import HotkeyProblem
from wwphone.gui.settings_window import SettingsPage, SettingsWindow
from wwphone.gui.words import sentence
from wwphone.hotkeys.api import HotkeySupport, NoHotkeys

CTRL = Qt.KeyboardModifier.ControlModifier


async def opened(stage: Stage) -> SettingsWindow:
    await stage.signed_in()
    stage.shell.open_settings(SettingsPage.HOTKEYS)
    await stage.settled()
    window = stage.shell.settings_window
    assert window is not None
    return window


async def press(stage: Stage, window: SettingsWindow, action: Action, key: Qt.Key) -> None:
    field = window.hotkeys.rows[action].field
    field.setFocus()
    QTest.keyClick(field, key, CTRL)
    window._form.pages.setFocus()
    await stage.settled()


async def test_a_chord_counts_at_once_and_can_be_cleared() -> None:
    hotkeys = FakeHotkeys()
    async with Stage("en", "light", World(hotkeys=hotkeys)) as stage:
        window = await opened(stage)
        await press(stage, window, Action.ANSWER, Qt.Key.Key_F9)
        assert stage.world.settings.text(HOTKEY_ANSWER) == "Ctrl+F9"
        assert [each.key for each in hotkeys.keys.values()] == ["F9"]
        window.hotkeys.rows[Action.ANSWER].field.clear()
        await stage.settled()
        assert stage.world.settings.text(HOTKEY_ANSWER) == ""
        assert hotkeys.keys == {}


async def test_no_hot_key_acts_while_one_is_chosen() -> None:
    hotkeys = FakeHotkeys()
    async with Stage("en", "light", World(hotkeys=hotkeys)) as stage:
        window = await opened(stage)
        await press(stage, window, Action.ANSWER, Qt.Key.Key_F9)
        assert hotkeys.keys
        window.hotkeys.rows[Action.HOLD].field.setFocus()
        await stage.settled()
        assert hotkeys.keys == {}
        window.close()
        await stage.settled()
        assert hotkeys.keys, "with the window gone they act again"


async def test_keys_of_another_program_are_told_in_words() -> None:
    async with Stage("en", "light", World(hotkeys=FakeHotkeys("F9"))) as stage:
        window = await opened(stage)
        await press(stage, window, Action.ANSWER, Qt.Key.Key_F9)
        row = window.hotkeys.rows[Action.ANSWER]
        assert row.says.isVisible()
        assert row.says.text() == sentence(HotkeyProblem.TAKEN)
        line = row.line
        assert isinstance(line, QLineEdit)
        assert line.accessibleName() == "Answer"
        assert line.accessibleDescription() == sentence(HotkeyProblem.TAKEN)
        await press(stage, window, Action.ANSWER, Qt.Key.Key_F10)
        assert not row.says.isVisible()


async def test_a_key_needed_for_writing_is_refused_in_words() -> None:
    async with Stage("en", "light", World(hotkeys=FakeHotkeys())) as stage:
        window = await opened(stage)
        stage.world.settings.set(HOTKEY_HOLD, "H")
        await stage.settled()
        assert sentence(HotkeyProblem.NEEDS_MODIFIER) in eyes.texts(window)


@pytest.mark.parametrize("support", [HotkeySupport.WAYLAND, HotkeySupport.NOT_HERE])
async def test_where_there_are_none_the_page_says_what_to_do_instead(support: HotkeySupport) -> None:
    async with Stage("en", "light", World(hotkeys=NoHotkeys(support))) as stage:
        window = await opened(stage)
        assert sentence(support) in eyes.texts(window)
        assert "wwphone answer" in sentence(support)
        assert not [row for row in window.hotkeys.rows.values() if row.isVisible()]
