"""The settings: sound with a live level meter, and the pages made from the option table."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QLabel, QSpinBox, QWidget

from wwphone.config.options import LANGUAGE, OPTIONS, THEME, Option, Page
from wwphone.domain.devices import SoundDevice
from wwphone.domain.numbers import NotDiallableError
from wwphone.gui.context import Context
from wwphone.gui.forms.ui_settings import Ui_SettingsWindow
from wwphone.gui.option_texts import choice, help_text, label
from wwphone.gui.words import sentence
from wwphone.services.calls import CannotDialError
from wwphone.services.sound import SoundSnapshot
from wwphone.sip.api import LevelsMeasured


class SettingsWindow(QDialog):
    """Every change counts at once; there is nothing to confirm."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._form = Ui_SettingsWindow()
        self._form.setupUi(self)
        self._fields: dict[Option, tuple[QLabel, QWidget]] = {}
        self._boxes: dict[str, QComboBox] = {
            "microphone": self._form.microphone,
            "speaker": self._form.speaker,
            "secondary_microphone": self._form.secondary_microphone,
            "secondary_speaker": self._form.secondary_speaker,
            "ring": self._form.ring,
        }
        self._form.pages.addItems(["", ""])
        self._form.pages.currentRowChanged.connect(self._form.stack.setCurrentIndex)
        self._form.pages.setCurrentRow(0)
        for name, box in self._boxes.items():
            box.activated.connect(lambda _=0, name=name: self._on_device_activated(name))
        self._form.test_tone.clicked.connect(context.services.sound.test_tone)
        self._form.echo_test.clicked.connect(self._on_echo_test_clicked)
        self._form.look_again.clicked.connect(context.services.sound.look_again)
        self._form.sign_out.clicked.connect(self._on_sign_out_clicked)
        self._add_options()
        context.services.sound.changed.subscribe(self._on_sound_changed)
        context.services.sound.levels.subscribe(self._on_levels_measured)
        self._retranslate()

    def show_page(self, page: int) -> None:
        """Open at a page: 0 sound, 1 general."""
        self._form.pages.setCurrentRow(page)
        self.show()
        self.raise_()
        self.activateWindow()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._form.retranslateUi(self)
            self._retranslate()

    def showEvent(self, event: QShowEvent) -> None:
        """The level meter runs only while somebody looks."""
        super().showEvent(event)
        self._context.services.sound.measure(on=True)

    def hideEvent(self, event: QHideEvent) -> None:
        """See showEvent."""
        super().hideEvent(event)
        self._context.services.sound.measure(on=False)

    # ------------------------------------------------------------ sound

    def _on_sound_changed(self, snapshot: SoundSnapshot) -> None:
        self._show_sound(snapshot)

    def _show_sound(self, snapshot: SoundSnapshot) -> None:
        for name, box in self._boxes.items():
            hears = name.endswith("microphone")
            fitting = [device for device in snapshot.devices if (device.inputs if hears else device.outputs)]
            self._fill(box, name, fitting, getattr(snapshot.selection, name))
        self._form.sound_state.setText(sentence(snapshot.state) if snapshot.state else "")
        self._form.sound_state.setToolTip(snapshot.detail)

    def _fill(self, box: QComboBox, name: str, devices: list[SoundDevice], chosen: str | None) -> None:
        box.clear()
        box.addItem(self.tr("None") if name.startswith("secondary") else self.tr("The system's choice"), None)
        for device in devices:
            box.addItem(device.name, device.device_id)
        if chosen and all(device.device_id != chosen for device in devices):
            box.addItem(self.tr("{device} (not plugged in)").format(device=chosen), chosen)
        box.setCurrentIndex(max(0, box.findData(chosen)))

    def _on_device_activated(self, name: str) -> None:
        sound = self._context.services.sound
        sound.select(replace(sound.snapshot.selection, **{name: self._boxes[name].currentData()}))

    def _on_levels_measured(self, levels: LevelsMeasured) -> None:
        self._form.microphone_level.setValue(round(levels.microphone * 100))
        self._form.speaker_level.setValue(round(levels.speaker * 100))

    def _on_echo_test_clicked(self) -> None:
        try:
            self._context.services.calls.echo_test()
        except CannotDialError as error:
            self._form.sound_state.setText(sentence(error.reason))
        except NotDiallableError:
            self._form.sound_state.setText(self.tr("This PBX has no echo test."))

    # ------------------------------------------------------------ general

    def _add_options(self) -> None:
        for option in OPTIONS.values():
            if option.page is Page.GENERAL:
                field = self._field(option)
                name = QLabel()
                name.setBuddy(field)
                self._fields[option] = (name, field)
                if isinstance(field, QCheckBox):
                    self._form.general_form.addRow(field)
                else:
                    self._form.general_form.addRow(name, field)

    def _field(self, option: Option) -> QWidget:
        value = self._context.settings.value(option)
        if option.kind is bool:
            check = QCheckBox()
            check.setChecked(bool(value))
            check.toggled.connect(lambda on: self._change(option, on))
            return check
        if option.kind is int:
            spin = QSpinBox()
            spin.setMaximum(16)
            spin.setValue(value if isinstance(value, int) else 0)
            spin.valueChanged.connect(lambda number: self._change(option, number))
            return spin
        box = QComboBox()
        for offered in option.choices:
            box.addItem(offered, offered)
        box.setCurrentIndex(max(0, box.findData(value)))
        box.activated.connect(lambda _=0: self._change(option, box.currentData()))
        return box

    def _change(self, option: Option, value: str | bool | int) -> None:
        self._context.settings.set(option, value)
        if option is LANGUAGE:
            self._context.language.choose(str(value))
        elif option is THEME:
            self._context.theme.choose(str(value))

    def _on_sign_out_clicked(self) -> None:
        self.hide()
        self._context.run(self._context.services.account.sign_out())

    # ------------------------------------------------------------ language

    def _retranslate(self) -> None:
        for row, text in enumerate((self.tr("Sound"), self.tr("General"))):
            self._form.pages.item(row).setText(text)
        for option, (name, field) in self._fields.items():
            name.setText(label(option))
            field.setToolTip(help_text(option))
            field.setAccessibleName(label(option))
            if isinstance(field, QCheckBox):
                field.setText(label(option))
            elif isinstance(field, QComboBox):
                for row, offered in enumerate(option.choices):
                    field.setItemText(row, choice(offered))
        self._show_sound(self._context.services.sound.snapshot)
