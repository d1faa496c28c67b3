"""The settings page on sound: which devices are used, and whether they work."""

from __future__ import annotations

import logging
from dataclasses import replace

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QComboBox

from wwphone.domain.devices import SoundDevice
from wwphone.domain.numbers import NotDiallableError
from wwphone.gui.context import Context
from wwphone.gui.forms.ui_settings import Ui_SettingsWindow
from wwphone.gui.icons import Icon
from wwphone.gui.tooltips import plain
from wwphone.gui.words import sentence
from wwphone.services.calls import CannotDialError
from wwphone.services.sound import SoundSnapshot
from wwphone.sip.api import LevelsMeasured, SoundState

logger = logging.getLogger(__name__)


class SoundPage(QObject):
    """Keeps the form's sound page true."""

    def __init__(self, form: Ui_SettingsWindow, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._form = form
        self._context = context
        self._boxes: dict[str, QComboBox] = {
            "microphone": form.microphone,
            "speaker": form.speaker,
            "secondary_microphone": form.secondary_microphone,
            "secondary_speaker": form.secondary_speaker,
            "ring": form.ring,
        }
        for name, box in self._boxes.items():
            box.activated.connect(lambda _=0, name=name: self._on_device_chosen(name))
        sound = context.services.sound
        form.test_tone.clicked.connect(sound.test_tone)
        form.echo_test.clicked.connect(self._on_echo_test_clicked)
        form.look_again.clicked.connect(sound.look_again)
        form.try_problem.hide()
        sound.changed.subscribe(self._on_sound_changed)
        sound.levels.subscribe(self._on_levels_measured)
        context.theme.changed.connect(self.retranslate)
        self.retranslate()

    def retranslate(self) -> None:
        """Put every text anew."""
        self._show(self._context.services.sound.snapshot)

    def _on_sound_changed(self, snapshot: SoundSnapshot) -> None:
        self._show(snapshot)

    def _show(self, snapshot: SoundSnapshot) -> None:
        for name, box in self._boxes.items():
            hears = name.endswith("microphone")
            fitting = [device for device in snapshot.devices if (device.inputs if hears else device.outputs)]
            self._fill(box, name, fitting, getattr(snapshot.selection, name))
        ready = snapshot.state is SoundState.READY
        self._form.sound_state.setText(sentence(snapshot.state) if snapshot.state else "")
        self._form.sound_state.setToolTip(plain(snapshot.detail))
        colours = self._context.theme.colours
        which = Icon.AVAILABLE if ready else Icon.WARNING
        self._form.sound_symbol.show_icon(which, colours.status_green if ready else colours.status_yellow)
        self._form.sound_symbol.setVisible(snapshot.state is not None)
        for widget in (self._form.test_tone, self._form.echo_test):
            widget.setEnabled(ready)
        if not ready:
            self._form.microphone_level.setValue(0)
            self._form.speaker_level.setValue(0)

    def _fill(self, box: QComboBox, name: str, devices: list[SoundDevice], chosen: str | None) -> None:
        box.clear()
        box.addItem(self.tr("None") if name.startswith("secondary") else self.tr("The system's choice"), None)
        for device in devices:
            box.addItem(device.name, device.device_id)
        if chosen and all(device.device_id != chosen for device in devices):
            box.addItem(self.tr("{device} (not plugged in)").format(device=chosen), chosen)
        box.setCurrentIndex(max(0, box.findData(chosen)))

    def _on_device_chosen(self, name: str) -> None:
        sound = self._context.services.sound
        try:
            sound.select(replace(sound.snapshot.selection, **{name: self._boxes[name].currentData()}))
        except OSError as error:
            logger.warning("the choice of devices is not remembered: %s", error)
            self._say(self.tr("The choice counts now, but cannot be stored for the next start."))

    def _on_levels_measured(self, levels: LevelsMeasured) -> None:
        self._form.microphone_level.setValue(round(levels.microphone * 100))
        self._form.speaker_level.setValue(round(levels.speaker * 100))

    def _on_echo_test_clicked(self) -> None:
        self._say("")
        try:
            self._context.services.calls.echo_test()
        except CannotDialError as error:
            self._say(sentence(error.reason))
        except NotDiallableError:
            self._say(self.tr("This PBX has no echo test."))

    def _say(self, text: str) -> None:
        self._form.try_problem.setText(text)
        self._form.try_problem.setVisible(bool(text))
