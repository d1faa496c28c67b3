"""What a check found: good, doubtful or bad, in one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """How a finding is to be taken."""

    GOOD = "ok"
    DOUBTFUL = "warning"
    BAD = "error"


@dataclass(frozen=True)
class Finding:
    """One sentence for the administrator."""

    verdict: Verdict
    sentence: str

    def __str__(self) -> str:
        return f"{self.verdict.value}: {self.sentence}"


def good(sentence: str) -> Finding:
    """It is as it should be."""
    return Finding(Verdict.GOOD, sentence)


def doubtful(sentence: str) -> Finding:
    """It works, but somebody should look."""
    return Finding(Verdict.DOUBTFUL, sentence)


def bad(sentence: str) -> Finding:
    """It does not work."""
    return Finding(Verdict.BAD, sentence)
