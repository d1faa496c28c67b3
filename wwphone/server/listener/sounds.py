"""HTTP beside the websocket, on the same port: the sound of recordings, piece by piece (RFC 9110 section 14).

One answer to a connection, 1 MiB at most. A browser is never answered: it would send an Origin, and our clients do not.
"""

from __future__ import annotations

import asyncio
import http
import re
from typing import Protocol

from websockets.datastructures import Headers, MultipleValuesError
from websockets.http11 import Request, Response

from wwphone.protocol.recording import MAX_SOUND_BYTES
from wwphone.server.services.recordings import (
    MEDIA_TYPE,
    SOUND_PATH,
    SoundPiece,
    SoundRefusal,
    SoundRefusedError,
)

_AT_ONCE = 8
"""Answers that are being read from the disk at the same time; the others wait."""
_RANGE = re.compile(r"bytes=(?:([0-9]{1,15})-([0-9]{0,15})|-([0-9]{1,15}))")
_BEARER = re.compile(r"Bearer +([A-Za-z0-9._~+/=-]{1,512})", re.IGNORECASE)
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")
_STATUS = {
    SoundRefusal.UNKNOWN_TOKEN: http.HTTPStatus.UNAUTHORIZED,
    SoundRefusal.NOT_PERMITTED: http.HTTPStatus.FORBIDDEN,
    SoundRefusal.NOT_FOUND: http.HTTPStatus.NOT_FOUND,
    SoundRefusal.FAILED: http.HTTPStatus.SERVICE_UNAVAILABLE,
}


class SoundSource(Protocol):
    """Who has the sounds: `services.recordings.RecordingsService`."""

    async def sound(self, recording_id: str, token: str, first: int | None, size: int) -> SoundPiece:
        """Bytes of a sound for whoever has a token. Raises SoundRefusedError."""


class SoundDesk:
    """Answers requests for sounds."""

    def __init__(self, source: SoundSource) -> None:
        self._source = source
        self._free = asyncio.Semaphore(_AT_ONCE)

    @staticmethod
    def is_asked(request: Request) -> bool:
        """Whether a request is for a sound, and no websocket."""
        return request.path.startswith(SOUND_PATH) and "Upgrade" not in request.headers

    async def answer(self, request: Request) -> Response:
        """Answer one request."""
        recording_id = request.path.removeprefix(SOUND_PATH)
        try:
            origin = request.headers.get("Origin")
            bearer = _BEARER.fullmatch(request.headers.get("Authorization", ""))
            wanted = request.headers.get("Range")
        except MultipleValuesError:
            return _refusal(http.HTTPStatus.BAD_REQUEST)
        if origin is not None:
            return _refusal(http.HTTPStatus.FORBIDDEN)
        if bearer is None:
            return _refusal(http.HTTPStatus.UNAUTHORIZED)
        if not _ID.fullmatch(recording_id):
            return _refusal(http.HTTPStatus.NOT_FOUND)
        first, size = _part(wanted)
        try:
            async with self._free:
                piece = await self._source.sound(recording_id, bearer[1], first, size)
        except SoundRefusedError as refused:
            return _refusal(_STATUS[refused.why])
        return _partial(piece) if piece.data else _outside(piece.whole)


def _part(wanted: str | None) -> tuple[int | None, int]:
    """First byte (None: the last ones are wanted) and how many; what cannot be read is ignored (RFC 9110 section 14.2)."""
    match = _RANGE.fullmatch(wanted.strip()) if wanted is not None else None
    if match is None:
        return 0, MAX_SOUND_BYTES
    if match[3] is not None:
        return None, min(int(match[3]), MAX_SOUND_BYTES)
    first = int(match[1])
    size = int(match[2]) - first + 1 if match[2] else MAX_SOUND_BYTES
    return (first, min(size, MAX_SOUND_BYTES)) if size > 0 else (0, MAX_SOUND_BYTES)


def _partial(piece: SoundPiece) -> Response:
    last = piece.first + len(piece.data) - 1
    headers = _headers(len(piece.data), MEDIA_TYPE)
    headers["Accept-Ranges"] = "bytes"
    headers["Content-Range"] = f"bytes {piece.first}-{last}/{piece.whole}"
    return Response(http.HTTPStatus.PARTIAL_CONTENT, "Partial Content", headers, piece.data)


def _outside(whole: int) -> Response:
    status = http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
    response = _refusal(status)
    response.headers["Content-Range"] = f"bytes */{whole}"
    return response


def _refusal(status: http.HTTPStatus) -> Response:
    body = f"{status.phrase.lower()}\n".encode()
    headers = _headers(len(body), "text/plain; charset=utf-8")
    if status is http.HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return Response(status, status.phrase, headers, body)


def _headers(length: int, kind: str) -> Headers:
    return Headers(
        {
            "Cache-Control": "no-store",
            "Connection": "close",
            "Content-Length": str(length),
            "Content-Type": kind,
            "X-Content-Type-Options": "nosniff",
        }
    )
