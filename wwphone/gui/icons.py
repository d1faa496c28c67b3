"""Icons of the Material Design set, by what they stand for; the only owner of QtAwesome."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from functools import cache
from types import MappingProxyType

import qtawesome
from PySide6.QtGui import QIcon, QPixmap

from wwphone.domain.calls import PhoneState
from wwphone.domain.presence import PresenceStatus


class Icon(Enum):
    """Every icon of the window; the value is its name in the set."""

    CALL = "mdi6.phone"
    HANG_UP = "mdi6.phone-hangup"
    MUTE = "mdi6.microphone-off"
    MICROPHONE = "mdi6.microphone"
    HOLD = "mdi6.pause"
    RESUME = "mdi6.play"
    KEYPAD = "mdi6.dialpad"
    COLLEAGUES = "mdi6.account-group"
    DEVICES = "mdi6.devices"
    SETTINGS = "mdi6.cog"
    SEARCH = "mdi6.magnify"
    LOCK = "mdi6.lock"
    LOCK_OPEN = "mdi6.lock-open-variant-outline"
    CLOSE = "mdi6.close"
    WARNING = "mdi6.alert-outline"
    ERROR = "mdi6.alert-circle-outline"
    CONNECTED = "mdi6.check-network-outline"
    DISCONNECTED = "mdi6.close-network-outline"
    SPEAKER = "mdi6.volume-high"
    NO_SOUND = "mdi6.volume-off"
    SIGN_OUT = "mdi6.logout"
    THIS_PC = "mdi6.monitor"
    DESK_PHONE = "mdi6.deskphone"
    INCOMING = "mdi6.phone-incoming"
    OUTGOING = "mdi6.phone-outgoing"
    MISSED = "mdi6.phone-missed"
    RINGING = "mdi6.phone-ring"
    IN_CALL = "mdi6.phone-in-talk"
    NO_PHONE = "mdi6.phone-off"
    TELEPHONE_SERVICE = "mdi6.headset"
    AVAILABLE = "mdi6.check-circle"
    BE_RIGHT_BACK = "mdi6.clock"
    DIRECT_ONLY = "mdi6.account-arrow-right"
    INTERNAL_ONLY = "mdi6.home-circle"
    UNAVAILABLE = "mdi6.minus-circle"
    OFFLINE = "mdi6.circle-outline"


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


@cache
def icon(which: Icon, colour: str) -> QIcon:
    """An icon in one colour (#rrggbb); made once."""
    drawn: QIcon = qtawesome.icon(which.value, color=colour)
    return drawn


@cache
def pixmap(which: Icon, colour: str, size: int, device_pixel_ratio: float) -> QPixmap:
    """An icon of `size` logical pixels for a screen; made once, for painting lists."""
    drawn = icon(which, colour).pixmap(round(size * device_pixel_ratio), round(size * device_pixel_ratio))
    drawn.setDevicePixelRatio(device_pixel_ratio)
    return drawn
