"""Writes docs/protocol.md from the message types themselves: `python -m wwphone.protocol.documentation`.

A unit test fails when the page and the types differ.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
import sys
import textwrap
import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Union, get_args, get_origin, get_type_hints

from wwphone.protocol import frames, record, server_session, session
from wwphone.protocol.codec import encode_event, encode_frame
from wwphone.protocol.errors import ErrorCode, WireError
from wwphone.protocol.examples import CLIENT_FRAMES, CONVERSATIONS, EVENTS, SERVER_FRAMES
from wwphone.protocol.frames import ClientFrame, HelloFrame, ReplyFrame, RequestFrame, ServerFrame
from wwphone.protocol.message import Command

PAGE = Path(__file__).parents[2] / "docs" / "protocol.md"

_ON_THE_WIRE = {
    "request_id": "`id`",
    "command": "`type`, `body`",
    "result": "`type`, `body`",
    "error": "`body`",
    "state": "`body`",
}
"""Fields of frames whose names on the wire differ."""

_SIMPLE: dict[Any, str] = {
    str: "text",
    int: "integer",
    float: "number",
    bool: "true or false",
    datetime: "time",
    type(None): "null",
}

_BEGINNING = f"""# The CTI protocol, version {frames.PROTOCOL_VERSION}

*This page is generated from the message types: `python -m wwphone.protocol.documentation`. A test decodes every example.*

Client and server exchange JSON texts over one websocket (`wss://HOST:PORT{frames.CTI_PATH}`, subprotocol `{frames.SUBPROTOCOL}`).
One websocket message is one frame: an object with `kind`. Commands, results and events travel inside frames as `type` and
`body`. Texts are UTF-8, times are RFC 3339 with an offset, everything else is plain JSON. A frame of a client has at most
{frames.MAX_REQUEST_BYTES // 1024} KiB, a frame of a server at most {frames.MAX_FRAME_BYTES // 1024 // 1024} MiB.

Both sides may grow: unknown *fields* are ignored. An unknown *type* is an error of that one message: a server answers
`unknown_type`, a client leaves an event out and ignores a frame. An unknown error code counts as `internal`.

## One connection

1. The server sends **hello**. A client that does not speak its `protocol` number closes (`unsupported_version`).
2. The client sends **account.sign_in** or **account.resume**; nothing else is accepted before (`not_signed_in`), and a
   connection that has not signed in after {server_session.SIGN_IN_LIMIT_S:g} s is closed. A refused sign-in may be tried again on the same connection.
3. The server answers, sends a **snapshot** (or, after a resume, only what was missed), and from then on **events**.
4. Requests and events go on side by side. Each side sends a **ping** when it has sent nothing for `heartbeat_s`, answers
   pings with **pong**, and gives the connection up after {session.SILENCE_FACTOR} times that silence.
5. **account.sign_out** ends session and connection. **goodbye** is the server's way to end a connection; its code says whether
   to come back: not after `session_taken_over` or `cti_access_off`, with back-off after `server_stopping` or `too_slow`.

A frame that cannot be read is answered with **failure** (without an `id` when not even that could be read); after {server_session.MAX_BAD_FRAMES} such
frames the server says goodbye.

## State: snapshot, events, resume

The server numbers the states it tells: **revisions** only grow, with gaps. A snapshot is the whole state at a revision;
an events frame leads from the former revision to the one it names. A client that applies them in order has, at each revision, what
the server has. Revisions belong to one life of the server, named by the `server_id` of its hello.

After a cut the client connects again and resumes with its token, the `server_id` and the revision it has. Same life and
not too much missed: the server answers `snapshot: false` and sends the missing events (nothing, when none are missing).
Otherwise `snapshot: true`, and a snapshot follows. A token that is worth nothing any more is refused with `session_expired`.

## Commands: exactly once

Every request has an id, unique within its session. The server keeps, for each *session*, which requests run and the answers
of the latest {record.MAX_ANSWERS}; a client has at most {session.MAX_UNANSWERED} requests without an answer, so no answer that can still be asked for is ever forgotten.

- The same id again is not carried out again: it gets the recorded answer, or the answer when it is ready.
- After a cut a client never sends a command that *acts* again. Its resume names the ids without an answer (`pending`), and each gets one:
  the recorded answer; the real answer when what runs has ended; `not_executed` when the command never arrived (should it
  arrive by some detour later, it is not carried out any more); `unknown_outcome` when the server has restarted since, or
  the answer held a secret and was not kept.
- Commands that do not act are simply failed by the client at the cut, and may be asked again.
- When the session itself is over (signed out, expired, taken over), what was pending has an unknown outcome.
"""


def page() -> str:
    """The whole page."""
    parts = [
        _BEGINNING,
        "## Frames of the client\n",
        *(_frame_section(shape, example) for shape, example in CLIENT_FRAMES.items()),
        "## Frames of the server\n",
        *(_frame_section(shape, example) for shape, example in SERVER_FRAMES.items()),
        "## Commands and their results\n",
        *(_command_section(shape) for shape in CONVERSATIONS),
        "## Events\n",
        *(_event_section(shape) for shape in EVENTS),
        "## Values\n",
        *(_value_section(shape) for shape in _values()),
        _error_section(),
    ]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(parts))


def _frame_section(shape: type, example: ClientFrame | ServerFrame) -> str:
    text = encode_frame(example)
    kind = json.loads(text)["kind"]
    inside = "Its `body` has:\n\n" if shape is HelloFrame else ""
    return f"### `{kind}`\n\n{_text_of(shape)}\n\n{inside}{_fields_table(shape, _ON_THE_WIRE)}{_json(text)}"


def _command_section(shape: type[Command]) -> str:
    command, result = CONVERSATIONS[shape]
    acts = "It acts: never sent again after a cut." if shape.acts else "It does not act: may be asked again."
    request = encode_frame(RequestFrame("7f3a90c1-9", command))
    reply = encode_frame(ReplyFrame("7f3a90c1-9", result))
    return (
        f"### `{shape.wire_name}`\n\n{_text_of(shape)} {acts}\n\n{_fields_table(shape)}{_json(request)}"
        f"Answered by `{result.wire_name}`: {_text_of(type(result))}\n\n{_fields_table(type(result))}{_json(reply)}"
    )


def _event_section(shape: type) -> str:
    event = EVENTS[shape]
    return f"### `{event.wire_name}`\n\n{_text_of(shape)}\n\n{_fields_table(shape)}{_json(encode_event(event).decode())}"


def _value_section(shape: type) -> str:
    head = f"### {shape.__name__}\n\n{_text_of(shape)}\n\n"
    if not issubclass(shape, Enum):
        return head + _fields_table(shape)
    texts = _field_texts(shape)
    rows = [f"| `{member.value}` | {texts.get(member.name, '')} |" for member in shape]
    return head + "\n".join(["| value | meaning |", "|---|---|", *rows, ""])


def _error_section() -> str:
    texts = _field_texts(ErrorCode)
    rows = [f"| `{code.value}` | {texts.get(code.name, '')} |" for code in ErrorCode]
    return "\n".join(
        [
            "## Errors\n",
            f"{_text_of(WireError)}\n",
            _fields_table(WireError),
            f"{_text_of(ErrorCode)}\n",
            "| code | meaning |",
            "|---|---|",
            *rows,
            "",
        ]
    )


def _fields_table(shape: type, wire_names: Mapping[str, str] = MappingProxyType({})) -> str:
    texts = _field_texts(shape)
    hints = get_type_hints(shape)
    rows = []
    for field in fields(shape):
        needed = field.default is MISSING and field.default_factory is MISSING
        text = texts.get(field.name, "")
        kept_out = "" if field.repr else " *Never logged.*"
        name = wire_names.get(field.name, f"`{field.name}`")
        kind = _type_text(hints[field.name])
        rows.append(f"| {name} | {kind} | {'yes' if needed else 'no'} | {text}{kept_out} |")
    if not rows:
        return ""
    return "\n".join(["| field | type | needed | meaning |", "|---|---|---|---|", *rows, "", ""])


def _type_text(hint: Any) -> str:
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    parts = get_args(hint)
    if get_origin(hint) in (Union, types.UnionType):
        return " or ".join(_type_text(part) for part in parts)
    if get_origin(hint) is tuple and len(parts) == 2 and parts[1] is ...:
        return f"list of {_type_text(parts[0])}"
    if get_origin(hint) is tuple:
        return f"pair [{', '.join(_type_text(part) for part in parts)}]"
    if get_origin(hint) is frozenset:
        return f"list of {_type_text(parts[0])}"
    name: str = hint.__name__
    return _LINKS.get(name, f"[{name}](#{name.lower()})")


_LINKS = {
    "Command": "[command](#commands-and-their-results)",
    "Result": "[result](#commands-and-their-results)",
    "Event": "[event](#events)",
    "WireError": "[error](#errors)",
    "ErrorCode": "code, see below",
}


def _values() -> list[type]:
    """Every domain value and enumeration that some message uses, by name."""
    roots = [
        *CLIENT_FRAMES,
        *SERVER_FRAMES,
        *CONVERSATIONS,
        *(type(result) for _, result in CONVERSATIONS.values()),
        *EVENTS,
    ]
    found = _parts_of(roots, set()) - set(roots)
    return sorted((one for one in found if one.__name__ not in _LINKS), key=lambda shape: shape.__name__)


def _parts_of(shapes: Iterable[type], seen: set[type]) -> set[type]:
    for shape in shapes:
        if shape in seen or not (is_dataclass(shape) or issubclass(shape, Enum)):
            continue
        seen.add(shape)
        if is_dataclass(shape):
            hints = get_type_hints(shape)
            _parts_of((part for field in fields(shape) for part in _classes_in(hints[field.name])), seen)
    return seen


def _classes_in(hint: Any) -> Iterator[type]:
    if isinstance(hint, type) and not get_args(hint):
        yield hint
    for part in get_args(hint):
        yield from _classes_in(part)


def _text_of(shape: type) -> str:
    """The class's docstring on one line; as it stands in the source, never one that `dataclass` made."""
    return " ".join((shape.__doc__ or "").split())


def _field_texts(shape: type) -> dict[str, str]:
    """The texts under a class's fields, by name: docstrings that Python itself forgets."""
    body = ast.parse(textwrap.dedent(inspect.getsource(shape))).body[0]
    assert isinstance(body, ast.ClassDef)
    texts: dict[str, str] = {}
    name = ""
    for node in body.body:
        if isinstance(node, ast.AnnAssign):
            name = ast.unparse(node.target)
        elif isinstance(node, ast.Assign):
            name = ast.unparse(node.targets[0])
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and name:
            texts[name] = " ".join(str(node.value.value).split())
            name = ""
    return texts


def _json(text: str) -> str:
    return f"```json\n{json.dumps(json.loads(text), indent=2, ensure_ascii=False)}\n```\n\n"


def main() -> int:
    """Write the page; say whether it was different."""
    before = PAGE.read_text("utf-8") if PAGE.exists() else ""
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), "utf-8")
    sys.stdout.write(f"{PAGE.name} {'was up to date' if before == page() else 'written'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
