"""Icons of the Material Design set, by what they stand for; the only owner of QtAwesome.

Only the package's font is used: importing its Python costs 0.2 s and loads eleven more fonts. Glyphs are drawn as paths on
the set's own 24 x 24 grid, so they stand exactly in the middle at every size and scale.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from enum import Enum
from functools import cache
from pathlib import Path
from types import MappingProxyType

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPainterPath, QPixmap, QRawFont
from PySide6.QtWidgets import QAbstractButton

from wwphone.domain.calls import PhoneState, QualityWord
from wwphone.domain.phonebook import NumberKind
from wwphone.domain.presence import PresenceStatus

_GRID = 24.0
"""The side of a glyph's box, and the size it is read at."""
_DISABLED_OPACITY = 0.4


class Icon(Enum):
    """Every icon of the window: its name in the set, and the character that stands for it in the font."""

    CALL = ("phone", 0xF03F2)
    HANG_UP = ("phone-hangup", 0xF03F5)
    MUTE = ("microphone-off", 0xF036D)
    MICROPHONE = ("microphone", 0xF036C)
    HOLD = ("pause", 0xF03E4)
    RESUME = ("play", 0xF040A)
    PARKING = ("parking", 0xF03E3)
    KEYPAD = ("dialpad", 0xF061C)
    NOTE = ("note-edit-outline", 0xF1782)
    HOTKEYS = ("keyboard-outline", 0xF097B)
    PAGES = ("open-in-new", 0xF03CC)
    RECORD = ("record-circle", 0xF0EC2)
    RECORD_PAUSED = ("pause-circle", 0xF03E5)
    RECORD_STOP = ("stop", 0xF04DB)
    BACK_10 = ("rewind-10", 0xF0D2A)
    ON_10 = ("fast-forward-10", 0xF0D71)
    LISTENED = ("ear-hearing", 0xF07C5)
    RECORDINGS = ("record-circle-outline", 0xF0EC3)
    MERGE = ("call-merge", 0xF00F8)
    SPLIT = ("call-split", 0xF00FB)
    COLLEAGUES = ("account-group", 0xF0849)
    CONFERENCE = ("account-supervisor-circle", 0xF0A8C)
    TALKS = ("account-voice", 0xF05CB)
    CHAIR = ("crown", 0xF01A5)
    NO_CHAIR = ("crown-outline", 0xF11D0)
    LINK = ("link-variant", 0xF0339)
    MAIL_AGAIN = ("email-sync-outline", 0xF12C8)
    MAIL_UNDER_WAY = ("email-fast-outline", 0xF1870)
    MAIL_SENT = ("email-check-outline", 0xF0AB2)
    MAIL_FAILED = ("email-alert-outline", 0xF0D42)
    DECLINED_THERE = ("close-circle", 0xF0159)
    TENTATIVE = ("help-circle", 0xF02D7)
    LONGER = ("clock-plus-outline", 0xF1862)
    DIALLING = ("phone-dial", 0xF1559)
    PHONE_BOOK = ("book-account", 0xF13AD)
    OWN_ENTRY = ("account", 0xF0004)
    FAVOURITE = ("star", 0xF04CE)
    NO_FAVOURITE = ("star-outline", 0xF04D2)
    MERGE_ENTRIES = ("set-merge", 0xF14E0)
    MORE = ("dots-vertical", 0xF01D9)
    IMPORT = ("file-import-outline", 0xF102F)
    EXPORT = ("file-export-outline", 0xF102E)
    ADD = ("plus", 0xF0415)
    EDIT = ("pencil-outline", 0xF0CB6)
    DELETE = ("trash-can-outline", 0xF0A7A)
    COPY = ("content-copy", 0xF018F)
    EMAIL = ("email-outline", 0xF01F0)
    OFFICE = ("office-building-outline", 0xF151F)
    MOBILE = ("cellphone", 0xF011C)
    PRIVATE = ("home-outline", 0xF06A1)
    DEVICES = ("devices", 0xF0FB0)
    SETTINGS = ("cog", 0xF0493)
    SEARCH = ("magnify", 0xF0349)
    FILTER = ("filter-variant", 0xF0236)
    TICK = ("check", 0xF012C)
    LOCK = ("lock", 0xF033E)
    LOCK_OPEN = ("lock-open-variant", 0xF0FC6)
    PIN = ("key-variant", 0xF030B)
    CLOSE = ("close", 0xF0156)
    CLOSED = ("chevron-right", 0xF0142)
    OPEN = ("chevron-down", 0xF0140)
    WARNING = ("alert", 0xF0026)
    ERROR = ("alert-circle", 0xF0028)
    REGISTERED = ("phone-check", 0xF11A9)
    REGISTERING = ("phone-sync", 0xF1995)
    HALF_CONNECTED = ("phone-alert", 0xF0F1A)
    NOT_REGISTERED = ("phone-remove", 0xF152F)
    SIGN_OUT = ("logout", 0xF0343)
    LIST = ("format-list-bulleted", 0xF0279)
    TILES = ("view-grid", 0xF0570)
    SOUND = ("volume-high", 0xF057E)
    GENERAL = ("tune", 0xF062E)
    THIS_PC = ("monitor", 0xF0379)
    DESK_PHONE = ("deskphone", 0xF01C3)
    OUTGOING = ("phone-outgoing", 0xF03FB)
    INCOMING = ("phone-incoming", 0xF03F7)
    MISSED = ("phone-missed", 0xF03FA)
    RINGING = ("phone-ring", 0xF11AB)
    IN_CALL = ("phone-in-talk", 0xF03F6)
    NO_PHONE = ("phone-off", 0xF0DEF)
    GOOD = ("signal-cellular-3", 0xF08BE)
    FAIR = ("signal-cellular-2", 0xF08BD)
    POOR = ("signal-cellular-1", 0xF08BC)
    DISTURB = ("bell", 0xF009A)
    DO_NOT_DISTURB = ("bell-off", 0xF009B)
    FORWARD = ("phone-forward", 0xF03F4)
    VOICEMAIL = ("voicemail", 0xF057D)
    JOURNAL = ("history", 0xF02DA)
    HISTORY = ("phone-log", 0xF03F9)
    TAKEN = ("phone-return", 0xF082F)
    DECLINED = ("phone-cancel", 0xF10BC)
    GIVEN_UP = ("phone-minus", 0xF0658)
    ENGAGED = ("phone-lock", 0xF03F8)
    TASK_OPEN = ("checkbox-blank-outline", 0xF0131)
    TASK_DONE = ("checkbox-marked-outline", 0xF0135)
    HAS_NOTE = ("note-text-outline", 0xF11D7)
    DETAILS = ("information-outline", 0xF02FD)
    CALENDAR = ("calendar-range", 0xF0679)
    UNDO = ("undo", 0xF054C)
    SWITCH_ON = ("toggle-switch", 0xF0521)
    SWITCH_OFF = ("toggle-switch-off-outline", 0xF0A19)
    LOGGED_IN = ("account-check", 0xF0008)
    LOGGED_OUT = ("account-off", 0xF0012)
    TELEPHONE_SERVICE = ("headset", 0xF02CE)
    AVAILABLE = ("check-circle", 0xF05E0)
    BE_RIGHT_BACK = ("clock", 0xF0954)
    DIRECT_ONLY = ("account-arrow-right", 0xF0B53)
    INTERNAL_ONLY = ("home-circle", 0xF07D2)
    UNAVAILABLE = ("minus-circle", 0xF0376)
    OFFLINE = ("circle-outline", 0xF0766)


STATUS_ICONS: Mapping[PresenceStatus, Icon] = MappingProxyType(
    {status: Icon[status.name] for status in PresenceStatus}
)
"""Each presence has a shape of its own: nothing is told by colour alone."""

PHONE_ICONS: Mapping[PhoneState, Icon] = MappingProxyType(
    {
        PhoneState.OFFLINE: Icon.NO_PHONE,
        PhoneState.FREE: Icon.CALL,
        PhoneState.RINGING: Icon.RINGING,
        PhoneState.BUSY: Icon.IN_CALL,
    }
)

NUMBER_ICONS: Mapping[NumberKind, Icon] = MappingProxyType({kind: Icon[kind.name] for kind in NumberKind})

QUALITY_ICONS: Mapping[QualityWord, Icon] = MappingProxyType(
    {quality: Icon[quality.name] for quality in QualityWord}
)


@cache
def icon(which: Icon, colour: str) -> QIcon:
    """An icon in one colour (#rrggbb); made once."""
    return QIcon(_Engine(_shape(which), QColor(colour)))


def put_icon(button: QAbstractButton, which: Icon, colour: str) -> None:
    """Put an icon on a button, which is painted anew only if it is another one."""
    made = icon(which, colour)
    if button.icon().cacheKey() != made.cacheKey():
        button.setIcon(made)


@cache
def pixmap(which: Icon, colour: str, size: int, device_pixel_ratio: float) -> QPixmap:
    """An icon of `size` logical pixels for a screen; made once, for painting lists and labels."""
    return icon(which, colour).pixmap(QSize(size, size), device_pixel_ratio)


def font_file() -> Path:
    """The font with the icons. Raises FileNotFoundError when the installation is not complete."""
    package = importlib.util.find_spec("qtawesome")
    if package is None or package.origin is None:
        raise FileNotFoundError("the icons are missing: QtAwesome is not installed")
    return next(Path(package.origin).parent.glob("fonts/materialdesignicons6-webfont-*.ttf"))


@cache
def _font() -> QRawFont:
    font = QRawFont(str(font_file()), _GRID)
    if not font.isValid():
        raise FileNotFoundError("the font with the icons cannot be read")
    return font


@cache
def _shape(which: Icon) -> QPainterPath:
    """The icon's outline in its 24 x 24 box."""
    _, code = which.value
    font = _font()
    path = font.pathForGlyph(font.glyphIndexesForString(chr(code))[0])
    path.translate(0, font.ascent())
    return path


class _Engine(QIconEngine):
    """Fills an outline at whatever size Qt asks for; a place wider than tall leaves room before a button's text."""

    def __init__(self, shape: QPainterPath, colour: QColor) -> None:
        super().__init__()
        self._shape = shape
        self._colour = colour

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """See QIconEngine."""
        del state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if mode is QIcon.Mode.Disabled:
            painter.setOpacity(_DISABLED_OPACITY)
        side = min(rect.width(), rect.height())
        painter.translate(rect.x(), rect.y() + (rect.height() - side) / 2)
        painter.scale(side / _GRID, side / _GRID)
        painter.fillPath(self._shape, self._colour)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """See QIconEngine; Qt's own leaves the ground unpainted."""
        drawn = QPixmap(size)
        drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawn)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return drawn

    def clone(self) -> QIconEngine:
        """See QIconEngine."""
        return _Engine(self._shape, self._colour)
