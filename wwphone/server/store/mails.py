"""The outgoing mail in the store: letters, what became of each, and who wants missed calls by mail."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from wwphone.domain.mail import MailFailure
from wwphone.server.mail_api import (
    ENDS,
    INTERRUPTED_WORDS,
    MOVES,
    Letter,
    MailNote,
    MailQueue,
    MailState,
    QueuedLetter,
)
from wwphone.server.store import mail_tables, tables

_table = mail_tables.mails
_c = _table.c
_wishes = mail_tables.missed_mail_wishes
_LETTER = (
    "letter_id", "recipient", "recipient_name", "sender_name", "reply_to", "subject", "text", "html", "calendar",
    "calendar_method", "reference", "at", "expires_at",
)  # fmt: skip
_NUMBERS = ("office", "mobile", "private")


def queue(connection: sa.Connection, letters: Collection[Letter]) -> None:
    """Add letters whose ids are not there yet, in the caller's transaction."""
    rows = {letter.letter_id: _new_row(letter) for letter in letters}
    known = set(connection.scalars(sa.select(_c.letter_id).where(_c.letter_id.in_(list(rows)))))
    new = [row for letter_id, row in rows.items() if letter_id not in known]
    if new:
        connection.execute(sa.insert(_table), new)


def due(connection: sa.Connection, now: datetime, limit: int) -> tuple[QueuedLetter, ...]:
    """Queued ones whose time has come, in the order of their times."""
    query = sa.select(_table).where(_c.state == MailState.QUEUED.value, _c.next_at <= now)
    rows = connection.execute(query.order_by(_c.next_at, _c.at, _c.letter_id).limit(limit)).mappings()
    return tuple(map(_queued, rows))


def next_at(connection: sa.Connection) -> datetime | None:
    """When the next one is to be tried."""
    query = sa.select(_c.next_at).where(_c.state == MailState.QUEUED.value).order_by(_c.next_at).limit(1)
    return connection.scalar(query)


def note(connection: sa.Connection, letter_id: str, what: MailNote) -> None:
    """Write what became of a letter; raises KeyError when there is none, or it cannot come to that."""
    before = [state.value for state, after in MOVES.items() if what.state in after]
    values: dict[str, Any] = {
        "state": what.state.value,
        "changed_at": what.at,
        "attempts": _c.attempts + what.attempts,
        "words": what.words,
    }
    if what.next_at is not None:
        values["next_at"] = what.next_at
    if what.state is MailState.SENT:
        values |= {"text": "", "html": "", "calendar": ""}
    query = sa.update(_table).where(_c.letter_id == letter_id, _c.state.in_(before)).values(**values)
    if not connection.execute(query).rowcount:
        raise KeyError(letter_id)


def settle_interrupted(connection: sa.Connection, at: datetime) -> int:
    """Note as uncertain what was being handed over when the server ended."""
    query = sa.update(_table).where(_c.state == MailState.SENDING.value)
    values = {"state": MailState.UNCERTAIN.value, "changed_at": at, "words": INTERRUPTED_WORDS}
    return connection.execute(query.values(**values)).rowcount


def every(connection: sa.Connection, prefix: str = "") -> tuple[QueuedLetter, ...]:
    """All whose ids begin so, oldest first."""
    query = sa.select(_table).where(_c.letter_id.startswith(prefix, autoescape=True))
    rows = connection.execute(query.order_by(_c.at, _c.letter_id)).mappings()
    return tuple(map(_queued, rows))


def figures(connection: sa.Connection) -> MailQueue:
    """How the queue stands; its rows are not read, since there may be thousands."""
    counted = sa.select(_c.state, sa.func.count()).group_by(_c.state)
    count = {row[0]: row[1] for row in connection.execute(counted)}
    failed = [MailState.REFUSED.value, MailState.UNCERTAIN.value]
    waiting = MailState.QUEUED.value
    told = sa.select(_c.changed_at, _c.words, _c.state).where(
        _c.state.in_([*failed, waiting]), _c.words != ""
    )
    last = connection.execute(told.order_by(_c.changed_at.desc(), _c.letter_id.desc()).limit(1)).first()
    return MailQueue(
        count.get(waiting, 0),
        next_at(connection),
        sum(count.get(state, 0) for state in failed),
        MailFailure(last.changed_at, last.words, last.state == waiting) if last is not None else None,
    )


def forget(connection: sa.Connection, before: datetime) -> int:
    """Forget those that have ended before a time."""
    ended = _c.state.in_([state.value for state in ENDS])
    return connection.execute(sa.delete(_table).where(ended, _c.changed_at < before)).rowcount


def wishes(connection: sa.Connection) -> dict[str, str]:
    """The language for each user to whom missed calls are sent."""
    return {row.user: row.language for row in connection.execute(sa.select(_wishes))}


def save_wish(connection: sa.Connection, user: str, language: str | None) -> None:
    """Write that a user wants them in a language, or not."""
    connection.execute(sa.delete(_wishes).where(_wishes.c.user == user))
    if language is not None:
        connection.execute(sa.insert(_wishes).values(user=user, language=language))


def names_of_numbers(connection: sa.Connection, user: str, numbers: Collection[str]) -> dict[str, str]:
    """What a user's phone book calls these numbers; their own entries before everybody's."""
    of = tables.contacts.c
    wanted = list(numbers)
    query = sa.select(tables.contacts).where(
        sa.or_(*(of[column].in_(wanted) for column in _NUMBERS)),
        sa.or_(of.owner.is_(None), of.owner == user),
        of.removed_at.is_(None),
    )
    found: dict[str, str] = {}
    # Everybody's first, so that one's own take their place; the oldest of several last, so that it stays.
    rows = sorted(
        connection.execute(query).mappings(),
        key=lambda row: (row["owner"] is not None, -row["revision"]),
    )
    for row in rows:
        name = _name(row)
        found |= {row[column]: name for column in _NUMBERS if name and row[column] in wanted}
    return found


# ------------------------------------------------------------ inside


def _new_row(letter: Letter) -> dict[str, Any]:
    return {
        **{name: getattr(letter, name) for name in _LETTER},
        "owner": letter.owner or None,
        "state": MailState.QUEUED.value,
        "changed_at": letter.at,
        "next_at": letter.at,
        "attempts": 0,
        "words": "",
    }


def _queued(row: Any) -> QueuedLetter:
    return QueuedLetter(
        Letter(**{name: row[name] for name in _LETTER}, owner=row["owner"] or ""),
        MailState(row["state"]),
        row["attempts"],
        row["changed_at"],
        row["next_at"],
        row["words"],
    )


def _name(row: Any) -> str:
    """Name and company, as the window writes them."""
    name = f"{row['first_name']} {row['surname']}".strip() or row["company"]
    company = row["company"]
    return f"{name} · {company}" if company and company != name else str(name)
