"""PINs of planned conferences: random, unlike anything one would try first, and never too close together."""

from __future__ import annotations

import itertools
import re
import secrets
from collections.abc import Collection

LEAST_DIGITS, MOST_DIGITS = 6, 12
_TRIES = 1_000
"""For one PIN; so many are in vain only when nearly all of that length are taken, and then there is one digit more."""
_ROOM_FOR_EACH = 4_000
"""Of all numbers of that length, so many for each PIN that counts at the same time. As at least half of them may be PINs
(a test counts), whoever keys in one of these at random meets a PIN in less than 1 of 2,000 cases."""
_LONGEST_RUN, _LEAST_KINDS = 3, 4
_YEAR = re.compile("19[0-9]{2}|20[0-9]{2}")
_SAME = re.compile(r"([0-9])\1\1")
_REPEATED = re.compile(r"([0-9]{2,})\1+")


def digits_for(pins: int) -> int:
    """How many digits are enough for so many PINs that count at the same time."""
    return next(
        (digits for digits in range(LEAST_DIGITS, MOST_DIGITS) if pins * _ROOM_FOR_EACH <= 10**digits),
        MOST_DIGITS,
    )


def is_guessable(pin: str) -> bool:
    """Whether it is one that people try: a run, a repetition, few different digits, a year of birth; or begins with 0, which tables lose."""
    steps = [int(after) - int(before) for before, after in itertools.pairwise(pin)]
    runs = ("".join("u" if step == 1 else "d" if step == -1 else "-" for step in steps)).split("-")
    return (
        pin.startswith("0")
        or any(side * _LONGEST_RUN in run for run in runs for side in "ud")
        or len(set(pin)) < _LEAST_KINDS
        or bool(_YEAR.search(pin) or _SAME.search(pin) or _REPEATED.fullmatch(pin))
        or pin == pin[::-1]
    )


def new_pins(count: int, digits: int, taken: Collection[str]) -> tuple[str, ...]:
    """Make so many different ones of so many digits, more where too few are left; none of them is `taken`."""
    made: dict[str, None] = {}
    for _ in range(count):
        while (pin := _one(digits, taken, made)) is None:
            digits += 1
        made[pin] = None
    return tuple(made)


def example_pin(digits: int) -> str:
    """What stands in a preview."""
    return "0" * digits


def _one(digits: int, taken: Collection[str], made: Collection[str]) -> str | None:
    for _ in range(_TRIES):
        pin = f"{secrets.randbelow(10**digits):0{digits}d}"
        if not (pin in taken or pin in made or is_guessable(pin)):
            return pin
    return None
