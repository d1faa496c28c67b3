"""A screen of its own for a program under test: X server without hardware, a window manager, a hand, a camera."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.helpers.processes import ChildProcess
from tests.helpers.waiting import SECONDS, wait_until

_DISPLAY_NUMBER = re.compile(r"^(\d+)$", re.MULTILINE)
_GEOMETRY = re.compile(r"^\s*(Absolute upper-left [XY]|Width|Height):\s*(-?\d+)$", re.MULTILINE)
_BETWEEN_KEYS_MS = 12
_MORE_LETTERS = ("äÄ", "öÖ", "üÜ", "éÉ", "èÈ", "àÀ", "çÇ", "êÊ", "ôÔ", "ñÑ", "ß€", "«»")
"""On the keys F13 to F24, which no keyboard of ours has, without and with shift.

WORKAROUND: what is on no key xdotool puts on one for the moment of typing, and programs often look too late or too
early: letters get lost. On keys of their own, from before the program starts, none does.
"""
_KEYBOARD = """\
xkb_keymap {{
  xkb_keycodes {{ include "evdev+aliases(qwerty)" }};
  xkb_types {{ include "complete" }};
  xkb_compat {{ include "complete" }};
  xkb_symbols {{
    include "pc+us+inet(evdev)"
{keys}
  }};
}};
"""
_WINDOW_MANAGER_SETTINGS = """\
<?xml version="1.0" encoding="UTF-8"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <focus><focusNew>yes</focusNew><followMouse>no</followMouse></focus>
  <desktops><number>1</number></desktops>
</openbox_config>
"""


@dataclass(frozen=True)
class Window:
    """A visible window; sizes and places in pixels, the place from the top left of the screen."""

    number: int
    title: str
    x: int
    y: int
    width: int
    height: int


class VirtualDisplay:
    """One Xvfb with openbox on it."""

    def __init__(self, folder: Path, width: int = 1280, height: int = 800) -> None:
        """Describe a screen of this size in pixels; logs and settings lie in ``folder``."""
        self._folder = folder
        self._size = f"{width}x{height}x24"
        self._server = ChildProcess(
            "Xvfb",
            ["Xvfb", "-displayfd", "1", "-screen", "0", self._size, "-nolisten", "tcp", "-noreset"],
            folder / "xvfb.log",
        )
        self._window_manager: ChildProcess | None = None
        self.name = ""
        """What programs find in DISPLAY, for example ":3"; empty before the start."""

    def start(self) -> Self:
        """Start the screen on a number nobody uses, and its window manager."""
        self._server.start()
        # With "-displayfd 1" the server itself looks for a free number, and writes it once it serves.
        self._server.wait_until_ready(lambda: _DISPLAY_NUMBER.search(self._server.log_text()), "its number")
        number = _DISPLAY_NUMBER.findall(self._server.log_text())[-1]
        self.name = f":{number}"
        self._run("xkbcomp", "-w", "0", "-", self.name, typed=_keyboard())
        settings = self._folder / "openbox.xml"
        settings.write_text(_WINDOW_MANAGER_SETTINGS, "utf-8")
        self._window_manager = ChildProcess(
            "openbox",
            ["openbox", "--config-file", settings],
            self._folder / "openbox.log",
            environment=self.environment() | {"XDG_CACHE_HOME": str(self._folder), "HOME": str(self._folder)},
        ).start()
        self._window_manager.wait_until_ready(self._has_window_manager, "its word that it manages the screen")
        return self

    def stop(self) -> None:
        """End the window manager and the screen; programs still on it lose their connection."""
        if self._window_manager is not None:
            self._window_manager.stop()
        self._server.stop()

    @property
    def is_running(self) -> bool:
        """Whether the screen lives."""
        return self._server.is_running()

    def environment(self) -> dict[str, str]:
        """Return what a program needs in its environment to appear here."""
        return {
            "DISPLAY": self.name,
            "XAUTHORITY": os.devnull,
            "WAYLAND_DISPLAY": "",
            "QT_QPA_PLATFORM": "xcb",
            # The tray and the key store of the person at this machine are none of the tests' business.
            "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent",
        }

    def screenshot(self, path: Path, window: Window | None = None) -> Path:
        """Store the whole screen, or one window with its frame left out, as PNG, and return the path."""
        which = "root" if window is None else str(window.number)
        self._run("import", "-silent", "-window", which, str(path))
        return path

    def windows(self) -> list[Window]:
        """Return all visible windows that have a title, in no particular order."""
        found = self._run("xdotool", "search", "--onlyvisible", "--name", ".", is_empty_allowed=True).split()
        return [window for number in found if (window := self._describe(number)) is not None]

    def wait_for_window(self, title: str, timeout_s: float = 10 * SECONDS) -> Window:
        """Wait for a window with these words in its title, and return it."""
        try:
            found = wait_until(
                lambda: [window for window in self.windows() if title in window.title],
                f"a window with {title!r} in its title",
                timeout_s,
            )
        except AssertionError as late:
            raise AssertionError(f"{late}; there is {[window.title for window in self.windows()]}") from None
        return found[0]

    def wait_until_gone(self, title: str, timeout_s: float = 10 * SECONDS) -> None:
        """Wait until no window has these words in its title."""
        wait_until(
            lambda: not any(title in window.title for window in self.windows()),
            f"the end of the window with {title!r} in its title",
            timeout_s,
        )

    def active_window(self) -> Window | None:
        """Return the window that has the keyboard, if one has."""
        number = self._run("xdotool", "getactivewindow", is_empty_allowed=True).strip()
        return self._describe(number) if number else None

    def activate(self, window: Window) -> None:
        """Raise a window and give it the keyboard."""
        self._run("xdotool", "windowactivate", "--sync", str(window.number))

    def click(self, x: int, y: int, window: Window | None = None, button: int = 1) -> None:
        """Click (1 left, 2 middle, 3 right) at a place of the screen, or of a window."""
        where = [] if window is None else ["--window", str(window.number)]
        self._run("xdotool", "mousemove", "--sync", *where, str(x), str(y), "click", str(button))

    def type_text(self, text: str) -> None:
        """Type into the window that has the keyboard. ValueError for a letter that is on no key (ASCII and a few are)."""
        missing = {letter for letter in text if not letter.isascii() and letter not in "".join(_MORE_LETTERS)}
        if missing:
            raise ValueError(f"no key for {missing}; paste it")
        # Not in the argument list: a test may type a password.
        self._run(
            "xdotool", "type", "--clearmodifiers", "--delay", str(_BETWEEN_KEYS_MS), "--file", "-", typed=text
        )

    def press(self, *keys: str) -> None:
        """Press keys or chords one after the other, by their X names: "Return", "ctrl+f", "Escape"."""
        self._run("xdotool", "key", "--clearmodifiers", *keys)

    def _describe(self, number: str) -> Window | None:
        """Ask for title and place; None when the window has gone meanwhile."""
        title = self._ask("xdotool", "getwindowname", number)
        # Not xdotool's own geometry: it adds the frame of the window manager twice.
        geometry = self._ask("xwininfo", "-id", number)
        if title.returncode != 0 or geometry.returncode != 0:
            return None
        place = {name: int(value) for name, value in _GEOMETRY.findall(geometry.stdout)}
        return Window(
            int(number),
            title.stdout.removesuffix("\n"),
            place["Absolute upper-left X"],
            place["Absolute upper-left Y"],
            place["Width"],
            place["Height"],
        )

    def _has_window_manager(self) -> bool:
        return self._ask("xdotool", "get_desktop").returncode == 0

    def _run(self, *command: str, typed: str | None = None, is_empty_allowed: bool = False) -> str:
        answer = self._ask(*command, typed=typed)
        # xdotool ends with 1 and without a word when a search has no result.
        is_fine = answer.returncode == 0 or (is_empty_allowed and not answer.stdout)
        assert is_fine, f"{command[0]} {command[1]} failed: {answer.stderr}\n{self._server.log_tail()}"
        return answer.stdout

    def _ask(self, *command: str, typed: str | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            env={**os.environ, **self.environment(), "LC_ALL": "C.UTF-8"},
            input=typed,
            capture_output=True,
            text=True,
            check=False,
            timeout=20 * SECONDS,
        )

    def __enter__(self) -> Self:
        return self if self.is_running else self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _keyboard() -> str:
    """An American keyboard with more letters, as xkbcomp reads it."""
    keys = [
        f'    key <FK{13 + index}> {{ type = "TWO_LEVEL", symbols[Group1] = [ U{ord(pair[0]):04X}, U{ord(pair[1]):04X} ] }};'
        for index, pair in enumerate(_MORE_LETTERS)
    ]
    return _KEYBOARD.format(keys="\n".join(keys))
