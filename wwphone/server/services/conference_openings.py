"""What follows from a planned conference and the clock: its openings, what its owner is told, and what the PBX lets in."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

from wwphone.domain.conference_plans import ConferencePlan, Invitee, PlannedConference
from wwphone.domain.conference_times import start_times
from wwphone.server.conference_api import PbxDoor, PbxOpening
from wwphone.server.conference_plans_api import ConferenceRecord, InviteeRecord

OPENINGS_TOLD = 20
"""To the PBX at a time, of a long row; the others follow as time passes."""
KEPT = timedelta(days=30)
"""After it is over or was cancelled."""


def openings_of(
    plan: ConferencePlan, extended_start: datetime | None = None, extended_min: int = 0
) -> tuple[PbxOpening, ...]:
    """All times of a plan that is in order."""
    lead, duration = timedelta(minutes=plan.lead_min), timedelta(minutes=plan.duration_min)
    more = timedelta(minutes=extended_min)
    return tuple(
        PbxOpening(start - lead, start, start + duration + (more if start == extended_start else timedelta()))
        for start in start_times(plan)
    )


@dataclass(frozen=True)
class Scheduled:
    """A planned conference with all of its times."""

    record: ConferenceRecord
    openings: tuple[PbxOpening, ...]
    numbers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Of the phone book, by address in small letters."""

    @classmethod
    def of(cls, record: ConferenceRecord, numbers: Mapping[str, str] | None = None) -> Scheduled:
        """Work its times out; raises as `start_times`."""
        openings = openings_of(record.plan, record.extended_start, record.extended_min)
        return cls(record, openings, numbers or {})

    @property
    def cancelled(self) -> bool:
        """Whether it was cancelled."""
        return self.record.cancelled_at is not None

    @functools.cached_property
    def closes_at(self) -> datetime:
        """When all of its times are over; of a long row it is asked at every look at the clock."""
        return max(one.closes_at for one in self.openings)

    def over(self, now: datetime) -> bool:
        """Whether all of its times are."""
        return self.closes_at <= now

    def live(self, now: datetime) -> bool:
        """Whether it goes on or is still to come."""
        return not self.cancelled and not self.over(now)

    def current(self, now: datetime) -> PbxOpening:
        """The time that goes on, or comes next, or was the last."""
        return next((one for one in self.openings if one.closes_at > now), self.openings[-1])

    def is_open(self, now: datetime) -> bool:
        """Whether one can dial in."""
        return not self.cancelled and any(one.opens_at <= now < one.closes_at for one in self.openings)

    def goes_at(self) -> datetime:
        """When it is forgotten."""
        ended = self.record.cancelled_at or self.closes_at
        return min(ended, self.closes_at) + KEPT

    def next_change(self, now: datetime) -> datetime:
        """When something about it is different by time alone."""
        if not self.live(now):
            return self.goes_at()
        moments = (moment for one in self.openings for moment in (one.opens_at, one.closes_at))
        return min((moment for moment in moments if moment > now), default=self.goes_at())

    def start_of(self, moment: datetime) -> datetime | None:
        """Which of its times a calendar means; one without a zone is read off the clock of the conference's."""
        zoned = (
            moment if moment.tzinfo is not None else moment.replace(tzinfo=ZoneInfo(self.record.plan.zone))
        )
        try:
            meant = zoned.astimezone(UTC).replace(microsecond=0)
        except OverflowError:  # the first day there is, or the last
            return None
        return next((one.starts_at for one in self.openings if one.starts_at == meant), None)

    def door(self, now: datetime) -> PbxDoor:
        """What the PBX gets of one that is live."""
        openings = tuple(one for one in self.openings if one.closes_at > now)[:OPENINGS_TOLD]
        pins = tuple((one.pin, one.address) for one in self.record.invitees)
        return PbxDoor(
            self.record.conference_id, self.record.plan.room, openings, pins, self.record.plan.zone
        )

    def told(self, now: datetime, number: str, colleagues: Mapping[str, str]) -> PlannedConference:
        """What its owner sees; `colleagues`: their numbers by address in small letters."""
        record, current = self.record, self.current(now)

        def number_of(one: InviteeRecord) -> str:
            address = folded(one.address)
            return colleagues.get(address) or self.numbers.get(address, "")

        return PlannedConference(
            record.conference_id,
            record.owner,
            record.plan,
            number,
            record.sequence,
            current.opens_at,
            current.starts_at,
            current.closes_at,
            tuple(invitee_of(one, number, number_of(one)) for one in record.invitees),
            cancelled=self.cancelled,
            over=self.over(now),
        )


def folded(address: str) -> str:
    """The address as it is compared: nobody has two that differ in capitals only."""
    return address.lower()


def invitee_of(one: InviteeRecord, number: str, own_number: str = "") -> Invitee:
    """Somebody invited, as told; `number`: what they dial, `own_number`: theirs."""
    return Invitee(
        one.address,
        one.name,
        one.mail,
        one.mail_words,
        one.answer,
        one.answered_at,
        own_number,
        f"tel:{quote(number, safe='+*')},,{one.pin}%23",
        one.pin,
        one.times,
    )


def overlap(some: Iterable[PbxOpening], others: Iterable[PbxOpening], *, doors: bool) -> bool:
    """Whether two rows of times meet; `doors`: also when only the minutes before the start do."""
    rest, against = iter(some), iter(others)
    one, other = next(rest, None), next(against, None)
    while one is not None and other is not None:
        if one.closes_at <= (other.opens_at if doors else other.starts_at):
            one = next(rest, None)
        elif other.closes_at <= (one.opens_at if doors else one.starts_at):
            other = next(against, None)
        else:
            return True
    return False
