"""The system's hot-keys follow the settings."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from wwphone.config.options import HOTKEY_ANSWER, HOTKEY_HOLD, HOTKEY_MUTE, LANGUAGE
from wwphone.config.settings import Settings
from wwphone.domain.actions import Action
from wwphone.domain.hotkeys import Hotkey, HotkeyProblem, Modifier
from wwphone.hotkeys.api import HotkeySupport, NoHotkeys
from wwphone.services.hotkeys import HotkeysService


class FakeHotkeys(NoHotkeys):
    """Keys of which other programs have some."""

    def __init__(self, *taken: str) -> None:
        super().__init__(HotkeySupport.AVAILABLE)
        self.taken = taken
        self.keys: Mapping[Action, Hotkey] = {}
        self.asked = 0
        self.prepared = 0
        self.closed = False
        self.press: Callable[[Action], None] = lambda action: None

    async def prepare(self) -> None:
        """See Hotkeys."""
        self.prepared += 1

    def grab(
        self, keys: Mapping[Action, Hotkey], on_pressed: Callable[[Action], None]
    ) -> Mapping[Action, HotkeyProblem]:
        """See Hotkeys."""
        self.asked += 1
        self.press = on_pressed
        refused = {action: HotkeyProblem.TAKEN for action, each in keys.items() if each.key in self.taken}
        self.keys = {action: each for action, each in keys.items() if action not in refused}
        return refused

    def close(self) -> None:
        """See Hotkeys."""
        self.closed = True


async def settled() -> None:
    for _ in range(6):
        await asyncio.sleep(0)


async def service(hotkeys: NoHotkeys, **keys: str) -> tuple[HotkeysService, Settings]:
    settings = Settings(None)
    for option in (HOTKEY_ANSWER, HOTKEY_HOLD, HOTKEY_MUTE):
        settings.set(option, keys.get(option.key.removeprefix("hotkey."), ""))
    made = HotkeysService(settings, hotkeys)
    made.start()
    await settled()
    return made, settings


async def test_there_are_none_by_default() -> None:
    hotkeys = FakeHotkeys()
    made, settings = await service(hotkeys)
    assert hotkeys.prepared == 0, "what nobody wants is not loaded"
    assert made.problems == {}
    settings.set(HOTKEY_HOLD, "F9")
    settings.set(HOTKEY_MUTE, "F10")
    await settled()
    assert hotkeys.prepared == 1
    assert set(hotkeys.keys) == {Action.HOLD, Action.MUTE}


async def test_keys_of_the_settings_are_had_and_pressing_them_is_told() -> None:
    hotkeys = FakeHotkeys()
    made, settings = await service(hotkeys, answer="Ctrl+F9")
    pressed: list[Action] = []
    made.pressed.subscribe(pressed.append)
    assert hotkeys.keys == {Action.ANSWER: Hotkey("F9", frozenset({Modifier.CTRL}))}
    hotkeys.press(Action.ANSWER)
    assert pressed == [Action.ANSWER]
    settings.set(HOTKEY_ANSWER, "")
    assert hotkeys.keys == {}
    asked = hotkeys.asked
    settings.set(LANGUAGE, "de")
    assert hotkeys.asked == asked, "other settings are none of its business"
    await made.shutdown()
    assert hotkeys.closed


async def test_problems_are_told_by_action() -> None:
    made, settings = await service(FakeHotkeys("F9"), answer="F9", hold="h")
    assert made.problems == {Action.ANSWER: HotkeyProblem.TAKEN, Action.HOLD: HotkeyProblem.NEEDS_MODIFIER}
    told: list[None] = []
    made.changed.subscribe(told.append)
    settings.set(HOTKEY_ANSWER, "F10")
    assert told
    assert made.problems == {Action.HOLD: HotkeyProblem.NEEDS_MODIFIER}


async def test_while_keys_are_chosen_none_acts() -> None:
    hotkeys = FakeHotkeys()
    made, settings = await service(hotkeys, answer="F9")
    made.pause(paused=True)
    assert hotkeys.keys == {}
    settings.set(HOTKEY_MUTE, "F10")
    assert hotkeys.keys == {}
    made.pause(paused=False)
    assert set(hotkeys.keys) == {Action.ANSWER, Action.MUTE}


async def test_where_there_are_none_nothing_is_asked_for() -> None:
    made, _ = await service(NoHotkeys(HotkeySupport.WAYLAND), answer="F9")
    assert made.support is HotkeySupport.WAYLAND
    assert made.problems == {}
