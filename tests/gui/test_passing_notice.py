"""A notice goes by itself, unless somebody takes it away when it is true no more."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.helpers.waiting import SECONDS
from wwphone.gui.widgets import passing_notice
from wwphone.gui.widgets.passing_notice import PassingNotice


def test_it_goes_by_itself(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passing_notice, "LASTS_MS", 20)
    label = QLabel()
    qtbot.addWidget(label)
    notice = PassingNotice(label, keeps_place=True)
    notice.say("Done.")
    assert label.text() == "Done."
    qtbot.waitUntil(lambda: label.text() == "", timeout=round(5_000 * SECONDS))


def test_what_stays_is_not_taken_away_by_the_clock_of_the_former_one(qtbot: QtBot) -> None:
    label = QLabel()
    qtbot.addWidget(label)
    notice = PassingNotice(label)
    notice.say("Done.")
    assert notice._clock.isActive()
    notice.say("On its way.", stays=True)
    assert (label.text(), notice._clock.isActive()) == ("On its way.", False)
    notice.say("")
    assert label.isHidden()
