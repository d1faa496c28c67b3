"""Sentences about planned conferences: what is wrong with a plan, when it is, what became of mails and answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale, QTimeZone

from wwphone.domain.conference_plans import (
    Answer,
    InvitationMail,
    Invitee,
    PlannedConference,
    PlanProblem,
    PlanRemark,
    Repeat,
    TimeAnswer,
    for_time,
)
from wwphone.gui.words import QT_TRANSLATE_NOOP
from wwphone.services.conference_plans import goes_on

_PROBLEMS: Mapping[PlanProblem, str] = MappingProxyType(
    {
        PlanProblem.NO_TITLE: QT_TRANSLATE_NOOP("ConferencePlans", "Write a title."),
        PlanProblem.TOO_LONG: QT_TRANSLATE_NOOP("ConferencePlans", "An address is too long: {detail}"),
        PlanProblem.CONTROL_CHARACTERS: QT_TRANSLATE_NOOP(
            "ConferencePlans", "Title, place or an address has a character that cannot be sent."
        ),
        PlanProblem.UNKNOWN_VARIABLE: QT_TRANSLATE_NOOP(
            "ConferencePlans", "{detail} is no variable. There are <number> and <pin>."
        ),
        PlanProblem.NO_NUMBER: QT_TRANSLATE_NOOP(
            "ConferencePlans", "The description does not say which number to dial (<number>)."
        ),
        PlanProblem.NO_PIN: QT_TRANSLATE_NOOP("ConferencePlans", "The description has no PIN (<pin>)."),
        PlanProblem.NO_ADDRESS: QT_TRANSLATE_NOOP("ConferencePlans", "Write whom to invite."),
        PlanProblem.BAD_ADDRESS: QT_TRANSLATE_NOOP("ConferencePlans", "“{detail}” is no e-mail address."),
        PlanProblem.TOO_MANY_ADDRESSES: QT_TRANSLATE_NOOP(
            "ConferencePlans", "Those are too many addresses for one conference."
        ),
        PlanProblem.IN_THE_PAST: QT_TRANSLATE_NOOP("ConferencePlans", "This time has passed."),
        PlanProblem.BAD_DURATION: QT_TRANSLATE_NOOP("ConferencePlans", "The duration is not possible."),
        PlanProblem.UNKNOWN_ZONE: QT_TRANSLATE_NOOP(
            "ConferencePlans", "The server does not know this time zone."
        ),
        PlanProblem.UNKNOWN_ROOM: QT_TRANSLATE_NOOP("ConferencePlans", "You cannot use this room."),
        PlanProblem.ROOM_TAKEN: QT_TRANSLATE_NOOP(
            "ConferencePlans", "Another conference is planned in this room at this time."
        ),
        PlanProblem.NO_MAIL: QT_TRANSLATE_NOOP(
            "ConferencePlans", "The server cannot send e-mail. Ask your administrator to set it up."
        ),
    }
)
_TOO_LONG: Mapping[str, str] = MappingProxyType(
    {
        "title": QT_TRANSLATE_NOOP("ConferencePlans", "The title is too long."),
        "place": QT_TRANSLATE_NOOP("ConferencePlans", "The place is too long."),
        "description": QT_TRANSLATE_NOOP("ConferencePlans", "The description is too long."),
    }
)
"""By the field that a remark names; of addresses it has the beginning instead."""
_OWN_IN_ROOM = QT_TRANSLATE_NOOP(
    "ConferencePlans", "You have planned “{detail}” in this room at this time already."
)
_REPEATS: Mapping[Repeat, str] = MappingProxyType(
    {
        Repeat.NONE: QT_TRANSLATE_NOOP("ConferencePlans", "Once"),
        Repeat.DAILY: QT_TRANSLATE_NOOP("ConferencePlans", "Every day"),
        Repeat.WEEKDAYS: QT_TRANSLATE_NOOP("ConferencePlans", "Monday to Friday"),
        Repeat.WEEKLY: QT_TRANSLATE_NOOP("ConferencePlans", "Every week"),
        Repeat.FORTNIGHTLY: QT_TRANSLATE_NOOP("ConferencePlans", "Every two weeks"),
        Repeat.MONTHLY: QT_TRANSLATE_NOOP("ConferencePlans", "Every month"),
    }
)
_MAILS: Mapping[InvitationMail, str] = MappingProxyType(
    {
        InvitationMail.QUEUED: QT_TRANSLATE_NOOP("ConferencePlans", "on its way"),
        InvitationMail.SENT: QT_TRANSLATE_NOOP("ConferencePlans", "sent"),
        InvitationMail.FAILED: QT_TRANSLATE_NOOP("ConferencePlans", "failed"),
        InvitationMail.UNCERTAIN: QT_TRANSLATE_NOOP("ConferencePlans", "perhaps arrived"),
    }
)
_ANSWERS: Mapping[Answer, str] = MappingProxyType(
    {
        Answer.NONE: QT_TRANSLATE_NOOP("ConferencePlans", "no answer yet"),
        Answer.ACCEPTED: QT_TRANSLATE_NOOP("ConferencePlans", "accepted"),
        Answer.TENTATIVE: QT_TRANSLATE_NOOP("ConferencePlans", "perhaps"),
        Answer.DECLINED: QT_TRANSLATE_NOOP("ConferencePlans", "declined"),
    }
)


def remark_text(remark: PlanRemark) -> str:
    """What is wrong, in a sentence."""
    text = _PROBLEMS[remark.problem]
    if remark.problem is PlanProblem.TOO_LONG:
        text = _TOO_LONG.get(remark.detail, text)
    elif remark.problem is PlanProblem.ROOM_TAKEN and remark.detail:
        text = _OWN_IN_ROOM  # titles of others are told to nobody
    return _say(text).replace("{detail}", remark.detail)


def no_room_text() -> str:
    """Why one may plan nowhere."""
    return _say(
        QT_TRANSLATE_NOOP(
            "ConferencePlans",
            "There is no room in which you may plan a conference. Your administrator can make one.",
        )
    )


def repeat_word(repeat: Repeat) -> str:
    """How often."""
    return _say(_REPEATS[repeat])


def mail_word(mail: InvitationMail) -> str:
    """What became of a mail."""
    return _say(_MAILS[mail])


def answer_word(answer: Answer) -> str:
    """What somebody answered."""
    return _say(_ANSWERS[answer])


def answer_text(invitee: Invitee, starts_at: datetime) -> str:
    """The same for the time that begins then, and what they answered for other times alone."""
    here = [one for one in invitee.times if one.starts_at == starts_at]
    elsewhere = [one for one in invitee.times if one.starts_at != starts_at]
    word = answer_word(invitee.answer)
    if here:
        word = _say(QT_TRANSLATE_NOOP("ConferencePlans", "otherwise {answer}")).format(answer=word)
    return ", ".join((*map(_time_answer, here), word, *map(_time_answer, elsewhere)))


def state_text(conference: PlannedConference) -> str:
    """Where a conference stands; empty: it is to come."""
    if conference.cancelled:
        return _say(QT_TRANSLATE_NOOP("ConferencePlans", "cancelled"))
    if conference.over:
        return _say(QT_TRANSLATE_NOOP("ConferencePlans", "over"))
    if goes_on(conference):
        return _say(QT_TRANSLATE_NOOP("ConferencePlans", "goes on"))
    return ""


def when_text(conference: PlannedConference, *, whole: bool = False) -> str:
    """Its day and times on this PC's clock; `whole` with how often, and the time in its own zone where that is another."""
    starts, ends = _local(conference.starts_at.timestamp()), _local(conference.ends_at.timestamp())
    locale = QLocale()
    day = locale.toString(starts.date(), "ddd, " + locale.dateFormat(QLocale.FormatType.ShortFormat))
    short = QLocale.FormatType.ShortFormat
    text = f"{day}, {locale.toString(starts.time(), short)}–{locale.toString(ends.time(), short)}"
    plan = conference.plan
    if not whole:
        return text
    there = starts.toTimeZone(QTimeZone(plan.zone.encode()))
    if there.isValid() and there.offsetFromUtc() != starts.offsetFromUtc():
        text += f" ({locale.toString(there.time(), short)} {plan.zone})"
    if plan.repeat is not Repeat.NONE:
        times = _say(QT_TRANSLATE_NOOP("ConferencePlans", "{times} times")).format(times=plan.times)
        text += f" · {repeat_word(plan.repeat)}, {times}"
    return text


def answers_text(conference: PlannedConference) -> str:
    """How many answered what."""
    counts = [
        (answer, sum(for_time(one, conference.starts_at).answer is answer for one in conference.invitees))
        for answer in (Answer.ACCEPTED, Answer.TENTATIVE, Answer.DECLINED)
    ]
    invited = _say(QT_TRANSLATE_NOOP("ConferencePlans", "{count} invited")).format(
        count=len(conference.invitees)
    )
    return ", ".join((invited, *(f"{count} {answer_word(answer)}" for answer, count in counts if count)))


def invitee_name(invitee: Invitee) -> str:
    """Whom one reads of."""
    return invitee.name or invitee.address


def _time_answer(one: TimeAnswer) -> str:
    day = QLocale().toString(_local(one.starts_at.timestamp()).date(), QLocale.FormatType.ShortFormat)
    text = _say(QT_TRANSLATE_NOOP("ConferencePlans", "{answer} for {day}"))
    return text.replace("{answer}", answer_word(one.answer)).replace("{day}", day)


def _local(seconds: float) -> QDateTime:
    return QDateTime.fromSecsSinceEpoch(int(seconds))


def _say(text: str) -> str:
    return QCoreApplication.translate("ConferencePlans", text)
