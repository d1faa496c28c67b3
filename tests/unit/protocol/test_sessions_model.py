"""Client and server session joined by an imaginary wire that delays, cuts and duplicates, with a server that restarts.

Whatever happened: once the wire holds, the client's mirror equals the server's state, every command ran at most once,
and every caller got exactly one answer, which tells the truth.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.helpers.fake_cti_core import NOON, PASSWORD, FakeCtiConnection, FakeCtiCore
from wwphone.domain.account import Mode, Right
from wwphone.domain.calls import PhoneState
from wwphone.domain.presence import Colleague, Presence, PresenceStatus
from wwphone.domain.shown import Shown
from wwphone.protocol.account import ClientInfo
from wwphone.protocol.calls import Dial, LegChanged, PhoneStateChanged
from wwphone.protocol.client_outputs import (
    ClientOutput,
    GiveUp,
    GoodbyeReceived,
    Greeted,
    RequestAnswered,
    RequestFailed,
    SessionRefused,
)
from wwphone.protocol.client_session import ClientPhase, ClientSession
from wwphone.protocol.desk_phone import DeskDial, DeskHangUp, DeskHold, DeskMute, DeskResume
from wwphone.protocol.errors import ErrorCode, RemoteMisbehaviourError
from wwphone.protocol.examples import EVENTS, SNAPSHOT
from wwphone.protocol.message import Command
from wwphone.protocol.presence import ColleagueChanged, ColleagueRemoved, PresenceChanged, SetPresence
from wwphone.protocol.ring_groups import SetLoggedIn
from wwphone.protocol.session import Send
from wwphone.protocol.shown import SetShownDefault
from wwphone.protocol.switches import SetSwitch

_USERS = ("anna_muster", "beat_keller", "carla", "dario")
_COMMANDS: tuple[Command, ...] = (
    Dial("207"),
    SetPresence(PresenceStatus.UNAVAILABLE),
    SetPresence(PresenceStatus.BE_RIGHT_BACK, user="beat_keller"),
    SetLoggedIn("300", logged_in=True),
    SetLoggedIn("300", logged_in=False),
    SetLoggedIn("399", logged_in=True),
    SetSwitch("holiday", on=True),
    SetSwitch("night", on=False),
    SetShownDefault("+41445550123", Shown()),
    SetShownDefault("+41445550123", None),
    DeskDial("207"),
)
_REFUSALS = (ErrorCode.NOT_FOUND,)
"""What the server says of its own accord to a command that it looked into."""


@dataclass
class Wire:
    """Messages under way between a client and one connection of the server."""

    connection: FakeCtiConnection
    to_server: deque[str] = field(default_factory=deque)


class SessionsModel(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now_s = 1000.0
        profile = SNAPSHOT.state.profile
        operator = replace(profile, rights=profile.rights | {Right.OPERATE_SWITCHES})
        desk_phone = EVENTS[LegChanged]
        assert isinstance(desk_phone, LegChanged)
        self.core = FakeCtiCore(replace(SNAPSHOT.state, profile=operator, legs=(desk_phone.leg,)))
        ids = (f"r{number}" for number in itertools.count(1))
        self.client = ClientSession(ClientInfo("0", "PC"), lambda: next(ids))
        self.wire: Wire | None = None
        self.old_wires: list[Wire] = []
        self.asked: set[str] = set()
        self.answers: dict[str, ErrorCode | None] = {}
        self.misbehaved = 0
        self.duplicated = False

    # ------------------------------------------------------------ what may happen

    @initialize()
    def a_person_signs_in(self) -> None:
        self.everything_arrives()

    @rule()
    def everything_arrives(self) -> None:
        for _ in range(400):
            if self.wire is None:
                self.connect()
            assert self.wire is not None
            if self.wire.to_server:
                self.client_to_server(1)
            elif self.wire.connection.outbox:
                self.server_to_client(1)
            elif self.wire.connection.close_wanted:
                self._cut()
            else:
                break
        assert self.client.phase is ClientPhase.OPEN
        assert self.client.mirror.state() == self.core.truth.state()

    @precondition(lambda self: self.wire is None)
    @rule()
    def connect(self) -> None:
        self.wire = Wire(self.core.connect(self.now_s))
        self.client.connected(self.now_s)

    @precondition(lambda self: self.wire is not None and self.wire.to_server)
    @rule(times=st.integers(1, 3))
    def client_to_server(self, times: int) -> None:
        for _ in range(times):
            if self.wire is not None and self.wire.to_server:
                self.wire.connection.receive(self.wire.to_server.popleft(), self.now_s)

    @precondition(lambda self: self.wire is not None and self.wire.connection.outbox)
    @rule(times=st.integers(1, 3))
    def server_to_client(self, times: int) -> None:
        for _ in range(times):
            if self.wire is not None and self.wire.connection.outbox:
                self._client_receives(self.wire.connection.outbox.pop(0))

    def duplicate_to_server(self) -> None:
        assert self.wire is not None
        self.duplicated = True
        self.wire.to_server.insert(0, self.wire.to_server[0])

    @precondition(lambda self: self.wire is not None and self.wire.connection.outbox)
    @rule()
    def duplicate_to_client(self) -> None:
        assert self.wire is not None
        self.duplicated = True
        self.wire.connection.outbox.insert(0, self.wire.connection.outbox[0])

    @precondition(lambda self: self.wire is not None)
    @rule(and_come_back=st.booleans())
    def cut(self, and_come_back: bool) -> None:
        self._cut()
        if and_come_back:
            self.everything_arrives()

    @precondition(lambda self: self.old_wires)
    @rule()
    def late_message_of_a_former_connection(self) -> None:
        wire = self.old_wires[0]
        if wire.to_server:
            wire.connection.receive(wire.to_server.popleft(), self.now_s)
        else:
            self.old_wires.pop(0)
            wire.connection.lost()

    @precondition(lambda self: self.client.pending)
    @rule()
    def server_restarts(self) -> None:
        self.core.restart()
        self.old_wires.clear()
        self._cut(forget=True)

    @precondition(lambda self: self.client.pending)
    @rule()
    def server_forgets_events(self) -> None:
        self.core.forget_events()

    @precondition(lambda self: self.client.pending)
    @rule()
    def sessions_expire(self) -> None:
        self.core.end_sessions(self.now_s)

    @rule(command=st.sampled_from(_COMMANDS))
    def ask_at_any_time(self, command: Command) -> None:
        self._ask(command)

    @precondition(lambda self: self.client.phase is ClientPhase.OPEN)
    @rule(
        commands=st.lists(st.sampled_from(_COMMANDS), min_size=1, max_size=3),
        copies=st.integers(0, 1),
        arrive=st.integers(0, 6),
    )
    def ask(self, commands: list[Command], copies: int, arrive: int) -> None:
        """Ask, perhaps have a message doubled under way, and let some of it arrive."""
        for command in commands:
            self._ask(command)
        if copies and self.wire is not None and self.wire.to_server:
            self.duplicate_to_server()
        self.client_to_server(arrive)

    @precondition(lambda self: self.client.phase is ClientPhase.OPEN)
    @rule(
        act=st.sampled_from([DeskHold, DeskResume, DeskHangUp, lambda leg: DeskMute(leg, muted=True)]),
        which=st.integers(0, 3),
    )
    def ask_of_the_desk_phone(self, act: Callable[[str], Command], which: int) -> None:
        """About a call that one sees, which may be over meanwhile."""
        mirror = self.client.mirror
        calls = sorted(mirror.held if act is DeskResume else mirror.legs)
        if calls:
            self._ask(act(calls[which % len(calls)]))

    def _ask(self, command: Command) -> None:
        request_id, outputs = self.client.request(command, self.now_s)
        self.asked.add(request_id)
        self._do(outputs)

    @rule(kind=st.sampled_from([Dial, SetPresence, SetLoggedIn, SetSwitch, DeskDial, DeskHold]))
    def work_takes_time(self, kind: type[Command]) -> None:
        self.core.hold.add(kind)

    @rule()
    def work_is_done(self) -> None:
        self.core.hold.clear()
        self.core.release(self.now_s)

    @rule(user=st.sampled_from(_USERS), state=st.sampled_from(PhoneState))
    def phone_changes(self, user: str, state: PhoneState) -> None:
        self.core.change(PhoneStateChanged(user, state), now_s=self.now_s)

    @rule(user=st.sampled_from(_USERS), status=st.sampled_from(PresenceStatus))
    def presence_changes(self, user: str, status: PresenceStatus) -> None:
        self.core.change(PresenceChanged(user, Presence(status, NOON)), now_s=self.now_s)

    @rule(user=st.sampled_from(_USERS[2:]))
    def colleague_comes_and_another_goes(self, user: str) -> None:
        newcomer = ColleagueChanged(Colleague(user, "210", user.title(), "Sales"))
        leaver = ColleagueRemoved("dario" if user == "carla" else "carla")
        self.core.change(newcomer, leaver, now_s=self.now_s)

    @rule(seconds=st.sampled_from([1.0, 16.0, 50.0]))
    def time_passes(self, seconds: float) -> None:
        self.now_s += seconds
        for connection in tuple(self.core.connections):
            connection.tick(self.now_s)
        self._do(self.client.tick(self.now_s))

    # ------------------------------------------------------------ what must hold

    @invariant()
    def nothing_ran_twice(self) -> None:
        ids = [request_id for request_id, _ in self.core.executed]
        assert len(ids) == len(set(ids))

    @invariant()
    def nobody_is_told_twice_or_lied_to(self) -> None:
        ran = {request_id for request_id, _ in self.core.executed}
        for request_id, code in self.answers.items():
            assert code is not None or request_id in ran
            assert code is not ErrorCode.NOT_EXECUTED or request_id not in ran
            assert request_id not in ran or code in (None, ErrorCode.UNKNOWN_OUTCOME, *_REFUSALS)

    @invariant()
    def a_good_server_is_not_blamed(self) -> None:
        assert self.misbehaved == 0 or self.duplicated

    def teardown(self) -> None:
        self.core.hold.clear()
        self.core.release(self.now_s)
        self.everything_arrives()
        assert self.client.mirror.state() == self.core.truth.state()
        assert self.client.mirror.revision == self.core.truth.revision
        assert set(self.answers) == self.asked
        assert self.client.pending == ()
        self.nothing_ran_twice()
        self.nobody_is_told_twice_or_lied_to()

    # ------------------------------------------------------------ the client's link, in small

    def _client_receives(self, text: str) -> None:
        try:
            self._do(self.client.receive(text, self.now_s))
        except RemoteMisbehaviourError:
            self.misbehaved += 1
            self._cut()

    def _cut(self, *, forget: bool = False) -> None:
        wire, self.wire = self.wire, None
        if wire is not None:
            if not forget:
                self.old_wires.append(wire)
            self._do(self.client.connection_lost())

    def _do(self, outputs: list[ClientOutput]) -> None:
        for output in outputs:
            match output:
                case Send(text):
                    assert self.wire is not None
                    self.wire.to_server.append(text)
                case Greeted():
                    self._open()
                case SessionRefused(error):
                    assert error.code is ErrorCode.SESSION_EXPIRED
                    self._sign_in()
                case RequestAnswered(request_id):
                    assert request_id not in self.answers
                    self.answers[request_id] = None
                case RequestFailed(request_id, error):
                    assert request_id not in self.answers
                    self.answers[request_id] = error.code
                case GoodbyeReceived() | GiveUp():
                    self._cut()

    def _open(self) -> None:
        if self.client.can_resume:
            self._do(self.client.resume(self.now_s))
        else:
            self._sign_in()

    def _sign_in(self) -> None:
        outputs = self.client.sign_in(
            "anna_muster", PASSWORD, mode=Mode.SOFTPHONE, take_over=False, now_s=self.now_s
        )
        self._do(outputs)


SessionsModel.TestCase.settings = settings(
    max_examples=150, stateful_step_count=50, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestSessionsModel = SessionsModel.TestCase
