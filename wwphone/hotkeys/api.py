"""What may be asked of the system's hot-keys, and what it answers (layer 2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Protocol

from wwphone.domain.actions import Action
from wwphone.domain.hotkeys import Hotkey, HotkeyProblem


class HotkeySupport(Enum):
    """Whether this desktop gives programs hot-keys."""

    AVAILABLE = "available"
    WAYLAND = "wayland"
    """The desktop keeps them for itself: its own settings can bind keys to commands."""
    NOT_HERE = "not_here"
    """This program cannot have them on this system so far."""


class Hotkeys(Protocol):
    """Hot-keys of one program."""

    @property
    def support(self) -> HotkeySupport:
        """Whether there can be any."""

    async def prepare(self) -> None:
        """Load what is needed; comes before the first `grab`. `support` may be another afterwards."""

    def grab(
        self, keys: Mapping[Action, Hotkey], on_pressed: Callable[[Action], None]
    ) -> Mapping[Action, HotkeyProblem]:
        """Have these keys and no others from now on, and return which of them could not be had.

        `on_pressed` is called on the main thread, once each time the keys are pressed however long they are held.
        """

    def close(self) -> None:
        """Give all keys back; safe to call twice."""


class NoHotkeys:
    """Where there are none; also what tests without a screen stand on."""

    def __init__(self, support: HotkeySupport = HotkeySupport.NOT_HERE) -> None:
        self._support = support

    @property
    def support(self) -> HotkeySupport:
        """See Hotkeys."""
        return self._support

    async def prepare(self) -> None:
        """See Hotkeys."""

    def grab(
        self, keys: Mapping[Action, Hotkey], on_pressed: Callable[[Action], None]
    ) -> Mapping[Action, HotkeyProblem]:
        """See Hotkeys."""
        del keys, on_pressed
        return {}

    def close(self) -> None:
        """See Hotkeys."""
