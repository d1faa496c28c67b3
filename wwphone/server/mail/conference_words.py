"""What an e-mail about a conference says beside what its sender wrote, in the languages of the window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from wwphone.domain.conference_plans import ConferencePlan, Repeat
from wwphone.server.conference_api import LetterKind


@dataclass(frozen=True)
class Words:
    """One language."""

    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    day: str
    one_day: str
    two_days: str
    subjects: Mapping[LetterKind, str]
    first: Mapping[LetterKind, str]
    """What it is about, before everything else; empty: nothing."""
    repeats: Mapping[Repeat, str]
    when: str
    repeated: str
    where: str
    opens: str
    from_when: str
    direct: str
    invited_by: str
    own_pin: str
    link: str
    conferences: str


_KINDS = tuple(LetterKind)
_ENGLISH = Words(
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    months=(
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ),
    day="{weekday}, {day} {month} {year}",
    one_day="{day}, {start}–{end} ({zone})",
    two_days="{day}, {start} – {last_day}, {end} ({zone})",
    subjects=MappingProxyType(dict(zip(_KINDS, ("{title}", "Changed: {title}", "Cancelled: {title}"), strict=True))),
    first=MappingProxyType(
        dict(zip(_KINDS, ("", "This conference was changed.", "This conference was cancelled."), strict=True))
    ),
    repeats=MappingProxyType(
        {
            Repeat.DAILY: "every day, {times} times",
            Repeat.WEEKDAYS: "Monday to Friday, {times} times",
            Repeat.WEEKLY: "every week, {times} times",
            Repeat.FORTNIGHTLY: "every second week, {times} times",
            Repeat.MONTHLY: "every month, {times} times",
        }
    ),
    when="When",
    repeated="Repeated",
    where="Where",
    opens="Dial-in",
    from_when="from {start} on",
    direct="Direct link",
    invited_by="Invited by",
    own_pin="Your PIN is yours alone: it shows who has come.",
    link="Dial in",
    conferences="Conferences",
)  # fmt: skip
_GERMAN = Words(
    weekdays=("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    months=(
        "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
        "Dezember",
    ),
    day="{weekday}, {day}. {month} {year}",
    one_day="{day}, {start}–{end} Uhr ({zone})",
    two_days="{day}, {start} Uhr – {last_day}, {end} Uhr ({zone})",
    subjects=MappingProxyType(dict(zip(_KINDS, ("{title}", "Geändert: {title}", "Abgesagt: {title}"), strict=True))),
    first=MappingProxyType(
        dict(
            zip(_KINDS, ("", "Diese Konferenz wurde geändert.", "Diese Konferenz wurde abgesagt."), strict=True)
        )
    ),
    repeats=MappingProxyType(
        {
            Repeat.DAILY: "täglich, {times}-mal",
            Repeat.WEEKDAYS: "Montag bis Freitag, {times}-mal",
            Repeat.WEEKLY: "wöchentlich, {times}-mal",
            Repeat.FORTNIGHTLY: "alle zwei Wochen, {times}-mal",
            Repeat.MONTHLY: "monatlich, {times}-mal",
        }
    ),
    when="Wann",
    repeated="Wiederholt",
    where="Ort",
    opens="Einwahl",
    from_when="ab {start} Uhr",
    direct="Direkter Link",
    invited_by="Eingeladen von",
    own_pin="Ihre PIN gilt nur für Sie: Sie zeigt, wer gekommen ist.",
    link="Einwählen",
    conferences="Konferenzen",
)  # fmt: skip
_WORDS: Mapping[str, Words] = MappingProxyType({"en": _ENGLISH, "de": _GERMAN})


def words_of(language: str) -> Words:
    """The words of a language, English where there are none."""
    return _WORDS.get(language, _ENGLISH)


def when_of(plan: ConferencePlan) -> str:
    """From when to when, in the plan's zone; the first time of several."""
    words, zone = words_of(plan.language), ZoneInfo(plan.zone)
    start = plan.starts_at.astimezone(zone)
    end = (plan.starts_at + timedelta(minutes=plan.duration_min)).astimezone(zone)
    form = words.one_day if start.date() == end.date() else words.two_days
    return form.format(
        day=_day(start, words), last_day=_day(end, words), start=f"{start:%H:%M}", end=f"{end:%H:%M}",
        zone=_zone(plan.zone, start, end),
    )  # fmt: skip


def opens_of(plan: ConferencePlan) -> str:
    """From when on one can dial in; with the day where that is not the day of the start."""
    words, zone = words_of(plan.language), ZoneInfo(plan.zone)
    at = (plan.starts_at - timedelta(minutes=plan.lead_min)).astimezone(zone)
    same_day = at.date() == plan.starts_at.astimezone(zone).date()
    return words.from_when.format(start=f"{at:%H:%M}" if same_day else f"{_day(at, words)}, {at:%H:%M}")


def repeats_of(plan: ConferencePlan) -> str:
    """How it repeats; empty: not at all."""
    if plan.repeat is Repeat.NONE or plan.times < 2:
        return ""
    return words_of(plan.language).repeats[plan.repeat].format(times=plan.times)


def _day(at: datetime, words: Words) -> str:
    return words.day.format(
        weekday=words.weekdays[at.weekday()], day=at.day, month=words.months[at.month - 1], year=at.year
    )


def _zone(name: str, start: datetime, end: datetime) -> str:
    """The zone and how far it is from UTC; both distances when the clock is changed meanwhile."""
    return ", ".join(dict.fromkeys((name, _distance(start), _distance(end))))


def _distance(at: datetime) -> str:
    minutes = int((at.utcoffset() or timedelta()).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}" if minutes else "UTC"
