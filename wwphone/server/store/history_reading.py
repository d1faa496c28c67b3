"""Pages of the record of calls, along the index of owner and beginning."""

from __future__ import annotations

import re

import sqlalchemy as sa

from wwphone.domain.folding import wanted_words
from wwphone.domain.history import HistoryFilter, HistoryPlace
from wwphone.domain.notes import line_key
from wwphone.server.history_api import HistoryPageRead
from wwphone.server.store import tables
from wwphone.server.store.history import entry_in

_c = tables.history.c
_NUMBER = re.compile(r"\+?[0-9 ()/.\-]*[0-9][0-9 ()/.\-]*")
_NO_DIGIT = re.compile(r"[^+0-9]")


def page(
    connection: sa.Connection,
    user: str,
    wanted: HistoryFilter,
    after: HistoryPlace | None,
    limit: int,
    total: int | None = None,
) -> HistoryPageRead:
    """A page of a user's rows, newest first; counting them all takes longer than reading a page."""
    conditions = [_c.user == user, *_conditions(wanted)]
    if total is None:
        count = sa.select(sa.func.count()).select_from(tables.history).where(*conditions)
        total = connection.scalar(count) or 0
        if not total:
            return HistoryPageRead((), more=False, total=0)
    query = sa.select(tables.history).where(*conditions)
    if after is not None:
        # The first condition alone ends at the index; the second one is for calls of the same moment.
        at, entry_id = after.started_at, after.entry_id
        query = query.where(_c.started_at <= at, sa.or_(_c.started_at < at, _c.entry_id < entry_id))
    query = query.order_by(_c.started_at.desc(), _c.entry_id.desc()).limit(limit + 1)
    rows = connection.execute(query).mappings().all()
    return HistoryPageRead(tuple(map(entry_in, rows[:limit])), len(rows) > limit, total)


def _conditions(wanted: HistoryFilter) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    for column, values in (
        (_c.direction, wanted.directions),
        (_c.result, wanted.results),
        (_c.kind, wanted.kinds),
    ):
        if values:
            found.append(column.in_(sorted(value.value for value in values)))
    if wanted.recorded:
        found.append(_c.recording_id != "")
    if wanted.open_tasks:
        found.append(_c.task == sa.literal_column("'open'"))
    if wanted.number:
        found.append(_c.line_key == line_key(wanted.number))
    if wanted.since is not None:
        found.append(_c.started_at >= wanted.since)
    if wanted.until is not None:
        found.append(_c.started_at < wanted.until)
    return [*found, *(_c.search.contains(word, autoescape=True) for word in _words(wanted.text))]


def _words(text: str) -> list[str]:
    """What must be found: a number as one word, however it is written."""
    if _NUMBER.fullmatch(text.strip()):
        return [_NO_DIGIT.sub("", text)]
    return wanted_words(text)
