"""The window stands where it stood, for each set-up of screens."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.gui.stage import Stage
from tests.gui.world import World
from wwphone.config.options import GEOMETRY
from wwphone.config.settings import Settings
from wwphone.gui import geometry


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


def test_a_place_is_remembered_and_restored(window: QWidget) -> None:
    settings = Settings(None)
    window.setGeometry(60, 70, 500, 400)
    geometry.remember(window, settings)
    other = QWidget()
    geometry.restore(other, settings)
    assert other.geometry() == QRect(60, 70, 500, 400)


def test_another_set_up_of_screens_has_another_place(
    window: QWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(None)
    window.setGeometry(60, 70, 500, 400)
    geometry.remember(window, settings)
    monkeypatch.setattr(geometry, "screen_set_up", lambda: "1920x1080+0+0;1920x1080+1920+0")
    window.setGeometry(10, 20, 300, 300)
    geometry.restore(window, settings)
    assert window.geometry() == QRect(10, 20, 300, 300), "nothing is known of these screens"
    geometry.remember(window, settings)
    assert len(json.loads(settings.text(GEOMETRY))) == 2


def test_only_the_latest_set_ups_are_kept(window: QWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(None)
    for number in range(12):
        monkeypatch.setattr(geometry, "screen_set_up", lambda number=number: f"set-up {number}")
        geometry.remember(window, settings)
    assert list(json.loads(settings.text(GEOMETRY))) == [f"set-up {number}" for number in range(4, 12)]


@pytest.mark.parametrize(
    "stored", ["", "not json", "[]", "{}", '{"%s": 7}', '{"%s": [1, 2, 3]}', '{"%s": [1, 2, 3, "x"]}',
               '{"%s": [90000, 90000, 400, 700]}', '{"%s": [0, 0, -5, 10]}']
)  # fmt: skip
def test_what_makes_no_sense_leaves_the_window_where_it_is(window: QWidget, stored: str) -> None:
    settings = Settings(None)
    settings.set(GEOMETRY, stored.replace("%s", geometry.screen_set_up()))
    window.setGeometry(10, 20, 300, 300)
    geometry.restore(window, settings)
    assert window.geometry() == QRect(10, 20, 300, 300)


async def test_the_program_comes_back_where_it_was(qapp: object) -> None:
    settings = Settings(None)
    async with Stage("en", "light", World(settings=settings)) as stage:
        await stage.show((510, 620))
        stage.window.move(80, 90)
        await stage.settled()
        place = stage.window.geometry()
        assert place.width() == 510
    async with Stage("en", "light", World(settings=settings)) as stage:
        assert stage.window.geometry() == place
