"""Notes that a person writes during a call, shown again when the same number calls or is called."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

MAX_NOTE = 4000
"""The longest note, in characters."""

_SIGNIFICANT_DIGITS = 9
_LAST_DIGITS = 7
"""So many last digits of a long number tell who it is: +41 44 268 12 12 and 044 268 12 12 are the same line."""
_NO_DIGIT = re.compile(r"[^0-9*#]")


@dataclass(frozen=True)
class Note:
    """What was written about one call. Neither text nor name shows in a repr or a log: they are about persons."""

    call_id: str
    user: str
    """Whose note it is, by user name; empty without a CTI server."""
    number: str
    name: str = field(repr=False)
    text: str = field(repr=False)
    changed_at: datetime


def last_digits(number: str) -> str:
    """By what a number is looked for elsewhere: before its last digits directories write country and area in many ways."""
    return _NO_DIGIT.sub("", number)[-_LAST_DIGITS:]


def line_key(number: str) -> str:
    """The same for all ways to write one number; empty for a caller without one.

    A SIP address of somewhere else is its own key.
    """
    if "@" in number:
        return number.strip().lower()
    digits = number if number.isascii() and number.isdigit() else _NO_DIGIT.sub("", number)
    return digits[-_SIGNIFICANT_DIGITS:]
