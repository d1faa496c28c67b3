"""System-wide hot-keys: which keys a text like `Ctrl+Alt+F9` means, and which may be taken from other programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType


class Modifier(Enum):
    """A key that is held; the value is how a hot-key's text names it (as Qt's portable text does)."""

    CTRL = "Ctrl"
    ALT = "Alt"
    SHIFT = "Shift"
    META = "Meta"
    """The Windows key, the key with the command sign."""


class HotkeyProblem(Enum):
    """Why a hot-key does not work."""

    TAKEN = "taken"
    """Another program, or the desktop, has these keys."""
    TWICE = "twice"
    """Another action here has them."""
    NO_SUCH_KEY = "no_such_key"
    """This keyboard has no such key, or the text means none."""
    NEEDS_MODIFIER = "needs_modifier"
    """Alone, this key is needed for writing."""


class BadHotkeyError(ValueError):
    """The text is no hot-key; `problem` says why."""

    def __init__(self, problem: HotkeyProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


NAMED_KEYS: Mapping[str, str] = MappingProxyType(
    {
        "Space": "space",
        "Tab": "Tab",
        "Backspace": "BackSpace",
        "Return": "Return",
        "Enter": "KP_Enter",
        "Esc": "Escape",
        "Ins": "Insert",
        "Del": "Delete",
        "Home": "Home",
        "End": "End",
        "PgUp": "Page_Up",
        "PgDown": "Page_Down",
        "Left": "Left",
        "Right": "Right",
        "Up": "Up",
        "Down": "Down",
        "Pause": "Pause",
        "Print": "Print",
        "ScrollLock": "Scroll_Lock",
        "Menu": "Menu",
        "Help": "Help",
        "Media Play": "XF86AudioPlay",
        "Toggle Media Play/Pause": "XF86AudioPlay",
        "Media Pause": "XF86AudioPause",
        "Media Stop": "XF86AudioStop",
        "Media Previous": "XF86AudioPrev",
        "Media Next": "XF86AudioNext",
        "Microphone Mute": "XF86AudioMicMute",
        "Call": "XF86Phone",
    }
)
"""Keys with a name: Qt's, and that of the X Window System."""

_ALONE = frozenset(
    name
    for name in NAMED_KEYS
    if name in ("Pause", "Print", "ScrollLock", "Menu", "Help", "Call") or "Media" in name or "Micro" in name
)
_FUNCTION_KEYS = frozenset(f"F{number}" for number in range(1, 36))


@dataclass(frozen=True)
class Hotkey:
    """Keys pressed together."""

    key: str
    """A character, `F1` to `F35`, or one of `NAMED_KEYS`."""
    modifiers: frozenset[Modifier] = frozenset()


def hotkey_of(text: str) -> Hotkey:
    """Read one chord in Qt's portable text. Raises BadHotkeyError."""
    rest, modifiers = text, set()
    while True:
        held = next((each for each in Modifier if rest.startswith(f"{each.value}+")), None)
        if held is None:
            break
        modifiers.add(held)
        rest = rest.removeprefix(f"{held.value}+")
    is_letter = len(rest) == 1 and rest.isprintable() and not rest.isspace()
    if not is_letter and rest not in _FUNCTION_KEYS and rest not in NAMED_KEYS:
        raise BadHotkeyError(HotkeyProblem.NO_SUCH_KEY)
    is_free = rest in _FUNCTION_KEYS or rest in _ALONE
    if not is_free and not modifiers & {Modifier.CTRL, Modifier.ALT, Modifier.META}:
        raise BadHotkeyError(HotkeyProblem.NEEDS_MODIFIER)
    return Hotkey(rest.lower() if is_letter else rest, frozenset(modifiers))
