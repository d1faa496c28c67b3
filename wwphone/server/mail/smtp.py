"""Handing letters to a mail server by SMTP (RFC 5321, RFC 6409), over TLS and signed in; the one place that knows aiosmtplib."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field

import aiosmtplib

from wwphone.domain.mail import MailEncryption, MailOutcome
from wwphone.server.mail.composing import Composed, compose
from wwphone.server.mail_api import Letter, MailDelayedError, MailRefusedError, MailUncertainError
from wwphone.server.mail_rules import one_line

_GO_ON = 354
_DONE = 250
_TOO_BIG = 552
_QUIT_S = 2.0
_LINE_START = re.compile(rb"^\.", re.MULTILINE)
_MAX_WORDS = 300


@dataclass(frozen=True)
class MailAccount:
    """Which mail server, as whom."""

    host: str
    port: int
    encryption: MailEncryption
    tls: ssl.SSLContext | None
    """None: unencrypted, on this very machine."""
    sender: str
    sender_name: str = ""
    user: str = ""
    """Empty: it takes letters of anybody."""
    password: str = field(default="", repr=False)
    time_limit_s: float = 30.0
    """For each step."""


class SmtpSender:
    """`server.mail_api.MailSender` for one account."""

    def __init__(self, account: MailAccount) -> None:
        self._account = account

    @contextlib.asynccontextmanager
    async def connected(self) -> AsyncIterator[SmtpLine]:
        """A line, encrypted and signed in, until the end of the block. Raises MailDelayedError."""
        account = self._account
        client = aiosmtplib.SMTP(
            hostname=account.host,
            port=account.port,
            local_hostname=_own_name(),
            timeout=account.time_limit_s,
            use_tls=account.encryption is MailEncryption.TLS,
            start_tls=account.encryption is MailEncryption.STARTTLS,
            tls_context=account.tls,
        )
        step = MailOutcome.ENCRYPTION
        try:
            await client.connect()
            step = MailOutcome.SIGN_IN
            if account.user:
                await client.login(account.user, account.password)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            client.close()
            raise MailDelayedError(_words(error), _outcome(error, step)) from error
        except asyncio.CancelledError:
            client.close()
            raise
        try:
            yield SmtpLine(client, account)
        finally:
            await _hang_up(client)


class SmtpLine:
    """`server.mail_api.MailLine` over one connection."""

    def __init__(self, client: aiosmtplib.SMTP, account: MailAccount) -> None:
        self._client = client
        self._account = account

    async def hand_over(self, letter: Letter, begin: Callable[[], Awaitable[None]]) -> str:
        """Hand a letter over and return the server's words; see `MailLine.hand_over`."""
        composed = self._composed(letter)
        step = MailOutcome.SENDER
        try:
            await self._name_sender(composed)
            step = MailOutcome.RECIPIENT
            await self._name_recipient(composed)
            start = await self._client.execute_command(b"DATA")
        except (aiosmtplib.SMTPException, OSError) as error:
            raise MailDelayedError(_words(error), _outcome(error, step)) from error
        if start.code != _GO_ON:
            raise _refused(start.code, start.message)
        try:
            await begin()
        except BaseException:
            self._client.close()  # whatever is said now would be taken for the text
            raise
        return await self._send(composed.content)

    def _composed(self, letter: Letter) -> Composed:
        try:
            return compose(letter, self._account.sender, self._account.sender_name)
        except MailRefusedError:
            raise
        except (
            Exception
        ) as error:  # of texts that the library stumbles over: the other letters are sent all the same
            raise MailRefusedError(f"it cannot be written ({type(error).__name__})") from error

    async def _name_sender(self, composed: Composed) -> None:
        options = []
        if composed.needs_utf8:
            if not self._client.supports_extension("smtputf8"):
                raise MailRefusedError(
                    "the mail server takes no addresses with such letters (SMTPUTF8)", MailOutcome.RECIPIENT
                )
            options = ["SMTPUTF8"]
        try:
            await self._client.mail(self._account.sender, options=options)
        except aiosmtplib.SMTPSenderRefused as error:
            if error.code == _TOO_BIG:
                raise MailRefusedError(_words(error)) from error
            raise  # it refuses us and not the letter: the settings are wrong, and may be mended

    async def _name_recipient(self, composed: Composed) -> None:
        encoding = "utf-8" if composed.needs_utf8 else "ascii"
        try:
            await self._client.rcpt(composed.recipient, encoding=encoding)
        except aiosmtplib.SMTPRecipientRefused as error:
            raise _refused(error.code, error.message, MailOutcome.RECIPIENT) from error
        except ValueError as error:
            words = f"{one_line(composed.recipient)} is no e-mail address"
            raise MailRefusedError(words, MailOutcome.RECIPIENT) from error

    async def _send(self, content: bytes) -> str:
        """Send the text, which the library does only together with DATA: then nobody would know how far it came."""
        line = self._client.protocol
        try:
            if line is None:
                raise MailDelayedError("the line was lost")
            # RFC 5321, section 4.5.2. The bytes end with a line's end.
            line.write(_LINE_START.sub(b"..", content) + b".\r\n")
            answer = await line.read_response(self._account.time_limit_s)
        except (aiosmtplib.SMTPException, OSError) as error:
            raise MailUncertainError(_words(error)) from error
        if answer.code != _DONE:
            raise _refused(answer.code, answer.message)
        return one_line(f"{answer.code} {answer.message}", _MAX_WORDS)


async def _hang_up(client: aiosmtplib.SMTP) -> None:
    if client.is_connected:
        with contextlib.suppress(aiosmtplib.SMTPException, OSError):
            await client.quit(timeout=_QUIT_S)
    client.close()


def _refused(
    code: int, message: str, outcome: MailOutcome = MailOutcome.TEXT
) -> MailDelayedError | MailRefusedError:
    words = one_line(f"{code} {message}", _MAX_WORDS)
    return MailRefusedError(words, outcome) if code >= 500 else MailDelayedError(words, MailOutcome.LATER)


def _outcome(error: Exception, step: MailOutcome) -> MailOutcome:
    """How far we came with an error in this step."""
    causes = tuple(_causes(error))
    if any(isinstance(one, ssl.SSLCertVerificationError) for one in causes):
        return MailOutcome.CERTIFICATE
    if any(isinstance(one, ssl.SSLError) for one in causes):
        return MailOutcome.ENCRYPTION
    if isinstance(error, TimeoutError):
        return MailOutcome.SILENT
    if isinstance(error, aiosmtplib.SMTPConnectError | OSError):
        return MailOutcome.UNREACHABLE
    return step


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what led to it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _words(error: Exception) -> str:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return one_line(f"{error.code} {error.message}", _MAX_WORDS)
    return one_line(str(error) or type(error).__name__, _MAX_WORDS)


def _own_name() -> str:
    """How we greet: by a full name, else by an address (RFC 5321, section 4.1.3)."""
    name = socket.gethostname()
    return name if "." in name and name.isascii() else "[127.0.0.1]"
