"""What calendars and mail servers send back about invitations: replies (iTIP, RFC 5546) and bounces (RFC 3464), out of mails of strangers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from email.utils import parseaddr, parsedate_to_datetime
from typing import Any

from icalendar import Calendar, Component

from wwphone.domain.conference_plans import Answer
from wwphone.server.conference_api import ConferenceAnswer
from wwphone.server.inbox_api import ReadMail
from wwphone.server.mail.addresses import compared, taken_apart
from wwphone.server.mail.composing import reference_of
from wwphone.server.mail.conference_calendar import conference_of
from wwphone.server.mail_rules import one_line

MAX_CALENDAR_BYTES = 256 * 1024
_MAX_PARTS = 100
_MAX_BOUNDARIES = 30
_MAX_TYPE = 2048
_LONG_TYPE = re.compile(
    rb"(?:\A|[\r\n])content-type:(?:[^\r\n]|(?:\r\n|\r|\n)[ \t]){%d}" % _MAX_TYPE, re.IGNORECASE
)
"""A Content-Type with more parameters than anybody writes: the library needs half an hour for a mail full of them."""
_MAX_EVENTS = 50
_OLDEST = timedelta(days=3660)
_MAX_WORDS = 300
_CALENDARS = frozenset({"text/calendar", "application/ics"})
_METHODS = frozenset({"REPLY", "COUNTER"})
"""Whoever proposes another time (COUNTER) says in the same breath whether they come."""
_ANSWERS = {
    "ACCEPTED": Answer.ACCEPTED,
    "TENTATIVE": Answer.TENTATIVE,
    "DECLINED": Answer.DECLINED,
}


class _PassedOverError(Exception):
    """It looked like an answer; the text tells what is wrong with it."""


def read_mail(uid: int, content: bytes, now: datetime) -> ReadMail:
    """Take a mail apart. Nothing in it is trusted, and nothing that stands in it is raised."""
    try:
        return ReadMail(uid, tuple(_answers(content, now)))
    except _PassedOverError as error:
        return ReadMail(uid, remark=str(error))
    except Exception as error:  # noqa: BLE001 - whatever strangers make the parsers do, the other mails are read; it is told
        return ReadMail(uid, remark=f"it cannot be taken apart ({type(error).__name__})")


def _answers(content: bytes, now: datetime) -> Iterator[ConferenceAnswer]:
    # Each line is compared with all of them.
    if content.lower().count(b"boundary") > _MAX_BOUNDARIES:
        raise _PassedOverError("it has too many parts")
    if _LONG_TYPE.search(content):
        raise _PassedOverError("it does not say what it is in few words")
    # The old policy takes no header apart by itself: the new one needs minutes for what strangers may write there.
    message: Message = message_from_bytes(content, policy=compat32)
    parts = _parts(message)
    if any(part.get_content_type() == "message/delivery-status" for part in parts):
        yield from _bounced(parts, now)
        return
    for part in parts:
        if part.get_content_type() in _CALENDARS:
            found = tuple(_replied(part, message, now))
            if found:
                yield from found
                return


def _parts(message: Message) -> list[Message]:
    """The message and what is in it, down to the messages it holds."""
    found: list[Message] = []
    for part in message.walk():
        found.append(part)
        if len(found) > _MAX_PARTS:
            raise _PassedOverError("it has too many parts")
    return found


# ------------------------------------------------------------ replies of calendars


def _replied(part: Message, message: Message, now: datetime) -> Iterator[ConferenceAnswer]:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes) or len(content) > MAX_CALENDAR_BYTES:
        raise _PassedOverError("its calendar is too big")
    calendar = Calendar.from_ical(_decoded(content, part))
    assert isinstance(calendar, Component)
    method = str(calendar.get("METHOD") or part.get_param("method") or "").upper()
    events = [one for one in calendar.walk("VEVENT") if conference_of(str(one.get("UID", "")))]
    if method not in _METHODS or not events:
        return
    if len(events) > _MAX_EVENTS:
        raise _PassedOverError("it answers too often")
    # The answer for all times comes first, where a calendar says both: what is for one time alone counts beside it.
    events.sort(key=lambda one: "RECURRENCE-ID" in one)
    found, problem = [], None
    for event in events:
        try:
            found.append(_reply(event, message, now))
        except _PassedOverError as error:
            problem = problem or error
    if problem is not None and not found:
        raise problem
    yield from found


def _reply(event: Component, message: Message, now: datetime) -> ConferenceAnswer:
    attendee = _attendee(event, message)
    said = str(attendee.params.get("PARTSTAT", "")).upper()
    answer = _ANSWERS.get(said)
    if answer is None:
        raise _PassedOverError(f"its answer is {one_line(said, 40) or 'none'}")
    return ConferenceAnswer(
        conference_of(str(event["UID"])),
        _mailbox(attendee),
        answer,
        _given(event, message, now),
        one_line(str(event.get("COMMENT") or ""), _MAX_WORDS),
        _time(event),
    )


def _time(event: Component) -> datetime | None:
    """The one time of a repeated conference that it is for (RFC 5545, section 3.8.4.4); None: all of them."""
    named = event.get("RECURRENCE-ID")
    if named is None:
        return None
    if named.params.get("RANGE"):
        raise _PassedOverError("it answers for some times of a repeated conference")
    if not isinstance(named.dt, datetime):
        raise _PassedOverError("it answers for a day of a repeated conference")
    at: datetime = named.dt
    return at


def _attendee(event: Component, message: Message) -> Any:
    """Who answers: a reply names one (RFC 5546, section 3.2.3); of several only the one who sends it is believed."""
    named = event.get("ATTENDEE", [])
    attendees = named if isinstance(named, list) else [named]
    if len(attendees) > 1:
        sender = _comparable(parseaddr(str(message.get("From", "")))[1])
        attendees = [one for one in attendees if sender and _mailbox(one) == sender]
    if len(attendees) != 1:
        raise _PassedOverError("it does not say who answers")
    return attendees[0]


def _mailbox(attendee: Any) -> str:
    """The address of `mailto:`, or where a calendar writes another URI, of EMAIL (RFC 7986, section 6.2)."""
    text = str(attendee)
    scheme, _, rest = text.partition(":")
    address = rest if scheme.lower() == "mailto" else str(attendee.params.get("EMAIL", ""))
    found = _comparable(address)
    if not found:
        raise _PassedOverError("whoever answers has no address")
    return found


def _given(event: Component, message: Message, now: datetime) -> datetime:
    """When the answer was given."""
    stamp = getattr(event.get("DTSTAMP"), "dt", None)
    return _moment(stamp, now) if isinstance(stamp, datetime) else _sent(message, now)


def _sent(message: Message, now: datetime) -> datetime:
    try:
        at = parsedate_to_datetime(str(message.get("Date", "")))
    except (ValueError, TypeError, OverflowError):
        return now
    return _moment(at, now)


def _moment(at: datetime, now: datetime) -> datetime:
    """A time of a stranger: never in the future, since nobody could answer after that, nor before anything was planned."""
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(min(at, now), now - _OLDEST)


def _decoded(content: bytes, part: Message) -> str:
    for charset in (part.get_content_charset("utf-8"), "utf-8"):
        try:
            return content.decode(charset).removeprefix("\ufeff")
        except (LookupError, UnicodeError):
            continue
    return content.decode("latin-1")


# ------------------------------------------------------------ bounces of mail servers


def _bounced(parts: list[Message], now: datetime) -> Iterator[ConferenceAnswer]:
    """Of a letter of ours that came back for good."""
    failed = [block for part in parts for block in _blocks(part) if _word(block, "Action") == "failed"]
    original = _original(parts)
    conference_id = reference_of(str(original.get("Message-ID", ""))) if original is not None else ""
    if not failed or original is None or not conference_id:
        return
    # Whom we wrote to: the mail server may name another one, to whom it was sent on.
    for text in (
        parseaddr(str(original.get("To", "")))[1],
        _word(failed[0], "Original-Recipient"),
        _word(failed[0], "Final-Recipient"),
    ):
        if address := _comparable(text.rpartition(";")[2].strip()):
            words = str(failed[0].get("Diagnostic-Code") or failed[0].get("Status") or "")
            yield ConferenceAnswer(conference_id, address, Answer.NONE, _sent(parts[0], now), _words(words))
            return
    raise _PassedOverError("it does not say who could not be reached")


def _blocks(part: Message) -> list[Message]:
    """What is told of each recipient (RFC 3464, section 2.3)."""
    payload = part.get_payload()
    if part.get_content_type() != "message/delivery-status" or not isinstance(payload, list):
        return []
    return [one for one in payload if isinstance(one, Message)]


def _original(parts: list[Message]) -> Message | None:
    """The headers of the letter that came back."""
    for part in parts:
        kind, payload = part.get_content_type(), part.get_payload()
        if kind == "message/rfc822" and isinstance(payload, list) and payload:
            return payload[0] if isinstance(payload[0], Message) else None
        if kind in ("text/rfc822-headers", "message/rfc822-headers"):
            inside = part.get_payload(decode=True)
            return message_from_bytes(inside, policy=compat32) if isinstance(inside, bytes) else None
    return None


def _word(block: Message, name: str) -> str:
    return str(block.get(name, "")).strip().lower() if name == "Action" else str(block.get(name, "")).strip()


def _words(text: str) -> str:
    """`smtp; 550 5.1.1 …` without its first word (RFC 3464, section 2.3.6)."""
    kind, semicolon, rest = text.partition(";")
    return one_line(rest if semicolon and kind.strip().lower() in ("smtp", "x-unix") else text, _MAX_WORDS)


def _comparable(text: str) -> str:
    """An address for comparing; empty: it is none."""
    try:
        return compared(taken_apart(text)[1])
    except ValueError:
        return ""
