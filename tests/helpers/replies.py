"""Answers to invitations as the programs of this world write them, and what mail servers send back."""

from __future__ import annotations

import uuid
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP

import vobject

from tests.helpers.planned import CONFERENCE_ID, HANS, UID

BOUNCED_ID = f"<{CONFERENCE_ID}.{'0123456789' * 4}@example.net>"


def mail_of(
    calendar: str, sender: str = HANS.address, *, method: str = "REPLY", kind: str = "calendar"
) -> bytes:
    """A mail with a calendar part, as RFC 6047 wants it."""
    message = EmailMessage(SMTP)
    message["From"], message["To"], message["Subject"] = sender, "answers@muster.example", "Zugesagt: Offerte"
    message["Date"], message["Message-ID"] = (
        "Sun, 01 Mar 2026 10:00:00 +0100",
        f"<{uuid.uuid4()}@mueller.example>",
    )
    message.set_content("Ich komme.\n")
    message.add_alternative(calendar, subtype=kind, params={"method": method})
    return message.as_bytes()


def vobject_reply(
    answer: str = "ACCEPTED", address: str = HANS.address, uid: str = UID, stamp: str = "2026-03-01 07:00"
) -> str:
    """Made by another library."""
    calendar = vobject.iCalendar()
    calendar.add("method").value = "REPLY"
    event = calendar.add("vevent")
    event.add("uid").value = uid
    event.add("sequence").value = "0"
    event.add("dtstamp").value = datetime.fromisoformat(stamp).replace(tzinfo=vobject.icalendar.utc)
    event.add("dtstart").value = datetime(2026, 3, 2, 9, 0, tzinfo=vobject.icalendar.utc)
    attendee = event.add("attendee")
    attendee.value = f"mailto:{address}"
    attendee.params["PARTSTAT"] = [answer]
    organizer = event.add("organizer")
    organizer.value = "mailto:answers@muster.example"
    return str(calendar.serialize(validate=False))


OUTLOOK = f"""BEGIN:VCALENDAR
METHOD:REPLY
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
ATTENDEE;PARTSTAT=TENTATIVE;CN="Müller, Hans":MAILTO:Hans.Mueller@mueller.example
COMMENT;LANGUAGE=de-CH:Vielleicht\\, je nach Zug\\n
UID:{UID}
SUMMARY;LANGUAGE=de-CH:Mit Vorbehalt: Offerte für Müller & Söhne
DTSTART;TZID=W. Europe Standard Time:20260302T100000
DTEND;TZID=W. Europe Standard Time:20260302T113000
CLASS:PUBLIC
PRIORITY:5
DTSTAMP:20260301T071500Z
TRANSP:OPAQUE
STATUS:CONFIRMED
SEQUENCE:0
LOCATION;LANGUAGE=de-CH:Zürich
X-MICROSOFT-CDO-APPT-SEQUENCE:0
X-MICROSOFT-CDO-OWNERAPPTID:-1
X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE
X-MICROSOFT-CDO-INTENDEDSTATUS:BUSY
END:VEVENT
END:VCALENDAR
"""
GOOGLE = f"""BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:REPLY
BEGIN:VEVENT
DTSTART:20260302T090000Z
DTEND:20260302T103000Z
DTSTAMP:20260301T072000Z
ORGANIZER;CN=Anna Müller:mailto:answers@muster.example
UID:{UID}
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=DECLINED;CN=hans.
 mueller@mueller.example;X-NUM-GUESTS=0:mailto:hans.mueller@mueller.example
CREATED:20260301T070000Z
LAST-MODIFIED:20260301T072000Z
SEQUENCE:0
STATUS:CONFIRMED
SUMMARY:Offerte für Müller & Söhne
TRANSP:OPAQUE
END:VEVENT
END:VCALENDAR
"""
APPLE = f"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Apple Inc.//macOS 15.5//EN
CALSCALE:GREGORIAN
METHOD:REPLY
BEGIN:VEVENT
UID:{UID}
DTSTART;TZID=Europe/Zurich:20260302T100000
DTEND;TZID=Europe/Zurich:20260302T113000
SUMMARY:Offerte für Müller & Söhne
SEQUENCE:0
DTSTAMP:20260301T072500Z
ORGANIZER;CN="Anna Müller";EMAIL="answers@muster.example":/aBcDeF/principal/
ATTENDEE;CN="Hans Müller";CUTYPE=INDIVIDUAL;EMAIL="hans.mueller@mueller.ex
 ample";PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT:urn:uuid:7d0a2b9e-13a5-4a6d
 -8b7f-0f6d6a1c2d3e
END:VEVENT
END:VCALENDAR
"""


def bounce(
    action: str = "failed",
    message_id: str = BOUNCED_ID,
    to: str = f"Hans <{HANS.address}>",
    *,
    headers_only: bool = False,
) -> bytes:
    """As Postfix writes it (RFC 3464)."""
    kind = "text/rfc822-headers" if headers_only else "message/rfc822"
    return (
        "From: MAILER-DAEMON@mail.example.net (Mail Delivery System)\r\nTo: phone@example.net\r\n"
        "Date: Sun, 1 Mar 2026 08:30:00 +0100 (CET)\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary="B0.1"\r\n\r\n'
        "--B0.1\r\nContent-Description: Notification\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n"
        "I'm sorry to have to inform you.\r\n\r\n"
        "--B0.1\r\nContent-Description: Delivery report\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mail.example.net\r\nX-Postfix-Queue-ID: 4F\r\n\r\n"
        "Final-Recipient: rfc822; hm@inside.mueller.example\r\nOriginal-Recipient: rfc822;hans.mueller@mueller.example\r\n"
        f"Action: {action}\r\nStatus: 5.1.1\r\nRemote-MTA: dns; mx.mueller.example\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 <hm@inside.mueller.example>: Recipient address\r\n    rejected: unknown\r\n\r\n"
        f"--B0.1\r\nContent-Description: Undelivered Message\r\nContent-Type: {kind}\r\n\r\n"
        f"From: phone@example.net\r\nTo: {to}\r\nSubject: Offerte\r\nMessage-ID: {message_id}\r\n"
        "\r\nText\r\n--B0.1--\r\n"
    ).encode()  # fmt: skip
