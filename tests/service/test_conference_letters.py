"""Invitations all the way: through a real mail server, read back by IMAP, understood by three readers of calendars and by a CalDAV server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any
from xml.etree import ElementTree as ET

import icalendar
import pytest

from tests.helpers.calendars import READERS, SeenEvent, read_by_icalendar
from tests.helpers.dovecot import DovecotServer
from tests.helpers.mail_server import MailServer
from tests.helpers.planned import ANNA, HANS, NOW, ORGANIZER, UID, many, plan, planned, writer
from tests.helpers.radicale import RadicaleServer
from tests.helpers.waiting import wait_until_async
from tests.service.test_mail_queue import ends, running
from tests.service.test_mail_queue import store as store  # noqa: PLC0414 - a fixture
from wwphone.domain.conference_plans import Answer, PlannedConference, Repeat
from wwphone.server.conference_api import LetterKind
from wwphone.server.mail_api import Letter, MailState, QueuedLetter
from wwphone.server.store.sql_store import SqlStore


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    with MailServer(tmp_path_factory.mktemp("mail")) as server:
        yield server


@pytest.fixture(scope="module")
def box() -> Iterator[DovecotServer]:
    with DovecotServer() as box:
        yield box


@pytest.fixture(scope="module")
def calendar_server() -> Iterator[RadicaleServer]:
    with RadicaleServer() as dav:
        dav.start()
        dav.make_calendar()
        yield dav


def utc(*times: str) -> tuple[datetime, ...]:
    return tuple(datetime.fromisoformat(f"2026-{one}").replace(tzinfo=UTC) for one in times)


CASES = {
    "Zurich, spring": (
        plan("2026-03-23 10:00", repeat=Repeat.WEEKLY, times=3),
        utc("03-23 09:00", "03-30 08:00", "04-06 08:00"),
    ),
    "Zurich, autumn": (
        plan("2026-10-19 00:30", repeat=Repeat.FORTNIGHTLY, times=2),
        utc("10-18 22:30", "11-01 23:30"),
    ),
    "New York, spring": (
        plan("2026-03-05 21:15", "America/New_York", repeat=Repeat.WEEKDAYS, times=3),
        utc("03-06 02:15", "03-07 02:15", "03-10 01:15"),
    ),
    "New York, autumn": (
        plan("2026-10-31 08:00", "America/New_York", repeat=Repeat.MONTHLY, times=2),
        utc("10-31 12:00", "12-31 13:00"),
    ),
    "Kolkata": (
        plan("2026-03-28 10:00", "Asia/Kolkata", repeat=Repeat.DAILY, times=3),
        utc("03-28 04:30", "03-29 04:30", "03-30 04:30"),
    ),
    "Zurich, in the night that is shorter": (
        plan("2026-03-29 01:30", duration_min=90),
        utc("03-29 00:30"),
    ),
    "New York, once": (plan("2026-07-04 09:00", "America/New_York"), utc("07-04 13:00")),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("reader", READERS)
def test_every_reader_sees_the_same(reader: str, case: str) -> None:
    made, starts = CASES[case]
    conference = planned(made, sequence=3, invitees=(ANNA, replace(HANS, answer=Answer.DECLINED)))
    letter = writer().letter(conference, ANNA, LetterKind.UPDATE, ORGANIZER, NOW)
    assert READERS[reader](letter.calendar) == SeenEvent(
        "REQUEST", UID, 3, "CONFIRMED", "Offerte für Müller & Söhne",
        made.description.replace("<number>", "+41 445550180").replace("<pin>", ANNA.pin).strip(),
        "Zürich, Sitzungszimmer «Ägeri»", made.zone, starts, starts[0] + timedelta(minutes=made.duration_min),
        "mailto:answers@muster.example",
        (("mailto:anna@muster.example", "NEEDS-ACTION"), ("mailto:hans.mueller@mueller.example", "DECLINED")),
    )  # fmt: skip


def calendar_part(message: EmailMessage) -> str:
    (part,) = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    assert isinstance(part, EmailMessage)
    assert part["Content-Type"].params["method"] in ("REQUEST", "CANCEL")
    assert part.get_content_charset() == "utf-8"
    return str(part.get_content())


async def test_a_letter_comes_out_of_the_mailbox_as_it_was_written(
    store: SqlStore, server: MailServer, box: DovecotServer
) -> None:
    told: list[QueuedLetter] = []
    sequence = [LetterKind.INVITATION, LetterKind.UPDATE, LetterKind.CANCELLATION]
    letters = [
        replace(writer().letter(planned(sequence=number), HANS, kind, ORGANIZER, NOW), owner="")
        for number, kind in enumerate(sequence)
    ]
    async with running(store, server) as service:
        service.watch("conference:", told.append)
        await service.queue(letters)
        await service.queue(letters)
        for letter in letters:
            await ends(store, MailState.SENT, letter.letter_id)
        await wait_until_async(lambda: len(told) == 6, "three letters to be sent")
    assert len(server.letters) == 3
    for received in server.letters:
        assert (received.recipients, received.encrypted) == ((HANS.address,), True)
        box.deliver(received.content)
    for letter, mail in zip(letters, box.mails(), strict=True):
        check_mail(letter, message_from_bytes(mail, policy=SMTP))


def check_mail(letter: Letter, message: EmailMessage) -> None:
    assert message["Subject"] == letter.subject
    assert message["To"].addresses[0].display_name == HANS.name
    assert message["From"].addresses[0].display_name == "Anna Müller"
    assert message["Reply-To"] == "anna@muster.example"
    text, page = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert page is not None
    assert text.get_content().replace("\r\n", "\n") == letter.text
    assert page.get_content().replace("\r\n", "\n") == letter.html
    assert calendar_part(message) == letter.calendar
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == "invite.ics"
    assert attached.get_content().decode() == letter.calendar


class CalendarProgram:
    """Does with a letter what a calendar does (RFC 5546, section 3.2), in a calendar on a real server."""

    def __init__(self, server: RadicaleServer) -> None:
        self._server = server
        self._known: dict[str, int] = {}

    def take(self, conference: PlannedConference, kind: LetterKind) -> None:
        letter = writer().letter(conference, HANS, kind, ORGANIZER, NOW)
        seen = read_by_icalendar(letter.calendar)
        if seen.sequence < self._known.get(seen.uid, 0):
            return
        self._known[seen.uid] = seen.sequence
        if seen.method == "CANCEL":
            self._server.delete_event(seen.uid)
            return
        # What is kept has no METHOD (RFC 4791, section 4.1).
        self._server.put_event(seen.uid, letter.calendar.replace("METHOD:REQUEST\r\n", ""))

    def times(self) -> list[tuple[str, datetime]]:
        """Each in the year, as the server itself works it out."""
        answer = ET.fromstring(self._server.events("20260101T000000Z", "20270101T000000Z"))
        calendars: list[Any] = [
            icalendar.Calendar.from_ical(data.text or "")
            for data in answer.iter("{urn:ietf:params:xml:ns:caldav}calendar-data")
        ]
        return sorted(
            (str(event["UID"]), event["DTSTART"].dt.astimezone(UTC))
            for calendar in calendars
            for event in calendar.walk("VEVENT")
        )


def test_a_calendar_server_shows_an_invitation_its_change_and_no_more_after_a_cancellation(
    calendar_server: RadicaleServer,
) -> None:
    program = CalendarProgram(calendar_server)
    for number, (made, _) in enumerate(CASES.values()):
        program.take(planned(made, conference_id=f"c{number}"), LetterKind.INVITATION)
    expected = [
        (f"c{number}@conferences.wwphone", at)
        for number, (_, times) in enumerate(CASES.values())
        for at in times
    ]
    assert program.times() == sorted(expected)
    moved = plan("2026-10-24 14:00", repeat=Repeat.DAILY, times=2)
    program.take(planned(moved, conference_id="c0", sequence=1), LetterKind.UPDATE)
    program.take(planned(CASES["Zurich, spring"][0], conference_id="c0"), LetterKind.INVITATION)  # came late
    expected = [one for one in expected if not one[0].startswith("c0")]
    assert program.times() == sorted(
        [*expected, *(("c0@conferences.wwphone", at) for at in utc("10-24 12:00", "10-25 13:00"))]
    )
    program.take(planned(moved, conference_id="c0", sequence=2), LetterKind.CANCELLATION)
    assert program.times() == sorted(expected)


def test_five_hundred_are_checked_and_each_gets_a_letter() -> None:
    made = many(500)
    assert writer().check(made.plan) == ()
    letters = [writer().letter(made, one, LetterKind.INVITATION, ORGANIZER, NOW) for one in made.invitees]
    assert len({one.letter_id for one in letters}) == 500
    assert read_by_icalendar(letters[499].calendar).attendees == (
        ("mailto:p499@xn--mller499-65a.example", "NEEDS-ACTION"),
    )
