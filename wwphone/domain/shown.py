"""Which number the person called from here sees (requirement 000, "displayed number"), chosen for one call or for whom one calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wwphone.domain.numbers import RESERVED_NUMBERS, DialTarget

SHOWN_PREFIX = "*31*"
"""In front of a number: show another of one's own numbers, or none. By hand on any phone it shows none, as on GSM phones."""
SHOWN_HEADER = "X-Wwphone-Shown"
"""Names one's own number to show, in the INVITE to a number with the prefix."""


@dataclass(frozen=True)
class Shown:
    """What a person chose."""

    number: str = ""
    """One of one's own, or one that the administrator allows besides; empty: no number is shown."""


@dataclass(frozen=True)
class ShownDefault:
    """What is shown to one number unless another choice is made for a call."""

    called: str
    """The number as it is dialled (`domain.numbers.DialTarget`)."""
    shown: Shown


MAX_DEFAULTS = 1000
"""Numbers for which a person may have a default."""


def is_outside(target: DialTarget) -> bool:
    """Whether a choice can count for this target: not for numbers of the PBX itself and emergency numbers."""
    address = target.address
    plain = address[:1] in "+0123456789" and bool(address) and "@" not in address
    return plain and address not in RESERVED_NUMBERS and not target.is_emergency


def shown_call(target: DialTarget, shown: Shown) -> tuple[str, dict[str, str]]:
    """What to dial and which headers to send; numbers of the PBX itself and emergency numbers are dialled as ever."""
    address = target.address
    if not is_outside(target):
        return address, {}
    return SHOWN_PREFIX + address, {SHOWN_HEADER: shown.number} if shown.number else {}


def shown_in(address: str, headers: Mapping[str, str]) -> tuple[str, Shown | None]:
    """What `shown_call` was given: the number, and what it shows; None: as usual."""
    if not address.startswith(SHOWN_PREFIX):
        return address, None
    return address.removeprefix(SHOWN_PREFIX), Shown(headers.get(SHOWN_HEADER, ""))


def without_prefix(number: str) -> str:
    """The number a person called, without what was put in front of it."""
    return number.removeprefix(SHOWN_PREFIX)
