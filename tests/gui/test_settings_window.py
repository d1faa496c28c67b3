"""The settings: every change counts at once."""

from __future__ import annotations

import errno
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox

from tests.gui import eyes
from tests.gui.stage import Stage
from tests.gui.test_words import SENTENCES_OF
from tests.gui.world import DEVICES, World
from wwphone.config.options import (
    BUSY_FROM,
    CLOSE_TO_TRAY,
    LANGUAGE,
    MICROPHONE,
    RING_DEVICE,
    THEME,
    Option,
    Value,
)
from wwphone.config.settings import Settings
from wwphone.domain.numbers import ECHO_TEST_NUMBER
from wwphone.gui.settings_window import SettingsPage, SettingsWindow
from wwphone.gui.widgets.fields import CheckBox
from wwphone.sip.api import SoundState


async def opened(stage: Stage, page: SettingsPage = SettingsPage.SOUND) -> SettingsWindow:
    stage.shell.open_settings(page)
    await stage.settled()
    window = stage.shell.settings_window
    assert window is not None
    return window


def pick(box: QComboBox, text: str) -> None:
    """Choose an entry as a person does."""
    place = box.findText(text)
    assert place >= 0, [box.itemText(row) for row in range(box.count())]
    box.setCurrentIndex(place)
    box.activated.emit(place)


def offered(box: QComboBox) -> list[str]:
    return [box.itemText(row) for row in range(box.count())]


# ---------------------------------------------------------------- sound


async def test_each_box_offers_what_fits(signed_in: Stage) -> None:
    form = (await opened(signed_in))._form
    assert offered(form.microphone) == ["The system's choice", "Jabra Evolve2 65", "Built-in Audio"]
    assert offered(form.speaker) == [
        "The system's choice",
        "Jabra Evolve2 65",
        "Built-in Audio",
        "DELL U2723QE",
    ]
    assert offered(form.secondary_speaker)[0] == "None"


async def test_a_chosen_device_is_used_at_once_and_remembered(signed_in: Stage) -> None:
    form = (await opened(signed_in))._form
    pick(form.microphone, "Jabra Evolve2 65")
    pick(form.ring, "DELL U2723QE")
    assert signed_in.engine.selection.microphone == "headset"
    assert signed_in.engine.selection.ring == "screen"
    assert signed_in.world.settings.text(MICROPHONE) == "headset"
    assert signed_in.world.settings.text(RING_DEVICE) == "screen"
    assert form.microphone.currentText() == "Jabra Evolve2 65"

    pick(form.microphone, "The system's choice")
    assert signed_in.engine.selection.microphone is None


async def test_a_chosen_device_that_is_not_there_stays_chosen(signed_in: Stage) -> None:
    form = (await opened(signed_in))._form
    pick(form.speaker, "DELL U2723QE")
    signed_in.engine.unplug("screen")
    await signed_in.settled()
    assert form.speaker.currentText() == "screen (not plugged in)"
    signed_in.engine.plug_in(DEVICES[2])
    await signed_in.settled()
    assert form.speaker.currentText() == "DELL U2723QE"


async def test_levels_move_only_while_somebody_looks(signed_in: Stage) -> None:
    assert signed_in.engine.measuring == (False, False)
    window = await opened(signed_in)
    assert signed_in.engine.measuring == (True, False)
    signed_in.engine.hear(microphone=0.62, speaker=0.18)
    await signed_in.settled()
    assert window._form.microphone_level.value() == 62
    assert window._form.speaker_level.value() == 18
    window.close()
    await signed_in.settled()
    assert signed_in.engine.measuring == (False, False)


async def test_tone_echo_and_another_look(signed_in: Stage) -> None:
    window = await opened(signed_in)
    eyes.click("Play a test tone", window)
    assert signed_in.engine.test_tones == 1
    eyes.click("Call the echo test", window)
    await signed_in.settled()
    assert [address for address, _ in signed_in.engine.dialled] == [ECHO_TEST_NUMBER]


async def test_without_sound_it_says_so_and_offers_no_test(signed_in: Stage) -> None:
    signed_in.engine.unplug(*(device.device_id for device in DEVICES))
    window = await opened(signed_in)
    assert SENTENCES_OF[SoundState.NO_DEVICE] in eyes.texts(window)
    assert not eyes.button("Play a test tone", window).isEnabled()
    signed_in.engine._devices = DEVICES
    eyes.click("Search again", window)
    await signed_in.settled()
    assert SENTENCES_OF[SoundState.READY] in eyes.texts(window)
    assert eyes.button("Play a test tone", window).isEnabled()


async def test_an_echo_test_without_registration_says_why(stage: Stage) -> None:
    await stage.show()
    window = await opened(stage)
    eyes.click("Call the echo test", window)
    assert "You cannot call yet: this PC is not registered with the PBX." in eyes.texts(window)


class FullDisk(Settings):
    """Settings on a disk without room."""

    full = False

    def set(self, option: Option, value: Value) -> None:
        """See Settings."""
        super().set(option, value)
        if self.full:
            raise OSError(errno.ENOSPC, "No space left on device")


async def test_a_choice_that_cannot_be_stored_counts_all_the_same(
    qapp: object, expected_logs: Callable[..., object]
) -> None:
    settings = FullDisk(None)
    async with Stage("en", "light", World(settings=settings)) as stage:
        await stage.signed_in()
        settings.full = True
        expected_logs("not remembered", logger="wwphone.gui")
        window = await opened(stage)
        pick(window._form.speaker, "DELL U2723QE")
        assert "The choice counts now, but cannot be stored for the next start." in eyes.texts(window)
        assert stage.engine.selection.speaker == "screen"
        settings.full = False


# ---------------------------------------------------------------- general


async def test_the_language_changes_at_once(signed_in: Stage) -> None:
    window = await opened(signed_in, SettingsPage.GENERAL)
    field = window.general.field(LANGUAGE)
    assert isinstance(field, QComboBox)
    assert offered(field) == ["As the system", "Deutsch", "English"]
    pick(field, "Deutsch")
    await signed_in.settled()
    assert signed_in.world.settings.text(LANGUAGE) == "de"
    assert window.windowTitle() == "Einstellungen"
    assert signed_in.window._form.presence_button.text() == "Verfügbar"


async def test_the_colours_change_at_once(signed_in: Stage) -> None:
    window = await opened(signed_in, SettingsPage.GENERAL)
    field = window.general.field(THEME)
    assert isinstance(field, QComboBox)
    ground = signed_in.window.grab().toImage().pixelColor(4, 4)
    pick(field, "Dark")
    await signed_in.settled()
    assert signed_in.shell.context.theme.dark
    assert signed_in.world.settings.text(THEME) == "dark"
    assert signed_in.window.grab().toImage().pixelColor(4, 4).lightness() < ground.lightness()
    pick(field, "Light")
    assert not signed_in.shell.context.theme.dark


async def test_busy_from_counts_for_the_next_call(signed_in: Stage) -> None:
    window = await opened(signed_in, SettingsPage.GENERAL)
    field = window.general.field(BUSY_FROM)
    assert isinstance(field, QComboBox)
    assert field.currentText() == "1"
    pick(field, "Never busy")
    assert signed_in.world.settings.value(BUSY_FROM) == 0
    await signed_in.talking("Beat")
    await signed_in.incoming()
    assert len(signed_in.shell.popups.shown) == 1


async def test_a_tick_is_remembered(signed_in: Stage) -> None:
    window = await opened(signed_in, SettingsPage.GENERAL)
    field = window.general.field(CLOSE_TO_TRAY)
    assert isinstance(field, CheckBox)
    assert field.isChecked()
    QTest.mouseClick(field, Qt.MouseButton.LeftButton)
    assert signed_in.world.settings.value(CLOSE_TO_TRAY) is False


async def test_signing_out_forgets_and_goes_quiet(signed_in: Stage) -> None:
    window = await opened(signed_in, SettingsPage.GENERAL)
    assert "Signed in as Anna Muster at pbx.muster-ag.ch." in eyes.texts(window)
    assert signed_in.world.secrets.secrets
    eyes.click("Sign out", window)
    await signed_in.settled()
    assert not window.isVisible()
    assert signed_in.world.secrets.secrets == {}
    assert signed_in.window._form.own_name.accessibleName() == "Not signed in"
    assert not signed_in.window._form.own_line.isVisible()
    assert signed_in.engine._registration.state.value == "unregistered"


async def test_pages_are_chosen_from_the_list(signed_in: Stage) -> None:
    window = await opened(signed_in)
    assert window._form.stack.currentWidget() is window._form.sound_page
    eyes.press(window._form.pages, Qt.Key.Key_Down)
    assert window._form.stack.currentWidget() is window._form.general_page


async def test_options_of_other_pages_have_no_field_here(signed_in: Stage) -> None:
    window = await opened(signed_in, SettingsPage.GENERAL)
    with pytest.raises(KeyError):
        window.general.field(MICROPHONE)
