"""Planned conferences as calendars want them: requests, cancellations and lists of them (iCalendar, RFC 5545; iTIP, RFC 5546)."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Component, Event, Parameters, vCalAddress, vRecur, vUri
from icalendar.parser import Contentline

from wwphone.domain.conference_plans import Answer, ConferencePlan, Invitee, PlannedConference, Repeat
from wwphone.server.conference_api import LetterKind, Organizer
from wwphone.server.mail.addresses import ascii_form, compared
from wwphone.server.mail.time_zones import time_zone

MAX_SHOWN_ATTENDEES = 50
"""So many see of each other who is invited, as in every calendar; of more each sees only themselves."""
_UID_DOMAIN = "conferences.wwphone"
"""Never another one: by the UID calendars know years later what is changed or cancelled, whatever the server is called by then."""
_OUR_UID = re.compile(rf"([0-9A-Za-z-]{{1,64}})@{re.escape(_UID_DOMAIN)}")
_BEGIN_EVENT, _END_CALENDAR = "BEGIN:VEVENT\r\n", "END:VCALENDAR\r\n"
_MAKER = "-//wwphone//wwphone conferences//EN"
_RULES: Mapping[Repeat, Mapping[str, object]] = MappingProxyType(
    {
        Repeat.DAILY: {"FREQ": "DAILY"},
        Repeat.WEEKDAYS: {"FREQ": "WEEKLY", "BYDAY": ["MO", "TU", "WE", "TH", "FR"]},
        Repeat.WEEKLY: {"FREQ": "WEEKLY"},
        Repeat.FORTNIGHTLY: {"FREQ": "WEEKLY", "INTERVAL": 2},
        Repeat.MONTHLY: {"FREQ": "MONTHLY"},
    }
)
_PARTICIPATION: Mapping[Answer, str] = MappingProxyType(
    {
        Answer.NONE: "NEEDS-ACTION",
        Answer.ACCEPTED: "ACCEPTED",
        Answer.TENTATIVE: "TENTATIVE",
        Answer.DECLINED: "DECLINED",
    }
)


@dataclass(frozen=True)
class Entry:
    """What stands in a calendar beside the times; all variables replaced."""

    title: str = field(repr=False)
    description: str = field(repr=False)
    place: str = field(repr=False)
    number: str = field(repr=False)
    """As people write it."""
    link: str = field(repr=False)
    """How one dials in, as a `tel:` URI."""
    link_words: str
    """What the link is, for people."""


def uid_of(conference_id: str) -> str:
    """The name that calendars know it by."""
    return f"{conference_id}@{_UID_DOMAIN}"


def conference_of(uid: str) -> str:
    """The conference of a UID; empty: it is none of ours."""
    match = _OUR_UID.fullmatch(uid.strip())
    return match[1] if match else ""


def method_of(kind: LetterKind, invitee: Invitee, organizer: Organizer) -> str:
    """What a calendar is to do. Whoever invites by an address that is their own cannot answer themselves: they are told, not asked."""
    if kind is LetterKind.CANCELLATION:
        return "CANCEL"
    return "PUBLISH" if _same(invitee.address, organizer.address) else "REQUEST"


def invitation(
    conference: PlannedConference,
    invitee: Invitee,
    organizer: Organizer,
    entry: Entry,
    method: str,
    now: datetime,
) -> str:
    """The calendar part of one letter: RFC 5546, section 3.2."""
    event = _event(conference, entry, now)
    event.add("organizer", _person(organizer.address, organizer.name))
    if method == "CANCEL":
        event["STATUS"] = "CANCELLED"
    else:
        event.add_component(_alarm(conference.plan, entry))
    people = _attendees(conference, invitee, method)
    attendees = "".join(_attendee(one, asked=method == "REQUEST") for one in people)
    return _joined(
        _calendar(method),
        _written_zone(conference.plan.zone, conference.plan.starts_at.year, _last_year(conference.plan)),
        _written(event).replace(_BEGIN_EVENT, _BEGIN_EVENT + attendees, 1),
    )


def feed(entries: Collection[tuple[PlannedConference, Entry]], name: str, now: datetime) -> str:
    """A calendar that one subscribes to: all of somebody's conferences, cancelled ones too."""
    calendar = _calendar("PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(minutes=15), {"VALUE": "DURATION"})
    zones: dict[str, list[ConferencePlan]] = {}
    for conference, _ in entries:
        zones.setdefault(conference.plan.zone, []).append(conference.plan)
    parts = [
        _written_zone(zone, min(one.starts_at.year for one in plans), max(map(_last_year, plans)))
        for zone, plans in zones.items()
    ]
    for conference, entry in entries:
        event = _event(conference, entry, now)
        if conference.cancelled:
            event["STATUS"] = "CANCELLED"
        else:
            event.add_component(_alarm(conference.plan, entry))
        parts.append(_written(event))
    return _joined(calendar, *parts)


# ------------------------------------------------------------ inside


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", _MAKER)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    return calendar


def _written(component: Component) -> str:
    written: bytes = component.to_ical()
    return written.decode()


@functools.lru_cache(maxsize=64)
def _written_zone(name: str, first_year: int, last_year: int) -> str:
    """The same for everybody who is invited, and half of the work."""
    return _written(time_zone(name, first_year, last_year))


def _joined(calendar: Calendar, *parts: str) -> str:
    return _written(calendar).replace(_END_CALENDAR, "".join(parts) + _END_CALENDAR)


def _event(conference: PlannedConference, entry: Entry, now: datetime) -> Event:
    plan = conference.plan
    zone = ZoneInfo(plan.zone)
    start = plan.starts_at.astimezone(zone)
    end = (plan.starts_at + timedelta(minutes=plan.duration_min)).astimezone(zone)
    if plan.repeat is Repeat.NONE and (_is_shown_again(start) or _is_shown_again(end)):
        start, end = start.astimezone(UTC), end.astimezone(UTC)
    event = Event()
    event.add("uid", uid_of(conference.conference_id))
    event.add("sequence", conference.sequence)
    event.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", start)
    event.add("dtend", end)
    if plan.repeat is not Repeat.NONE and plan.times > 1:
        event.add("rrule", vRecur({**_RULES[plan.repeat], "COUNT": plan.times}))
    event.add("summary", entry.title)
    if entry.description:
        event.add("description", entry.description)
    if entry.place:
        event.add("location", entry.place)
    event.add("status", "CONFIRMED")
    event.add("transp", "OPAQUE")
    if entry.link:
        words = Parameters({"VALUE": "URI", "FEATURE": ["AUDIO", "PHONE"], "LABEL": entry.link_words})
        event.add("conference", vUri(entry.link), words)
    return event


def _is_shown_again(at: datetime) -> bool:
    """Whether the clock shows this for the second time, which only UTC can tell (RFC 5545, section 3.3.5)."""
    return at.fold == 1 and at.utcoffset() != at.replace(fold=0).utcoffset()


def _last_year(plan: ConferencePlan) -> int:
    days = {Repeat.NONE: 0, Repeat.WEEKLY: 7, Repeat.FORTNIGHTLY: 14, Repeat.MONTHLY: 62}.get(plan.repeat, 3)
    return min((plan.starts_at + timedelta(days=days * plan.times)).year, plan.starts_at.year + 60)


def _attendees(conference: PlannedConference, invitee: Invitee, method: str) -> tuple[Invitee, ...]:
    """Whom they see invited. A cancellation names only who is to forget it."""
    alone = method == "CANCEL" or len(conference.invitees) > MAX_SHOWN_ATTENDEES
    return (invitee,) if alone or invitee not in conference.invitees else conference.invitees


@functools.lru_cache(maxsize=1024)
def _attendee(invitee: Invitee, *, asked: bool) -> str:
    person = _person(invitee.address, invitee.name)
    person.params["CUTYPE"] = "INDIVIDUAL"
    person.params["ROLE"] = "REQ-PARTICIPANT"
    person.params["PARTSTAT"] = _PARTICIPATION[invitee.answer]
    if asked:
        person.params["RSVP"] = "TRUE"
    line: bytes = Contentline.from_parts("ATTENDEE", person.params, person).to_ical()
    return f"{line.decode()}\r\n"


def _person(address: str, name: str) -> vCalAddress:
    """`mailto:` has ASCII only (RFC 6068), but for the part before the @, which has no other form."""
    local, _, domain = address.rpartition("@")
    person = vCalAddress(f"mailto:{local}@{ascii_form(domain)}")
    # Double quotes cannot be written in a parameter (RFC 5545, section 3.2).
    person.params["CN"] = name.replace('"', "'") or address
    return person


def _alarm(plan: ConferencePlan, entry: Entry) -> Alarm:
    """When one can dial in, which is what one wants to be told; an hour before at most."""
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", -timedelta(minutes=min(max(plan.lead_min, 1), 60)))
    alarm.add("description", entry.title)
    return alarm


def _same(one: str, other: str) -> bool:
    try:
        return compared(one) == compared(other)
    except ValueError:
        return False
