"""A CTI server's mind in small: sessions, records, one state, events; no I/O. For the protocol's and the link's tests."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from wwphone.cti.fake_desk_phone import FakeDeskPhone
from wwphone.cti.fake_ring_groups import FakeRingGroups
from wwphone.cti.fake_switches import FakeSwitches
from wwphone.domain.account import SipAccount
from wwphone.domain.calls import CallDirection, Leg, LegState, Party
from wwphone.domain.presence import Presence
from wwphone.protocol.account import Resume, Resumed, SignedIn, SignIn, SignOut
from wwphone.protocol.calls import Dial, Dialled, LegChanged
from wwphone.protocol.codec import encode_event, encode_events
from wwphone.protocol.errors import CommandRefusedError, ErrorCode, WireError
from wwphone.protocol.frames import PROTOCOL_VERSION, HelloFrame, MirroredState, SnapshotFrame
from wwphone.protocol.message import Command, Done, Event, Result
from wwphone.protocol.mirror import Mirror
from wwphone.protocol.presence import PresenceChanged, SetPresence
from wwphone.protocol.record import CommandRecord
from wwphone.protocol.server_session import (
    Close,
    CommandReceived,
    ServerOutput,
    ServerPhase,
    ServerSession,
)
from wwphone.protocol.session import Send
from wwphone.protocol.shown import SetShownDefault, ShownDefaultChanged

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PASSWORD = "open sesame"


@dataclass
class FakeSignedInSession:
    """What outlives a connection."""

    record: CommandRecord
    connection: FakeCtiConnection | None = None


class FakeCtiConnection:
    """One connection to the fake core. What it puts out goes to `deliver`, or waits in `outbox`."""

    def __init__(self, core: FakeCtiCore, hello: HelloFrame) -> None:
        self.session = ServerSession(hello)
        self.outbox: list[str] = []
        self.close_wanted = False
        self.deliver: Callable[[FakeCtiConnection], None] | None = None
        self.token: str | None = None
        self._core = core

    def receive(self, text: str | bytes, now_s: float) -> None:
        """A message of the client arrives."""
        self.put(self.session.receive(text, now_s), now_s)

    def tick(self, now_s: float) -> None:
        """Time passes."""
        self.put(self.session.tick(now_s), now_s)

    def lost(self) -> None:
        """The server notices that the connection is gone."""
        self.session.connection_lost()
        self.close_wanted = True
        if self.deliver is not None:
            self.deliver(self)

    def put(self, outputs: list[ServerOutput], now_s: float) -> None:
        """Do what the session says."""
        for output in outputs:
            match output:
                case Send(text):
                    self.outbox.append(text)
                case Close():
                    self.close_wanted = True
                case CommandReceived(request_id, command):
                    self._core.carry_out(self, request_id, command, now_s)
        if self.deliver is not None:
            self.deliver(self)


@dataclass
class FakeCtiCore:
    """One user, any number of sessions. `hold` makes commands of these classes run until `release`."""

    state: MirroredState
    heartbeat_s: float = 15.0
    sip_account: SipAccount | None = None
    protocol: int = PROTOCOL_VERSION
    sign_in_error: WireError | None = None
    resume_error: WireError | None = None
    hold: set[type[Command]] = field(default_factory=set)
    executed: list[tuple[str, Command]] = field(default_factory=list)
    """Every command that was begun, over all lives of the server."""
    sign_ins: list[SignIn] = field(default_factory=list)
    resumes: list[Resume] = field(default_factory=list)
    connections: list[FakeCtiConnection] = field(default_factory=list)
    sessions: dict[str, FakeSignedInSession] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._lives = itertools.count(1)
        self._tokens = (f"token-{number}" for number in itertools.count(1))
        self._legs = itertools.count(1)
        self._held: list[tuple[str, str, Command]] = []
        self.truth = Mirror(self.state, 1)
        self._now_s = 0.0
        asked = self.truth, self._publish, lambda: NOON
        self._parts = (FakeRingGroups(*asked), FakeSwitches(*asked), FakeDeskPhone(*asked))
        self._new_life()

    # ------------------------------------------------------------ what tests do

    def connect(self, now_s: float) -> FakeCtiConnection:
        """A client connects."""
        hello = HelloFrame(self.protocol, self.server_id, "0.0.1", self.heartbeat_s)
        connection = FakeCtiConnection(self, hello)
        self.connections.append(connection)
        connection.put(connection.session.open(now_s), now_s)
        return connection

    def restart(self) -> None:
        """The server dies and comes back: tokens are durable, records and events are not."""
        self._held.clear()
        for session in self.sessions.values():
            session.connection = None
            session.record = CommandRecord()
        connections, self.connections = self.connections, []
        for connection in connections:
            connection.lost()
        self._new_life()

    def change(self, *events: Event, now_s: float = 0.0) -> None:
        """Something happened; every signed-in client is told."""
        revision = self.truth.revision + 1
        self.truth.apply(revision, events)
        self._log.extend((revision, encode_event(event)) for event in events)
        text = encode_events(revision, [encode_event(event) for event in events])
        for connection in tuple(self.connections):
            if connection.session.phase is ServerPhase.SIGNED_IN:
                connection.put(connection.session.send_events(text, now_s), now_s)

    def forget_events(self) -> None:
        """Who was away too long gets a snapshot."""
        self._log.clear()
        self._log_begins = self.truth.revision

    def end_sessions(self, now_s: float = 0.0) -> None:
        """No token is worth anything any more, and who is connected is told to go."""
        ended = WireError(ErrorCode.SESSION_EXPIRED, "the session was ended")
        self.sessions.clear()
        for connection in tuple(self.connections):
            if connection.session.phase is ServerPhase.SIGNED_IN:
                connection.put(connection.session.goodbye(ended, now_s), now_s)

    def release(self, now_s: float = 0.0) -> None:
        """Finish what is held."""
        held, self._held = self._held, []
        for token, request_id, command in held:
            self._finish(token, request_id, self._do(command, now_s), now_s)

    # ------------------------------------------------------------ what connections do

    def carry_out(
        self, connection: FakeCtiConnection, request_id: str, command: Command, now_s: float
    ) -> None:
        """Serve a request."""
        match command:
            case SignIn():
                self.sign_ins.append(command)
                self._sign_in(connection, request_id, command, now_s)
            case Resume():
                self.resumes.append(command)
                self._resume(connection, request_id, command, now_s)
            case SignOut():
                if connection.token is not None:
                    self.sessions.pop(connection.token, None)
                connection.put(connection.session.reply(request_id, Done(), now_s), now_s)
            case _:
                self.executed.append((request_id, command))
                assert connection.token is not None
                if type(command) in self.hold:
                    self._held.append((connection.token, request_id, command))
                else:
                    self._finish(connection.token, request_id, self._do(command, now_s), now_s)

    # ------------------------------------------------------------ inside

    def _new_life(self) -> None:
        self.server_id = f"life-{next(self._lives)}"
        self._log: list[tuple[int, bytes]] = []
        self._log_begins = self.truth.revision

    def _sign_in(self, connection: FakeCtiConnection, request_id: str, command: SignIn, now_s: float) -> None:
        error = self.sign_in_error
        if error is not None and error.code is ErrorCode.SIGNED_IN_ELSEWHERE and command.take_over:
            error = None
        if command.password != PASSWORD:
            error = WireError(ErrorCode.WRONG_PASSWORD, "user unknown or password wrong")
        if error is not None:
            connection.put(connection.session.refuse(request_id, error, now_s), now_s)
            return
        token = next(self._tokens)
        record = CommandRecord()
        self.sessions[token] = FakeSignedInSession(record, connection)
        connection.token = token
        state = self.truth.state()
        result = SignedIn(token, state.profile, self.sip_account)
        snapshot = SnapshotFrame(self.truth.revision, state)
        connection.put(connection.session.grant_sign_in(request_id, result, record, snapshot, now_s), now_s)

    def _resume(self, connection: FakeCtiConnection, request_id: str, command: Resume, now_s: float) -> None:
        session = self.sessions.get(command.token)
        error = self.resume_error
        if session is None:
            error = WireError(ErrorCode.SESSION_EXPIRED, "sign in again")
        if error is not None or session is None:
            assert error is not None
            connection.put(connection.session.refuse(request_id, error, now_s), now_s)
            return
        former, session.connection = session.connection, connection
        connection.token = command.token
        if former is not None and former is not connection:
            self.connections.remove(former)
            former.lost()
        catch_up = self._catch_up(command)
        result = Resumed(isinstance(catch_up, SnapshotFrame), self.sip_account)
        outputs = connection.session.grant_resume(request_id, result, session.record, catch_up, now_s)
        connection.put(outputs, now_s)

    def _catch_up(self, command: Resume) -> SnapshotFrame | str | None:
        same_life = command.server_id == self.server_id
        if not same_life or not self._log_begins <= command.revision <= self.truth.revision:
            return SnapshotFrame(self.truth.revision, self.truth.state())
        missed = [part for revision, part in self._log if revision > command.revision]
        return encode_events(self.truth.revision, missed) if missed else None

    def _finish(self, token: str, request_id: str, outcome: Result | WireError, now_s: float) -> None:
        session = self.sessions.get(token)
        if session is None:
            return
        connection = session.connection
        if connection is None:
            session.record.finish(request_id, outcome)
        elif isinstance(outcome, WireError):
            connection.put(connection.session.refuse(request_id, outcome, now_s), now_s)
        else:
            connection.put(connection.session.reply(request_id, outcome, now_s), now_s)

    def _publish(self, *events: Event) -> None:
        self.change(*events, now_s=self._now_s)

    def _do(self, command: Command, now_s: float) -> Result | WireError:
        me, self._now_s = self.truth.state().profile.user, now_s
        match command:
            case SetPresence(status, back_at, user):
                presence = Presence(status, NOON, back_at, "PC", connected=True)
                self._publish(PresenceChanged(user or me, presence))
                return Done()
            case SetShownDefault(called, shown):
                self._publish(ShownDefaultChanged(called, shown))
                return Done()
            case Dial(number):
                leg_id = f"leg-{next(self._legs)}"
                outgoing = CallDirection.OUTGOING
                self.change(
                    LegChanged(Leg(leg_id, leg_id, me, outgoing, Party(number), LegState.RINGING, NOON)),
                    now_s=now_s,
                )
                return Dialled(leg_id)
        return self._do_elsewhere(command)

    def _do_elsewhere(self, command: Command) -> Result | WireError:
        try:
            done = next((done for part in self._parts if (done := part.carry_out(command)) is not None), None)
        except CommandRefusedError as refused:
            return refused.error
        except KeyError:
            return WireError(ErrorCode.NOT_FOUND, "there is no such call any more")
        return done or WireError(ErrorCode.NOT_FOUND, "the fake server does not know how")
