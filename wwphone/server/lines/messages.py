"""What the core and a line process tell each other: length, kind and fields in binary, parsed strictly.

A message is a length (four bytes, of what follows), a kind (one byte) and the fields in their order. Numbers have four bytes, switches
one, seconds eight (IEEE 754); texts (UTF-8, other bytes as PEP 383 has them) and bytes have their length before them, lists the count of their members. All of it is big-endian. Neither end
trusts the other's bytes: what does not fit exactly is a `BrokenMessageError`, and the end of that line process.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar

MAX_MESSAGE = 512 * 1024
"""Bytes of one message at most, its length not counted."""
MAX_PIECE = 64 * 1024
"""Bytes of an HTTP answer that go in one message."""
MAX_ANSWER = 32 * 1024 * 1024
"""Bytes of a whole HTTP answer."""
MAX_LINES = 1024
"""Lines that one text may name."""

_NUMBER = struct.Struct("!I")
_SECONDS = struct.Struct("!d")


class BrokenMessageError(Exception):
    """The other end sent what it never may. The text holds no content."""


@dataclass(frozen=True)
class Message:
    """Something one end tells the other."""

    kind: ClassVar[int]


# ---------------------------------------------------------------- from the core


@dataclass(frozen=True)
class Start(Message):
    """The first one: how lines are kept."""

    kind: ClassVar[int] = 1
    certificate: str
    """Path of the PEM file; empty: without TLS."""
    key: str
    subprotocol: str
    max_text: int
    """Bytes of a client's text at most."""
    handshake_s: float
    linger_s: float


@dataclass(frozen=True)
class Welcome(Message):
    """A line may be opened."""

    kind: ClassVar[int] = 2
    line: int


@dataclass(frozen=True)
class TurnAway(Message):
    """There is no room for this connection."""

    kind: ClassVar[int] = 12
    line: int


@dataclass(frozen=True)
class Head(Message):
    """The beginning of an HTTP answer, after which the line ends; so many bytes of `Body` follow."""

    kind: ClassVar[int] = 3
    line: int
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    size: int


@dataclass(frozen=True)
class Body(Message):
    """A piece of an HTTP answer."""

    kind: ClassVar[int] = 4
    line: int
    data: bytes


@dataclass(frozen=True)
class Texts(Message):
    """A text, or a piece of one, for all of these lines."""

    kind: ClassVar[int] = 5
    lines: tuple[int, ...]
    first: bool
    last: bool
    data: bytes
    """UTF-8; a piece ends between two characters."""


@dataclass(frozen=True)
class Close(Message):
    """End a line with the closing handshake."""

    kind: ClassVar[int] = 6
    line: int
    code: int
    reason: str


@dataclass(frozen=True)
class Abort(Message):
    """Break a line."""

    kind: ClassVar[int] = 7
    line: int
    at_once: bool
    """Whether the system shall not try to deliver what waits."""


@dataclass(frozen=True)
class Reload(Message):
    """Read the certificate again."""

    kind: ClassVar[int] = 8


@dataclass(frozen=True)
class Refuse(Message):
    """Accept no more connections; lines that stand stay."""

    kind: ClassVar[int] = 9


@dataclass(frozen=True)
class CutUnopened(Message):
    """Break the lines that have not been opened yet."""

    kind: ClassVar[int] = 10


@dataclass(frozen=True)
class Ping(Message):
    """Are you alive?"""

    kind: ClassVar[int] = 11


# ---------------------------------------------------------------- from a line process


@dataclass(frozen=True)
class Ready(Message):
    """It accepts connections."""

    kind: ClassVar[int] = 32


@dataclass(frozen=True)
class Asked(Message):
    """Somebody asks for something by HTTP, a websocket above all."""

    kind: ClassVar[int] = 33
    line: int
    address: str
    encrypted: bool
    path: str
    headers: tuple[tuple[str, str], ...]
    """Those that the core looks at; one that is there twice is told twice."""


@dataclass(frozen=True)
class Opened(Message):
    """The websocket is open."""

    kind: ClassVar[int] = 34
    line: int


@dataclass(frozen=True)
class Said(Message):
    """A client's message."""

    kind: ClassVar[int] = 35
    line: int
    is_text: bool
    data: bytes


@dataclass(frozen=True)
class Taken(Message):
    """So many bytes more were handed on to the client."""

    kind: ClassVar[int] = 36
    line: int
    size: int


@dataclass(frozen=True)
class Closed(Message):
    """A line that was asked for is over; its number does not come again."""

    kind: ClassVar[int] = 37
    line: int
    in_order: bool
    """Whether by the closing handshake."""
    why: str


@dataclass(frozen=True)
class Pong(Message):
    """I am."""

    kind: ClassVar[int] = 38


FROM_CORE: tuple[type[Message], ...] = (
    *(Start, Welcome, TurnAway, Head, Body, Texts, Close, Abort, Reload, Refuse, CutUnopened, Ping),
)
FROM_LINES: tuple[type[Message], ...] = (Ready, Asked, Opened, Said, Taken, Closed, Pong)

_SHAPES: dict[type[Message], tuple[str, ...]] = {
    shape: tuple(str(one.type) for one in fields(shape)) for shape in FROM_CORE + FROM_LINES
}


def encode(message: Message) -> bytes:
    """A message as it goes over the socket pair. Raises ValueError when it is too long."""
    parts = [bytes((message.kind,))]
    for one, shape in zip(fields(message), _SHAPES[type(message)], strict=True):
        _put(parts, shape, getattr(message, one.name))
    body = b"".join(parts)
    if len(body) > MAX_MESSAGE:
        raise ValueError(f"a message of kind {message.kind} is too long")
    return _NUMBER.pack(len(body)) + body


def _put(parts: list[bytes], shape: str, value: Any) -> None:
    match shape:
        case "int":
            parts.append(_NUMBER.pack(value))
        case "bool":
            parts.append(b"\1" if value else b"\0")
        case "float":
            parts.append(_SECONDS.pack(value))
        case "tuple[int, ...]":
            parts += (_NUMBER.pack(len(value)), struct.pack(f"!{len(value)}I", *value))
        case "tuple[tuple[str, str], ...]":
            parts.append(_NUMBER.pack(len(value)))
            for text in (text for pair in value for text in pair):
                _put(parts, "str", text)
        case _:
            data = value.encode("utf-8", "surrogateescape") if shape == "str" else value
            parts += (_NUMBER.pack(len(data)), data)


class Parser:
    """Takes messages out of bytes that come piece by piece."""

    def __init__(self, shapes: Sequence[type[Message]]) -> None:
        """`shapes`: what the other end may say."""
        self._shapes = {shape.kind: shape for shape in shapes}
        self._rest = bytearray()

    def feed(self, data: bytes) -> Iterator[Message]:
        """Return the messages that are complete now. Raises BrokenMessageError."""
        self._rest += data
        whole, start, end = bytes(self._rest), 0, len(self._rest)
        try:
            while end - start >= _NUMBER.size:
                (size,) = _NUMBER.unpack_from(whole, start)
                if not 1 <= size <= MAX_MESSAGE:
                    raise BrokenMessageError("a message is too long, or empty")
                if end - start - _NUMBER.size < size:
                    break
                start += _NUMBER.size + size
                yield self._message(whole, start - size, start)
        finally:
            del self._rest[:start]

    def _message(self, whole: bytes, start: int, end: int) -> Message:
        shape = self._shapes.get(whole[start])
        if shape is None:
            raise BrokenMessageError(f"a message is of kind {whole[start]}")
        reader = _Reader(whole, start + 1, end)
        values = [reader.value(one) for one in _SHAPES[shape]]
        if not reader.is_at_end:
            raise BrokenMessageError(f"a message of kind {shape.kind} has too many bytes")
        return shape(*values)


class _Reader:
    """Reads the fields of one message."""

    def __init__(self, whole: bytes, at: int, end: int) -> None:
        self._whole, self._at, self._end = whole, at, end

    @property
    def is_at_end(self) -> bool:
        return self._at == self._end

    def value(self, shape: str) -> Any:
        match shape:
            case "int":
                return _NUMBER.unpack_from(self._whole, self._step(_NUMBER.size))[0]
            case "bool":
                return self._switch()
            case "float":
                return self._seconds()
            case "str":
                return self._text()
            case "tuple[int, ...]":
                count = self._count(_NUMBER.size)
                if count > MAX_LINES:
                    raise BrokenMessageError("a text is for too many lines")
                return struct.unpack_from(f"!{count}I", self._whole, self._step(count * _NUMBER.size))
            case "tuple[tuple[str, str], ...]":
                return tuple((self._text(), self._text()) for _ in range(self._count(2 * _NUMBER.size)))
            case _:
                return self._data()

    def _step(self, size: int) -> int:
        """Go on by so many bytes; return where they begin."""
        at = self._at
        if size > self._end - at:
            raise BrokenMessageError("a message has too few bytes")
        self._at = at + size
        return at

    def _count(self, least: int) -> int:
        """Of a list's members, which have so many bytes each at least."""
        (count,) = _NUMBER.unpack_from(self._whole, self._step(_NUMBER.size))
        if count * least > self._end - self._at:
            raise BrokenMessageError("a message has too few bytes")
        return int(count)

    def _data(self) -> bytes:
        (size,) = _NUMBER.unpack_from(self._whole, self._step(_NUMBER.size))
        at = self._step(size)
        return self._whole[at : at + size]

    def _text(self) -> str:
        return self._data().decode("utf-8", "surrogateescape")

    def _switch(self) -> bool:
        value = self._whole[self._step(1)]
        if value > 1:
            raise BrokenMessageError("a switch is neither on nor off")
        return bool(value)

    def _seconds(self) -> float:
        (value,) = _SECONDS.unpack_from(self._whole, self._step(_SECONDS.size))
        if not 0 < value < 1e6:
            raise BrokenMessageError("a time is no time")
        return float(value)
