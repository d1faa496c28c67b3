"""Exactly once: what became of the requests of one signed-in session, over all its connections.

Theory. A client has at most `MAX_UNANSWERED` requests without an answer, and answers travel in order. Once the record
holds more answers than that, the oldest one has been received: had it not, the client could not have had the later ones
either, and would have as many requests open as there are answers after it. So the oldest may be forgotten, and an id that
is pending at the client and unknown here was never carried out - as long as the record has seen everything since the
client's state began, which the `server_id` of the resume tells. Otherwise the outcome is unknown, and said to be.

A settled id is closed: should its request still arrive by some detour, it is answered, not carried out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_type_hints

from wwphone.protocol.codec import encode_frame
from wwphone.protocol.errors import ErrorCode, WireError
from wwphone.protocol.frames import FailureFrame, ReplyFrame
from wwphone.protocol.message import Result
from wwphone.protocol.registry import RESULTS
from wwphone.protocol.session import MAX_UNANSWERED, LocalMisuseError

MAX_ANSWERS = 8 * MAX_UNANSWERED
MAX_KEPT_CHARACTERS = 16 * 1024
"""A longer answer is not kept; only that there was one."""


class CommandRecord:
    """The requests of one signed-in session: running ones, and the answers of the latest finished ones.

    It belongs to the session, not to a connection: it survives reconnects and is dropped with the session.
    """

    def __init__(self, max_answers: int = MAX_ANSWERS) -> None:
        if max_answers < MAX_UNANSWERED:
            raise ValueError(f"a record keeps at least {MAX_UNANSWERED} answers")
        self._max_answers = max_answers
        self._running: set[str] = set()
        self._answers: dict[str, str] = {}

    @property
    def running(self) -> frozenset[str]:
        """The requests that are being carried out."""
        return frozenset(self._running)

    def is_running(self, request_id: str) -> bool:
        """Whether this request is being carried out."""
        return request_id in self._running

    def answer(self, request_id: str) -> str | None:
        """The encoded answer of a finished request; None while it runs, and when it was never seen."""
        return self._answers.get(request_id)

    def begin(self, request_id: str) -> None:
        """A request that is neither running nor answered is carried out from now on."""
        if request_id in self._running or request_id in self._answers:
            raise LocalMisuseError("this request was begun before")
        self._running.add(request_id)

    def finish(self, request_id: str, outcome: Result | WireError) -> str:
        """Keep the answer of a running request, and return it as text of a frame."""
        if request_id not in self._running:
            raise LocalMisuseError("this request does not run")
        self._running.discard(request_id)
        if isinstance(outcome, WireError):
            text = encode_frame(FailureFrame(request_id, outcome))
            self._keep(request_id, text)
            return text
        text = encode_frame(ReplyFrame(request_id, outcome))
        forgettable = type(outcome) in _SECRET_RESULTS or len(text) > MAX_KEPT_CHARACTERS
        self._keep(request_id, _failure(request_id, _NOT_KEPT) if forgettable else text)
        return text

    def settle(self, pending: Iterable[str], *, continuous: bool) -> list[str]:
        """Answer what a resuming client has had no answer to; what runs is left out, it is answered when it ends.

        `continuous` says whether this record has seen every request since the client's state began.
        """
        answers: list[str] = []
        for request_id in pending:
            if request_id in self._running:
                continue
            known = self._answers.pop(request_id, None)
            text = known or _failure(request_id, _NOT_EXECUTED if continuous else _UNKNOWN_OUTCOME)
            self._keep(request_id, text)
            answers.append(text)
        return answers

    def _keep(self, request_id: str, text: str) -> None:
        self._answers[request_id] = text
        while len(self._answers) > self._max_answers:
            del self._answers[next(iter(self._answers))]


_NOT_EXECUTED = WireError(ErrorCode.NOT_EXECUTED, "the command never reached the server; nothing happened")
_UNKNOWN_OUTCOME = WireError(
    ErrorCode.UNKNOWN_OUTCOME,
    "the server has restarted since; the command may or may not have been carried out",
)
_NOT_KEPT = WireError(
    ErrorCode.UNKNOWN_OUTCOME, "the command was carried out, its answer got lost with the connection"
)


def _failure(request_id: str, error: WireError) -> str:
    return encode_frame(FailureFrame(request_id, error))


def carries_secrets(shape: type) -> bool:
    """Whether a dataclass has, at any depth, a field that its repr hides."""
    if not is_dataclass(shape):
        return False
    hints = get_type_hints(shape)
    return any(
        not field.repr or any(carries_secrets(part) for part in _classes_in(hints[field.name]))
        for field in fields(shape)
    )


def _classes_in(hint: Any) -> list[type]:
    if isinstance(hint, type) and not get_args(hint):
        return [hint]
    return [found for part in get_args(hint) for found in _classes_in(part)]


_SECRET_RESULTS = frozenset(shape for shape in RESULTS.values() if carries_secrets(shape))
