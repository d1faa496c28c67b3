"""Pages of the record of calls, along the index of owner and beginning.

Theory. What is searched stands once for all rows with the same names, numbers and note, so few texts are read, and the rows
lie in an index by their text. With each stands how many they are. A page of few is put in order, unless it is likely among the
newest that a filter leaves; of many, rows are looked through from the newest on, each by its own text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from wwphone.domain.folding import wanted_words
from wwphone.domain.history import HistoryFilter, HistoryPlace
from wwphone.domain.notes import line_key
from wwphone.server.history_api import HistoryPageRead
from wwphone.server.store import tables
from wwphone.server.store.history import entry_in

_c = tables.history.c
_NUMBER = re.compile(r"\+?[0-9 ()/.\-]*[0-9][0-9 ()/.\-]*")
_NO_DIGIT = re.compile(r"[^+0-9]")
MOST_SORTED = 10_000
"""Rows found by a text that are put in order for one page."""
LOOKED_THROUGH = 1_000
"""Rows that a filter leaves are looked through for a page, each by its own text, before all that is found is put in order."""
NEAR_PAGES = 10
"""From so many pages on a page is likely among those."""
_NO_LIMIT = 2**31 - 1


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
    texts = _texts(user, wanted.text)
    is_filtered = len(conditions) > 1  # besides the user
    if total is None and after is None and texts is not None and is_filtered:
        return _first(connection, conditions, texts, limit)
    if total is None:
        total = _count(connection, conditions, texts)
        if not total:
            return HistoryPageRead((), more=False, total=0)
    if after is not None:
        # The first condition alone ends at the index; the second one is for calls of the same moment.
        at, entry_id = after.started_at, after.entry_id
        conditions += [_c.started_at <= at, sa.or_(_c.started_at < at, _c.entry_id < entry_id)]
    if texts is None:
        rows = _read(connection, conditions, limit + 1)
    elif total > MOST_SORTED:
        rows = _read(connection, [*conditions, _by_own(texts)], limit + 1)
    elif is_filtered and total >= NEAR_PAGES * limit:
        near = _near(connection, conditions, texts, limit + 1)
        rows = near if near is not None else _few(connection, conditions, texts, limit + 1)
    else:
        rows = _few(connection, conditions, texts, limit + 1)
    return _page(rows, limit, total)


def _first(
    connection: sa.Connection,
    conditions: Sequence[sa.ColumnElement[bool]],
    texts: sa.Select[tuple[str]],
    limit: int,
) -> HistoryPageRead:
    """The first page of what is filtered and searched: what is not near is hardly much, and gathered once for page and count."""
    rows = _near(connection, conditions, texts, limit + 1)
    if rows is None:
        rows = connection.execute(_counted(conditions, texts, limit + 1)).mappings().all()
        total = rows[0]["found"] if rows else 0
    else:
        total = _count(connection, conditions, texts) if len(rows) > limit else len(rows)
    return _page(rows, limit, total)


def _page(rows: Sequence[sa.RowMapping], limit: int, total: int) -> HistoryPageRead:
    return HistoryPageRead(tuple(map(entry_in, rows[:limit])), len(rows) > limit, total)


def _read(
    connection: sa.Connection, conditions: Sequence[sa.ColumnElement[bool]], limit: int
) -> Sequence[sa.RowMapping]:
    query = sa.select(tables.history).where(*conditions).order_by(*_newest_first(_c)).limit(limit)
    return connection.execute(query).mappings().all()


def _count(
    connection: sa.Connection,
    conditions: Sequence[sa.ColumnElement[bool]],
    texts: sa.Select[tuple[str]] | None,
) -> int:
    if texts is not None and len(conditions) == 1:  # besides the user
        return connection.scalar(texts.with_only_columns(sa.func.sum(tables.history_texts.c.calls))) or 0
    query = sa.select(sa.func.count()).select_from(tables.history).where(*conditions)
    if texts is not None:
        query = query.where(_c.search_key.in_(texts))
    return connection.scalar(query) or 0


def _counted(
    conditions: Sequence[sa.ColumnElement[bool]], texts: sa.Select[tuple[str]], limit: int
) -> sa.Select[Any]:
    """The first rows with some texts, and (`found`) how many there are."""
    columns = (_c.entry_id, _c.started_at)
    some = sa.select(*columns).where(*conditions, _c.search_key.in_(texts))
    gathered = some.cte("gathered").prefix_with("MATERIALIZED")
    first = sa.select(gathered.c.entry_id).order_by(*_newest_first(gathered.c)).limit(limit)
    found = sa.select(sa.func.count()).select_from(gathered).scalar_subquery().label("found")
    query = sa.select(tables.history, found).where(_c.entry_id.in_(sa.select(first.subquery().c.entry_id)))
    return query.order_by(*_newest_first(_c))


def _near(
    connection: sa.Connection,
    conditions: Sequence[sa.ColumnElement[bool]],
    texts: sa.Select[tuple[str]],
    limit: int,
) -> Sequence[sa.RowMapping] | None:
    """The first rows with some texts, if there are enough of them among those that can be looked through, or these are all; else None."""
    behind = sa.select(_c.started_at).where(*conditions).order_by(*_newest_first(_c))
    last = connection.scalar(behind.offset(LOOKED_THROUGH).limit(1))
    bound = () if last is None else (_c.started_at >= last,)
    rows = _read(connection, [*conditions, *bound, _by_own(texts)], limit)
    return rows if len(rows) == limit or last is None else None


def _by_own(texts: sa.Select[tuple[str]]) -> sa.ColumnElement[bool]:
    """Whether a row's own text is one of some."""
    return texts.where(tables.history_texts.c.key == _c.search_key).exists()


def _few(
    connection: sa.Connection,
    conditions: Sequence[sa.ColumnElement[bool]],
    texts: sa.Select[tuple[str]],
    limit: int,
) -> Sequence[sa.RowMapping]:
    """The first of all rows with some texts, found by those alone: behind a limit a database does not look for a shorter way."""
    columns = (_c.entry_id, _c.started_at)
    found = sa.select(*columns).where(*conditions, _c.search_key.in_(texts)).limit(_NO_LIMIT).subquery()
    first = sa.select(found.c.entry_id).order_by(*_newest_first(found.c)).limit(limit)
    return _read(connection, [_c.entry_id.in_(sa.select(first.subquery().c.entry_id))], limit)


def _newest_first(columns: ReadOnlyColumnCollection[str, Any]) -> tuple[sa.ColumnElement[Any], ...]:
    return columns.started_at.desc(), columns.entry_id.desc()


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
    return found


def _texts(user: str, text: str) -> sa.Select[tuple[str]] | None:
    """The keys of a user's texts that hold all words; None: every row will do."""
    words = _words(text)
    if not words:
        return None
    table = tables.history_texts
    holds = (table.c.search.contains(word, autoescape=True) for word in words)
    return sa.select(table.c.key).where(table.c.user == user, *holds)


def _words(text: str) -> list[str]:
    """What must be found: a number as one word, however it is written."""
    if _NUMBER.fullmatch(text.strip()):
        return [_NO_DIGIT.sub("", text)]
    return wanted_words(text)
