"""What follows from a planned conference and the clock: the current time, when it is open, and which conferences meet."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wwphone.domain.conference_plans import ConferencePlan, PlanProblem, Repeat
from wwphone.server.api import UserRecord
from wwphone.server.conference_api import Organizer, PbxOpening
from wwphone.server.conference_plans_api import ConferenceRecord, InviteeRecord
from wwphone.server.services.conference_openings import KEPT, OPENINGS_TOLD, Scheduled, invitee_of, overlap
from wwphone.server.services.conference_plan_rules import (
    LATE,
    Organizers,
    header_remarks,
    same_slot,
    time_remarks,
)

START = datetime(2026, 3, 27, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PLAN = ConferencePlan("201", START, "Europe/Zurich", 60, "Title", "<number> <pin>", "", 10, Repeat.DAILY, 30)


def scheduled(plan: ConferencePlan = PLAN, **fields: object) -> Scheduled:
    record = ConferenceRecord(
        "1", "anna", plan, Organizer("Anna", "anna@x.net", ""), 0, START, START,
        invitees=(InviteeRecord("Hans@x.net", "Hans", "482917"),),
    )  # fmt: skip
    return Scheduled.of(replace(record, **fields))  # type: ignore[arg-type]


def rows() -> st.SearchStrategy[list[PbxOpening]]:
    """Times one after the other, each of some minutes."""
    steps = st.tuples(st.integers(0, 9), st.integers(0, 3), st.integers(1, 9))

    def row(found: list[tuple[int, int, int]]) -> list[PbxOpening]:
        at, made = START, []
        for pause, lead, duration in found:
            opens = at + pause * MINUTE
            at = opens + (lead + duration) * MINUTE
            made.append(PbxOpening(opens, opens + lead * MINUTE, at))
        return made

    return st.lists(steps, max_size=8).map(row)


@given(rows(), rows(), st.booleans())
def test_rows_meet_when_any_two_times_do(
    some: list[PbxOpening], others: list[PbxOpening], doors: bool
) -> None:
    def begins(one: PbxOpening) -> datetime:
        return one.opens_at if doors else one.starts_at

    expected = any(
        begins(one) < other.closes_at and begins(other) < one.closes_at for one in some for other in others
    )
    assert overlap(some, others, doors=doors) is expected
    assert overlap(others, some, doors=doors) is expected


def test_the_current_time_is_the_one_that_goes_on_or_comes_next_or_was_the_last() -> None:
    one = scheduled()
    second = one.openings[1]
    assert second.starts_at - START == timedelta(hours=24)
    assert one.current(START - timedelta(days=3)) == one.openings[0]
    assert one.current(START + 60 * MINUTE - MINUTE) == one.openings[0]
    assert one.current(START + 60 * MINUTE) == second
    assert one.current(one.closes_at) == one.openings[-1]
    assert (one.over(one.closes_at - MINUTE), one.over(one.closes_at)) == (False, True)


def test_it_is_open_from_its_lead_to_its_end_and_longer_where_it_was_extended() -> None:
    one = scheduled(extended_start=START, extended_min=15)
    moments = {minutes: one.is_open(START + minutes * MINUTE) for minutes in (-11, -10, 0, 74, 75)}
    assert moments == {-11: False, -10: True, 0: True, 74: True, 75: False}
    assert not one.is_open(START + timedelta(hours=24) + 60 * MINUTE), "that time alone was extended"
    assert not replace(one, record=replace(one.record, cancelled_at=START)).is_open(START)


@given(st.integers(-2_000, 60_000))
def test_nothing_changes_before_the_next_change(minutes: int) -> None:
    one, now = scheduled(), START + minutes * MINUTE
    after = one.next_change(now)
    assert after > now or after == one.goes_at()
    just_before = max(now, after - timedelta(seconds=1))
    if one.live(now):
        assert (one.is_open(now), one.current(now)) == (one.is_open(just_before), one.current(just_before))


def test_the_pbx_is_told_the_next_twenty() -> None:
    one = scheduled()
    door = one.door(START + timedelta(days=2, hours=20))
    assert (len(door.openings), door.openings[0]) == (OPENINGS_TOLD, one.openings[3])
    assert door.pins == (("482917", "Hans@x.net"),)
    assert "482917" not in repr(door)


def test_it_is_forgotten_a_month_after_it_is_over_or_was_cancelled() -> None:
    assert scheduled().goes_at() == scheduled().closes_at + KEPT
    assert scheduled(cancelled_at=START - MINUTE).goes_at() == START - MINUTE + KEPT


def test_its_owner_is_told_the_invited_with_their_own_number_and_link() -> None:
    told = scheduled().told(START, "902", {"hans@x.net": "202"})
    (hans,) = told.invitees
    assert (hans.number, hans.link, hans.pin) == ("202", "tel:902,,482917%23", "482917")
    assert (told.starts_at, told.opens_at, told.over, told.cancelled) == (
        START,
        START - 10 * MINUTE,
        False,
        False,
    )
    assert invitee_of(InviteeRecord("a", "", "1"), "+41 44#").link == "tel:+41%2044%23,,1%23"


def test_a_time_that_has_begun_just_now_is_not_in_the_past_and_one_that_is_changed_may_be() -> None:
    def problems(plan: ConferencePlan, now: datetime, former: Scheduled | None = None) -> list[PlanProblem]:
        return [one.problem for one in time_remarks(plan, now, former)]

    once = replace(PLAN, repeat=Repeat.NONE, times=1)
    assert problems(once, START + LATE) == []
    assert problems(once, START + LATE + MINUTE) == [PlanProblem.IN_THE_PAST]
    assert problems(replace(once, title="New"), START + 30 * MINUTE, scheduled(once)) == []
    assert problems(replace(once, duration_min=15), START + 30 * MINUTE, scheduled(once)) == [
        PlanProblem.IN_THE_PAST
    ]
    assert problems(PLAN, START + timedelta(days=3), scheduled()) == []
    moved = replace(PLAN, starts_at=START + timedelta(days=1))
    assert problems(moved, START + timedelta(days=3), scheduled()) == [PlanProblem.IN_THE_PAST]


def test_lines_are_for_descriptions_alone() -> None:
    assert header_remarks(replace(PLAN, description="One\r\n\tTwo", reply_to="anna@x.net")) == []
    fields = {"title": "a\x85b", "place": "a\u2028b", "reply_to": "a\0@b.ch", "description": "a\x1bb"}
    for name, text in fields.items():
        (remark, *_) = header_remarks(replace(PLAN, **{name: text}))  # type: ignore[arg-type]
        assert (remark.problem, remark.detail) == (PlanProblem.CONTROL_CHARACTERS, name)


def test_the_same_slot_is_the_same_room_and_time() -> None:
    assert same_slot(PLAN, replace(PLAN, title="Other", addresses=("a@b.ch",), lead_min=0))
    for other in ({"room": "202"}, {"starts_at": START + MINUTE}, {"duration_min": 30}, {"times": 2}):
        assert not same_slot(PLAN, replace(PLAN, **other))


def test_who_invites_is_the_user_or_the_mailbox_that_is_read() -> None:
    anna = UserRecord("anna", "201", "Anna", "Sales", "-", "-", "Anna", "Müller", email="anna@x.net")
    assert Organizers().of(anna, PLAN, "me@y.net") == Organizer("Anna Müller", "anna@x.net", "anna@x.net")
    assert Organizers().of(replace(anna, email=""), PLAN, "me@y.net").address == "me@y.net"
    wished = replace(PLAN, reply_to="boss@x.net")
    assert Organizers("box@x.net").of(anna, wished, "") == Organizer("Anna Müller", "box@x.net", "boss@x.net")
    assert Organizers("box@x.net").of(anna, PLAN, "").reply_to == "box@x.net"


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00", "9999-12-31T23:59:59"], ids=["first-day", "last-day"]
)
@pytest.mark.parametrize("zone", ["Europe/Zurich", "America/New_York"], ids=["east", "west"])
def test_the_ends_of_the_calendar_are_no_time_of_a_conference(moment: str, zone: str) -> None:
    one = scheduled(replace(PLAN, zone=zone))
    meant = datetime.fromisoformat(moment)
    assert one.start_of(meant) is None
    assert one.start_of(meant.replace(tzinfo=ZoneInfo(zone))) is None
    assert one.start_of(START) == START
