"""Importing many entries into the phone book: what is in a file, what it would do to the book, what it has done.

Entries are plain tuples here (`Values`): a hundred thousand objects would be felt by Python's collector, tuples of texts
are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from enum import Enum
from operator import itemgetter
from typing import Any

from wwphone.domain.phonebook import ContactDetails

Values = tuple[str, ...]
"""What stands in an entry, in the order of `FIELDS`."""
FIELDS = tuple(one.name for one in fields(ContactDetails))
MAX_IMPORTED = 100_000
"""Entries of one file."""
MAX_DOUBLES_TOLD = 1000
"""So many entries that stand twice in a file are named one by one."""
KEPT_DAYS = 30
"""For so long a removed entry can be restored, and an import be undone."""
MAX_FILE_NAME = 200
_NAMES = ("first_name", "surname", "company")
_OTHERS = ("office", "mobile", "private", "email")


class RefusalReason(Enum):
    """Why an entry of a file cannot be imported; the others can."""

    COLUMNS = "columns"
    """Another number of columns than the head has; `text` is how many."""
    QUOTE = "quote"
    """A quotation mark is not closed, or something follows a closed one."""
    TOO_LONG = "too_long"
    """`field` is too long; without one, the whole entry."""
    NOT_DIALLABLE = "not_diallable"
    BAD_EMAIL = "bad_email"
    EMPTY = "empty"
    """No name, company, number or e-mail address."""
    DOUBLE = "double"
    """The same entry stands in the file before, in the line that `text` names."""
    OUTSIDE = "outside"
    """This line of a vCard file is in no card."""
    NOT_ENDED = "not_ended"
    """A card that is not ended."""
    VERSION = "version"
    """A card of a version (`text`) that is not known."""
    GROUP = "group"
    """A card of several people, not of one."""
    ENCODING = "encoding"
    """Text in a card that cannot be decoded."""


@dataclass(frozen=True)
class RefusedLine:
    """An entry of a file that cannot be imported."""

    line: int
    """Where it begins, counted from 1."""
    reason: RefusalReason
    field: str = ""
    """One of `FIELDS`, where it is about one."""
    text: str = ""
    """What stands there."""


@dataclass(frozen=True)
class ImportCounts:
    """What an import does to the entries of the book."""

    new: int = 0
    changed: int = 0
    same: int = 0
    gone: int = 0
    """Those that are removed, because the import replaces all."""


@dataclass(frozen=True)
class ImportRecord:
    """An import that was carried out."""

    import_id: str
    by: str
    at: datetime
    personal: bool
    """Of that user's own entries; else of everybody's."""
    file_name: str
    replaces_all: bool
    counts: ImportCounts
    undone_by: str = ""
    """Empty: it was not undone."""
    undone_at: datetime | None = None


@dataclass(frozen=True)
class UndoCounts:
    """What undoing an import has done."""

    removed: int = 0
    """Entries that the import had added."""
    reverted: int = 0
    """That it had changed."""
    restored: int = 0
    """That it had removed."""
    kept: int = 0
    """That stay as they are, because somebody has changed them since."""


@dataclass(frozen=True)
class ImportPlan:
    """What an import would do, entry by entry."""

    new: list[Values] = field(default_factory=list)
    new_at: list[int] = field(default_factory=list)
    """The places in the file of `new`."""
    changed: list[tuple[str, Values]] = field(default_factory=list)
    """Ids, and what will stand there."""
    changed_at: list[int] = field(default_factory=list)
    """The places in the file of `changed`."""
    gone: list[str] = field(default_factory=list)
    same: int = 0
    doubles: list[tuple[int, int]] = field(default_factory=list)
    """Places of entries that stand in the file before, and where."""

    @property
    def counts(self) -> ImportCounts:
        """How many of each."""
        return ImportCounts(len(self.new), len(self.changed), self.same, len(self.gone))


def import_plan(
    there: Iterable[tuple[str, Values]],
    rows: Sequence[Values],
    known: Iterable[str],
    *,
    replaces_all: bool,
) -> ImportPlan:
    """Compare a file's entries with those of the book (ids and values).

    `known`: the fields that such a file can hold; the others of an entry stay. An entry of the book is the same person's when
    first name, surname and company agree; without those, the first number or the e-mail address. When it `replaces_all`, what
    the file leaves empty becomes empty, and whoever is not in it goes; else what it leaves empty stays.
    """
    places = [FIELDS.index(name) for name in known]
    seen = itemgetter(*places) if len(places) > 1 else lambda values: (values[places[0]],)
    book = dict(there)
    alike = _Alike((seen(book[contact_id]), contact_id) for contact_id in reversed(book))
    plan = ImportPlan()
    first_at: dict[Values, int] = {}
    left: list[int] = []
    for place, row in enumerate(rows):
        if first_at.setdefault(seen(row), place) != place:
            plan.doubles.append((place, first_at[seen(row)]))
        elif contact_id := alike.pop(seen(row)):
            del book[contact_id]
        else:
            left.append(place)
    same = len(rows) - len(plan.doubles) - len(left)
    alike.let_go()
    _let_go(first_at)
    unlike = ((place, rows[place]) for place in left)
    return _paired(plan, book, unlike, places, same=same, replaces_all=replaces_all)


def _paired(
    plan: ImportPlan,
    book: dict[str, Values],
    rows: Iterable[tuple[int, Values]],
    fields_known: Sequence[int],
    *,
    same: int,
    replaces_all: bool,
) -> ImportPlan:
    by_key = _Alike((_key(book[contact_id]), contact_id) for contact_id in reversed(book))
    for at, row in rows:
        contact_id = by_key.pop(_key(row))
        if not contact_id:
            plan.new.append(row)
            plan.new_at.append(at)
            continue
        before = book.pop(contact_id)
        changed = list(before)
        for place in fields_known:
            if replaces_all or row[place]:
                changed[place] = row[place]
        after = tuple(changed)
        if after == before:
            same += 1
        else:
            plan.changed.append((contact_id, after))
            plan.changed_at.append(at)
    by_key.let_go()
    if replaces_all:
        plan.gone.extend(book)
    return replace(plan, same=same)


class _Alike:
    """Entries by what they have in common, the one that was put in last first; without a list for each."""

    def __init__(self, entries: Iterable[tuple[Values, str]]) -> None:
        self._last: dict[Values, str] = {}
        self._before: dict[str, str] = {}
        for common, contact_id in entries:
            before = self._last.get(common)
            if before is not None:
                self._before[contact_id] = before
            self._last[common] = contact_id

    def pop(self, common: Values) -> str:
        """Take one out; empty: there is none."""
        contact_id = self._last.pop(common, "")
        before = self._before.pop(contact_id, None)
        if before is not None:
            self._last[common] = before
        return contact_id

    def let_go(self) -> None:
        """See `_let_go`."""
        _let_go(self._last)


def _let_go(mapping: dict[Any, Any]) -> None:
    """Free a large mapping entry by entry: at once, it would keep all other threads waiting for tens of milliseconds."""
    while mapping:
        mapping.popitem()


_NAME_PLACES = tuple(FIELDS.index(name) for name in _NAMES)
_OTHER_PLACES = tuple(FIELDS.index(name) for name in _OTHERS)


def _key(values: Values) -> Values:
    name = tuple(values[place].casefold() for place in _NAME_PLACES)
    if any(name):
        return name
    return (next((values[place].casefold() for place in _OTHER_PLACES if values[place]), ""),)


def details_of(values: Values) -> ContactDetails:
    """An entry as an object."""
    return ContactDetails(*values)


def values_of(details: ContactDetails) -> Values:
    """An entry as a tuple."""
    return tuple(getattr(details, name) for name in FIELDS)
