"""Entries of the phone book that may be the same, and what becomes of them when they are merged (product, section 6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace

from wwphone.domain.notes import line_key
from wwphone.domain.phonebook import ContactDetails, NumberKind

MAX_MERGED = 20
"""Entries that are merged at once. A number that more entries share is a switchboard's and makes no doubles."""


@dataclass(frozen=True)
class Likeness:
    """By what an entry is compared."""

    personal: bool
    """Only entries that the same people see are doubles."""
    name: str
    """Folded, with the company; empty: there is neither."""
    lines: tuple[str, ...]
    """The keys of its numbers, see `line_key`."""


class _Groups:
    """Sets that are united, none beyond `MAX_MERGED` (union-find)."""

    def __init__(self, all_of_them: Iterable[str]) -> None:
        self._leader = {one: one for one in all_of_them}
        self._size = dict.fromkeys(self._leader, 1)

    def unite(self, alike: Sequence[str]) -> None:
        first = self.led_by(alike[0])
        for other in map(self.led_by, alike[1:]):
            if other != first and self._size[first] + self._size[other] <= MAX_MERGED:
                self._leader[other] = first
                self._size[first] += self._size[other]

    def led_by(self, one: str) -> str:
        leader = self._leader
        while leader[one] != one:
            leader[one] = leader[leader[one]]
            one = leader[one]
        return one


def groups_of(entries: Mapping[str, Likeness]) -> tuple[tuple[str, ...], ...]:
    """Which entries are alike, by their ids: those of one name and company, and those that share a number.

    Each entry is in one group at most. Groups, and the entries in them, stand in the order of `entries`.
    """
    by_name: defaultdict[tuple[bool, str], list[str]] = defaultdict(list)
    by_line: defaultdict[tuple[bool, str], list[str]] = defaultdict(list)
    for one, likeness in entries.items():
        if likeness.name:
            by_name[likeness.personal, likeness.name].append(one)
        for line in set(likeness.lines):
            by_line[likeness.personal, line].append(one)
    united = _Groups(entries)
    for alike in by_name.values():
        united.unite(alike)
    for alike in by_line.values():
        if len(alike) <= MAX_MERGED:
            united.unite(alike)
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for one in entries:
        groups[united.led_by(one)].append(one)
    return tuple(tuple(group) for group in groups.values() if len(group) > 1)


def choices(entries: Sequence[ContactDetails], field: str) -> tuple[str, ...]:
    """What entries hold in a field, each once, in their order; of one number, the first way to write it."""
    found = [getattr(one, field) for one in entries if getattr(one, field)]
    if field not in {kind.value for kind in NumberKind}:
        return tuple(dict.fromkeys(found))
    by_line: dict[str, str] = {}
    for number in found:
        by_line.setdefault(_line(number), number)
    return tuple(by_line.values())


def merged(entries: Sequence[ContactDetails]) -> ContactDetails:
    """One entry of several: of each field what the first of them holds, all their numbers, all their notes.

    A number whose field is taken gets a free one; numbers and e-mail addresses without any are kept in the note.
    """
    one = ContactDetails(**{field.name: _first(entries, field.name) for field in fields(ContactDetails)})
    rest: list[str] = []
    known = {_line(number) for number in one.numbers.values()}
    for entry in entries:
        for number in entry.numbers.values():
            if _line(number) in known:
                continue
            known.add(_line(number))
            free = next((kind for kind in NumberKind if not getattr(one, kind.value)), None)
            if free is None:
                rest.append(number)
            else:
                one = replace(one, **{free.value: number})
    rest += [address for address in choices(entries, "email") if address.lower() != one.email.lower()]
    notes = [note for note in choices(entries, "note") if note.strip()]
    return replace(one, note="\n".join((*notes, *rest)))


def _line(number: str) -> str:
    return line_key(number) or number


def _first(entries: Sequence[ContactDetails], field: str) -> str:
    return next(iter(choices(entries, field)), "")
