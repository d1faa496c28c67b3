"""Time zones as calendars want them told (RFC 5545, section 3.6.5), out of the zone itself.

Outlook and its kind know two rules that repeat each year and nothing else, so that is what is written wherever a zone keeps to
two such rules; where it does not (Morocco goes by the moon), each change of the clock is written by itself.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur

_YEARS_LOOKED_AT = 8
"""Enough to tell the last Sunday of a month from the fourth."""
_STEP = timedelta(days=7)
_SECOND = timedelta(seconds=1)
_BEGINNING = datetime(1970, 1, 1)  # noqa: DTZ001 - a clock on the wall
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True)
class _Change:
    """The clock is changed."""

    at: datetime
    """In UTC."""
    before: timedelta
    after: timedelta
    name: str

    @property
    def summer(self) -> bool:
        """It goes forward: so Ireland, whose summer is its standard time, is told as all others are."""
        return self.after > self.before

    @property
    def wall(self) -> datetime:
        """What the clock showed, as it was before (section 3.6.5: DTSTART and its offset)."""
        return (self.at + self.before).replace(tzinfo=None)


@functools.lru_cache(maxsize=64)
def time_zone(name: str, first_year: int, last_year: int) -> Timezone:
    """The component VTIMEZONE, right for these years and some before and after. Raises ZoneInfoNotFoundError, ValueError."""
    zone = ZoneInfo(name)
    last_year = max(last_year + 1, first_year + _YEARS_LOOKED_AT)
    changes = _changes(zone, first_year - 1, last_year)
    component = Timezone()
    component.add("tzid", name)
    for part in _parts(zone, changes, first_year - 1):
        component.add_component(part)
    return component


def _parts(
    zone: ZoneInfo, changes: tuple[_Change, ...], first_year: int
) -> list[TimezoneStandard | TimezoneDaylight]:
    start = datetime(first_year, 1, 1, tzinfo=UTC)
    offset, name = _state(zone, start)
    initial = _part(_Change(_BEGINNING.replace(tzinfo=UTC), offset, offset, name), _BEGINNING)
    if not changes:
        return [initial]
    kinds: dict[tuple[timedelta, timedelta], list[_Change]] = {}
    for change in changes:
        kinds.setdefault((change.before, change.after), []).append(change)
    rules = [_rule(found) for found in kinds.values()] if len(kinds) == 2 else []
    if len(rules) == 2 and all(rules):
        return [
            _part(found[0], found[0].wall, rule) for found, rule in zip(kinds.values(), rules, strict=True)
        ]
    return [initial, *(_part(change, change.wall) for change in changes)]


def _part(change: _Change, wall: datetime, rule: vRecur | None = None) -> TimezoneStandard | TimezoneDaylight:
    part = TimezoneDaylight() if change.summer else TimezoneStandard()
    part.add("dtstart", wall)
    part.add("tzoffsetfrom", change.before)
    part.add("tzoffsetto", change.after)
    part.add("tzname", change.name)
    if rule is not None:
        part.add("rrule", rule)
    return part


def _rule(changes: list[_Change]) -> vRecur | None:
    """How these repeat each year; None: not by one rule."""
    walls = [change.wall for change in changes]
    first = walls[0]
    years = [wall.year for wall in walls]
    same = {(wall.month, wall.weekday(), wall.time()) for wall in walls}
    if (
        len(same) != 1
        or years != list(range(years[0], years[0] + len(years)))
        or len(years) < _YEARS_LOOKED_AT
    ):
        return None
    if all((wall + timedelta(days=7)).month != wall.month for wall in walls):
        which = -1
    else:
        found = {(wall.day - 1) // 7 + 1 for wall in walls}
        if len(found) != 1:
            return None
        which = found.pop()
    return vRecur(FREQ="YEARLY", BYMONTH=first.month, BYDAY=f"{which}{_DAYS[first.weekday()]}")


def _changes(zone: ZoneInfo, first_year: int, last_year: int) -> tuple[_Change, ...]:
    """Every change of the clock in these years, to the second."""
    at, end = datetime(first_year, 1, 1, tzinfo=UTC), datetime(last_year + 1, 1, 1, tzinfo=UTC)
    found = []
    while at < end:
        after = at + _STEP
        if _state(zone, at) != _state(zone, after):
            low, high = at, after
            while high - low > _SECOND:
                middle = low + ((high - low) // 2 // _SECOND) * _SECOND
                low, high = (middle, high) if _state(zone, middle) == _state(zone, at) else (low, middle)
            offset, name = _state(zone, high)
            found.append(_Change(high, _state(zone, low)[0], offset, name))
        at = after
    return tuple(found)


def _state(zone: ZoneInfo, at: datetime) -> tuple[timedelta, str]:
    local = at.astimezone(zone)
    offset = local.utcoffset() or timedelta()
    return offset, local.tzname() or "UTC"
