"""What the core and a line process tell each other: every message, in any pieces, and bytes that are none."""

from __future__ import annotations

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wwphone.server.lines.messages import (
    FROM_CORE,
    FROM_LINES,
    MAX_LINES,
    MAX_MESSAGE,
    Abort,
    Asked,
    Body,
    BrokenMessageError,
    Close,
    Closed,
    CutUnopened,
    Head,
    Message,
    Opened,
    Parser,
    Ping,
    Pong,
    Ready,
    Refuse,
    Reload,
    Said,
    Start,
    Taken,
    Texts,
    TurnAway,
    Welcome,
    encode,
)

NUMBERS = st.integers(0, 2**32 - 1)
# What cannot be decoded stands in a text of Python as a half of a pair (PEP 383), so no other halves come.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.binary(max_size=40).map(
    lambda data: data.decode("utf-8", "surrogateescape")
)
SECONDS = st.floats(0.001, 1000.0)
PAIRS = st.lists(st.tuples(TEXTS, TEXTS), max_size=5).map(tuple)
DATA = st.binary(max_size=300)
LINES = st.lists(NUMBERS, max_size=20).map(tuple)
SWITCHES = st.booleans()
FIELDS: dict[type[Message], tuple[st.SearchStrategy[object], ...]] = {
    Start: (TEXTS, TEXTS, TEXTS, NUMBERS, SECONDS, SECONDS),
    Welcome: (NUMBERS,),
    TurnAway: (NUMBERS,),
    Head: (NUMBERS, NUMBERS, TEXTS, PAIRS, NUMBERS),
    Body: (NUMBERS, DATA),
    Texts: (LINES, SWITCHES, SWITCHES, DATA),
    Close: (NUMBERS, NUMBERS, TEXTS),
    Abort: (NUMBERS, SWITCHES),
    Reload: (),
    Refuse: (),
    CutUnopened: (),
    Ping: (),
    Ready: (),
    Asked: (NUMBERS, TEXTS, SWITCHES, TEXTS, PAIRS),
    Opened: (NUMBERS,),
    Said: (NUMBERS, SWITCHES, DATA),
    Taken: (NUMBERS, NUMBERS),
    Closed: (NUMBERS, SWITCHES, TEXTS),
    Pong: (),
}
SHAPES = (*FROM_CORE, *FROM_LINES)
MESSAGES = st.one_of([st.builds(shape, *FIELDS[shape]) for shape in SHAPES])


def framed(body: bytes) -> bytes:
    return struct.pack("!I", len(body)) + body


def parsed(data: bytes) -> list[Message]:
    return list(Parser(SHAPES).feed(data))


def test_every_kind_has_a_number_of_its_own_and_is_tried_here() -> None:
    assert len({shape.kind for shape in SHAPES}) == len(SHAPES)
    assert set(FIELDS) == set(SHAPES) == set(Message.__subclasses__())


@given(messages=st.lists(MESSAGES, max_size=6), cuts=st.lists(st.integers(1, 50), max_size=30))
def test_messages_arrive_as_they_were_sent_however_the_bytes_are_cut(
    messages: list[Message], cuts: list[int]
) -> None:
    data, parser = b"".join(map(encode, messages)), Parser(SHAPES)
    arrived: list[Message] = []
    for size in cuts:
        arrived += parser.feed(data[:size])
        data = data[size:]
    arrived += parser.feed(data)
    assert arrived == messages


@given(data=st.binary(max_size=400))
def test_any_bytes_are_messages_or_refused(data: bytes) -> None:
    with contextlib.suppress(BrokenMessageError):
        assert b"".join(map(encode, parsed(data))) == data[: sum(len(encode(one)) for one in parsed(data))]


@given(message=MESSAGES, extra=st.binary(min_size=1, max_size=8))
def test_a_message_with_a_byte_too_many_is_refused(message: Message, extra: bytes) -> None:
    with pytest.raises(BrokenMessageError, match="too many bytes"):
        parsed(framed(encode(message)[4:] + extra))


@given(message=MESSAGES, data=st.data())
def test_a_message_with_a_byte_too_few_is_refused(message: Message, data: st.DataObject) -> None:
    body = encode(message)[4:]
    if len(body) > 1:
        with pytest.raises(BrokenMessageError, match="too few bytes"):
            parsed(framed(body[: data.draw(st.integers(1, len(body) - 1))]))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (struct.pack("!I", MAX_MESSAGE + 1), "too long"),
        (struct.pack("!I", 2**32 - 1), "too long"),
        (struct.pack("!I", 0), "empty"),
        (framed(b"\0"), "kind 0"),
        (framed(b"\xff"), "kind 255"),
        (framed(bytes([Abort.kind]) + b"\0\0\0\1\2"), "neither on nor off"),
        (framed(bytes([Texts.kind]) + b"\xff\xff\xff\xff" + b"\0" * 40), "too few"),
        (framed(bytes([Head.kind]) + b"\0" * 12 + b"\xff\xff\xff\xff" + b"\0" * 40), "too few"),
        (encode(Texts(tuple(range(MAX_LINES + 1)), True, True, b"")), "too many lines"),
        (encode(Start("", "", "", 1, float("nan"), 1.0)), "no time"),
        (encode(Start("", "", "", 1, -1.0, 1.0)), "no time"),
        (encode(Start("", "", "", 1, 1.0, float("inf"))), "no time"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_never_may_be_sent_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(BrokenMessageError, match=why):
        parsed(data)


def test_nobody_may_say_what_is_for_the_other_end_to_say() -> None:
    with pytest.raises(BrokenMessageError, match="kind"):
        list(Parser(FROM_LINES).feed(encode(Ping())))
    with pytest.raises(BrokenMessageError, match="kind"):
        list(Parser(FROM_CORE).feed(encode(Pong())))


def test_nothing_is_kept_of_what_was_read() -> None:
    parser = Parser(SHAPES)
    whole = encode(Said(1, is_text=True, data=b"a password"))
    assert list(parser.feed(whole + whole[:3])) == [Said(1, is_text=True, data=b"a password")]
    assert len(parser._rest) == 3


def test_what_is_too_long_is_not_sent() -> None:
    with pytest.raises(ValueError, match="too long"):
        encode(Body(1, b"x" * MAX_MESSAGE))
