"""Asterisk's manager interface for tests that want to know what a channel says: one question, one answer."""

from __future__ import annotations

import itertools
import socket
from types import TracebackType
from typing import BinaryIO, Self

from tests.helpers.ports import LOOPBACK
from tests.helpers.waiting import SECONDS


class AmiConsole:
    """A connection of its own, without events; made when it is entered."""

    def __init__(self, port: int, user: str, secret: str) -> None:
        """Name the account; nothing is connected yet."""
        self._port = port
        self._account = (user, secret)
        self._numbers = itertools.count(1)
        self._socket: socket.socket | None = None
        self._stream: BinaryIO | None = None

    def ask(self, action: str, **fields: str) -> dict[str, str]:
        """Send an action and return the fields of its response. Raises AssertionError when the line ends first."""
        assert self._socket is not None, "not connected"
        action_id = f"test-{next(self._numbers)}"
        lines = [f"Action: {action}", f"ActionID: {action_id}"]
        lines += [f"{name}: {value}" for name, value in fields.items()]
        self._socket.sendall("\r\n".join([*lines, "", ""]).encode())
        while True:
            answer = self._block()
            if answer.get("ActionID") == action_id and "Response" in answer:
                return answer

    def _block(self) -> dict[str, str]:
        assert self._stream is not None
        fields: dict[str, str] = {}
        for line in self._stream:
            text = line.decode(errors="replace").rstrip("\r\n")
            if not text:
                return fields
            name, _, value = text.partition(": ")
            fields[name] = value
        raise AssertionError("Asterisk closed the manager's line")

    def __enter__(self) -> Self:
        self._socket = socket.create_connection((LOOPBACK, self._port), timeout=10 * SECONDS)
        self._stream = self._socket.makefile("rb")
        user, secret = self._account
        answer = self.ask("Login", Username=user, Secret=secret, Events="off")
        assert answer["Response"] == "Success", answer.get("Message", "")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._stream is not None:
            self._stream.close()
        if self._socket is not None:
            self._socket.close()
