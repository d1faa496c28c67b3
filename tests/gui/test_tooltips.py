"""Tooltips show names from outside as they are: neither as markup nor with the signs that keep them from being markup."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt as QtCoreQt
from PySide6.QtGui import Qt, QTextDocumentFragment
from pytestqt.qtbot import QtBot

from wwphone.gui.models.conference import ConferenceModel
from wwphone.gui.tooltips import plain
from wwphone.gui.widgets.elided_button import ElidedButton
from wwphone.gui.widgets.elided_label import ElidedLabel
from wwphone.gui.widgets.name_label import NameLabel

NAMES = (
    "Müller & Söhne",
    "R&amp;D",
    "Donau <mbH>",
    "<b>Bank</b> & Co.\n'044' \"555\"",
    "Eva <img src='file:///etc/passwd'>",
    "&lt;b&gt;",
    "Hans\n<b>and more",
)


def as_shown(tooltip: str) -> str:
    """What a person reads in a tooltip."""
    rich = Qt.mightBeRichText(tooltip)
    return QTextDocumentFragment.fromHtml(tooltip).toPlainText() if rich else tooltip


@dataclass(frozen=True)
class Row:
    """Somebody in a conference."""

    key: str
    name: str


@pytest.mark.parametrize("name", NAMES)
def test_a_name_reads_as_it_is_wherever_a_tooltip_shows_it(qtbot: QtBot, name: str) -> None:
    label, large, button = ElidedLabel(), NameLabel(), ElidedButton()
    for widget in (label, large, button):
        qtbot.addWidget(widget)
    label.set_whole(name)
    large.show_name(name)
    button.set_whole("Group", name)
    model: ConferenceModel[Row] = ConferenceModel(lambda row: row.name)
    model.show([Row("a", name)])
    tooltip = model.index(0).data(QtCoreQt.ItemDataRole.ToolTipRole)
    assert [as_shown(each) for each in (label.toolTip(), large.toolTip(), button.toolTip(), tooltip)] == [
        name
    ] * 4
    assert model.index(0).data(QtCoreQt.ItemDataRole.AccessibleTextRole) == name


def test_nothing_is_escaped_without_need() -> None:
    assert [plain(name) == name for name in NAMES] == [True, True, True, False, False, False, True]
    assert plain("") == ""
