"""The outgoing mail to a real mail server, over TLS and signed in: refused, slow, down and up again, broken off, restarted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.hanging import HangingServer
from tests.helpers.mail_server import FROM, USER, MailServer, Mood
from tests.helpers.migrated import put_migrated
from tests.helpers.waiting import SECONDS, wait_until_async, wait_until_told
from wwphone.server.api import StoreError
from wwphone.server.clock import utc_now
from wwphone.server.mail.opening import open_mail
from wwphone.server.mail_api import (
    UNCERTAIN_WORDS,
    Letter,
    MailDelayedError,
    MailNote,
    MailState,
    QueuedLetter,
)
from wwphone.server.services.mail import MailService
from wwphone.server.settings import ServerSettings
from wwphone.server.store.sql_store import SqlStore

SERVICE = "wwphone.server.services.mail"
Logs = Callable[..., object]


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    with MailServer(tmp_path_factory.mktemp("mail")) as server:
        yield server


@pytest.fixture
def server(shared_server: MailServer) -> MailServer:
    """In a good mood, and empty."""
    return shared_server.begin_anew()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    store = SqlStore(await put_migrated(f"sqlite:///{tmp_path}/store.sqlite"))
    await store.open()
    yield store
    await store.close()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{SERVICE}.PAUSES_S", (0.05,))
    monkeypatch.setattr(f"{SERVICE}._GRACE_S", 0.3 * SECONDS)


@asynccontextmanager
async def running(store: SqlStore, server: MailServer, **settings: Any) -> AsyncIterator[MailService]:
    service = MailService(store, open_mail(ServerSettings(**server.settings(**settings))), utc_now)
    await service.start()
    try:
        yield service
    finally:
        await service.shutdown()


def letter(letter_id: str = "1", recipient: str = "anna@example.net", hours: float = 1) -> Letter:
    now = utc_now()
    return Letter(
        letter_id, recipient, "Verpasster Anruf für Zürich", "Grüsse\n.\n", now, now + timedelta(hours=hours), "Jürg"
    )  # fmt: skip


async def ends(store: SqlStore, state: MailState, letter_id: str = "1") -> QueuedLetter:
    """Wait until a letter is in a state."""

    async def look() -> QueuedLetter | None:
        found = {one.letter.letter_id: one for one in await store.letters()}
        return found[letter_id] if found[letter_id].state is state else None

    return await wait_until_told(look, f"the letter to be {state.value}")


async def waits(store: SqlStore, words: str, letter_id: str = "1") -> QueuedLetter:
    """Wait until a letter has been tried in vain, with these words."""

    async def look() -> QueuedLetter | None:
        found = {one.letter.letter_id: one for one in await store.letters()}
        return found[letter_id] if words in found[letter_id].words else None

    return await wait_until_told(look, f"the letter to wait with {words}")


@pytest.mark.parametrize("tls_at_once", [False, True], ids=["starttls", "tls"])
async def test_letters_arrive_encrypted_and_signed_in(
    store: SqlStore, server: MailServer, tmp_path: Path, tls_at_once: bool
) -> None:
    other = MailServer(tmp_path, tls_at_once=True) if tls_at_once else server
    if tls_at_once:
        other.start()
    try:
        async with running(store, other) as service:
            await service.queue([letter("1"), letter("2", "beat@example.net")])
            await ends(store, MailState.SENT, "1")
            sent = await ends(store, MailState.SENT, "2")
            assert service.sent == 2
    finally:
        if tls_at_once:
            other.stop()
    assert sent.words.startswith("250 2.0.0 OK")
    first, second = other.letters
    assert (first.sender, first.recipients, first.user, first.encrypted) == (
        FROM, ("anna@example.net",), USER, True,
    )  # fmt: skip
    assert second.recipients == ("beat@example.net",)
    assert first.message["Subject"] == "Verpasster Anruf für Zürich"
    assert first.message["To"].addresses[0].display_name == "Jürg"
    assert first.text.replace("\r\n", "\n") == "Grüsse\n.\n"
    assert first.message["Message-ID"] != second.message["Message-ID"]


async def test_what_is_refused_for_good_is_kept_with_the_server_s_words_and_keeps_nobody_waiting(
    store: SqlStore, server: MailServer, expected_logs: Logs
) -> None:
    expected_logs("an e-mail could not be sent", logger=SERVICE)
    server.recipient_answer = "550 5.1.1 <anna@example.net>: no such person, schöne Grüsse"
    async with running(store, server) as service:
        await service.queue([letter()])
        refused = await ends(store, MailState.REFUSED)
        assert refused.words.startswith("550 5.1.1 <anna@example.net>: no such person")
        server.recipient_answer = ""
        await service.queue([letter(), letter("2")])
        await ends(store, MailState.SENT, "2")
        assert (service.sent, service.failed) == (1, 1)
    assert len(server.letters) == 1


@pytest.mark.parametrize("where", ["recipient_answer", "text_answer"])
async def test_what_is_refused_for_now_is_tried_again(
    store: SqlStore, server: MailServer, where: str
) -> None:
    setattr(server, where, "451 4.7.1 Greylisting, come back later")
    async with running(store, server) as service:
        await service.queue([letter()])
        await waits(store, "451 4.7.1 Greylisting")
        setattr(server, where, "")
        sent = await ends(store, MailState.SENT)
        assert sent.attempts >= 2
    assert len(server.letters) == 1


async def test_a_server_that_is_down_is_waited_for(
    store: SqlStore, server: MailServer, expected_logs: Logs
) -> None:
    expected_logs("e-mails wait for the mail server", logger=SERVICE)
    server.stop()
    try:
        async with running(store, server) as service:
            await service.queue([letter("1"), letter("2")])
            await waits(store, "onnect", "1")
            await waits(store, "onnect", "2")
            assert service.reachable is False
            server.start()
            await ends(store, MailState.SENT, "1")
            await ends(store, MailState.SENT, "2")
            await wait_until_async(lambda: service.reachable, "that it is known")
    finally:
        server.stop()
        server.start()
    assert len(server.letters) == 2


async def test_a_wrong_password_loses_nothing(
    store: SqlStore, server: MailServer, expected_logs: Logs
) -> None:
    expected_logs("e-mails wait for the mail server: 535", logger=SERVICE)
    server.knows_password = False
    async with running(store, server) as service:
        await service.queue([letter()])
        await waits(store, "535")
        server.knows_password = True
        await ends(store, MailState.SENT)


async def test_a_server_that_is_silent_keeps_its_time_limit(
    store: SqlStore, server: MailServer, expected_logs: Logs
) -> None:
    expected_logs("e-mails wait for the mail server", logger=SERVICE)
    async with HangingServer() as silent:
        settings = {"mail_port": silent.port, "mail_time_limit_s": 0.2}
        async with running(store, server, **settings) as service:
            await service.queue([letter()])
            await waits(store, "imed out")
            assert (await store.letters())[0].state is MailState.QUEUED


@pytest.mark.parametrize("mood", [Mood.BREAKS_OFF, Mood.HANGS], ids=lambda mood: mood.value)
async def test_without_an_answer_to_the_text_nobody_knows_and_it_is_not_sent_again(
    store: SqlStore, server: MailServer, expected_logs: Logs, mood: Mood
) -> None:
    expected_logs("an e-mail could not be sent", logger=SERVICE)
    server.mood = mood
    async with running(store, server, mail_time_limit_s=0.3 * SECONDS) as service:
        await service.queue([letter()])
        lost = await ends(store, MailState.UNCERTAIN)
        assert lost.words.startswith(UNCERTAIN_WORDS)
        server.mood = Mood.TAKES
        await service.queue([letter("2")])
        await ends(store, MailState.SENT, "2")
        assert (await ends(store, MailState.UNCERTAIN)).attempts == 1
    assert (server.texts, len(server.letters)) == (2, 1)


async def test_a_server_that_ends_while_it_hands_over_sends_nothing_twice(
    store: SqlStore, server: MailServer, expected_logs: Logs
) -> None:
    server.mood = Mood.HANGS
    async with running(store, server) as service:
        await service.queue([letter()])
        await ends(store, MailState.SENDING)
        await wait_until_async(lambda: server.texts == 1, "the text to arrive")
        await service.queue([letter("2")])
    server.mood = Mood.TAKES
    expected_logs("1 e-mails may or may not have been sent", logger=SERVICE)
    async with running(store, server):
        await ends(store, MailState.SENT, "2")
        assert (await ends(store, MailState.UNCERTAIN)).attempts == 1
    assert server.texts == 2


async def test_a_letter_on_its_way_arrives_before_the_server_ends(
    store: SqlStore, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{SERVICE}._GRACE_S", 10 * SECONDS)
    taken = asyncio.Event()
    note_letter = store.note_letter

    async def noting(letter_id: str, note: Any) -> None:
        await note_letter(letter_id, note)
        taken.set()

    monkeypatch.setattr(store, "note_letter", noting)
    async with running(store, server) as service:
        await service.queue([letter("1"), letter("2")])
        await taken.wait()
    states = [one.state for one in await store.letters()]
    assert states == [MailState.SENT, MailState.QUEUED]
    async with running(store, server):
        await ends(store, MailState.SENT, "2")
    assert len(server.letters) == 2


async def test_what_waits_survives_a_restart(
    store: SqlStore, server: MailServer, expected_logs: Logs
) -> None:
    expected_logs("e-mails wait for the mail server", logger=SERVICE)
    server.stop()
    try:
        async with running(store, server) as service:
            await service.queue([letter()])
            await waits(store, "onnect")
    finally:
        server.start()
    async with running(store, server):
        await ends(store, MailState.SENT)


async def test_whoever_watches_is_told_each_state_and_after_a_restart_how_all_stand(
    store: SqlStore, server: MailServer, expected_logs: Logs
) -> None:
    expected_logs("an e-mail could not be sent", logger=SERVICE)
    told: list[tuple[str, MailState, int]] = []

    def listener(one: QueuedLetter) -> None:
        told.append((one.letter.letter_id, one.state, one.attempts))

    server.text_answer = "451 4.3.0 later"
    async with running(store, server) as service:
        service.watch("conference:", listener)
        await service.queue([letter("conference:1"), letter("missed:1")])
        await wait_until_async(lambda: len(told) > 3, "a second attempt")
        server.text_answer = ""
        await ends(store, MailState.SENT, "missed:1")
        await ends(store, MailState.SENT, "conference:1")
    first, second, third, *_, last = [(state, attempts) for _, state, attempts in told]
    assert {letter_id for letter_id, _, _ in told} == {"conference:1"}
    assert (first, second, third) == ((MailState.SENDING, 1), (MailState.QUEUED, 1), (MailState.SENDING, 2))
    assert last == (MailState.SENT, (await store.letters("conference:"))[0].attempts)
    told.clear()
    server.recipient_answer = "550 5.1.1 no such person"
    service = MailService(store, open_mail(ServerSettings(**server.settings())), utc_now)
    service.watch("conference:", listener)
    await service.start()
    try:
        assert told == [("conference:1", MailState.SENT, last[1])]
        await service.queue([letter("conference:2")])
        await ends(store, MailState.REFUSED, "conference:2")
        await wait_until_async(lambda: len(told) > 1, "the refusal to be told")
        assert told[1][:2] == ("conference:2", MailState.REFUSED)
    finally:
        await service.shutdown()


async def test_what_is_of_no_use_any_more_is_given_up(
    store: SqlStore, server: MailServer, expected_logs: Logs
) -> None:
    expected_logs("an e-mail could not be sent", logger=SERVICE)
    server.recipient_answer = "450 4.2.0 mailbox busy"
    async with running(store, server) as service:
        await service.queue([letter(hours=-1)])
        refused = await ends(store, MailState.REFUSED)
    assert refused.words == "given up: 450 4.2.0 mailbox busy"
    assert refused.attempts == 1


async def test_an_address_that_is_none_is_refused_by_ourselves(
    store: SqlStore, server: MailServer, expected_logs: Logs
) -> None:
    expected_logs("an e-mail could not be sent", logger=SERVICE)
    async with running(store, server) as service:
        await service.queue([letter(recipient="a@b..c"), letter("2")])
        await ends(store, MailState.SENT, "2")
        assert "no e-mail address" in (await ends(store, MailState.REFUSED)).words
    assert server.visits == 1


async def test_letters_beyond_ascii_before_the_at_need_a_server_that_can(
    store: SqlStore, server: MailServer
) -> None:
    async with running(store, server) as service:
        await service.queue([letter(recipient="jürg@example.net")])
        await ends(store, MailState.SENT)
    assert server.letters[0].recipients == ("jürg@example.net",)


@pytest.mark.parametrize("wrong", ["another host", "expired", "self-signed", "another authority"])
async def test_a_certificate_that_is_not_right_gets_no_password(
    store: SqlStore, server: MailServer, tmp_path: Path, wrong: str
) -> None:
    authority = MailServer(tmp_path).authority if wrong == "another authority" else server.authority
    certificates = {
        "another host": authority.for_another_host,
        "expired": authority.expired,
        "self-signed": authority.self_signed,
        "another authority": authority.good,
    }
    server.stop()
    server.show(certificates[wrong]())
    server.start()
    try:
        sender = open_mail(ServerSettings(**server.settings()))
        assert sender is not None
        with pytest.raises(MailDelayedError, match=r"(?i)certificate"):
            async with sender.connected():
                pass
    finally:
        server.stop()
        server.show(server.authority.good())
        server.start()


async def test_nothing_is_said_to_a_server_without_tls(server: MailServer, tmp_path: Path) -> None:
    with MailServer(tmp_path, encrypted=False) as open_server:
        sender = open_mail(ServerSettings(**server.settings(mail_port=open_server.port)))
        assert sender is not None
        with pytest.raises(MailDelayedError, match="STARTTLS"):
            async with sender.connected():
                pass
        assert open_server.visits == 0


async def test_a_store_that_is_away_is_waited_for(
    store: SqlStore, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{SERVICE}._RETRY_S", 0.05)
    due_letters: Callable[..., Awaitable[Any]] = store.due_letters
    failures = 0

    async def failing(*args: Any) -> Any:
        nonlocal failures
        failures += 1
        if failures < 4:
            raise StoreError("away")
        return await due_letters(*args)

    monkeypatch.setattr(store, "due_letters", failing)
    async with running(store, server) as service:
        await service.queue([letter()])
        await ends(store, MailState.SENT)


@pytest.mark.parametrize("when", [MailState.SENDING, MailState.SENT], ids=lambda state: state.value)
async def test_a_store_that_is_away_while_a_letter_is_handed_over_makes_no_second_one(
    store: SqlStore, server: MailServer, monkeypatch: pytest.MonkeyPatch, when: MailState
) -> None:
    monkeypatch.setattr(f"{SERVICE}._RETRY_S", 0.05)
    note_letter, failures = store.note_letter, 0

    async def failing(letter_id: str, note: MailNote) -> None:
        nonlocal failures
        if note.state is when and failures < 3:
            failures += 1
            raise StoreError("away")
        await note_letter(letter_id, note)

    monkeypatch.setattr(store, "note_letter", failing)
    async with running(store, server) as service:
        await service.queue([letter()])
        await ends(store, MailState.SENT)
    assert (failures, len(server.letters)) == (3, 1)


async def test_without_a_mail_server_the_queue_waits(store: SqlStore, server: MailServer) -> None:
    service = MailService(store, open_mail(ServerSettings()), utc_now)
    await service.start()
    try:
        assert not service.possible
        await service.queue([letter()])
    finally:
        await service.shutdown()
    assert [one.state for one in await store.letters()] == [MailState.QUEUED]
    async with running(store, server):
        await ends(store, MailState.SENT)
