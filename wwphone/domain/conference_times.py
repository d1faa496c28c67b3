"""When a planned conference takes place: the times of a repeated one, by the clock on the wall of its zone (RFC 5545 section 3.8.5.3)."""

from __future__ import annotations

import functools
import itertools
import zoneinfo
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import MAXYEAR, UTC, datetime, timedelta
from types import MappingProxyType

from wwphone.domain.conference_plans import ConferencePlan, Repeat

_MONTHS = 12
_FIRST_OF_WEEKEND = 5
"""Saturday, as `datetime.weekday` counts."""


@functools.cache
def zone_names() -> frozenset[str]:
    """IANA's names that are known here; looks through the system's folder once."""
    return frozenset(zoneinfo.available_timezones())


def start_times(plan: ConferencePlan) -> tuple[datetime, ...]:
    """When it starts each time, in UTC and in order: `plan.times` of them, none if that is nothing.

    A time of day that does not exist is taken as before the change of the clock, and of two the first one counts (RFC 5545
    section 3.3.5). One that repeats on weekdays and begins on a weekend has its first time on the Monday after.
    Raises ValueError for an unknown zone, OverflowError beyond the year 9999.
    """
    if plan.zone not in zone_names():
        raise ValueError("there is no such zone")
    zone = zoneinfo.ZoneInfo(plan.zone)
    first = plan.starts_at.astimezone(UTC)
    local = first.astimezone(zone).replace(tzinfo=None, fold=0)
    count = plan.times if plan.repeat is not Repeat.NONE else min(plan.times, 1)
    walls = itertools.islice(_WALLS[plan.repeat](local), max(count, 0))
    return tuple(first if wall == local else wall.replace(tzinfo=zone).astimezone(UTC) for wall in walls)


def settled(plan: ConferencePlan) -> ConferencePlan:
    """The plan with its very first time, to the minute, and in UTC; raises as `start_times`."""
    times = 1 if plan.repeat is Repeat.NONE else plan.times
    plan = replace(plan, starts_at=plan.starts_at.replace(second=0, microsecond=0), times=times)
    return replace(plan, starts_at=start_times(plan)[0])


def _once(first: datetime) -> Iterator[datetime]:
    yield first


def _each(days: int) -> Callable[[datetime], Iterator[datetime]]:
    def walls(first: datetime) -> Iterator[datetime]:
        return (first + timedelta(days=days * number) for number in itertools.count())

    return walls


def _weekdays(first: datetime) -> Iterator[datetime]:
    return (wall for wall in _each(1)(first) if wall.weekday() < _FIRST_OF_WEEKEND)


def _monthly(first: datetime) -> Iterator[datetime]:
    for number in itertools.count(first.month - 1):
        years, month = divmod(number, _MONTHS)
        try:
            yield first.replace(year=first.year + years, month=month + 1)
        except ValueError:
            if first.year + years > MAXYEAR:
                raise OverflowError("there is no such year") from None


_WALLS: Mapping[Repeat, Callable[[datetime], Iterator[datetime]]] = MappingProxyType(
    {
        Repeat.NONE: _once,
        Repeat.DAILY: _each(1),
        Repeat.WEEKDAYS: _weekdays,
        Repeat.WEEKLY: _each(7),
        Repeat.FORTNIGHTLY: _each(14),
        Repeat.MONTHLY: _monthly,
    }
)
