"""The option table's texts, marked for translation: the table itself knows no Qt. A test compares the two."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from wwphone.config.options import Option
from wwphone.gui.words import QT_TRANSLATE_NOOP

TEXTS = (
    QT_TRANSLATE_NOOP("Options", "Language"),
    QT_TRANSLATE_NOOP("Options", "The language of the window; it changes at once."),
    QT_TRANSLATE_NOOP("Options", "Colours"),
    QT_TRANSLATE_NOOP("Options", "Light or dark."),
    QT_TRANSLATE_NOOP("Options", "Keep running when the window is closed"),
    QT_TRANSLATE_NOOP("Options", "Calls go on ringing; the icon beside the clock brings the window back."),
    QT_TRANSLATE_NOOP("Options", "Busy from this many calls"),
    QT_TRANSLATE_NOOP(
        "Options", "From so many running calls on, further callers hear that you are busy; 0: never."
    ),
    QT_TRANSLATE_NOOP("Options", "system"),
    QT_TRANSLATE_NOOP("Options", "light"),
    QT_TRANSLATE_NOOP("Options", "dark"),
)
"""Labels, help texts and choices of the options on a page made from the table."""

LANGUAGE_NAMES = {"de": "Deutsch", "en": "English"}
"""Each language in its own words."""


def label(option: Option) -> str:
    """The option's label in the language of the window."""
    return QCoreApplication.translate("Options", option.label)


def help_text(option: Option) -> str:
    """What the option does."""
    return QCoreApplication.translate("Options", option.help) if option.help else ""


def choice(value: str) -> str:
    """One of an option's choices."""
    return LANGUAGE_NAMES.get(value) or QCoreApplication.translate("Options", value)
