"""The hot-keys of this desktop, loaded when somebody wants one."""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
from collections.abc import Callable, Mapping

from PySide6.QtGui import QGuiApplication

from wwphone.domain.actions import Action
from wwphone.domain.hotkeys import Hotkey, HotkeyProblem
from wwphone.hotkeys.api import Hotkeys, HotkeySupport, NoHotkeys

logger = logging.getLogger(__name__)


class X11HotkeysOnDemand:
    """Most people have no hot-keys: the binding takes 0.2 s and some memory that they need not spend."""

    def __init__(self) -> None:
        self._real: Hotkeys = NoHotkeys(HotkeySupport.AVAILABLE)

    @property
    def support(self) -> HotkeySupport:
        """See Hotkeys."""
        return self._real.support

    async def prepare(self) -> None:
        """See Hotkeys."""
        # On a thread: the window goes on meanwhile.
        module = await asyncio.to_thread(importlib.import_module, "wwphone.hotkeys.x11")
        try:
            self._real = module.X11Hotkeys()
        except OSError as error:
            logger.warning("there are no hot-keys: %s", error)
            self._real = NoHotkeys()

    def grab(
        self, keys: Mapping[Action, Hotkey], on_pressed: Callable[[Action], None]
    ) -> Mapping[Action, HotkeyProblem]:
        """See Hotkeys."""
        return self._real.grab(keys, on_pressed)

    def close(self) -> None:
        """See Hotkeys."""
        self._real.close()


def system_hotkeys() -> Hotkeys:
    """The hot-keys of the desktop that Qt shows its windows on; where there are none, something that says so."""
    platform = QGuiApplication.platformName()
    if platform.startswith("wayland") or os.environ.get("WAYLAND_DISPLAY"):
        return NoHotkeys(
            HotkeySupport.WAYLAND
        )  # also for a window of X11 there: it sees the keys of such only
    return X11HotkeysOnDemand() if platform == "xcb" else NoHotkeys()
