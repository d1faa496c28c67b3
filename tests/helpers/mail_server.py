"""A private mail server for the tests: aiosmtpd on loopback, over TLS and for whoever signs in, which can refuse, hang and break off."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTPUTF8
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.helpers.certificates import CertificateAuthority, ServerCertificate
from tests.helpers.ports import LOOPBACK, free_port
from tests.helpers.waiting import SECONDS
from wwphone.domain.mail import MailEncryption

USER = "phone"
PASSWORD = "Schlüssel-zum-Briefkasten"
FROM = "phone@example.net"
HOST = "localhost"


class Mood(Enum):
    """What it does with the text of a letter."""

    TAKES = "takes"
    HANGS = "hangs"
    """Reads it and says nothing."""
    BREAKS_OFF = "breaks off"
    """Reads it and hangs up without an answer."""


@dataclass(frozen=True)
class Received:
    """A letter that it took."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage
    user: str
    """Who had signed in; empty: nobody."""
    encrypted: bool
    content: bytes = b""
    """As it came over the line."""

    @property
    def text(self) -> str:
        """The plain text."""
        body = self.message.get_body(("plain",))
        assert body is not None
        return str(body.get_content())


class MailServer:
    """`with` it; it keeps its port, so it can be stopped and started again."""

    def __init__(self, folder: Path, *, tls_at_once: bool = False, encrypted: bool = True) -> None:
        self.authority = CertificateAuthority(folder / "mail-ca")
        self.port = free_port()
        self.letters: list[Received] = []
        self.visits = 0
        """How often somebody named a recipient."""
        self.texts = 0
        """How often it was sent a text, whatever became of it."""
        self.mood = Mood.TAKES
        self.sender_answer = ""
        """What it says to a sender instead of 250."""
        self.recipient_answer = ""
        """The same to a recipient."""
        self.text_answer = ""
        """The same to a text."""
        self.before_answer: Callable[[], None] | None = None
        """Done, on its own thread, between taking a letter and saying so."""
        self.knows_password = True
        self._tls_at_once = tls_at_once
        self._encrypted = encrypted
        self._certificate = self.authority.good()
        self._controller: _Controller | None = None

    def settings(self, **others: Any) -> dict[str, Any]:
        """Fields of ServerSettings that lead here."""
        how = MailEncryption.STARTTLS if self._encrypted else MailEncryption.NONE
        found = {
            "mail_host": HOST,
            "mail_port": self.port,
            "mail_encryption": MailEncryption.TLS if self._tls_at_once else how,
            "mail_from_address": FROM,
            "mail_user": USER,
            "mail_password": PASSWORD,
            "mail_certificate_authority": self.authority.ca_file,
        }
        return found | others

    def begin_anew(self) -> MailServer:
        """In a good mood, and empty, for the next test."""
        self.letters.clear()
        self.mood, self.knows_password = Mood.TAKES, True
        self.sender_answer = self.recipient_answer = self.text_answer = ""
        self.visits = self.texts = 0
        return self

    def lines(self, folder: Path) -> dict[str, str | int | bool | float]:
        """The table `mail` of a settings file that leads here, signed in; the password stands in a file of its own in `folder`."""
        password_file = folder / "mail-password"
        password_file.write_text(PASSWORD, "utf-8")
        return {
            "host": HOST,
            "port": self.port,
            "user": USER,
            "password_file": str(password_file),
            "from_address": FROM,
            "certificate_authority": str(self.authority.ca_file),
        }

    def show(self, certificate: ServerCertificate) -> None:
        """Have it show another certificate after its next start."""
        self._certificate = certificate

    def start(self) -> Self:
        """Listen."""
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)
        self._controller = _Controller(self, self._context() if self._encrypted else None)
        self._controller.start()
        return self

    def stop(self) -> None:
        """Hang up and listen no more; safe to call twice."""
        controller, self._controller = self._controller, None
        if controller is not None:
            controller.hang_up()
            controller.stop(no_assert=True)

    # ------------------------------------------------------------ what aiosmtpd asks, on its own thread

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.sender_answer:
            return self.sender_answer
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.visits += 1
        if self._encrypted and not session.authenticated:
            return "530 5.7.0 Authentication required"
        if self.recipient_answer:
            return self.recipient_answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.texts += 1
        if self.mood is Mood.BREAKS_OFF:
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        if self.mood is not Mood.TAKES:
            await asyncio.Event().wait()
        if self.text_answer:
            return self.text_answer
        content = envelope.original_content
        assert content is not None
        message = message_from_bytes(content, policy=SMTPUTF8)
        user = USER if session.authenticated else ""
        self.letters.append(
            Received(
                envelope.mail_from or "",
                tuple(envelope.rcpt_tos),
                message,
                user,
                _is_encrypted(server),
                content,
            )
        )
        if self.before_answer is not None:
            self.before_answer()
        return "250 2.0.0 OK: queued as 1"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        right = self.knows_password and isinstance(data, LoginPassword)
        if right and (data.login.decode(), data.password.decode()) == (USER, PASSWORD):
            return AuthResult(success=True, auth_data=data.login)
        return AuthResult(success=False, handled=False)

    # ------------------------------------------------------------ inside

    def _context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._certificate.certificate_file, self._certificate.key_file)
        return context

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _is_encrypted(server: SMTP) -> bool:
    return server.transport is not None and server.transport.get_extra_info("sslcontext") is not None


class _Controller(Controller):
    """Runs aiosmtpd on a thread."""

    def __init__(self, server: MailServer, tls: ssl.SSLContext | None) -> None:
        at_once = server._tls_at_once
        self._start_tls = tls if not at_once else None
        self._asked = server
        self._served: list[SMTP] = []
        super().__init__(server, hostname=LOOPBACK, port=server.port, ssl_context=tls if at_once else None)

    def factory(self) -> SMTP:
        served = SMTP(
            self.handler,
            hostname="mail.example.net",
            enable_SMTPUTF8=True,
            tls_context=self._start_tls,
            require_starttls=self._start_tls is not None,
            authenticator=self._asked.authenticate,
            auth_require_tls=self._start_tls is not None,
        )
        self._served.append(served)
        return served

    def hang_up(self) -> None:
        """End every connection: aiosmtpd leaves those open that a client is about to end."""
        asyncio.run_coroutine_threadsafe(self._hang_up(), self.loop).result(10 * SECONDS)

    async def _hang_up(self) -> None:
        assert self.server is not None
        self.server.close()
        for one in self._served:
            for transport in (one.transport, one._original_transport):
                if isinstance(transport, asyncio.WriteTransport):
                    transport.abort()
        for _ in range(5):
            await asyncio.sleep(0)  # the loop closes each in one of its next turns
