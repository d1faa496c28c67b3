"""What comes back about invitations: the replies of the programs of this world, bounces, and what strangers send instead."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.planned import CONFERENCE_ID, HANS, NOW, UID
from tests.helpers.replies import APPLE, GOOGLE, OUTLOOK, bounce, mail_of, vobject_reply
from wwphone.domain.conference_plans import Answer
from wwphone.server.conference_api import ConferenceAnswer
from wwphone.server.inbox_api import ReadMail
from wwphone.server.mail.reading import read_mail

A_REPLY = mail_of(vobject_reply())


def at(hour: int, minute: int) -> datetime:
    return datetime(2026, 3, 1, hour, minute, tzinfo=UTC)


def read(mail: bytes) -> ReadMail:
    return read_mail(7, mail, NOW)


@pytest.mark.parametrize(
    ("calendar", "answer", "given_at", "words"),
    [
        (vobject_reply(), Answer.ACCEPTED, at(7, 0), ""),
        (OUTLOOK, Answer.TENTATIVE, at(7, 15), "Vielleicht, je nach Zug"),
        (GOOGLE, Answer.DECLINED, at(7, 20), ""),
        (APPLE, Answer.ACCEPTED, at(7, 25), ""),
        (GOOGLE.replace("REPLY", "COUNTER"), Answer.DECLINED, at(7, 20), ""),
    ],
    ids=["vobject", "Outlook", "Google", "Apple", "another time proposed"],
)
def test_a_reply_says_who_answered_what_and_when(
    calendar: str, answer: Answer, given_at: datetime, words: str
) -> None:
    assert read(mail_of(calendar)) == ReadMail(
        7, (ConferenceAnswer(CONFERENCE_ID, HANS.address, answer, given_at, words),)
    )


@pytest.mark.parametrize(
    ("calendar", "answer"),
    [
        (GOOGLE.replace("SEQUENCE:0", "RECURRENCE-ID:20260309T090000Z\nSEQUENCE:0"), Answer.DECLINED),
        (
            OUTLOOK.replace(
                "CLASS:PUBLIC", "RECURRENCE-ID;TZID=W. Europe Standard Time:20260309T100000\nCLASS:PUBLIC"
            ),
            Answer.TENTATIVE,
        ),
        (
            APPLE.replace("DTSTART", "RECURRENCE-ID;TZID=Europe/Zurich:20260309T100000\nDTSTART"),
            Answer.ACCEPTED,
        ),
    ],
    ids=["Google", "Outlook", "Apple"],
)
def test_an_answer_for_one_time_alone_names_it(calendar: str, answer: Answer) -> None:
    (found,) = read(mail_of(calendar)).answers
    assert found.answer is answer
    assert found.starts_at is not None
    assert found.starts_at.astimezone(UTC) == datetime(2026, 3, 9, 9, 0, tzinfo=UTC)


def test_an_answer_for_all_times_and_one_time_otherwise_are_two() -> None:
    event = GOOGLE[GOOGLE.index("BEGIN:VEVENT") : GOOGLE.index("END:VCALENDAR")]
    one = event.replace("SEQUENCE:0", "RECURRENCE-ID:20260309T090000Z\nSEQUENCE:0")
    day = event.replace("SEQUENCE:0", "RECURRENCE-ID;VALUE=DATE:20260316\nSEQUENCE:0")
    both = GOOGLE.replace(event, day + one + event.replace("DECLINED", "ACCEPTED"))
    found = read(mail_of(both)).answers
    assert [(each.answer, each.starts_at) for each in found] == [
        (Answer.ACCEPTED, None),
        (Answer.DECLINED, datetime(2026, 3, 9, 9, 0, tzinfo=UTC)),
    ]


def test_a_reply_may_be_written_in_any_way_that_mail_allows() -> None:
    for charset in ("utf-8", "iso-8859-1", "utf-16", "no-such-charset"):
        raw = OUTLOOK.encode("utf-8" if charset.startswith("no") else charset)
        mail = (
            b"From: hans.mueller@mueller.example\r\nDate: Sun, 01 Mar 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\n"
            b"Content-Type: text/calendar; method=REPLY; charset=" + charset.encode() + b"\r\n"
            b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(raw)
        )
        (answer,) = read(mail).answers
        assert (answer.answer, answer.address) == (Answer.TENTATIVE, HANS.address)
    bom = mail_of("\ufeff" + GOOGLE, kind="x-other").replace(b"text/x-other", b"application/ics")
    assert read(bom).answers[0].answer is Answer.DECLINED


def test_an_answer_from_the_future_is_one_of_now_and_one_without_a_time_is_as_old_as_its_mail() -> None:
    assert read(mail_of(vobject_reply(stamp="2099-01-01 00:00"))).answers[0].at == NOW
    ancient = GOOGLE.replace("DTSTAMP:20260301T072000Z", "DTSTAMP;TZID=Pacific/Kiritimati:00010101T000000")
    assert NOW - timedelta(days=4000) < read(mail_of(ancient)).answers[0].at.astimezone(UTC) < NOW
    without = GOOGLE.replace("DTSTAMP:20260301T072000Z\n", "")
    assert read(mail_of(without).replace(b"10:00:00", b"08:45:00")).answers[0].at == at(7, 45)
    assert (
        read(mail_of(without).replace(b"Sun, 01 Mar 2026 10:00:00 +0100", b"yesterday")).answers[0].at == NOW
    )


@pytest.mark.parametrize(
    ("calendar", "remark"),
    [
        (
            GOOGLE.replace("SEQUENCE:0", "RECURRENCE-ID;RANGE=THISANDFUTURE:20260309T090000Z"),
            "it answers for some times",
        ),
        (GOOGLE.replace("SEQUENCE:0", "RECURRENCE-ID;VALUE=DATE:20260309"), "it answers for a day"),
        (GOOGLE.replace("SEQUENCE:0", "RECURRENCE-ID:20260309T090000Z\nRECURRENCE-ID:20260310T090000Z"), ""),
        (GOOGLE.replace("DECLINED", "DELEGATED"), "its answer is DELEGATED"),
        (GOOGLE.replace("PARTSTAT=DECLINED;", ""), "its answer is none"),
        (APPLE.replace("EMAIL=", "X-EMAIL="), "whoever answers has no address"),
        (GOOGLE.replace("ATTENDEE;", "X-NOBODY;"), "it does not say who answers"),
        (GOOGLE.replace("STATUS:CONFIRMED", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:anna@muster.example"), ""),
        (GOOGLE.replace("METHOD:REPLY", "METHOD:REQUEST"), ""),
        (vobject_reply(uid="7e1c9a40b2@google.example"), ""),
        (vobject_reply(uid=f"{UID}/../x"), ""),
        ("BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\n", ""),
    ],
    ids=["some times", "a day", "two times", "delegated", "no answer", "no address", "nobody", "two", "no reply", "another's", "odd", "broken"],
)  # fmt: skip
def test_what_is_no_answer_of_one_person_is_passed_over(calendar: str, remark: str) -> None:
    found = read(mail_of(calendar))
    if "ATTENDEE;PARTSTAT=ACCEPTED:mailto:anna" in calendar:
        assert [one.address for one in found.answers] == [HANS.address], "of two, the one who sends it"
        assert read(mail_of(calendar, "mallory@example.org")).remark == "it does not say who answers"
        return
    assert found.answers == ()
    assert found.remark.startswith(remark)


def test_a_bounce_tells_whom_we_wrote_to_and_the_mail_server_s_words() -> None:
    words = "550 5.1.1 <hm@inside.mueller.example>: Recipient address rejected: unknown"
    expected = ConferenceAnswer(CONFERENCE_ID, HANS.address, Answer.NONE, at(7, 30), words)
    for mail in (bounce(), bounce(headers_only=True), bounce(to="undisclosed")):
        assert read(mail) == ReadMail(7, (expected,))
    assert read(bounce(to="h@xn--mller-kva.example")).answers[0].address == "h@müller.example"


@pytest.mark.parametrize(
    "mail",
    [
        bounce(action="delayed"), bounce(message_id="<20260301.4F@other.example>"), bounce(message_id=""), b"", b"\xff\x00" * 500,
        b"From: anna@muster.example\r\nSubject: Ferien\r\nAuto-Submitted: auto-replied\r\n\r\nIch bin weg.\r\n",
    ],
    ids=["later", "another's", "nobody's", "empty", "noise", "out of office"],
)  # fmt: skip
def test_what_is_no_answer_at_all_is_no_matter(mail: bytes) -> None:
    assert read(mail) == ReadMail(7)


HEAD = b"From: x@y.example\r\nMIME-Version: 1.0\r\n"
NESTED = b"".join(
    b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (number, number)
    for number in range(3000)
)
MANY = HEAD + b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n' + 5000 * b"--x\r\n\r\n"
BIG = mail_of(GOOGLE.replace("SUMMARY:", "SUMMARY:" + "x" * 300_000))
OFTEN = mail_of(
    GOOGLE.replace(
        "END:VCALENDAR", 60 * GOOGLE[GOOGLE.index("BEGIN:VEVENT") :].replace("END:VCALENDAR\n", "")
    )
)
WIDE = mail_of(GOOGLE.replace("mailto:", f"mailto:a{' ' * 200_000}"))


@pytest.mark.parametrize(
    "mail",
    [
        HEAD + NESTED, MANY, BIG, OFTEN, HEAD + b"From: " + b"(" * 500_000, HEAD + b"Content-Type: message/delivery-status\r\n\r\n\0",
        HEAD + b'Content-type: multipart/mixed; x="' + b"a;a;\r\n " * 100_000, WIDE,
    ],
    ids=["nested", "many parts", "big calendar", "many events", "comments", "odd report", "many parameters", "wide address"],
)  # fmt: skip
def test_whatever_strangers_send_is_passed_over_soon(mail: bytes) -> None:
    started = datetime.now(UTC)
    assert read(mail).answers == ()
    assert datetime.now(UTC) - started < timedelta(seconds=30)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(A_REPLY)), st.binary(max_size=40), st.integers(0, 40))
def test_nothing_that_is_broken_is_raised(place: int, put: bytes, left_out: int) -> None:
    read(A_REPLY[:place] + put + A_REPLY[place + left_out :])
