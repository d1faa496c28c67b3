"""Waiting at a mailbox: what a mail server says in two pieces is understood as if it had come whole."""

from __future__ import annotations

import socket
import ssl
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.helpers.certificates import CertificateAuthority
from tests.helpers.ports import LOOPBACK
from tests.helpers.waiting import SECONDS
from wwphone.domain.mail import MailEncryption
from wwphone.server.mail.inbox import ImapInbox, InboxAccount

NEWS = b"* 3 EXISTS\r\n"
KNOWN = {
    b"CAPABILITY": b"* CAPABILITY IMAP4rev1 IDLE\r\n",
    b"SELECT": b"* OK [PERMANENTFLAGS (\\Seen \\*)] kept\r\n",
}


class HaltingMailServer:
    """Speaks as much IMAP as one client needs that waits; of the news it tells a part at once and the rest when it is asked on."""

    def __init__(self, folder: Path, split: int) -> None:
        """`split`: so many bytes are told at once."""
        self.authority = CertificateAuthority(folder)
        certificate = self.authority.good().combined_file
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate)
        self._split = split
        self._listener = socket.create_server((LOOPBACK, 0))
        self._thread = threading.Thread(target=self._serve)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listener.getsockname()[1])

    def __enter__(self) -> HaltingMailServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join(10 * SECONDS)
        self._listener.close()

    def _serve(self) -> None:
        plain, _ = self._listener.accept()
        plain.settimeout(10 * SECONDS)
        with self._context.wrap_socket(plain, server_side=True) as line, line.makefile("rb") as heard:
            line.sendall(b"* OK ready\r\n")
            tag = b""
            for words in heard:
                if words == b"DONE\r\n":
                    line.sendall(NEWS[self._split :] + tag + b" OK done\r\n")
                    continue
                tag, command = words.split()[:2]
                if command == b"IDLE":
                    line.sendall(b"+ idling\r\n")
                    line.sendall(NEWS[: self._split])
                else:
                    line.sendall(KNOWN.get(command, b"") + tag + b" OK done\r\n")


@pytest.mark.parametrize("split", [1, 7, len(NEWS) - 1])
async def test_news_that_come_in_two_pieces_are_news(tmp_path: Path, split: int) -> None:
    with HaltingMailServer(tmp_path, split) as server:
        trusted = ssl.create_default_context(cafile=str(server.authority.ca_file))
        account = InboxAccount(
            "localhost",
            server.port,
            MailEncryption.TLS,
            trusted,
            "answers",
            "secret",
            time_limit_s=10 * SECONDS,
        )
        async with ImapInbox(account, lambda: datetime.now(UTC)).connected() as line:
            await line.wait(10 * SECONDS)
            await line.wait(10 * SECONDS)
