"""Small widgets that panels and windows share."""

from __future__ import annotations

import gc

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLayoutItem, QVBoxLayout, QWidget, QWidgetItem
from pytestqt.qtbot import QtBot

from tests.gui import eyes
from wwphone.gui.icons import Icon
from wwphone.gui.style.theme import Theme
from wwphone.gui.widgets.banner import Banner
from wwphone.gui.widgets.elided_label import ElidedLabel
from wwphone.gui.widgets.empty_state import EmptyState
from wwphone.gui.widgets.fields import CheckBox, ComboBox
from wwphone.gui.widgets.fitting_scroll_area import FittingScrollArea
from wwphone.gui.widgets.keypad import Keypad
from wwphone.gui.widgets.name_label import NameLabel
from wwphone.gui.widgets.symbol import Symbol


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp, "light")


def test_a_label_shortens_itself_and_keeps_the_whole_for_others(qtbot: QtBot) -> None:
    label = ElidedLabel()
    qtbot.addWidget(label)
    label.resize(80, 20)
    label.show()
    label.set_whole("Donaudampfschifffahrtsgesellschaft <mbH>")
    assert label.text().endswith("…")
    assert label.accessibleName() == "Donaudampfschifffahrtsgesellschaft <mbH>"
    assert label.toolTip() == "Donaudampfschifffahrtsgesellschaft <mbH>", "as Qt shows it anyway"
    label.resize(900, 20)
    assert label.text() == "Donaudampfschifffahrtsgesellschaft <mbH>"
    assert label.minimumSizeHint().width() == 0


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Eva", 1),
        ("Müller & Söhne Aktiengesellschaft", 2),
        ("Donaudampfschifffahrtsgesellschaftskapitänswitwenrente", 2),
    ],
)
def test_a_name_takes_the_room_it_needs_up_to_two_lines(qtbot: QtBot, text: str, lines: int) -> None:
    label = NameLabel()
    qtbot.addWidget(label)
    label.resize(240, label.sizeHint().height())
    label.show()
    label.show_name(text)
    font, found = label.lines()
    assert len(found) == lines
    assert text.startswith(found[0])
    assert font.pixelSize() == (24 if lines == 1 else 17)
    assert label.grab().toImage() != QWidget().grab().toImage()


def test_a_box_is_ticked_by_mouse_and_keyboard_anywhere_on_its_text(qtbot: QtBot, theme: Theme) -> None:
    box = CheckBox("Stay signed in")
    qtbot.addWidget(box)
    box.resize(400, 24)
    box.show()
    empty = box.grab().toImage()
    inside = box.rect().center()
    inside.setX(box.sizeHint().width() - 4)
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=inside)
    assert box.isChecked()
    assert box.grab().toImage() != empty
    inside.setX(box.sizeHint().width() + 20)
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=inside)
    assert box.isChecked(), "beside the text is nothing to press"
    eyes.press(box, Qt.Key.Key_Space)
    assert not box.isChecked()


def test_a_list_shows_that_it_is_one(qtbot: QtBot, theme: Theme) -> None:
    box = ComboBox()
    qtbot.addWidget(box)
    box.addItem("One")
    box.resize(200, 36)
    box.show()
    picture = box.grab().toImage()
    arrow = {picture.pixelColor(x, y).name() for x in range(178, 192) for y in range(12, 26)}
    assert len(arrow) > 2, "an arrow stands at its right edge"


def test_a_scroll_area_is_as_tall_as_its_content_until_it_may_not(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    area, content = FittingScrollArea(), QWidget()
    rows = QVBoxLayout(content)
    area.setWidget(content)
    outer = QVBoxLayout(window)
    outer.addWidget(area)
    outer.addStretch(1)
    window.resize(300, 600)
    window.show()
    assert area.height() < 60
    labels = [QLabel(f"line {number}") for number in range(30)]
    for label in labels[:5]:
        rows.addWidget(label)
    qtbot.waitUntil(lambda: area.height() == content.height() > 80)
    area.setMaximumHeight(200)
    for label in labels[5:]:
        rows.addWidget(label)
    qtbot.waitUntil(lambda: area.height() == 200 and content.height() > 400)
    area.reveal(labels[-1])
    last = labels[-1].mapTo(area, labels[-1].rect().bottomLeft())
    assert area.rect().contains(last)
    area.forget(labels[-1])
    area.verticalScrollBar().setValue(0)
    window.resize(320, 600)
    assert area.verticalScrollBar().value() == 0


def test_a_scroll_area_leaves_nothing_in_python_that_qt_deletes(qtbot: QtBot) -> None:
    """A layout's item that Python still has when Qt has deleted it is taken for whatever is made at its place."""
    area, content = FittingScrollArea(), QWidget()
    qtbot.addWidget(area)
    rows = QVBoxLayout(content)
    area.setWidget(content)
    for text in ("one", "two"):
        rows.addWidget(QLabel(text))
    assert area.minimumSizeHint().height() > 0
    items = [one for one in gc.get_objects() if type(one) in (QLayoutItem, QWidgetItem)]
    assert items == []


def test_a_scroll_area_keeps_room_for_the_part_to_be_seen(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    area, content, rest = FittingScrollArea(), QWidget(), QLabel("rest")
    rows = QVBoxLayout(content)
    area.setWidget(content)
    outer = QVBoxLayout(window)
    outer.addWidget(area)
    outer.addWidget(rest, 1)
    assert area.minimumSizeHint().height() == 0, "nothing in it needs no room"
    low, high = QLabel("low"), QLabel("high")
    low.setFixedHeight(30)
    high.setFixedHeight(90)
    for label in (low, high):
        rows.addWidget(label)
    margins = rows.contentsMargins().top() + rows.contentsMargins().bottom()
    assert area.minimumSizeHint().height() == 30 + margins
    area.reveal(high)
    assert area.minimumSizeHint().height() == 90 + margins
    rest.setMinimumHeight(400)
    window.resize(300, 100)
    window.show()
    qtbot.waitUntil(lambda: area.height() >= 90 + margins)
    assert high.visibleRegion().boundingRect() == high.rect()


def test_a_keypad_takes_pointer_and_keyboard(qtbot: QtBot) -> None:
    pad = Keypad()
    qtbot.addWidget(pad)
    pad.show()
    pressed = eyes.recorded(pad.digit_pressed)
    for key in "159*0#":
        eyes.click(key, pad)
    eyes.type_into(pad, "2a#")
    assert "".join(str(key) for (key,) in pressed) == "159*0#2#"


def test_a_banner_says_does_and_goes(qtbot: QtBot, theme: Theme) -> None:
    banner = Banner(theme)
    qtbot.addWidget(banner)
    done: list[int] = []
    assert banner.text == ""
    banner.say("The <b>line</b> broke", "Again", lambda: done.append(1))
    assert banner.isVisible()
    assert banner.text == "The <b>line</b> broke", "as it is, no markup"
    assert banner.accessibleName() == banner.text
    eyes.click("Again", banner)
    assert done == [1]
    banner.say("It broke")
    assert not banner.button.isVisible()
    banner.say("")
    assert not banner.isVisible()


def test_an_empty_state_offers_one_thing_or_none(qtbot: QtBot, theme: Theme) -> None:
    state = EmptyState(Icon.DEVICES, theme)
    qtbot.addWidget(state)
    state.show()
    done: list[int] = []
    state.say("Nothing yet", "Begin", lambda: done.append(1))
    eyes.click("Begin", state)
    assert done == [1]
    state.say("Nothing at all")
    assert not state.button.isVisible()
    assert state.text == "Nothing at all"


def test_a_symbol_is_sharp_on_every_screen_and_has_a_meaning(qtbot: QtBot) -> None:
    symbol = Symbol(size=16)
    qtbot.addWidget(symbol)
    symbol.show()
    symbol.show_icon(Icon.LOCK, "#000000", "Encrypted")
    assert symbol.accessibleName() == symbol.toolTip() == "Encrypted"
    assert symbol.pixmap().width() == round(16 * symbol.devicePixelRatioF())
