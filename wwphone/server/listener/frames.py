"""Websocket frames of whole text messages; a server's have no mask (RFC 6455, section 5.1)."""

from __future__ import annotations

from functools import lru_cache

from websockets.frames import Frame, Opcode

from wwphone.protocol.codec import EVENTS_BEGIN

_KEPT = 32


def frame_of(text: str) -> bytes:
    """A message as it goes over the line. Events, which thousands get at the same time, are framed once for all.

    No other text is kept: there are passwords among them.
    """
    return _shared(text) if text.startswith(EVENTS_BEGIN) else _made(text)


def _made(text: str) -> bytes:
    return Frame(Opcode.TEXT, text.encode()).serialize(mask=False)


_shared = lru_cache(_KEPT)(_made)
