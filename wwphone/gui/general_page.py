"""The settings page made from the option table, and signing out."""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from wwphone.config.options import LANGUAGE, OPTIONS, THEME, Option, Page, Value
from wwphone.cti.api import CommandRefusedError
from wwphone.gui.context import Context
from wwphone.gui.forms.ui_settings import Ui_SettingsWindow
from wwphone.gui.option_texts import choice, help_text, label
from wwphone.gui.recording_words import rules_text
from wwphone.gui.style import tokens
from wwphone.gui.widgets.fields import CheckBox, ComboBox
from wwphone.gui.words import refusal
from wwphone.services.account import AccountSnapshot

logger = logging.getLogger(__name__)

_FIELD_WIDTH = 180


class GeneralPage(QObject):
    """One row for each option: what it is, what it does, and the field to change it. Changes count at once."""

    signed_out = Signal()
    forwarding_wanted = Signal()
    journal_wanted = Signal()
    conference_wanted = Signal()

    def __init__(self, form: Ui_SettingsWindow, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._form = form
        self._context = context
        self._rows = [
            _Row(option, context.settings.value(option), self)
            for option in OPTIONS.values()
            if option.page is Page.GENERAL
        ]
        for row in self._rows:
            form.options_column.addWidget(row.widget)
            row.changed.connect(self._on_changed)
        form.sign_out.clicked.connect(self._on_sign_out_clicked)
        form.forward_calls.clicked.connect(self.forwarding_wanted)
        form.presence_history.clicked.connect(self.journal_wanted)
        form.conferences.clicked.connect(self.conference_wanted)
        form.missed_mail.clicked.connect(self._on_missed_mail_clicked)
        context.services.account.changed.subscribe(self._on_account_changed)
        context.services.history.changed.subscribe(lambda _: self._show_missed_mail())
        context.services.recordings.changed.subscribe(lambda _: self._show_recording())
        context.services.conference.changed.subscribe(lambda _: self._show_conferences())
        self._mail_problem = ""
        self.retranslate()

    def field(self, option: Option) -> QWidget:
        """The field of an option. Raises KeyError when the page has none."""
        for row in self._rows:
            if row.option is option:
                return row.field
        raise KeyError(option.key)

    def retranslate(self) -> None:
        """Put every text anew."""
        for row in self._rows:
            row.retranslate()
        self._show_account(self._context.services.account.snapshot)
        self._show_missed_mail()
        self._show_recording()
        self._show_conferences()

    def _on_changed(self, option: Option, value: Value) -> None:
        try:
            self._context.settings.set(option, value)
        except OSError as error:
            logger.warning("a setting is not remembered: %s", error)
        if option is LANGUAGE:
            self._context.language.choose(str(value))
            if self._form.missed_mail.isChecked() and self._form.missed_mail.isEnabled():
                self._context.run(self._set_missed_mail(on=True))  # the e-mails follow the window
        elif option is THEME:
            self._context.theme.choose(str(value))

    def _on_account_changed(self, snapshot: AccountSnapshot) -> None:
        self._show_account(snapshot)

    def _show_account(self, snapshot: AccountSnapshot) -> None:
        profile, server = snapshot.profile, snapshot.server
        for button in (self._form.sign_out, self._form.forward_calls, self._form.presence_history):
            button.setEnabled(profile is not None)
        if profile and server:
            text = self.tr("Signed in as {name} at {server}.")
            self._form.account_text.setText(text.format(name=profile.nickname, server=server.host))
        else:
            self._form.account_text.setText(self.tr("Not signed in."))

    def _show_missed_mail(self) -> None:
        """As the server has it; what it cannot do says why."""
        history = self._context.services.history
        state = history.state
        box, possible = self._form.missed_mail, history.live and state.mail_possible
        box.setChecked(state.mail_missed)
        box.setEnabled(possible or (history.live and state.mail_missed))
        if self._mail_problem:
            text = self._mail_problem
        elif possible:
            text = self.tr("You get an e-mail for each call that nobody took.")
        elif not history.live:
            text = self.tr("No line to the server: this cannot be changed at the moment.")
        else:
            text = self.tr("The server cannot send you any: it has no mail server, or no address of yours.")
        self._form.missed_mail_help.setText(text)
        box.setAccessibleDescription(text)

    def _show_conferences(self) -> None:
        """Only for whom the administrator lets hold some (requirement 002)."""
        self._form.conferences.setVisible(self._context.services.conference.can_open)

    def _show_recording(self) -> None:
        """What an administrator has decided."""
        recording = self._context.services.recording
        self._form.recording_text.setText(
            rules_text(recording.state, has_right=recording.has_right)
            if self._context.services.recordings.live
            else self.tr("Known as soon as there is a line to the server.")
        )

    def _on_missed_mail_clicked(self, on: bool) -> None:
        self._context.run(self._set_missed_mail(on=on))

    async def _set_missed_mail(self, *, on: bool) -> None:
        try:
            language = self._context.language.code
            await self._context.services.history.set_missed_mail(on=on, language=language)
        except CommandRefusedError as error:
            self._mail_problem = refusal(error.error)
        else:
            self._mail_problem = ""
        self._show_missed_mail()

    def _on_sign_out_clicked(self) -> None:
        self.signed_out.emit()
        self._context.run(self._context.services.account.sign_out())


class _Row(QObject):
    """An option's label, help and field."""

    changed = Signal(object, object)
    """The option and its new value."""

    def __init__(self, option: Option, value: Value, parent: QObject) -> None:
        super().__init__(parent)
        self.option = option
        self.widget = QWidget()
        self._label = QLabel()
        self._help = QLabel()
        self._help.setProperty("role", "muted")
        self._help.setWordWrap(True)
        self.field = self._check(value) if option.kind is bool else self._choice(value)
        self._label.setBuddy(self.field)
        row = QHBoxLayout(self.widget)
        row.setContentsMargins(0, tokens.SPACE_S, 0, tokens.SPACE_S)
        row.setSpacing(tokens.SPACE_L)
        texts = _column(self._label, self._help)
        row.addWidget(texts, 1)
        row.addWidget(self.field, 0, Qt.AlignmentFlag.AlignVCenter)

    def retranslate(self) -> None:
        """Put every text anew."""
        self._label.setText(label(self.option))
        self._help.setText(help_text(self.option))
        self.field.setAccessibleName(label(self.option))
        self.field.setAccessibleDescription(help_text(self.option))
        if isinstance(self.field, ComboBox):
            for place in range(self.field.count()):
                self.field.setItemText(place, choice(self.option, self.field.itemData(place)))

    def _check(self, value: Value) -> QWidget:
        check = CheckBox()
        check.setChecked(bool(value))
        check.toggled.connect(lambda on: self.changed.emit(self.option, on))
        return check

    def _choice(self, value: Value) -> QWidget:
        box = ComboBox()
        box.setFixedWidth(_FIELD_WIDTH)
        offered = range(self.option.maximum + 1) if self.option.kind is int else self.option.choices
        for each in offered:
            box.addItem("", each)
        box.setCurrentIndex(max(0, box.findData(value)))
        box.activated.connect(lambda _=0: self.changed.emit(self.option, box.currentData()))
        return box


def _column(*widgets: QWidget) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(tokens.SPACE_XS)
    for widget in widgets:
        column.addWidget(widget)
    return holder
