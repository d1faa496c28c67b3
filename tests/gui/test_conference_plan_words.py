"""What is wrong with a plan, in words that name it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QDate, QLocale

from wwphone.domain.conference_plans import Answer, Invitee, PlanProblem, PlanRemark, TimeAnswer, for_time
from wwphone.gui.conference_plan_words import answer_text, remark_text


@pytest.mark.parametrize(
    ("problem", "detail", "said"),
    [
        (PlanProblem.TOO_LONG, "title", "The title is too long."),
        (PlanProblem.TOO_LONG, "place", "The place is too long."),
        (PlanProblem.TOO_LONG, "description", "The description is too long."),
        (PlanProblem.TOO_LONG, "aaaa@aaaa", "An address is too long: aaaa@aaaa"),
        (
            PlanProblem.ROOM_TAKEN,
            "Offer {detail}",
            "You have planned “Offer {detail}” in this room at this time already.",
        ),
        (PlanProblem.ROOM_TAKEN, "", "Another conference is planned in this room at this time."),
    ],
)
def test_a_remark_names_what_it_is_about(problem: PlanProblem, detail: str, said: str) -> None:
    assert remark_text(PlanRemark(problem, detail)) == said


def test_an_answer_for_one_time_is_said_with_its_day_and_counts_for_it() -> None:
    first, second = datetime(2026, 12, 3, 12, tzinfo=UTC), datetime(2026, 12, 10, 12, tzinfo=UTC)
    hans = Invitee("hans@example.net", answer=Answer.ACCEPTED, answered_at=first - timedelta(days=9))
    assert answer_text(hans, first) == "accepted"
    once = TimeAnswer(second, Answer.DECLINED, first)
    other = replace(hans, times=(once,))
    assert answer_text(other, first) == f"accepted, declined for {_short(second)}"
    assert answer_text(other, second) == f"declined for {_short(second)}, otherwise accepted"
    assert for_time(other, first) == other
    assert (for_time(other, second).answer, for_time(other, second).answered_at) == (Answer.DECLINED, first)


def _short(at: datetime) -> str:
    return QLocale().toString(QDate(at.year, at.month, at.day), QLocale.FormatType.ShortFormat)
