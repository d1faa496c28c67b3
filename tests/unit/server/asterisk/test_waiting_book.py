"""Who waits for a ring group, by what Asterisk tells of channels."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from wwphone.domain.calls import Party
from wwphone.server.asterisk.ami import AmiEvent
from wwphone.server.asterisk.waiting_book import WaitingBook
from wwphone.server.ring_group_api import PbxWaitingCaller, PbxWaitingChanged

FIRST, SECOND = datetime(2026, 3, 2, 12, tzinfo=UTC), datetime(2026, 3, 2, 12, 1, tzinfo=UTC)


def told(number: str, *callers: tuple[str, datetime]) -> PbxWaitingChanged:
    """Who waits, named by their channels, as `waits` names them."""
    waiting = (PbxWaitingCaller(one, since, Party(f"+4144{one}", "A, B")) for one, since in callers)
    return PbxWaitingChanged(number, tuple(waiting))


def text(number: str, since: datetime) -> str:
    return f"{number}/{int(since.timestamp())}/allowed_not_screened"


def waits(uniqueid: str, value: str) -> AmiEvent:
    fields = {"UserEvent": "WwphoneWaiting", "Uniqueid": uniqueid, "Waiting": value}
    return AmiEvent("UserEvent", {**fields, "CallerIDNum": f"+4144{uniqueid}", "CallerIDName": "A, B"})


def test_who_comes_first_stands_first_and_who_hangs_up_is_gone() -> None:
    book = WaitingBook()
    assert book.apply(waits("2", text("300", SECOND))) == [told("300", ("2", SECOND))]
    assert book.apply(waits("1", text("300", FIRST))) == [told("300", ("1", FIRST), ("2", SECOND))]
    assert book.apply(waits("1", text("300", FIRST))) == [], "again is no news"
    assert book.apply(AmiEvent("Hangup", {"Uniqueid": "1"})) == [told("300", ("2", SECOND))]
    assert book.apply(AmiEvent("Hangup", {"Uniqueid": "1"})) == []
    assert book.apply(waits("2", "")) == [told("300")]


def test_who_goes_from_one_group_to_another_changes_both() -> None:
    book = WaitingBook()
    book.apply(waits("1", text("300", FIRST)))
    assert book.apply(waits("1", text("310", SECOND))) == [
        told("300"),
        told("310", ("1", SECOND)),
    ]


def test_the_list_of_channels_is_the_truth() -> None:
    book = WaitingBook()
    book.apply(waits("gone", text("300", FIRST)))
    listed = [
        {
            "Uniqueid": "1",
            "CallerIDNum": "+41441",
            "CallerIDName": "A, B",
            "Variable": f"WWPHONE_DIRECTION=(null)\nWWPHONE_WAITING={text('310', FIRST)}",
        },
        {"Uniqueid": "2", "Variable": "WWPHONE_WAITING=(null)"},
        {"Uniqueid": "3"},
    ]
    assert book.replace_all(listed) == [
        told("300"),
        told("310", ("1", FIRST)),
    ]


@pytest.mark.parametrize("value", ["300", "/", "300/x", "x/1", f"300/{10**20}", "300/-1"])
def test_what_makes_no_sense_is_nobody(value: str) -> None:
    assert WaitingBook().apply(waits("1", value)) == []


def test_who_does_not_want_to_be_named_is_not() -> None:
    [changed] = WaitingBook().apply(waits("1", f"300/{int(FIRST.timestamp())}/prohib_passed_screen"))
    assert changed.callers == (PbxWaitingCaller("1", FIRST, Party("")),)


def test_channels_are_known_while_they_wait() -> None:
    book = WaitingBook()
    book.apply(waits("1", text("300", FIRST)))
    assert "1" in book
    book.apply(waits("1", ""))
    assert "1" not in book
