"""AMI without I/O: whatever the pieces, the same messages; whatever the bytes, messages or AmiError."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wwphone.server.asterisk import ami
from wwphone.server.asterisk.ami import AmiError, AmiEvent, AmiMessage, AmiSession, Banner, Response

_GREETING = b"Asterisk Call Manager/10.0.1\r\n"


def block(*lines: str) -> bytes:
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode()


def feed(session: AmiSession, pieces: Iterable[bytes]) -> list[AmiMessage]:
    return [message for piece in pieces for message in session.receive(piece)]


@pytest.fixture
def session() -> AmiSession:
    """A greeted session that wants Hangup and Newstate."""
    session = AmiSession({"Hangup", "Newstate"})
    session.receive(_GREETING)
    return session


def test_the_greeting_names_the_version() -> None:
    assert AmiSession(()).receive(_GREETING) == [Banner("10.0.1")]


@pytest.mark.parametrize(
    "greeting", [b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 400 Bad Request\r\n", b"x" * 300, b"\r\n"]
)
def test_another_program_on_the_port_is_no_ami(greeting: bytes) -> None:
    with pytest.raises(AmiError, match="greeting"):
        AmiSession(()).receive(greeting)


def test_an_event_has_its_fields_as_they_came(session: AmiSession) -> None:
    told = session.receive(
        block("Event: Hangup", "Channel: PJSIP/anna-1", "Cause: 16", "Empty:", "Name: a: b ")
    )

    assert told == [
        AmiEvent(
            "Hangup",
            {"Event": "Hangup", "Channel": "PJSIP/anna-1", "Cause": "16", "Empty": "", "Name": "a: b "},
        )
    ]


def test_names_that_come_twice_are_joined(session: AmiSession) -> None:
    (event,) = session.receive(block("Event: Hangup", "Variable: A=1", "Variable: B=2"))

    assert isinstance(event, AmiEvent)
    assert event.fields["Variable"] == "A=1\nB=2"


def test_events_nobody_wants_are_dropped(session: AmiSession) -> None:
    assert session.receive(block("Event: VarSet", "Value: x") + block("Event: Newstate")) == [
        AmiEvent("Newstate", {"Event": "Newstate"})
    ]


def test_umlauts_arrive_and_broken_ones_do_no_harm(session: AmiSession) -> None:
    first, second = session.receive(
        block("Event: Hangup", "Name: Zoë Müller") + b"Event: Hangup\r\nName: M\xfcller\r\n\r\n"
    )

    assert isinstance(first, AmiEvent)
    assert isinstance(second, AmiEvent)
    assert first.fields["Name"] == "Zoë Müller"
    assert second.fields["Name"] == "M\N{REPLACEMENT CHARACTER}ller"


def test_a_response_answers_the_action_with_its_id(session: AmiSession) -> None:
    one, data = session.action("Ping")
    other, _ = session.action("Hangup", [("Channel", "PJSIP/anna-1")])

    assert data == block("Action: Ping", f"ActionID: {one}")
    assert list(session.outstanding) == [one, other]
    (answer,) = session.receive(block("Response: Error", f"ActionID: {other}", "Message: No such channel"))
    assert isinstance(answer, Response)
    assert (answer.action_id, answer.success, answer.message) == (other, False, "No such channel")
    assert list(session.outstanding) == [one]


def test_responses_to_nobody_are_dropped(session: AmiSession) -> None:
    assert session.receive(block("Response: Success", "ActionID: another") + block("Response: Success")) == []


def test_a_list_comes_as_one_response_with_its_items(session: AmiSession) -> None:
    action_id, _ = session.action("Status")
    told = session.receive(
        block("Response: Success", f"ActionID: {action_id}", "EventList: start", "Message: will follow")
        + block("Event: Status", f"ActionID: {action_id}", "Channel: A")
        + block("Event: Newstate", "Channel: B")
        + block("Event: Status", f"ActionID: {action_id}", "Channel: C")
        + block("Event: StatusComplete", f"ActionID: {action_id}", "EventList: Complete", "ListItems: 2")
    )

    assert [type(message) for message in told] == [AmiEvent, Response]
    answer = told[1]
    assert isinstance(answer, Response)
    assert [item.fields["Channel"] for item in answer.items] == ["A", "C"]
    assert answer.success
    assert not session.outstanding


def test_an_event_with_the_id_of_an_answered_action_is_an_event() -> None:
    session = AmiSession({"OriginateResponse"})
    session.receive(_GREETING)
    action_id, _ = session.action("Originate")
    told = session.receive(
        block("Response: Success", f"ActionID: {action_id}")
        + block("Event: OriginateResponse", f"ActionID: {action_id}", "Response: Failure")
    )

    assert [type(message) for message in told] == [Response, AmiEvent]


@pytest.mark.parametrize("hostile", ["a\r\nAction: Logoff", "a\nb", "a\rb", "a\0b"])
def test_no_value_breaks_out_of_its_line(session: AmiSession, hostile: str) -> None:
    with pytest.raises(ValueError, match="line break"):
        session.action("Originate", [("CallerID", hostile)])
    with pytest.raises(ValueError, match="line break"):
        session.action("Originate", [(hostile, "x")])
    with pytest.raises(ValueError, match="line break"):
        session.action(hostile)
    assert not session.outstanding


def test_a_value_that_asterisk_would_cut_is_refused(session: AmiSession) -> None:
    with pytest.raises(ValueError, match="too long"):
        session.action("Originate", [("CallerID", "x" * 1_100)])


def test_there_is_an_end_of_what_may_wait_for_an_answer(session: AmiSession) -> None:
    for _ in range(ami.MAX_OUTSTANDING):
        session.action("Ping")

    with pytest.raises(ValueError, match="wait for an answer"):
        session.action("Ping")


def test_a_message_without_end_is_cut_off(session: AmiSession) -> None:
    with pytest.raises(AmiError, match="too long"):
        feed(session, [b"Event: Hangup\r\nA: " + b"x" * 65_536] * 17)


def test_a_message_of_many_lines_is_cut_off(session: AmiSession) -> None:
    with pytest.raises(AmiError, match="too many lines"):
        session.receive(b"Event: Hangup\r\n" + b"a:\r\n" * (ami.MAX_FIELDS + 1) + b"\r\n")


def test_a_list_without_end_is_cut_off(session: AmiSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ami, "MAX_LIST_ITEMS", 3)
    action_id, _ = session.action("Status")
    session.receive(block("Response: Success", f"ActionID: {action_id}", "EventList: start"))

    with pytest.raises(AmiError, match="list is too long"):
        feed(session, [block("Event: Status", f"ActionID: {action_id}")] * 4)


_STREAM = (
    _GREETING
    + block("Event: Hangup", "Channel: Ü/1", "Cause: 16")
    + block("Response: Success", "ActionID: wwphone-1", "EventList: start")
    + block("Event: Status", "ActionID: wwphone-1", "Channel: A")
    + block("Event: VarSet", "Value: nobody wants it")
    + block("Event: StatusComplete", "ActionID: wwphone-1", "EventList: Complete")
    + block("Response: Error", "ActionID: wwphone-2", "Message: no")
    + block("Event: Newstate", "ChannelState: 6")
)


def _session_with_two_actions() -> AmiSession:
    session = AmiSession({"Hangup", "Newstate"})
    session.action("Status")
    session.action("Ping")
    return session


@given(st.lists(st.integers(0, len(_STREAM)), max_size=40))
def test_where_the_stream_is_cut_does_not_matter(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(_STREAM)]
    pieces = [_STREAM[start:end] for start, end in itertools.pairwise(places)]

    told = feed(_session_with_two_actions(), pieces)

    assert told == _session_with_two_actions().receive(_STREAM)
    assert [type(message).__name__ for message in told] == [
        "Banner",
        "AmiEvent",
        "Response",
        "Response",
        "AmiEvent",
    ]


def test_a_stream_may_come_byte_by_byte() -> None:
    pieces = [bytes([byte]) for byte in _STREAM]

    assert feed(_session_with_two_actions(), pieces) == _session_with_two_actions().receive(_STREAM)


@given(
    st.lists(
        st.binary(max_size=200)
        | st.sampled_from([b"\r\n\r\n", b"Event: ", b"Response: ", b"ActionID: wwphone-1"])
    )
)
def test_garbage_after_the_greeting_is_survived(pieces: list[bytes]) -> None:
    session = _session_with_two_actions()
    session.receive(_GREETING)

    told = feed(session, pieces)
    told += session.receive(b"\r\n\r\n" + block("Event: Hangup", "Cause: 16"))

    assert told[-1] == AmiEvent("Hangup", {"Event": "Hangup", "Cause": "16"})


def test_nothing_of_an_action_shows_in_what_is_printed(session: AmiSession) -> None:
    action_id, _ = session.action("Challenge")
    (answer,) = session.receive(block("Response: Success", f"ActionID: {action_id}", "Challenge: 4711"))

    assert "4711" not in repr(answer)


def test_empty_lines_between_messages_do_no_harm(session: AmiSession) -> None:
    told = session.receive(b"\r\n\r\n\r\n" + block("Event: Hangup") + b"\r\n" + block("Event: Newstate"))

    assert [message.name for message in told if isinstance(message, AmiEvent)] == ["Hangup", "Newstate"]
