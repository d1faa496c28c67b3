"""The sign-in dialog. Every refusal appears inline, in words, with what to do."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from wwphone.cti.api import (
    DEFAULT_PORT,
    CommandRefusedError,
    Credentials,
    ErrorCode,
    LinkFailedError,
    LinkProblem,
    ServerAddress,
)
from wwphone.domain.account import check_user_name
from wwphone.gui.context import Context
from wwphone.gui.forms.ui_sign_in import Ui_SignIn
from wwphone.gui.words import refusal, sentence


class SignInDialog(QDialog):
    """Asks for server, user and CTI password; the password leaves the field for the service and the keyring only."""

    signed_in = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._error: CommandRefusedError | LinkFailedError | None = None
        self._form = Ui_SignIn()
        self._form.setupUi(self)
        self._form.advanced_area.hide()
        self._form.advanced.toggled.connect(self._on_advanced_toggled)
        self._form.choose_authority.clicked.connect(self._on_choose_authority_clicked)
        self._form.cancel.clicked.connect(self.reject)
        self._form.sign_in.clicked.connect(lambda: self._begin(take_over=False))
        self._form.move_here.clicked.connect(lambda: self._begin(take_over=True))
        for field in (self._form.server, self._form.user, self._form.password):
            field.textChanged.connect(self._enable)
        self._fill_remembered()
        self._busy = False
        self.show_problem(None)

    def show_problem(self, error: CommandRefusedError | LinkFailedError | None) -> None:
        """Say why the last try failed; None: nothing to say."""
        self._error = error
        self._say(_words(error))
        moved = isinstance(error, CommandRefusedError) and error.error.code is ErrorCode.SIGNED_IN_ELSEWHERE
        self._form.move_here.setVisible(moved)
        untrusted = isinstance(error, LinkFailedError) and error.problem in (
            LinkProblem.CERTIFICATE_UNTRUSTED,
            LinkProblem.CERTIFICATE_AUTHORITY_UNREADABLE,
        )
        if untrusted:
            self._form.advanced.setChecked(True)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._form.retranslateUi(self)
            self.show_problem(self._error)

    # ------------------------------------------------------------ inside

    def _fill_remembered(self) -> None:
        last = self._context.services.account.remembered
        if last:
            port = "" if last.server.port == DEFAULT_PORT else f":{last.server.port}"
            self._form.server.setText(f"{last.server.host}{port}")
            self._form.user.setText(last.user)
            self._form.authority.setText(last.server.certificate_authority_file or "")
            self._form.password.setFocus()
        self._enable()

    def _enable(self) -> None:
        filled = all(f.text().strip() for f in (self._form.server, self._form.user, self._form.password))
        self._form.sign_in.setEnabled(filled)

    def _begin(self, *, take_over: bool) -> None:
        if self._busy:
            return
        try:
            server = self._server()
            user = check_user_name(self._form.user.text().strip())
        except ValueError:
            self._say(
                self.tr("A server is a name, or name:port; a user name holds letters, digits, - and _ only.")
            )
            return
        credentials = Credentials(user, self._form.password.text())
        self._context.run(self._sign_in(server, credentials, take_over=take_over))

    async def _sign_in(self, server: ServerAddress, credentials: Credentials, *, take_over: bool) -> None:
        self._set_busy(busy=True)
        self.show_problem(None)
        try:
            await self._context.services.account.sign_in(
                server, credentials, remember=self._form.remember.isChecked(), take_over=take_over
            )
        except (CommandRefusedError, LinkFailedError) as error:
            self.show_problem(error)
        else:
            self._form.password.clear()
            self.accept()
            self.signed_in.emit()
        finally:
            self._set_busy(busy=False)

    def _server(self) -> ServerAddress:
        text = self._form.server.text().strip()
        host, colon, port = text.rpartition(":")
        authority = self._form.authority.text().strip() or None
        if colon and host and "]" not in port and ":" not in host.strip("[]").replace("::", ""):
            return ServerAddress(host.strip("[]"), int(port), authority)
        return ServerAddress(text.strip("[]"), DEFAULT_PORT, authority)

    def _set_busy(self, *, busy: bool) -> None:
        self._busy = busy
        self._form.progress.setText(self.tr("Signing in …") if busy else "")
        for field in (self._form.server, self._form.user, self._form.password, self._form.sign_in):
            field.setEnabled(not busy)
        if not busy:
            self._enable()

    def _say(self, text: str) -> None:
        self._form.problem_text.setText(text)
        self._form.problem_text.setTextFormat(Qt.TextFormat.PlainText)
        self._form.problem.setVisible(bool(text))
        self._form.problem.setAccessibleName(text)
        self._form.move_here.hide()

    def _on_advanced_toggled(self, shown: bool) -> None:
        self._form.advanced_area.setVisible(shown)
        self._form.advanced.setArrowType(Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow)

    def _on_choose_authority_clicked(self) -> None:
        chooser = QFileDialog(self, self.tr("Certificate authority"))
        chooser.setNameFilter("PEM (*.pem *.crt *.cer)")
        chooser.fileSelected.connect(self._form.authority.setText)
        chooser.open()


def _words(error: CommandRefusedError | LinkFailedError | None) -> str:
    match error:
        case CommandRefusedError():
            return refusal(error.error)
        case LinkFailedError():
            return sentence(error.problem)
    return ""
