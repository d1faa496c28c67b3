"""What one types into a search of the phone book, as what an entry must hold: beginnings of words, and parts of numbers.

Digits are looked for in one index alone, so it has those of names, too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from wwphone.domain.folding import wanted_words

WORD = re.compile(r"[^\W_]+")
"""What the full-text index takes for a word."""
SHORTEST_DIGITS = 3
"""Fewer digits are the beginning of a number or word; the index of digits knows three in a row and more."""
DIGITS = re.compile(rf"\d{{{SHORTEST_DIGITS},}}")
"""What of a name stands among the digits: *Hotel 2000* is found by what could be a number, too."""
_NUMBER_ONLY = re.compile(r"[\d\s+()\-./]+")
NO_DIGIT = re.compile(r"\D")


@dataclass(frozen=True)
class Wanted:
    """All of it must be held; nothing at all finds nothing."""

    beginnings: tuple[str, ...]
    """Of words, folded."""
    digits: tuple[str, ...]
    """Anywhere in a number, or in the digits of a name."""

    def holds(self, words: str, digits: str) -> bool:
        """Whether an entry is found, by its folded words and its digits, as the indexes would."""
        if not (self.beginnings or self.digits):
            return False
        spaced = f" {words}"
        return all(f" {one}" in spaced for one in self.beginnings) and all(
            one in digits for one in self.digits
        )


def wanted(text: str) -> Wanted:
    """Read what somebody typed."""
    words: list[str] = []
    digits: list[str] = []
    if _NUMBER_ONLY.fullmatch(text):
        digits.append(NO_DIGIT.sub("", text.replace("(0)", "")))
    else:
        for word in wanted_words(text):
            (digits if word.isdecimal() else words).append(word)
    # Within a country numbers are typed with a zero that E.164 has not.
    digits = [one.lstrip("0") if len(one.lstrip("0")) >= SHORTEST_DIGITS else one for one in digits]
    words += [one for one in digits if len(one) < SHORTEST_DIGITS]
    beginnings = tuple(part for word in words for part in WORD.findall(word))
    return Wanted(beginnings, tuple(one for one in digits if len(one) >= SHORTEST_DIGITS))
