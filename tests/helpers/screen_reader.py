"""Somebody at a window who works by keyboard alone and knows only what a screen reader is told (AT-SPI)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.helpers.accessibility import AccessibilityBus, Accessible, State
from tests.helpers.display import VirtualDisplay
from tests.helpers.waiting import SECONDS, Value, wait_until

_NEED_NAMES = (
    "push button",
    "button menu",
    "check box",
    "text",
    "list",
    "list item",
    "combo box",
    "menu item",
)
"""Roles of which each must have a name, whether the keyboard gets there or not."""


class ScreenReader:
    """The person's keyboard, and what is told to them."""

    def __init__(self, display: VirtualDisplay, bus: AccessibilityBus) -> None:
        self.keyboard = display
        self._bus = bus

    def everything(self) -> list[Accessible]:
        """All that can be read now, in all windows; each must have a name."""
        found = self._read()
        if any(lacks_name(one) for one in found):
            found = self._read()  # what was being made or taken away at that moment has it now, or is gone
        nameless = [one for one in found if lacks_name(one)]
        assert not nameless, f"a screen reader cannot say what these are: {nameless}"
        return found

    def _read(self) -> list[Accessible]:
        return [one for window in self._bus.windows() for one in window]

    def hears_of(self, *words: str, role: str = "") -> Accessible:
        """Wait until something is told in these words."""

        def told() -> Accessible | None:
            for one in self.everything():
                if role in ("", one.role) and all(word in one.name for word in words):
                    return one
            return None

        return self._wait(told, f"{words}")

    def hears_no_more_of(self, *words: str) -> None:
        """Wait until nothing is told in these words."""
        self._wait(
            lambda: not any(all(word in one.name for word in words) for one in self.everything()),
            f"the end of {words}",
        )

    def is_at(self, *words: str) -> Accessible:
        """Wait until the keyboard is at what is called so."""

        def there() -> Accessible | None:
            at = [one for window in self._bus.windows() for one in focused(window)]
            return next((one for one in at if all(word in one.name for word in words)), None)

        return self._wait(there, f"the keyboard at {words}")

    def _wait(self, look: Callable[[], Value | None], what: str) -> Value:
        try:
            return wait_until(look, what, 20 * SECONDS)
        except AssertionError as late:
            told = "\n".join(
                f"{one.role}: {one.name} {one.description}" for one in self.everything() if one.name
            )
            raise AssertionError(f"{late}\nwhat a screen reader is told:\n{told}") from None

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        self.keyboard.press(*keys)

    def types(self, text: str) -> None:
        """Write into what has the keyboard."""
        self.keyboard.type_text(text)


def lacks_name(accessible: Accessible) -> bool:
    """Whether a screen reader cannot say what this is."""
    needed = accessible.has(State.FOCUSABLE) or accessible.role in _NEED_NAMES
    return needed and not accessible.name


def focused(accessible: Accessible, *, inside_focused: bool = False) -> Iterator[Accessible]:
    """Where the keyboard is; Qt calls a list's current line focused even while the list is not."""
    here = accessible.has(State.FOCUSED)
    if here and (accessible.role != "list item" or inside_focused):
        yield accessible
    for part in accessible.parts:
        yield from focused(part, inside_focused=here)
