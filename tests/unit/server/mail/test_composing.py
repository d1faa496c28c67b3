"""Letters as messages: umlauts everywhere, no line more than was meant, the same message each time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wwphone.domain.mail import MailEncryption
from wwphone.server.mail import smtp
from wwphone.server.mail.composing import compose, message_id, reference_of
from wwphone.server.mail_api import Letter, MailRefusedError
from wwphone.server.mail_rules import one_line

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
FROM = "phone@example.net"


def letter(**others: Any) -> Letter:
    values = {
        "letter_id": "missed:1", "recipient": "anna@example.net", "subject": "Grüße", "text": "Text\n", "at": NOON,
        "expires_at": NOON,
    }  # fmt: skip
    return Letter(**{**values, **others})


def parsed(one: Letter) -> EmailMessage:
    message = message_from_bytes(compose(one, FROM, "wwphone Zürich").content, policy=SMTP)
    assert isinstance(message, EmailMessage)
    return message


def test_umlauts_in_names_subject_and_text_come_back_as_they_were() -> None:
    text = "Jürg Größle, «Zürich» – 你好\n.\n..zwei Punkte\nFrom hier\n" + "ä" * 2000 + "\n"
    composed = compose(
        letter(recipient_name="Jürg, Größle", subject="Anruf von Özlem Yıldız", text=text), FROM, ""
    )
    assert composed.content.isascii()
    assert max(len(line) for line in composed.content.split(b"\r\n")) <= 998
    assert b"\n" not in composed.content.replace(b"\r\n", b"")
    message = parsed(letter(recipient_name="Jürg, Größle", subject="Anruf von Özlem Yıldız", text=text))
    assert message["To"].addresses[0].display_name == "Jürg, Größle"
    assert message["To"].addresses[0].addr_spec == "anna@example.net"
    assert str(message["From"]) == "wwphone Zürich <phone@example.net>"
    assert message["Subject"] == "Anruf von Özlem Yıldız"
    assert message.get_content().replace("\r\n", "\n") == text
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == NOON


def test_the_same_letter_is_the_same_message_each_time_and_its_id_says_nothing() -> None:
    first, second = (compose(letter(), FROM, "wwphone").content for _ in range(2))
    assert first == second
    assert message_id("missed:1", FROM) != message_id("missed:2", FROM)
    assert "missed" not in message_id("missed:1", FROM)
    assert message_id("missed:1", FROM).endswith("@example.net>")


@given(st.text(max_size=300))
def test_no_name_and_no_subject_makes_another_header(text: str) -> None:
    message = parsed(letter(subject=text, recipient_name=text))
    assert sorted(message.keys()) == sorted(parsed(letter()).keys())
    assert message["To"].addresses[0].addr_spec == "anna@example.net"
    assert len(message["To"].addresses) == 1


@pytest.mark.parametrize("breaking", ["\r\n", "\n", "\r", "\u2028", "\x0b", "\x85"], ids=repr)
def test_a_line_is_one_line(breaking: str) -> None:
    text = f"Anna{breaking}Bcc: somebody@example.org"
    assert one_line(text) == "Anna Bcc: somebody@example.org"
    assert parsed(letter(subject=text))["Bcc"] is None


def test_what_turns_text_round_or_is_not_seen_is_left_out() -> None:
    assert one_line("\u202egnp.exe\u2066 \ufeffA\u200bnna\0") == "gnp.exe Anna"
    assert one_line("x" * 300, 10) == "xxxxxxxxx…"


def test_domains_beyond_ascii_are_written_in_it_and_names_before_the_at_need_more() -> None:
    composed = compose(letter(recipient="anna@exämple.net"), FROM, "")
    assert (composed.recipient, composed.needs_utf8) == ("anna@xn--exmple-cua.net", False)
    composed = compose(letter(recipient="jürg@example.net"), FROM, "")
    assert (composed.recipient, composed.needs_utf8) == ("jürg@example.net", True)
    assert "To: jürg@example.net\r\n".encode() in composed.content


@pytest.mark.parametrize(
    "address",
    ["", "anna", "@example.net", "anna@", "a b@example.net", "a@b\r\nRCPT TO:<x@y>", "a@b..c", "a,b@c", "<a@b>"],
)  # fmt: skip
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(MailRefusedError, match="no e-mail address"):
        compose(letter(recipient=address), FROM, "")


def test_a_bounce_is_matched_by_the_message_id() -> None:
    found = message_id("conference:1", FROM, "conf-7e1c9a")
    assert reference_of(found) == "conf-7e1c9a"
    assert parsed(letter(letter_id="conference:1", reference="conf-7e1c9a"))["Message-ID"] == found
    assert reference_of(message_id("missed:1", FROM)) == ""
    assert reference_of("<conf-7e1c9a@example.net>") == ""


def test_an_invitation_stands_beside_the_text_and_answers_go_where_they_should() -> None:
    calendar = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:Müesli\r\nEND:VCALENDAR\r\n"
    one = letter(calendar=calendar, reply_to="anna@example.org", html="<p>Grüsse</p>", sender_name="Anna")
    assert compose(one, FROM, "").content == compose(one, FROM, "").content
    message = parsed(one)
    assert str(message["From"]) == "Anna <phone@example.net>"
    shown, attached = message.iter_parts()
    assert isinstance(shown, EmailMessage)
    assert isinstance(attached, EmailMessage)
    text, page, invitation = shown.iter_parts()
    assert isinstance(page, EmailMessage)
    assert [part.get_content_type() for part in (shown, text, page)] == [
        "multipart/alternative", "text/plain", "text/html",
    ]  # fmt: skip
    assert "Grüsse" in page.get_content()
    assert attached.get_filename() == "invite.ics"
    assert attached.get_content().decode() == calendar
    assert isinstance(invitation, EmailMessage)
    assert invitation.get_content_type() == "text/calendar"
    assert invitation["Content-Type"].params["method"] == "REQUEST"
    assert "Müesli" in invitation.get_content()
    withdrawn = parsed(replace(one, calendar_method="CANCEL"))
    assert [part["Content-Type"].params.get("method") for part in withdrawn.walk()].count("CANCEL") == 1
    assert message["Reply-To"] == "anna@example.org"


def test_nothing_of_a_letter_shows_in_its_repr() -> None:
    shown = repr(letter(subject="Geheim", text="Geheim", recipient_name="Geheim"))
    assert "Geheim" not in shown
    assert "anna" not in shown


async def test_a_letter_that_the_library_stumbles_over_is_refused_and_keeps_no_other_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stumbles(*_: object) -> None:
        raise IndexError("of a text that nobody thought of")

    monkeypatch.setattr(smtp, "compose", stumbles)
    nobody: Any = None
    line = smtp.SmtpLine(nobody, smtp.MailAccount("x.example", 587, MailEncryption.NONE, None, FROM))
    with pytest.raises(MailRefusedError, match="IndexError"):
        await line.hand_over(letter(), nobody)
