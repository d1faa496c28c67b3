"""Presence, phone state and quality as people see them: colour and text; the shapes are in `icons`.

Nothing rings at a colleague under *do not disturb*, so that stands in the place of their presence.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from PySide6.QtCore import QCoreApplication

from wwphone.domain.calls import PhoneState, QualityWord
from wwphone.domain.presence import PresenceStatus
from wwphone.gui.icons import STATUS_ICONS, Icon
from wwphone.gui.style.tokens import Colours
from wwphone.gui.words import clock, word
from wwphone.services.presence import ColleagueLine

_STATUS_COLOURS: Mapping[PresenceStatus, str] = MappingProxyType(
    {
        PresenceStatus.TELEPHONE_SERVICE: "status_green",
        PresenceStatus.AVAILABLE: "status_green",
        PresenceStatus.BE_RIGHT_BACK: "status_yellow",
        PresenceStatus.DIRECT_ONLY: "status_blue",
        PresenceStatus.INTERNAL_ONLY: "status_violet",
        PresenceStatus.UNAVAILABLE: "status_red",
        PresenceStatus.OFFLINE: "status_grey",
    }
)
_PHONE_COLOURS: Mapping[PhoneState, str] = MappingProxyType(
    {
        PhoneState.OFFLINE: "status_grey",
        PhoneState.FREE: "status_green",
        PhoneState.RINGING: "status_yellow",
        PhoneState.BUSY: "status_red",
    }
)
_QUALITY_COLOURS: Mapping[QualityWord, str] = MappingProxyType(
    {
        QualityWord.GOOD: "status_green",
        QualityWord.FAIR: "status_yellow",
        QualityWord.POOR: "status_red",
    }
)


def status_colour(colours: Colours, status: PresenceStatus) -> str:
    """The colour of a presence in a theme."""
    colour: str = getattr(colours, _STATUS_COLOURS[status])
    return colour


def phone_colour(colours: Colours, state: PhoneState) -> str:
    """The colour of a phone state in a theme."""
    colour: str = getattr(colours, _PHONE_COLOURS[state])
    return colour


def quality_colour(colours: Colours, quality: QualityWord) -> str:
    """The colour of a line's quality in a theme."""
    colour: str = getattr(colours, _QUALITY_COLOURS[quality])
    return colour


def presence_text(status: PresenceStatus, back_at: datetime | None = None) -> str:
    """A presence in words; with a time of return, that is what matters."""
    if back_at is None:
        return word(status)
    text = QCoreApplication.translate("Words", "back at {time}")
    return text.format(time=clock(back_at))


def status_text(line: ColleagueLine) -> str:
    """A colleague's presence in words; under *do not disturb* that, and when they are back."""
    back_at = _back_at(line)
    if not line.do_not_disturb:
        return presence_text(line.status, back_at)
    back = () if back_at is None else (presence_text(line.status, back_at),)
    return ", ".join((_disturb_text(), *back))


def line_icon(line: ColleagueLine) -> Icon:
    """The shape of a colleague's presence."""
    return Icon.DO_NOT_DISTURB if line.do_not_disturb else STATUS_ICONS[line.status]


def line_colour(colours: Colours, line: ColleagueLine) -> str:
    """Its colour."""
    return colours.status_red if line.do_not_disturb else status_colour(colours, line.status)


def describe(line: ColleagueLine) -> str:
    """A colleague in one sentence, for tooltips and screen readers."""
    disturb = (_disturb_text(),) if line.do_not_disturb else ()
    presence = presence_text(line.status, _back_at(line))
    colleague = line.colleague
    return ", ".join((colleague.nickname, colleague.number, *disturb, presence, word(line.phone)))


def _back_at(line: ColleagueLine) -> datetime | None:
    return line.presence.back_at if line.presence and line.presence.connected else None


def _disturb_text() -> str:
    return QCoreApplication.translate("Words", "Do not disturb")
