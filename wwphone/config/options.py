"""Every setting of the client, declared once: dialog, check and documentation come from this table.

A secret is no setting: it rests in `config.secrets`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from wwphone.protocol.frames import DEFAULT_PORT

Value = str | int | bool | None


class Page(Enum):
    """The page of the settings window on which an option stands; HIDDEN ones are remembered, not offered."""

    GENERAL = "general"
    SOUND = "sound"
    ACCOUNT = "account"
    HOTKEYS = "hotkeys"
    PAGES = "pages"
    HIDDEN = "hidden"


@dataclass(frozen=True)
class Option:
    """One setting. `label` and `help` are English source texts for the translation."""

    key: str
    default: Value
    page: Page
    label: str
    help: str = ""
    choices: tuple[str, ...] = ()
    kind: type = str
    """Type of a value other than None."""
    maximum: int = 65_535
    """The largest whole number it can hold; the smallest is 0."""

    def accepts(self, value: object) -> bool:
        """Whether a value read from a file fits (bool is no int here)."""
        if value is None:
            return self.default is None
        if type(value) is not self.kind:
            return False
        if isinstance(value, int) and not 0 <= value <= self.maximum:
            return False
        return not self.choices or value in self.choices


LANGUAGE = Option(
    "language",
    "system",
    Page.GENERAL,
    "Language",
    "The language of the window.",
    choices=("system", "de", "en"),
)
THEME = Option(
    "theme",
    "system",
    Page.GENERAL,
    "Colours",
    "Light, dark, or as the system has it at the moment.",
    choices=("system", "light", "dark"),
)
CLOSE_TO_TRAY = Option(
    "close_to_tray",
    default=True,
    page=Page.GENERAL,
    label="Keep running when the window is closed",
    help="Calls go on ringing; the icon beside the clock brings the window back.",
    kind=bool,
)
BUSY_FROM = Option(
    "calls.busy_from",
    1,
    Page.GENERAL,
    "Busy from this many calls",
    "From so many running calls on, further callers hear that you are busy.",
    kind=int,
    maximum=8,
)
HOTKEY_ANSWER = Option("hotkey.answer", "", Page.HOTKEYS, "Answer")
HOTKEY_HANG_UP = Option("hotkey.hang_up", "", Page.HOTKEYS, "Hang up, decline")
HOTKEY_HOLD = Option("hotkey.hold", "", Page.HOTKEYS, "Hold, resume")
HOTKEY_MUTE = Option("hotkey.mute", "", Page.HOTKEYS, "Microphone off, on")
HOTKEY_PICK_UP = Option("hotkey.pick_up", "", Page.HOTKEYS, "Pick up what rings longest elsewhere")
HOTKEY_SHOW = Option("hotkey.show", "", Page.HOTKEYS, "Show the window")
HOTKEY_DIAL_MARKED = Option("hotkey.dial_marked", "", Page.HOTKEYS, "Dial the marked text")
PAGE_ON_RING = Option("pages.ring", "", Page.PAGES, "When it rings, open")
PAGE_ON_ANSWER = Option("pages.answer", "", Page.PAGES, "When it is answered, open")
PAGE_ON_END = Option("pages.end", "", Page.PAGES, "When it ends, open")
PAGES_FOR = Option("pages.for", "incoming", Page.PAGES, "For which calls", choices=("incoming", "all"))
MICROPHONE = Option("sound.microphone", None, Page.SOUND, "Microphone")
SPEAKER = Option("sound.speaker", None, Page.SOUND, "Speaker")
SECONDARY_MICROPHONE = Option(
    "sound.secondary_microphone",
    None,
    Page.SOUND,
    "Second microphone",
    "Used while the first is not plugged in.",
)
SECONDARY_SPEAKER = Option(
    "sound.secondary_speaker", None, Page.SOUND, "Second speaker", "Used while the first is not plugged in."
)
RING_DEVICE = Option(
    "sound.ring", None, Page.SOUND, "Ring on", "A speaker that also rings while the headset hangs."
)
SERVER_HOST = Option("server.host", "", Page.ACCOUNT, "Server")
SERVER_PORT = Option("server.port", DEFAULT_PORT, Page.ACCOUNT, "Port", kind=int)
SERVER_AUTHORITY = Option(
    "server.certificate_authority",
    None,
    Page.ACCOUNT,
    "Certificate authority",
    "A file (PEM) for servers whose certificate comes from your own company.",
)
USER = Option("server.user", "", Page.ACCOUNT, "User name")
MODE = Option("mode", "softphone", Page.ACCOUNT, "Mode", choices=("softphone", "desk_phone", "flexible"))
DESK_PHONE = Option("mode.desk_phone", "", Page.HIDDEN, "The desk phone that is steered, by its contact")
DESK_PHONE_AGENT = Option(
    "mode.desk_phone_agent", "", Page.HIDDEN, "What it calls itself: its contact changes now and then"
)
GEOMETRY = Option("window.geometry", "", Page.HIDDEN, "Places of the windows, by screen set-up")
CONFERENCE_GEOMETRY = Option(
    "conference.geometry", "", Page.HIDDEN, "Places of the conference window, by screen set-up"
)
COLLEAGUES_DENSITY = Option(
    "colleagues.density", "list", Page.HIDDEN, "Colleagues", choices=("list", "tiles")
)

OPTIONS: Mapping[str, Option] = MappingProxyType(
    {
        option.key: option
        for option in (
            LANGUAGE,
            THEME,
            CLOSE_TO_TRAY,
            BUSY_FROM,
            HOTKEY_ANSWER,
            HOTKEY_HANG_UP,
            HOTKEY_HOLD,
            HOTKEY_MUTE,
            HOTKEY_PICK_UP,
            HOTKEY_SHOW,
            HOTKEY_DIAL_MARKED,
            PAGE_ON_RING,
            PAGE_ON_ANSWER,
            PAGE_ON_END,
            PAGES_FOR,
            MICROPHONE,
            SPEAKER,
            SECONDARY_MICROPHONE,
            SECONDARY_SPEAKER,
            RING_DEVICE,
            SERVER_HOST,
            SERVER_PORT,
            SERVER_AUTHORITY,
            USER,
            MODE,
            DESK_PHONE,
            DESK_PHONE_AGENT,
            GEOMETRY,
            CONFERENCE_GEOMETRY,
            COLLEAGUES_DENSITY,
        )
    }
)
