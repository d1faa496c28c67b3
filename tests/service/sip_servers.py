"""Registrars by TCP and TLS that misbehave in one named way each."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from types import TracebackType
from typing import Self

from tests.helpers.certificates import ServerCertificate
from tests.helpers.ports import LOOPBACK
from tests.helpers.waiting import SECONDS
from tests.service.pbx_sip import SipMessage, answer_to, parse
from wwphone.domain.account import MediaEncryption, SipAccount, Transport

_END_OF_HEAD = b"\r\n\r\n"


class StreamRegistrar:
    """Says yes to every REGISTER, by TCP, or by TLS with the given certificate; and may fall silent or drop everybody."""

    def __init__(self, certificate: ServerCertificate | None = None, port: int = 0) -> None:
        self.silent = False
        """Reads and never answers, as a network does whose cable was pulled."""
        self.registers: list[SipMessage] = []
        self.connections = 0
        self._context: ssl.SSLContext | None = None
        if certificate is not None:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(certificate.certificate_file, certificate.key_file)
        self._listener = socket.create_server((LOOPBACK, port), reuse_port=False)
        self.port = int(self._listener.getsockname()[1])
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._acceptor = threading.Thread(target=self._accept, name="stream registrar")

    def account(self, authority: str | None = None, host: str = LOOPBACK) -> SipAccount:
        """An account here."""
        transport = Transport.TCP if self._context is None else Transport.TLS
        return SipAccount(
            "201", "secret-word", "Anna", host, self.port, transport, MediaEncryption.OFF, authority
        )

    def drop(self) -> None:
        """Close every connection."""
        for connection in self._open:
            with contextlib.suppress(OSError):  # closed by the phone already
                connection.shutdown(socket.SHUT_RDWR)
        self._open.clear()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return  # the listener was closed: that is the end
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(connection,), name="stream registrar's line")
            self._threads.append(thread)
            thread.start()

    def _serve(self, plain: socket.socket) -> None:
        with plain:
            self._open.append(plain)
            try:
                stream = (
                    plain if self._context is None else self._context.wrap_socket(plain, server_side=True)
                )
                with stream:
                    self._open.append(stream)
                    self._answer(stream)
            except OSError:
                pass  # the phone does not trust us, or is gone

    def _answer(self, stream: socket.socket) -> None:
        buffer = b""
        while data := stream.recv(65_535):
            buffer += data
            while _END_OF_HEAD in buffer:
                head, _, buffer = buffer.partition(_END_OF_HEAD)
                message = parse(head + _END_OF_HEAD)
                if message.first_line.strip() and message.method == "REGISTER" and not self.silent:
                    self.registers.append(message)
                    contact = f"{message.get('Contact')};expires={message.get('Expires') or 120}"
                    extra = (("Contact", contact),) if message.get("Expires") != "0" else ()
                    stream.sendall(answer_to(message, 200, "OK", "far", extra).text())

    def __enter__(self) -> Self:
        self._acceptor.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.drop()
        for thread in [self._acceptor, *self._threads]:
            thread.join(5 * SECONDS)
