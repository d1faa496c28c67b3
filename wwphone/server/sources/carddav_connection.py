"""Questions to a CardDAV server over HTTP, each with its limits of time and size; the only owner of aiohttp."""

from __future__ import annotations

import base64
import ssl
from types import TracebackType
from typing import Self

import aiohttp

from wwphone import __version__
from wwphone.domain.sources import SourceState
from wwphone.server.source_settings import SourceSettings
from wwphone.server.sources_api import SourceFailedError

_MOST_BYTES = 16 * 1024 * 1024
_PIECE = 64 * 1024
_WHOLE_ANSWER_S = 60.0
"""A server that sends, but slowly, has so long for one answer; one that sends nothing, its time limit."""
_MULTISTATUS = 207
_NOT_THAT_QUESTION = frozenset({400, 405, 409, 410, 412, 415, 422, 501})
_TOO_LARGE = 413


class NotSupportedError(SourceFailedError):
    """The server does not answer such a question."""

    def __init__(self, text: str) -> None:
        super().__init__(SourceState.REFUSED, text)


class TooLongError(SourceFailedError):
    """The answer is longer than is read."""

    def __init__(self) -> None:
        super().__init__(SourceState.BROKEN, "an answer that is too long")


class CardDavConnection:
    """`async with` it, then ask. Redirections are not followed: they would carry the password elsewhere."""

    def __init__(self, settings: SourceSettings, tls: ssl.SSLContext | None) -> None:
        self._settings = settings
        self._tls = tls
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        one = self._settings
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=self._tls or False, limit=1),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=_headers(one),
            timeout=aiohttp.ClientTimeout(
                total=_WHOLE_ANSWER_S, connect=one.time_limit_s, sock_read=one.time_limit_s
            ),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def ask(self, method: str, body: str, depth: str) -> bytes:
        """Return a multistatus. Raises NotSupportedError, TooLongError, SourceFailedError."""
        assert self._session is not None
        try:
            async with self._session.request(
                method,
                self._settings.url,
                data=body.encode(),
                headers={"Depth": depth},
                allow_redirects=False,
            ) as response:
                _must_be_multistatus(response.status)
                return await _read(response)
        except TimeoutError as error:
            raise SourceFailedError(SourceState.SILENT, "no answer in time") from error
        except (aiohttp.ClientConnectionError, OSError) as error:
            raise SourceFailedError(SourceState.UNREACHABLE, f"{type(error).__name__}: {error}") from error
        except (aiohttp.ClientError, ValueError) as error:
            raise SourceFailedError(SourceState.BROKEN, f"no HTTP: {type(error).__name__}") from error


def _headers(settings: SourceSettings) -> dict[str, str]:
    headers = {
        "User-Agent": f"wwphone-server/{__version__}",
        "Content-Type": "application/xml; charset=utf-8",
    }
    if settings.user:  # RFC 7617; the line is encrypted, or never leaves this machine
        word = base64.b64encode(f"{settings.user}:{settings.password}".encode()).decode()
        headers["Authorization"] = f"Basic {word}"
    return headers


def _must_be_multistatus(status: int) -> None:
    if status == _MULTISTATUS:
        return
    if status in _NOT_THAT_QUESTION or status == 403:
        raise NotSupportedError(f"HTTP status {status}")
    if status == _TOO_LARGE:
        raise TooLongError
    state = SourceState.UNREACHABLE if status >= 500 else SourceState.REFUSED
    raise SourceFailedError(state, f"HTTP status {status}")


async def _read(response: aiohttp.ClientResponse) -> bytes:
    pieces, length = [], 0
    async for piece in response.content.iter_chunked(_PIECE):
        length += len(piece)
        if length > _MOST_BYTES:
            raise TooLongError
        pieces.append(piece)
    return b"".join(pieces)
