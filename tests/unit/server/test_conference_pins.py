"""PINs of planned conferences: unlike what one tries first, different from each other, and far enough apart."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wwphone.server.services.conference_pins import LEAST_DIGITS, digits_for, is_guessable, new_pins


@pytest.mark.parametrize(
    "pin",
    [
        *("123456", "654321", "912348", "876519", "000000", "111222", "555183", "121212", "482482", "373737"),
        *("198417", "419845", "201934", "042917", "123321", "484848", "778877"),
    ],
)
def test_what_one_would_try_is_no_pin(pin: str) -> None:
    assert is_guessable(pin)


@pytest.mark.parametrize("pin", ["482917", "730164", "592813", "618305", "9402751"])
def test_what_nobody_would_try_is_one(pin: str) -> None:
    assert not is_guessable(pin)


def test_at_least_half_of_all_numbers_may_be_pins() -> None:
    found = sum(not is_guessable(f"{number:06d}") for number in range(0, 10**LEAST_DIGITS, 37))
    assert found * 37 > 10**LEAST_DIGITS / 2


@given(st.integers(1, 20_000))
def test_one_guess_hits_in_less_than_one_of_two_thousand(pins: int) -> None:
    digits = digits_for(pins)
    assert pins * 2_000 <= 10**digits / 2
    assert digits == LEAST_DIGITS or pins * 4_000 > 10 ** (digits - 1)


def test_they_are_different_from_each_other_and_from_those_taken() -> None:
    taken = set(new_pins(300, 6, ()))
    made = new_pins(300, 6, taken)
    assert len(set(made)) == 300
    assert not set(made) & taken
    assert all(re.fullmatch("[1-9][0-9]{5}", pin) and not is_guessable(pin) for pin in made)


def test_where_all_are_taken_there_is_one_digit_more() -> None:
    class Everything(frozenset[str]):
        def __contains__(self, pin: object) -> bool:
            return len(str(pin)) == 6

    (pin,) = new_pins(1, 6, Everything())
    assert len(pin) == 7


def test_they_are_evenly_spread() -> None:
    pins = new_pins(2_000, 8, ())
    for place in range(1, 8):
        counts = [sum(pin[place] == str(digit) for pin in pins) for digit in range(10)]
        assert all(100 < count < 300 for count in counts), (place, counts)
