"""The option table's texts, marked for translation: the table itself knows no Qt. A test compares the two."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from PySide6.QtCore import QCoreApplication

from wwphone.config.options import BUSY_FROM, Option, Value
from wwphone.gui.words import QT_TRANSLATE_NOOP

TEXTS = (
    QT_TRANSLATE_NOOP("Options", "Language"),
    QT_TRANSLATE_NOOP("Options", "The language of the window."),
    QT_TRANSLATE_NOOP("Options", "Colours"),
    QT_TRANSLATE_NOOP("Options", "Light, dark, or as the system has it at the moment."),
    QT_TRANSLATE_NOOP("Options", "Keep running when the window is closed"),
    QT_TRANSLATE_NOOP("Options", "Calls go on ringing; the icon beside the clock brings the window back."),
    QT_TRANSLATE_NOOP("Options", "Busy from this many calls"),
    QT_TRANSLATE_NOOP("Options", "From so many running calls on, further callers hear that you are busy."),
    QT_TRANSLATE_NOOP("Options", "Answer"),
    QT_TRANSLATE_NOOP("Options", "Hang up, decline"),
    QT_TRANSLATE_NOOP("Options", "Hold, resume"),
    QT_TRANSLATE_NOOP("Options", "Microphone off, on"),
    QT_TRANSLATE_NOOP("Options", "Pick up what rings longest elsewhere"),
    QT_TRANSLATE_NOOP("Options", "Show the window"),
    QT_TRANSLATE_NOOP("Options", "Dial the marked text"),
    QT_TRANSLATE_NOOP("Options", "When it rings, open"),
    QT_TRANSLATE_NOOP("Options", "When it is answered, open"),
    QT_TRANSLATE_NOOP("Options", "When it ends, open"),
    QT_TRANSLATE_NOOP("Options", "For which calls"),
)
"""Labels and help texts of the options on a page made from the table."""

CHOICES: Mapping[Value, str] = MappingProxyType(
    {
        "system": QT_TRANSLATE_NOOP("Options", "As the system"),
        "light": QT_TRANSLATE_NOOP("Options", "Light"),
        "incoming": QT_TRANSLATE_NOOP("Options", "Calls that come in"),
        "all": QT_TRANSLATE_NOOP("Options", "All calls"),
        "dark": QT_TRANSLATE_NOOP("Options", "Dark"),
    }
)
"""What can be chosen, by its value."""

LANGUAGE_NAMES: Mapping[Value, str] = MappingProxyType({"de": "Deutsch", "en": "English"})
"""Each language in its own words."""


def label(option: Option) -> str:
    """The option's label in the language of the window."""
    return QCoreApplication.translate("Options", option.label)


def help_text(option: Option) -> str:
    """What the option does."""
    return QCoreApplication.translate("Options", option.help) if option.help else ""


def choice(option: Option, value: Value) -> str:
    """One of an option's values, as it stands in a list."""
    if option is BUSY_FROM and value == 0:
        return QCoreApplication.translate("Options", "Never busy")
    if isinstance(value, int):
        return str(value)
    return LANGUAGE_NAMES.get(value) or QCoreApplication.translate("Options", CHOICES[value])
