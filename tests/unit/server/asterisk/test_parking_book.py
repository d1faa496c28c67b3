"""Parked calls from res_parking's events: whose, which lot, what became of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.unit.server.asterisk.channel_events import START
from wwphone.domain.calls import Party
from wwphone.domain.parking import ParkedCall, ParkingEnd
from wwphone.server.api import PbxParkedChanged, PbxParkedEnded
from wwphone.server.asterisk.ami import AmiEvent
from wwphone.server.asterisk.parking_book import ParkingBook


@pytest.fixture
def book() -> ParkingBook:
    return ParkingBook({"anna", "beat_2-x"}.__contains__, lambda: START)


def event(name: str = "ParkedCall", **more: str) -> AmiEvent:
    """As Asterisk 22.10 sends it, reduced to what is read of it."""
    fields = {
        "ParkeeUniqueid": "pbx-1.1",
        "ParkeeCallerIDNum": "+41445550123",
        "ParkeeCallerIDName": 'Müller \\"AG\\"',
        "ParkerDialString": "PJSIP/beat_2-x",
        "Parkinglot": "default",
        "ParkingSpace": "703",
        "ParkingTimeout": "90",
        "ParkingDuration": "30",
    }
    return AmiEvent(name, {"Event": name, **fields, **more})


CALL = ParkedCall(
    "703",
    Party("+41445550123", 'Müller "AG"'),
    "beat_2-x",
    START - timedelta(seconds=30),
    START + timedelta(seconds=90),
)


def test_who_waits_where_since_when_and_until_when(book: ParkingBook) -> None:
    assert book.apply(event()) == [PbxParkedChanged(CALL)]
    assert "703" in book
    assert book.caller_in("703") == CALL.caller


@pytest.mark.parametrize(
    ("name", "more", "told"),
    [
        ("UnParkedCall", {"RetrieverChannel": "PJSIP/anna-0000002a"}, (ParkingEnd.FETCHED, "anna")),
        ("UnParkedCall", {"RetrieverChannel": "PJSIP/trunk-0000002a"}, (ParkingEnd.FETCHED, "")),
        ("ParkedCallTimeOut", {}, (ParkingEnd.RETURNED, "beat_2-x")),
        ("ParkedCallGiveUp", {}, (ParkingEnd.GAVE_UP, "")),
    ],
)
def test_what_became_of_it(
    book: ParkingBook, name: str, more: dict[str, str], told: tuple[ParkingEnd, str]
) -> None:
    book.apply(event())
    assert book.apply(event(name, **more)) == [PbxParkedEnded("703", *told)]
    assert "703" not in book
    assert book.apply(event(name, **more)) == [], "it is over already"


def test_the_end_of_the_one_before_is_not_the_end_of_the_next(book: ParkingBook) -> None:
    """The place was given to somebody else while the news of the first was on its way."""
    book.apply(event(ParkeeUniqueid="pbx-9.9"))
    assert book.apply(event("UnParkedCall")) == []
    assert "703" in book


def test_an_attended_transfer_puts_somebody_else_into_the_place(book: ParkingBook) -> None:
    book.apply(event())
    (told,) = book.apply(
        event(
            "ParkedCallSwap",
            ParkeeUniqueid="pbx-2.2",
            ParkeeCallerIDNum="207",
            ParkeeCallerIDName="<unknown>",
        )
    )
    assert isinstance(told, PbxParkedChanged)
    assert told.call.caller == Party("207", "")
    assert book.apply(event("ParkedCallGiveUp", ParkeeUniqueid="pbx-2.2")) != []


@pytest.mark.parametrize(
    "more",
    [{"Parkinglot": "garage"}, {"ParkingSpace": "700"}, {"ParkingSpace": "721"}, {"ParkingSpace": ""}],
)
def test_other_lots_and_places_are_somebody_elses(book: ParkingBook, more: dict[str, str]) -> None:
    assert book.apply(event(**more)) == []
    assert book.replace_all([event(**more).fields]) == []


@pytest.mark.parametrize("parker", ["PJSIP/trunk", "Local/s@x", "", "anna", "SIP/anna"])
def test_who_is_no_user_is_nobody(book: ParkingBook, parker: str) -> None:
    (told,) = book.apply(event(ParkerDialString=parker))
    assert isinstance(told, PbxParkedChanged)
    assert told.call.parked_by == ""


@pytest.mark.parametrize("timeout", ["0", "", "-1", "soon"])
def test_without_a_time_it_never_comes_back_by_itself(book: ParkingBook, timeout: str) -> None:
    (told,) = book.apply(event(ParkingTimeout=timeout))
    assert isinstance(told, PbxParkedChanged)
    assert told.call.returns_at is None


def test_the_list_is_the_truth_after_a_cut(book: ParkingBook) -> None:
    book.apply(event())
    other = event(ParkingSpace="705", ParkeeUniqueid="pbx-5.5")
    told = book.replace_all([other.fields])
    assert told[0] == PbxParkedEnded("703", ParkingEnd.GAVE_UP)
    assert [one.call.slot for one in told if isinstance(one, PbxParkedChanged)] == ["705"]
