"""Planned conferences: checked, planned, changed, cancelled, extended, and what was answered.

Theory. The store is the truth: a change, its PINs and its letters are one transaction, and only then is it known and told
(`conference_book`). The PBX gets PINs and times and lets people in by itself (`conference_doors`); the letters are worked off by
the queue. What comes by the clock, or because a user or a room is gone, is done by `conference_caretaker`.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from wwphone.domain.conference_plans import (
    MAX_DURATION_MIN,
    Answer,
    ConferencePlan,
    InvitationPreview,
    PlanProblem,
    RememberedPlan,
)
from wwphone.domain.conference_times import settled
from wwphone.protocol.conference import NO_CONFERENCES, ConferencesState
from wwphone.protocol.conference_plans import (
    CancelConference,
    ChangeConference,
    ConferencePlanned,
    ExtendConference,
    InvitationPreviewed,
    PlanConference,
    PreviewInvitation,
    SendInvitationAgain,
)
from wwphone.protocol.errors import CommandRefusedError, ErrorCode, WireError
from wwphone.protocol.message import Command, Done, Result
from wwphone.server.api import DuplicateError, Store, UserRecord
from wwphone.server.clock import Clock
from wwphone.server.conference_api import ConferenceAnswer, ConferenceLetters, ConferencePbx, LetterKind
from wwphone.server.conference_plans_api import (
    LETTER_PREFIX,
    ConferenceMail,
    ConferenceRecord,
    InviteeRecord,
    LetterQueue,
)
from wwphone.server.services.commands import Handler
from wwphone.server.services.conference_answer_rules import noted
from wwphone.server.services.conference_book import ConferenceBook
from wwphone.server.services.conference_caretaker import ConferenceCaretaker
from wwphone.server.services.conference_checks import ConferenceChecks
from wwphone.server.services.conference_doors import ConferenceDoors
from wwphone.server.services.conference_mailing import ConferenceMailing
from wwphone.server.services.conference_openings import Scheduled, folded
from wwphone.server.services.conference_plan_rules import (
    Organizers,
    looks_the_same,
    may_plan,
    obstacles,
    same_times,
)
from wwphone.server.services.directory import DirectoryService
from wwphone.server.services.event_log import EventLog
from wwphone.server.services.sessions import Session

_ATTEMPTS = 3
"""Another server on the same store may take a PIN in the same moment."""
_SEND_AGAIN_PAUSE = timedelta(minutes=1)
"""To one address."""
_NO_PREVIEW = InvitationPreview("", "", "", "")


@dataclass(frozen=True)
class PlanNeighbours:
    """Whom planned conferences need."""

    directory: DirectoryService
    log: EventLog
    mail: LetterQueue
    letters: ConferenceLetters
    organizers: Organizers


class ConferencePlansService:
    """Everybody's planned conferences."""

    def __init__(
        self, store: Store, pbx: ConferencePbx, neighbours: PlanNeighbours, clock: Clock, number: str
    ) -> None:
        """`number`: what people dial to enter by their PIN; takes the place of `<number>`."""
        self._directory = neighbours.directory
        self._mail = neighbours.mail
        self._letters = neighbours.letters
        self._organizers = neighbours.organizers
        self._clock = clock
        self.book = ConferenceBook(store, neighbours.directory, neighbours.log, clock, number)
        self._checks = ConferenceChecks(
            self.book, neighbours.directory, neighbours.letters, neighbours.organizers, clock
        )
        self._mailing = ConferenceMailing(neighbours.letters, number)
        self._doors = ConferenceDoors(pbx, self.book, clock)
        self._caretaker = ConferenceCaretaker(store, self.book, neighbours.directory, self._cancel, clock)
        neighbours.mail.watch(LETTER_PREFIX, self.book.on_letter)

    async def start(self) -> None:
        """Load everything, and tell the PBX. Raises StoreError."""
        await self.book.start()
        self._doors.start()
        await self._caretaker.start()

    async def shutdown(self) -> None:
        """Write what is not written yet; what the PBX was told counts."""
        await self._caretaker.shutdown()
        await self._doors.shutdown()
        await self.book.shutdown()

    def look(self) -> None:
        """Look at the clock now: it may have been set."""
        self._caretaker.look()

    def state_for(self, user: str) -> ConferencesState:
        """What somebody planned, and what their next invitation begins with; nothing else of the state."""
        return replace(NO_CONFERENCES, plans=self.book.told_to(user), remembered=self.book.remembered(user))

    # ------------------------------------------------------------ for running conferences

    def going_on(self, room: str) -> str:
        """The planned conference whose time it is in this room; empty: none."""
        now = self._clock()
        there = [one for one in self.book.all() if one.record.plan.room == room and one.is_open(now)]
        begun = [one for one in there if one.current(now).starts_at <= now]
        latest = max(begun or there, key=lambda one: one.current(now).starts_at, default=None)
        return latest.record.conference_id if latest is not None else ""

    def name_of(self, conference_id: str, invitee: str) -> str:
        """Whoever was invited at this address; empty: the name is not known."""
        one = self.book.get(conference_id)
        invited = one.record.invitees if one is not None else ()
        return next((each.name for each in invited if folded(each.address) == folded(invitee)), "")

    # ------------------------------------------------------------ answers

    async def note_answer(self, answer: ConferenceAnswer) -> bool:
        """Note what somebody answered, or that the e-mail did not arrive. Raises StoreError."""
        async with self.book.lock:
            one = self.book.get(answer.conference_id)
            invited = one.record.invitees if one is not None else ()
            asked = folded(answer.address)
            address = next((each.address for each in invited if folded(each.address) == asked), None)
            change = noted(one, answer, self._clock()) if one is not None and address is not None else None
            if address is None or change is None:
                return False
            await self.book.note(answer.conference_id, address, change)
            return True

    # ------------------------------------------------------------ commands

    def commands(self) -> Mapping[type[Command], Handler]:
        """What clients may ask of this service."""
        return {
            PreviewInvitation: self._on_preview,
            PlanConference: self._on_plan,
            ChangeConference: self._on_change,
            CancelConference: self._on_cancel,
            SendInvitationAgain: self._on_again,
            ExtendConference: self._on_extend,
        }

    async def _on_preview(self, session: Session, command: PreviewInvitation) -> Result:
        user = self._planner(session.user)
        former = self._own(session.user, command.conference_id) if command.conference_id else None
        remarks = self._checks.remarks(user, command.plan, former, mail_possible=self._mail.possible)
        wrong = {one.problem for one in obstacles(remarks)} - {PlanProblem.UNKNOWN_ROOM, PlanProblem.NO_MAIL}
        if wrong:
            return InvitationPreviewed(_NO_PREVIEW, remarks)
        plan = settled(command.plan)
        preview = await asyncio.to_thread(self._checks.preview, user, plan, former)
        return InvitationPreviewed(preview, remarks)

    async def _on_plan(self, session: Session, command: PlanConference) -> Result:
        async with self.book.lock:
            user = self._planner(session.user)
            plan = self._in_order(user, command.plan)
            other = self._checks.same_slot(user.user, plan)
            if other is None:
                one = await _with_free_pins(lambda: self._plan(user, plan))
            else:
                one = await _with_free_pins(lambda: self._invite_more(other, plan))
        return self._planned(one)

    async def _on_change(self, session: Session, command: ChangeConference) -> Result:
        async with self.book.lock:
            user = self._planner(session.user)
            former = self._own_live(session.user, command.conference_id)
            if former.record.sequence != command.sequence:
                raise _refused(ErrorCode.CONFLICT, "it was changed since")
            plan = self._in_order(user, command.plan, former)
            one = await _with_free_pins(lambda: self._change(user, former, plan))
        return self._planned(one)

    async def _on_cancel(self, session: Session, command: CancelConference) -> Result:
        async with self.book.lock:
            await self._cancel(self._own_live(session.user, command.conference_id))
        return Done()

    async def _on_again(self, session: Session, command: SendInvitationAgain) -> Result:
        async with self.book.lock:
            self._planner(session.user)
            one = self._own_live(session.user, command.conference_id)
            if not self._mail.possible:
                raise _refused(ErrorCode.CONFLICT, "there is no mail server")
            wanted = {folded(address) for address in command.addresses}
            invited = [each for each in one.record.invitees if folded(each.address) in wanted]
            if len(invited) != len(wanted):
                raise _refused(ErrorCode.NOT_FOUND, "somebody of them is not invited")
            if any(_just_sent_again(each, self._clock()) for each in invited):
                raise _refused(ErrorCode.CONFLICT, "it was sent again just now")
            again = [(replace(each, copies=each.copies + 1), LetterKind.INVITATION) for each in invited]
            await self.book.change(*await self._written(one.record, again))
        self._mail.wake()
        return Done()

    async def _on_extend(self, session: Session, command: ExtendConference) -> Result:
        async with self.book.lock:
            one = self._own_live(session.user, command.conference_id)
            record, now = one.record, self._clock()
            current = one.current(now)
            if not current.opens_at <= now < current.closes_at:
                raise _refused(ErrorCode.CONFLICT, "it does not go on")
            before = record.extended_min if record.extended_start == current.starts_at else 0
            minutes = before + command.minutes
            if command.minutes < 1 or record.plan.duration_min + minutes > MAX_DURATION_MIN:
                raise _refused(ErrorCode.INVALID, f"it lasts at most {MAX_DURATION_MIN} minutes")
            longer = replace(record, extended_start=current.starts_at, extended_min=minutes)
            await self.book.change(_with_end(longer))
        return Done()

    # ------------------------------------------------------------ changes, under the lock

    async def _plan(self, user: UserRecord, plan: ConferencePlan) -> Scheduled:
        invitees = self._letters.invitees(plan)
        organizer = self._organizers.of(user, plan, invitees[0].address)
        now = self._clock()
        pins = self._checks.pins(len(invitees), plan)
        records = tuple(
            InviteeRecord(one.address, one.name, pin) for one, pin in zip(invitees, pins, strict=True)
        )
        new = ConferenceRecord(
            secrets.token_hex(16), user.user, plan, organizer, 0, now, now, invitees=records
        )
        wanted = [(one, LetterKind.INVITATION) for one in records]
        record, mails = await self._written(_with_end(new), wanted)
        return await self.book.add(record, mails, _remembered(plan))

    async def _invite_more(self, other: Scheduled, plan: ConferencePlan) -> Scheduled:
        """Invite those who are not invited yet, in the words of this plan; nobody else hears of it."""
        record = other.record
        known = {folded(one.address) for one in record.invitees}
        written = {folded(self._address(plan, text)): text for text in plan.addresses}
        new = [one for one in self._letters.invitees(plan) if folded(one.address) not in known]
        pins = self._checks.pins(len(new), record.plan, record)
        added = tuple(InviteeRecord(one.address, one.name, pin) for one, pin in zip(new, pins, strict=True))
        addresses = (*record.plan.addresses, *(written[folded(one.address)] for one in added))
        after = replace(
            record,
            plan=replace(record.plan, addresses=addresses),
            invitees=(*record.invitees, *added),
            changed_at=self._clock(),
        )
        wanted = [(one, LetterKind.INVITATION) for one in added]
        after, mails = await self._written(after, wanted, replace(plan, addresses=addresses))
        return await self.book.change(after, mails, _remembered(plan))

    def _address(self, plan: ConferencePlan, text: str) -> str:
        """The address in what was written of somebody."""
        return self._letters.invitees(replace(plan, addresses=(text,)))[0].address

    async def _change(self, user: UserRecord, former: Scheduled, plan: ConferencePlan) -> Scheduled:
        before, now = former.record, self._clock()
        kept = {folded(one.address): one for one in before.invitees}
        wished = self._letters.invitees(plan)
        new = [one for one in wished if folded(one.address) not in kept]
        pins = iter(self._checks.pins(len(new), plan, before))
        same = same_times(plan, before.plan)
        invitees = tuple(
            _still_invited(kept[folded(one.address)], one.name, None if same else now)
            if folded(one.address) in kept
            else InviteeRecord(one.address, one.name, next(pins))
            for one in wished
        )
        after = replace(
            before,
            plan=plan,
            organizer=self._organizers.of(user, plan, wished[0].address),
            sequence=before.sequence + 1,
            changed_at=now,
            invitees=invitees,
        )
        if not same:
            after = replace(after, extended_start=None, extended_min=0)
        wanted = self._told_of_change(before, after)
        return await self.book.change(*await self._written(_with_end(after), wanted))

    def _told_of_change(
        self, before: ConferenceRecord, after: ConferenceRecord
    ) -> list[tuple[InviteeRecord, LetterKind]]:
        """New ones are invited, those left out hear of it, the others when they would see a difference."""
        known = {one.address for one in before.invitees}
        there = {one.address for one in after.invitees}
        seen = not looks_the_same(before.plan, after.plan)
        stays = [(one, LetterKind.UPDATE) for one in after.invitees if seen and one.address in known]
        comes = [(one, LetterKind.INVITATION) for one in after.invitees if one.address not in known]
        goes = [(one, LetterKind.CANCELLATION) for one in before.invitees if one.address not in there]
        return [*stays, *comes, *goes]

    async def _cancel(self, one: Scheduled) -> None:
        """Cancel it and tell everybody. Raises StoreError."""
        now = self._clock()
        record = replace(one.record, sequence=one.record.sequence + 1, changed_at=now, cancelled_at=now)
        wanted = [(each, LetterKind.CANCELLATION) for each in record.invitees]
        await self.book.change(*await self._written(record, wanted))
        self._mail.wake()

    # ------------------------------------------------------------ inside

    def _planner(self, name: str) -> UserRecord:
        user = self._directory.users.get(name)
        if user is None or not may_plan(user):
            raise _refused(ErrorCode.NOT_PERMITTED, "you may not hold conferences")
        return user

    def _own(self, user: str, conference_id: str) -> Scheduled:
        one = self.book.get(conference_id)
        if one is None or one.record.owner != user:
            raise _refused(ErrorCode.NOT_FOUND, "you have planned no such conference")
        return one

    def _own_live(self, user: str, conference_id: str) -> Scheduled:
        one = self._own(user, conference_id)
        if one.cancelled:
            raise _refused(ErrorCode.CONFLICT, "it was cancelled")
        if one.over(self._clock()):
            raise _refused(ErrorCode.CONFLICT, "it is over")
        return one

    def _in_order(
        self, user: UserRecord, plan: ConferencePlan, former: Scheduled | None = None
    ) -> ConferencePlan:
        return self._checks.in_order(user, plan, former, mail_possible=self._mail.possible)

    def _planned(self, one: Scheduled) -> Result:
        self._mail.wake()
        return ConferencePlanned(self.book.told(one))

    async def _written(
        self,
        record: ConferenceRecord,
        wanted: list[tuple[InviteeRecord, LetterKind]],
        plan: ConferencePlan | None = None,
    ) -> tuple[ConferenceRecord, tuple[ConferenceMail, ...]]:
        return await asyncio.to_thread(self._mailing.with_letters, record, wanted, self._clock(), plan)


async def _with_free_pins(work: Callable[[], Awaitable[Scheduled]]) -> Scheduled:
    """Do what draws PINs, anew where another server has just taken one of them. Raises what it raises."""
    for _ in range(_ATTEMPTS - 1):
        try:
            return await work()
        except DuplicateError:
            continue
    return await work()


def _remembered(plan: ConferencePlan) -> RememberedPlan:
    return RememberedPlan(
        plan.title,
        plan.description,
        plan.place,
        plan.reply_to,
        plan.addresses[0],
        plan.lead_min,
        plan.duration_min,
        plan.language,
    )


def _with_end(record: ConferenceRecord) -> ConferenceRecord:
    return replace(record, closes_at=Scheduled.of(record).closes_at)


def _still_invited(invitee: InviteeRecord, name: str, asked_at: datetime | None) -> InviteeRecord:
    """Who stays invited; `asked_at`: to another time, so that what they answered counts no more."""
    invitee = replace(invitee, name=name)
    if asked_at is None:
        return invitee
    return replace(invitee, answer=Answer.NONE, answered_at=None, asked_at=asked_at, times=())


def _just_sent_again(invitee: InviteeRecord, now: datetime) -> bool:
    """Whether another one at once would only fill a mailbox; a clock that was set back keeps nobody waiting."""
    if not invitee.copies or invitee.mailed_at is None:
        return False
    return timedelta(0) <= now - invitee.mailed_at < _SEND_AGAIN_PAUSE


def _refused(code: ErrorCode, sentence: str) -> CommandRefusedError:
    return CommandRefusedError(WireError(code, sentence))
