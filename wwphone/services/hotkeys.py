"""Keeps the system's hot-keys equal to the settings."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import MappingProxyType

from wwphone.config.options import (
    HOTKEY_ANSWER,
    HOTKEY_DIAL_MARKED,
    HOTKEY_HANG_UP,
    HOTKEY_HOLD,
    HOTKEY_MUTE,
    HOTKEY_PICK_UP,
    HOTKEY_SHOW,
    Option,
)
from wwphone.config.settings import Settings
from wwphone.domain.actions import Action
from wwphone.domain.hotkeys import BadHotkeyError, Hotkey, HotkeyProblem, hotkey_of
from wwphone.hotkeys.api import Hotkeys, HotkeySupport
from wwphone.services.observing import Listeners
from wwphone.services.tasks import TaskOwner

HOTKEY_OPTIONS: Mapping[Action, Option] = MappingProxyType(
    {
        Action.ANSWER: HOTKEY_ANSWER,
        Action.HANG_UP: HOTKEY_HANG_UP,
        Action.HOLD: HOTKEY_HOLD,
        Action.MUTE: HOTKEY_MUTE,
        Action.PICK_UP: HOTKEY_PICK_UP,
        Action.SHOW: HOTKEY_SHOW,
        Action.DIAL_MARKED: HOTKEY_DIAL_MARKED,
    }
)
"""Where the keys for an action rest; an empty text means none."""


class HotkeysService:
    """Tells when hot-keys are pressed, and which of them cannot be had."""

    def __init__(self, settings: Settings, hotkeys: Hotkeys) -> None:
        self._settings = settings
        self._hotkeys = hotkeys
        self._tasks = TaskOwner("hot-keys")
        self._preparation: asyncio.Task[None] | None = None
        self._paused = False
        self._started = False
        self.problems: Mapping[Action, HotkeyProblem] = {}
        self.pressed: Listeners[Action] = Listeners()
        self.changed: Listeners[None] = Listeners()
        """`problems` or `support` may have changed."""
        settings.on_change(self._on_option_changed)

    @property
    def support(self) -> HotkeySupport:
        """Whether this desktop gives programs hot-keys."""
        return self._hotkeys.support

    def start(self) -> None:
        """Have the keys of the settings from now on."""
        self._started = True
        self._apply()

    async def shutdown(self) -> None:
        """Give the keys back."""
        self._started = False
        await self._tasks.shutdown()
        self._hotkeys.close()

    def pause(self, *, paused: bool) -> None:
        """Leave the keys alone while somebody chooses them, or have them again."""
        if paused is not self._paused:
            self._paused = paused
            self._apply()

    def _on_option_changed(self, option: Option) -> None:
        if option in HOTKEY_OPTIONS.values():
            self._apply()

    def _apply(self) -> None:
        if not self._started:
            return
        if self.support is not HotkeySupport.AVAILABLE:
            self.changed.tell(None)
            return
        keys, problems = self._read()
        if self._preparation is None and keys:
            self._preparation = self._tasks.start(self._prepare())
        if self._preparation is not None and self._preparation.done():
            refused = self._hotkeys.grab({} if self._paused else keys, self.pressed.tell)
            if self._paused:
                return  # nobody knows yet whether the new ones can be had
            problems.update(refused)
        self.problems = problems
        self.changed.tell(None)

    async def _prepare(self) -> None:
        await self._hotkeys.prepare()
        asyncio.get_running_loop().call_soon(self._apply)  # when this task is done

    def _read(self) -> tuple[dict[Action, Hotkey], dict[Action, HotkeyProblem]]:
        keys: dict[Action, Hotkey] = {}
        problems: dict[Action, HotkeyProblem] = {}
        for action, option in HOTKEY_OPTIONS.items():
            text = self._settings.text(option)
            if not text:
                continue
            try:
                keys[action] = hotkey_of(text)
            except BadHotkeyError as error:
                problems[action] = error.problem
        return keys, problems
