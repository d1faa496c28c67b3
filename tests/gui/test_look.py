"""The look: contrast by computation, nothing cut off, names for everything, the keyboard everywhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QRawFont
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QListView,
    QTableView,
    QWidget,
)

from tests.gui import eyes
from tests.gui.fitting import Seen, look_at, with_every_kind
from tests.gui.scene import Scene
from tests.gui.scenes import SCENES
from tests.gui.stage import Stage
from tests.helpers.waiting import SECONDS
from wwphone.gui.icons import PHONE_ICONS, QUALITY_ICONS, STATUS_ICONS, Icon, font_file, icon
from wwphone.gui.settings_window import SettingsPage
from wwphone.gui.style import tokens
from wwphone.gui.style.sheet import style_sheet
from wwphone.gui.style.tokens import DARK, LIGHT, Colours, contrast

_ROOT = Path(__file__).parents[2]
_TEXT, _EDGE = 4.5, 3.0
"""WCAG 2.2, 1.4.3 for texts and 1.4.11 for what is no text."""
_STATUS = tuple(field.name for field in fields(Colours) if field.name.startswith("status_"))
_TEXTS = (
    *((text, ground) for text in ("text", "text_muted") for ground in ("window", "surface", "raised", "selected")),
    *((status, ground) for status in _STATUS for ground in ("window", "surface", "raised", "selected")),
    *((f"on_{ground}", ground) for ground in ("accent", "positive", "negative", "caution_ground", "negative_ground")),
    *((f"on_{ground}", f"{ground}_hover") for ground in ("accent", "positive", "negative")),
    ("accent", "selected"),
)  # fmt: skip
_EDGES = (("outline", "surface"), ("outline", "window"), ("accent", "surface"), ("accent", "window"),
          ("negative", "surface"), ("positive", "surface"))  # fmt: skip


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), _TEXTS)
def test_every_text_has_enough_contrast(theme: Colours, text: str, ground: str) -> None:
    assert contrast(getattr(theme, text), getattr(theme, ground)) >= _TEXT


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), _EDGES)
def test_every_edge_has_enough_contrast(theme: Colours, edge: str, ground: str) -> None:
    assert contrast(getattr(theme, edge), getattr(theme, ground)) >= _EDGE


def test_no_colour_is_left_out_of_this_test() -> None:
    tested = {name for pair in (*_TEXTS, *_EDGES) for name in pair}
    assert {field.name for field in fields(Colours)} - tested == {"border"}, "which only divides"


def test_contrast_is_computed_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#ffffff", "#ffffff") == pytest.approx(1.0)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_sheet_uses_tokens_only(theme: Colours) -> None:
    sheet = style_sheet(theme)
    assert "$" not in sheet
    known = {getattr(theme, field.name) for field in fields(Colours)}
    written = {
        word.rstrip(";") for word in sheet.split() if word.startswith("#") and len(word.rstrip(";")) == 7
    }
    assert written <= known


_IN_GERMAN: dict[str, Seen] = {}
"""What the tests of this process have seen, by the scene's name."""


async def in_german(scene: Scene) -> Seen:
    """Look at a scene, once."""
    if scene.name not in _IN_GERMAN:
        _IN_GERMAN[scene.name] = await look_at(scene, "de")
    return _IN_GERMAN[scene.name]


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
async def test_nothing_is_cut_off_in_german(scene: Scene) -> None:
    assert (await in_german(scene)).problems == []


async def test_nothing_is_cut_off_in_english_where_it_matters_most() -> None:
    found = [text for scene in SCENES if scene.everywhere for text in (await look_at(scene, "en")).problems]
    assert found == []


@pytest.mark.timeout(400)
@pytest.mark.parametrize("scale", ["1.5", "3"])
async def test_nothing_is_cut_off_on_other_scales(scale: str, tmp_path: Path) -> None:
    """At a scale every kind of part is where it is at 100 %, or else every scene is looked at."""
    seen = {scene.name: await in_german(scene) for scene in SCENES}
    same_as = tmp_path / "same_as.json"
    same_as.write_text(json.dumps({name: seen[name].parts for name in with_every_kind(seen)}), "utf-8")
    done = _look_at_scale(scale, same_as)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"everything fits at {float(scale):.0%}" in done.stdout


def _look_at_scale(scale: str, same_as: Path) -> subprocess.CompletedProcess[str]:
    """Look on a screen that holds as much as the one of these tests: else popups would give way to a small one."""
    screen = same_as.with_name("screen.json")
    edge = round(800 * float(scale))
    size = {"name": "large", "x": 0, "y": 0, "width": edge, "height": edge}
    screen.write_text(
        json.dumps({"screens": [{**size, "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}]}), "utf-8"
    )
    platform = os.environ["QT_QPA_PLATFORM"].replace("offscreen", f"offscreen:configfile={screen}")
    return subprocess.run(
        [sys.executable, "-m", "tests.gui.fitting", "--same-as", same_as],
        cwd=_ROOT,
        env={**os.environ, "QT_SCALE_FACTOR": scale, "QT_QPA_PLATFORM": platform},
        capture_output=True,
        text=True,
        check=False,
        timeout=300 * SECONDS,
    )


def test_every_scene_has_a_name_of_its_own() -> None:
    assert len({scene.name for scene in SCENES}) == len(SCENES)


# ---------------------------------------------------------------- icons


def test_every_icon_is_in_the_font(qapp: object) -> None:
    font = QRawFont(str(font_file()), 24.0)
    [charmap] = font_file().parent.glob("materialdesignicons6-webfont-charmap-*.json")
    codes = json.loads(charmap.read_text("utf-8"))
    for which in Icon:
        name, code = which.value
        assert int(codes[name], 16) == code, name
        assert font.glyphIndexesForString(chr(code))[0] != 0


@pytest.mark.parametrize("which", list(Icon), ids=lambda which: which.name)
def test_every_icon_is_drawn_in_its_colour(qapp: object, which: Icon) -> None:
    picture = icon(which, "#0b5cad").pixmap(48).toImage()
    painted = [
        (x, y)
        for x in range(picture.width())
        for y in range(picture.height())
        if picture.pixelColor(x, y).alpha() == 255
    ]
    assert len(painted) > 60
    assert {picture.pixelColor(x, y).name() for x, y in painted} == {"#0b5cad"}


def test_icons_of_states_differ_in_shape(qapp: object) -> None:
    for table in (STATUS_ICONS, PHONE_ICONS, QUALITY_ICONS):
        shapes = [icon(which, "#000000").pixmap(24).toImage() for which in table.values()]
        assert all(shapes[i] != shapes[j] for i in range(len(shapes)) for j in range(i))


# ---------------------------------------------------------------- names and keyboard


async def everything(stage: Stage) -> list[QWidget]:
    await stage.signed_in()
    await stage.talking("Beat")
    await stage.incoming()
    card = stage.window.cards.current()
    assert card is not None
    stage.shell.open_settings(SettingsPage.SOUND)
    stage.shell.ask_to_sign_in(None)
    stage.shell.open_forwarding()
    stage.shell.open_journal()
    stage.window.phonebook_changes.add()
    stage.window._form.phonebook_button.click()
    await stage.settled()
    shell = stage.shell
    shown = [
        stage.window,
        shell.settings_window,
        shell.sign_in_dialog,
        shell.forwarding_dialog,
        shell.journal_dialog,
        *stage.window.phonebook_changes.editors,
    ]
    return [*(each for each in shown if each is not None), *stage.shell.popups.shown]


async def test_everything_that_can_be_used_has_a_name(stage: Stage) -> None:
    nameless: list[QWidget] = []
    for window in await everything(stage):
        for part in window.findChildren(QWidget):
            if (
                not part.isVisibleTo(window)
                or part.objectName().startswith("qt_")
                or "IconButton" in type(part).__name__
            ):
                continue
            label = _label_of(part, window)
            if isinstance(part, QAbstractButton) and not (part.text() or part.accessibleName()):
                nameless.append(part)
            if isinstance(part, QLineEdit | QComboBox | QListView | QTableView) and not (
                part.accessibleName() or label
            ):
                nameless.append(part)
    own = [part for part in nameless if not isinstance(part.parentWidget(), QLineEdit | QComboBox)]
    own = [part for part in own if part.metaObject().className() != "QComboBoxListView"]
    assert [f"{type(part).__name__} {part.objectName()}" for part in own] == []


def _label_of(part: QWidget, window: QWidget) -> str:
    """The label whose buddy a field is: screen readers take it as its name."""
    return next((label.text() for label in window.findChildren(QLabel) if label.buddy() is part), "")


async def test_every_button_without_text_explains_itself(stage: Stage) -> None:
    for window in await everything(stage):
        for button in window.findChildren(QAbstractButton):
            # A box to tick has its label beside it.
            outside = isinstance(button, QCheckBox) or isinstance(button.parentWidget(), QLineEdit)
            if (
                outside
                or button.text()
                or button.objectName().startswith("qt_")
                or not button.accessibleName()
            ):
                continue
            assert button.toolTip(), button.accessibleName()


async def test_tab_reaches_every_control_of_the_main_window(signed_in: Stage) -> None:
    await signed_in.talking("Beat")
    window = signed_in.window
    window.dial_field.focus()
    reached: list[QWidget] = []
    for _ in range(40):
        focus = window.focusWidget()
        assert focus is not None
        if focus in reached:
            break
        reached.append(focus)
        eyes.press(focus, Qt.Key.Key_Tab)
    names = {eyes.words(widget) for widget in reached}
    assert {
        "Own presence",
        "Do not disturb",
        "Forward calls …",
        "Connection",
        "Name or number to dial",
        "Filter colleagues",
        "Colleagues",
    } <= names | {widget.accessibleName() for widget in reached}
    assert {"Mute the microphone (F8)", "Hold the call (F7)", "Keypad", "Hang up", "Settings"} <= names


async def test_shortcuts_stand_in_the_tooltips(signed_in: Stage) -> None:
    call_id = await signed_in.incoming()
    card = signed_in.window.cards.card(call_id)
    assert card is not None
    assert eyes.button("Answer", card).toolTip() == "F5"
    assert eyes.button("Decline", card).toolTip() == "Shift+F5"
    form = signed_in.window._form
    for widget, keys in (
        (form.dial_field, "Ctrl+L"),
        (form.colleagues_button, "Ctrl+1"),
        (form.phonebook_button, "Ctrl+2"),
        (form.history_button, "Ctrl+3"),
        (form.recordings_button, "Ctrl+4"),
        (form.conference_button, "Ctrl+5"),
        (form.devices_button, "Ctrl+6"),
        (form.disturb_button, "Ctrl+D"),
        (form.settings_button, "Ctrl+,"),
    ):
        assert keys in widget.toolTip()


async def test_the_keyboard_reaches_dial_field_and_settings(signed_in: Stage) -> None:
    signed_in.window.colleagues.begin()
    eyes.press(signed_in.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    await signed_in.settled()
    assert signed_in.window.focusWidget() is signed_in.window._form.dial_field


async def test_the_keys_of_the_buttons_at_the_left_act_before_the_next_letter(signed_in: Stage) -> None:
    window = signed_in.window
    wanted = eyes.recorded(window.settings_wanted)
    for key, panel in (
        (Qt.Key.Key_2, window.phonebook),
        (Qt.Key.Key_3, window.history),
        (Qt.Key.Key_4, window.recordings),
        (Qt.Key.Key_1, window.colleagues),
    ):
        eyes.press(window, key, Qt.KeyboardModifier.ControlModifier)
        assert panel.isVisible()
        assert panel.isAncestorOf(window.focusWidget())
    eyes.press(window, Qt.Key.Key_6, Qt.KeyboardModifier.ControlModifier)
    assert window.devices.isVisible()
    eyes.press(window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    assert len(wanted) == 1


def test_types_and_spaces_are_the_ones_of_the_design() -> None:
    assert (tokens.SPACE_XS, tokens.SPACE_S, tokens.SPACE_M, tokens.SPACE_L, tokens.SPACE_XL) == (
        4,
        8,
        12,
        16,
        24,
    )
    assert tokens.RADIUS == 8
    assert tokens.POPUP_BUTTON_HEIGHT >= 44
