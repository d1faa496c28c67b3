"""What is wrong with a plan, in words that name it."""

from __future__ import annotations

import pytest

from wwphone.domain.conference_plans import PlanProblem, PlanRemark
from wwphone.gui.conference_plan_words import remark_text


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
