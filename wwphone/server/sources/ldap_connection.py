"""One LDAP connection for one question: opened, encrypted, asked, closed. Whoever uses it sets the time limit."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass

from wwphone.domain.sources import SourceState
from wwphone.server.sources import ldap_messages as messages
from wwphone.server.sources.ldap_messages import LdapEntry, LdapResult, Question
from wwphone.server.sources_api import SourceFailedError

_MOST_BYTES = 128 * 1024
"""One message at most: a person's names and numbers take less than one of these kilobytes."""
_MOST_BYTES_IN_ALL = 2 * 1024 * 1024
_MOST_MESSAGES = 1000


@dataclass(frozen=True)
class LdapServer:
    """Where to ask, as whom, and over what kind of line."""

    host: str
    port: int
    tls: ssl.SSLContext | None
    """None: unencrypted, on this very machine."""
    tls_at_once: bool = False
    """As `ldaps://` does; else StartTLS."""
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return f"LdapServer({self.host}:{self.port})"


class LdapConnection:
    """Speaks with the server, one operation after the other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._id = 0
        self._bytes = 0

    async def start_tls(self, context: ssl.SSLContext, host: str) -> None:
        """Encrypt the line before anything else is said. Raises SourceFailedError, OSError."""
        result = await self._ask(messages.start_tls(self._next()))
        messages.must_succeed(result, "StartTLS")
        await self._writer.start_tls(context, server_hostname=host)

    async def bind(self, user: str, password: str) -> None:
        """Say who asks. Raises SourceFailedError, OSError."""
        messages.must_succeed(await self._ask(messages.bind(self._next(), user, password)), "bind")

    async def search(self, question: Question) -> tuple[list[LdapEntry], bool]:
        """Return what was found, and whether there is more. Raises SourceFailedError, OSError."""
        self._writer.write(messages.search(self._next(), question))
        await self._writer.drain()
        found: list[LdapEntry] = []
        for _ in range(_MOST_MESSAGES):
            match await self._answer():
                case LdapEntry() as entry:
                    if len(found) == question.most:
                        return found, True  # more than was asked for: enough is enough
                    found.append(entry)
                case LdapResult() as result:
                    return found, messages.must_succeed(result, "search")
        raise SourceFailedError(SourceState.BROKEN, "answers without end")

    async def close(self) -> None:
        """Say goodbye and hang up."""
        with contextlib.suppress(OSError):
            self._writer.write(messages.unbind(self._next()))
        self._writer.close()

    def abort(self) -> None:
        """Hang up at once."""
        self._writer.transport.abort()

    def _next(self) -> int:
        self._id += 1
        return self._id

    async def _ask(self, request: bytes) -> LdapResult:
        self._writer.write(request)
        await self._writer.drain()
        answer = await self._answer()
        if not isinstance(answer, LdapResult):
            raise SourceFailedError(SourceState.BROKEN, "an answer of another kind")
        return answer

    async def _answer(self) -> LdapEntry | LdapResult | None:
        """Read one message, never more than it may have."""
        start = await self._reader.readexactly(2)
        header = start + await self._reader.readexactly(messages.length_of_header(start) - 2)
        length = messages.length_of_body(header)
        self._bytes += length
        if length > _MOST_BYTES or self._bytes > _MOST_BYTES_IN_ALL:
            raise SourceFailedError(SourceState.BROKEN, "an answer that is too long")
        body = await self._reader.readexactly(length)
        # A millisecond each, and a hostile one more: not on the loop's thread.
        return await asyncio.to_thread(messages.read, header + body, self._id)


@contextlib.asynccontextmanager
async def connected(server: LdapServer) -> AsyncIterator[LdapConnection]:
    """A connection, encrypted and signed in, until the end of the block. Raises SourceFailedError."""
    connection: LdapConnection | None = None
    try:
        at_once = server.tls if server.tls_at_once else None
        name = server.host if at_once else None
        streams = await asyncio.open_connection(server.host, server.port, ssl=at_once, server_hostname=name)
        connection = LdapConnection(*streams)
        if server.tls is not None and not server.tls_at_once:
            await connection.start_tls(server.tls, server.host)
        await connection.bind(server.user, server.password)
        yield connection
        await connection.close()
    except asyncio.IncompleteReadError as error:
        raise SourceFailedError(SourceState.UNREACHABLE, "the line was closed") from error
    except OSError as error:  # ssl.SSLError is one
        raise SourceFailedError(SourceState.UNREACHABLE, f"{type(error).__name__}: {error}") from error
    finally:
        if connection is not None:
            connection.abort()
