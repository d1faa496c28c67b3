"""Reading the sound of a recording by HTTP: the right part, from the named server and nobody else, and what goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.helpers.ports import free_port
from wwphone.cti.api import CommandRefusedError, ErrorCode, LinkFailedError, LinkProblem, ServerAddress
from wwphone.cti.link.line import Trust
from wwphone.cti.link.retry import RetryTimes
from wwphone.cti.link.sound import SoundReader

TOKEN = "not-a-real-one"


class HttpServer:
    """Answers every request with what the test says."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.answer = b""
        self.port = 0
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Listen no more."""
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    def say(self, status: str, body: bytes = b"", *headers: str) -> None:
        """Answer like this from now on."""
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers, "", ""]
        self.answer = "\r\n".join(lines).encode() + body

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.requests.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(self.answer)
        await writer.drain()
        writer.close()
        await writer.wait_closed()


@pytest_asyncio.fixture
async def server() -> AsyncIterator[HttpServer]:
    made = HttpServer()
    await made.start()
    yield made
    await made.stop()


@pytest_asyncio.fixture
async def reader() -> AsyncIterator[SoundReader]:
    made = SoundReader(Trust(), RetryTimes())
    yield made
    await made.close()


def address(port: int) -> ServerAddress:
    return ServerAddress("127.0.0.1", port, tls=False)


async def test_the_part_is_asked_for_with_the_token_and_no_proxy(
    server: HttpServer, reader: SoundReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    server.say("206 Partial Content", b"sound", "Content-Range: bytes 100-104/900")
    assert await reader.read(address(server.port), "/recordings/a", TOKEN, 100, 5) == b"sound"
    (request,) = server.requests
    assert request.startswith("GET /recordings/a HTTP/1.1\r\n")
    assert f"Authorization: Bearer {TOKEN}\r\n" in request
    assert "Range: bytes=100-104\r\n" in request


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("401 Unauthorized", ErrorCode.SESSION_EXPIRED),
        ("403 Forbidden", ErrorCode.NOT_PERMITTED),
        ("404 Not Found", ErrorCode.NOT_FOUND),
    ],
    ids=lambda value: str(value)[:3],
)
async def test_a_refusal_has_its_reason(
    server: HttpServer, reader: SoundReader, status: str, code: ErrorCode
) -> None:
    server.say(status)
    with pytest.raises(CommandRefusedError) as refused:
        await reader.read(address(server.port), "/recordings/a", TOKEN, 0, 5)
    assert refused.value.error.code is code


@pytest.mark.parametrize(
    ("status", "body", "header", "problem"),
    [
        ("302 Found", b"", "Location: http://127.0.0.1:1/", LinkProblem.NO_CTI_SERVER),
        ("200 OK", b"sound", "Content-Range: bytes 0-4/5", LinkProblem.NO_CTI_SERVER),
        ("206 Partial Content", b"sound", "Content-Range: bytes 7-11/12", LinkProblem.NO_CTI_SERVER),
        ("206 Partial Content", b"much more", "Content-Range: bytes 0-8/9", LinkProblem.PROTOCOL),
        ("206 Partial Content", b"", "Content-Range: bytes 0-0/9", LinkProblem.PROTOCOL),
        ("503 Service Unavailable", b"", "X-Any: 1", LinkProblem.SERVER_STOPPING),
    ],
    ids=["redirect", "whole", "other-part", "too-much", "nothing", "stopping"],
)
async def test_what_is_not_the_part_is_no_sound(
    server: HttpServer, reader: SoundReader, status: str, body: bytes, header: str, problem: LinkProblem
) -> None:
    server.say(status, body, header)
    with pytest.raises(LinkFailedError) as failed:
        await reader.read(address(server.port), "/recordings/a", TOKEN, 0, 5)
    assert failed.value.problem is problem
    assert len(server.requests) == 1


async def test_without_a_server_and_with_a_strange_path_nothing_is_read(reader: SoundReader) -> None:
    with pytest.raises(LinkFailedError) as failed:
        await reader.read(address(free_port()), "/recordings/a", TOKEN, 0, 5)
    assert failed.value.problem is LinkProblem.CONNECTION_REFUSED
    for path in ("//elsewhere.example/a", "http://elsewhere.example/a"):
        with pytest.raises(LinkFailedError) as failed:
            await reader.read(address(1), path, TOKEN, 0, 5)
        assert failed.value.problem is LinkProblem.PROTOCOL
