"""What an e-mail about a missed call says, in both languages."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from wwphone.server.services import missed_mail_words
from wwphone.server.services.missed_mail_words import MissedCall, known_language, subject_of, text_of

ZURICH = ZoneInfo("Europe/Zurich")
CALL = MissedCall(
    name="Müller AG",
    number="044 268 12 04",
    called="201",
    group="",
    at=datetime(2026, 3, 2, 12, 5, tzinfo=UTC).astimezone(ZURICH),
    rang=timedelta(seconds=12.4),
    voicemail=False,
)


def test_a_direct_call_in_english() -> None:
    assert subject_of(CALL, "en") == "Missed call from Müller AG, 044 268 12 04"
    assert text_of(CALL, "en").split("\n-- \n")[0].splitlines() == [
        "Nobody took this call.",
        "",
        "Caller:   Müller AG",
        "Number:   044 268 12 04",
        "Called:   201, your number",
        "Time:     Monday, 2 March 2026, 13:05 (CET, UTC+01:00)",
        "Rang for: 12 s",
    ]


def test_a_group_s_call_in_german_says_that_it_is_shared() -> None:
    call = replace(CALL, called="300", group="Empfang", voicemail=True)
    assert subject_of(call, "de") == "Verpasster Anruf für Empfang von Müller AG, 044 268 12 04"
    text = text_of(call, "de")
    assert "ging auf die Voicemail" in text
    assert "Gewählt:    300, Empfang\n" in text
    assert "Montag, 2. März 2026, 13:05 Uhr (CET, UTC+01:00)\n" in text
    assert "Dieser Anruf galt allen in Empfang: " in text
    assert "Dieser Anruf galt" not in text_of(CALL, "de")


def test_a_caller_who_withholds_the_number_and_one_without_a_name() -> None:
    nobody = replace(CALL, name="", number="")
    assert subject_of(nobody, "en") == "Missed call from a withheld number"
    assert "Caller:   unknown\nNumber:   withheld\n" in text_of(nobody, "en")
    assert subject_of(replace(CALL, name=""), "de") == "Verpasster Anruf von 044 268 12 04"
    assert "Rang for" not in text_of(replace(CALL, rang=timedelta()), "en")


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (datetime(2026, 7, 5, 22, 30, tzinfo=UTC), "Sunday, 5 July 2026, 22:30 (UTC)"),
        (datetime(2026, 7, 5, 9, 3, tzinfo=ZURICH), "Sunday, 5 July 2026, 09:03 (CEST, UTC+02:00)"),
        (
            datetime(2026, 12, 31, 0, 0, tzinfo=timezone(-timedelta(hours=3, minutes=30))),
            "Thursday, 31 December 2026, 00:00 (UTC-03:30)",
        ),
    ],
    ids=["utc", "summer", "nameless"],
)
def test_a_time_says_its_zone(at: datetime, shown: str) -> None:
    assert shown in text_of(replace(CALL, at=at), "en")


def test_a_stranger_s_name_stays_on_its_line() -> None:
    hostile = replace(CALL, name="X\nNumber: 117\u202e", group="G\r\nBcc: x")
    assert subject_of(hostile, "en") == "Missed call for G Bcc: x from X Number: 117, 044 268 12 04"
    assert "Caller:   X Number: 117\n" in text_of(hostile, "en")


def test_every_language_has_all_words_and_others_are_english() -> None:
    for words in missed_mail_words._WORDS.values():
        assert all(getattr(words, one.name) for one in fields(words))
        assert (len(words.weekdays), len(words.months)) == (7, 12)
        # Swiss spelling: no ß.
        assert not [text for one in fields(words) for text in getattr(words, one.name) if "ß" in text]
    assert [known_language(code) for code in ("de", "en", "", "fr", "de_CH")] == [
        "de",
        "en",
        "en",
        "en",
        "en",
    ]
    assert text_of(CALL, "fr") == text_of(CALL, "en")
