"""What may be asked of conferences: whom one can call into one, and which PIN a room may have."""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterable

from wwphone.domain.calls import Party
from wwphone.domain.conference import MAX_INVITED_AT_ONCE, ROOM_PIN_DIGITS
from wwphone.domain.numbers import EMERGENCY_NUMBERS, RESERVED_NUMBERS, NotDiallableError, dial_target

MAX_NAME = 200
"""Characters of a name that somebody is called in by."""
_UP, _DOWN = "01234567890", "09876543210"
_YEAR = re.compile(r"(19|20)[0-9]{2}")
_REPEATED = range(1, 4)
"""A PIN that is so many digits over and over again is guessed soon."""


def checked_parties(parties: Iterable[Party], forbidden: Container[str]) -> tuple[Party, ...]:
    """Whom to call, each number once and as it is dialled; raise ValueError, whose words never repeat a name.

    `forbidden`: numbers that lead to no person, such as those of rooms.
    """
    found: dict[str, Party] = {}
    for party in parties:
        try:
            number = dial_target(party.number).address
        except NotDiallableError as error:
            raise ValueError("one of the numbers cannot be dialled") from error
        if "@" in number or number in RESERVED_NUMBERS or number in EMERGENCY_NUMBERS or number in forbidden:
            raise ValueError(f"nobody can be called into a conference by {number}")
        if len(party.name) > MAX_NAME or not party.name.isprintable():
            raise ValueError("a name is too long, or has characters that are not printed")
        found.setdefault(number, Party(number, party.name.strip()))
    if not found:
        raise ValueError("nobody is named")
    if len(found) > MAX_INVITED_AT_ONCE:
        raise ValueError(f"at most {MAX_INVITED_AT_ONCE} people are called at once")
    return tuple(found.values())


def checked_room_pin(pin: str, numbers: Collection[str]) -> str:
    """Return a PIN, or nothing at all, unchanged; raise ValueError in words that never repeat it.

    `numbers`: those that everybody would try first, as the room's own.
    """
    if not pin:
        return pin
    if not (pin.isascii() and pin.isdigit()) or len(pin) not in ROOM_PIN_DIGITS:
        raise ValueError(f"a PIN has {ROOM_PIN_DIGITS[0]} to {ROOM_PIN_DIGITS[-1]} digits")
    repeats = any(pin == (pin[:size] * len(pin))[: len(pin)] for size in _REPEATED if len(pin) >= 2 * size)
    in_a_row = pin in _UP or pin in _DOWN
    if repeats or in_a_row or _YEAR.fullmatch(pin) or pin in numbers or pin[::-1] in numbers:
        raise ValueError("this PIN is easily guessed")
    return pin
