"""The two records of a company's calls: the CTI server's own, and Asterisk's CDR, which the server never reads. They must agree."""

from __future__ import annotations

import csv
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from demo.private_asterisk import PrivateAsterisk

RowId = str
_VALUES = ("channel", "dstchannel", "uniqueid", "linkedid", "disposition", "billsec,f", "start,u")
"""`f`: with fractions of seconds; `u`: seconds since 1970."""
_MAPPING = ",".join(f"${{CSV_QUOTE(${{CDR({value})}})}}" for value in _VALUES)
_USER_IN = re.compile(r"PJSIP/([A-Za-z0-9_-]+)-[0-9a-f]{8}")
_TOLERANCE_S = 1.5
"""The CDR counts a caller's talk from the moment when the caller's own channel is answered."""


@dataclass(frozen=True)
class Outcome:
    """What both records tell of one call of one person."""

    direction: str
    answered: bool
    talk_s: float
    started_at: float


@dataclass(frozen=True)
class Disagreement:
    """What differs; nothing does when all is empty."""

    missing: frozenset[RowId]
    """In Asterisk's record and not in ours."""
    invented: frozenset[RowId]
    """In ours and not in Asterisk's."""
    different: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.missing or self.invented or self.different)

    def __str__(self) -> str:
        parts = [f"missing {sorted(self.missing)[:5]}", f"invented {sorted(self.invented)[:5]}"]
        return "; ".join([*parts, *self.different[:5]])


def keep_cdr_as_text(asterisk: PrivateAsterisk) -> None:
    """Have Asterisk, once it is started, write the CDR into a file that can be read without locking it out."""
    modules = asterisk.configuration_dir.parent / "modules.conf"
    with modules.open("a", encoding="utf-8") as file:
        file.write("load = cdr_custom.so\n")
    mapping = f"[mappings]\n{_file(asterisk).name} => {_MAPPING}\n"
    modules.with_name("cdr_custom.conf").write_text(mapping, "utf-8")
    _file(asterisk).parent.mkdir()


def compare(ours: dict[RowId, Outcome], theirs: dict[RowId, Outcome]) -> Disagreement:
    """What the server's record and the CDR tell differently."""
    different = []
    for row_id in sorted(ours.keys() & theirs.keys()):
        mine, other = ours[row_id], theirs[row_id]
        same = (mine.direction, mine.answered) == (other.direction, other.answered)
        close = max(abs(mine.talk_s - other.talk_s), abs(mine.started_at - other.started_at)) <= _TOLERANCE_S
        if not (same and close):
            different.append(f"{row_id}: {mine} instead of {other}")
    missing, invented = theirs.keys() - ours.keys(), ours.keys() - theirs.keys()
    return Disagreement(frozenset(missing), frozenset(invented), tuple(different))


def cdr_of(asterisk: PrivateAsterisk) -> dict[RowId, Outcome]:
    """One row for who calls by the channel's uniqueid, one for each who was rung by Linkedid and user."""
    parts: defaultdict[RowId, list[Outcome]] = defaultdict(list)
    lines = list(_lines(_file(asterisk)))
    # Asterisk writes one for a device that it rang, too, when the caller gives up in the same millisecond.
    all_rung = {rung for _, rung, *_ in lines}
    for channel, rung, uniqueid, linkedid, disposition, talk_s, start in lines:
        # It says so of a call, too, whose caller gave up in the millisecond in which a device answered; then nobody talked.
        answered, times = disposition == "ANSWERED" and float(talk_s) > 0, (float(talk_s), float(start))
        caller, callee = _user_in(channel) if channel not in all_rung else "", _user_in(rung)
        if caller:
            parts[f"{uniqueid}+{caller}"].append(Outcome("outgoing", answered, *times))
        if callee:
            parts[f"{linkedid}-{callee}"].append(Outcome("incoming", answered, *times))
    return {row_id: _joined(several) for row_id, several in parts.items()}


@dataclass(frozen=True)
class History:
    """The server's record."""

    rows: dict[RowId, Outcome]
    answered_in_group: frozenset[str]
    """Calls (by Linkedid) of a ring group that a member answered."""

    def count(self, direction: str, *, answered: bool = False) -> int:
        """How many rows of a direction there are, or how many answered ones."""
        return sum(row.direction == direction and row.answered >= answered for row in self.rows.values())


def history_of(store: Path) -> History:
    """Read it from the server's database."""
    connection = sqlite3.connect(f"file:{store}?mode=ro", uri=True, timeout=30)
    try:
        query = "SELECT entry_id, direction, result, talk_ms, started_at, kind, call_id FROM history"
        found = connection.execute(query).fetchall()
    finally:
        connection.close()
    rows = {
        entry_id: Outcome(direction, result == "answered", talk_ms / 1000, _seconds(started_at))
        for entry_id, direction, result, talk_ms, started_at, *_ in found
    }
    taken = {call for entry_id, *_, kind, call in found if kind == "group" and rows[entry_id].answered}
    return History(rows, frozenset(taken))


def _file(asterisk: PrivateAsterisk) -> Path:
    return asterisk.logs / "cdr-custom" / "cdr.csv"


def _lines(file: Path) -> Iterator[list[str]]:
    if file.exists():
        whole = file.read_text("utf-8").rpartition("\n")[0]
        yield from csv.reader(whole.splitlines())


def _joined(parts: Sequence[Outcome]) -> Outcome:
    answered = [part for part in parts if part.answered]
    return Outcome(
        parts[0].direction,
        bool(answered),
        max((part.talk_s for part in answered), default=0.0),
        min(part.started_at for part in parts),
    )


def _user_in(channel: str) -> str:
    match = _USER_IN.fullmatch(channel)
    return match[1] if match else ""


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
