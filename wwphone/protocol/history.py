"""The record of calls on the wire: read page by page from the newest, and told of as it grows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from wwphone.domain.calls import QualityWord
from wwphone.domain.history import HistoryEntry, HistoryFilter, HistoryPlace
from wwphone.protocol.message import Command, Event, Result

MAX_HISTORY_PAGE = 500
"""Rows in one page at most."""
MAX_HISTORY_IDS = 500
"""Rows that one command names at most."""


@dataclass(frozen=True)
class ReadHistory(Command):
    """Ask for one's own rows, newest first, from the newest or from where the last page ended."""

    wire_name: ClassVar[str] = "history.read"
    acts: ClassVar[bool] = False
    filter: HistoryFilter
    after: HistoryPlace | None = None
    limit: int = MAX_HISTORY_PAGE


@dataclass(frozen=True)
class HistoryPage(Result):
    """Some of the rows, as they are now."""

    wire_name: ClassVar[str] = "history.page"
    entries: tuple[HistoryEntry, ...]
    more: bool
    """Older rows follow."""
    total: int
    """Rows that the filter lets through, all pages together."""


@dataclass(frozen=True)
class SetTasks(Command):
    """Tick missed calls, or open them again; those of a group are so for all its members.

    All of them or none. Refused with `not_found` when one is no row of one's own or no task.
    """

    wire_name: ClassVar[str] = "history.set_tasks"
    entry_ids: tuple[str, ...]
    done: bool


@dataclass(frozen=True)
class DescribeCall(Command):
    """Keep what the client knows of a call of one's own: a note, and how good the line was.

    The call is named by one of the three, as in `parking.park`; while it runs, or afterwards by its row. What is said of
    a running call is kept for its row. Refused with `not_found`, and with `invalid` for a note that is too long.
    """

    wire_name: ClassVar[str] = "history.describe"
    entry_id: str = ""
    leg_id: str = ""
    sip_call_id: str = ""
    note: str | None = field(default=None, repr=False)
    """None: as it is; empty: none any more."""
    quality: QualityWord | None = None


@dataclass(frozen=True)
class SetMissedMail(Command):
    """Have missed calls sent by e-mail, or not. Refused with `invalid` when the server cannot send any to the person."""

    wire_name: ClassVar[str] = "history.set_missed_mail"
    on: bool
    language: str = ""
    """What they are written in (ISO 639-1), as the window is; unknown ones: English."""


@dataclass(frozen=True)
class HistoryChanged(Event):
    """Rows of one's own are new or changed."""

    wire_name: ClassVar[str] = "history.changed"
    revision: int
    open_tasks: int
    entries: tuple[HistoryEntry, ...] = ()
    complete: bool = True
    """False: there are too many to be told here; what is shown has to be read anew."""


@dataclass(frozen=True)
class MissedMailChanged(Event):
    """Whether missed calls come by e-mail."""

    wire_name: ClassVar[str] = "history.missed_mail_changed"
    on: bool
    possible: bool
