"""The settings page on system-wide hot-keys: a chord for each action, and why one does not work."""

from __future__ import annotations

import logging

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QKeySequenceEdit, QLabel, QLineEdit, QVBoxLayout, QWidget

from wwphone.domain.actions import Action
from wwphone.gui.context import Context
from wwphone.gui.field_buttons import name_clear_button
from wwphone.gui.forms.ui_settings import Ui_SettingsWindow
from wwphone.gui.option_texts import label
from wwphone.gui.style import tokens
from wwphone.gui.words import sentence
from wwphone.hotkeys.api import HotkeySupport
from wwphone.services.hotkeys import HOTKEY_OPTIONS

logger = logging.getLogger(__name__)

_FIELD_WIDTH = 200


class HotkeysPage(QObject):
    """Chords count as soon as they are pressed. While a field has the keyboard no hot-key acts."""

    def __init__(self, form: Ui_SettingsWindow, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._form = form
        self._context = context
        self._hotkeys = context.services.hotkeys
        self.rows = {action: _Row(context.settings.text(option)) for action, option in HOTKEY_OPTIONS.items()}
        for action, row in self.rows.items():
            form.hotkeys_rows.addWidget(row)
            row.chosen.connect(lambda text, action=action: self._on_chosen(action, text))
            row.entered.connect(lambda inside: self._hotkeys.pause(paused=inside))
        self._unsubscribe = self._hotkeys.changed.subscribe(self._on_hotkeys_changed)
        self.retranslate()

    def retranslate(self) -> None:
        """Put every text anew."""
        for action, row in self.rows.items():
            row.retranslate(label(HOTKEY_OPTIONS[action]))
        self._show()

    def leave(self) -> None:
        """The window goes: the keys act again."""
        self._hotkeys.pause(paused=False)

    def _on_hotkeys_changed(self, _: None) -> None:
        self._show()

    def _show(self) -> None:
        usable = self._hotkeys.support is HotkeySupport.AVAILABLE
        self._form.hotkeys_intro.setVisible(usable)
        self._form.hotkeys_state.setVisible(not usable)
        self._form.hotkeys_state.setText("" if usable else sentence(self._hotkeys.support))
        for row in self.rows.values():
            row.setVisible(usable)
        for action, row in self.rows.items():
            problem = self._hotkeys.problems.get(action)
            row.show_problem(sentence(problem) if problem else "")

    def _on_chosen(self, action: Action, text: str) -> None:
        try:
            self._context.settings.set(HOTKEY_OPTIONS[action], text)
        except OSError as error:
            logger.warning("a setting is not remembered: %s", error)


class _Row(QWidget):
    """An action, its keys, and below them what is wrong with them."""

    chosen = Signal(str)
    entered = Signal(bool)
    """The field got the keyboard, or lost it."""

    def __init__(self, keys: str) -> None:
        super().__init__()
        self._label = QLabel()
        self.field = QKeySequenceEdit(QKeySequence(keys, QKeySequence.SequenceFormat.PortableText))
        self.field.setMaximumSequenceLength(1)
        self.field.setClearButtonEnabled(True)
        self.field.setFixedWidth(_FIELD_WIDTH)
        self.line = self.field.findChild(QLineEdit)
        assert isinstance(self.line, QLineEdit)
        self.field.installEventFilter(self)
        self.line.installEventFilter(self)
        self._label.setBuddy(self.field)
        self.says = QLabel()
        self.says.setProperty("role", "muted")
        self.says.setWordWrap(True)
        self.says.hide()
        line = QHBoxLayout()
        line.setSpacing(tokens.SPACE_L)
        line.addWidget(self._label, 1)
        line.addWidget(self.field, 0, Qt.AlignmentFlag.AlignRight)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, tokens.SPACE_XS, 0, tokens.SPACE_XS)
        column.setSpacing(tokens.SPACE_XS)
        column.addLayout(line)
        column.addWidget(self.says)
        self.field.keySequenceChanged.connect(self._on_key_sequence_changed)

    def retranslate(self, text: str) -> None:
        """Put every text anew."""
        self._label.setText(text)
        assert isinstance(self.line, QLineEdit)
        for part in (self.field, self.line):
            part.setAccessibleName(text)
        name_clear_button(self.line)
        self.line.setPlaceholderText(self.tr("Press keys …"))

    def show_problem(self, text: str) -> None:
        """Say why the keys do not work; empty: they do, or there are none."""
        self.says.setText(text)
        self.says.setVisible(bool(text))
        assert isinstance(self.line, QLineEdit)
        self.line.setAccessibleDescription(text)
        if bool(self.line.property("invalid")) is not bool(text):
            self.line.setProperty("invalid", bool(text))
            self.line.style().unpolish(self.line)
            self.line.style().polish(self.line)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See `entered`."""
        if event.type() == QEvent.Type.FocusIn:
            self.entered.emit(True)
        elif event.type() == QEvent.Type.FocusOut:
            self.entered.emit(False)
        return super().eventFilter(watched, event)

    def _on_key_sequence_changed(self, keys: QKeySequence) -> None:
        self.chosen.emit(keys.toString(QKeySequence.SequenceFormat.PortableText))
