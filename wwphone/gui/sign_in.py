"""The sign-in dialog. Every refusal appears inline, in words, with what to do."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtGui import QShowEvent
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
from wwphone.gui.icons import Icon, icon
from wwphone.gui.style import tokens
from wwphone.gui.words import refusal, sentence
from wwphone.services.account import SignInGivenUpError

_WIDTH = 400
_ABOUT_AUTHORITIES = (LinkProblem.CERTIFICATE_UNTRUSTED, LinkProblem.CERTIFICATE_AUTHORITY_UNREADABLE)

Refusal = CommandRefusedError | LinkFailedError


class SignInDialog(QDialog):
    """Asks for server, user and CTI password; the password leaves the field for the service and the keyring only."""

    signed_in = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._error: Refusal | None = None
        self._busy = False
        form = self._form = Ui_SignIn()
        form.setupUi(self)
        form.problem.hide()
        form.advanced_area.hide()
        form.advanced.toggled.connect(self._on_advanced_toggled)
        form.choose_authority.clicked.connect(self._on_choose_authority_clicked)
        form.cancel.clicked.connect(self.reject)
        form.sign_in.clicked.connect(self._on_sign_in_clicked)
        form.move_here.clicked.connect(self._on_move_here_clicked)
        for field in (form.server, form.user, form.password):
            field.textChanged.connect(self._enable)
        context.theme.changed.connect(self._draw)
        self._fill_remembered()
        self._draw()
        self._fit()

    def show_problem(self, error: Refusal | None) -> None:
        """Say why the last try failed; None: nothing to say."""
        self._error = error
        self._say(_words(error))
        elsewhere = (
            isinstance(error, CommandRefusedError) and error.error.code is ErrorCode.SIGNED_IN_ELSEWHERE
        )
        self._form.move_here.setVisible(elsewhere)
        if isinstance(error, LinkFailedError) and error.problem in _ABOUT_AUTHORITIES:
            self._form.advanced.setChecked(True)
        self._fit()

    def reject(self) -> None:
        """Give up a try that is under way; without one, close the dialog."""
        if self._busy:
            self._context.run(self._context.services.account.give_up())
        else:
            super().reject()

    # ------------------------------------------------------------ Qt's side

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._form.retranslateUi(self)
            self.show_problem(self._error)
            self._set_busy(busy=self._busy)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin in the first field that is empty."""
        super().showEvent(event)
        self._fit()
        form = self._form
        fields = (form.server, form.user, form.password)
        next((field for field in fields if not field.text()), form.password).setFocus()

    # ------------------------------------------------------------ signing in

    def _fill_remembered(self) -> None:
        last = self._context.services.account.remembered
        if last:
            port = "" if last.server.port == DEFAULT_PORT else f":{last.server.port}"
            host = f"[{last.server.host}]" if ":" in last.server.host and port else last.server.host
            self._form.server.setText(f"{host}{port}")
            self._form.user.setText(last.user)
            self._form.authority.setText(last.server.certificate_authority_file or "")
        self._enable()

    def _enable(self) -> None:
        form = self._form
        filled = form.server.text().strip() and form.user.text().strip() and form.password.text()
        form.sign_in.setEnabled(bool(filled) and not self._busy)

    def _on_sign_in_clicked(self) -> None:
        self._begin(take_over=False)

    def _on_move_here_clicked(self) -> None:
        self._begin(take_over=True)

    def _begin(self, *, take_over: bool) -> None:
        if self._busy:
            return
        try:
            server = server_address(self._form.server.text(), self._form.authority.text().strip() or None)
        except ValueError:
            self._complain(self.tr("A server is a name or an address, perhaps with :port behind it."))
            return
        try:
            user = check_user_name(self._form.user.text().strip())
        except ValueError:
            self._complain(self.tr("A user name holds letters without accents, digits, - and _ only."))
            return
        credentials = Credentials(user, self._form.password.text())
        self._set_busy(busy=True)
        self._context.run(self._sign_in(server, credentials, take_over=take_over))

    async def _sign_in(self, server: ServerAddress, credentials: Credentials, *, take_over: bool) -> None:
        self.show_problem(None)
        account = self._context.services.account
        try:
            await account.sign_in(
                server, credentials, remember=self._form.remember.isChecked(), take_over=take_over
            )
        except SignInGivenUpError:
            self.show_problem(None)
        except (CommandRefusedError, LinkFailedError) as error:
            self.show_problem(error)
        else:
            self._form.password.clear()
            self.accept()
            self.signed_in.emit()
        finally:
            self._set_busy(busy=False)

    def _set_busy(self, *, busy: bool) -> None:
        self._busy = busy
        self._form.progress.setText(self.tr("Signing in …") if busy else "")
        self._form.fields.setEnabled(not busy)
        self._form.move_here.setEnabled(not busy)
        self._enable()

    # ------------------------------------------------------------ what is shown

    def _complain(self, text: str) -> None:
        self._error = None
        self._say(text)
        self._form.move_here.hide()
        self._fit()

    def _say(self, text: str) -> None:
        self._form.problem_text.setText(text)
        self._form.problem.setVisible(bool(text))
        self._form.problem.setAccessibleName(text)

    def _fit(self) -> None:
        """Always the same width, and as tall as the texts need."""
        layout = self.layout()
        assert layout is not None
        layout.activate()
        self.setFixedSize(QSize(_WIDTH, layout.totalHeightForWidth(_WIDTH)))

    def _draw(self) -> None:
        colours = self._context.theme.colours
        self._form.problem_symbol.show_icon(Icon.ERROR, colours.on_negative_ground)
        which = Icon.OPEN if self._form.advanced.isChecked() else Icon.CLOSED
        self._form.advanced.setIcon(icon(which, colours.text))
        self._form.advanced.setIconSize(QSize(tokens.ICON, tokens.ICON))

    def _on_advanced_toggled(self, shown: bool) -> None:
        self._form.advanced_area.setVisible(shown)
        self._draw()
        self._fit()

    def _on_choose_authority_clicked(self) -> None:
        chooser = QFileDialog(self, self.tr("Certificate authority"))
        chooser.setNameFilter("PEM (*.pem *.crt *.cer)")
        chooser.fileSelected.connect(self._form.authority.setText)
        chooser.open()


def server_address(text: str, authority: str | None = None) -> ServerAddress:
    """Read `host`, `host:port`, `[2001:db8::1]:port` or a bare IPv6 address. Raises ValueError."""
    text = text.strip()
    if text.startswith("["):
        host, bracket, rest = text[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise ValueError("an IPv6 address stands in brackets, the port behind them")
        port = rest[1:]
    elif text.count(":") == 1:
        host, _, port = text.partition(":")
    else:
        host, port = text, ""
    if any(character.isspace() or character in "/@" for character in host):
        raise ValueError("this is no name of a server")
    return ServerAddress(host, int(port) if port else DEFAULT_PORT, authority)


def _words(error: Refusal | None) -> str:
    match error:
        case CommandRefusedError():
            return refusal(error.error)
        case LinkFailedError():
            return sentence(error.problem)
    return ""
