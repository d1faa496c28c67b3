"""HTTP beside the websocket, on the same port: calendars of planned conferences (RFC 5545), each behind a secret address."""

from __future__ import annotations

import hashlib
import http
import re
from typing import Protocol

from websockets.datastructures import Headers, MultipleValuesError
from websockets.http11 import Request, Response

from wwphone.server.services.conference_feed import FEED_PATH, FEED_SUFFIX

_SECRET = re.compile(rf"{FEED_PATH}([A-Za-z0-9_-]{{1,128}}){re.escape(FEED_SUFFIX)}(\?.*)?")
_TAG = re.compile(r'(?:W/)?("[!#-~]*")')


class FeedSource(Protocol):
    """Who has the calendars: `services.conference_feed.ConferenceFeedService`."""

    async def calendar(self, secret: str) -> bytes | None:
        """What is behind an address; None: nothing."""


class FeedDesk:
    """Answers calendar programs. One that has what there is already is told so (RFC 9110 section 13.1.2)."""

    def __init__(self, source: FeedSource) -> None:
        self._source = source

    @staticmethod
    def is_asked(request: Request) -> bool:
        """Whether a request is for a calendar, and no websocket."""
        return request.path.startswith(FEED_PATH) and "Upgrade" not in request.headers

    async def answer(self, request: Request) -> Response:
        """Answer one request."""
        try:
            origin = request.headers.get("Origin")
            known = request.headers.get("If-None-Match") or ""
        except MultipleValuesError:
            return _refusal(http.HTTPStatus.BAD_REQUEST)
        if origin is not None:
            return _refusal(http.HTTPStatus.FORBIDDEN)
        asked = _SECRET.fullmatch(request.path)
        calendar = await self._source.calendar(asked[1]) if asked is not None else None
        if calendar is None:
            return _refusal(http.HTTPStatus.NOT_FOUND)
        tag = f'"{hashlib.sha256(calendar).hexdigest()[:32]}"'
        if known.strip() == "*" or tag in _TAG.findall(known):
            headers = _headers(tag)
            return Response(http.HTTPStatus.NOT_MODIFIED, "Not Modified", headers, b"")
        headers = _headers(tag)
        headers["Content-Length"] = str(len(calendar))
        headers["Content-Type"] = "text/calendar; charset=utf-8"
        headers["Content-Disposition"] = 'inline; filename="conferences.ics"'
        return Response(http.HTTPStatus.OK, "OK", headers, calendar)


def _refusal(status: http.HTTPStatus) -> Response:
    body = f"{status.phrase.lower()}\n".encode()
    headers = _headers("")
    headers["Content-Length"] = str(len(body))
    headers["Content-Type"] = "text/plain; charset=utf-8"
    return Response(status, status.phrase, headers, body)


def _headers(tag: str) -> Headers:
    """Nobody between keeps it; whoever asked may, and asks again."""
    headers = Headers(
        {
            "Cache-Control": "private, no-cache",
            "Connection": "close",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }
    )
    if tag:
        headers["ETag"] = tag
    return headers
