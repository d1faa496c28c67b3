"""JSON text to frames and back; the only owner of msgspec.

A frame is one JSON object with `kind`; a message inside has `type` (its wire name) and `body`::

    {"kind": "request", "id": "7f-1", "type": "presence.set", "body": {"status": "available"}}

Whatever cannot be read raises RemoteMisbehaviourError with the error to answer, and with the request's id where that
much could still be read.
"""

from __future__ import annotations

import itertools
from collections.abc import Generator, Hashable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, cast, get_args, get_type_hints

import msgspec

from wwphone.domain.account import SessionInfo
from wwphone.domain.calls import PhoneState
from wwphone.domain.imports import RefusalReason
from wwphone.domain.presence import Colleague, Presence
from wwphone.protocol.errors import ErrorCode, RemoteMisbehaviourError, WireError
from wwphone.protocol.frames import (
    MAX_FRAME_BYTES,
    MAX_REQUEST_BYTES,
    ClientFrame,
    EventsFrame,
    FailureFrame,
    GoodbyeFrame,
    HelloFrame,
    MirroredState,
    PingFrame,
    PongFrame,
    ReplyFrame,
    RequestFrame,
    ServerFrame,
    SnapshotFrame,
)
from wwphone.protocol.message import Event, Message
from wwphone.protocol.registry import COMMANDS, EVENTS, RESULTS
from wwphone.protocol.steps import outcome_of

_M = TypeVar("_M", bound=Message)
_T = TypeVar("_T")


class _Inner(msgspec.Struct, frozen=True):
    type: str
    body: msgspec.Raw = msgspec.Raw(b"{}")


class _Outer(msgspec.Struct, frozen=True):
    """Every field that any frame may have; `kind` says which ones matter."""

    kind: str
    id: str | None = None
    type: str = ""
    body: msgspec.Raw = msgspec.Raw(b"{}")
    revision: int = 0
    events: tuple[_Inner, ...] = ()


class _AnyError(msgspec.Struct, frozen=True):
    """A `WireError` whose code and reason may be of a newer version."""

    code: str
    sentence: str = ""
    retry_after_s: float | None = None
    sessions: tuple[SessionInfo, ...] = ()
    taken_by: str = ""
    reason: str | None = None
    field: str = ""


EVENTS_BEGIN = '{"kind":"events","revision":'
"""How `encode_events` begins its texts."""
_LONG = 64 * 1024
_PIECE = 250
"""Entries of a snapshot that are read in one step."""
_COLUMNS = dict[str, msgspec.Raw]
_ITEMS = list[msgspec.Raw]
_LONG_COLUMNS: Mapping[str, Any] = {
    "colleagues": tuple[Colleague, ...],
    "presences": tuple[tuple[str, Presence], ...],
    "phones": tuple[tuple[str, PhoneState], ...],
}
"""What a snapshot has of each colleague."""
_ERROR_CODES = frozenset(code.value for code in ErrorCode)
_REFUSAL_REASONS = frozenset(reason.value for reason in RefusalReason)
_encoder = msgspec.json.Encoder()
_outer = msgspec.json.Decoder(_Outer)
_decoders: Mapping[type, msgspec.json.Decoder[Any]] = {
    shape: msgspec.json.Decoder(shape)
    for shape in (
        HelloFrame,
        _AnyError,
        MirroredState,
        _COLUMNS,
        _ITEMS,
        *_LONG_COLUMNS.values(),
        *COMMANDS.values(),
        *RESULTS.values(),
        *EVENTS.values(),
    )
}


def decode_client_frame(text: str | bytes) -> ClientFrame:
    """Read what a client sent. Raises RemoteMisbehaviourError."""
    outer = _read(text, MAX_REQUEST_BYTES)
    match outer.kind:
        case "request":
            if not outer.id or len(outer.id) > 64:
                raise RemoteMisbehaviourError(
                    WireError(ErrorCode.BAD_MESSAGE, "a request needs an id of 1 to 64 characters")
                )
            command = _message(COMMANDS, outer.type, outer.body, outer.id)
            if _has_naive_time(command):
                raise RemoteMisbehaviourError(
                    WireError(ErrorCode.BAD_MESSAGE, "times carry their offset from UTC"), outer.id
                )
            return RequestFrame(outer.id, command)
        case "ping":
            return PingFrame()
        case "pong":
            return PongFrame()
    raise RemoteMisbehaviourError(WireError(ErrorCode.UNKNOWN_TYPE, "unknown kind of frame"), outer.id)


def decode_server_frame(text: str | bytes) -> ServerFrame:
    """Read what a server sent. Raises RemoteMisbehaviourError.

    Events of unknown names are left out, an unknown error code becomes INTERNAL with the server's sentence.
    """
    return outcome_of(decode_server_frame_in_steps(text))


def decode_server_frame_in_steps(text: str | bytes) -> Generator[None, None, ServerFrame]:
    """As `decode_server_frame`, for a thread that has other things to do: a large snapshot is read in steps.

    A step takes some milliseconds; between them it yields.
    """
    outer = _read(text, MAX_FRAME_BYTES)
    if outer.kind == "snapshot" and len(text) > _LONG:
        yield
        return SnapshotFrame(outer.revision, (yield from _large_state(outer.body)))
    return _server_frame(outer)


def _server_frame(outer: _Outer) -> ServerFrame:
    match outer.kind:
        case "hello":
            return _body(HelloFrame, outer.body)
        case "reply":
            return ReplyFrame(outer.id or "", _message(RESULTS, outer.type, outer.body, outer.id))
        case "failure":
            return FailureFrame(outer.id, _error(outer.body, outer.id))
        case "snapshot":
            return SnapshotFrame(outer.revision, _body(MirroredState, outer.body))
        case "events":
            known = (inner for inner in outer.events if inner.type in EVENTS)
            return EventsFrame(
                outer.revision, tuple(_message(EVENTS, inner.type, inner.body, None) for inner in known)
            )
        case "goodbye":
            return GoodbyeFrame(_error(outer.body, None))
        case "ping":
            return PingFrame()
        case "pong":
            return PongFrame()
    raise RemoteMisbehaviourError(WireError(ErrorCode.UNKNOWN_TYPE, "unknown kind of frame"), outer.id)


def encode_frame(frame: ClientFrame | ServerFrame) -> str:
    """Write a frame as one JSON text."""
    match frame:
        case RequestFrame(request_id, command):
            fields: dict[str, Any] = {"kind": "request", "id": request_id, **_typed(command)}
        case ReplyFrame(request_id, result):
            fields = {"kind": "reply", "id": request_id, **_typed(result)}
        case FailureFrame(request_id, error):
            fields = {"kind": "failure", "id": request_id, "body": error}
        case HelloFrame():
            fields = {"kind": "hello", "body": frame}
        case SnapshotFrame(revision, state):
            fields = {"kind": "snapshot", "revision": revision, "body": state}
        case EventsFrame(revision, events):
            return encode_events(revision, [encode_event(event) for event in events])
        case GoodbyeFrame(error):
            fields = {"kind": "goodbye", "body": error}
        case PingFrame():
            fields = {"kind": "ping"}
        case PongFrame():
            fields = {"kind": "pong"}
    return _encoder.encode(fields).decode()


def encode_event(event: Event) -> bytes:
    """Write one event, to be joined by `encode_events`: a server encodes it once for all its clients."""
    return _encoder.encode(_typed(event))


def encode_events(revision: int, parts: list[bytes]) -> str:
    """Write an events frame of events that are encoded already."""
    joined = b",".join(parts).decode()
    return f'{EVENTS_BEGIN}{revision},"events":[{joined}]}}'


def _typed(message: Message) -> dict[str, Any]:
    return {"type": message.wire_name, "body": message}


def _read(text: str | bytes, limit: int) -> _Outer:
    if len(text) > limit:
        raise RemoteMisbehaviourError(WireError(ErrorCode.BAD_MESSAGE, f"a frame has at most {limit} bytes"))
    try:
        return _outer.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise RemoteMisbehaviourError(WireError(ErrorCode.BAD_MESSAGE, f"not a frame: {error}")) from error


def _message(known: Mapping[str, type[_M]], name: str, body: msgspec.Raw, request_id: str | None) -> _M:
    shape = known.get(name)
    if shape is None:
        raise RemoteMisbehaviourError(
            WireError(ErrorCode.UNKNOWN_TYPE, "unknown type of message"), request_id
        )
    return _body(shape, body, request_id)


def _body(shape: type[_T], body: msgspec.Raw, request_id: str | None = None) -> _T:
    try:
        value: _T = _decoders[shape].decode(body)
    except (msgspec.DecodeError, UnicodeError, ValueError, RecursionError) as error:
        # The text names the field and the expected type, never the value: no password gets into a log by it.
        raise RemoteMisbehaviourError(WireError(ErrorCode.BAD_MESSAGE, str(error)), request_id) from error
    return value


def _large_state(body: msgspec.Raw) -> Generator[None, None, MirroredState]:
    """Read what there are thousands of in pieces, and the rest as ever."""
    columns = _body(_COLUMNS, body)
    found: dict[str, Any] = {}
    for name, shape in _LONG_COLUMNS.items():
        yield
        items = _body(_ITEMS, columns.pop(name, msgspec.Raw(b"[]")))
        pieces = []
        for start in range(0, len(items), _PIECE):
            yield
            pieces.append(_body(shape, msgspec.Raw(b"[%b]" % b",".join(items[start : start + _PIECE]))))
        found[name] = tuple(itertools.chain.from_iterable(pieces))
    yield
    rest = _body(MirroredState, msgspec.Raw(_encoder.encode(columns)))
    return replace(rest, **found)


def _error(body: msgspec.Raw, request_id: str | None) -> WireError:
    read = _body(_AnyError, body, request_id)
    known = read.code in _ERROR_CODES
    code = ErrorCode(read.code) if known else ErrorCode.INTERNAL
    sentence = read.sentence if known else f"{read.code}: {read.sentence}"
    reason = RefusalReason(read.reason) if read.reason in _REFUSAL_REASONS else None
    return WireError(code, sentence, read.retry_after_s, read.sessions, read.taken_by, reason, read.field)


def _has_naive_time(value: object) -> bool:
    if isinstance(value, datetime):
        return value.tzinfo is None
    if isinstance(value, tuple):
        return any(map(_has_naive_time, value))
    names = _timed_fields(cast("Hashable", type(value)))
    return bool(names) and any(_has_naive_time(getattr(value, name)) for name in names)


@cache
def _timed_fields(shape: type) -> tuple[str, ...]:
    """The fields of a dataclass that may hold a time, at any depth: few do, and looking at all costs more than reading them."""
    if not is_dataclass(shape):
        return ()
    hints = get_type_hints(shape)
    return tuple(one.name for one in fields(shape) if _holds_time(hints[one.name]))


def _holds_time(hint: Any) -> bool:
    if parts := get_args(hint):
        return any(map(_holds_time, parts))
    return hint is datetime or (isinstance(hint, type) and bool(_timed_fields(hint)))
