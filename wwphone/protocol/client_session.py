"""The client's side of the protocol: one session over any number of connections.

What follows what::

    OFFLINE ──connected──▶ WAITING ──hello──▶ GREETED ──asked──▶ OPENING ──granted──▶ LOADING ──snapshot──▶ OPEN
       ▲                                         ▲                  │ │                                      ▲
       │                                         └─────refused──────┘ └───────resumed without a snapshot─────┘
       └──────────lost (from every phase; also after a goodbye, a sign-out, or misbehaviour of the server)

Requests may be made in phase OPEN only; elsewhere they fail at once with NOT_EXECUTED, nothing is queued. After a cut,
requests that do not act fail at once; those that act stay pending, are named in the Resume, and get the server's word on
what became of them. They are never sent again. When the session itself is over (expired, taken over, signed out), nobody
knows any more: UNKNOWN_OUTCOME.

Answers to requests that are not pending are ignored: whoever asked has been answered.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType

from wwphone.domain.account import Mode
from wwphone.protocol.account import ClientInfo, Resume, Resumed, SignedIn, SignIn
from wwphone.protocol.client_outputs import (
    Changed,
    ClientOutput,
    GiveUp,
    GoodbyeReceived,
    Greeted,
    Replaced,
    RequestAnswered,
    RequestFailed,
    SessionOpened,
    SessionRefused,
)
from wwphone.protocol.codec import decode_server_frame_in_steps, encode_frame
from wwphone.protocol.errors import ErrorCode, RemoteMisbehaviourError, WireError
from wwphone.protocol.frames import (
    MAX_REQUEST_BYTES,
    PROTOCOL_VERSION,
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
from wwphone.protocol.message import Command, Event, Result
from wwphone.protocol.mirror import Mirror
from wwphone.protocol.session import MAX_UNANSWERED, Heartbeat, LocalMisuseError, Send
from wwphone.protocol.steps import outcome_of

HELLO_LIMIT_S = 10.0
"""A server that has not greeted by then is none; the same limit holds for each answer while signing in."""
PROBE_LIMIT_S = 3.0
HEARTBEAT_RANGE_S = (0.05, 300.0)


class ClientPhase(Enum):
    """Where the session stands on the present connection."""

    OFFLINE = auto()
    WAITING = auto()
    GREETED = auto()
    OPENING = auto()
    LOADING = auto()
    OPEN = auto()


class _Step(Enum):
    CONNECTED = auto()
    HELLO = auto()
    ASKED = auto()
    REFUSED = auto()
    GRANTED = auto()
    CONTINUED = auto()
    LOADED = auto()
    LOST = auto()


_PHASES: Mapping[ClientPhase, Mapping[_Step, ClientPhase]] = MappingProxyType(
    {
        ClientPhase.OFFLINE: {_Step.CONNECTED: ClientPhase.WAITING, _Step.LOST: ClientPhase.OFFLINE},
        ClientPhase.WAITING: {_Step.HELLO: ClientPhase.GREETED, _Step.LOST: ClientPhase.OFFLINE},
        ClientPhase.GREETED: {_Step.ASKED: ClientPhase.OPENING, _Step.LOST: ClientPhase.OFFLINE},
        ClientPhase.OPENING: {
            _Step.REFUSED: ClientPhase.GREETED,
            _Step.GRANTED: ClientPhase.LOADING,
            _Step.CONTINUED: ClientPhase.OPEN,
            _Step.LOST: ClientPhase.OFFLINE,
        },
        ClientPhase.LOADING: {_Step.LOADED: ClientPhase.OPEN, _Step.LOST: ClientPhase.OFFLINE},
        ClientPhase.OPEN: {_Step.LOADED: ClientPhase.OPEN, _Step.LOST: ClientPhase.OFFLINE},
    }
)


@dataclass(frozen=True)
class _Opening:
    request_id: str
    resuming: bool


class ClientSession:
    """The protocol as a client sees it, across reconnects.

    Methods that put something out return it in order. `now_s` is any clock that only grows, in seconds. `new_id` makes
    request ids, unique within a session (1 to 64 characters).
    """

    def __init__(self, client: ClientInfo, new_id: Callable[[], str]) -> None:
        self.mirror = Mirror()
        self._client = client
        self._new_id = new_id
        self._phase = ClientPhase.OFFLINE
        self._token = ""
        self._mode = Mode.SOFTPHONE
        self._hello: HelloFrame | None = None
        self._state_server_id = ""
        self._heartbeat: Heartbeat | None = None
        self._limit_s = 0.0
        self._probe_limit_s: float | None = None
        self._opening: _Opening | None = None
        self._pending: dict[str, Command] = {}

    # ------------------------------------------------------------ what it is

    @property
    def phase(self) -> ClientPhase:
        """Where the session stands on the present connection."""
        return self._phase

    @property
    def can_resume(self) -> bool:
        """Whether there is a session that a Resume may open again."""
        return bool(self._token)

    @property
    def pending(self) -> tuple[str, ...]:
        """Requests without an answer, oldest first."""
        return tuple(self._pending)

    @property
    def next_deadline_s(self) -> float | None:
        """When `tick` wants to be called; None: not while offline."""
        if self._phase is ClientPhase.OFFLINE:
            return None
        limits_s = [self._limit_s] if self._phase in _LIMITED else []
        if self._probe_limit_s is not None:
            limits_s.append(self._probe_limit_s)
        if self._heartbeat is not None:
            limits_s.append(self._heartbeat.deadline_s)
        return min(limits_s)

    # ------------------------------------------------------------ connection

    def connected(self, now_s: float) -> None:
        """A connection stands; the server greets first."""
        self._step(_Step.CONNECTED)
        self._hello = None
        self._heartbeat = None
        self._probe_limit_s = None
        self._limit_s = now_s + HELLO_LIMIT_S

    def connection_lost(self) -> list[ClientOutput]:
        """The connection is gone: what does not act fails now, what acts waits for a resume (if there is a session)."""
        self._step(_Step.LOST)
        self._opening = None
        if not self._token:
            return self._fail_all(_UNKNOWN_OUTCOME)
        idle = [one for one, command in self._pending.items() if not command.acts]
        return [self._fail(one, _CUT) for one in idle]

    def receive(self, text: str | bytes, now_s: float) -> list[ClientOutput]:
        """Take one websocket message.

        Raises RemoteMisbehaviourError when the server breaks the protocol (its error is UNSUPPORTED_VERSION when it
        speaks another one): close the connection, call `connection_lost`, and come back later.
        """
        return outcome_of(self.receive_in_steps(text, now_s))

    def receive_in_steps(self, text: str | bytes, now_s: float) -> Generator[None, None, list[ClientOutput]]:
        """As `receive`, but yield while a long message is read, so that others have their turn; messages stay in order."""
        if self._phase is ClientPhase.OFFLINE:
            return []
        self._probe_limit_s = None
        if self._heartbeat is not None:
            self._heartbeat.heard(now_s)
        try:
            frame = yield from decode_server_frame_in_steps(text)
            return [] if self.phase is ClientPhase.OFFLINE else self._on_frame(frame, now_s)
        except RemoteMisbehaviourError as error:
            if error.request_id is not None and error.request_id in self._pending:
                return [self._fail(error.request_id, error.error)]
            if self._may_ignore(error):
                return []
            self._state_server_id = ""  # the next resume asks for a snapshot
            raise

    def tick(self, now_s: float) -> list[ClientOutput]:
        """Ping, or give up; call it at `next_deadline_s` or more often."""
        if self._phase is ClientPhase.OFFLINE:
            return []
        if self._phase in _LIMITED and now_s >= self._limit_s:
            return [GiveUp(f"no answer for {HELLO_LIMIT_S:g} s while signing in")]
        if self._probe_limit_s is not None and now_s >= self._probe_limit_s:
            return [GiveUp(f"no answer to a probe for {PROBE_LIMIT_S:g} s")]
        if self._heartbeat is None:
            return []
        if self._heartbeat.is_lost(now_s):
            return [GiveUp("nothing heard for three heartbeats")]
        return self._send(encode_frame(PingFrame()), now_s) if self._heartbeat.ping_is_due(now_s) else []

    def probe(self, now_s: float) -> list[ClientOutput]:
        """Make sure now that the line lives, for instance after the PC slept: ping, and give up soon."""
        if self._heartbeat is None or self._phase is ClientPhase.OFFLINE:
            return []
        if self._probe_limit_s is None:
            self._probe_limit_s = now_s + PROBE_LIMIT_S
        return self._send(encode_frame(PingFrame()), now_s)

    # ------------------------------------------------------------ session

    def sign_in(
        self, user: str, password: str, *, mode: Mode, take_over: bool, now_s: float
    ) -> list[ClientOutput]:
        """Open a new session. What was pending in a former one has an unknown outcome."""
        lost = self._drop()
        self._mode = mode
        command = SignIn(user, password, self._client, mode, take_over)
        return [*lost, *self._open(command, now_s)]

    def use_mode(self, mode: Mode) -> None:
        """The server was told to use another mode: tell it so again when the session is resumed."""
        self._mode = mode

    def resume(self, now_s: float) -> list[ClientOutput]:
        """Go on with the session after a cut."""
        if not self._token:
            raise LocalMisuseError("there is no session to resume")
        command = Resume(
            token=self._token,
            server_id=self._state_server_id,
            revision=self.mirror.revision if self._state_server_id else 0,
            pending=tuple(self._pending),
            mode=self._mode,
        )
        return self._open(command, now_s)

    def forget(self) -> list[ClientOutput]:
        """The session is over for this client (signed out, expired, taken over): drop token, state and hope."""
        self.mirror.clear()
        return self._drop()

    def request(self, command: Command, now_s: float) -> tuple[str, list[ClientOutput]]:
        """Ask something of the server; its id and what to do. It may have failed already, when nobody is signed in."""
        if isinstance(command, (SignIn, Resume)):
            raise LocalMisuseError("sessions are opened by sign_in and resume")
        request_id = self._unique_id()
        if self._phase is not ClientPhase.OPEN:
            return request_id, [RequestFailed(request_id, _NOT_CONNECTED)]
        if len(self._pending) >= MAX_UNANSWERED:
            return request_id, [RequestFailed(request_id, _TOO_MANY)]
        text = encode_frame(RequestFrame(request_id, command))
        if len(text.encode()) > MAX_REQUEST_BYTES:
            return request_id, [RequestFailed(request_id, _TOO_LONG)]
        self._pending[request_id] = command
        return request_id, self._send(text, now_s)

    # ------------------------------------------------------------ inside

    def _step(self, step: _Step) -> None:
        following = _PHASES[self._phase].get(step)
        if following is None:
            raise LocalMisuseError(f"{step.name} makes no sense in phase {self._phase.name}")
        self._phase = following

    def _open(self, command: SignIn | Resume, now_s: float) -> list[ClientOutput]:
        self._step(_Step.ASKED)
        self._limit_s = now_s + HELLO_LIMIT_S
        self._opening = _Opening(self._unique_id(), isinstance(command, Resume))
        return self._send(encode_frame(RequestFrame(self._opening.request_id, command)), now_s)

    def _on_frame(self, frame: ServerFrame, now_s: float) -> list[ClientOutput]:
        if self._phase is ClientPhase.WAITING:
            return self._on_first(frame, now_s)
        match frame:
            case ReplyFrame(request_id, result):
                return self._on_reply(request_id, result)
            case FailureFrame(request_id, error):
                return self._on_failure(request_id, error)
            case SnapshotFrame(revision, state):
                return self._on_snapshot(revision, state)
            case EventsFrame(revision, events):
                return self._on_events(revision, events)
            case GoodbyeFrame(error):
                return [GoodbyeReceived(error)]
            case PingFrame():
                return self._send(encode_frame(PongFrame()), now_s)
            case PongFrame():
                return []
            case HelloFrame():
                raise _misbehaved("a second hello")

    def _on_first(self, frame: ServerFrame, now_s: float) -> list[ClientOutput]:
        if isinstance(frame, GoodbyeFrame):
            return [GoodbyeReceived(frame.error)]
        if not isinstance(frame, HelloFrame):
            raise _misbehaved("the first frame is no hello")
        if frame.protocol != PROTOCOL_VERSION:
            detail = (
                f"the server speaks version {frame.protocol} of the protocol, this client {PROTOCOL_VERSION}"
            )
            raise RemoteMisbehaviourError(WireError(ErrorCode.UNSUPPORTED_VERSION, detail))
        shortest_s, longest_s = HEARTBEAT_RANGE_S
        if not shortest_s <= frame.heartbeat_s <= longest_s or not frame.server_id:
            raise _misbehaved("a hello without a sensible heartbeat or server id")
        self._step(_Step.HELLO)
        self._hello = frame
        self._heartbeat = Heartbeat(frame.heartbeat_s, now_s)
        return [Greeted(frame.server_id, frame.server_version)]

    def _on_reply(self, request_id: str, result: Result) -> list[ClientOutput]:
        if self._opening is not None and request_id == self._opening.request_id:
            return self._on_opened(result, resuming=self._opening.resuming)
        if self._pending.pop(request_id, None) is None:
            return []
        return [RequestAnswered(request_id, result)]

    def _on_opened(self, result: Result, *, resuming: bool) -> list[ClientOutput]:
        self._opening = None
        match result:
            case SignedIn(token=token, sip_account=account) if not resuming:
                if not token:
                    raise _misbehaved("a session without a token")
                self._token = token
                self._step(_Step.GRANTED)
            case Resumed(snapshot=True, sip_account=account) if resuming:
                self._step(_Step.GRANTED)
            case Resumed(snapshot=False, sip_account=account) if resuming:
                if self._hello is None or self._hello.server_id != self._state_server_id:
                    raise _misbehaved("a resume without a snapshot, though the state is of another server")
                self._step(_Step.CONTINUED)
            case _:
                raise _misbehaved(f"{result.wire_name} does not answer what was asked")
        return [SessionOpened(resuming, account)]

    def _on_failure(self, request_id: str | None, error: WireError) -> list[ClientOutput]:
        if request_id is None:
            # Which of our requests it was is not known; a resume settles them all.
            return [GiveUp(f"the server cannot read what we sent: {error.sentence}")]
        if self._opening is not None and request_id == self._opening.request_id:
            resuming = self._opening.resuming
            self._opening = None
            self._step(_Step.REFUSED)
            return [SessionRefused(error, resuming)]
        return [self._fail(request_id, error)] if request_id in self._pending else []

    def _on_snapshot(self, revision: int, state: MirroredState) -> list[ClientOutput]:
        if self._phase not in (ClientPhase.LOADING, ClientPhase.OPEN) or self._hello is None:
            raise _misbehaved("a snapshot nobody waits for")
        if self._phase is ClientPhase.OPEN and revision < self.mirror.revision:
            raise _misbehaved("a snapshot older than what is known")
        self._step(_Step.LOADED)
        self.mirror.replace(revision, state)
        self._state_server_id = self._hello.server_id
        return [Replaced()]

    def _on_events(self, revision: int, events: tuple[Event, ...]) -> list[ClientOutput]:
        if self._phase is not ClientPhase.OPEN:
            raise _misbehaved("events without a snapshot")
        if revision <= self.mirror.revision:
            raise _misbehaved("a revision that does not grow")
        self.mirror.apply(revision, events)
        return [Changed(events)]

    def _may_ignore(self, error: RemoteMisbehaviourError) -> bool:
        """Unknown kinds of frame and answers to nobody are of a newer server; what we wait for must be readable."""
        awaited = self._opening is not None and error.request_id == self._opening.request_id
        unknown = error.error.code is ErrorCode.UNKNOWN_TYPE
        return unknown and not awaited and self._phase is not ClientPhase.WAITING

    def _unique_id(self) -> str:
        request_id = self._new_id()
        if not 1 <= len(request_id) <= 64 or request_id in self._pending:
            raise LocalMisuseError("request ids are unique and have 1 to 64 characters")
        return request_id

    def _send(self, text: str, now_s: float) -> list[ClientOutput]:
        if self._heartbeat is not None:
            self._heartbeat.sent(now_s)
        return [Send(text)]

    def _drop(self) -> list[ClientOutput]:
        self._token = ""
        self._state_server_id = ""
        return self._fail_all(_UNKNOWN_OUTCOME)

    def _fail(self, request_id: str, error: WireError) -> RequestFailed:
        del self._pending[request_id]
        return RequestFailed(request_id, error)

    def _fail_all(self, error: WireError) -> list[ClientOutput]:
        return [self._fail(request_id, error) for request_id in tuple(self._pending)]


_LIMITED = (ClientPhase.WAITING, ClientPhase.OPENING)
_UNKNOWN_OUTCOME = WireError(
    ErrorCode.UNKNOWN_OUTCOME, "the session ended before the answer came; it may or may not have been done"
)
_CUT = WireError(ErrorCode.NOT_EXECUTED, "the connection broke before the answer came; nothing was changed")
_NOT_CONNECTED = WireError(ErrorCode.NOT_EXECUTED, "not signed in at the moment; nothing was sent")
_TOO_MANY = WireError(ErrorCode.NOT_EXECUTED, "too many requests have no answer yet; nothing was sent")
_TOO_LONG = WireError(ErrorCode.INVALID, "the request is too long; nothing was sent")


def _misbehaved(sentence: str) -> RemoteMisbehaviourError:
    return RemoteMisbehaviourError(WireError(ErrorCode.BAD_MESSAGE, sentence))
