"""Which facts belong to one call: those whose channels had one Linkedid at any time.

A call is over when all of its channels are. Two calls that are joined (a transfer, a parked call that is fetched) are one from
then on: a channel of the one has the other's Linkedid.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, field

from wwphone.server.asterisk.records.facts import Fact
from wwphone.server.history_api import RecordMark

_BEGINS, _ENDS = "CHAN_START", "CHAN_END"


@dataclass(eq=False, slots=True)
class RecordedFacts:
    """All facts of one call so far, in their order."""

    began_at: int
    """Which fact of all it began with."""
    place: RecordMark
    """Where that stands."""
    facts: list[tuple[int, Fact]] = field(default_factory=list)
    alive: set[str] = field(default_factory=set)
    """Uniqueids of the channels that have not ended."""

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes."""
        return not self.alive

    def in_order(self) -> list[Fact]:
        """The facts alone."""
        return [fact for _, fact in self.facts]


class CallBook:
    """The calls that are going on."""

    def __init__(self) -> None:
        self._count = 0
        self._by_link: dict[str, RecordedFacts] = {}
        self._by_channel: dict[str, RecordedFacts] = {}
        self._open: dict[int, RecordedFacts] = {}
        self._changed: dict[int, RecordedFacts] = {}
        self._gone: dict[int, int] = {}

    def take(self, fact: Fact, place: RecordMark) -> None:
        """Take the next fact. One of a channel whose beginning was not told belongs to no call."""
        self._count += 1
        call = self._by_channel.get(fact.uniqueid)
        if call is None:
            if fact.kind != _BEGINS:
                return
            call = self._by_link.get(fact.linkedid) or self._new(place)
            self._by_channel[fact.uniqueid] = call
            call.alive.add(fact.uniqueid)
        other = self._by_link.setdefault(fact.linkedid, call)
        if other is not call:
            call = self._join(call, other)
        call.facts.append((self._count, fact))
        if fact.kind == _ENDS:
            call.alive.discard(fact.uniqueid)
        self._changed[call.began_at] = call

    def take_changed(self) -> list[RecordedFacts]:
        """The calls that more became known of since this was asked, oldest first; those that are over are forgotten."""
        changed = [self._changed[at] for at in sorted(self._changed)]
        self._changed.clear()
        over = [call for call in changed if call.is_over]
        if over:
            self._forget(over)
        return changed

    def first_place(self) -> RecordMark | None:
        """Where the oldest call stands that goes on; None: there is none."""
        return self._open[min(self._open)].place if self._open else None

    def end_vanished(self, living: Container[str]) -> None:
        """End the calls none of whose channels is living, and of which nothing was told since this was asked last.

        Asterisk was killed, or its disk was full: their end is in no record. Asked twice, because the end of a call that is
        over this very moment is in the record a moment later.
        """
        gone = {
            call.began_at: call.facts[-1][0]
            for call in self._open.values()
            if not any(uniqueid in living for uniqueid in call.alive)
        }
        for began_at, latest in gone.items():
            if self._gone.get(began_at) == latest:
                self._end(self._open[began_at])
        self._gone = gone

    @property
    def going_on(self) -> int:
        """How many calls go on."""
        return len(self._open)

    # -- inside

    def _end(self, call: RecordedFacts) -> None:
        last = call.facts[-1][1].at
        for uniqueid in sorted(call.alive):
            latest = next(fact for _, fact in reversed(call.facts) if fact.uniqueid == uniqueid)
            self._count += 1
            call.facts.append((self._count, _end(latest, last)))
        call.alive.clear()
        self._changed[call.began_at] = call

    def _new(self, place: RecordMark) -> RecordedFacts:
        call = RecordedFacts(self._count, place)
        self._open[call.began_at] = call
        return call

    def _join(self, one: RecordedFacts, other: RecordedFacts) -> RecordedFacts:
        older, younger = (one, other) if one.began_at < other.began_at else (other, one)
        older.facts = sorted([*older.facts, *younger.facts], key=lambda pair: pair[0])
        older.alive |= younger.alive
        for index in (self._by_link, self._by_channel):
            for key in _keys(younger.facts, links=index is self._by_link):
                if index.get(key) is younger:
                    index[key] = older
        self._open.pop(younger.began_at, None)
        self._changed.pop(younger.began_at, None)
        return older

    def _forget(self, calls: Iterable[RecordedFacts]) -> None:
        for call in calls:
            self._open.pop(call.began_at, None)
            for index in (self._by_link, self._by_channel):
                for key in _keys(call.facts, links=index is self._by_link):
                    index.pop(key, None)


def _keys(facts: Iterable[tuple[int, Fact]], *, links: bool) -> set[str]:
    return {fact.linkedid if links else fact.uniqueid for _, fact in facts}


def _end(latest: Fact, at: float) -> Fact:
    return Fact(
        _ENDS, at, latest.number, latest.name, latest.exten, latest.context, latest.channel, "", "",
        latest.uniqueid, latest.linkedid, {},
    )  # fmt: skip
