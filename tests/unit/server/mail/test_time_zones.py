"""Time zones as calendars are told them, read by another's reader of zones."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from dateutil.tz import tzical

from wwphone.server.mail.time_zones import time_zone

MOMENTS = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=12 * number) for number in range(0, 3 * 730, 5)]

RULES = ["Europe/Zurich", "America/New_York", "Europe/Dublin", "Australia/Lord_Howe", "Pacific/Auckland"]
LISTS = ["Africa/Casablanca", "Asia/Jerusalem", "America/Nuuk", "Africa/Cairo"]
STILL = ["Asia/Kolkata", "UTC", "Asia/Kathmandu"]


@pytest.mark.parametrize("name", [*RULES, *LISTS, *STILL])
def test_a_zone_is_right_on_every_day_looked_at(name: str) -> None:
    text = time_zone(name, 2026, 2028).to_ical().decode()
    told = tzical(io.StringIO(text.replace("\r\n", "\n"))).get()
    zone = ZoneInfo(name)
    wrong = [
        at
        for at in MOMENTS
        if at.astimezone(told).replace(tzinfo=None) != at.astimezone(zone).replace(tzinfo=None)
    ]
    assert wrong == []


@pytest.mark.parametrize("name", RULES)
def test_two_rules_that_repeat_are_all_that_outlook_has_to_know(name: str) -> None:
    text = time_zone(name, 2026, 2026).to_ical().decode()
    assert [text.count(word) for word in ("BEGIN:DAYLIGHT", "BEGIN:STANDARD", "RRULE:FREQ=YEARLY")] == [
        1,
        1,
        2,
    ]


def test_the_last_sunday_is_no_fourth_one() -> None:
    assert "BYDAY=-1SU" in time_zone("Europe/Zurich", 2026, 2026).to_ical().decode()
    assert "BYDAY=2SU" in time_zone("America/New_York", 2026, 2026).to_ical().decode()


def test_what_is_no_zone_is_said() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        time_zone("Europe/Entenhausen", 2026, 2026)
