"""`wwphone-server mail` as an administrator uses it."""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta
from pathlib import Path

import pytest

from tests.helpers.dovecot import DovecotServer
from tests.helpers.mail_server import FROM, HOST, PASSWORD, USER, MailServer
from tests.service.test_server_numbers import Run
from tests.service.test_server_numbers import run as run  # noqa: PLC0414 - a fixture
from wwphone.server.clock import utc_now
from wwphone.server.mail_api import Letter, MailNote, MailState
from wwphone.server.store.sql_store import SqlStore


@pytest.fixture
def named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MailServer:
    """A mail server that does not run yet, and settings that lead to it."""
    server = MailServer(tmp_path)
    values = {
        "HOST": HOST, "PORT": str(server.port), "FROM_ADDRESS": FROM, "USER": USER, "PASSWORD": PASSWORD,
        "CERTIFICATE_AUTHORITY": str(server.authority.ca_file),
    }  # fmt: skip
    for name, value in values.items():
        monkeypatch.setenv(f"WWPHONE_MAIL_{name}", value)
    return server


async def _fill() -> None:
    store = SqlStore(os.environ["WWPHONE_STORE_URL"])
    await store.open()
    now = utc_now()
    letters = [
        Letter(str(n), f"user{n}@example.net", "Geheim", "Text", now, now + timedelta(days=1))
        for n in range(3)
    ]
    await store.queue_letters(letters)
    await store.note_letter("1", MailNote(MailState.REFUSED, now, "550 5.1.1 no such person", attempts=1))
    await store.note_letter("2", MailNote(MailState.SENDING, now))
    await store.note_letter("2", MailNote(MailState.SENT, now, "250 taken"))
    await store.close()


def test_a_test_goes_past_the_queue(run: Run, named: MailServer) -> None:
    code, out, err = run("mail", "test", "anna@example.net")
    assert (code, out) == (1, "")
    assert "the e-mail was not sent" in err
    with named:
        code, out, err = run("mail", "test", "anna@example.net")
        taken, answers = out.splitlines()
        assert (code, taken, err) == (0, "the mail server has taken it: 250 2.0.0 OK: queued as 1", "")
        assert answers == "answers to invitations are not read: answers.host is not set"
        assert named.letters[0].recipients == ("anna@example.net",)
        named.recipient_answer = "550 5.1.1 no such person"
        code, out, err = run("mail", "test", "nobody@example.net")
        assert (code, err) == (1, "wwphone-server: the e-mail was not sent: 550 5.1.1 no such person\n")
        assert run("mail", "test", "no address")[0] == 1
        named.knows_password = False
        code, out, err = run("mail", "test", "anna@example.net")
        assert (code, "535" in err, PASSWORD in err) == (1, True, False)
    assert run("mail", "queue")[1] == "nothing waits, and nothing failed\n"


def test_a_test_opens_the_mailbox_of_answers_and_changes_nothing(
    run: Run, named: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with named, DovecotServer() as box:
        for name, value in box.settings().items():
            monkeypatch.setenv(f"WWPHONE_{name.upper()}", str(getattr(value, "value", value)))
        box.deliver(b"From: x@y.example\r\nSubject: Hello\r\n\r\nHello\r\n")
        for _ in range(2):
            code, out, err = run("mail", "test", "anna@example.net")
            assert (code, err) == (0, "")
            assert out.endswith("answers to invitations can be read; mails not looked at yet: 1\n")
        monkeypatch.setenv("WWPHONE_ANSWERS_PASSWORD", "another")
        code, out, err = run("mail", "test", "anna@example.net")
        assert (code, "answers to invitations cannot be read" in err, "another" in err) == (1, True, False)


def test_the_queue_shows_what_waits_and_what_failed_and_brings_it_back(run: Run, named: MailServer) -> None:
    run("groups")
    asyncio.run(_fill())
    code, out, _ = run("mail", "queue")
    head, waiting, refused = out.splitlines()
    assert head.split()[:2] == ["written", "state"]
    assert ("queued" in waiting, "user0@example.net" in waiting) == (True, True)
    assert ("refused" in refused, refused.endswith("550 5.1.1 no such person")) == (True, True)
    assert "Geheim" not in out
    assert run("mail", "queue", "--all")[1].splitlines()[3].endswith("250 taken")

    assert run("mail", "again", "1")[0] == 0
    assert [line.split()[2] for line in run("mail", "queue")[1].splitlines()[1:]] == ["queued", "queued"]
    for wrong in ("2", "x"):
        code, _, err = run("mail", "again", wrong)
        assert (code, f"there is no e-mail {wrong} that waits or failed" in err) == (1, True)


def test_without_a_mail_server_it_says_so(run: Run) -> None:
    code, _, err = run("mail", "test", "anna@example.net")
    assert (code, err) == (1, "wwphone-server: mail.host is not set: this server sends no e-mail\n")
    assert run("mail", "queue")[1].startswith("mail.host is not set")
