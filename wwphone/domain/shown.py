"""Which number the person called from here sees (requirement 000, "displayed number"), chosen for one call."""

from __future__ import annotations

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
    """One of one's own; empty: no number is shown."""


def shown_call(target: DialTarget, shown: Shown) -> tuple[str, dict[str, str]]:
    """What to dial and which headers to send; numbers of the PBX itself and emergency numbers are dialled as ever."""
    address = target.address
    is_outside = address[:1] in "+0123456789" and "@" not in address and address not in RESERVED_NUMBERS
    if not is_outside or target.is_emergency:
        return address, {}
    return SHOWN_PREFIX + address, {SHOWN_HEADER: shown.number} if shown.number else {}


def without_prefix(number: str) -> str:
    """The number a person called, without what was put in front of it."""
    return number.removeprefix(SHOWN_PREFIX)
