"""The letters that go with a change: what takes the place of one that still waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.helpers.planned import NOW, ORGANIZER, plan, writer
from wwphone.domain.conference_plans import InvitationMail
from wwphone.server.conference_api import LetterKind
from wwphone.server.conference_plans_api import ConferenceMail, ConferenceRecord, InviteeRecord
from wwphone.server.services.conference_mailing import ConferenceMailing

MAILING = ConferenceMailing(writer(), "902")
HANS = InviteeRecord("hans@mueller.example", "Hans", "482917")
RECORD = ConferenceRecord("a1", "anna", plan(), ORGANIZER, 0, NOW, NOW + timedelta(days=2), invitees=(HANS,))


def after(record: ConferenceRecord, kind: LetterKind) -> tuple[ConferenceRecord, ConferenceMail]:
    """One more letter to the only one who is invited."""
    record = replace(record, sequence=record.sequence + 1)
    record, (mail,) = MAILING.with_letters(record, [(record.invitees[0], kind)], NOW)
    return record, mail


def with_mail(record: ConferenceRecord, state: InvitationMail) -> ConferenceRecord:
    return replace(record, invitees=(replace(record.invitees[0], mail=state),))


def test_who_knows_of_nothing_hears_of_no_change_and_no_cancellation() -> None:
    invited, first = after(RECORD, LetterKind.INVITATION)
    assert (first.replaces, first.letter.calendar_method) == ("", "REQUEST")
    _, update = after(invited, LetterKind.UPDATE)
    assert update.replaces == first.letter.letter_id
    assert update.instead is not None
    assert update.instead.subject == first.letter.subject
    _, cancellation = after(invited, LetterKind.CANCELLATION)
    assert (cancellation.replaces, cancellation.instead) == (first.letter.letter_id, None)


@pytest.mark.parametrize("again", [LetterKind.UPDATE, LetterKind.INVITATION])
def test_a_cancellation_is_sent_also_while_a_later_letter_than_the_first_waits(again: LetterKind) -> None:
    invited, _ = after(RECORD, LetterKind.INVITATION)
    sent = with_mail(invited, InvitationMail.SENT)
    if again is LetterKind.INVITATION:
        sent = replace(sent, invitees=(replace(sent.invitees[0], copies=1),))
    waiting, second = after(sent, again)
    assert second.replaces == ""
    _, cancellation = after(waiting, LetterKind.CANCELLATION)
    assert cancellation.replaces == second.letter.letter_id
    assert cancellation.instead == cancellation.letter, "they have the first one in their calendar"
    assert cancellation.letter.calendar_method == "CANCEL"
