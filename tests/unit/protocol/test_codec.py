"""Text to frames and back: every example survives, the unknown is tolerated, the hostile is refused."""

from __future__ import annotations

import contextlib
import json
from dataclasses import fields, is_dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wwphone.domain.imports import RefusalReason
from wwphone.protocol import examples, registry
from wwphone.protocol.account import SignIn
from wwphone.protocol.codec import (
    decode_client_frame,
    decode_server_frame,
    decode_server_frame_in_steps,
    encode_event,
    encode_events,
    encode_frame,
)
from wwphone.protocol.errors import ErrorCode, RemoteMisbehaviourError, WireError
from wwphone.protocol.frames import (
    MAX_REQUEST_BYTES,
    ClientFrame,
    EventsFrame,
    FailureFrame,
    GoodbyeFrame,
    PingFrame,
    ReplyFrame,
    RequestFrame,
    ServerFrame,
    SnapshotFrame,
)
from wwphone.protocol.message import Message
from wwphone.protocol.presence import SetPresence
from wwphone.protocol.steps import outcome_of

CLIENT_FRAMES: list[ClientFrame] = [
    *examples.CLIENT_FRAMES.values(),
    *(RequestFrame("1", command) for command, _ in examples.CONVERSATIONS.values()),
]
SERVER_FRAMES: list[ServerFrame] = [
    *examples.SERVER_FRAMES.values(),
    *(ReplyFrame("1", result) for _, result in examples.CONVERSATIONS.values()),
    EventsFrame(9, tuple(examples.EVENTS.values())),
    *(FailureFrame(None, WireError(code, "so")) for code in ErrorCode),
]


def request(**changes: object) -> str:
    """A good request with some fields replaced."""
    body = {"status": "available"}
    return json.dumps({"kind": "request", "id": "1", "type": "presence.set", "body": body, **changes})


@pytest.mark.parametrize("frame", CLIENT_FRAMES, ids=repr)
def test_what_a_client_sends_arrives_as_it_was(frame: ClientFrame) -> None:
    assert decode_client_frame(encode_frame(frame)) == frame
    assert decode_client_frame(encode_frame(frame).encode()) == frame


@pytest.mark.parametrize("frame", SERVER_FRAMES, ids=repr)
def test_what_a_server_sends_arrives_as_it_was(frame: ServerFrame) -> None:
    assert decode_server_frame(encode_frame(frame)) == frame
    assert decode_server_frame(encode_frame(frame).encode()) == frame


def test_there_is_an_example_of_everything() -> None:
    assert set(examples.CONVERSATIONS) == set(registry.COMMANDS.values())
    answers = {type(result) for _, result in examples.CONVERSATIONS.values()}
    assert answers == set(registry.RESULTS.values())
    assert set(examples.EVENTS) == set(registry.EVENTS.values())
    assert set(examples.CLIENT_FRAMES) == set(ClientFrame.__args__)
    assert set(examples.SERVER_FRAMES) == set(ServerFrame.__args__)


def test_examples_show_values_in_every_optional_field_but_empty_ones() -> None:
    shown = examples.CONVERSATIONS[SetPresence][0]
    assert all(getattr(shown, field.name) is not None for field in fields(shown))


@pytest.mark.parametrize("known", [registry.COMMANDS, registry.RESULTS, registry.EVENTS])
def test_wire_names_are_feature_dot_what_and_unique(known: dict[str, type[Message]]) -> None:
    for name, shape in known.items():
        assert shape.wire_name == name
        assert name == "done" or name.count(".") == 1
        assert is_dataclass(shape)
        assert shape.__doc__ is not None
        assert not shape.__doc__.startswith(f"{shape.__name__}("), "a docstring made by dataclass"


def test_events_encoded_once_are_the_frame_encoded_whole() -> None:
    events = tuple(examples.EVENTS.values())
    parts = [encode_event(event) for event in events]
    assert json.loads(encode_events(7, parts)) == json.loads(encode_frame(EventsFrame(7, events)))


def test_unknown_fields_are_ignored() -> None:
    text = request(body={"status": "available", "colour": "green"}, trace="x")
    assert isinstance(decode_client_frame(text), RequestFrame)


def test_events_of_unknown_names_are_left_out() -> None:
    text = '{"kind":"events","revision":3,"events":[{"type":"weather.changed","body":{"rain":1}}]}'
    assert decode_server_frame(text) == EventsFrame(3, ())


def test_an_error_arrives_with_all_that_it_tells() -> None:
    refused = WireError(
        ErrorCode.INVALID, "no", taken_by="Anna", reason=RefusalReason.TOO_LONG, field="company"
    )
    frame = FailureFrame("1", refused)
    assert decode_server_frame(encode_frame(frame)) == frame
    newer = encode_frame(frame).replace('"too_long"', '"too_green"')
    assert decode_server_frame(newer) == FailureFrame("1", replace(refused, reason=None))


def test_an_unknown_error_code_is_internal_and_keeps_its_sentence() -> None:
    text = '{"kind":"failure","id":"1","body":{"code":"too_rainy","sentence":"take an umbrella"}}'
    frame = decode_server_frame(text)
    assert frame == FailureFrame("1", WireError(ErrorCode.INTERNAL, "too_rainy: take an umbrella"))
    goodbye = decode_server_frame('{"kind":"goodbye","body":{"code":"too_rainy"}}')
    assert isinstance(goodbye, GoodbyeFrame)
    assert goodbye.error.code is ErrorCode.INTERNAL


@pytest.mark.parametrize(
    ("text", "code", "request_id"),
    [
        ("", ErrorCode.BAD_MESSAGE, None),
        ("[]", ErrorCode.BAD_MESSAGE, None),
        ("{}", ErrorCode.BAD_MESSAGE, None),
        ('{"kind":"ping"', ErrorCode.BAD_MESSAGE, None),
        ('{"kind":"dance"}', ErrorCode.UNKNOWN_TYPE, None),
        ('{"kind":"dance","id":"5"}', ErrorCode.UNKNOWN_TYPE, "5"),
        ('{"kind":"hello","body":{}}', ErrorCode.UNKNOWN_TYPE, None),
        (request(id=""), ErrorCode.BAD_MESSAGE, None),
        (request(id="x" * 65), ErrorCode.BAD_MESSAGE, None),
        (request(id=5), ErrorCode.BAD_MESSAGE, None),
        (request(type="presence.get"), ErrorCode.UNKNOWN_TYPE, "1"),
        (request(type="presence.changed"), ErrorCode.UNKNOWN_TYPE, "1"),
        (request(body={}), ErrorCode.BAD_MESSAGE, "1"),
        (request(body=None), ErrorCode.BAD_MESSAGE, "1"),
        (request(body={"status": "asleep"}), ErrorCode.BAD_MESSAGE, "1"),
        (request(body={"status": "available", "back_at": "noon"}), ErrorCode.BAD_MESSAGE, "1"),
        (request(body={"status": "available", "back_at": "2026-03-02T10:30:00"}), ErrorCode.BAD_MESSAGE, "1"),
        (request(body="[" * 20_000), ErrorCode.BAD_MESSAGE, "1"),
        ("[" * 60_000, ErrorCode.BAD_MESSAGE, None),
        ('{"kind":"ping","x":' + "[" * 60_000, ErrorCode.BAD_MESSAGE, None),
        (request(body={"status": "x" * MAX_REQUEST_BYTES}), ErrorCode.BAD_MESSAGE, None),
        (b"\xff\xfe{}", ErrorCode.BAD_MESSAGE, None),
        ("\ud800", ErrorCode.BAD_MESSAGE, None),
    ],
    ids=lambda value: repr(value)[:60],
)
def test_what_cannot_be_read_is_refused_by_name(
    text: str | bytes, code: ErrorCode, request_id: str | None
) -> None:
    with pytest.raises(RemoteMisbehaviourError) as caught:
        decode_client_frame(text)
    assert caught.value.error.code is code
    assert caught.value.request_id == request_id


def test_a_refused_message_never_repeats_the_password() -> None:
    body = {"user": "anna", "password": "very secret", "client": {"version": 1}}
    with pytest.raises(RemoteMisbehaviourError) as caught:
        decode_client_frame(request(type="account.sign_in", body=body))
    assert "very secret" not in str(caught.value)
    assert "very secret" not in repr(caught.value.error)


def test_secrets_do_not_show_in_reprs() -> None:
    for frame in (*CLIENT_FRAMES, *SERVER_FRAMES):
        for secret in ("not-a-real-one", "kV4v1mXhJ0m0o3Yy8cU5nA"):
            assert secret not in repr(frame)
    assert "not-a-real-one" in encode_frame(RequestFrame("1", examples.CONVERSATIONS[SignIn][0]))


def reads_or_refuses(text: str | bytes) -> None:
    """Nothing but the one kind of error comes out of the codec."""
    for decode in (decode_client_frame, decode_server_frame):
        with contextlib.suppress(RemoteMisbehaviourError):
            decode(text)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KINDS = st.sampled_from(
    ["request", "reply", "failure", "hello", "snapshot", "events", "goodbye", "ping", "pong"]
)
TYPES = st.sampled_from([*registry.COMMANDS, *registry.RESULTS, *registry.EVENTS]) | st.text(max_size=8)


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_arbitrary_bytes_are_read_or_refused_never_worse(text: str | bytes) -> None:
    reads_or_refuses(text)


@given(
    st.fixed_dictionaries(
        {"kind": KINDS},
        optional={
            "id": JSON_VALUES,
            "type": TYPES,
            "body": JSON_VALUES,
            "revision": JSON_VALUES,
            "events": st.lists(st.fixed_dictionaries({"type": TYPES, "body": JSON_VALUES}), max_size=3),
        },
    )
)
def test_frames_of_nonsense_are_read_or_refused_never_worse(frame: dict[str, object]) -> None:
    reads_or_refuses(json.dumps(frame))


def test_ping_and_pong_need_nothing_else() -> None:
    assert decode_client_frame('{"kind":"ping"}') == PingFrame()


def test_a_large_snapshot_is_read_in_steps_and_comes_out_the_same() -> None:
    small = examples.SERVER_FRAMES[SnapshotFrame]
    assert isinstance(small, SnapshotFrame)
    who, presence, phone = small.state.colleagues[0], small.state.presences[0][1], small.state.phones[0][1]
    people = [replace(who, user=f"user{number}", nickname=f"Jürg {number}") for number in range(1_000)]
    large = SnapshotFrame(
        8,
        replace(
            small.state,
            colleagues=tuple(people),
            presences=tuple((one.user, presence) for one in people),
            phones=tuple((one.user, phone) for one in people),
        ),
    )
    steps = decode_server_frame_in_steps(encode_frame(large))
    for _ in range(12):
        next(steps)
    assert outcome_of(steps) == large
    assert decode_server_frame(encode_frame(large).encode()) == large


@pytest.mark.parametrize("wrong", ['{"user":1}', "null", '"nobody"'])
def test_a_large_snapshot_that_makes_no_sense_is_refused(wrong: str) -> None:
    entry = '{"user":"a","number":"1","nickname":"A","group":""}'
    colleagues = ",".join([entry] * 2_000 + [wrong])
    text = f'{{"kind":"snapshot","revision":1,"body":{{"profile":{{}},"colleagues":[{colleagues}]}}}}'
    with pytest.raises(RemoteMisbehaviourError) as refused:
        decode_server_frame(text)
    assert refused.value.error.code is ErrorCode.BAD_MESSAGE
