"""Figures, and the table they end up in."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One quantity of us and of a peer, measured in turns in one run."""

    name: str
    unit: str
    ours: float
    peer: float
    peer_name: str
    target: str
    met: bool
    remark: str = ""

    @property
    def ratio(self) -> float:
        """Ours in units of the peer's."""
        return self.ours / self.peer if self.peer else float("nan")


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(values)


def p95(values: Sequence[float]) -> float:
    """What 95 of 100 stay below."""
    return statistics.quantiles(values, n=20)[-1]


def table(figures: Sequence[Figure]) -> str:
    """All figures as a Markdown table."""
    lines = ["| what | wwphone | peer | ratio | target | met | remark |", "|---|---|---|---|---|---|---|"]
    for one in figures:
        peer = f"{one.peer:.2f} {one.unit} ({one.peer_name})" if one.peer_name else "–"
        ratio = f"{one.ratio:.{2 if one.ratio >= 0.01 else 4}f}" if one.peer_name else "–"
        lines.append(
            f"| {one.name} | {one.ours:.2f} {one.unit} | {peer} | {ratio} | {one.target} | {'yes' if one.met else 'NO'} | {one.remark} |"
        )
    return "\n".join(lines)
