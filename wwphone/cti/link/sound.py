"""Reads the sound of recordings by HTTP from the server that the websocket leads to (RFC 9110, section 14)."""

from __future__ import annotations

import asyncio

import aiohttp

from wwphone.cti.api import (
    CommandRefusedError,
    ErrorCode,
    LinkFailedError,
    LinkProblem,
    ServerAddress,
    WireError,
)
from wwphone.cti.link.line import NoLineError, Trust
from wwphone.cti.link.retry import RetryTimes
from wwphone.cti.link.trouble import trouble_of

_REFUSALS = {
    401: WireError(ErrorCode.SESSION_EXPIRED, "the access to the recording is over"),
    403: WireError(ErrorCode.NOT_PERMITTED, "the right is gone"),
    404: WireError(ErrorCode.NOT_FOUND, "there is no such recording any more"),
}


class SoundReader:
    """Keeps a connection while sound is read; `close` lets go of it."""

    def __init__(self, trust: Trust, times: RetryTimes) -> None:
        self._trust = trust
        self._times = times
        self._session: aiohttp.ClientSession | None = None

    async def read(self, server: ServerAddress, path: str, token: str, offset: int, size: int) -> bytes:
        """Return at most so many bytes. Raises CommandRefusedError, LinkFailedError."""
        try:
            async with asyncio.timeout(self._times.answer_limit_s):
                return await self._read(server, path, token, (offset, size))
        except NoLineError as error:
            raise LinkFailedError(error.trouble.problem, error.trouble.detail) from error
        except TimeoutError as error:
            raise LinkFailedError(LinkProblem.TIMEOUT, "no answer in time") from error
        except aiohttp.ClientConnectorCertificateError as error:
            trouble = trouble_of(error.certificate_error)
            raise LinkFailedError(trouble.problem, trouble.detail) from error
        except aiohttp.ClientConnectorError as error:
            trouble = trouble_of(error.os_error)
            raise LinkFailedError(trouble.problem, trouble.detail) from error
        except (aiohttp.ClientError, ValueError) as error:
            raise LinkFailedError(LinkProblem.LINE_LOST, type(error).__name__) from error

    async def close(self) -> None:
        """Let go of the connection."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    # ------------------------------------------------------------ inside

    async def _read(self, server: ServerAddress, path: str, token: str, part: tuple[int, int]) -> bytes:
        offset, size = part
        if not path.startswith("/") or path.startswith("//"):
            raise LinkFailedError(LinkProblem.PROTOCOL, "the server named no path")
        tls = await self._trust.context(server.certificate_authority_file) if server.tls else True
        if self._session is None:
            # The server is spoken to directly, as its websocket is: no proxy and no cookies.
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), trust_env=False)
        host = f"[{server.host}]" if ":" in server.host else server.host
        headers = {
            "Authorization": f"Bearer {token}",
            "Range": f"bytes={offset}-{offset + size - 1}",
            "Accept-Encoding": "identity",
        }
        address = f"{'https' if server.tls else 'http'}://{host}:{server.port}{path}"
        # A redirect could lead the token elsewhere.
        async with self._session.get(address, headers=headers, ssl=tls, allow_redirects=False) as answer:
            if answer.status in _REFUSALS:
                raise CommandRefusedError(_REFUSALS[answer.status])
            if answer.status == 503:
                raise LinkFailedError(LinkProblem.SERVER_STOPPING, "the server is stopping")
            begins = answer.headers.get("Content-Range", "").startswith(f"bytes {offset}-")
            if answer.status != 206 or not begins:
                raise LinkFailedError(LinkProblem.NO_CTI_SERVER, f"status {answer.status} instead of a part")
            data = await _all(answer, size)
        if not data or len(data) > size:
            raise LinkFailedError(LinkProblem.PROTOCOL, "not the part that was asked for")
        return data


async def _all(answer: aiohttp.ClientResponse, most: int) -> bytes:
    """Everything that comes, but no more than was asked for and one byte."""
    data = bytearray()
    while len(data) <= most and (piece := await answer.content.read(most + 1 - len(data))):
        data += piece
    return bytes(data)
