"""Rows of a record of calls, as tests of services and of the window need them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from wwphone.domain.calls import CallDirection, CallKind, Party
from wwphone.domain.history import CallResult, HistoryEntry, TaskState

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def call(number: int, **fields: Any) -> HistoryEntry:
    """The call of so many minutes after Monday morning: an answered one from outside, unless said otherwise."""
    usual: dict[str, Any] = {
        "entry_id": f"row-{number:06}",
        "user": "anna",
        "call_id": f"1772442000.{number}",
        "direction": CallDirection.INCOMING,
        "kind": CallKind.DIRECT,
        "party": Party(f"+4144{number:07}", ""),
        "called": "+41442681204",
        "started_at": MONDAY + timedelta(minutes=number),
        "result": CallResult.ANSWERED,
        "revision": number + 1,
        "ring_s": 4.0,
        "talk_s": 61.0,
    }
    return HistoryEntry(**{**usual, **fields})


def missed(number: int, **fields: Any) -> HistoryEntry:
    """A missed call that waits for somebody to call back."""
    return call(number, **{"result": CallResult.MISSED, "task": TaskState.OPEN, "talk_s": 0.0, **fields})


def outgoing(number: int, **fields: Any) -> HistoryEntry:
    """A call one made."""
    return call(number, **{"direction": CallDirection.OUTGOING, **fields})
