"""Missed calls by e-mail, for those who have it on (requirement 000, "E-mail notification for missed calls").

One letter for each call that becomes a task of theirs: missed, or taken by the voice mail. It is queued in the very
transaction that writes the call's row, so it is neither lost nor doubled when this server is killed and reads the PBX's
records again. A call that ended more than an hour before it became known, because this server was away, is a task in the
history and no letter: a hundred mails about last night are no help to anybody.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta, tzinfo

from wwphone.domain.calls import CallDirection, CallKind
from wwphone.domain.history import TASK_RESULTS, CallResult
from wwphone.domain.numbers import NotDiallableError
from wwphone.domain.shown import without_prefix
from wwphone.protocol.errors import CommandRefusedError, ErrorCode, WireError
from wwphone.protocol.history import MissedMailChanged, SetMissedMail
from wwphone.protocol.message import Command, Done, Result
from wwphone.server.api import Store
from wwphone.server.clock import Clock
from wwphone.server.history_api import RecordedCall
from wwphone.server.mail_api import Letter
from wwphone.server.services.commands import Handler
from wwphone.server.services.directory import DirectoryChange, DirectoryService
from wwphone.server.services.event_log import EventLog
from wwphone.server.services.mail import MailService, expiry
from wwphone.server.services.missed_mail_words import MissedCall, known_language, subject_of, text_of
from wwphone.server.services.phone_numbers import PhoneNumbers
from wwphone.server.services.sessions import Session

TOO_OLD = timedelta(hours=1)
"""Calls that ended before so long are told of no more."""
_OF_USE_H = 24.0


class MissedMailService:
    """Knows who wants missed calls by e-mail, and writes the letters."""

    def __init__(
        self,
        store: Store,
        mail: MailService,
        directory: DirectoryService,
        log: EventLog,
        clock: Clock,
        numbers: PhoneNumbers,
        zone: tzinfo | None = None,
    ) -> None:
        """`zone`: what times are told in; None: this machine's own."""
        self._store = store
        self._mail = mail
        self._directory = directory
        self._log = log
        self._clock = clock
        self._numbers = numbers
        self._wishes: dict[str, str] = {}
        self._zone = zone

    async def start(self) -> None:
        """Look who wants it. Raises StoreError."""
        self._wishes = await self._store.missed_mail_wishes()
        self._directory.on_change(self._on_directory_change)

    def is_on(self, user: str) -> bool:
        """Whether a user wants missed calls by e-mail."""
        return user in self._wishes

    def possible_for(self, user: str) -> bool:
        """Whether any could be sent to a user."""
        record = self._directory.users.get(user)
        return self._mail.possible and record is not None and bool(record.email)

    def commands(self) -> Mapping[type[Command], Handler]:
        """What clients may ask of this service."""
        return {SetMissedMail: self._on_set}

    async def set(self, user: str, command: SetMissedMail) -> None:
        """Send a user missed calls, or not. Raises CommandRefusedError, StoreError."""
        if command.on and not self.possible_for(user):
            raise CommandRefusedError(WireError(ErrorCode.INVALID, "no e-mail can be sent to you"))
        language = known_language(command.language) if command.on else None
        await self._store.save_missed_mail_wish(user, language)
        self._wishes.pop(user, None)
        if language is not None:
            self._wishes[user] = language
        self._log.publish(MissedMailChanged(command.on, self.possible_for(user)), only=user)

    async def letters(self, calls: Collection[RecordedCall]) -> dict[str, Letter]:
        """What is to be told of these calls, by entry id. Raises StoreError."""
        return {call.entry_id: await self._letter(call) for call in calls if self._is_told(call)}

    def written(self) -> None:
        """Letters were queued with their calls."""
        self._mail.wake()

    # ------------------------------------------------------------ inside

    async def _on_set(self, session: Session, command: SetMissedMail) -> Result:
        await self.set(session.user, command)
        return Done()

    def _is_told(self, call: RecordedCall) -> bool:
        if call.direction is not CallDirection.INCOMING or call.result not in TASK_RESULTS:
            return False
        ended_at = call.started_at + timedelta(seconds=call.ring_s + call.talk_s)
        too_old = self._clock() - ended_at > TOO_OLD
        return not too_old and self.is_on(call.user) and self.possible_for(call.user)

    async def _letter(self, call: RecordedCall) -> Letter:
        record, language = self._directory.users[call.user], self._wishes[call.user]
        number = self._normal(without_prefix(call.number))
        told = MissedCall(
            name=await self._name(call, number),
            number=self._numbers.written(number),
            called=self._numbers.written(call.called),
            group=(call.group or call.called) if call.kind is CallKind.GROUP else "",
            at=call.started_at.astimezone(self._zone),
            rang=timedelta(seconds=call.ring_s),
            voicemail=call.result is CallResult.VOICEMAIL,
        )
        now = self._clock()
        return Letter(
            f"missed:{call.entry_id}",
            record.email,
            subject_of(told, language),
            text_of(told, language),
            now,
            expiry(now, _OF_USE_H),
            recipient_name=f"{record.first_name} {record.surname}".strip() or record.nickname,
            owner=call.user,
        )

    async def _name(self, call: RecordedCall, number: str) -> str:
        """As the window names callers: colleagues first, then the phone book, then what was signalled."""
        if not number:
            return ""
        for one in self._directory.users.values():
            if one.number == number and not one.hidden:
                return one.nickname
        found = await self._store.names_of_numbers(call.user, (number,))
        name = found.get(number, call.name)
        return "" if name == call.number else name

    def _normal(self, number: str) -> str:
        try:
            return self._numbers.normal(number, {one.number for one in self._directory.users.values()})
        except NotDiallableError:
            return number

    def _on_directory_change(self, change: DirectoryChange) -> None:
        for record in change.removed:
            self._wishes.pop(record.user, None)  # the database has removed it with the user
        for old, new in change.changed:
            if bool(old.email) != bool(new.email):
                event = MissedMailChanged(self.is_on(new.user), self.possible_for(new.user))
                self._log.publish(event, only=new.user)
