"""Websocket frames of whole text messages; a server's have no mask (RFC 6455, section 5.1)."""

from __future__ import annotations

from functools import lru_cache

from websockets.frames import Frame, Opcode

_SHARED = 32


def frame_of(text: str) -> bytes:
    """A message as it goes over the line."""
    return Frame(Opcode.TEXT, text.encode()).serialize(mask=False)


@lru_cache(_SHARED)
def shared_frame_of(text: str) -> bytes:
    """The same for a text that thousands get at the same time: made once. Not for secrets, they would stay in memory."""
    return frame_of(text)
