"""Where windows stood, remembered for each set-up of screens."""

from __future__ import annotations

import json

from PySide6.QtCore import QRect
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from wwphone.config.options import GEOMETRY, Option
from wwphone.config.settings import Settings

_MOST_SET_UPS = 8


def screen_set_up() -> str:
    """A name for the screens that are connected now: their sizes and places."""
    return ";".join(
        f"{area.width()}x{area.height()}+{area.x()}+{area.y()}"
        for area in sorted(
            (screen.geometry() for screen in QGuiApplication.screens()), key=lambda r: (r.x(), r.y())
        )
    )


def remember(window: QWidget, settings: Settings, option: Option = GEOMETRY) -> None:
    """Note where a window stands. Raises OSError when the settings cannot be written."""
    places = _places(settings, option)
    places.pop(screen_set_up(), None)
    area = window.geometry()
    places[screen_set_up()] = [area.x(), area.y(), area.width(), area.height()]
    newest = dict(list(places.items())[-_MOST_SET_UPS:])
    settings.set(option, json.dumps(newest))


def restore(window: QWidget, settings: Settings, option: Option = GEOMETRY) -> None:
    """Put a window where it stood with these screens, if that is still on one of them."""
    place = _places(settings, option).get(screen_set_up())
    if place is None:
        return
    area = QRect(*place)
    if any(screen.availableGeometry().intersects(area) for screen in QGuiApplication.screens()):
        window.setGeometry(area)


def _places(settings: Settings, option: Option) -> dict[str, list[int]]:
    try:
        parsed = json.loads(settings.text(option) or "{}")
    except ValueError:
        return {}
    if not isinstance(parsed, dict):
        return {}
    return {
        name: place
        for name, place in parsed.items()
        if isinstance(place, list) and len(place) == 4 and all(type(number) is int for number in place)
    }
