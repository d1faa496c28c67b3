"""Who waits for a ring group, by what Asterisk tells of channels."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from wwphone.server.asterisk.ami import AmiEvent
from wwphone.server.asterisk.waiting_book import WaitingBook
from wwphone.server.ring_group_api import PbxWaitingChanged

FIRST, SECOND = datetime(2026, 3, 2, 12, tzinfo=UTC), datetime(2026, 3, 2, 12, 1, tzinfo=UTC)


def text(number: str, since: datetime) -> str:
    return f"{number}/{int(since.timestamp())}"


def waits(uniqueid: str, value: str) -> AmiEvent:
    return AmiEvent("UserEvent", {"UserEvent": "WwphoneWaiting", "Uniqueid": uniqueid, "Waiting": value})


def test_who_comes_first_stands_first_and_who_hangs_up_is_gone() -> None:
    book = WaitingBook()
    assert book.apply(waits("2", text("300", SECOND))) == [PbxWaitingChanged("300", (SECOND,))]
    assert book.apply(waits("1", text("300", FIRST))) == [PbxWaitingChanged("300", (FIRST, SECOND))]
    assert book.apply(waits("1", text("300", FIRST))) == [], "again is no news"
    assert book.apply(AmiEvent("Hangup", {"Uniqueid": "1"})) == [PbxWaitingChanged("300", (SECOND,))]
    assert book.apply(AmiEvent("Hangup", {"Uniqueid": "1"})) == []
    assert book.apply(waits("2", "")) == [PbxWaitingChanged("300", ())]


def test_who_goes_from_one_group_to_another_changes_both() -> None:
    book = WaitingBook()
    book.apply(waits("1", text("300", FIRST)))
    assert book.apply(waits("1", text("310", SECOND))) == [
        PbxWaitingChanged("300", ()),
        PbxWaitingChanged("310", (SECOND,)),
    ]


def test_the_list_of_channels_is_the_truth() -> None:
    book = WaitingBook()
    book.apply(waits("gone", text("300", FIRST)))
    listed = [
        {"Uniqueid": "1", "Variable": f"WWPHONE_DIRECTION=(null)\nWWPHONE_WAITING={text('310', FIRST)}"},
        {"Uniqueid": "2", "Variable": "WWPHONE_WAITING=(null)"},
        {"Uniqueid": "3"},
    ]
    assert book.replace_all(listed) == [
        PbxWaitingChanged("300", ()),
        PbxWaitingChanged("310", (FIRST,)),
    ]


@pytest.mark.parametrize("value", ["300", "/", "300/x", "x/1", f"300/{10**20}", "300/-1"])
def test_what_makes_no_sense_is_nobody(value: str) -> None:
    assert WaitingBook().apply(waits("1", value)) == []
