"""What an e-mail about a missed call says, in the languages of the window. People read it without the program beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

from wwphone.server.mail_rules import one_line

DEFAULT_LANGUAGE = "en"
_MAX_NAME = 80


@dataclass(frozen=True)
class MissedCall:
    """A call that nobody took, as it is told."""

    name: str = field(repr=False)
    """Who called; empty: nobody knows."""
    number: str = field(repr=False)
    """As people write it; empty: withheld."""
    called: str
    """The number that was called, as people write it."""
    group: str
    """The ring group's name; empty: it is the reader's own number."""
    at: datetime
    """In the zone that it is told in."""
    rang: timedelta
    voicemail: bool
    """The voice mail took it."""


@dataclass(frozen=True)
class _Words:
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    date: str
    subject: str
    group_subject: str
    nobody: str
    voicemail: str
    caller: str
    number: str
    called: str
    time: str
    rang: str
    unknown: str
    withheld: str
    nobody_known: str
    own_number: str
    shared: str
    why: str


_ENGLISH = _Words(
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    months=(
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ),
    date="{weekday}, {day} {month} {year}, {clock} ({zone})",
    subject="Missed call from {who}",
    group_subject="Missed call for {group} from {who}",
    nobody="Nobody took this call.",
    voicemail="Nobody took this call; the voice mail did.",
    caller="Caller",
    number="Number",
    called="Called",
    time="Time",
    rang="Rang for",
    unknown="unknown",
    withheld="withheld",
    nobody_known="a withheld number",
    own_number="your number",
    shared="This call was for everybody in {group}: once one of you has called back or ticked it, it is done for all.",
    why="You get this e-mail because “Missed calls by e-mail” is on in wwphone (Settings, General).",
)  # fmt: skip
_GERMAN = _Words(
    weekdays=("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    months=(
        "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
        "Dezember",
    ),
    date="{weekday}, {day}. {month} {year}, {clock} Uhr ({zone})",
    subject="Verpasster Anruf von {who}",
    group_subject="Verpasster Anruf für {group} von {who}",
    nobody="Niemand hat diesen Anruf angenommen.",
    voicemail="Niemand hat diesen Anruf angenommen; er ging auf die Voicemail.",
    caller="Anruf von",
    number="Nummer",
    called="Gewählt",
    time="Zeit",
    rang="Geklingelt",
    unknown="unbekannt",
    withheld="unterdrückt",
    nobody_known="unterdrückter Nummer",
    own_number="Ihre Nummer",
    shared="Dieser Anruf galt allen in {group}: Sobald jemand zurückgerufen oder ihn abgehakt hat, ist er für alle erledigt.",
    why="Sie erhalten diese E-Mail, weil «Verpasste Anrufe per E-Mail» in wwphone eingeschaltet ist (Einstellungen, Allgemein).",
)  # fmt: skip
_WORDS: Mapping[str, _Words] = MappingProxyType({"en": _ENGLISH, "de": _GERMAN})


def known_language(code: str) -> str:
    """The language itself when there are words in it, else English."""
    return code if code in _WORDS else DEFAULT_LANGUAGE


def subject_of(call: MissedCall, language: str) -> str:
    """One line."""
    words = _WORDS[known_language(language)]
    known = [one_line(text, _MAX_NAME) for text in (call.name, call.number) if text]
    who = ", ".join(dict.fromkeys(known)) or words.nobody_known
    form = words.group_subject if call.group else words.subject
    return form.format(who=who, group=one_line(call.group, _MAX_NAME))


def text_of(call: MissedCall, language: str) -> str:
    """The whole text."""
    words = _WORDS[known_language(language)]
    rows = [
        (words.caller, call.name or words.unknown),
        (words.number, call.number or words.withheld),
        (words.called, f"{call.called}, {call.group or words.own_number}"),
        (words.time, _moment(call.at, words)),
    ]
    seconds = round(call.rang.total_seconds())
    if seconds:
        rows.append((words.rang, f"{seconds} s"))
    heads = (words.caller, words.number, words.called, words.time, words.rang)
    width = max(map(len, heads)) + 1
    lines = [f"{f'{head}:'.ljust(width)} {one_line(value)}" for head, value in rows]
    shared = ["", words.shared.format(group=one_line(call.group, _MAX_NAME))] if call.group else []
    first = words.voicemail if call.voicemail else words.nobody
    return "\n".join([first, "", *lines, *shared, "", "-- ", words.why, ""])


def _moment(at: datetime, words: _Words) -> str:
    return words.date.format(
        weekday=words.weekdays[at.weekday()],
        day=at.day,
        month=words.months[at.month - 1],
        year=at.year,
        clock=f"{at:%H:%M}",
        zone=_zone(at),
    )


def _zone(at: datetime) -> str:
    """The zone's name, where it has one, and how far it is from UTC."""
    seconds = int((at.utcoffset() or timedelta()).total_seconds())
    hours, minutes = divmod(abs(seconds) // 60, 60)
    distance = f"UTC{'-' if seconds < 0 else '+'}{hours:02}:{minutes:02}" if seconds else "UTC"
    name = at.tzname() or ""
    return f"{name}, {distance}" if name.isalpha() and name != distance else distance
