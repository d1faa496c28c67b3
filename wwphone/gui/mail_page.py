"""The settings page on the server's e-mail, for administrators: how it is sent, what waits, and a test of it."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from wwphone.cti.api import CommandRefusedError, WireError
from wwphone.domain.mail import MAX_ADDRESS, MailOutcome, MailOverview, MailTest
from wwphone.gui.context import Context
from wwphone.gui.forms.ui_settings import Ui_SettingsWindow
from wwphone.gui.icons import Icon
from wwphone.gui.mail_words import (
    encryption_text,
    failed_text,
    failure_text,
    no_server_text,
    outcome_text,
    outcome_words,
    refused_text,
    sender_text,
    server_text,
    user_text,
    waiting_text,
)
from wwphone.gui.words import clock, refusal
from wwphone.services.mail import MailSnapshot

LOOK_MS = 10_000
"""So often the queue is looked at while the page is to be seen."""


class MailPage(QObject):
    """What the server says now, and what came of the last test."""

    def __init__(self, form: Ui_SettingsWindow, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._form = form
        self._context = context
        self._mail = context.services.mail
        self._user = self._mail.snapshot.user
        self._proposed = ""
        self._live = self._mail.snapshot.live
        self._problem: WireError | None = None
        """Why it could not be read."""
        self._result: MailTest | WireError | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._read)
        form.mail_address.setMaxLength(MAX_ADDRESS)
        form.mail_address.textChanged.connect(self._on_address_changed)
        form.mail_address.returnPressed.connect(self._on_send_clicked)
        form.mail_send.clicked.connect(self._on_send_clicked)
        self._mail.changed.subscribe(self._on_mail_changed)
        context.theme.changed.connect(self._show_result)
        self.retranslate()

    @property
    def is_for_me(self) -> bool:
        """Whether whoever is signed in may see the page."""
        return bool(self._mail.snapshot.user)

    def look(self, *, on: bool) -> None:
        """The page came into sight, or went out of it."""
        if not on:
            self._timer.stop()
        elif not self._timer.isActive():
            self._read()
            self._timer.start()

    def retranslate(self) -> None:
        """Put every text anew."""
        self._show(self._mail.snapshot)
        self._show_result()

    # ------------------------------------------------------------ what comes

    def _on_mail_changed(self, snapshot: MailSnapshot) -> None:
        if snapshot.user != self._user:
            self._user = snapshot.user
            self._result = self._problem = None
            self._proposed = ""
            self._form.mail_address.clear()
        came_back, self._live = snapshot.live and not self._live, snapshot.live
        if self._timer.isActive() and came_back:
            self._read()
        self._propose(snapshot.overview)
        self._show(snapshot)
        self._show_result()

    def _propose(self, overview: MailOverview | None) -> None:
        """One's own address, until somebody types another."""
        field = self._form.mail_address
        if overview is not None and field.text() == self._proposed:
            self._proposed = overview.own_address
            field.setText(self._proposed)

    def _on_address_changed(self, _: str) -> None:
        self._enable(self._mail.snapshot)

    def _on_send_clicked(self) -> None:
        if self._form.mail_send.isEnabled():
            self._result = None
            self._form.mail_address.setFocus()  # the button cannot keep the keyboard meanwhile
            self._context.run(self._test(self._form.mail_address.text().strip(), self._user))

    def _read(self) -> None:
        self._context.run(self._read_now())

    async def _read_now(self) -> None:
        try:
            await self._mail.read()
        except CommandRefusedError as error:
            self._problem = error.error
        else:
            self._problem = None
        self._show(self._mail.snapshot)

    async def _test(self, address: str, user: str) -> None:
        result: MailTest | WireError
        try:
            result = await self._mail.test(address, self._context.language.code)
        except CommandRefusedError as error:
            result = error.error
        if user == self._user:
            self._result = result
            self._show_result()
        self._read()

    # ------------------------------------------------------------ what is seen

    def _show(self, snapshot: MailSnapshot) -> None:
        form, overview = self._form, snapshot.overview
        route = overview.route if overview is not None else None
        state = self._state_text(snapshot)
        form.mail_state.setText(state)
        form.mail_state.setVisible(bool(state))
        form.mail_facts.setVisible(route is not None)
        form.mail_where.setVisible(route is not None)
        form.mail_test.setVisible(route is not None)
        if overview is not None and route is not None:
            form.mail_server.setText(server_text(route))
            form.mail_encryption.setText(encryption_text(route.encryption))
            form.mail_sender.setText(sender_text(route))
            form.mail_user.setText(user_text(route))
            form.mail_waiting.setText(waiting_text(overview))
            form.mail_failed.setText(failed_text(overview))
            form.mail_last.setText(failure_text(overview.last_failure))
        self._enable(snapshot)

    def _state_text(self, snapshot: MailSnapshot) -> str:
        """What stands above, or instead of, how it is sent."""
        if snapshot.as_of is not None:
            return self.tr("No line to the server. As of {time}.").replace("{time}", clock(snapshot.as_of))
        if self._problem is not None:
            return refusal(self._problem)
        if snapshot.overview is None:
            return self.tr("The server is asked …")
        return no_server_text() if snapshot.overview.route is None else ""

    def _enable(self, snapshot: MailSnapshot) -> None:
        form = self._form
        written = bool(form.mail_address.text().strip())
        form.mail_send.setEnabled(snapshot.live and written and not snapshot.testing)
        form.mail_address.setReadOnly(snapshot.testing)
        form.mail_progress.setVisible(snapshot.testing)
        form.mail_progress_text.setVisible(snapshot.testing)

    def _show_result(self) -> None:
        form, colours, result = self._form, self._context.theme.colours, self._result
        shown = result is not None and not self._mail.snapshot.testing
        form.mail_result_symbol.setVisible(shown)
        form.mail_result.setVisible(shown)
        words = ""
        if isinstance(result, MailTest) and result.outcome is MailOutcome.TAKEN:
            form.mail_result_symbol.show_icon(Icon.MAIL_SENT, colours.status_green)
        else:
            form.mail_result_symbol.show_icon(Icon.MAIL_FAILED, colours.status_red)
        match result:
            case MailTest():
                form.mail_result.setText(outcome_text(result))
                words = outcome_words(result)
            case WireError():
                form.mail_result.setText(refused_text(result))
        form.mail_result_words.setText(words)
        form.mail_result_words.setVisible(shown and bool(words))
