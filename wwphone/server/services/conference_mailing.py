"""The letters that go with a change of a planned conference: to whom, of which kind, under which id."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from wwphone.domain.conference_plans import ConferencePlan, InvitationMail
from wwphone.server.conference_api import ConferenceLetters, LetterKind
from wwphone.server.conference_plans_api import (
    LETTER_PREFIX,
    ConferenceMail,
    ConferenceRecord,
    InviteeRecord,
)
from wwphone.server.mail_api import Letter
from wwphone.server.services.conference_openings import Scheduled, invitee_of

Letters = Collection[tuple[InviteeRecord, LetterKind]]
"""Who gets which kind."""


@dataclass(frozen=True)
class ConferenceMailing:
    """Has letters written; it may take long, so whoever has an event loop calls it on another thread."""

    letters: ConferenceLetters
    number: str
    """What takes the place of `<number>`."""

    def with_letters(
        self, record: ConferenceRecord, wanted: Letters, now: datetime, plan: ConferencePlan | None = None
    ) -> tuple[ConferenceRecord, tuple[ConferenceMail, ...]]:
        """Return the record that knows its letters, and the letters; `plan`: what they say, where that is another one."""
        words = record if plan is None else replace(record, plan=plan)
        told = Scheduled.of(words).told(now, self.number, {})
        mails, mailed = [], {}

        def written(invitee: InviteeRecord, kind: LetterKind, letter_id: str) -> Letter:
            shown = invitee_of(invitee, self.number)
            letter = self.letters.letter(told, shown, kind, record.organizer, now)
            # A cancellation is sent even when whoever planned it is no user any more.
            owner = "" if kind is LetterKind.CANCELLATION else record.owner
            return replace(letter, letter_id=letter_id, owner=owner)

        for invitee, kind in wanted:
            letter_id = _letter_id(record, invitee, kind)
            letter = written(invitee, kind, letter_id)
            waits = bool(invitee.letter_id) and invitee.mail is InvitationMail.QUEUED
            instead: Letter | None = letter
            if waits and kind is LetterKind.UPDATE:
                instead = written(invitee, LetterKind.INVITATION, letter_id)
            elif waits and kind is LetterKind.CANCELLATION and _is_first(invitee.letter_id):
                instead = None  # they know of nothing
            mails.append(
                ConferenceMail(letter, invitee.letter_id if waits else "", instead if waits else None)
            )
            mailed[invitee.address] = replace(
                invitee, letter_id=letter_id, mailed_at=now, mail=InvitationMail.QUEUED, mail_words=""
            )
        invitees = tuple(mailed.get(one.address, one) for one in record.invitees)
        return replace(record, invitees=invitees), tuple(mails)


def _is_first(letter_id: str) -> bool:
    """Whether there was no letter to them before it. One of a change, or sent again, may follow one that has arrived."""
    *_, kind, _address = letter_id.rsplit(":", 2)
    return kind == LetterKind.INVITATION.value


def _letter_id(record: ConferenceRecord, invitee: InviteeRecord, kind: LetterKind) -> str:
    """The same for the same matter, and no address in it: ids stand in logs."""
    digest = hashlib.sha256(invitee.address.encode()).hexdigest()[:16]
    again = f":{invitee.copies}" if invitee.copies else ""
    return f"{LETTER_PREFIX}{record.conference_id}:{record.sequence}:{kind.value}:{digest}{again}"
