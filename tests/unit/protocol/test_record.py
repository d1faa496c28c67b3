"""What a signed-in session remembers of its commands."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from wwphone.protocol.account import Resumed, SignedIn
from wwphone.protocol.calls import Dialled
from wwphone.protocol.codec import decode_server_frame
from wwphone.protocol.errors import ErrorCode, WireError
from wwphone.protocol.examples import CONVERSATIONS
from wwphone.protocol.frames import FailureFrame, ReplyFrame
from wwphone.protocol.message import Done
from wwphone.protocol.record import MAX_ANSWERS, MAX_KEPT_CHARACTERS, CommandRecord, carries_secrets
from wwphone.protocol.session import MAX_UNANSWERED, LocalMisuseError

REFUSED = WireError(ErrorCode.PBX_REFUSED, "the PBX said no")


def codes(texts: list[str]) -> list[tuple[str | None, ErrorCode | None]]:
    """Ids and error codes of answers; None for success."""
    read = []
    for text in texts:
        frame = decode_server_frame(text)
        assert isinstance(frame, ReplyFrame | FailureFrame)
        read.append((frame.request_id, frame.error.code if isinstance(frame, FailureFrame) else None))
    return read


def test_an_answer_is_kept_word_for_word() -> None:
    record = CommandRecord()
    record.begin("1")
    assert record.is_running("1")
    assert record.answer("1") is None
    text = record.finish("1", Dialled("leg-1"))
    assert record.answer("1") == text
    assert not record.is_running("1")
    assert decode_server_frame(text) == ReplyFrame("1", Dialled("leg-1"))


def test_a_refusal_is_an_answer_too() -> None:
    record = CommandRecord()
    record.begin("1")
    record.finish("1", REFUSED)
    assert codes(record.settle(["1"], continuous=True)) == [("1", ErrorCode.PBX_REFUSED)]


@pytest.mark.parametrize("state", ["running", "answered"])
def test_a_request_begins_once(state: str) -> None:
    record = CommandRecord()
    record.begin("1")
    if state == "answered":
        record.finish("1", Done())
    with pytest.raises(LocalMisuseError):
        record.begin("1")


def test_only_what_runs_can_be_finished() -> None:
    record = CommandRecord()
    with pytest.raises(LocalMisuseError):
        record.finish("1", Done())


def test_settling_tells_each_its_truth() -> None:
    record = CommandRecord()
    for request_id in ("done", "running"):
        record.begin(request_id)
    record.finish("done", Done())
    answers = codes(record.settle(["done", "running", "lost"], continuous=True))
    assert answers == [("done", None), ("lost", ErrorCode.NOT_EXECUTED)]


def test_after_a_restart_nobody_knows() -> None:
    record = CommandRecord()
    assert codes(record.settle(["old"], continuous=False)) == [("old", ErrorCode.UNKNOWN_OUTCOME)]
    assert codes(record.settle(["old"], continuous=True)) == [("old", ErrorCode.UNKNOWN_OUTCOME)], (
        "word is kept"
    )


def test_what_was_called_not_executed_is_never_executed() -> None:
    record = CommandRecord()
    told = record.settle(["late"], continuous=True)
    assert record.answer("late") == told[0]
    with pytest.raises(LocalMisuseError):
        record.begin("late")


def test_it_forgets_the_oldest_but_never_what_a_client_may_still_ask_for() -> None:
    record = CommandRecord()
    for number in range(MAX_ANSWERS + 100):
        record.begin(str(number))
        record.finish(str(number), Done())
    kept = [number for number in range(MAX_ANSWERS + 100) if record.answer(str(number))]
    assert kept == list(range(100, MAX_ANSWERS + 100))
    assert len(kept) > MAX_UNANSWERED


def test_a_settled_answer_counts_as_new() -> None:
    record = CommandRecord(MAX_UNANSWERED)
    for number in range(MAX_UNANSWERED):
        record.begin(str(number))
        record.finish(str(number), Done())
    record.settle(["0"], continuous=True)
    record.begin("new")
    record.finish("new", Done())
    assert record.answer("0") is not None
    assert record.answer("1") is None


def test_it_cannot_be_smaller_than_a_clients_window() -> None:
    with pytest.raises(ValueError, match=str(MAX_UNANSWERED)):
        CommandRecord(MAX_UNANSWERED - 1)


def test_secrets_are_sent_but_not_kept() -> None:
    record = CommandRecord()
    record.begin("1")
    resumed = CONVERSATIONS[next(shape for shape in CONVERSATIONS if shape.wire_name == "account.resume")][1]
    assert "not-a-real-one" in record.finish("1", resumed)
    kept = record.answer("1")
    assert kept is not None
    assert "not-a-real-one" not in kept
    assert codes([kept]) == [("1", ErrorCode.UNKNOWN_OUTCOME)]


def test_very_long_answers_are_not_kept() -> None:
    record = CommandRecord()
    record.begin("1")
    sent = record.finish("1", Dialled("x" * MAX_KEPT_CHARACTERS))
    kept = record.answer("1")
    assert kept is not None
    assert len(sent) > MAX_KEPT_CHARACTERS > len(kept)


def test_what_carries_secrets() -> None:
    @dataclass(frozen=True)
    class Plain:
        name: str

    @dataclass(frozen=True)
    class Hidden:
        code: str = field(repr=False)

    assert [carries_secrets(shape) for shape in (SignedIn, Resumed, Done, Dialled, str)] == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert not carries_secrets(Plain)
    assert carries_secrets(Hidden)
