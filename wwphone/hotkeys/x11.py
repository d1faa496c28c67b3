"""Hot-keys on X11: passive grabs on the root window (X11 protocol, "GrabKey"), on a connection of their own."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

import xcffib
import xcffib.keysymdef
import xcffib.xf86keysym
import xcffib.xproto as xp

from wwphone.domain.actions import Action
from wwphone.domain.hotkeys import NAMED_KEYS, Hotkey, HotkeyProblem, Modifier
from wwphone.hotkeys.api import HotkeySupport

logger = logging.getLogger(__name__)

_MASKS: Mapping[Modifier, int] = MappingProxyType(
    {
        Modifier.SHIFT: xp.ModMask.Shift,
        Modifier.CTRL: xp.ModMask.Control,
        Modifier.ALT: xp.ModMask._1,  # noqa: SLF001 - that is how the binding calls them
        Modifier.META: xp.ModMask._4,  # noqa: SLF001
    }
)
_HELD = sum(_MASKS.values())
_LOCKS = (xp.ModMask.Lock, xp.ModMask._2)  # noqa: SLF001 - Caps Lock, and Num Lock as every keyboard map has it
_LOCKED = tuple(sum(some) for count in (0, 1, 2) for some in itertools.combinations(_LOCKS, count))
"""A grab counts for one exact state of the locks, so each needs one."""
_F1 = xcffib.keysymdef.XK_F1
_UNICODE = 0x0100_0000
"""Keysyms of characters beyond Latin-1 (X11 protocol, appendix A)."""
_Chord = tuple[int, int]
"""Keycode and mask of the held keys."""


def _ignore(_: Action) -> None:
    """Nobody listens yet."""


class X11Hotkeys:
    """Connects at once, raises OSError when it cannot; listens from the first `grab` on, on the running loop."""

    def __init__(self) -> None:
        try:
            self._connection = xcffib.connect()
        except xcffib.ConnectionException as error:
            raise OSError(f"no X server: {error}") from error
        self._descriptor = (
            self._connection.get_file_descriptor()
        )  # cannot be asked for once the line is broken
        self._root = self._connection.get_setup().roots[0].root
        self._keys: Mapping[Action, Hotkey] = {}
        self._grabbed: dict[_Chord, Action] = {}
        self._on_pressed: Callable[[Action], None] = _ignore
        self._released: dict[int, int] = {}
        """When each key was last released, in the server's ms."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_open = True

    @property
    def support(self) -> HotkeySupport:
        """See Hotkeys."""
        return HotkeySupport.AVAILABLE

    async def prepare(self) -> None:
        """See Hotkeys."""

    def grab(
        self, keys: Mapping[Action, Hotkey], on_pressed: Callable[[Action], None]
    ) -> Mapping[Action, HotkeyProblem]:
        """See Hotkeys."""
        if not self._is_open:
            return dict.fromkeys(keys, HotkeyProblem.TAKEN)
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            self._loop.add_reader(self._descriptor, self._on_readable)
        self._keys, self._on_pressed = keys, on_pressed
        wanted, problems = self._wanted(keys)
        for chord in tuple(self._grabbed):
            if self._grabbed[chord] not in wanted or chord not in wanted[self._grabbed[chord]]:
                self._ungrab(chord)
        # What stays is not touched: a key pressed meanwhile, on a keyboard just plugged in, must not be lost.
        for action, chords in wanted.items():
            if all(chord in self._grabbed or self._grab(chord) for chord in chords):
                self._grabbed.update(dict.fromkeys(chords, action))
            else:
                for chord in chords:
                    self._ungrab(chord)
                problems[action] = HotkeyProblem.TAKEN
        self._loop.call_soon(self._on_readable)  # events may have come along with the replies
        return problems

    def close(self) -> None:
        """See Hotkeys."""
        if self._is_open:
            self._is_open = False
            if self._loop is not None:
                self._loop.remove_reader(self._descriptor)
            self._connection.disconnect()  # the server gives the keys back by itself

    # ------------------------------------------------------------ grabs

    def _wanted(
        self, keys: Mapping[Action, Hotkey]
    ) -> tuple[dict[Action, list[_Chord]], dict[Action, HotkeyProblem]]:
        keyboard = self._keyboard()
        wanted: dict[Action, list[_Chord]] = {}
        problems: dict[Action, HotkeyProblem] = {}
        for action, hotkey in keys.items():
            chords = list(_chords(hotkey, keyboard))
            if not chords:
                problems[action] = HotkeyProblem.NO_SUCH_KEY
            elif any(chord in others for chord in chords for others in wanted.values()):
                problems[action] = HotkeyProblem.TWICE
            else:
                wanted[action] = chords
        return wanted, problems

    def _grab(self, chord: _Chord) -> bool:
        keycode, mask = chord
        asynchronous = xp.GrabMode.Async
        cookies = [
            self._connection.core.GrabKeyChecked(
                False, self._root, mask | locks, keycode, asynchronous, asynchronous
            )
            for locks in _LOCKED
        ]
        refused = 0
        for cookie in cookies:
            try:
                cookie.check()
            except xp.AccessError:
                refused += 1
        return not refused

    def _ungrab(self, chord: _Chord) -> None:
        keycode, mask = chord
        for locks in _LOCKED:
            self._connection.core.UngrabKey(keycode, self._root, mask | locks)
        self._connection.flush()
        self._grabbed.pop(chord, None)

    def _keyboard(self) -> dict[int, list[_Chord]]:
        """Where each keysym is, and whether Shift belongs to it."""
        setup = self._connection.get_setup()
        first, count = setup.min_keycode, setup.max_keycode - setup.min_keycode + 1
        reply = self._connection.core.GetKeyboardMapping(first, count).reply()
        found: dict[int, list[_Chord]] = {}
        for place in range(count):
            row = reply.keysyms[place * reply.keysyms_per_keycode : (place + 1) * reply.keysyms_per_keycode]
            for level, shift in ((0, 0), (1, int(xp.ModMask.Shift))):
                if level < len(row) and row[level] and not (level and row[1] == row[0]):
                    found.setdefault(row[level], []).append((first + place, shift))
        return found

    # ------------------------------------------------------------ events

    def _on_readable(self) -> None:
        while self._is_open:
            try:
                event = self._connection.poll_for_event()
            except xcffib.ConnectionException:
                logger.warning("the X server has gone, and the hot-keys with it")
                self.close()
                return
            except xcffib.Error:
                continue  # an answer to ungrabbing what was not grabbed
            if event is None:
                return
            self._received(event)

    def _received(self, event: object) -> None:
        match event:
            case xp.KeyPressEvent():
                # A held key repeats: released and pressed again at the same moment.
                if self._released.get(event.detail) != event.time:
                    action = self._grabbed.get((event.detail, event.state & _HELD))
                    if action is not None:
                        self._on_pressed(action)
            case xp.KeyReleaseEvent():
                self._released[event.detail] = event.time
            case xp.MappingNotifyEvent() if event.request == xp.Mapping.Keyboard:
                self.grab(self._keys, self._on_pressed)


def _chords(hotkey: Hotkey, keyboard: Mapping[int, list[_Chord]]) -> Iterator[_Chord]:
    mask = sum(_MASKS[modifier] for modifier in hotkey.modifiers)
    for keycode, shift in keyboard.get(_keysym(hotkey.key), []):
        yield keycode, mask | shift


def _keysym(key: str) -> int:
    if len(key) == 1:
        return ord(key) if ord(key) < 0x100 else _UNICODE | ord(key)
    name = NAMED_KEYS.get(key)
    if name is None:
        return int(_F1) + int(key.removeprefix("F")) - 1
    if name.startswith("XF86"):
        return int(getattr(xcffib.xf86keysym, f"XF86XK_{name.removeprefix('XF86')}"))
    return int(getattr(xcffib.keysymdef, f"XK_{name}"))
