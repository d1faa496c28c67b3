"""What invitations say: templates checked and filled in, as text, page and calendar; whatever people write stays text."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import SMTP
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.calendars import read_by_icalendar, read_by_vobject
from tests.helpers.planned import ANNA, CONFERENCE_ID, HANS, NOW, ORGANIZER, UID, many, plan, planned, writer
from wwphone.domain.conference_plans import (
    MAX_INVITEES,
    WARNINGS,
    Answer,
    PlanProblem,
    PlanRemark,
    Repeat,
)
from wwphone.server.conference_api import LetterKind
from wwphone.server.conference_plans_api import LETTER_PREFIX
from wwphone.server.mail.composing import compose
from wwphone.server.mail_api import Letter


class _Page(HTMLParser):
    """What a page is made of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str | None] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.text += data


def invitation(kind: LetterKind = LetterKind.INVITATION, **others: Any) -> Letter:
    return writer().letter(planned(plan(**others)), HANS, kind, ORGANIZER, NOW)


def test_an_invitation_has_number_and_pin_of_whoever_gets_it() -> None:
    letter = invitation()
    assert letter.subject == "Offerte für Müller & Söhne"
    assert "wählen Sie +41 445550180 und geben Sie 482917 ein" in letter.text
    assert "Wann:           Montag, 2. März 2026, 10:00–11:30 Uhr (Europe/Zurich, UTC+01:00)" in letter.text
    assert "Einwahl:        ab 09:50 Uhr" in letter.text
    assert "tel:+41445550180,,482917%23" in letter.text
    assert ANNA.pin not in letter.text + letter.html + letter.calendar
    assert (letter.recipient, letter.reply_to, letter.sender_name) == (
        HANS.address, "anna@muster.example", "Anna Müller",
    )  # fmt: skip
    assert letter.letter_id == f"{LETTER_PREFIX}{CONFERENCE_ID}:0:invitation:{HANS.address}"
    assert (letter.owner, letter.reference, letter.at) == ("anna", CONFERENCE_ID, NOW)
    assert NOW + timedelta(hours=1) <= letter.expires_at <= NOW + timedelta(days=5)


def test_the_words_beside_it_are_english_where_the_plan_is() -> None:
    letter = invitation(language="en", repeat=Repeat.WEEKLY, times=4)
    assert "When:        Monday, 2 March 2026, 10:00–11:30 (Europe/Zurich, UTC+01:00)" in letter.text
    assert "Repeated:    every week, 4 times" in letter.text
    assert "Your PIN is yours alone" in letter.text


def test_a_lead_that_begins_the_day_before_says_the_day() -> None:
    assert "ab Sonntag, 1. März 2026, 23:50 Uhr" in invitation(at="2026-03-02 00:00").text
    assert "from Sunday, 1 March 2026, 10:00 on" in invitation(language="en", lead_min=24 * 60).text


def test_a_night_in_which_the_clock_is_changed_says_both() -> None:
    letter = invitation(at="2026-03-28 23:30", duration_min=240, language="de")
    when = "Samstag, 28. März 2026, 23:30 Uhr – Sonntag, 29. März 2026, 04:30 Uhr (Europe/Zurich, UTC+01:00, UTC+02:00)"
    assert when in letter.text


def test_the_page_says_the_same_and_can_be_dialled() -> None:
    letter = invitation(
        description="<number>, <pin>\nSiehe https://example.net/a?b=1&c=2.\n\n<b>kein Fett</b> & «mehr»"
    )
    page = _Page(letter.html)
    assert page.tags <= {
        "html",
        "head",
        "meta",
        "title",
        "body",
        "p",
        "br",
        "table",
        "tr",
        "th",
        "td",
        "small",
        "a",
    }
    assert page.links == [
        "tel:+41445550180,,482917%23", "https://example.net/a?b=1&c=2", "tel:+41445550180,,482917%23",
    ]  # fmt: skip
    assert "<b>kein Fett</b> & «mehr»" in page.text
    words = re.sub(r"\W+", " ", letter.text)
    assert re.sub(r"\W+", " ", page.text.replace("482917#", "tel 41445550180 482917 23")).count("Wann") == 1
    assert all(word in page.text for word in words.split() if word not in ("tel", "23"))


@pytest.mark.parametrize(
    ("language", "kind", "subject", "words"),
    [
        ("de", LetterKind.UPDATE, "Geändert: ", "Diese Konferenz wurde geändert."),
        ("en", LetterKind.UPDATE, "Changed: ", "This conference was changed."),
        ("de", LetterKind.CANCELLATION, "Abgesagt: ", "Diese Konferenz wurde abgesagt."),
        ("en", LetterKind.CANCELLATION, "Cancelled: ", "This conference was cancelled."),
    ],
)
def test_changes_and_cancellations_say_what_they_are(
    language: str, kind: LetterKind, subject: str, words: str
) -> None:
    letter = invitation(kind, language=language)
    assert letter.subject == f"{subject}Offerte für Müller & Söhne"
    assert letter.text.startswith(words)
    whole = letter.text + letter.html + letter.calendar
    assert (HANS.pin in whole) is (kind is LetterKind.UPDATE)
    assert letter.calendar_method == ("REQUEST" if kind is LetterKind.UPDATE else "CANCEL")
    assert letter.letter_id.endswith(f":{kind.value}:{HANS.address}")


def test_calendars_see_who_is_invited_and_what_they_answered() -> None:
    answered = replace(HANS, answer=Answer.TENTATIVE)
    letter = writer().letter(
        planned(invitees=(ANNA, answered)), answered, LetterKind.INVITATION, ORGANIZER, NOW
    )
    seen = read_by_icalendar(letter.calendar)
    assert (seen.method, seen.uid, seen.sequence, seen.status) == ("REQUEST", UID, 0, "CONFIRMED")
    assert seen.attendees == (
        ("mailto:anna@muster.example", "NEEDS-ACTION"), ("mailto:hans.mueller@mueller.example", "TENTATIVE"),
    )  # fmt: skip
    assert seen.organizer == "mailto:answers@muster.example"
    unfolded = letter.calendar.replace("\r\n ", "")
    for line in (
        "RSVP=TRUE", "TRIGGER:-PT10M", "TZID:Europe/Zurich", f"DTSTAMP:{NOW:%Y%m%dT%H%M%SZ}",
        "VALUE=URI:tel:+41445550180,,482917%23", "CN=\"Hans 'HM' Müller, Größenwahn\"",
    ):  # fmt: skip
        assert line in unfolded
    assert max(len(line.encode()) for line in letter.calendar.split("\r\n")) <= 75


def test_of_many_each_sees_only_themselves_and_a_cancellation_names_only_who_is_to_forget_it() -> None:
    made = many(60)
    letter = writer().letter(made, made.invitees[7], LetterKind.INVITATION, ORGANIZER, NOW)
    assert read_by_icalendar(letter.calendar).attendees == (
        ("mailto:p7@xn--mller7-3ya.example", "NEEDS-ACTION"),
    )
    gone = writer().letter(planned(sequence=4), HANS, LetterKind.CANCELLATION, ORGANIZER, NOW)
    seen = read_by_icalendar(gone.calendar)
    assert (seen.method, seen.status, seen.sequence) == ("CANCEL", "CANCELLED", 4)
    assert seen.attendees == (("mailto:hans.mueller@mueller.example", "NEEDS-ACTION"),)


def test_whoever_invites_from_their_own_address_is_told_and_not_asked() -> None:
    own = replace(ORGANIZER, address="Anna@muster.example")
    letter = writer().letter(planned(), ANNA, LetterKind.INVITATION, own, NOW)
    assert letter.calendar_method == read_by_icalendar(letter.calendar).method == "PUBLISH"
    assert "RSVP" not in letter.calendar
    assert writer().letter(planned(), HANS, LetterKind.INVITATION, own, NOW).calendar_method == "REQUEST"


def test_the_second_time_that_a_clock_shows_is_told_in_utc() -> None:
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # 2:30 for the second time
    made = planned(replace(plan(), starts_at=second, duration_min=60))
    for read in (read_by_icalendar, read_by_vobject):
        seen = read(writer().letter(made, HANS, LetterKind.INVITATION, ORGANIZER, NOW).calendar)
        assert (seen.starts, seen.end) == ((second,), second + timedelta(hours=1))


def test_the_preview_is_the_first_invitation() -> None:
    preview = writer().preview(planned(), ORGANIZER)
    letter = writer().letter(planned(), ANNA, LetterKind.INVITATION, ORGANIZER, NOW)
    assert (preview.subject, preview.text, preview.html, preview.calendar) == (
        letter.subject, letter.text, letter.html, letter.calendar,
    )  # fmt: skip


def test_a_feed_has_every_conference_with_its_own_pin() -> None:
    other = planned(plan(zone="Asia/Kolkata", title="Andere"), conference_id="2", cancelled=True)
    text = writer().feed((planned(), other), "de", NOW)
    assert [text.count(word) for word in ("BEGIN:VEVENT", "BEGIN:VTIMEZONE", "STATUS:CANCELLED")] == [2, 2, 1]
    assert (ANNA.pin in text, HANS.pin in text, "X-WR-CALNAME:Konferenzen" in text) == (True, False, True)
    assert writer().feed((), "en", NOW).startswith("BEGIN:VCALENDAR")


# ------------------------------------------------------------ what is wrong with a plan


def problems(**others: Any) -> list[tuple[PlanProblem, str]]:
    return [(one.problem, one.detail) for one in writer().check(plan(**others))]


def test_a_good_plan_has_no_remark() -> None:
    assert problems() == []


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ({"title": " "}, (PlanProblem.NO_TITLE, "")),
        ({"title": "x" * 201}, (PlanProblem.TOO_LONG, "title")),
        ({"place": "x" * 201}, (PlanProblem.TOO_LONG, "place")),
        ({"description": "<number> <pin>" + "x" * 8000}, (PlanProblem.TOO_LONG, "description")),
        ({"title": "A\r\nBcc: x@y.example"}, (PlanProblem.CONTROL_CHARACTERS, "title")),
        ({"place": "A\nATTENDEE:mailto:x@y.example"}, (PlanProblem.CONTROL_CHARACTERS, "place")),
        ({"description": "<number> <pin> \0"}, (PlanProblem.CONTROL_CHARACTERS, "description")),
        ({"description": "<number> <pin> <PINs>"}, (PlanProblem.UNKNOWN_VARIABLE, "<PINs>")),
        ({"title": "<nummer>"}, (PlanProblem.UNKNOWN_VARIABLE, "<nummer>")),
        ({"description": "<pin>"}, (PlanProblem.NO_NUMBER, "")),
        ({"description": "<number>"}, (PlanProblem.NO_PIN, "")),
        ({"addresses": ()}, (PlanProblem.NO_ADDRESS, "")),
        ({"addresses": ("anna@muster",)}, (PlanProblem.BAD_ADDRESS, "anna@muster")),
        ({"addresses": ("a@x.example\r\nBcc: b@x.example",)}, (PlanProblem.CONTROL_CHARACTERS, "addresses")),
        ({"addresses": tuple(f"p{n}@x.example" for n in range(MAX_INVITEES + 1))}, (PlanProblem.TOO_MANY_ADDRESSES, "")),
        ({"reply_to": "nobody"}, (PlanProblem.BAD_ADDRESS, "nobody")),
        ({"reply_to": "a@x.example\n"}, (PlanProblem.CONTROL_CHARACTERS, "reply_to")),
    ],
    ids=lambda value: value[0].value + value[1][:6].strip() if isinstance(value, tuple) else "",
)  # fmt: skip
def test_each_mistake_is_pointed_out(others: dict[str, object], expected: tuple[PlanProblem, str]) -> None:
    assert problems(**others) == [expected]


def test_lines_links_and_addresses_in_a_description_are_no_mistake() -> None:
    text = "<number>\r\n\t<pin> <https://example.net/x> <anna@muster.example> 1 < 2 > 0, a <-> b"
    assert problems(description=text) == []
    assert {PlanProblem.NO_NUMBER, PlanProblem.NO_PIN} <= WARNINGS


def test_addresses_are_taken_apart_each_once() -> None:
    texts = ("anna@muster.example", "Hans <Hans@x.example>", "hans@X.example", "Anna <ANNA@muster.example>")
    found = writer().invitees(plan(addresses=texts))
    assert [(one.name, one.address) for one in found] == [
        ("", "anna@muster.example"),
        ("Hans", "Hans@x.example"),
    ]
    with pytest.raises(ValueError, match="address"):
        writer().invitees(plan(addresses=("anna",)))


def test_variables_count_in_whatever_case_they_are_written() -> None:
    assert problems(description="<Number> <PIN>") == []
    letter = invitation(description="Wählen Sie <Number>, PIN <PIN>")
    assert f"PIN {HANS.pin}" in letter.text
    assert "<Number>" not in letter.text


def test_what_is_filled_in_is_not_filled_in_again() -> None:
    odd = replace(HANS, pin="<number>")
    letter = writer().letter(planned(plan(description="<pin>")), odd, LetterKind.INVITATION, ORGANIZER, NOW)
    assert letter.text.startswith("<number>\n")


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=120), st.text(max_size=120), st.text(max_size=200))
def test_nothing_that_people_write_becomes_more_than_text(title: str, place: str, text: str) -> None:
    made = plan(title=title, place=place, description=text)
    if any(PlanRemark(one.problem).problem not in WARNINGS for one in writer().check(made)):
        made = replace(made, title=title or "x")
    letter = writer().letter(planned(made), HANS, LetterKind.INVITATION, ORGANIZER, NOW)
    usual = invitation()
    names = [
        message_from_bytes(compose(one, "phone@example.net", "").content, policy=SMTP).keys()
        for one in (letter, usual)
    ]
    assert names[0] == names[1]
    assert _Page(letter.html).tags - {"br"} == _Page(usual.html).tags - {"br"}
    properties = [
        {re.split("[:;]", line)[0] for line in one.calendar.replace("\r\n ", "").split("\r\n")}
        for one in (letter, usual)
    ]
    assert properties[0] <= properties[1]
    assert letter.calendar.count("ATTENDEE") == usual.calendar.count("ATTENDEE")
