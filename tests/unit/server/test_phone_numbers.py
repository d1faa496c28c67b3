"""Numbers as people write them, and what is kept of them."""

from __future__ import annotations

import pytest

from wwphone.domain.numbers import NotDiallableError
from wwphone.server.api import PbxRoom, UserRecord
from wwphone.server.ring_group_api import PbxRingGroup
from wwphone.server.services.phone_numbers import PhoneNumbers, internal_numbers

SWISS = PhoneNumbers("CH")
ZURICH = "+41445550123"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("044 555 01 23", ZURICH),
        ("044/555'01'23".replace("'", " "), ZURICH),
        ("+41 (0)44 555 01 23", ZURICH),
        ("0041 44 555 01 23", ZURICH),
        ("41445550123", ZURICH),
        ("tel:+41-44-555-01-23", ZURICH),
        ("Tel. 044 555 01 23", ZURICH),
        ("\u202a+41\u00a044\u00a0555\u00a001\u00a023\u202c", ZURICH),
        ("\u200e044 555 01 23", ZURICH),
        ("+49 30 123456", "+4930123456"),
        ("0800 123 456", "+41800123456"),
        ("+39 06 1234 5678", "+390612345678"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_a_valid_number_of_any_country_is_kept_in_e164(written: str, kept: str) -> None:
    assert SWISS.normal(written) == kept
    assert SWISS.normal(kept) == kept


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("201", "201"),
        ("117", "117"),
        ("*21*201#", "*21*201#"),
        ("555 01 23", "5550123"),
        ("+41 44 555", "+4144555"),
        ("0", "0"),
    ],
)
def test_anything_else_stays_as_it_is_dialled(written: str, kept: str) -> None:
    assert SWISS.normal(written) == kept


@pytest.mark.parametrize(
    "written",
    ["anna", "anna@example.net", "sip:anna@example.net", "044 555 01 23 ext. 5", "tel:+41445550123;ext=5",
     "x 201", "٢٠١x", "9" * 300, "\x00", "=1+1", "-"],
)  # fmt: skip
def test_what_cannot_be_dialled_is_refused(written: str) -> None:
    with pytest.raises(NotDiallableError):
        SWISS.normal(written)


def test_what_is_dialled_inside_never_means_anything_else() -> None:
    internal = internal_numbers(
        (UserRecord("anna", "0445550123", "Anna", "", "s", "h"),),
        (PbxRingGroup("300", "Reception", ("anna",)),),
        (PbxRoom("400", "Room"),),
    )
    assert {"300", "400", "700", "901", "112"} < internal
    assert SWISS.normal("044 555 01 23", internal) == "0445550123"
    assert SWISS.normal("044 555 01 24", internal) == "+41445550124"


def test_without_a_home_country_only_international_numbers_are_recognised() -> None:
    nowhere = PhoneNumbers("")
    assert nowhere.normal("+41 44 555 01 23") == ZURICH
    assert nowhere.normal("044 555 01 23") == "0445550123"
    assert PhoneNumbers("DE").normal("044 555 01 23") != ZURICH


def test_a_country_must_exist() -> None:
    for country in ("XX", "ch", "Switzerland"):
        with pytest.raises(ValueError, match=country):
            PhoneNumbers(country)


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("+41442681204", "044 268 12 04"),
        ("0442681204", "044 268 12 04"),
        ("+4930123456", "+49 30 123456"),
        ("201", "201"),
        ("", ""),
        ("*51", "*51"),
        ("00012345", "00012345"),
    ],
)
def test_numbers_are_written_as_in_the_window(number: str, written: str) -> None:
    assert PhoneNumbers("CH").written(number) == written
    assert PhoneNumbers().written(number) == number


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("0 044 555 01 23", ZURICH),
        ("0044 555 01 23", ZURICH),
        ("0 0041 44 555 01 23", ZURICH),
        ("044 555 01 23", ZURICH),
        ("0041 44 555 01 23", ZURICH),
        ("0112", "112"),
        ("0203", "0203"),
        ("201", "201"),
    ],
)
def test_what_was_written_with_the_trunk_prefix_is_kept_without(written: str, kept: str) -> None:
    assert PhoneNumbers("CH", "0").normal(written) == kept
    assert SWISS.normal("0112") == "0112"


def test_internal_numbers_stay_internal_whatever_the_trunk_prefix() -> None:
    assert PhoneNumbers("CH", "0").normal("00445550123", {"00445550123"}) == "00445550123"
    assert PhoneNumbers("CH", "0").normal("0112", {"0112"}) == "0112"


def test_a_written_number_with_its_country_is_taken_for_that_before_the_trunk_prefix_is() -> None:
    assert PhoneNumbers("DE", "0").normal("0041 44 555 01 23") == ZURICH
    assert PhoneNumbers("DE", "0").normal("0 030 12345678") == "+493012345678"


def test_nobody_reads_the_trunk_prefix() -> None:
    assert PhoneNumbers("CH", "0").written("00445550123") == "044 555 01 23"
    assert PhoneNumbers("CH", "9").written("90049301234567") == "+49 30 1234567"


@pytest.mark.parametrize("country", ["CH", ""])
def test_a_number_for_readers_everywhere_has_its_country(country: str) -> None:
    written = PhoneNumbers(country).written_for_everybody
    assert written("+41445550180") == "+41 44 555 01 80"
    assert [written(number) for number in ("901", "0445550180", "+0", "")] == ["901", "0445550180", "+0", ""]
