"""All planned conferences in memory: written first, then known and told to their owners.

What becomes of letters comes by the hundred; it is told at most so often, and written by and by.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from wwphone.domain.conference_plans import (
    InvitationMail,
    PlannedConference,
    RememberedPlan,
)
from wwphone.protocol.conference_plans import (
    PlannedConferenceChanged,
    PlannedConferenceRemoved,
    PlanRemembered,
)
from wwphone.server.api import Store, StoreError
from wwphone.server.clock import Clock
from wwphone.server.conference_plans_api import ConferenceMail, ConferenceRecord, InviteeRecord
from wwphone.server.mail_api import MailState, QueuedLetter
from wwphone.server.services.conference_answer_rules import without_past
from wwphone.server.services.conference_openings import Scheduled, folded
from wwphone.server.services.directory import DirectoryService
from wwphone.server.services.event_log import EventLog
from wwphone.server.tasks import TaskOwner

logger = logging.getLogger(__name__)

TELL_S = 0.4
"""Changes by letters are gathered for so long at least."""
_RETRY_S = 3.0
_MAILS: Mapping[MailState, InvitationMail] = {
    MailState.QUEUED: InvitationMail.QUEUED,
    MailState.SENDING: InvitationMail.QUEUED,
    MailState.SENT: InvitationMail.SENT,
    MailState.REFUSED: InvitationMail.FAILED,
    MailState.UNCERTAIN: InvitationMail.UNCERTAIN,
}
_TAKEN = frozenset({InvitationMail.SENT, InvitationMail.UNCERTAIN})
_WITH_WORDS = frozenset({InvitationMail.FAILED, InvitationMail.UNCERTAIN})


class ConferenceBook:
    """Keeps store, memory and clients the same. Changes are made one after the other, under `lock`."""

    def __init__(
        self, store: Store, directory: DirectoryService, log: EventLog, clock: Clock, number: str
    ) -> None:
        """`number`: what takes the place of `<number>`."""
        self._store = store
        self._directory = directory
        self._log = log
        self._clock = clock
        self.number = number
        self.lock = asyncio.Lock()
        self._known: dict[str, Scheduled] = {}
        self._remembered: dict[str, RememberedPlan] = {}
        self._letters: dict[str, tuple[str, str]] = {}
        """The conference and the address of each letter."""
        self._unwritten: set[tuple[str, str]] = set()
        self._untold: set[str] = set()
        self._woken = asyncio.Event()
        self._listeners: list[Callable[[], None]] = []
        self._tasks = TaskOwner("planned conferences")

    async def start(self) -> None:
        """Load everything. Raises StoreError."""
        for record in await self._store.planned_conferences():
            numbers = await self._numbers_for(record)
            try:
                self._take(Scheduled.of(record, numbers))
            except ValueError as error:
                # No reason to serve nobody: with the system's time zones it comes back.
                logger.error("the conference %s is left out: %s", record.conference_id, error)  # noqa: TRY400 - the text says it
        self._remembered = await self._store.remembered_plans()
        self._tasks.start(self._keep_written())

    async def shutdown(self) -> None:
        """Write what is not written yet, if that is possible."""
        await self._tasks.shutdown()
        try:
            await self._write_invitees()
        except StoreError as error:
            # The queue of letters tells it again at the next start.
            logger.info("what became of invitations was not written: %s", error)

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` after planned conferences, or their times, have changed."""
        self._listeners.append(listener)

    # ------------------------------------------------------------ what is known

    def all(self) -> tuple[Scheduled, ...]:
        """Every conference that is not forgotten."""
        return tuple(self._known.values())

    def get(self, conference_id: str) -> Scheduled | None:
        """One of them."""
        return self._known.get(conference_id)

    def told(self, one: Scheduled) -> PlannedConference:
        """A conference as its owner sees it now."""
        return one.told(self._clock(), self.number, self._colleagues(one.record.owner))

    def told_to(self, user: str) -> tuple[PlannedConference, ...]:
        """What somebody planned, by id."""
        mine = sorted(key for key, one in self._known.items() if one.record.owner == user)
        now, colleagues = self._clock(), self._colleagues(user) if mine else {}
        return tuple(self._known[key].told(now, self.number, colleagues) for key in mine)

    def remembered(self, user: str) -> RememberedPlan:
        """What somebody's next invitation begins with; the first one with their own address, as requirement 002 advises."""
        known, person = self._remembered.get(user), self._directory.users.get(user)
        email = person.email if person is not None else ""
        return known or RememberedPlan(reply_to=email, first_address=email)

    # ------------------------------------------------------------ changes, under the lock

    async def add(
        self, record: ConferenceRecord, mails: Collection[ConferenceMail], remembered: RememberedPlan
    ) -> Scheduled:
        """Write a new one, and tell. Raises StoreError, DuplicateError."""
        numbers = await self._numbers_for(record)
        await self._store.add_conference(record, mails, remembered)
        return self._note(Scheduled.of(record, numbers), remembered)

    async def change(
        self,
        record: ConferenceRecord,
        mails: Collection[ConferenceMail] = (),
        remembered: RememberedPlan | None = None,
    ) -> Scheduled:
        """Write one anew, and tell. Raises StoreError, DuplicateError, KeyError."""
        numbers = await self._numbers_for(record)
        await self._store.change_conference(record, mails, remembered)
        return self._note(Scheduled.of(self._with_news(record), numbers), remembered)

    async def note(
        self, conference_id: str, address: str, change: Callable[[InviteeRecord], InviteeRecord]
    ) -> None:
        """Write what became of somebody invited, and tell, if it is news. Raises StoreError."""
        before = self._invitee(conference_id, address)
        if change(before) == before:
            return
        await self._store.note_invitees(conference_id, [change(before)])
        # What became of a letter meanwhile stays known; it is written by and by.
        self._replace_invitee(conference_id, change(self._invitee(conference_id, address)))
        self.tell(conference_id)

    async def forget_past_answers(self, conference_id: str) -> bool:
        """Answers for one time alone are of no use when it is past; return whether there were any. Raises StoreError."""
        one = self._known.get(conference_id)
        if one is None or len(one.openings) == 1:
            return False
        starts_at = one.current(self._clock()).starts_at
        shorter = [(each, without_past(each, starts_at)) for each in one.record.invitees]
        changed = [after for before, after in shorter if after is not before]
        if not changed:
            return False
        await self._store.note_invitees(conference_id, changed)
        record = self._known[conference_id].record  # with what became of letters meanwhile
        invitees = tuple(without_past(each, starts_at) for each in record.invitees)
        self._known[conference_id] = replace(one, record=replace(record, invitees=invitees))
        return True

    async def forget(self, conference_ids: Collection[str]) -> None:
        """They are long over. Raises StoreError."""
        await self._store.forget_conferences(conference_ids)
        for conference_id in conference_ids:
            gone = self._known.pop(conference_id)
            self._forget_letters(gone)
            if gone.record.owner:
                self._log.publish(PlannedConferenceRemoved(conference_id), only=gone.record.owner)

    async def free_pins(self, conference_ids: Collection[str]) -> None:
        """They are over. Raises StoreError."""
        await self._store.free_pins(conference_ids)

    def disown(self, user: str) -> None:
        """A user is gone: what they planned is nobody's, whatever somebody of the same name does."""
        self._remembered.pop(user, None)
        for key, one in self._known.items():
            if one.record.owner == user:
                self._known[key] = replace(one, record=replace(one.record, owner=""))

    def tell(self, conference_id: str) -> None:
        """Tell the owner of one how it stands."""
        self._untold.discard(conference_id)
        one = self._known.get(conference_id)
        if one is not None and one.record.owner:
            self._log.publish(PlannedConferenceChanged(self.told(one)), only=one.record.owner)

    def tell_followers(self) -> None:
        """Call those who follow."""
        for listener in self._listeners:
            listener()

    # ------------------------------------------------------------ letters

    def on_letter(self, queued: QueuedLetter) -> None:
        """Note what became of a letter, if it is the latest one to somebody."""
        conference_id, address = self._letters.get(queued.letter.letter_id, ("", ""))
        one = self._known.get(conference_id)
        if one is None:
            return
        mail = _MAILS[queued.state]
        words = queued.words if mail in _WITH_WORDS else ""
        for invitee in one.record.invitees:
            # What a mail server took and another one sent back did not arrive, whatever the queue says again at a start.
            bounced = invitee.mail is InvitationMail.FAILED and mail in _TAKEN
            news = (invitee.mail, invitee.mail_words) != (mail, words) and not bounced
            if invitee.address == address and news:
                self._replace_invitee(conference_id, replace(invitee, mail=mail, mail_words=words))
                self._unwritten.add((conference_id, address))
                self._untold.add(conference_id)
                self._woken.set()

    # ------------------------------------------------------------ inside

    def _note(self, one: Scheduled, remembered: RememberedPlan | None) -> Scheduled:
        self._take(one)
        self.tell(one.record.conference_id)
        owner = one.record.owner
        if remembered is not None and owner and self._remembered.get(owner) != remembered:
            self._remembered[owner] = remembered
            self._log.publish(PlanRemembered(remembered), only=owner)
        self.tell_followers()
        return one

    def _take(self, one: Scheduled) -> None:
        conference_id = one.record.conference_id
        if conference_id in self._known:
            self._forget_letters(self._known[conference_id])
        self._known[conference_id] = one
        for invitee in one.record.invitees:
            if invitee.letter_id:
                self._letters[invitee.letter_id] = conference_id, invitee.address

    def _forget_letters(self, one: Scheduled) -> None:
        for invitee in one.record.invitees:
            self._letters.pop(invitee.letter_id, None)

    def _with_news(self, record: ConferenceRecord) -> ConferenceRecord:
        """What became of letters, and of its owner, while the change was being written."""
        before = self._known[record.conference_id].record
        now = {one.letter_id: one for one in before.invitees if one.letter_id}
        invitees = []
        for one in record.invitees:
            latest = now.get(one.letter_id, one)
            if (latest.mail, latest.mail_words) != (one.mail, one.mail_words):
                self._unwritten.add((record.conference_id, one.address))
                self._woken.set()
            invitees.append(replace(one, mail=latest.mail, mail_words=latest.mail_words))
        return replace(record, owner=before.owner, invitees=tuple(invitees))

    def _invitee(self, conference_id: str, address: str) -> InviteeRecord:
        invited = self._known[conference_id].record.invitees
        return next(one for one in invited if one.address == address)

    def _replace_invitee(self, conference_id: str, invitee: InviteeRecord) -> None:
        one = self._known[conference_id]
        invitees = (invitee if old.address == invitee.address else old for old in one.record.invitees)
        self._known[conference_id] = replace(one, record=replace(one.record, invitees=tuple(invitees)))

    async def _keep_written(self) -> None:
        while True:
            await self._woken.wait()
            await asyncio.sleep(self._pause_s())
            self._woken.clear()
            for conference_id in tuple(self._untold):
                self.tell(conference_id)
            try:
                await self._write_invitees()
            except StoreError as error:
                logger.info("what became of invitations is written later: %s", error)
                await asyncio.sleep(_RETRY_S)
                self._woken.set()

    def _pause_s(self) -> float:
        """Longer where many are invited: each time all of them are told."""
        untold = (self._known[each] for each in self._untold if each in self._known)
        most = max((len(one.record.invitees) for one in untold), default=0)
        return TELL_S * (1 + most / 100)

    async def _write_invitees(self) -> None:
        async with self.lock:
            while self._unwritten:
                conference_id = next(iter(self._unwritten))[0]
                one = self._known.get(conference_id)
                written = {key for key in self._unwritten if key[0] == conference_id}
                invitees = one.record.invitees if one is not None else ()
                news = [each for each in invitees if (conference_id, each.address) in written]
                self._unwritten -= written
                try:
                    await self._store.note_invitees(conference_id, news)
                except StoreError:
                    self._unwritten |= written
                    raise

    async def _numbers_for(self, record: ConferenceRecord) -> dict[str, str]:
        if not record.owner or not record.invitees:
            return {}
        addresses = [folded(one.address) for one in record.invitees]
        return await self._store.numbers_of_addresses(record.owner, addresses)

    def _colleagues(self, user: str) -> dict[str, str]:
        """Numbers of those whom this user sees, by address."""
        return {
            folded(record.email): record.number
            for record in self._directory.users.values()
            if record.email and (not record.hidden or record.user == user)
        }
