"""E-mail looked at and tested by an administrator, through a whole CTI server and a real mail server, over TLS and signed in."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.certificates import CertificateAuthority
from tests.helpers.cti_server import PEOPLE, CtiServerUnderTest
from tests.helpers.hanging import HangingServer
from tests.helpers.mail_server import FROM, HOST, PASSWORD, USER, MailServer, Mood
from tests.helpers.ports import LOOPBACK, free_port
from tests.helpers.raw_cti import RawCtiClient
from tests.helpers.waiting import SECONDS, wait_until_async
from tests.service.test_server_history import code_of
from wwphone.domain.account import Right
from wwphone.domain.mail import MAX_ADDRESS, MailEncryption
from wwphone.server.certificates import IssuedFiles
from wwphone.server.clock import utc_now
from wwphone.server.mail_api import Letter
from wwphone.server.services import mail_tests

MAY = frozenset({Right.CTI_ACCESS, Right.PARALLEL_SESSIONS, Right.ADMINISTRATE})
ANNA = replace(PEOPLE[0], rights=MAY, email="anna@example.net")
BEAT = replace(PEOPLE[1], rights=MAY)
SERVICE = "wwphone.server.services.mail_tests"
TO = "customer@example.org"
Logs = Callable[..., object]


@pytest.fixture(scope="module")
def shared_mail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    with MailServer(tmp_path_factory.mktemp("mail")) as server:
        yield server


@pytest.fixture
def mail(shared_mail: MailServer) -> MailServer:
    """In a good mood, and empty."""
    return shared_mail.begin_anew()


@asynccontextmanager
async def serving(
    folder: Path, tls: IssuedFiles, settings: dict[str, Any]
) -> AsyncIterator[CtiServerUnderTest]:
    server = CtiServerUnderTest(folder, tls, numbers_country="CH", **settings)
    await server.populate((ANNA, BEAT, *PEOPLE[2:]))
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


@pytest.fixture
async def server(
    tmp_path: Path, tls_files: IssuedFiles, mail: MailServer
) -> AsyncIterator[CtiServerUnderTest]:
    async with serving(tmp_path, tls_files, mail.settings()) as running:
        yield running


async def send_test(client: RawCtiClient, address: str = TO, language: str = "en") -> tuple[str, str]:
    """Outcome and words of a test."""
    reply = await client.request("mail.test", {"address": address, "language": language})
    assert code_of(reply) == "mail.tested", reply
    test = reply["body"]["test"]
    assert test["address"] == address
    assert abs(datetime.fromisoformat(test["at"]) - utc_now()) < timedelta(seconds=30 * SECONDS)
    return test["outcome"], test.get("words", "")


async def overview(client: RawCtiClient) -> dict[str, Any]:
    reply = await client.request("mail.read")
    assert code_of(reply) == "mail.overview", reply
    found: dict[str, Any] = reply["body"]["overview"]
    return found


# ---------------------------------------------------------------- who may


async def test_only_with_the_right_and_from_the_moment_one_has_it(
    server: CtiServerUnderTest, mail: MailServer
) -> None:
    carla = await server.signed_in("carla")
    for kind, body in (("mail.read", {}), ("mail.test", {"address": TO})):
        assert code_of(await carla.request(kind, body)) == "not_permitted"
    allowed = replace(next(one for one in PEOPLE if one.user == "carla"), rights=MAY)
    await server.edit(allowed)
    await carla.wait_for_event("account.profile_changed")
    assert await send_test(carla) == ("taken", "250 2.0.0 OK: queued as 1")
    await server.edit(replace(allowed, rights=frozenset({Right.CTI_ACCESS})))
    await wait_until_async(
        lambda: len(carla.event_bodies("account.profile_changed")) == 2, "the right to be gone"
    )
    assert code_of(await carla.request("mail.test", {"address": TO})) == "not_permitted"
    assert len(mail.letters) == 1


# ---------------------------------------------------------------- what is told


async def test_the_way_is_told_without_the_password(server: CtiServerUnderTest, mail: MailServer) -> None:
    anna, beat = await server.signed_in("anna"), await server.signed_in("beat")
    told = await overview(anna)
    assert told["route"] == {
        "host": HOST, "port": mail.port, "encryption": "starttls", "sender": FROM, "sender_name": "wwphone",
        "user": USER,
    }  # fmt: skip
    assert PASSWORD not in str(told)
    assert (told.get("waiting", 0), told.get("failed", 0), told.get("last_failure")) == (0, 0, None)
    assert told["own_address"] == "anna@example.net"
    assert not (await overview(beat)).get("own_address")


async def test_the_queue_is_told_with_the_mail_server_s_words(
    server: CtiServerUnderTest, mail: MailServer, expected_logs: Logs
) -> None:
    expected_logs("an e-mail could not be sent", logger="wwphone.server.services.mail")
    anna = await server.signed_in("anna")

    async def queue(letter_id: str) -> None:
        now = utc_now()
        letter = Letter(letter_id, "x@example.net", "Secret", "Secret", now, now + timedelta(hours=1))
        await server.running.mail.queue([letter])

    mail.recipient_answer = "450 4.2.0 Greylisted"
    await queue("1")
    waits = await until(anna, lambda told: told.get("last_failure") is not None)
    assert (waits["waiting"], waits.get("failed", 0)) == (1, 0)
    assert datetime.fromisoformat(waits["next_at"]) > utc_now()
    assert (waits["last_failure"]["words"], waits["last_failure"]["waits"]) == ("450 4.2.0 Greylisted", True)

    mail.recipient_answer = "550 5.1.1 no such person"
    await queue("2")
    failed = await until(anna, lambda told: told.get("failed", 0) == 1)
    assert (failed["waiting"], failed["last_failure"]["words"]) == (1, "550 5.1.1 no such person")
    assert not failed["last_failure"]["waits"]
    assert "Secret" not in str(failed)


async def until(client: RawCtiClient, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Ask until a condition holds."""
    async with asyncio.timeout(10 * SECONDS):
        while not condition(told := await overview(client)):
            pass
    return told


# ---------------------------------------------------------------- a test


async def test_a_test_arrives_encrypted_and_signed_in_and_the_log_says_who_sent_it(
    server: CtiServerUnderTest, mail: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger=SERVICE)
    anna = await server.signed_in("anna")
    assert await send_test(anna) == ("taken", "250 2.0.0 OK: queued as 1")
    assert await send_test(anna, "jürg@zürich.example", "de") == ("taken", "250 2.0.0 OK: queued as 1")
    assert (await send_test(anna, language="tlh"))[0] == "taken"
    first, second, third = mail.letters
    assert (first.sender, first.recipients, first.user, first.encrypted) == (FROM, (TO,), USER, True)
    assert first.message["Subject"] == "Test of wwphone's e-mails"
    assert "This is a test, sent from wwphone by Anna." in first.text
    assert first.message["Auto-Submitted"] == "auto-generated"
    assert second.message["Subject"] == "Test der E-Mails von wwphone"
    assert "Dies ist ein Test, aus wwphone gesendet von Anna." in second.text
    assert third.message["Subject"] == first.message["Subject"]
    assert len({one.message["Message-ID"] for one in mail.letters}) == 3
    said = [one.getMessage() for one in caplog.records if one.name == SERVICE]
    assert said[0].startswith("anna on ")
    assert said[0].endswith(" sent a test e-mail: taken")
    assert TO not in caplog.text
    assert (await overview(anna)).get("waiting", 0) == 0, "it goes past the queue"


@pytest.mark.parametrize(
    ("answers", "outcome", "words"),
    [
        ({"recipient_answer": "550 5.1.1 <x>: no such person"}, "recipient", "550 5.1.1 <x>: no such person"),
        ({"recipient_answer": "450 4.2.0 Greylisted"}, "later", "450 4.2.0 Greylisted"),
        ({"sender_answer": "553 5.7.1 not your address"}, "sender", "553 5.7.1 not your address"),
        ({"text_answer": "554 5.7.1 It looks like spam"}, "text", "554 5.7.1 It looks like spam"),
        ({"text_answer": "452 4.3.1 The disk is full"}, "later", "452 4.3.1 The disk is full"),
        ({"knows_password": False}, "sign_in", "535"),
        ({"mood": Mood.BREAKS_OFF}, "uncertain", ""),
    ],
    ids=["recipient", "greylisted", "sender", "text", "full", "signing-in", "broken-off"],
)
async def test_what_is_refused_is_told_in_the_mail_server_s_own_words(
    server: CtiServerUnderTest, mail: MailServer, answers: dict[str, Any], outcome: str, words: str
) -> None:
    for name, value in answers.items():
        setattr(mail, name, value)
    anna = await server.signed_in("anna")
    told = await send_test(anna)
    assert (told[0], words in told[1]) == (outcome, True), told
    assert PASSWORD not in told[1]
    assert mail.letters == []


async def test_where_nobody_listens(tmp_path: Path, tls_files: IssuedFiles, mail: MailServer) -> None:
    async with serving(tmp_path, tls_files, mail.settings(mail_port=free_port())) as server:
        told = await send_test(await server.signed_in("anna"))
    assert told[0] == "unreachable"
    assert told[1]


async def test_a_certificate_that_is_not_to_be_trusted_is_told_nothing(
    tmp_path: Path, tls_files: IssuedFiles, mail: MailServer
) -> None:
    other = CertificateAuthority(tmp_path / "other-ca")
    settings = mail.settings(mail_certificate_authority=other.ca_file)
    async with serving(tmp_path, tls_files, settings) as server:
        told = await send_test(await server.signed_in("anna"))
    assert (told[0], "certificate" in told[1].lower()) == ("certificate", True), told


async def test_the_wrong_kind_of_encryption(tmp_path: Path, tls_files: IssuedFiles, mail: MailServer) -> None:
    settings = mail.settings(mail_encryption=MailEncryption.TLS)
    async with serving(tmp_path, tls_files, settings) as server:
        told = await send_test(await server.signed_in("anna"))
    assert told[0] == "encryption", told


async def test_who_does_not_encrypt_is_told_nothing(tmp_path: Path, tls_files: IssuedFiles) -> None:
    with MailServer(tmp_path, encrypted=False) as open_server:
        settings = open_server.settings(mail_encryption=MailEncryption.STARTTLS)
        async with serving(tmp_path, tls_files, settings) as server:
            told = await send_test(await server.signed_in("anna"))
        assert told[0] == "encryption", told
        assert (open_server.visits, open_server.letters) == (0, [])


async def test_who_never_says_a_word_is_waited_for_no_longer_than_the_limit(
    tmp_path: Path, tls_files: IssuedFiles, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_tests, "LIMIT_S", 0.2 * SECONDS)
    async with HangingServer() as hanging:
        settings = mail.settings(mail_host=LOOPBACK, mail_port=hanging.port)
        async with serving(tmp_path, tls_files, settings) as server:
            assert await send_test(await server.signed_in("anna")) == ("silent", "")
            await wait_until_async(
                lambda: hanging.connections == 1 and not hanging.open, "the line to be let go"
            )


async def test_who_hangs_over_the_text_may_have_it(
    server: CtiServerUnderTest, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_tests, "LIMIT_S", 1.0 * SECONDS)
    mail.mood = Mood.HANGS
    anna = await server.signed_in("anna")
    assert await send_test(anna) == ("uncertain", "")
    mail.mood = Mood.TAKES
    assert (await send_test(anna))[0] == "taken", "the next one finds its place free"


async def test_without_a_mail_server(tmp_path: Path, tls_files: IssuedFiles) -> None:
    async with serving(tmp_path, tls_files, {}) as server:
        anna = await server.signed_in("anna")
        assert (await overview(anna)).get("route") is None
        assert code_of(await anna.request("mail.test", {"address": TO})) == "not_found"


# ---------------------------------------------------------------- what must not happen


@pytest.mark.parametrize(
    "address",
    [
        "",
        "anna",
        "@example.net",
        "a@b@c.example",
        "a@example.net\r\nBcc: everybody@example.net",
        "a@example.net\nDATA",
        "a@example.net>\r\nRCPT TO:<b@example.net",
        "a@example.net,b@example.net",
        "Anna <a@example.net>",
        "a b@example.net",
        "a\x00@example.net",
        "a\u2028b@example.net",
        "\u202ea@example.net",
        f"{'a' * 64}@{'b' * (MAX_ADDRESS - 64)}.net",
    ],
    ids=str.__repr__,
)
async def test_what_is_no_single_address_goes_nowhere(
    server: CtiServerUnderTest, mail: MailServer, address: str
) -> None:
    visits = mail.visits
    anna = await server.signed_in("anna")
    reply = await anna.request("mail.test", {"address": address})
    assert code_of(reply) == "invalid"
    assert mail.visits == visits
    assert mail.letters == []


async def test_a_name_cannot_write_lines_of_its_own(server: CtiServerUnderTest, mail: MailServer) -> None:
    anna = await server.signed_in("anna")
    await server.edit(replace(ANNA, nickname="Anna\r\nhttps://evil.example/\u202e {name}"))
    await anna.wait_for_event("account.profile_changed")
    assert (await send_test(anna))[0] == "taken"
    (letter,) = mail.letters
    assert (
        letter.text.splitlines()[0]
        == "This is a test, sent from wwphone by Anna https://evil.example/ {name}."
    )
    assert [name for name in letter.message if name.lower() in ("bcc", "cc", "reply-to")] == []


async def test_one_test_at_a_time_and_the_second_is_told_whose_runs(
    server: CtiServerUnderTest, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_tests, "LIMIT_S", 2.0 * SECONDS)
    mail.mood = Mood.HANGS
    anna, beat = await server.signed_in("anna"), await server.signed_in("beat")
    texts = mail.texts
    running = await anna.ask("mail.test", {"address": TO})
    await wait_until_async(lambda: mail.texts == texts + 1, "the first test's text")
    reply = await beat.request("mail.test", {"address": TO})
    assert (code_of(reply), reply["body"]["taken_by"]) == ("conflict", "Anna")
    assert code_of(await anna.request("mail.test", {"address": TO})) == "conflict", (
        "nor a second one of one's own"
    )
    assert (await overview(beat))["route"], "looking at it goes on"
    first = await anna.answer_to(running)
    assert first["body"]["test"]["outcome"] == "uncertain"
    mail.mood = Mood.TAKES
    assert (await send_test(beat))[0] == "taken"


async def test_ten_tests_in_ten_minutes_are_enough(
    server: CtiServerUnderTest, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = 1_000.0
    monkeypatch.setattr(server.running.mail_tests, "_clock_s", lambda: now_s)
    anna = await server.signed_in("anna")
    for _ in range(mail_tests.MOST):
        assert (await send_test(anna))[0] == "taken"
        now_s += 1
    reply = await anna.request("mail.test", {"address": TO})
    assert (code_of(reply), reply["body"]["retry_after_s"]) == (
        "conflict",
        mail_tests.WINDOW_S - mail_tests.MOST,
    )
    assert len(mail.letters) == mail_tests.MOST
    now_s += mail_tests.WINDOW_S - mail_tests.MOST
    assert (await send_test(anna))[0] == "taken"
