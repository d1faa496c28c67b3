"""The e-mails about planned conferences (requirement 002): invitations, changes, cancellations; `ConferenceLetters` of `server.conference_api`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from wwphone.domain.conference_plans import (
    ConferencePlan,
    InvitationPreview,
    Invitee,
    PlannedConference,
    PlanRemark,
)
from wwphone.server.clock import Clock
from wwphone.server.conference_api import LetterKind, Organizer
from wwphone.server.conference_plans_api import LETTER_PREFIX
from wwphone.server.mail import conference_calendar
from wwphone.server.mail.conference_texts import (
    WriteNumber,
    entry_of,
    invitees_of,
    remarks_on,
    subject_of,
    text_of,
)
from wwphone.server.mail.conference_words import words_of
from wwphone.server.mail_api import Letter

_TRIED_AT_LEAST = timedelta(hours=1)
_TRIED_AT_MOST = timedelta(days=5)
"""As long as mail servers try (RFC 5321, section 4.5.4.1)."""


class ConferenceLetterWriter:
    """Writes them; knows no conference by itself."""

    def __init__(self, write_number: WriteNumber, clock: Clock) -> None:
        """`write_number`: how people write a number that is E.164 or internal."""
        self._write_number = write_number
        self._clock = clock

    def check(self, plan: ConferencePlan) -> tuple[PlanRemark, ...]:
        """What is wrong with its texts and addresses."""
        return tuple(remarks_on(plan))

    def invitees(self, plan: ConferencePlan) -> tuple[Invitee, ...]:
        """Its addresses taken apart, each once, in their order. Raises ValueError for one that `check` complains of."""
        return invitees_of(plan)

    def preview(self, conference: PlannedConference, organizer: Organizer) -> InvitationPreview:
        """The invitation of its first invitee."""
        letter = self.letter(
            conference, conference.invitees[0], LetterKind.INVITATION, organizer, self._clock()
        )
        return InvitationPreview(letter.subject, letter.text, letter.html, letter.calendar)

    def letter(
        self,
        conference: PlannedConference,
        invitee: Invitee,
        kind: LetterKind,
        organizer: Organizer,
        now: datetime,
    ) -> Letter:
        """The e-mail to one invitee; its id is made of conference, sequence, kind and address, so the same one is queued once."""
        language = conference.plan.language
        entry = entry_of(conference, invitee, self._write_number)
        subject = subject_of(entry, kind, language)
        text = text_of(conference, entry, kind, organizer)
        method = conference_calendar.method_of(kind, invitee, organizer)
        if kind is LetterKind.CANCELLATION:
            entry = replace(entry, description="", link="")  # there is nothing to dial any more
        return Letter(
            letter_id=f"{LETTER_PREFIX}{conference.conference_id}:{conference.sequence}:{kind.value}:{invitee.address}",
            recipient=invitee.address,
            recipient_name=invitee.name,
            subject=subject,
            text=text.plain(),
            html=text.page(subject, language),
            calendar=conference_calendar.invitation(conference, invitee, organizer, entry, method, now),
            calendar_method=method,
            at=now,
            expires_at=now + min(max(conference.ends_at - now, _TRIED_AT_LEAST), _TRIED_AT_MOST),
            reply_to=organizer.reply_to,
            sender_name=organizer.name,
            owner=conference.owner,
            reference=conference.conference_id,
        )

    def feed(self, conferences: Collection[PlannedConference], language: str, now: datetime) -> str:
        """All of somebody's conferences as a calendar that one subscribes to; the PIN in each is of the first invited, who is oneself."""
        entries = [
            (one, entry_of(one, one.invitees[0] if one.invitees else Invitee(""), self._write_number))
            for one in conferences
        ]
        return conference_calendar.feed(entries, words_of(language).conferences, now)
