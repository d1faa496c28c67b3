"""Hot-keys on a real X server, pressed as a keyboard does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
import pytest_asyncio
import xcffib

from tests.helpers.display import VirtualDisplay
from tests.helpers.waiting import wait_until_async
from wwphone.domain.actions import Action
from wwphone.domain.hotkeys import HotkeyProblem, hotkey_of
from wwphone.hotkeys.x11 import X11Hotkeys


@pytest.fixture(scope="module")
def display(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VirtualDisplay]:
    with VirtualDisplay(tmp_path_factory.mktemp("display"), 640, 480) as display:
        yield display


@pytest.fixture(autouse=True)
def screen(display: VirtualDisplay, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in display.environment().items():
        monkeypatch.setenv(name, value)


@pytest_asyncio.fixture
async def hotkeys() -> AsyncIterator[X11Hotkeys]:
    made = X11Hotkeys()
    yield made
    made.close()


def grab(hotkeys: X11Hotkeys, **keys: str) -> tuple[list[Action], dict[Action, HotkeyProblem]]:
    pressed: list[Action] = []
    wanted = {Action[name.upper()]: hotkey_of(text) for name, text in keys.items()}
    return pressed, dict(hotkeys.grab(wanted, pressed.append))


async def press(display: VirtualDisplay, *keys: str) -> None:
    await asyncio.to_thread(display.press, *keys)


async def test_keys_act_whatever_lock_is_on(display: VirtualDisplay, hotkeys: X11Hotkeys) -> None:
    pressed, problems = grab(hotkeys, answer="Ctrl+F9", hang_up="Meta+H", hold="Pause", mute="Ctrl+Shift+M")
    assert problems == {}
    await press(display, "ctrl+F9", "super+h", "Pause", "ctrl+shift+m")
    expected = [Action.ANSWER, Action.HANG_UP, Action.HOLD, Action.MUTE]
    await wait_until_async(lambda: pressed == expected, "the four keys")
    await press(display, "F9", "ctrl+h", "ctrl+m", "ctrl+alt+F9")
    for lock in ("Num_Lock", "Caps_Lock"):
        await press(display, lock)
        await asyncio.to_thread(display._run, "xdotool", "key", "ctrl+F9")  # leaves the lock on
        expected.append(Action.ANSWER)
        await wait_until_async(lambda: len(pressed) >= len(expected), f"the key under {lock}")
        await press(display, lock)
    assert pressed == expected, "other chords of the same keys are other people's"


async def test_a_held_key_counts_once(display: VirtualDisplay, hotkeys: X11Hotkeys) -> None:
    pressed, _ = grab(hotkeys, hold="Ctrl+F9", mute="Ctrl+F10")
    repeats = 0
    received = hotkeys._received

    def count(event: object) -> None:
        nonlocal repeats
        repeats += 1
        received(event)

    hotkeys._received = count  # type: ignore[method-assign]
    await asyncio.to_thread(display._run, "xdotool", "keydown", "ctrl", "keydown", "F9")
    await wait_until_async(lambda: repeats > 8, "the key to repeat")
    await asyncio.to_thread(display._run, "xdotool", "keyup", "F9", "keyup", "ctrl")
    await press(display, "ctrl+F10")
    await wait_until_async(lambda: Action.MUTE in pressed, "the next key")
    assert pressed == [Action.HOLD, Action.MUTE]


async def test_what_another_program_has_is_told_and_had_as_soon_as_it_is_free(
    display: VirtualDisplay, hotkeys: X11Hotkeys
) -> None:
    other = X11Hotkeys()
    others, _ = grab(other, answer="Ctrl+F9")
    pressed, problems = grab(hotkeys, answer="Ctrl+F9", mute="Ctrl+F10")
    assert problems == {Action.ANSWER: HotkeyProblem.TAKEN}
    await press(display, "ctrl+F9", "ctrl+F10")
    await wait_until_async(lambda: (others, pressed) == ([Action.ANSWER], [Action.MUTE]), "each its own")
    other.close()
    pressed, problems = grab(hotkeys, answer="Ctrl+F9")
    assert problems == {}
    await press(display, "ctrl+F9")
    await wait_until_async(lambda: pressed == [Action.ANSWER], "the key")


async def test_keys_are_given_back(display: VirtualDisplay, hotkeys: X11Hotkeys) -> None:
    pressed, _ = grab(hotkeys, answer="Ctrl+F9", mute="Ctrl+F10")
    newly, _ = grab(hotkeys, mute="Ctrl+F10")
    other = X11Hotkeys()
    others, problems = grab(other, answer="Ctrl+F9")
    assert problems == {}
    await press(display, "ctrl+F9", "ctrl+F10")
    await wait_until_async(lambda: (others, newly) == ([Action.ANSWER], [Action.MUTE]), "the new order")
    assert pressed == []
    other.close()


async def test_twice_and_missing_keys(hotkeys: X11Hotkeys) -> None:
    _, problems = grab(hotkeys, answer="Ctrl+F9", mute="Ctrl+F9", hold="Ctrl+ж")
    assert problems == {Action.MUTE: HotkeyProblem.TWICE, Action.HOLD: HotkeyProblem.NO_SUCH_KEY}


async def test_another_keyboard_has_the_key_elsewhere(display: VirtualDisplay, hotkeys: X11Hotkeys) -> None:
    pressed, _ = grab(hotkeys, answer="Ctrl+Y")
    connection = xcffib.connect()
    [(former, _)] = hotkeys._keyboard()[ord("y")]
    [(other, _)] = hotkeys._keyboard()[ord("z")]
    for keycode, keysyms in ((former, (0, 0)), (other, (ord("y"), ord("Y")))):
        connection.core.ChangeKeyboardMappingChecked(1, keycode, 2, keysyms).check()
    connection.disconnect()
    await wait_until_async(lambda: other in {keycode for keycode, _ in hotkeys._grabbed}, "the new keyboard")
    await press(display, "ctrl+y")
    await wait_until_async(lambda: pressed, "the key at its new place")
    assert set(pressed) == {Action.ANSWER}


async def test_without_a_screen_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":4711")
    with pytest.raises(OSError, match="no X server"):
        X11Hotkeys()


async def test_when_the_screen_goes_the_program_stays(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    expected_logs: Callable[..., object],
) -> None:
    expected_logs("the X server has gone", logger="wwphone.hotkeys")
    display = VirtualDisplay(tmp_path_factory.mktemp("short"), 640, 480).start()
    monkeypatch.setenv("DISPLAY", display.name)
    hotkeys = X11Hotkeys()
    grab(hotkeys, answer="Ctrl+F9")
    await asyncio.to_thread(display.stop)
    await wait_until_async(lambda: not hotkeys._is_open, "the end of the connection")
    hotkeys.close()
