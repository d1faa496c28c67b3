"""The settings page on pages that calls open: a template for each moment, and what it would open."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from wwphone.config.options import PAGES_FOR, Option
from wwphone.domain.call_pages import (
    MAX_TEMPLATE,
    PLACEHOLDERS,
    BadTemplateError,
    CallMoment,
    check_template,
    fill_template,
)
from wwphone.domain.calls import CallDirection, CallSnapshot, CallState, Party
from wwphone.gui.call_pages import open_page
from wwphone.gui.context import Context
from wwphone.gui.forms.ui_settings import Ui_SettingsWindow
from wwphone.gui.option_texts import choice, label
from wwphone.gui.style import tokens
from wwphone.gui.words import sentence
from wwphone.services.call_pages import PAGE_OPTIONS, page_values

logger = logging.getLogger(__name__)

_EXAMPLE = CallSnapshot(
    "5e0c81", CallDirection.INCOMING, Party("+41442681212", "Müller & Söhne AG"), CallState.INCOMING,
    datetime(2026, 1, 1, tzinfo=UTC),
)  # fmt: skip
"""Whose call the preview shows."""


class CallPagesPage(QObject):
    """Each template counts as soon as it is right and the person leaves its field."""

    def __init__(self, form: Ui_SettingsWindow, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._form = form
        self._context = context
        self.rows = {
            moment: _Row(moment, context.settings.text(option)) for moment, option in PAGE_OPTIONS.items()
        }
        for moment, row in self.rows.items():
            form.pages_rows.addWidget(row)
            row.chosen.connect(lambda text, option=PAGE_OPTIONS[moment]: self._keep(option, text))
        for value in PAGES_FOR.choices:
            form.pages_for.addItem("", value)
        form.pages_for.setCurrentIndex(max(0, form.pages_for.findData(context.settings.value(PAGES_FOR))))
        form.pages_for.activated.connect(lambda _=0: self._keep(PAGES_FOR, str(form.pages_for.currentData())))
        self.retranslate()

    def retranslate(self) -> None:
        """Put every text anew."""
        form = self._form
        form.pages_placeholders.setText(
            self.tr("In an address, {placeholders} stand for what is known of the call.").format(
                placeholders=" ".join(f"<{name}>" for name in PLACEHOLDERS)
            )
        )
        form.pages_for_label.setText(label(PAGES_FOR))
        form.pages_for.setAccessibleName(label(PAGES_FOR))
        for place in range(form.pages_for.count()):
            form.pages_for.setItemText(place, choice(PAGES_FOR, form.pages_for.itemData(place)))
        for moment, row in self.rows.items():
            row.retranslate(label(PAGE_OPTIONS[moment]))

    def leave(self) -> None:
        """The window goes: what stands in the fields counts if it is right."""
        for row in self.rows.values():
            row.choose()

    def _keep(self, option: Option, value: str) -> None:
        try:
            self._context.settings.set(option, value)
        except OSError as error:
            logger.warning("a setting is not remembered: %s", error)


class _Row(QWidget):
    """One moment's template, and below it what it would open, or why it cannot."""

    chosen = Signal(str)

    def __init__(self, moment: CallMoment, template: str) -> None:
        super().__init__()
        self._moment = moment
        self._label = QLabel()
        self.field = QLineEdit(template)
        self.field.setMaxLength(MAX_TEMPLATE)
        self.field.setCursorPosition(0)
        self.field.setPlaceholderText("https://…/?number=<number>")
        self._label.setBuddy(self.field)
        self.try_it = QPushButton()
        self.try_it.setAutoDefault(False)
        self.says = QLabel()
        self.says.setProperty("role", "muted")
        self.says.setWordWrap(True)
        self.says.setTextFormat(Qt.TextFormat.PlainText)
        line = QHBoxLayout()
        line.setSpacing(tokens.SPACE_S)
        line.addWidget(self.field, 1)
        line.addWidget(self.try_it)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, tokens.SPACE_S)
        column.setSpacing(tokens.SPACE_XS)
        column.addWidget(self._label)
        column.addLayout(line)
        column.addWidget(self.says)
        self.field.textChanged.connect(self._show)
        self.field.editingFinished.connect(self.choose)
        self.try_it.clicked.connect(self._on_try_it_clicked)

    def retranslate(self, text: str) -> None:
        """Put every text anew."""
        self._label.setText(text)
        self.field.setAccessibleName(text)
        self.try_it.setText(self.tr("Try it"))
        self.try_it.setAccessibleName(f"{self.try_it.text()}: {text}")
        self._show()

    def choose(self) -> None:
        """Let the template count, unless it cannot be used."""
        text = self._template
        try:
            if text:
                check_template(text)
        except BadTemplateError:
            return
        self.chosen.emit(text)

    @property
    def _template(self) -> str:
        return self.field.text().strip()

    def _show(self) -> None:
        address, problem = "", ""
        try:
            if self._template:
                address = fill_template(self._template, page_values(_EXAMPLE, self._moment))
        except BadTemplateError as error:
            problem = sentence(error.problem)
        self.try_it.setEnabled(bool(address))
        if problem:
            self._say(problem)
        elif address:
            # A break after each part: an address has no blanks at which a label could wrap.
            self._say(address.replace("&", "\u200b&").replace("?", "\u200b?").replace("/", "/\u200b"))
        else:
            self._say(self.tr("Opens nothing."))
        if bool(self.field.property("invalid")) is not bool(problem):
            self.field.setProperty("invalid", bool(problem))
            self.field.style().unpolish(self.field)
            self.field.style().polish(self.field)

    def _say(self, text: str) -> None:
        self.says.setText(text)
        self.field.setAccessibleDescription(text.replace("\u200b", ""))

    def _on_try_it_clicked(self) -> None:
        self.choose()
        if not open_page(fill_template(self._template, page_values(_EXAMPLE, self._moment))):
            self._say(self.tr("This computer has no program that opens such an address."))
