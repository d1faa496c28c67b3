"""Planned conferences: when, where, who is invited by e-mail, and what each answered (requirement 002; product.md 8).

Each invited person gets a PIN of their own, so the window shows who came. PINs are random, and unique among all planned
conferences whose times overlap.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum

MAX_INVITEES = 500
MAX_TITLE = 200
"""Characters; so are the next three."""
MAX_PLACE = 200
MAX_DESCRIPTION = 8_000
MAX_ADDRESS = 254
"""RFC 5321 section 4.5.3.1.3, without the brackets."""
MAX_DURATION_MIN = 24 * 60
MAX_LEAD_MIN = 24 * 60
MAX_TIMES = 366
"""Of a repeated conference."""
NUMBER_VARIABLE = "<number>"
PIN_VARIABLE = "<pin>"
VARIABLES = (NUMBER_VARIABLE, PIN_VARIABLE)
"""What is replaced in description, title and place, in whatever case it is written; anything else in angle brackets is pointed out before sending."""


class Repeat(Enum):
    """How a conference repeats: at the same time of day in its zone, also when summer time begins or ends."""

    NONE = "none"
    DAILY = "daily"
    WEEKDAYS = "weekdays"
    """Monday to Friday."""
    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"
    """On the same day of the month; months that have no such day are left out (RFC 5545 section 3.3.10)."""


class Answer(Enum):
    """What an invited person answered (RFC 5545 section 3.2.12)."""

    NONE = "none"
    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"


class InvitationMail(Enum):
    """Where the latest e-mail to an invited person stands."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    """Refused by a mail server, at once or by a bounce."""
    UNCERTAIN = "uncertain"
    """The line was lost while it was handed over: it may have arrived, and is not sent again by itself."""


@dataclass(frozen=True)
class ConferencePlan:
    """What one writes to plan a conference. Texts and addresses show in no repr and no log."""

    room: str
    starts_at: datetime
    """The first time; with a zone of its own on the wire (UTC)."""
    zone: str
    """IANA's name, such as `Europe/Zurich`: in which it repeats, and is written."""
    duration_min: int
    title: str = field(repr=False)
    description: str = field(repr=False)
    """Plain text with the `VARIABLES`."""
    place: str = field(repr=False)
    lead_min: int = 10
    """So long before the start one can dial in."""
    repeat: Repeat = Repeat.NONE
    times: int = 1
    """So many times, the first included; 1 where it does not repeat."""
    reply_to: str = field(default="", repr=False)
    """Where answers go; empty: to the sender's own address, or where the server reads them."""
    addresses: tuple[str, ...] = field(default=(), repr=False)
    """To be invited, as `name@host` or `Name <name@host>` (RFC 5322 section 3.4); the first one is one's own."""
    language: str = "en"
    """Of what the mail says beside the description: `en` or `de`."""


@dataclass(frozen=True)
class TimeAnswer:
    """What somebody answered for one time alone of a repeated conference (RFC 5545 section 3.8.4.4)."""

    starts_at: datetime
    """Which time it is."""
    answer: Answer
    answered_at: datetime


@dataclass(frozen=True)
class Invitee:
    """Somebody invited by e-mail."""

    address: str = field(repr=False)
    name: str = field(default="", repr=False)
    mail: InvitationMail = InvitationMail.QUEUED
    mail_words: str = field(default="", repr=False)
    """What a mail server said when it failed."""
    answer: Answer = Answer.NONE
    answered_at: datetime | None = None
    number: str = field(default="", repr=False)
    """By which they can be called in: of a colleague, or of the phone book; empty: none is known."""
    link: str = field(default="", repr=False)
    """Their own dial-in as a `tel:` URI with the PIN after two pauses (RFC 3966), to be sent once more."""
    pin: str = field(default="", repr=False)
    times: tuple[TimeAnswer, ...] = ()
    """Answers for one time alone, by time: for that one they count instead of `answer`."""


def for_time(invitee: Invitee, starts_at: datetime) -> Invitee:
    """Somebody as they stand for the time that begins then."""
    one = next((each for each in invitee.times if each.starts_at == starts_at), None)
    return invitee if one is None else replace(invitee, answer=one.answer, answered_at=one.answered_at)


@dataclass(frozen=True)
class PlannedConference:
    """A conference that is planned, goes on, or was cancelled, as told to whoever planned it."""

    conference_id: str
    owner: str
    """Who planned it, by user name."""
    plan: ConferencePlan
    number: str
    """What takes the place of `<number>`: external where there is one, else internal."""
    sequence: int
    """Grows with each change that was sent (RFC 5545 section 3.8.7.4)."""
    opens_at: datetime
    """Of the time that goes on, or comes next, or was the last: dial-in is possible from here"""
    starts_at: datetime
    ends_at: datetime
    """to here; what it was extended by is in it."""
    invitees: tuple[Invitee, ...] = field(default=(), repr=False)
    cancelled: bool = False
    over: bool = False
    """All of its times are over."""


@dataclass(frozen=True)
class RememberedPlan:
    """What the next invitation begins with: what the last one had (requirement 002). Without a title there was none yet."""

    title: str = field(default="", repr=False)
    description: str = field(default="", repr=False)
    place: str = field(default="", repr=False)
    reply_to: str = field(default="", repr=False)
    first_address: str = field(default="", repr=False)
    lead_min: int = 10
    duration_min: int = 60
    language: str = ""


class PlanProblem(Enum):
    """What is wrong with a plan."""

    NO_TITLE = "no_title"
    TOO_LONG = "too_long"
    """A text; the detail names the field."""
    CONTROL_CHARACTERS = "control_characters"
    """A line break or the like in title, place or an address; the detail names the field."""
    UNKNOWN_VARIABLE = "unknown_variable"
    """The detail is it, with its brackets."""
    NO_NUMBER = "no_number"
    """`<number>` stands nowhere in the description."""
    NO_PIN = "no_pin"
    """`<pin>` stands nowhere in the description."""
    NO_ADDRESS = "no_address"
    BAD_ADDRESS = "bad_address"
    """The detail is it."""
    TOO_MANY_ADDRESSES = "too_many_addresses"
    IN_THE_PAST = "in_the_past"
    BAD_DURATION = "bad_duration"
    """Nothing, negative, or too long; also of the minutes before the start and of the times."""
    UNKNOWN_ZONE = "unknown_zone"
    UNKNOWN_ROOM = "unknown_room"
    ROOM_TAKEN = "room_taken"
    """Another conference is planned there at the same time; the detail is its title if it is one's own."""
    NO_MAIL = "no_mail"
    """The server has no mail server to send by."""


WARNINGS = frozenset({PlanProblem.NO_NUMBER, PlanProblem.NO_PIN, PlanProblem.ROOM_TAKEN})
"""Pointed out, but it can be sent all the same; the others keep it from being sent."""


@dataclass(frozen=True)
class PlanRemark:
    """One thing that is wrong with a plan."""

    problem: PlanProblem
    detail: str = field(default="", repr=False)


@dataclass(frozen=True)
class InvitationPreview:
    """An invitation as it will arrive at the first address; only the digits of its PIN are examples."""

    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str = field(repr=False)
    calendar: str = field(repr=False)
    """iCalendar (RFC 5545)."""
