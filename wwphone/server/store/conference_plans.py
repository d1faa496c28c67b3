"""Planned conferences in the store: each change with its letters, its PINs and what is remembered of it in one transaction."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from wwphone.domain.conference_plans import (
    Answer,
    ConferencePlan,
    InvitationMail,
    RememberedPlan,
    Repeat,
    TimeAnswer,
)
from wwphone.server.conference_api import Organizer
from wwphone.server.conference_plans_api import ConferenceMail, ConferenceRecord, InviteeRecord
from wwphone.server.mail_api import Letter, MailState
from wwphone.server.store import conference_plan_tables, mail_tables, mails, tables
from wwphone.server.store.changes import count_change
from wwphone.server.store.conference_plan_tables import ORGANIZER, PLAN_TEXTS, REMEMBERED_TEXTS

_table = conference_plan_tables.planned_conferences
_c = _table.c
_invitees = conference_plan_tables.conference_invitees
_pins = conference_plan_tables.conference_pins
_memories = conference_plan_tables.conference_memories
_feeds = conference_plan_tables.conference_feeds
_PLAN_NUMBERS = ("duration_min", "lead_min", "times")
_AS_THEY_ARE = ("sequence", "changed_at", "closes_at", "extended_start", "extended_min", "cancelled_at")
_INVITEE = ("address", "name", "pin", "letter_id", "mailed_at", "copies", "mail_words", "answered_at", "asked_at")  # fmt: skip
_NUMBERS = ("office", "mobile", "private")


def every(connection: sa.Connection) -> tuple[ConferenceRecord, ...]:
    """All of them, by id."""
    invited: defaultdict[str, list[InviteeRecord]] = defaultdict(list)
    order = _invitees.c.conference_id, _invitees.c.position
    for row in connection.execute(sa.select(_invitees).order_by(*order)).mappings():
        invited[row["conference_id"]].append(_invitee(row))
    rows = connection.execute(sa.select(_table).order_by(_c.conference_id)).mappings()
    return tuple(_record(row, tuple(invited[row["conference_id"]])) for row in rows)


def add(
    connection: sa.Connection,
    record: ConferenceRecord,
    letters: Collection[ConferenceMail],
    remembered: RememberedPlan | None,
) -> None:
    """Write a new one."""
    connection.execute(sa.insert(_table).values(**_values(record), unwanted=False))
    _write_rest(connection, record, letters, remembered)


def change(
    connection: sa.Connection,
    record: ConferenceRecord,
    letters: Collection[ConferenceMail],
    remembered: RememberedPlan | None = None,
) -> None:
    """Write one anew; raises KeyError."""
    the_one = _c.conference_id == record.conference_id
    values = _values(record)
    del values["owner"]  # nobody's stays nobody's
    if not connection.execute(sa.update(_table).where(the_one).values(**values)).rowcount:
        raise KeyError(record.conference_id)
    connection.execute(sa.delete(_invitees).where(_invitees.c.conference_id == record.conference_id))
    connection.execute(sa.delete(_pins).where(_pins.c.conference_id == record.conference_id))
    _write_rest(connection, record, letters, remembered)


def note_invitees(connection: sa.Connection, conference_id: str, invitees: Collection[InviteeRecord]) -> None:
    """Write what became of some."""
    of = _invitees.c
    for one in invitees:
        the_one = sa.and_(of.conference_id == conference_id, of.address == one.address)
        connection.execute(sa.update(_invitees).where(the_one).values(**_invitee_values(one)))


def free_pins(connection: sa.Connection, conference_ids: Collection[str]) -> None:
    """Others may have their PINs."""
    connection.execute(sa.delete(_pins).where(_pins.c.conference_id.in_(list(conference_ids))))


def forget(connection: sa.Connection, conference_ids: Collection[str]) -> None:
    """Forget all about them."""
    connection.execute(sa.delete(_table).where(_c.conference_id.in_(list(conference_ids))))


def wish_cancelled(connection: sa.Connection, conference_id: str) -> None:
    """Let the server cancel it: it looks when the directory's counter moves on. Raises KeyError."""
    count_change(connection)
    the_one = sa.and_(_c.conference_id == conference_id, _c.cancelled_at.is_(None))
    if not connection.execute(sa.update(_table).where(the_one).values(unwanted=True)).rowcount:
        raise KeyError(conference_id)


def unwanted(connection: sa.Connection) -> frozenset[str]:
    """Those that the server has to cancel."""
    query = sa.select(_c.conference_id).where(_c.unwanted.is_(sa.true()), _c.cancelled_at.is_(None))
    return frozenset(connection.scalars(query))


def memories(connection: sa.Connection) -> dict[str, RememberedPlan]:
    """What each user's next invitation begins with."""
    fields = (*REMEMBERED_TEXTS, "lead_min", "duration_min")
    rows = connection.execute(sa.select(_memories)).mappings()
    return {row["user"]: RememberedPlan(**{name: row[name] for name in fields}) for row in rows}


def feeds(connection: sa.Connection) -> dict[str, str]:
    """The digest of each user's feed."""
    return {row.user: row.digest for row in connection.execute(sa.select(_feeds))}


def save_feed(connection: sa.Connection, user: str, digest: str | None) -> None:
    """Write it, or that there is none."""
    connection.execute(sa.delete(_feeds).where(_feeds.c.user == user))
    if digest is not None:
        connection.execute(sa.insert(_feeds).values(user=user, digest=digest))


def numbers_of_addresses(connection: sa.Connection, user: str, addresses: Collection[str]) -> dict[str, str]:
    """A number for each address of a user's phone book; their own entries before everybody's."""
    of = tables.contacts.c
    query = sa.select(tables.contacts).where(
        sa.func.lower(of.email).in_([address.lower() for address in addresses]),
        sa.or_(of.owner.is_(None), of.owner == user),
        of.removed_at.is_(None),
    )
    rows = sorted(
        connection.execute(query).mappings(),
        key=lambda row: (row["owner"] is not None, -row["revision"]),
    )
    found = {row["email"].lower(): next((row[name] for name in _NUMBERS if row[name]), "") for row in rows}
    return {address: number for address, number in found.items() if number}


# ------------------------------------------------------------ inside


def _write_rest(
    connection: sa.Connection,
    record: ConferenceRecord,
    letters: Collection[ConferenceMail],
    remembered: RememberedPlan | None,
) -> None:
    conference_id = record.conference_id
    if record.invitees:
        rows = [
            {"conference_id": conference_id, "position": position, **_invitee_values(one)}
            for position, one in enumerate(record.invitees)
        ]
        connection.execute(sa.insert(_invitees), rows)
        if record.cancelled_at is None:
            pins = [{"pin": one.pin, "conference_id": conference_id} for one in record.invitees]
            connection.execute(sa.insert(_pins), pins)
    mails.queue(connection, [letter for one in letters if (letter := _of_use(connection, one)) is not None])
    if remembered is not None and record.owner:
        _remember(connection, record.owner, remembered)


def _of_use(connection: sa.Connection, mail: ConferenceMail) -> Letter | None:
    """Take out of the queue what it replaces, and choose what is queued."""
    if not mail.replaces:
        return mail.letter
    of = mail_tables.mails.c
    waits = sa.and_(of.letter_id == mail.replaces, of.state == MailState.QUEUED.value)
    taken_out = connection.execute(sa.delete(mail_tables.mails).where(waits)).rowcount
    return mail.instead if taken_out else mail.letter


def _remember(connection: sa.Connection, user: str, remembered: RememberedPlan) -> None:
    connection.execute(sa.delete(_memories).where(_memories.c.user == user))
    texts = {name: getattr(remembered, name) for name in REMEMBERED_TEXTS}
    numbers = {"lead_min": remembered.lead_min, "duration_min": remembered.duration_min}
    connection.execute(sa.insert(_memories).values(user=user, **texts, **numbers))


def _values(record: ConferenceRecord) -> dict[str, Any]:
    plan = record.plan
    return {
        "conference_id": record.conference_id,
        "owner": record.owner or None,
        **{name: getattr(plan, name) for name in (*PLAN_TEXTS, *_PLAN_NUMBERS, "starts_at")},
        "repeat": plan.repeat.value,
        "addresses": json.dumps(plan.addresses, ensure_ascii=False),
        **{f"organizer_{name}": getattr(record.organizer, name) for name in ORGANIZER},
        **{name: getattr(record, name) for name in _AS_THEY_ARE},
    }


def _record(row: Any, invitees: tuple[InviteeRecord, ...]) -> ConferenceRecord:
    plan = ConferencePlan(
        **{name: row[name] for name in (*PLAN_TEXTS, *_PLAN_NUMBERS, "starts_at")},
        repeat=Repeat(row["repeat"]),
        addresses=tuple(json.loads(row["addresses"])),
    )
    return ConferenceRecord(
        row["conference_id"],
        row["owner"] or "",
        plan,
        Organizer(**{name: row[f"organizer_{name}"] for name in ORGANIZER}),
        **{name: row[name] for name in _AS_THEY_ARE},
        invitees=invitees,
    )


def _invitee_values(one: InviteeRecord) -> dict[str, Any]:
    states = {"mail": one.mail.value, "answer": one.answer.value}
    times = [
        [each.starts_at.isoformat(), each.answer.value, each.answered_at.isoformat()] for each in one.times
    ]
    return {**{name: getattr(one, name) for name in _INVITEE}, **states, "times": json.dumps(times)}


def _invitee(row: Any) -> InviteeRecord:
    mail, answer = InvitationMail(row["mail"]), Answer(row["answer"])
    times = tuple(
        TimeAnswer(datetime.fromisoformat(starts_at), Answer(said), datetime.fromisoformat(answered_at))
        for starts_at, said, answered_at in json.loads(row["times"])
    )
    return InviteeRecord(**{name: row[name] for name in _INVITEE}, mail=mail, answer=answer, times=times)
