"""What is to be said of a plan before it is sent: remarks, a preview, and PINs that fit among all others."""

from __future__ import annotations

from collections.abc import Collection

from wwphone.domain.conference_plans import (
    MAX_INVITEES,
    ConferencePlan,
    InvitationPreview,
    PlanProblem,
    PlanRemark,
)
from wwphone.domain.conference_times import settled
from wwphone.protocol.errors import CommandRefusedError, ErrorCode, WireError
from wwphone.server.api import PbxRoom, UserRecord
from wwphone.server.clock import Clock
from wwphone.server.conference_api import ConferenceLetters
from wwphone.server.conference_plans_api import ConferenceRecord, InviteeRecord
from wwphone.server.services.conference_book import ConferenceBook
from wwphone.server.services.conference_openings import Scheduled, folded, openings_of, overlap
from wwphone.server.services.conference_pins import digits_for, example_pin, new_pins
from wwphone.server.services.conference_plan_rules import (
    LANGUAGES,
    Organizers,
    header_remarks,
    obstacles,
    room_remarks,
    rooms_of,
    same_slot,
    time_remarks,
)
from wwphone.server.services.directory import DirectoryService
from wwphone.server.services.pbx import personal_rooms
from wwphone.server.services.phone_numbers import internal_numbers

MAX_OF_ONE, MAX_INVITED_OF_ONE = 500, 10_000
"""Conferences that one user has, and people invited to them: all of it goes to their client."""


class ConferenceChecks:
    """Looks at plans beside everything that is planned already."""

    def __init__(
        self,
        book: ConferenceBook,
        directory: DirectoryService,
        letters: ConferenceLetters,
        organizers: Organizers,
        clock: Clock,
    ) -> None:
        self._book = book
        self._directory = directory
        self._letters = letters
        self._organizers = organizers
        self._clock = clock

    def same_slot(self, user: str, plan: ConferencePlan) -> Scheduled | None:
        """The conference that a user has planned in the same room for the same time already."""
        now = self._clock()
        mine = (one for one in self._book.all() if one.record.owner == user and one.live(now))
        return next((one for one in mine if same_slot(plan, one.record.plan)), None)

    def in_order(
        self, user: UserRecord, plan: ConferencePlan, former: Scheduled | None, *, mail_possible: bool
    ) -> ConferencePlan:
        """Return the plan settled. Raises CommandRefusedError for what keeps it from being sent."""
        remarks = obstacles(self.remarks(user, plan, former, mail_possible=mail_possible))
        if remarks:
            names = ", ".join(sorted({one.problem.value for one in remarks}))
            raise _refused(ErrorCode.INVALID, f"this cannot be sent: {names}")
        own = [one for one in self._book.all() if one.record.owner == user.user and one is not former]
        invited = sum(len(one.record.invitees) for one in own) + len(plan.addresses)
        if len(own) >= MAX_OF_ONE or invited > MAX_INVITED_OF_ONE:
            raise _refused(ErrorCode.CONFLICT, "you have planned too much already")
        return settled(plan)

    def remarks(
        self, user: UserRecord, plan: ConferencePlan, former: Scheduled | None, *, mail_possible: bool
    ) -> tuple[PlanRemark, ...]:
        """All that is to be said of it. Raises CommandRefusedError for what no client sends."""
        if plan.language not in LANGUAGES:
            raise _refused(ErrorCode.INVALID, f"languages are {', '.join(LANGUAGES)}")
        now, directory = self._clock(), self._directory
        found = [*self._letters.check(plan), *header_remarks(plan)]
        times = time_remarks(plan, now, former)
        if plan.room not in rooms_of(user, directory.users.values(), directory.rooms):
            found.append(PlanRemark(PlanProblem.UNKNOWN_ROOM))
        elif not times:
            found += self._room_remarks(user.user, plan, former, obstacles(found))
        if not mail_possible:
            found.append(PlanRemark(PlanProblem.NO_MAIL))
        return tuple(dict.fromkeys([*found, *times]))

    def _room_remarks(
        self, user: str, plan: ConferencePlan, former: Scheduled | None, wrong: Collection[PlanRemark]
    ) -> list[PlanRemark]:
        plan = settled(plan)
        same = former if former is not None else self.same_slot(user, plan)
        others = (one for one in self._book.all() if one is not same)
        found = room_remarks(plan, user, others, self._clock())
        if former is None and same is not None and not wrong:
            known = {folded(one.address) for one in same.record.invitees}
            known |= {folded(one.address) for one in self._letters.invitees(plan)}
            if len(known) > MAX_INVITEES:
                found.append(PlanRemark(PlanProblem.TOO_MANY_ADDRESSES))
        return found

    def preview(self, user: UserRecord, plan: ConferencePlan, former: Scheduled | None) -> InvitationPreview:
        """How its invitation will arrive; it takes a moment."""
        now, invitees = self._clock(), self._letters.invitees(plan)
        pin = example_pin(digits_for(len(invitees)))
        records = tuple(InviteeRecord(one.address, one.name, pin) for one in invitees)
        organizer = self._organizers.of(user, plan, invitees[0].address)
        conference_id, sequence = "preview", 0
        if former is not None:
            conference_id, sequence = former.record.conference_id, former.record.sequence + 1
        record = ConferenceRecord(
            conference_id, user.user, plan, organizer, sequence, now, now, invitees=records
        )
        return self._letters.preview(Scheduled.of(record).told(now, self._book.number, {}), organizer)

    def pins(self, count: int, plan: ConferencePlan, own: ConferenceRecord | None = None) -> tuple[str, ...]:
        """New PINs: as nobody else has, long enough for all who can dial in at the same time."""
        now, openings, directory = self._clock(), openings_of(plan), self._directory
        live = [one for one in self._book.all() if one.live(now)]
        own_id = own.conference_id if own is not None else ""
        meeting = [
            one
            for one in live
            if one.record.conference_id == own_id or overlap(openings, one.openings, doors=True)
        ]
        together = count + sum(len(one.record.invitees) for one in meeting)
        rooms = self._rooms()
        taken = set(internal_numbers(directory.users.values(), directory.ring_groups, rooms))
        taken |= {room.pin for room in rooms}
        taken |= {each.pin for one in live for each in one.record.invitees}
        return new_pins(count, digits_for(together), taken)

    def _rooms(self) -> tuple[PbxRoom, ...]:
        made = self._directory.rooms
        return (*made, *personal_rooms(self._directory.users.values(), made))


def _refused(code: ErrorCode, sentence: str) -> CommandRefusedError:
    return CommandRefusedError(WireError(code, sentence))
