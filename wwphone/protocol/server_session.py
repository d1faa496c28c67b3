"""The server's side of one connection.

What follows what::

    GREETING ──opened──▶ GREETED ──sign-in asked──▶ SIGNING_IN ──granted──▶ SIGNED_IN
                            ▲                           │                       │
                            └─────────refused───────────┘                       │
    any ──closed──▶ CLOSED ◀────────────────signed out, goodbye, lost───────────┘

A connection is one try; what outlives it is the `CommandRecord` of the signed-in session, which every connection of that
session is given in turn. Requests run outside; `CommandReceived` hands one over, and whoever carries it out answers with
`reply` or `refuse` on the connection that serves the session *then* (on this one or on a later one), or with
`CommandRecord.finish` when none does. Frames that cannot be read are answered with the reason; too many end the connection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType

from wwphone.protocol.account import Resume, Resumed, SignedIn, SignIn, SignOut
from wwphone.protocol.codec import decode_client_frame, encode_frame
from wwphone.protocol.errors import ErrorCode, RemoteMisbehaviourError, WireError
from wwphone.protocol.frames import (
    FailureFrame,
    GoodbyeFrame,
    HelloFrame,
    PingFrame,
    PongFrame,
    ReplyFrame,
    RequestFrame,
    SnapshotFrame,
)
from wwphone.protocol.message import Command, Result
from wwphone.protocol.record import CommandRecord
from wwphone.protocol.session import MAX_UNANSWERED, Heartbeat, LocalMisuseError, Send

MAX_BAD_FRAMES = 10
SIGN_IN_LIMIT_S = 30.0
"""A connection that is not signed in by then is closed."""


class ServerPhase(Enum):
    """Where a connection stands."""

    GREETING = auto()
    GREETED = auto()
    SIGNING_IN = auto()
    SIGNED_IN = auto()
    CLOSED = auto()


class _Step(Enum):
    OPENED = auto()
    SIGN_IN_ASKED = auto()
    GRANTED = auto()
    REFUSED = auto()
    CLOSED = auto()


_PHASES: Mapping[ServerPhase, Mapping[_Step, ServerPhase]] = MappingProxyType(
    {
        ServerPhase.GREETING: {_Step.OPENED: ServerPhase.GREETED, _Step.CLOSED: ServerPhase.CLOSED},
        ServerPhase.GREETED: {
            _Step.SIGN_IN_ASKED: ServerPhase.SIGNING_IN,
            _Step.CLOSED: ServerPhase.CLOSED,
        },
        ServerPhase.SIGNING_IN: {
            _Step.GRANTED: ServerPhase.SIGNED_IN,
            _Step.REFUSED: ServerPhase.GREETED,
            _Step.CLOSED: ServerPhase.CLOSED,
        },
        ServerPhase.SIGNED_IN: {_Step.CLOSED: ServerPhase.CLOSED},
        ServerPhase.CLOSED: {_Step.CLOSED: ServerPhase.CLOSED},
    }
)


class CloseReason(Enum):
    """Why the server ends a connection."""

    SIGNED_OUT = "signed_out"
    GOODBYE = "goodbye"
    """The goodbye frame that was sent before says why."""
    BAD_FRAMES = "bad_frames"
    NOT_SIGNED_IN = "not_signed_in"
    """Nobody signed in in time."""
    LOST = "lost"
    """The client has been silent for three heartbeats: close without waiting for it."""


@dataclass(frozen=True)
class CommandReceived:
    """Carry this out and answer with `reply`, `refuse`, `grant_sign_in` or `grant_resume`."""

    request_id: str
    command: Command


@dataclass(frozen=True)
class Close:
    """Send what was put out before, then close the connection. The session is in phase CLOSED already."""

    reason: CloseReason


ServerOutput = Send | CommandReceived | Close


class ServerSession:
    """The protocol on one connection of the server.

    Methods that put something out return it in order. `now_s` is any clock that only grows, in seconds.
    """

    def __init__(self, hello: HelloFrame) -> None:
        self._hello = hello
        self._phase = ServerPhase.GREETING
        self._record: CommandRecord | None = None
        self._unanswered: set[str] = set()
        self._sign_in: tuple[str, SignIn | Resume] | None = None
        self._sign_out_id: str | None = None
        self._bad_frames = 0
        self._opened_s = 0.0
        self._heartbeat = Heartbeat(hello.heartbeat_s, 0.0)

    # ------------------------------------------------------------ what it is

    @property
    def phase(self) -> ServerPhase:
        """Where the connection stands."""
        return self._phase

    @property
    def closed(self) -> bool:
        """Whether nothing more will be sent; ask before granting a sign-in that took a while."""
        return self._phase is ServerPhase.CLOSED

    @property
    def record(self) -> CommandRecord | None:
        """The record of the signed-in session; None before."""
        return self._record

    @property
    def next_deadline_s(self) -> float | None:
        """When `tick` wants to be called; None: never again."""
        if self._phase in (ServerPhase.GREETING, ServerPhase.CLOSED):
            return None
        if self._phase is ServerPhase.SIGNED_IN:
            return self._heartbeat.deadline_s
        return min(self._heartbeat.deadline_s, self._opened_s + SIGN_IN_LIMIT_S)

    # ------------------------------------------------------------ connection

    def open(self, now_s: float) -> list[ServerOutput]:
        """The connection stands: greet the client."""
        self._step(_Step.OPENED)
        self._opened_s = now_s
        self._heartbeat = Heartbeat(self._hello.heartbeat_s, now_s)
        return self._send(encode_frame(self._hello), now_s)

    def receive(self, text: str | bytes, now_s: float) -> list[ServerOutput]:
        """Take one websocket message. Bad ones are answered; after the end everything is ignored."""
        if self._phase is ServerPhase.CLOSED:
            return []
        if self._phase is ServerPhase.GREETING:
            raise LocalMisuseError("open() comes first")
        self._heartbeat.heard(now_s)
        try:
            frame = decode_client_frame(text)
        except RemoteMisbehaviourError as error:
            return self._bad(error.request_id, error.error, now_s)
        match frame:
            case PingFrame():
                return self._send(encode_frame(PongFrame()), now_s)
            case PongFrame():
                return []
            case RequestFrame(request_id, SignIn() | Resume() as command):
                return self._ask_sign_in(request_id, command, now_s)
            case RequestFrame(request_id, command):
                return self._ask(request_id, command, now_s)

    def tick(self, now_s: float) -> list[ServerOutput]:
        """Ping, or give up; call it at `next_deadline_s` or more often."""
        if self._phase in (ServerPhase.GREETING, ServerPhase.CLOSED):
            return []
        if self._heartbeat.is_lost(now_s):
            return self._close(CloseReason.LOST)
        if self._phase is not ServerPhase.SIGNED_IN and now_s >= self._opened_s + SIGN_IN_LIMIT_S:
            late = WireError(ErrorCode.NOT_SIGNED_IN, "nobody signed in in time")
            farewell = self._send(encode_frame(GoodbyeFrame(late)), now_s)
            return [*farewell, *self._close(CloseReason.NOT_SIGNED_IN)]
        if self._heartbeat.ping_is_due(now_s):
            return self._send(encode_frame(PingFrame()), now_s)
        return []

    def connection_lost(self) -> None:
        """The connection is gone. Requests that run stay in the record; may be called at any time, also twice."""
        self._step(_Step.CLOSED)

    # ------------------------------------------------------------ answers

    def grant_sign_in(
        self, request_id: str, result: SignedIn, record: CommandRecord, snapshot: SnapshotFrame, now_s: float
    ) -> list[ServerOutput]:
        """Sign in succeeded: the session is open, `snapshot` is what it mirrors."""
        self._grant(request_id, SignIn, record)
        return [
            *self._send(encode_frame(ReplyFrame(request_id, result)), now_s),
            *self._send(encode_frame(snapshot), now_s),
        ]

    def grant_resume(
        self,
        request_id: str,
        result: Resumed,
        record: CommandRecord,
        catch_up: SnapshotFrame | str | None,
        now_s: float,
    ) -> list[ServerOutput]:
        """Resume succeeded: pending requests are settled, then comes what was missed.

        `catch_up` is a snapshot, or the text of an events frame (`encode_events`), or None when nothing happened.
        `record` is that of the session, or a new one after a restart of the server.
        """
        if result.snapshot != isinstance(catch_up, SnapshotFrame):
            raise LocalMisuseError("Resumed.snapshot has to say what follows")
        resume = self._grant(request_id, Resume, record)
        assert isinstance(resume, Resume)
        continuous = resume.server_id == self._hello.server_id
        settled = record.settle(resume.pending, continuous=continuous)
        self._unanswered.update(one for one in resume.pending if record.is_running(one))
        texts = [encode_frame(ReplyFrame(request_id, result)), *settled]
        if catch_up is not None:
            texts.append(catch_up if isinstance(catch_up, str) else encode_frame(catch_up))
        return [output for text in texts for output in self._send(text, now_s)]

    def reply(self, request_id: str, result: Result, now_s: float) -> list[ServerOutput]:
        """A request succeeded. Its answer is recorded, and sent if this connection's client waits for it."""
        if request_id == self._sign_out_id and not self.closed:
            return [
                *self._send(encode_frame(ReplyFrame(request_id, result)), now_s),
                *self._close(CloseReason.SIGNED_OUT),
            ]
        return self._answer(request_id, result, now_s)

    def refuse(self, request_id: str, error: WireError, now_s: float) -> list[ServerOutput]:
        """A request failed; signing in and resuming too."""
        if self._sign_in is not None and request_id == self._sign_in[0]:
            self._sign_in = None
            if self.closed:
                return []
            self._step(_Step.REFUSED)
            return self._send(encode_frame(FailureFrame(request_id, error)), now_s)
        if request_id == self._sign_out_id:
            self._sign_out_id = None
            return self._send(encode_frame(FailureFrame(request_id, error)), now_s)
        return self._answer(request_id, error, now_s)

    def send_events(self, text: str, now_s: float) -> list[ServerOutput]:
        """Send an events frame that was encoded once for all clients (`encode_events`)."""
        self._must_be_signed_in()
        return self._send(text, now_s)

    def send_snapshot(self, snapshot: SnapshotFrame, now_s: float) -> list[ServerOutput]:
        """Replace what the client mirrors, for instance when it may see other people from now on."""
        self._must_be_signed_in()
        return self._send(encode_frame(snapshot), now_s)

    def goodbye(self, error: WireError, now_s: float) -> list[ServerOutput]:
        """End the connection from here, and say why."""
        if self.closed:
            return []
        return [*self._send(encode_frame(GoodbyeFrame(error)), now_s), *self._close(CloseReason.GOODBYE)]

    # ------------------------------------------------------------ inside

    def _step(self, step: _Step) -> None:
        following = _PHASES[self._phase].get(step)
        if following is None:
            raise LocalMisuseError(f"{step.name} makes no sense in phase {self._phase.name}")
        self._phase = following

    def _must_be_signed_in(self) -> None:
        if self._phase is not ServerPhase.SIGNED_IN:
            raise LocalMisuseError(f"nobody is signed in (phase {self._phase.name})")

    def _ask_sign_in(self, request_id: str, command: SignIn | Resume, now_s: float) -> list[ServerOutput]:
        if self._phase is not ServerPhase.GREETED:
            twice = WireError(ErrorCode.CONFLICT, "this connection signs in or is signed in already")
            return self._bad(request_id, twice, now_s)
        self._step(_Step.SIGN_IN_ASKED)
        self._sign_in = (request_id, command)
        return [CommandReceived(request_id, command)]

    def _ask(self, request_id: str, command: Command, now_s: float) -> list[ServerOutput]:
        record = self._record
        if self._phase is not ServerPhase.SIGNED_IN or record is None:
            return self._bad(request_id, WireError(ErrorCode.NOT_SIGNED_IN, "sign in first"), now_s)
        known = record.answer(request_id)
        if known is not None:
            return self._send(known, now_s)
        if record.is_running(request_id):
            self._unanswered.add(request_id)
            return []
        if len(self._unanswered) >= MAX_UNANSWERED:
            full = WireError(
                ErrorCode.NOT_EXECUTED,
                f"more than {MAX_UNANSWERED} requests without an answer; nothing happened",
            )
            return self._bad(request_id, full, now_s)
        if isinstance(command, SignOut):
            self._sign_out_id = request_id
        else:
            record.begin(request_id)
            self._unanswered.add(request_id)
        return [CommandReceived(request_id, command)]

    def _grant(self, request_id: str, kind: type[Command], record: CommandRecord) -> SignIn | Resume:
        if self._sign_in is None or self._sign_in[0] != request_id or not isinstance(self._sign_in[1], kind):
            raise LocalMisuseError(f"no {kind.__name__} was asked for with this id")
        self._step(_Step.GRANTED)
        command = self._sign_in[1]
        self._sign_in = None
        self._record = record
        return command

    def _answer(self, request_id: str, outcome: Result | WireError, now_s: float) -> list[ServerOutput]:
        if self._record is None:
            raise LocalMisuseError("no such request")
        text = self._record.finish(request_id, outcome)
        if self.closed or request_id not in self._unanswered:
            return []
        self._unanswered.discard(request_id)
        return self._send(text, now_s)

    def _bad(self, request_id: str | None, error: WireError, now_s: float) -> list[ServerOutput]:
        if (
            request_id is None or error.code is not ErrorCode.UNKNOWN_TYPE
        ):  # a newer client may ask unknown things
            self._bad_frames += 1
        answer = self._send(encode_frame(FailureFrame(request_id, error)), now_s)
        if self._bad_frames < MAX_BAD_FRAMES:
            return answer
        enough = WireError(ErrorCode.BAD_MESSAGE, "too many messages that make no sense")
        return [
            *answer,
            *self._send(encode_frame(GoodbyeFrame(enough)), now_s),
            *self._close(CloseReason.BAD_FRAMES),
        ]

    def _send(self, text: str, now_s: float) -> list[ServerOutput]:
        if self.closed:
            return []
        self._heartbeat.sent(now_s)
        return [Send(text)]

    def _close(self, reason: CloseReason) -> list[ServerOutput]:
        self._step(_Step.CLOSED)
        return [Close(reason)]
