"""The Asterisk Manager Interface without I/O: bytes in, messages out; actions out, with an id each.

The format is Asterisk's `main/manager.c`: blocks of `Name: value` lines, each block ended by an empty line, after one
greeting line. An action gets one response; some responses announce a list (`EventList: start`), whose events carry the
action's id and whose last one says `EventList: Complete`. Everything else is an event that nobody asked for.

One `AmiSession` is one connection: when the line breaks it is closed, and the actions without an answer are lost. They
are never sent again, because nobody knows whether Asterisk carried them out.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

MAX_MESSAGE_BYTES = 1 << 20
"""A longer block is no AMI; Asterisk's own are below some ten thousand bytes."""
MAX_FIELDS = 5_000
"""Lines of one message."""
MAX_LIST_ITEMS = 200_000
"""Events of one list; a list of everything on a large PBX has some thousands."""
MAX_LINE_BYTES = 1_000
"""Asterisk reads action lines into 1,025 bytes and takes what is longer for two."""
MAX_OUTSTANDING = 1_000
"""Actions without an answer at one time."""

_GREETING = "Asterisk Call Manager/"
_MAX_GREETING_BYTES = 200
_END = b"\r\n\r\n"
_EVENT = b"Event: "
_ACTION_ID = b"\r\nActionID: "
_FORBIDDEN = ("\r", "\n", "\0")


class AmiError(Exception):
    """What the other side sent is no AMI, or too much of it; the line must be dropped."""


@dataclass(frozen=True, slots=True)
class Banner:
    """The greeting: Asterisk speaks this version of AMI."""

    version: str


@dataclass(frozen=True, slots=True)
class AmiEvent:
    """Something happened. Names appearing several times in `fields` are joined by newlines."""

    name: str
    fields: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Response:
    """The answer to one of our actions, with the whole list when it announced one."""

    action_id: str
    success: bool
    message: str
    fields: Mapping[str, str] = field(repr=False)
    items: tuple[AmiEvent, ...] = field(default=(), repr=False)


AmiMessage = Banner | AmiEvent | Response


@dataclass(slots=True)
class _Outstanding:
    """An action without a complete answer."""

    head: dict[str, str] | None = None
    items: list[AmiEvent] = field(default_factory=list)


class AmiSession:
    """The protocol of one connection. Not a word of it is repeated on the next."""

    def __init__(self, wanted: Collection[str]) -> None:
        """Take the names of the events to hand out; others are dropped unread, unless they belong to a list."""
        self._wanted = frozenset(name.encode() for name in wanted)
        self._buffer = bytearray()
        self._searched = 0
        self._greeted = False
        self._numbers = itertools.count(1)
        self._outstanding: dict[str, _Outstanding] = {}

    @property
    def outstanding(self) -> tuple[str, ...]:
        """Ids of the actions without an answer, oldest first: what is lost when the line breaks now."""
        return tuple(self._outstanding)

    def action(self, name: str, fields: Iterable[tuple[str, str]] = ()) -> tuple[str, bytes]:
        """Return a new action's id and the bytes to send. Raises ValueError for what would not arrive as it is."""
        if len(self._outstanding) >= MAX_OUTSTANDING:
            raise ValueError(f"{MAX_OUTSTANDING} actions wait for an answer")
        action_id = f"wwphone-{next(self._numbers)}"
        lines = [_line("Action", name), _line("ActionID", action_id)]
        lines += [_line(key, value) for key, value in fields]
        self._outstanding[action_id] = _Outstanding()
        return action_id, b"".join(lines) + b"\r\n"

    def receive(self, data: bytes) -> list[AmiMessage]:
        """Take bytes from the line, in whatever pieces; return what is complete. Raises AmiError."""
        buffer = self._buffer
        buffer += data
        messages: list[AmiMessage] = []
        start = 0 if self._greeted else self._greet(messages)
        while (end := buffer.find(_END, max(start, self._searched))) >= 0:
            if end - start > MAX_MESSAGE_BYTES:
                raise AmiError("a message is too long")
            message = self._message(bytes(buffer[start:end]).lstrip(b"\r\n"))
            if message is not None:
                messages.append(message)
            start = end + len(_END)
        if start:
            del buffer[:start]
        if len(buffer) > MAX_MESSAGE_BYTES:
            raise AmiError("a message is too long")
        self._searched = max(0, len(buffer) - len(_END) + 1)
        return messages

    def _greet(self, messages: list[AmiMessage]) -> int:
        end = self._buffer.find(b"\r\n")
        if end < 0:
            if len(self._buffer) > _MAX_GREETING_BYTES:
                raise AmiError("no greeting of AMI")
            return 0
        greeting = self._buffer[:end].decode("ascii", "replace")
        if not greeting.startswith(_GREETING):
            raise AmiError("no greeting of AMI")
        self._greeted = True
        messages.append(Banner(greeting.removeprefix(_GREETING)))
        return end + 2

    def _message(self, block: bytes) -> AmiEvent | Response | None:
        if block.startswith(_EVENT):
            end = block.find(b"\r\n")
            name = block[len(_EVENT) : end if end >= 0 else None]
            belongs_to_list = bool(self._outstanding) and _ACTION_ID in block
            if name not in self._wanted and not belongs_to_list:
                return None
            event = AmiEvent(name.decode("utf-8", "replace"), _fields(block))
            return self._collect(event) if belongs_to_list else event
        return self._response(_fields(block)) if block.startswith(b"Response: ") else None

    def _response(self, fields: dict[str, str]) -> Response | None:
        action_id = fields.get("ActionID", "")
        outstanding = self._outstanding.get(action_id)
        if outstanding is None or outstanding.head is not None:
            return None
        if fields.get("EventList", "").lower() == "start":
            outstanding.head = fields
            return None
        del self._outstanding[action_id]
        return _finished(action_id, fields, ())

    def _collect(self, event: AmiEvent) -> AmiEvent | Response | None:
        """Put an event into the list it belongs to; the last one makes the list's response."""
        action_id = event.fields.get("ActionID", "")
        outstanding = self._outstanding.get(action_id)
        if outstanding is None or outstanding.head is None:
            return event if event.name.encode() in self._wanted else None
        if "EventList" in event.fields:
            del self._outstanding[action_id]
            return _finished(action_id, outstanding.head, tuple(outstanding.items))
        if len(outstanding.items) >= MAX_LIST_ITEMS:
            raise AmiError("a list is too long")
        outstanding.items.append(event)
        return None


def _finished(action_id: str, fields: dict[str, str], items: tuple[AmiEvent, ...]) -> Response:
    success = fields.get("Response") == "Success"
    return Response(action_id, success, fields.get("Message", ""), fields, items)


def _fields(block: bytes) -> dict[str, str]:
    fields: dict[str, str] = {}
    lines = block.decode("utf-8", "replace").split("\r\n")
    if len(lines) > MAX_FIELDS:
        raise AmiError("a message has too many lines")
    for line in lines:
        name, colon, value = line.partition(": ")
        if not colon:
            if not line.endswith(":"):
                continue  # the rest of a value with a newline in it
            name = line[:-1]
        fields[name] = f"{fields[name]}\n{value}" if name in fields else value
    return fields


def _line(name: str, value: str) -> bytes:
    if any(character in name or character in value for character in _FORBIDDEN) or ":" in name or not name:
        raise ValueError(f"AMI: the value of {name!r} has a line break in it")
    line = f"{name}: {value}\r\n".encode()
    if len(line) > MAX_LINE_BYTES:
        raise ValueError(f"AMI: the value of {name!r} is too long")
    return line
