"""What is wrong with a plan besides its words and addresses, who may plan where, and in whose name it is sent."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from wwphone.domain.account import Right
from wwphone.domain.conference_plans import (
    MAX_ADDRESS,
    MAX_DURATION_MIN,
    MAX_LEAD_MIN,
    MAX_TIMES,
    WARNINGS,
    ConferencePlan,
    PlanProblem,
    PlanRemark,
)
from wwphone.domain.conference_times import zone_names
from wwphone.server.api import PbxRoom, UserRecord
from wwphone.server.conference_api import Organizer
from wwphone.server.services.conference_openings import Scheduled, openings_of, overlap
from wwphone.server.services.pbx import personal_rooms
from wwphone.server.user_rules import check_email

LANGUAGES = ("en", "de")
_LINES = str.maketrans("", "", "\n\r\t\u2028\u2029")
FARTHEST = timedelta(days=10 * 366)
"""Nobody plans beyond that; it keeps times calculable."""
LATE = timedelta(minutes=5)
"""So long after its start a new one is not in the past yet: it takes time to write."""


def may_plan(record: UserRecord | None) -> bool:
    """Whether the administrator lets somebody hold conferences."""
    return record is not None and Right.CONFERENCE_ROOM in record.rights


def rooms_of(record: UserRecord, everybody: Iterable[UserRecord], made: tuple[PbxRoom, ...]) -> set[str]:
    """The numbers of the rooms that somebody may plan in: their own, those without an owner, an administrator all."""
    rooms = (*made, *personal_rooms(everybody, made))
    everywhere = Right.ADMINISTRATE in record.rights
    return {room.number for room in rooms if everywhere or room.owner in ("", record.user)}


def time_remarks(plan: ConferencePlan, now: datetime, former: Scheduled | None = None) -> list[PlanRemark]:
    """What is wrong with its times; `former`: the conference that it changes, whose start may be in the past."""
    found = []
    lengths = (
        1 <= plan.duration_min <= MAX_DURATION_MIN,
        0 <= plan.lead_min <= MAX_LEAD_MIN,
        1 <= plan.times <= MAX_TIMES,
        plan.starts_at <= now + FARTHEST,
    )
    if not all(lengths):
        found.append(PlanRemark(PlanProblem.BAD_DURATION))
    if plan.zone not in zone_names():
        found.append(PlanRemark(PlanProblem.UNKNOWN_ZONE))
    moved = former is None or plan.starts_at != former.record.plan.starts_at
    if (moved and plan.starts_at < now - LATE) or (
        not found and max(one.closes_at for one in openings_of(plan)) <= now
    ):
        found.append(PlanRemark(PlanProblem.IN_THE_PAST))
    return found


def header_remarks(plan: ConferencePlan) -> list[PlanRemark]:
    """What must never reach a header or the database, and what is wrong with the address for answers."""
    bare = plan.description.translate(_LINES)
    texts = {"title": plan.title, "place": plan.place, "reply_to": plan.reply_to, "description": bare}
    found = [
        PlanRemark(PlanProblem.CONTROL_CHARACTERS, name)
        for name, text in texts.items()
        if any(unicodedata.category(letter) in ("Cc", "Zl", "Zp") for letter in text)
    ]
    try:
        check_email(plan.reply_to)
    except ValueError:
        found.append(PlanRemark(PlanProblem.BAD_ADDRESS, plan.reply_to[: MAX_ADDRESS + 1]))
    return found


def room_remarks(
    plan: ConferencePlan, owner: str, others: Iterable[Scheduled], now: datetime
) -> list[PlanRemark]:
    """Other conferences that are planned in the same room at the same time."""
    openings = openings_of(plan)
    return [
        PlanRemark(PlanProblem.ROOM_TAKEN, one.record.plan.title if one.record.owner == owner else "")
        for one in others
        if one.record.plan.room == plan.room
        and one.live(now)
        and overlap(openings, one.openings, doors=False)
    ]


def obstacles(remarks: Collection[PlanRemark]) -> list[PlanRemark]:
    """Those that keep it from being sent."""
    return [one for one in remarks if one.problem not in WARNINGS]


def same_slot(plan: ConferencePlan, other: ConferencePlan) -> bool:
    """Whether it means further invitations to the same conference."""
    return all(
        getattr(plan, name) == getattr(other, name)
        for name in ("room", "starts_at", "duration_min", "repeat", "times")
    )


def looks_the_same(plan: ConferencePlan, other: ConferencePlan) -> bool:
    """Whether those who stay invited would see no difference."""
    names = (
        *("starts_at", "zone", "duration_min", "lead_min", "repeat", "times", "title", "description"),
        *("place", "reply_to", "language"),
    )
    return all(getattr(plan, name) == getattr(other, name) for name in names)


def same_times(plan: ConferencePlan, other: ConferencePlan) -> bool:
    """Whether an answer to the one is an answer to the other."""
    names = ("starts_at", "zone", "duration_min", "repeat", "times")
    return all(getattr(plan, name) == getattr(other, name) for name in names)


@dataclass(frozen=True)
class Organizers:
    """In whose name invitations are sent."""

    mailbox: str = field(default="", repr=False)
    """The address whose mail the server reads, so that it learns of answers; empty: none."""

    def of(self, record: UserRecord, plan: ConferencePlan, first_address: str) -> Organizer:
        """Who invites; `first_address`: one's own, as one wrote it, where the administrator knows of none."""
        own = record.email or first_address
        name = f"{record.first_name} {record.surname}".strip() or record.nickname
        address = self.mailbox or own
        return Organizer(name, address, plan.reply_to or (address if self.mailbox else own))
