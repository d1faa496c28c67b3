"""The record of calls: rows that come of the PBX's records, and what people do with them.

The counter's row is locked before anything is changed, as for the phone book, so revisions become visible in their order.
Writing the same calls again changes nothing and gives no new revision.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa

from wwphone.domain.calls import CallDirection, CallKind, Party, QualityWord
from wwphone.domain.history import TASK_RESULTS, CallResult, HistoryEntry, TaskState
from wwphone.domain.notes import line_key
from wwphone.server.history_api import CallWords, HistoryStep, RecordedCall, RecordMark
from wwphone.server.mail_api import Letter
from wwphone.server.store import history_texts as texts
from wwphone.server.store import mails, tables

_AT_ONCE = 500
_PBX = "asterisk"
_table = tables.history
_c = _table.c
_RECORDED = (
    "direction", "kind", "number", "name", "called", "group_name", "started_at", "ring_ms", "talk_ms", "result",
    "taken_by", "device",
)  # fmt: skip
"""The columns that are made from the PBX's records, besides those that never change."""
_WORDS = ("note", "quality", "recording_id")
"""The columns that are told."""
_OPEN: str = TaskState.OPEN.value
_DONE: str = TaskState.DONE.value
_NONE: str = TaskState.NONE.value


def mark(connection: sa.Connection) -> RecordMark | None:
    """How far the PBX's records were read."""
    row = connection.execute(sa.select(tables.history_marks.c.file, tables.history_marks.c.offset)).first()
    return RecordMark(row[0], row[1]) if row is not None else None


def revision(connection: sa.Connection) -> int:
    """Of the latest change."""
    return connection.scalar(sa.select(tables.counters.c.value).where(_the_counter())) or 0


def open_tasks(connection: sa.Connection, users: Collection[str] | None = None) -> dict[str, int]:
    """How many tasks wait for whom."""
    query = (
        sa.select(_c.user, sa.func.count()).where(_c.task == sa.literal_column("'open'")).group_by(_c.user)
    )
    if users is not None:
        query = query.where(_c.user.in_(users))
    return {row[0]: row[1] for row in connection.execute(query)}


def write(
    connection: sa.Connection,
    calls: Collection[RecordedCall],
    at_mark: RecordMark | None,
    oldest: datetime | None,
    letters: Mapping[str, Letter],
) -> HistoryStep:
    """Write calls, the mark that belongs to them and letters about new tasks, in the caller's transaction."""
    change = Change(connection)
    there = set(connection.scalars(sa.select(tables.users.c.user)))
    latest = {
        call.entry_id: call
        for call in calls
        if call.user in there and (oldest is None or call.started_at >= oldest)
    }
    for some in _pieces(list(latest.values())):
        _queue_letters(change, _write_some(change, some), letters)
    if at_mark is not None:
        _keep_mark(connection, at_mark)
    return change.finish()


def set_tasks(
    connection: sa.Connection, user: str, ids: Collection[str], by: str, at: datetime, *, done: bool
) -> HistoryStep:
    """Tick or open tasks; raises KeyError when one is no task of the user's."""
    change = Change(connection)
    rows = change.rows(_c.entry_id.in_(list(ids)), _c.user == user)
    if len(rows) != len(set(ids)) or any(row["task"] == _NONE for row in rows):
        raise KeyError(user)
    for row in rows:
        _set_task(change, row, by if done else "", at if done else None)
    return change.finish()


def describe_entry(connection: sa.Connection, user: str, entry_id: str, words: CallWords) -> HistoryStep:
    """Keep what a client tells of a row; raises KeyError."""
    change = Change(connection)
    rows = change.rows(_c.entry_id == entry_id, _c.user == user)
    if not rows:
        raise KeyError(entry_id)
    _describe(change, rows[0], _told(words))
    return change.finish()


def describe_leg(
    connection: sa.Connection, user: str, leg_id: str, words: CallWords, at: datetime, *, may_wait: bool
) -> HistoryStep:
    """The same of a leg; kept for its row when there is none yet, if it may wait; else raises KeyError."""
    change = Change(connection)
    legs = tables.history_legs
    of_leg = sa.select(legs.c.entry_id).where(legs.c.leg_id == leg_id)
    rows = change.rows(_c.entry_id.in_(of_leg), _c.user == user)
    told = _told(words)
    if rows:
        _describe(change, max(rows, key=lambda row: row["started_at"]), told)
        return change.finish()
    if not may_wait:
        raise KeyError(leg_id)
    table = tables.call_words
    the_one = sa.and_(table.c.user == user, table.c.leg_id == leg_id)
    values = {name: value for name, value in told.items() if value is not None} | {"at": at}
    if not connection.execute(sa.update(table).where(the_one).values(**values)).rowcount:
        connection.execute(sa.insert(table).values(user=user, leg_id=leg_id, **told, at=at))
    return change.finish()


def entry_of_sip_call(connection: sa.Connection, user: str, sip_call_id: str) -> str:
    """The newest row of a user that has this SIP call. Raises KeyError."""
    calls = tables.history_sip_calls
    query = (
        sa.select(_c.entry_id)
        .join(calls, calls.c.entry_id == _c.entry_id)
        .where(calls.c.sip_call_id == sip_call_id, _c.user == user)
        .order_by(_c.started_at.desc())
        .limit(1)
    )
    found = connection.scalars(query).first()
    if found is None:
        raise KeyError(sip_call_id)
    return str(found)


def purge(connection: sa.Connection, before: datetime) -> tuple[int, frozenset[str]]:
    """Forget calls that began before a time, and words for which no row came."""
    Change(connection)  # first the counter's lock, as for every change: texts are counted by one at a time
    old = _c.started_at < before
    waiting = sa.select(_c.user).where(old, _c.task == sa.literal_column("'open'")).distinct()
    users = frozenset(connection.scalars(waiting))
    connection.execute(sa.delete(tables.call_words).where(tables.call_words.c.at < before))
    going = sa.select(_c.user, _c.search_key, sa.func.count()).where(old).group_by(_c.user, _c.search_key)
    texts.leave(connection, {(user, key): count for user, key, count in connection.execute(going)})
    return connection.execute(sa.delete(_table).where(old)).rowcount, users


class Change:
    """Rows of one transaction, each changed one with the next revision."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        counters = tables.counters
        query = sa.select(counters.c.value).where(_the_counter()).with_for_update()
        self._first = self._revision = connection.scalar(query) or 0
        self._changed: dict[str, dict[str, Any]] = {}

    def rows(self, *conditions: sa.ColumnElement[bool]) -> list[dict[str, Any]]:
        """Rows as they are now."""
        found = self.connection.execute(sa.select(_table).where(*conditions)).mappings()
        return [self._changed.get(row["entry_id"]) or dict(row) for row in found]

    def insert(self, rows: Sequence[dict[str, Any]]) -> None:
        """Add rows."""
        for row in rows:
            self._count(row)
        if rows:
            texts.keep(self.connection, rows)
            self.connection.execute(sa.insert(_table), list(rows))

    def update(self, row: dict[str, Any], **values: Any) -> None:
        """Change a row, if that changes anything."""
        different = {name: value for name, value in values.items() if row[name] != value}
        if not different:
            return
        row.update(different)
        former = row["search_key"]
        if different.keys() & {"name", "number", "called", "group_name", "note"}:
            row["search_key"] = different["search_key"] = texts.key(row)
            texts.keep(self.connection, [row])
            texts.leave(self.connection, {(row["user"], former): 1})
        self._count(row)
        query = sa.update(_table).where(_c.entry_id == row["entry_id"])
        self.connection.execute(query.values(**different, revision=row["revision"]))

    def finish(self) -> HistoryStep:
        """Move the counter on; return what was changed."""
        if self._revision == self._first:
            return HistoryStep((), {})
        counters = tables.counters
        self.connection.execute(sa.update(counters).where(_the_counter()).values(value=self._revision))
        rows = sorted(self._changed.values(), key=lambda row: row["revision"])
        users = {row["user"] for row in rows}
        there = open_tasks(self.connection, users)
        return HistoryStep(tuple(map(entry_in, rows)), {user: there.get(user, 0) for user in users})

    def _count(self, row: dict[str, Any]) -> None:
        self._revision += 1
        row["revision"] = self._revision
        self._changed[row["entry_id"]] = row


def entry_in(row: Any) -> HistoryEntry:
    """A row as people know it."""
    return HistoryEntry(
        entry_id=row["entry_id"],
        user=row["user"],
        call_id=row["call_id"],
        direction=CallDirection(row["direction"]),
        kind=CallKind(row["kind"]),
        party=Party(row["number"], row["name"]),
        called=row["called"],
        started_at=row["started_at"],
        result=CallResult(row["result"]),
        revision=row["revision"],
        group=row["group_name"],
        ring_s=row["ring_ms"] / 1000,
        talk_s=row["talk_ms"] / 1000,
        taken_by=row["taken_by"],
        device=row["device"],
        quality=QualityWord(row["quality"]) if row["quality"] else None,
        note=row["note"],
        recording_id=row["recording_id"],
        task=TaskState(row["task"]),
        done_by=row["done_by"],
        done_at=row["done_at"],
    )


# ------------------------------------------------------------ inside


def _the_counter() -> sa.ColumnElement[bool]:
    return tables.counters.c.name == "history"


def _write_some(change: Change, calls: Sequence[RecordedCall]) -> list[dict[str, Any]]:
    """Return the rows that were no tasks before."""
    there = {row["entry_id"]: row for row in change.rows(_c.entry_id.in_([call.entry_id for call in calls]))}
    were_none = [row for row in there.values() if row["task"] == _NONE]
    new = [_new_row(call) for call in calls if call.entry_id not in there]
    change.insert(new)
    for call in calls:
        row = there.get(call.entry_id)
        if row is not None:
            _bring_up_to_date(change, row, call)
    _keep_legs(change.connection, calls)
    _take_words(change, calls)
    for row in new:
        if row["task"] == _OPEN:
            _look_for_end(change, row)
    for call in calls:
        if call.direction is CallDirection.OUTGOING and call.result is CallResult.ANSWERED:
            _end_tasks(change, call)
    return [*were_none, *new]


def _queue_letters(change: Change, rows: Iterable[dict[str, Any]], letters: Mapping[str, Letter]) -> None:
    """Tell of what is to be called back, unless somebody has done it meanwhile."""
    told = [letters[row["entry_id"]] for row in rows if row["task"] == _OPEN and row["entry_id"] in letters]
    if told:
        mails.queue(change.connection, told)


def _new_row(call: RecordedCall) -> dict[str, Any]:
    row: dict[str, Any] = {
        "entry_id": call.entry_id, "user": call.user, "call_id": call.call_id, **_values(call),
        "quality": "", "note": "", "recording_id": "", "task": _task_of(call), "done_by": "", "done_at": None,
        "line_key": line_key(call.number),
    }  # fmt: skip
    row["search_key"] = texts.key(row)
    return row


def _values(call: RecordedCall) -> dict[str, Any]:
    values = (
        call.direction.value, call.kind.value, call.number, call.name, call.called, call.group, call.started_at,
        round(call.ring_s * 1000), round(call.talk_s * 1000), call.result.value, call.taken_by, call.device,
    )  # fmt: skip
    return dict(zip(_RECORDED, values, strict=True))


def _task_of(call: RecordedCall) -> str:
    is_task = call.direction is CallDirection.INCOMING and call.result in TASK_RESULTS
    return _OPEN if is_task else _NONE


def _bring_up_to_date(change: Change, row: dict[str, Any], call: RecordedCall) -> None:
    values = _values(call)
    values["device"] = row["device"] or call.device
    task = _task_of(call)
    if (task == _NONE) != (row["task"] == _NONE):
        values |= {"task": task, "done_by": "", "done_at": None}
    change.update(row, **values, line_key=line_key(call.number))


def _keep_legs(connection: sa.Connection, calls: Sequence[RecordedCall]) -> None:
    legs = [{"entry_id": call.entry_id, "leg_id": leg} for call in calls for leg in call.legs]
    sip = [{"entry_id": call.entry_id, "sip_call_id": one} for call in calls for one in call.sip_call_ids]
    for table, rows in ((tables.history_legs, legs), (tables.history_sip_calls, sip)):
        if rows:
            connection.execute(_insert_or_leave(connection, table), rows)


def _insert_or_leave(connection: sa.Connection, table: sa.Table) -> sa.Insert:
    if connection.dialect.name == "sqlite":
        return sa.insert(table).prefix_with("OR IGNORE")
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - only where that database is used

    return postgresql.insert(table).on_conflict_do_nothing()


def _take_words(change: Change, calls: Sequence[RecordedCall]) -> None:
    """Give the rows what clients told of their legs before there were rows."""
    table = tables.call_words
    owners = {leg: call for call in calls for leg in call.legs}
    if not owners:
        return
    told = (
        change.connection.execute(sa.select(table).where(table.c.leg_id.in_(list(owners)))).mappings().all()
    )
    for words in told:
        call = owners[words["leg_id"]]
        if call.user != words["user"]:
            continue
        row = change.rows(_c.entry_id == call.entry_id)[0]
        _describe(change, row, {name: words[name] for name in _WORDS})
        gone = sa.and_(table.c.user == words["user"], table.c.leg_id == words["leg_id"])
        change.connection.execute(sa.delete(table).where(gone))


def _told(words: CallWords) -> dict[str, str | None]:
    quality = words.quality.value if words.quality is not None else None
    return {"note": words.note, "quality": quality, "recording_id": words.recording_id}


def _describe(change: Change, row: dict[str, Any], told: Mapping[str, str | None]) -> None:
    change.update(row, **{name: value for name, value in told.items() if value is not None})


def _same_task(row: dict[str, Any]) -> tuple[sa.ColumnElement[bool], ...]:
    """The rows whose task it is: one, or those of all members of the group that was called."""
    if row["kind"] != CallKind.GROUP.value:
        return (_c.entry_id == row["entry_id"],)
    return _c.call_id == row["call_id"], _c.called == row["called"], _c.kind == row["kind"], _c.task != _NONE


def _set_task(change: Change, row: dict[str, Any], by: str, at: datetime | None) -> None:
    state = _OPEN if at is None else _DONE
    for one in change.rows(*_same_task(row)):
        if one["task"] != state:
            change.update(one, task=state, done_by=by, done_at=at)


def _look_for_end(change: Change, row: dict[str, Any]) -> None:
    """Records come late after an outage: a task may have been done before its row is written."""
    if row["kind"] == CallKind.GROUP.value:
        done = change.rows(*_same_task(row), _c.task == _DONE)
        if done:
            change.update(row, task=_DONE, done_by=done[0]["done_by"], done_at=done[0]["done_at"])
            return
    if not row["line_key"]:
        return
    later = change.rows(
        _c.user == row["user"], _c.started_at > row["started_at"], _c.line_key == row["line_key"],
        _c.direction == CallDirection.OUTGOING.value, _c.result == CallResult.ANSWERED.value,
    )  # fmt: skip
    if later:
        first = min(later, key=lambda one: one["started_at"])
        _set_task(change, row, row["user"], first["started_at"])


def _end_tasks(change: Change, call: RecordedCall) -> None:
    """Somebody called back, and was answered."""
    key = line_key(call.number)
    if not key:
        return
    # Without a time, so that every database looks into the small index of open tasks.
    is_open = _c.task == sa.literal_column("'open'")
    waiting = change.rows(_c.user == call.user, _c.line_key == key, is_open)
    for row in waiting:
        if row["started_at"] < call.started_at:
            _set_task(change, row, call.user, call.started_at)


def _keep_mark(connection: sa.Connection, at_mark: RecordMark) -> None:
    marks = tables.history_marks
    values = {"file": at_mark.file, "offset": at_mark.offset}
    if not connection.execute(sa.update(marks).where(marks.c.pbx == _PBX).values(**values)).rowcount:
        connection.execute(sa.insert(marks).values(pbx=_PBX, **values))


def _pieces(calls: Iterable[RecordedCall]) -> Iterator[list[RecordedCall]]:
    rest = iter(calls)
    while some := list(islice(rest, _AT_ONCE)):
        yield some
