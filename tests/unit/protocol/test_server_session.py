"""The server's side of one connection, step by step."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import pytest

from wwphone.protocol.account import Resume, Resumed, SignIn, SignOut
from wwphone.protocol.calls import Dial, Dialled
from wwphone.protocol.codec import decode_server_frame, encode_events, encode_frame
from wwphone.protocol.errors import ErrorCode, WireError
from wwphone.protocol.examples import CONVERSATIONS, SIGNED_IN, SNAPSHOT
from wwphone.protocol.frames import (
    FailureFrame,
    GoodbyeFrame,
    HelloFrame,
    PingFrame,
    PongFrame,
    ReplyFrame,
    RequestFrame,
    ServerFrame,
    SnapshotFrame,
)
from wwphone.protocol.message import Command, Done
from wwphone.protocol.record import CommandRecord
from wwphone.protocol.server_session import (
    MAX_BAD_FRAMES,
    SIGN_IN_LIMIT_S,
    Close,
    CloseReason,
    CommandReceived,
    ServerOutput,
    ServerPhase,
    ServerSession,
)
from wwphone.protocol.session import MAX_UNANSWERED, LocalMisuseError, Send

HELLO = HelloFrame(1, "life-1", "0.1.0", 15.0)
SIGN_IN = CONVERSATIONS[SignIn][0]
DIAL = Dial("207")


def frames(outputs: list[ServerOutput]) -> list[ServerFrame | CloseReason | CommandReceived]:
    """Outputs in a form that is easily compared."""
    read: list[ServerFrame | CloseReason | CommandReceived] = []
    for output in outputs:
        match output:
            case Send(text):
                read.append(decode_server_frame(text))
            case Close(reason):
                read.append(reason)
            case CommandReceived():
                read.append(output)
    return read


def ask(session: ServerSession, request_id: str, command: Command, now_s: float = 0.0) -> list[object]:
    return list(frames(session.receive(encode_frame(RequestFrame(request_id, command)), now_s)))


def error_codes(outputs: Sequence[object]) -> list[ErrorCode]:
    return [frame.error.code for frame in outputs if isinstance(frame, FailureFrame)]


def phase(session: ServerSession) -> ServerPhase:
    return session.phase


def deadline_s(session: ServerSession) -> float | None:
    return session.next_deadline_s


@pytest.fixture
def session() -> ServerSession:
    """Greeted, nobody signed in."""
    session = ServerSession(HELLO)
    session.open(0.0)
    return session


@pytest.fixture
def record() -> CommandRecord:
    return CommandRecord()


@pytest.fixture
def signed_in(session: ServerSession, record: CommandRecord) -> ServerSession:
    ask(session, "s", SIGN_IN)
    session.grant_sign_in("s", SIGNED_IN, record, SNAPSHOT, 0.0)
    return session


def resumed(record: CommandRecord, resume: Resume) -> tuple[ServerSession, list[object]]:
    """A later connection of the same session."""
    session = ServerSession(HELLO)
    session.open(0.0)
    ask(session, "r", resume)
    outputs = session.grant_resume("r", Resumed(snapshot=False), record, None, 0.0)
    return session, list(frames(outputs))


# ---------------------------------------------------------------- signing in


def test_it_greets_first() -> None:
    session = ServerSession(HELLO)
    assert deadline_s(session) is None
    assert frames(session.open(5.0)) == [HELLO]
    assert phase(session) is ServerPhase.GREETED


def test_signing_in_gives_a_reply_and_the_state(session: ServerSession, record: CommandRecord) -> None:
    assert ask(session, "s", SIGN_IN) == [CommandReceived("s", SIGN_IN)]
    assert phase(session) is ServerPhase.SIGNING_IN
    outputs = session.grant_sign_in("s", SIGNED_IN, record, SNAPSHOT, 0.0)
    assert frames(outputs) == [ReplyFrame("s", SIGNED_IN), SNAPSHOT]
    assert phase(session) is ServerPhase.SIGNED_IN
    assert session.record is record


def test_a_refused_sign_in_may_be_tried_again(session: ServerSession) -> None:
    ask(session, "s1", SIGN_IN)
    wrong = WireError(ErrorCode.WRONG_PASSWORD, "no")
    assert frames(session.refuse("s1", wrong, 0.0)) == [FailureFrame("s1", wrong)]
    assert ask(session, "s2", SIGN_IN) == [CommandReceived("s2", SIGN_IN)]


@pytest.mark.parametrize("command", [DIAL, SignOut()])
def test_nothing_else_is_accepted_before(session: ServerSession, command: Command) -> None:
    assert error_codes(ask(session, "1", command)) == [ErrorCode.NOT_SIGNED_IN]
    ask(session, "s", SIGN_IN)
    assert error_codes(ask(session, "2", command)) == [ErrorCode.NOT_SIGNED_IN]


def test_ping_is_answered_before_and_after(session: ServerSession) -> None:
    assert frames(session.receive('{"kind":"ping"}', 0.0)) == [PongFrame()]
    assert session.receive('{"kind":"pong"}', 0.0) == []


@pytest.mark.parametrize("second", [SIGN_IN, Resume("token")])
def test_signing_in_twice_is_a_conflict(signed_in: ServerSession, second: Command) -> None:
    assert error_codes(ask(signed_in, "again", second)) == [ErrorCode.CONFLICT]
    assert phase(signed_in) is ServerPhase.SIGNED_IN


def test_signing_out_ends_the_connection(signed_in: ServerSession, record: CommandRecord) -> None:
    assert ask(signed_in, "o", SignOut()) == [CommandReceived("o", SignOut())]
    assert frames(signed_in.reply("o", Done(), 0.0)) == [ReplyFrame("o", Done()), CloseReason.SIGNED_OUT]
    assert signed_in.closed
    assert record.answer("o") is None


def test_a_refused_sign_out_leaves_one_signed_in(signed_in: ServerSession) -> None:
    ask(signed_in, "o", SignOut())
    busy = WireError(ErrorCode.CONFLICT, "no")
    assert frames(signed_in.refuse("o", busy, 0.0)) == [FailureFrame("o", busy)]
    assert phase(signed_in) is ServerPhase.SIGNED_IN


# ---------------------------------------------------------------- commands


def test_a_command_is_handed_over_and_answered(signed_in: ServerSession) -> None:
    assert ask(signed_in, "1", DIAL) == [CommandReceived("1", DIAL)]
    assert frames(signed_in.reply("1", Dialled("l"), 0.0)) == [ReplyFrame("1", Dialled("l"))]


def test_the_same_id_is_not_carried_out_again(signed_in: ServerSession) -> None:
    ask(signed_in, "1", DIAL)
    assert ask(signed_in, "1", DIAL) == [], "it runs"
    signed_in.reply("1", Dialled("l"), 0.0)
    assert ask(signed_in, "1", DIAL) == [ReplyFrame("1", Dialled("l"))]


def test_a_bounded_number_of_requests_may_run(signed_in: ServerSession) -> None:
    for number in range(MAX_UNANSWERED):
        assert ask(signed_in, str(number), DIAL) == [CommandReceived(str(number), DIAL)]
    assert error_codes(ask(signed_in, "more", DIAL)) == [ErrorCode.NOT_EXECUTED]
    signed_in.reply("0", Done(), 0.0)
    assert ask(signed_in, "more", DIAL) == [CommandReceived("more", DIAL)]


def test_an_answer_after_the_cut_goes_into_the_record(
    signed_in: ServerSession, record: CommandRecord
) -> None:
    ask(signed_in, "1", DIAL)
    signed_in.connection_lost()
    assert signed_in.reply("1", Dialled("l"), 0.0) == []
    assert record.answer("1") is not None


# ---------------------------------------------------------------- resuming


def test_resuming_settles_what_was_pending(signed_in: ServerSession, record: CommandRecord) -> None:
    ask(signed_in, "done", DIAL)
    ask(signed_in, "running", DIAL)
    signed_in.connection_lost()
    signed_in.reply("done", Dialled("l"), 0.0)
    pending = ("done", "running", "never arrived")
    second, outputs = resumed(record, Resume("t", HELLO.server_id, 1, pending))
    assert outputs[:2] == [ReplyFrame("r", Resumed(snapshot=False)), ReplyFrame("done", Dialled("l"))]
    assert error_codes(outputs) == [ErrorCode.NOT_EXECUTED]
    assert len(outputs) == 3
    assert frames(second.reply("running", Done(), 0.0)) == [ReplyFrame("running", Done())]
    assert error_codes(ask(second, "never arrived", DIAL)) == [ErrorCode.NOT_EXECUTED]


def test_what_belongs_to_another_life_has_an_unknown_outcome() -> None:
    _, outputs = resumed(CommandRecord(), Resume("t", "life-0", 1, ("1",)))
    assert error_codes(outputs) == [ErrorCode.UNKNOWN_OUTCOME]


def test_an_answer_nobody_waits_for_is_only_recorded(signed_in: ServerSession, record: CommandRecord) -> None:
    ask(signed_in, "given up", DIAL)
    signed_in.connection_lost()
    second, _ = resumed(record, Resume("t", HELLO.server_id, 1))
    assert second.reply("given up", Done(), 0.0) == []
    assert record.answer("given up") is not None


def test_what_was_missed_comes_last(record: CommandRecord, session: ServerSession) -> None:
    ask(session, "r", Resume("t", HELLO.server_id, 1, ("x",)))
    text = encode_events(7, [])
    outputs = session.grant_resume("r", Resumed(snapshot=False), record, text, 0.0)
    assert isinstance(outputs[-1], Send)
    assert outputs[-1].text == text


@pytest.mark.parametrize(("said", "catch_up"), [(True, None), (True, "text"), (False, SNAPSHOT)])
def test_resumed_says_what_follows(
    session: ServerSession, record: CommandRecord, said: bool, catch_up: SnapshotFrame | str | None
) -> None:
    ask(session, "r", Resume("t"))
    with pytest.raises(LocalMisuseError):
        session.grant_resume("r", Resumed(snapshot=said), record, catch_up, 0.0)


# ---------------------------------------------------------------- misbehaviour, time, ends


def test_bad_frames_are_answered_and_then_too_many(signed_in: ServerSession) -> None:
    for _ in range(MAX_BAD_FRAMES - 1):
        assert error_codes(frames(signed_in.receive("nonsense", 0.0))) == [ErrorCode.BAD_MESSAGE]
    last = frames(signed_in.receive("nonsense", 0.0))
    assert [type(frame) for frame in last] == [FailureFrame, GoodbyeFrame, CloseReason]
    assert last[-1] is CloseReason.BAD_FRAMES
    assert signed_in.receive('{"kind":"ping"}', 0.0) == []


def test_a_bad_request_is_refused_by_its_id(signed_in: ServerSession) -> None:
    text = json.dumps({"kind": "request", "id": "7", "type": "no.such", "body": {}})
    (frame,) = frames(signed_in.receive(text, 0.0))
    assert isinstance(frame, FailureFrame)
    assert (frame.request_id, frame.error.code) == ("7", ErrorCode.UNKNOWN_TYPE)


def test_a_newer_client_may_ask_unknown_things_for_ever(signed_in: ServerSession) -> None:
    for number in range(3 * MAX_BAD_FRAMES):
        text = json.dumps({"kind": "request", "id": str(number), "type": "no.such", "body": {}})
        assert error_codes(frames(signed_in.receive(text, 0.0))) == [ErrorCode.UNKNOWN_TYPE]
    assert not signed_in.closed


def test_silence_is_broken_by_pings_and_ended_by_three(signed_in: ServerSession) -> None:
    assert deadline_s(signed_in) == 15.0
    assert signed_in.tick(14.9) == []
    assert frames(signed_in.tick(15.0)) == [PingFrame()]
    assert deadline_s(signed_in) == 30.0
    signed_in.receive('{"kind":"pong"}', 16.0)
    assert frames(signed_in.tick(46.0)) == [PingFrame()]
    assert frames(signed_in.tick(61.0)) == [CloseReason.LOST]
    assert deadline_s(signed_in) is None
    assert signed_in.tick(99.0) == []


def test_who_never_signs_in_is_shown_the_door(session: ServerSession) -> None:
    session.receive('{"kind":"ping"}', SIGN_IN_LIMIT_S - 1)
    last = frames(session.tick(SIGN_IN_LIMIT_S))
    assert [type(frame) for frame in last] == [GoodbyeFrame, CloseReason]
    assert last[-1] is CloseReason.NOT_SIGNED_IN


def test_goodbye_says_why_and_ends(signed_in: ServerSession) -> None:
    why = WireError(ErrorCode.SERVER_STOPPING, "back soon")
    assert frames(signed_in.goodbye(why, 0.0)) == [GoodbyeFrame(why), CloseReason.GOODBYE]
    assert signed_in.goodbye(why, 0.0) == []


def test_events_and_new_snapshots_go_to_signed_in_clients(
    session: ServerSession, record: CommandRecord
) -> None:
    with pytest.raises(LocalMisuseError):
        session.send_events(encode_events(3, []), 0.0)
    ask(session, "s", SIGN_IN)
    session.grant_sign_in("s", SIGNED_IN, record, SNAPSHOT, 0.0)
    assert session.send_events("text", 0.0) == [Send("text")]
    assert frames(session.send_snapshot(SNAPSHOT, 0.0)) == [SNAPSHOT]


MISUSES: list[Callable[[ServerSession], object]] = [
    lambda session: session.open(0.0),
    lambda session: session.grant_sign_in("s", SIGNED_IN, CommandRecord(), SNAPSHOT, 0.0),
    lambda session: session.grant_resume("s", Resumed(snapshot=False), CommandRecord(), None, 0.0),
    lambda session: session.reply("unknown", Done(), 0.0),
    lambda session: session.refuse("unknown", WireError(ErrorCode.INVALID, ""), 0.0),
]


@pytest.mark.parametrize("misuse", MISUSES)
def test_local_misuse_raises(signed_in: ServerSession, misuse: Callable[[ServerSession], object]) -> None:
    with pytest.raises(LocalMisuseError):
        misuse(signed_in)


def test_a_grant_must_fit_what_was_asked(session: ServerSession, record: CommandRecord) -> None:
    with pytest.raises(LocalMisuseError):
        ServerSession(HELLO).receive('{"kind":"ping"}', 0.0)
    ask(session, "s", SIGN_IN)
    with pytest.raises(LocalMisuseError):
        session.grant_resume("s", Resumed(snapshot=False), record, None, 0.0)
    with pytest.raises(LocalMisuseError):
        session.grant_sign_in("other id", SIGNED_IN, record, SNAPSHOT, 0.0)
    session.connection_lost()
    with pytest.raises(LocalMisuseError):
        session.grant_sign_in("s", SIGNED_IN, record, SNAPSHOT, 0.0)


def test_refusing_a_sign_in_whose_connection_is_gone_is_harmless(session: ServerSession) -> None:
    ask(session, "s", SIGN_IN)
    session.connection_lost()
    session.connection_lost()
    assert session.refuse("s", WireError(ErrorCode.WRONG_PASSWORD, "no"), 0.0) == []
