"""The client's side, step by step."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import pytest

from wwphone.domain.account import Mode
from wwphone.domain.calls import PhoneState
from wwphone.protocol.account import ClientInfo, Resume, Resumed, SignIn, SignOut
from wwphone.protocol.calls import Dial, Dialled, PhoneStateChanged
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
from wwphone.protocol.client_session import HELLO_LIMIT_S, PROBE_LIMIT_S, ClientPhase, ClientSession
from wwphone.protocol.codec import decode_client_frame, encode_frame
from wwphone.protocol.errors import ErrorCode, RemoteMisbehaviourError, WireError
from wwphone.protocol.examples import CONVERSATIONS, SIGNED_IN, SNAPSHOT
from wwphone.protocol.frames import (
    MAX_REQUEST_BYTES,
    EventsFrame,
    FailureFrame,
    GoodbyeFrame,
    HelloFrame,
    PingFrame,
    PongFrame,
    ReplyFrame,
    RequestFrame,
    ServerFrame,
)
from wwphone.protocol.message import Command, Done
from wwphone.protocol.session import MAX_UNANSWERED, LocalMisuseError, Send

HELLO = HelloFrame(1, "life-1", "0.1.0", 15.0)
REVISION = SNAPSHOT.revision
EVENTS = EventsFrame(REVISION + 5, (PhoneStateChanged("beat_keller", PhoneState.FREE),))
DIAL = Dial("207")


class Client:
    """A session with short words for what a test does to it."""

    def __init__(self) -> None:
        ids = (f"r{number}" for number in itertools.count(1))
        self.session = ClientSession(ClientInfo("0.1.0", "PC"), lambda: next(ids))

    def phase(self) -> ClientPhase:
        return self.session.phase

    def deadline_s(self) -> float | None:
        return self.session.next_deadline_s

    def pending(self) -> tuple[str, ...]:
        return self.session.pending

    def hears(self, *frames: ServerFrame, now_s: float = 0.0) -> list[ClientOutput]:
        """Everything that comes of these frames."""
        return [out for frame in frames for out in self.session.receive(encode_frame(frame), now_s)]

    def signs_in(self) -> list[ClientOutput]:
        return self.session.sign_in("anna", "secret", mode=Mode.SOFTPHONE, take_over=False, now_s=0.0)

    def asks(self, command: Command) -> tuple[str, list[ClientOutput]]:
        return self.session.request(command, 0.0)

    def is_cut(self) -> list[ClientOutput]:
        return self.session.connection_lost()

    def comes_back(self, hello: HelloFrame = HELLO) -> Resume:
        """Connect again and resume; what it says to the server."""
        self.session.connected(0.0)
        self.hears(hello)
        command = sent(self.session.resume(0.0))[0].command
        assert isinstance(command, Resume)
        return command


def sent(outputs: list[ClientOutput]) -> list[RequestFrame]:
    """The requests among the outputs."""
    read = [decode_client_frame(output.text) for output in outputs if isinstance(output, Send)]
    return [frame for frame in read if isinstance(frame, RequestFrame)]


@pytest.fixture
def greeted() -> Client:
    client = Client()
    client.session.connected(0.0)
    client.hears(HELLO)
    return client


@pytest.fixture
def client(greeted: Client) -> Client:
    """Signed in, with a snapshot."""
    request_id = sent(greeted.signs_in())[0].request_id
    greeted.hears(ReplyFrame(request_id, SIGNED_IN), SNAPSHOT)
    return greeted


# ---------------------------------------------------------------- greeting and signing in


def test_the_server_greets_first() -> None:
    client = Client()
    client.session.connected(0.0)
    assert client.hears(HELLO) == [Greeted("life-1", "0.1.0")]
    assert client.phase() is ClientPhase.GREETED


@pytest.mark.parametrize(
    ("first", "code"),
    [
        (replace(HELLO, protocol=2), ErrorCode.UNSUPPORTED_VERSION),
        (replace(HELLO, heartbeat_s=0.0), ErrorCode.BAD_MESSAGE),
        (replace(HELLO, heartbeat_s=1e9), ErrorCode.BAD_MESSAGE),
        (replace(HELLO, server_id=""), ErrorCode.BAD_MESSAGE),
        (SNAPSHOT, ErrorCode.BAD_MESSAGE),
        (PingFrame(), ErrorCode.BAD_MESSAGE),
    ],
)
def test_a_strange_first_frame_is_misbehaviour(first: ServerFrame, code: ErrorCode) -> None:
    client = Client()
    client.session.connected(0.0)
    with pytest.raises(RemoteMisbehaviourError) as caught:
        client.hears(first)
    assert caught.value.error.code is code


def test_a_server_may_say_goodbye_at_the_door() -> None:
    client = Client()
    client.session.connected(0.0)
    why = WireError(ErrorCode.SERVER_STOPPING, "later")
    assert client.hears(GoodbyeFrame(why)) == [GoodbyeReceived(why)]


def test_signing_in(greeted: Client) -> None:
    (request,) = sent(greeted.signs_in())
    assert request.command == SignIn("anna", "secret", ClientInfo("0.1.0", "PC"))
    assert greeted.hears(ReplyFrame(request.request_id, SIGNED_IN)) == [
        SessionOpened(resumed=False, sip_account=SIGNED_IN.sip_account)
    ]
    assert greeted.phase() is ClientPhase.LOADING
    assert greeted.hears(SNAPSHOT) == [Replaced()]
    assert greeted.phase() is ClientPhase.OPEN
    assert greeted.session.mirror.state() == SNAPSHOT.state
    assert greeted.session.can_resume


def test_a_refused_sign_in_may_be_tried_again(greeted: Client) -> None:
    (request,) = sent(greeted.signs_in())
    wrong = WireError(ErrorCode.WRONG_PASSWORD, "no")
    assert greeted.hears(FailureFrame(request.request_id, wrong)) == [SessionRefused(wrong, resuming=False)]
    assert not greeted.session.can_resume
    assert len(sent(greeted.signs_in())) == 1


def test_a_command_that_opens_sessions_is_no_request(client: Client) -> None:
    for command in (CONVERSATIONS[SignIn][0], Resume("token")):
        with pytest.raises(LocalMisuseError):
            client.asks(command)


# ---------------------------------------------------------------- requests


def test_a_request_is_answered(client: Client) -> None:
    request_id, outputs = client.asks(DIAL)
    assert sent(outputs) == [RequestFrame(request_id, DIAL)]
    assert client.pending() == (request_id,)
    assert client.hears(ReplyFrame(request_id, Dialled("l"))) == [RequestAnswered(request_id, Dialled("l"))]
    assert client.pending() == ()


def test_a_request_fails(client: Client) -> None:
    request_id, _ = client.asks(DIAL)
    busy = WireError(ErrorCode.PBX_REFUSED, "no")
    assert client.hears(FailureFrame(request_id, busy)) == [RequestFailed(request_id, busy)]


def test_answers_nobody_waits_for_are_ignored(client: Client) -> None:
    assert client.hears(ReplyFrame("x", Done()), FailureFrame("x", WireError(ErrorCode.INVALID, ""))) == []


def test_an_answer_of_an_unknown_type_fails_that_request_alone(client: Client) -> None:
    request_id, _ = client.asks(DIAL)
    text = f'{{"kind":"reply","id":"{request_id}","type":"calls.danced","body":{{}}}}'
    (failed,) = client.session.receive(text, 0.0)
    assert isinstance(failed, RequestFailed)
    assert (failed.request_id, failed.error.code) == (request_id, ErrorCode.UNKNOWN_TYPE)
    assert client.session.receive(text, 0.0) == []


def test_without_a_session_nothing_is_sent(greeted: Client) -> None:
    request_id, (failed,) = greeted.asks(DIAL)
    assert isinstance(failed, RequestFailed)
    assert (failed.request_id, failed.error.code) == (request_id, ErrorCode.NOT_EXECUTED)


def test_a_bounded_number_of_requests_may_be_pending(client: Client) -> None:
    for _ in range(MAX_UNANSWERED):
        assert len(sent(client.asks(DIAL)[1])) == 1
    _, (failed,) = client.asks(DIAL)
    assert isinstance(failed, RequestFailed)
    assert failed.error.code is ErrorCode.NOT_EXECUTED


def test_a_request_the_server_would_not_read_is_not_sent(client: Client) -> None:
    _, (failed,) = client.asks(Dial("ü" * (MAX_REQUEST_BYTES // 2)))
    assert isinstance(failed, RequestFailed)
    assert failed.error.code is ErrorCode.INVALID


def test_when_the_server_cannot_read_something_the_line_is_renewed(client: Client) -> None:
    request_id, _ = client.asks(DIAL)
    (output,) = client.hears(FailureFrame(None, WireError(ErrorCode.BAD_MESSAGE, "what?")))
    assert isinstance(output, GiveUp)
    client.is_cut()
    assert client.comes_back().pending == (request_id,)


# ---------------------------------------------------------------- the cut


def test_what_acts_waits_for_the_servers_word_and_the_rest_fails(client: Client) -> None:
    dial_id, _ = client.asks(DIAL)
    other_id, _ = client.asks(SignOut())
    (failed,) = client.is_cut()
    assert isinstance(failed, RequestFailed)
    assert (failed.request_id, failed.error.code) == (other_id, ErrorCode.NOT_EXECUTED)
    resume = client.comes_back()
    assert (resume.token, resume.server_id, resume.revision) == (SIGNED_IN.token, "life-1", REVISION)
    assert resume.pending == (dial_id,)
    never = WireError(ErrorCode.NOT_EXECUTED, "never arrived")
    outputs = client.hears(ReplyFrame("r4", Resumed(snapshot=False)), FailureFrame(dial_id, never), EVENTS)
    assert outputs == [SessionOpened(True, None), RequestFailed(dial_id, never), Changed(EVENTS.events)]
    assert client.session.mirror.revision == REVISION + 5


def test_after_a_restart_of_the_server_a_snapshot_comes(client: Client) -> None:
    client.is_cut()
    assert client.comes_back(replace(HELLO, server_id="life-2")).server_id == "life-1"
    young = replace(SNAPSHOT, revision=3)
    outputs = client.hears(ReplyFrame("r2", Resumed(snapshot=True)), young)
    assert outputs == [SessionOpened(True, None), Replaced()]
    client.is_cut()
    resume = client.comes_back(replace(HELLO, server_id="life-2"))
    assert (resume.server_id, resume.revision) == ("life-2", 3)


def test_a_cut_before_the_snapshot_changes_nothing_about_the_state(client: Client) -> None:
    client.is_cut()
    client.comes_back(replace(HELLO, server_id="life-2"))
    client.hears(ReplyFrame("r2", Resumed(snapshot=True)))
    client.is_cut()
    assert client.comes_back(replace(HELLO, server_id="life-2")).server_id == "life-1"


def test_a_new_session_cannot_settle_the_old_ones_requests(client: Client) -> None:
    dial_id, _ = client.asks(DIAL)
    client.is_cut()
    client.comes_back()
    expired = WireError(ErrorCode.SESSION_EXPIRED, "sign in again")
    assert client.hears(FailureFrame("r3", expired)) == [SessionRefused(expired, resuming=True)]
    failed, *rest = client.signs_in()
    assert isinstance(failed, RequestFailed)
    assert (failed.request_id, failed.error.code) == (dial_id, ErrorCode.UNKNOWN_OUTCOME)
    assert len(sent(rest)) == 1


def test_forgetting_ends_everything(client: Client) -> None:
    client.asks(DIAL)
    client.is_cut()
    (failed,) = client.session.forget()
    assert isinstance(failed, RequestFailed)
    assert failed.error.code is ErrorCode.UNKNOWN_OUTCOME
    assert not client.session.can_resume
    assert client.session.mirror.profile is None
    with pytest.raises(LocalMisuseError):
        client.session.resume(0.0)


# ---------------------------------------------------------------- misbehaviour of the server


STRANGE: dict[str, Callable[[Client], object]] = {
    "second hello": lambda client: client.hears(HELLO),
    "revision stands still": lambda client: client.hears(replace(EVENTS, revision=REVISION)),
    "revision goes back": lambda client: client.hears(replace(EVENTS, revision=1)),
    "old snapshot": lambda client: client.hears(replace(SNAPSHOT, revision=REVISION - 1)),
    "nonsense": lambda client: client.session.receive("nonsense", 0.0),
    "bad event": lambda client: client.session.receive(
        '{"kind":"events","revision":9999,"events":[{"type":"calls.leg_ended","body":{}}]}', 0.0
    ),
}


@pytest.mark.parametrize("strange", STRANGE.values(), ids=STRANGE)
def test_misbehaviour_is_raised_and_a_snapshot_asked_for(
    client: Client, strange: Callable[[Client], object]
) -> None:
    with pytest.raises(RemoteMisbehaviourError):
        strange(client)
    client.is_cut()
    resume = client.comes_back()
    assert (resume.server_id, resume.revision) == ("", 0)


def test_events_and_snapshots_come_only_into_a_session(greeted: Client) -> None:
    for frame in (EVENTS, SNAPSHOT):
        with pytest.raises(RemoteMisbehaviourError):
            greeted.hears(frame)


@pytest.mark.parametrize(
    "reply",
    [
        ReplyFrame("r1", Done()),
        ReplyFrame("r1", Resumed(snapshot=True)),
        ReplyFrame("r1", replace(SIGNED_IN, token="")),
    ],
)
def test_a_sign_in_answered_by_something_else(greeted: Client, reply: ReplyFrame) -> None:
    greeted.signs_in()
    with pytest.raises(RemoteMisbehaviourError):
        greeted.hears(reply)


def test_a_sign_in_answered_by_an_unknown_type_is_not_ignored(greeted: Client) -> None:
    greeted.signs_in()
    with pytest.raises(RemoteMisbehaviourError):
        greeted.session.receive('{"kind":"reply","id":"r1","type":"account.hugged"}', 0.0)


def test_going_on_without_a_snapshot_needs_the_same_life(client: Client) -> None:
    client.is_cut()
    client.comes_back(replace(HELLO, server_id="life-2"))
    with pytest.raises(RemoteMisbehaviourError):
        client.hears(ReplyFrame("r2", Resumed(snapshot=False)))


def test_frames_of_a_newer_server_are_ignored(client: Client) -> None:
    assert client.session.receive('{"kind":"weather","body":{"rain":true}}', 0.0) == []


# ---------------------------------------------------------------- time


def test_a_server_that_says_nothing_is_given_up() -> None:
    client = Client()
    assert client.deadline_s() is None
    client.session.connected(100.0)
    assert client.deadline_s() == 100.0 + HELLO_LIMIT_S
    assert client.session.tick(100.0 + HELLO_LIMIT_S - 0.1) == []
    assert isinstance(client.session.tick(100.0 + HELLO_LIMIT_S)[0], GiveUp)


def test_a_sign_in_without_an_answer_is_given_up(greeted: Client) -> None:
    greeted.signs_in()
    assert greeted.deadline_s() == HELLO_LIMIT_S
    assert isinstance(greeted.session.tick(HELLO_LIMIT_S)[0], GiveUp)


def test_heartbeats(client: Client) -> None:
    assert client.deadline_s() == 15.0
    (ping,) = client.session.tick(15.0)
    assert isinstance(ping, Send)
    assert decode_client_frame(ping.text) == PingFrame()
    (pong,) = client.hears(PingFrame(), now_s=20.0)
    assert isinstance(pong, Send)
    assert decode_client_frame(pong.text) == PongFrame()
    client.session.tick(35.0)
    client.session.tick(50.0)
    assert isinstance(client.session.tick(65.0)[0], GiveUp)


def test_a_probe_wants_to_hear_something_soon(client: Client) -> None:
    (ping,) = client.session.probe(5.0)
    assert isinstance(ping, Send)
    client.session.probe(6.0)
    assert client.deadline_s() == 5.0 + PROBE_LIMIT_S, "asking twice gives no more time"
    assert client.hears(PongFrame(), now_s=7.0) == []
    assert client.session.tick(8.0) == []
    client.session.probe(9.0)
    assert isinstance(client.session.tick(9.0 + PROBE_LIMIT_S)[0], GiveUp)


def test_while_offline_time_and_text_mean_nothing(client: Client) -> None:
    client.is_cut()
    assert client.session.tick(1e9) == []
    assert client.session.probe(1e9) == []
    assert client.hears(EVENTS) == []
    assert client.is_cut() == []


MISUSES: dict[str, Callable[[Client], object]] = {
    "connected twice": lambda client: client.session.connected(0.0),
    "sign in while open": lambda client: client.signs_in(),
    "resume while open": lambda client: client.session.resume(0.0),
}


@pytest.mark.parametrize("misuse", MISUSES.values(), ids=MISUSES)
def test_local_misuse_raises(client: Client, misuse: Callable[[Client], object]) -> None:
    with pytest.raises(LocalMisuseError):
        misuse(client)


@pytest.mark.parametrize("bad_id", ["", "x" * 65])
def test_request_ids_must_fit(bad_id: str) -> None:
    session = ClientSession(ClientInfo("0", "PC"), lambda: bad_id)
    with pytest.raises(LocalMisuseError):
        session.request(DIAL, 0.0)


def test_the_same_request_id_twice_is_misuse(client: Client) -> None:
    client.session._new_id = lambda: "same"
    client.asks(DIAL)
    with pytest.raises(LocalMisuseError):
        client.asks(DIAL)
