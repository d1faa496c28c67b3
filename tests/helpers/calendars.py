"""What three independent programs read in a calendar: icalendar and vobject (Python), and libical (C), which Thunderbird's and GNOME's have been built on."""

from __future__ import annotations

import ctypes
import ctypes.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import icalendar
import vobject
from dateutil.rrule import rruleset, rrulestr

FROM, UNTIL = datetime(2025, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class SeenEvent:
    """What is of interest of one event."""

    method: str
    uid: str
    sequence: int
    status: str
    summary: str
    description: str
    location: str
    zone: str
    """TZID of its beginning."""
    starts: tuple[datetime, ...]
    """Each time, in UTC by the zone as the calendar itself tells it."""
    end: datetime
    """Of the first time, in UTC."""
    organizer: str
    attendees: tuple[tuple[str, str], ...]
    """Address and PARTSTAT of each, sorted."""


def read_by_icalendar(text: str) -> SeenEvent:
    calendar: Any = icalendar.Calendar.from_ical(text)
    (event,) = calendar.events
    # The component in the text is what is to be proved, so no zone is looked up by its name.
    zones = {str(one.tz_name): one.to_tz(lookup_tzid=False) for one in calendar.timezones}
    start, end = event["DTSTART"], event["DTEND"]
    zone = str(start.params.get("TZID", ""))
    wall = start.dt.replace(tzinfo=None)

    def utc(at: datetime) -> datetime:
        return (at.replace(tzinfo=zones[zone]) if zone else at.replace(tzinfo=UTC)).astimezone(UTC)

    rule = event.get("RRULE")
    times = list(rrulestr(rule.to_ical().decode(), dtstart=wall)) if rule is not None else [wall]
    people = event.get("ATTENDEE", [])
    return SeenEvent(
        str(calendar["METHOD"]), str(event["UID"]), int(event["SEQUENCE"]), str(event["STATUS"]),
        str(event["SUMMARY"]), str(event.get("DESCRIPTION", "")), str(event.get("LOCATION", "")), zone,
        tuple(map(utc, times)), utc(end.dt.replace(tzinfo=None)), str(event["ORGANIZER"]),
        tuple(sorted((str(one), str(one.params["PARTSTAT"])) for one in (people if isinstance(people, list) else [people]))),
    )  # fmt: skip


def read_by_vobject(text: str) -> SeenEvent:
    calendar = vobject.readOne(text)
    event = calendar.vevent
    start, end = event.dtstart.value, event.dtend.value
    times = event.getrruleset() or [start]
    assert isinstance(times, rruleset | list)
    return SeenEvent(
        calendar.method.value, event.uid.value, int(event.sequence.value), event.status.value,
        event.summary.value, event.description.value if hasattr(event, "description") else "",
        event.location.value if hasattr(event, "location") else "",
        event.dtstart.params.get("X-VOBJ-ORIGINAL-TZID", [""])[0],
        tuple(one.astimezone(UTC) for one in times), end.astimezone(UTC), event.organizer.value,
        tuple(sorted((one.value, one.params["PARTSTAT"][0]) for one in event.contents.get("attendee", []))),
    )  # fmt: skip


class _Time(ctypes.Structure):
    _fields_ = [
        *((name, ctypes.c_int) for name in ("year", "month", "day", "hour", "minute", "second", "is_date", "is_daylight")),
        ("zone", ctypes.c_void_p),
    ]  # fmt: skip


class _Span(ctypes.Structure):
    _fields_ = [("start", ctypes.c_long), ("end", ctypes.c_long), ("is_busy", ctypes.c_int)]


_CALLBACK = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.POINTER(_Span), ctypes.c_void_p)
_EVENT, _ATTENDEE, _LOCATION, _ORGANIZER, _METHOD, _STATUS = "VEVENT", "ATTENDEE", "LOCATION", "ORGANIZER", "METHOD", "STATUS"  # fmt: skip


@lru_cache(maxsize=1)
def _libical() -> Any:
    name = ctypes.util.find_library("ical")
    assert name is not None, "libical is missing: install Debian's package libical3"
    library = ctypes.CDLL(name)
    pointer, text = ctypes.c_void_p, ctypes.c_char_p
    for function, result, arguments in (
        ("icalparser_parse_string", pointer, [text]),
        ("icalcomponent_get_inner", pointer, [pointer]),
        ("icalcomponent_count_errors", ctypes.c_int, [pointer]),
        ("icalcomponent_isa_component", ctypes.c_int, [pointer]),
        ("icalcomponent_string_to_kind", ctypes.c_int, [text]),
        ("icalproperty_string_to_kind", ctypes.c_int, [text]),
        ("icalcomponent_get_first_component", pointer, [pointer, ctypes.c_int]),
        ("icalcomponent_get_next_component", pointer, [pointer, ctypes.c_int]),
        ("icalcomponent_get_first_property", pointer, [pointer, ctypes.c_int]),
        ("icalcomponent_get_next_property", pointer, [pointer, ctypes.c_int]),
        ("icalproperty_get_value_as_string", text, [pointer]),
        ("icalproperty_get_parameter_as_string", text, [pointer, text]),
        ("icalcomponent_get_uid", text, [pointer]),
        ("icalcomponent_get_summary", text, [pointer]),
        ("icalcomponent_get_description", text, [pointer]),
        ("icalcomponent_get_location", text, [pointer]),
        ("icalcomponent_get_sequence", ctypes.c_int, [pointer]),
        ("icalcomponent_get_dtstart", _Time, [pointer]),
        ("icalcomponent_get_dtend", _Time, [pointer]),
        ("icaltime_get_tzid", text, [_Time]),
        ("icaltime_as_timet_with_zone", ctypes.c_long, [_Time, pointer]),
        ("icaltime_from_timet_with_zone", _Time, [ctypes.c_long, ctypes.c_int, pointer]),
        ("icaltimezone_get_utc_timezone", pointer, []),
        ("icalcomponent_foreach_recurrence", None, [pointer, _Time, _Time, _CALLBACK, pointer]),
        ("icalcomponent_free", None, [pointer]),
    ):
        made = getattr(library, function)
        made.restype, made.argtypes = result, arguments
    return library


def read_by_libical(text: str) -> SeenEvent:
    ical = _libical()
    root = ical.icalparser_parse_string(text.encode())
    assert root, "libical reads nothing in it"
    try:
        assert ical.icalcomponent_count_errors(root) == 0, "libical finds errors in it"
        return _by_libical(ical, root)
    finally:
        ical.icalcomponent_free(root)


def _by_libical(ical: Any, root: int) -> SeenEvent:
    def properties(component: int, name: str) -> list[int]:
        kind = ical.icalproperty_string_to_kind(name.encode())
        found, one = [], ical.icalcomponent_get_first_property(component, kind)
        while one:
            found.append(one)
            one = ical.icalcomponent_get_next_property(component, kind)
        return found

    def value(component: int, name: str) -> str:
        return str(ical.icalproperty_get_value_as_string(properties(component, name)[0]).decode())

    def words(found: bytes | None) -> str:
        return (found or b"").decode()

    def at(when: _Time) -> datetime:
        return datetime.fromtimestamp(ical.icaltime_as_timet_with_zone(when, when.zone), UTC)

    event = ical.icalcomponent_get_first_component(root, ical.icalcomponent_string_to_kind(_EVENT.encode()))
    utc = ical.icaltimezone_get_utc_timezone()
    first, last = (ical.icaltime_from_timet_with_zone(int(day.timestamp()), 0, utc) for day in (FROM, UNTIL))
    spans: list[int] = []
    callback = _CALLBACK(lambda _component, span, _data: spans.append(span.contents.start))
    ical.icalcomponent_foreach_recurrence(event, first, last, callback, None)
    start = ical.icalcomponent_get_dtstart(event)
    zone = words(ical.icaltime_get_tzid(start))
    return SeenEvent(
        value(root, _METHOD), words(ical.icalcomponent_get_uid(event)), ical.icalcomponent_get_sequence(event),
        value(event, _STATUS), words(ical.icalcomponent_get_summary(event)),
        words(ical.icalcomponent_get_description(event)), words(ical.icalcomponent_get_location(event)),
        "" if zone == "UTC" else zone, tuple(datetime.fromtimestamp(one, UTC) for one in sorted(spans)),
        at(ical.icalcomponent_get_dtend(event)), value(event, _ORGANIZER),
        tuple(sorted(
            (
                words(ical.icalproperty_get_value_as_string(one)),
                words(ical.icalproperty_get_parameter_as_string(one, b"PARTSTAT")),
            )
            for one in properties(event, _ATTENDEE)
        )),
    )  # fmt: skip


READERS: Mapping[str, Callable[[str], SeenEvent]] = MappingProxyType(
    {"icalendar": read_by_icalendar, "vobject": read_by_vobject, "libical": read_by_libical}
)
"""By name."""
