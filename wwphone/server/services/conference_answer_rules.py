"""What becomes of somebody invited when an answer or a bounce comes, of two the later one counts, and when time passes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from wwphone.domain.conference_plans import Answer, InvitationMail, TimeAnswer
from wwphone.server.conference_api import ConferenceAnswer
from wwphone.server.conference_plans_api import InviteeRecord
from wwphone.server.services.conference_openings import Scheduled


def noted(
    one: Scheduled, answer: ConferenceAnswer, now: datetime
) -> Callable[[InviteeRecord], InviteeRecord] | None:
    """How an answer changes whoever gave it: one for a time that is past changes nothing. None: it is for a time that there is not."""
    if answer.answer is Answer.NONE:
        return lambda invitee: _bounced(invitee, answer)
    if answer.starts_at is None:
        return lambda invitee: _answered(invitee, answer)
    starts_at = one.start_of(answer.starts_at)
    if starts_at is None:
        return None
    if len(one.openings) == 1:  # it is the whole of it
        return lambda invitee: _answered(invitee, answer)
    if starts_at < one.current(now).starts_at:
        return lambda invitee: invitee
    time = TimeAnswer(starts_at, answer.answer, answer.at)
    return lambda invitee: _answered_once(invitee, time)


def without_past(invitee: InviteeRecord, starts_at: datetime) -> InviteeRecord:
    """Somebody without their answers for times before the current one, which begins then; the same object if there are none."""
    if not invitee.times or invitee.times[0].starts_at >= starts_at:
        return invitee
    return replace(invitee, times=tuple(one for one in invitee.times if one.starts_at >= starts_at))


def _answered(invitee: InviteeRecord, answer: ConferenceAnswer) -> InviteeRecord:
    """Of two answers the later one counts, also against one for a single time; one to other times than now does not."""
    if not _is_news(answer.at, invitee.answered_at, invitee.asked_at):
        return invitee
    times = tuple(one for one in invitee.times if _second(one.answered_at) >= _second(answer.at))
    return replace(invitee, answer=answer.answer, answered_at=answer.at, times=times)


def _answered_once(invitee: InviteeRecord, time: TimeAnswer) -> InviteeRecord:
    """The same for one time alone; a calendar says both in one mail, of the same moment."""
    others = [one for one in invitee.times if one.starts_at != time.starts_at]
    former = [one.answered_at for one in invitee.times if one.starts_at == time.starts_at]
    if not _is_news(time.answered_at, invitee.answered_at, invitee.asked_at, *former):
        return invitee
    return replace(invitee, times=tuple(sorted((*others, time), key=lambda one: one.starts_at)))


def _bounced(invitee: InviteeRecord, answer: ConferenceAnswer) -> InviteeRecord:
    """It did not arrive, unless it was sent again since."""
    if not _is_news(answer.at, invitee.mailed_at):
        return invitee
    return replace(invitee, mail=InvitationMail.FAILED, mail_words=answer.words)


def _is_news(at: datetime, *before: datetime | None) -> bool:
    return all(moment is None or _second(at) >= _second(moment) for moment in before)


def _second(moment: datetime) -> datetime:
    """Calendars and mails know no less."""
    return moment.replace(microsecond=0)
