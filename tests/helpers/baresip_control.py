"""The line on which a test commands baresip and hears of its calls: JSON in netstrings (module ``ctrl_tcp``).

Commands go out one at a time, answers carry the command's token; events come whenever they like. The format is
described at the top of baresip's ``modules/ctrl_tcp/ctrl_tcp.c``.
"""

from __future__ import annotations

import itertools
import json
import socket
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

from tests.helpers.ports import LOOPBACK
from tests.helpers.waiting import SECONDS


class EventKind(StrEnum):
    """What baresip reports, by its own words; what is not listed here is passed over."""

    REGISTERED = "REGISTER_OK"
    REGISTER_FAILED = "REGISTER_FAIL"
    CALL_INCOMING = "CALL_INCOMING"
    CALL_RINGING = "CALL_RINGING"
    CALL_PROGRESS = "CALL_PROGRESS"
    """Early media: 183 or 180 with a session description."""
    CALL_ESTABLISHED = "CALL_ESTABLISHED"
    CALL_CLOSED = "CALL_CLOSED"
    """``text`` is the reason, see :data:`HUNG_UP_HERE` and :data:`HUNG_UP_THERE`, or for example "486 Busy Here"."""
    MEDIA_SECURED = "CALL_MENC"
    REMOTE_DESCRIPTION = "CALL_REMOTE_SDP"
    """The other side sent a session description; ``text`` is "offer" or "answer"."""
    RTP_ARRIVES = "CALL_RTPESTAB"
    DTMF = "CALL_DTMF_START"
    """``text`` is the key."""
    TRANSFER = "TRANSFER"
    """The other side asks to be transferred (REFER); ``text`` is the address to go to."""


_KNOWN_KINDS = frozenset(kind.value for kind in EventKind)
HUNG_UP_HERE = "Connection reset by user"
"""Reason of CALL_CLOSED when this phone ended the call."""
HUNG_UP_THERE = "Connection reset by peer"
"""Reason of CALL_CLOSED when the other side ended an established call (BYE)."""


@dataclass(frozen=True)
class PhoneEvent:
    """One thing that happened at the phone; fields that do not apply are empty."""

    kind: EventKind
    text: str = ""
    peer_uri: str = ""
    peer_name: str = ""
    call_id: str = ""


class ControlLine:
    """A connection to one running baresip; it takes one such connection at a time."""

    def __init__(self, port: int) -> None:
        """Connect. Raises OSError (ConnectionRefusedError) while the phone does not listen yet."""
        self._socket = socket.create_connection((LOOPBACK, port), timeout=10 * SECONDS)
        self._socket.settimeout(None)
        self._stream: BinaryIO = self._socket.makefile("rb")
        self._tokens = itertools.count(1)
        self._command_lock = threading.Lock()
        self._arrival = threading.Condition()
        self._events: list[PhoneEvent] = []
        self._answers: dict[str, tuple[bool, str]] = {}
        self._is_open = True
        self._reader = threading.Thread(target=self._read, name=f"baresip control {port}", daemon=True)
        self._reader.start()

    @property
    def events(self) -> tuple[PhoneEvent, ...]:
        """Everything that happened since the connection was made, oldest first."""
        with self._arrival:
            return tuple(self._events)

    def command(self, name: str, parameter: str | None = None, timeout_s: float = 10 * SECONDS) -> str:
        """Have a command of baresip's menu done and return what it says.

        Raises AssertionError when the phone refuses it, does not know it (now), or does not answer.
        """
        token = str(next(self._tokens))
        message = {"command": name, "token": token}
        if parameter is not None:
            message["params"] = parameter
        with self._command_lock:
            self._socket.sendall(_netstring(json.dumps(message).encode()))
        with self._arrival:
            self._arrival.wait_for(lambda: token in self._answers or not self._is_open, timeout_s)
            # The parameter may hold a password: it is in no message.
            assert token in self._answers, f"no answer to the command {name!r} within {timeout_s:g} s"
            is_done, said = self._answers.pop(token)
        assert is_done, f"the command {name!r} was refused"
        return said

    def wait_for_event(self, starts: Mapping[EventKind, int], timeout_s: float) -> int | None:
        """Wait for the first event of one of these kinds at or after the index given for its kind.

        Returns its index, or None when none came in time or the line was cut.
        """

        def found() -> int | None:
            for index, event in enumerate(self._events):
                if index >= starts.get(event.kind, len(self._events)):
                    return index
            return None

        with self._arrival:
            self._arrival.wait_for(lambda: found() is not None or not self._is_open, timeout_s)
            return found()

    def close(self) -> None:
        """Hang up the line; the phone goes on."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            self._is_open = False  # the phone went first
        self._reader.join(5 * SECONDS)
        self._stream.close()
        self._socket.close()

    def _read(self) -> None:
        try:
            for message in _messages(self._stream):
                with self._arrival:
                    self._take(message)
                    self._arrival.notify_all()
        except (ConnectionError, ValueError):
            pass  # cut, perhaps in the middle of a message: the end of the line is reported below
        finally:
            with self._arrival:
                self._is_open = False
                self._arrival.notify_all()

    def _take(self, message: dict[str, object]) -> None:
        if message.get("response") is True:
            self._answers[str(message.get("token"))] = (
                message.get("ok") is True,
                str(message.get("data", "")),
            )
        elif str(message.get("type")) in _KNOWN_KINDS:
            self._events.append(
                PhoneEvent(
                    kind=EventKind(str(message["type"])),
                    text=str(message.get("param", "")),
                    peer_uri=str(message.get("peeruri", "")),
                    peer_name=str(message.get("peerdisplayname", "")),
                    call_id=str(message.get("id", "")),
                )
            )


def _netstring(data: bytes) -> bytes:
    return b"%d:%s," % (len(data), data)


def _messages(stream: BinaryIO) -> Iterator[dict[str, object]]:
    """Yield the JSON objects of a stream of netstrings until it ends; ValueError for anything else."""
    while True:
        length = b""
        while (character := stream.read(1)) != b":":
            if not character:
                return
            length += character
        data = stream.read(int(length) + 1)
        if data[-1:] != b",":
            raise ValueError("a netstring without its end")
        # Not strict: texts may contain escape sequences of a terminal.
        yield json.loads(data[:-1], strict=False)
