"""The digits that some PBXes want in front of numbers outside, and how a number is known that has them.

Theory. With the prefix 0, what stands in front of 0 044 555 01 23 and of 0 0041 44 555 01 23 is a digit like those behind it.
So it counts as the prefix only where what follows is a number of the home country as it is dialled there, or one with its
country in front, and where the number is not the home country's as it stands. The dial plan decides by the same expressions,
so they are such as both POSIX (regcomp) and Python understand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

LONGEST_EXPRESSION = 2000
"""Asterisk's variables hold 4,096 bytes; a longer expression gives way to the country's general one."""
_KINDS = (
    "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost",
    "personal_number", "voip", "pager", "uan", "voicemail",
)  # fmt: skip


@dataclass(frozen=True)
class TrunkPrefix:
    """The prefix; without digits every number stays as it is."""

    digits: str = ""
    home: str = ""
    """What a number of the home country looks like as it is dialled there: a whole POSIX expression."""
    abroad: str = ""
    """What a number looks like that has its country in front."""
    _known: tuple[re.Pattern[str], ...] = field(init=False, repr=False, compare=False, default=())

    def __post_init__(self) -> None:
        object.__setattr__(self, "_known", (re.compile(self.home), re.compile(self.abroad)))

    def __bool__(self) -> bool:
        """Whether there is one."""
        return bool(self.digits)

    def without(self, number: str) -> str:
        """A number without the prefix, where what follows is beyond doubt one outside; anything else as it is."""
        if not self.digits or not number.startswith(self.digits):
            return number
        home, abroad = self._known
        if home.search(number):
            return number
        rest = number.removeprefix(self.digits)
        if home.search(rest):
            return rest
        return rest if not abroad.search(number) and abroad.search(rest) else number

    def dialled(self, number: str) -> str:
        """What the PBX dials outside for a number that is none of its own: short ones lose the prefix, too."""
        rest = self.without(number)
        if rest != number or not self.digits or not number.startswith(self.digits):
            return rest
        if any(known.search(number) for known in self._known):
            return number
        return number.removeprefix(self.digits) or number

    def stands_abroad(self, number: str) -> bool:
        """Whether a number has its country in front, as it stands."""
        return bool(self.digits) and bool(self._known[1].search(number))


NO_TRUNK_PREFIX = TrunkPrefix()
"""Numbers outside are dialled as everywhere."""


def trunk_prefix(digits: str, plan: Any) -> TrunkPrefix:
    """The prefix in a country: `plan` is its numbering plan (`phonenumbers.PhoneMetadata`); None: there is none."""
    if not digits or plan is None:
        return NO_TRUNK_PREFIX
    kinds = (getattr(plan, name) for name in _KINDS)
    every = _in_front(plan, (one.national_number_pattern for one in kinds if one is not None))
    if not every or len(every) > LONGEST_EXPRESSION:
        every = _in_front(plan, (plan.general_desc.national_number_pattern,))
    international = _posix(plan.international_prefix or "00")
    return TrunkPrefix(digits, every, f"^([+]|{international})[1-9][0-9]{{4,14}}$")


def _in_front(plan: Any, patterns: Iterable[str | None]) -> str:
    """With what is dialled in front of it at home: where that is a zero, nobody leaves it out."""
    national = plan.national_prefix or ""
    before = national if national == "0" or not national else f"({national})?"
    inner = "|".join(_posix(pattern) for pattern in patterns if pattern)
    return f"^{before}({inner})$" if inner else ""


def _posix(pattern: str) -> str:
    """The same for `regcomp`, which knows neither classes by letter nor groups that are not kept."""
    return re.sub(r"\s", "", pattern).replace(r"\d", "[0-9]").replace("(?:", "(")
