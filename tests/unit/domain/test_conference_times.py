"""When planned conferences take place: by the clock on the wall, over changes of summer time, as another library says."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil import rrule
from hypothesis import given
from hypothesis import strategies as st

from wwphone.domain.conference_plans import MAX_TIMES, ConferencePlan, Repeat
from wwphone.domain.conference_times import settled, start_times, zone_names

ZONES = ("Europe/Zurich", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC")
RULES: dict[Repeat, dict[str, object]] = {
    Repeat.DAILY: {"freq": rrule.DAILY},
    Repeat.WEEKDAYS: {"freq": rrule.DAILY, "byweekday": range(5)},
    Repeat.WEEKLY: {"freq": rrule.WEEKLY},
    Repeat.FORTNIGHTLY: {"freq": rrule.WEEKLY, "interval": 2},
    Repeat.MONTHLY: {"freq": rrule.MONTHLY},
}


def plan(starts_at: datetime, zone: str, repeat: Repeat, times: int) -> ConferencePlan:
    return ConferencePlan("201", starts_at, zone, 60, "Title", "<number> <pin>", "", 10, repeat, times)


def walls(zone: str, *starts: datetime) -> list[str]:
    return [f"{one.astimezone(ZoneInfo(zone)):%m-%d %H:%M}" for one in starts]


@given(
    st.integers(0, 20 * 366 * 24 * 60),
    st.sampled_from(ZONES),
    st.sampled_from(list(RULES)),
    st.integers(1, 40),
)
def test_times_are_those_of_another_library(minutes: int, zone: str, repeat: Repeat, times: int) -> None:
    start = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    local = start.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
    rule = rrule.rrule(dtstart=local, count=times, **RULES[repeat])
    expected = [wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for wall in rule]
    if expected[0].astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0) == local:
        expected[0] = start
    assert list(start_times(plan(start, zone, repeat, times))) == expected


def test_summer_time_changes_nothing_on_the_wall() -> None:
    zone = "Europe/Zurich"
    start = datetime(2026, 3, 27, 8, 0, tzinfo=UTC)
    found = start_times(plan(start, zone, Repeat.DAILY, 4))
    assert walls(zone, *found) == ["03-27 09:00", "03-28 09:00", "03-29 09:00", "03-30 09:00"]
    assert [after - before for before, after in itertools.pairwise(found)] == [
        timedelta(hours=24),
        timedelta(hours=23),
        timedelta(hours=24),
    ]


def test_a_time_that_is_left_out_is_an_hour_later_and_of_two_the_first_counts() -> None:
    zone = "Europe/Zurich"
    gap = start_times(plan(datetime(2026, 3, 28, 1, 30, tzinfo=UTC), zone, Repeat.DAILY, 3))
    assert walls(zone, *gap) == ["03-28 02:30", "03-29 03:30", "03-30 02:30"]
    fold = start_times(plan(datetime(2026, 10, 24, 0, 30, tzinfo=UTC), zone, Repeat.DAILY, 2))
    assert fold[1] == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    found = start_times(plan(second, zone, Repeat.WEEKLY, 2))
    assert found == (second, datetime(2026, 11, 1, 1, 30, tzinfo=UTC))


def test_months_without_that_day_are_left_out_and_weekends_before_weekdays() -> None:
    zone = "Europe/Zurich"
    found = start_times(plan(datetime(2026, 1, 31, 9, 0, tzinfo=UTC), zone, Repeat.MONTHLY, 4))
    assert [one.month for one in found] == [1, 3, 5, 7]
    saturday = plan(datetime(2026, 3, 7, 9, 0, 12, tzinfo=UTC), zone, Repeat.WEEKDAYS, 2)
    assert settled(saturday).starts_at == datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
    assert settled(plan(saturday.starts_at, zone, Repeat.NONE, 7)).times == 1
    assert len(start_times(plan(saturday.starts_at, zone, Repeat.MONTHLY, MAX_TIMES))) == MAX_TIMES


@pytest.mark.parametrize(
    "zone", ["", "Europe", "../../etc/passwd", "/etc/localtime", "Mars/Phobos", "x" * 9_999]
)
def test_a_zone_that_is_none(zone: str) -> None:
    assert zone not in zone_names()
    with pytest.raises(ValueError, match="zone"):
        start_times(plan(datetime(2026, 3, 7, tzinfo=UTC), zone, Repeat.NONE, 1))


def test_nothing_is_later_than_the_last_year() -> None:
    with pytest.raises(OverflowError):
        start_times(plan(datetime(9999, 12, 1, tzinfo=UTC), "UTC", Repeat.MONTHLY, 3))
