"""Which keys a text means, and which may be taken from other programs."""

from __future__ import annotations

import pytest

from wwphone.domain.hotkeys import BadHotkeyError, Hotkey, HotkeyProblem, Modifier, hotkey_of

M = Modifier


@pytest.mark.parametrize(
    ("text", "key", "modifiers"),
    [
        ("F9", "F9", set()),
        ("Ctrl+Alt+A", "a", {M.CTRL, M.ALT}),
        ("Meta+Space", "Space", {M.META}),
        ("Ctrl+Shift+F12", "F12", {M.CTRL, M.SHIFT}),
        ("Ctrl++", "+", {M.CTRL}),
        ("Pause", "Pause", set()),
        ("Media Play", "Media Play", set()),
        ("Alt+Ö", "ö", {M.ALT}),
    ],
)
def test_keys(text: str, key: str, modifiers: set[Modifier]) -> None:
    assert hotkey_of(text) == Hotkey(key, frozenset(modifiers))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("A", HotkeyProblem.NEEDS_MODIFIER),
        ("Shift+A", HotkeyProblem.NEEDS_MODIFIER),
        ("Return", HotkeyProblem.NEEDS_MODIFIER),
        ("Shift+Space", HotkeyProblem.NEEDS_MODIFIER),
        ("Ctrl+K, Ctrl+C", HotkeyProblem.NO_SUCH_KEY),
        ("Ctrl+", HotkeyProblem.NO_SUCH_KEY),
        ("Ctrl+F99", HotkeyProblem.NO_SUCH_KEY),
        ("Hyper+X", HotkeyProblem.NO_SUCH_KEY),
        ("\x00", HotkeyProblem.NO_SUCH_KEY),
    ],
)
def test_what_is_refused(text: str, problem: HotkeyProblem) -> None:
    with pytest.raises(BadHotkeyError) as refused:
        hotkey_of(text)
    assert refused.value.problem is problem
