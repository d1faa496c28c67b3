"""Waiting at a mailbox: what a mail server says in two pieces is understood as if it had come whole."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.helpers.certificates import CertificateAuthority
from tests.helpers.ports import LOOPBACK
from tests.helpers.waiting import SECONDS
from wwphone.domain.mail import MailEncryption
from wwphone.server.mail.inbox import ImapInbox, InboxAccount

NEWS = b"* 3 EXISTS\r\n"
IDLING = b"+ idling\r\n"
FOREVER_S = 600 * SECONDS
KNOWN = {
    b"CAPABILITY": b"* CAPABILITY IMAP4rev1 IDLE\r\n",
    b"SELECT": b"* OK [PERMANENTFLAGS (\\Seen \\*)] kept\r\n",
}


class HaltingMailServer:
    """Speaks as much IMAP as one client needs that waits, and says each piece of what it has to say by itself."""

    def __init__(self, folder: Path, idling: Sequence[bytes], found: bytes = b"") -> None:
        """`idling`: the pieces of what it says to IDLE, the last one when it is asked on; `found`: what it says to SEARCH."""
        self.authority = CertificateAuthority(folder)
        certificate = self.authority.good().combined_file
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate)
        self._idling = idling
        self._found = found
        self._listener = socket.create_server((LOOPBACK, 0))
        self._thread = threading.Thread(target=self._serve)

    @property
    def inbox(self) -> ImapInbox:
        """The mailbox there."""
        trusted = ssl.create_default_context(cafile=str(self.authority.ca_file))
        port = int(self._listener.getsockname()[1])
        limit_s = 10 * SECONDS
        account = InboxAccount(
            "localhost", port, MailEncryption.TLS, trusted, "answers", "secret", time_limit_s=limit_s
        )
        return ImapInbox(account, lambda: datetime.now(UTC))

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
                    line.sendall(self._idling[-1] + tag + b" OK done\r\n")
                    continue
                tag, command = words.split()[:2]
                if command == b"IDLE":
                    for piece in self._idling[:-1]:
                        line.sendall(piece)
                elif command == b"UID":
                    line.sendall(b"* SEARCH\r\n" + self._found + tag + b" OK done\r\n")
                else:
                    line.sendall(KNOWN.get(command, b"") + tag + b" OK done\r\n")


@pytest.mark.parametrize("split", [1, 7, len(NEWS) - 1])
async def test_news_that_come_in_two_pieces_are_news(tmp_path: Path, split: int) -> None:
    with HaltingMailServer(tmp_path, (IDLING, NEWS[:split], NEWS[split:])) as server:
        async with server.inbox.connected() as line, asyncio.timeout(10 * SECONDS):
            await line.wait(FOREVER_S)
            await line.wait(FOREVER_S)


async def test_news_that_come_together_with_the_answer_are_news(tmp_path: Path) -> None:
    """They are read with it, so nothing is left that the system could tell of."""
    with HaltingMailServer(tmp_path, (IDLING + NEWS, b"")) as server:
        async with server.inbox.connected() as line, asyncio.timeout(10 * SECONDS):
            assert await line.look(10) == ()
            await line.wait(FOREVER_S)
            await line.wait(FOREVER_S)


async def test_what_comes_while_one_looks_is_looked_for_again(tmp_path: Path) -> None:
    """It is told behind what was found, once, and then never again."""
    with HaltingMailServer(tmp_path, (IDLING, b""), NEWS) as server:
        async with server.inbox.connected() as line, asyncio.timeout(10 * SECONDS):
            assert await line.look(10) == ()
            await line.wait(FOREVER_S)


async def test_without_news_the_time_is_waited_for(tmp_path: Path) -> None:
    with HaltingMailServer(tmp_path, (IDLING, b"")) as server:
        async with server.inbox.connected() as line:
            assert await line.look(10) == ()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(SECONDS):
                    await line.wait(FOREVER_S)
