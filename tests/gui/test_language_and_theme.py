"""Language and colours change while everything is open, and reach everything."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QMenu, QWidget

from tests.gui import eyes
from tests.gui.stage import Stage
from wwphone.gui.language import Language
from wwphone.gui.option_texts import LANGUAGE_NAMES
from wwphone.gui.settings_window import SettingsPage

_LETTERS = re.compile(r"[^\W\d_]{3,}")
_SAME_IN_BOTH = {
    "wwphone", "Offline", "Server", "Account", "OK", "ms", "TLS", "UDP", "https://…/?number=<number>",
    *LANGUAGE_NAMES.values(),
}  # fmt: skip


def all_texts(window: QWidget) -> Iterator[str]:
    """Everything a window says, visible or not, to eye, pointer and screen reader."""
    for part in (window, *window.findChildren(QWidget)):
        yield from (part.toolTip(), part.accessibleName(), part.accessibleDescription(), part.windowTitle())
        match part:
            case QLabel() | QAbstractButton():
                yield part.text()
            case QLineEdit():
                yield part.placeholderText()
            case QComboBox():
                yield from (part.itemText(row) for row in range(part.count()))
            case QMenu():
                for action in part.actions():
                    yield from (action.text(), action.toolTip())


def data_of(stage: Stage) -> set[str]:
    """What comes from elsewhere and is the same in every language."""
    presence = stage.world.services.presence
    lines = [presence.line(user) for _, users in presence.by_group() for user in users]
    words = {word for line in lines if line for word in line.colleague.nickname.split()}
    return words | {"pbx", "muster", "Müller", "Söhne", "Winterthur", "Yealink", "SIP", "Linphone", "Android",
                    "Jabra", "Evolve", "Built", "Audio", "DELL", "this", "PEM", "example", "Ctrl",
                    "Sales", "Engineering", "Reception", "Management"}  # fmt: skip


@pytest.fixture
async def full(signed_in: Stage) -> Stage:
    """Everything that can be open at once, open."""
    await signed_in.talking("Beat")
    await signed_in.incoming()
    signed_in.shell.open_settings(SettingsPage.GENERAL)
    signed_in.shell.ask_to_sign_in(None)
    signed_in.window._form.connection_button.menu().aboutToShow.emit()
    await signed_in.settled()
    return signed_in


def windows(stage: Stage) -> list[QWidget]:
    found = [stage.window, stage.shell.settings_window, stage.shell.sign_in_dialog, stage.shell.tray.menu]
    return [*(each for each in found if each is not None), *stage.shell.popups.shown]


async def test_the_language_reaches_everything(full: Stage) -> None:
    english = {text for window in windows(full) for text in all_texts(window) if text}
    assert len(english) > 100
    full.shell.context.language.choose("de")
    await full.settled()
    full.window._form.connection_button.menu().aboutToShow.emit()
    await full.settled()
    german = {text for window in windows(full) for text in all_texts(window) if text}

    data = data_of(full)
    left = {
        text
        for text in english & german
        if set(_LETTERS.findall(text)) - data - _SAME_IN_BOTH and text not in _SAME_IN_BOTH
    }
    assert left == set()
    assert full.shell.tray.menu.actions()[0].text() == "Fenster zeigen"
    assert "Verfügbar" in full.shell.tray.icon.toolTip()


async def test_it_reaches_what_is_painted_by_hand(signed_in: Stage) -> None:
    model = signed_in.window.colleagues.model
    view = signed_in.window.colleagues.list
    place = view.visualRect(model.index_of("ursula"))
    before = view.viewport().grab(place).toImage()
    signed_in.shell.context.language.choose("de")
    await signed_in.settled()
    text = model.index_of("ursula").data(Qt.ItemDataRole.AccessibleTextRole)
    assert text == "Ursula Grünenfelder, 203, Telefondienst, besetzt"
    assert view.viewport().grab(place).toImage() != before


async def test_times_follow_the_language_as_well(signed_in: Stage) -> None:
    signed_in.shell.context.language.choose("de")
    assert QLocale().language() is QLocale.Language.German
    assert QLocale().territory() is QLocale.Country.Switzerland
    signed_in.shell.context.language.choose("en")
    assert QLocale().language() is QLocale.Language.English


def test_an_unknown_system_language_means_english(qapp: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QLocale, "system", lambda: QLocale("rm_CH"))
    language = Language("system")
    assert language.code == "en"
    monkeypatch.setattr(QLocale, "system", lambda: QLocale("de_AT"))
    language.choose("system")
    assert language.code == "de"
    assert QLocale().territory() is QLocale.Country.Austria, "the system's own region counts"
    language.close()


async def test_dark_and_light_reach_everything(full: Stage) -> None:
    for window in windows(full):
        window.resize(window.size())
    light = [window.grab().toImage() for window in windows(full)]
    full.shell.context.theme.choose("dark")
    await full.settled()
    dark = [window.grab().toImage() for window in windows(full)]
    for before, after in zip(light, dark, strict=True):
        middle = before.height() // 2
        row = range(6, before.width() - 6, 7)
        assert sum(after.pixelColor(x, middle).lightness() for x in row) < sum(
            before.pixelColor(x, middle).lightness() for x in row
        )


async def test_the_system_is_followed_while_nobody_chose(signed_in: Stage) -> None:
    theme = signed_in.shell.context.theme
    changes = eyes.recorded(theme.changed)
    theme.choose("system")
    theme._on_color_scheme_changed()
    assert len(changes) == 2
    theme.choose("dark")
    theme._on_color_scheme_changed()
    assert theme.dark, "a choice is kept whatever the system does"
