"""Answers out of a real mailbox: over TLS, as they come, each once, whatever else lies there, and after every break."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from email import message_from_bytes
from typing import Any

import pytest
import vobject
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from tests.helpers.dovecot import PASSWORD, DovecotServer
from tests.helpers.planned import ANNA, CONFERENCE_ID, HANS, NOW, ORGANIZER, planned, writer
from tests.helpers.replies import APPLE, GOOGLE, OUTLOOK, bounce, mail_of, vobject_reply
from tests.helpers.waiting import SECONDS, wait_until_async, wait_until_told
from wwphone.domain.conference_plans import Answer
from wwphone.domain.mail import MailEncryption
from wwphone.server.api import StoreError
from wwphone.server.clock import utc_now
from wwphone.server.conference_api import ConferenceAnswer, LetterKind
from wwphone.server.inbox_api import InboxDelayedError
from wwphone.server.mail.composing import compose
from wwphone.server.mail.inbox import ImapLine
from wwphone.server.mail.opening import open_inbox
from wwphone.server.mail_api import Letter
from wwphone.server.services.conference_answers import ConferenceAnswersService
from wwphone.server.settings import ServerSettings

SERVICE = "wwphone.server.services.conference_answers"
Logs = Callable[..., object]


class FakeConferences:
    """`ConferenceAnswers` with one conference."""

    def __init__(self) -> None:
        self.answers = {HANS.address: Answer.NONE, ANNA.address: Answer.NONE}
        self.words: dict[str, str] = {}
        self.taken: list[ConferenceAnswer] = []
        self.broken = 0
        self.mistaken = 0
        self._last: dict[str, datetime] = {}

    async def note_answer(self, answer: ConferenceAnswer) -> bool:
        """Of two, the later one counts."""
        if self.broken:
            self.broken -= 1
            raise StoreError("away")
        if self.mistaken:
            self.mistaken -= 1
            raise OverflowError("date value out of range")
        if answer.conference_id != CONFERENCE_ID or answer.address not in self.answers:
            return False
        self.taken.append(answer)
        if answer.address not in self._last or self._last[answer.address] < answer.at:
            self._last[answer.address] = answer.at
            self.answers[answer.address], self.words[answer.address] = answer.answer, answer.words
        return True


@pytest.fixture(scope="module")
def shared_box() -> Iterator[DovecotServer]:
    with DovecotServer() as box:
        yield box


@pytest.fixture
def box(shared_box: DovecotServer) -> DovecotServer:
    shared_box.empty()
    return shared_box


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{SERVICE}.PAUSES_S", (0.05,))


@asynccontextmanager
async def running(
    box: DovecotServer, conferences: FakeConferences, **settings: Any
) -> AsyncIterator[ConferenceAnswersService]:
    inbox = open_inbox(ServerSettings(**MAIL, **box.settings(**settings)), utc_now)
    service = ConferenceAnswersService(inbox, conferences)
    await service.start()
    try:
        yield service
    finally:
        await service.shutdown()


MAIL: dict[str, Any] = {"mail_host": "localhost", "mail_from_address": "phone@example.net"}


async def deliver(box: DovecotServer, *mails: bytes) -> None:
    for mail in mails:
        await asyncio.to_thread(box.deliver, mail)


async def all_done(box: DovecotServer, number: int, flag: str = "$WwphoneRead") -> None:
    """Wait until so many mails are there, all of them marked."""

    async def marked() -> bool:
        flags = await asyncio.to_thread(box.flags)
        return len(flags) == number and all(flag in one for one in flags)

    await wait_until_told(marked, f"{number} mails to be marked")


@pytest.mark.parametrize("tls_at_once", [True, False], ids=["tls", "starttls"])
async def test_answers_are_taken_in_as_they_come_and_marked(box: DovecotServer, tls_at_once: bool) -> None:
    conferences = FakeConferences()
    how: dict[str, Any] = (
        {} if tls_at_once else {"answers_port": box.plain_port, "answers_encryption": MailEncryption.STARTTLS}
    )
    await deliver(box, mail_of(vobject_reply()))
    async with running(box, conferences, **how) as service:
        await all_done(box, 1)
        assert conferences.answers == {HANS.address: Answer.ACCEPTED, ANNA.address: Answer.NONE}
        for number, (calendar, answer) in enumerate(
            [(OUTLOOK, Answer.TENTATIVE), (GOOGLE, Answer.DECLINED), (APPLE, Answer.ACCEPTED)], start=2
        ):
            await deliver(box, mail_of(calendar))  # while the mailbox is waited at
            await all_done(box, number)
            assert conferences.answers[HANS.address] is answer
        await deliver(box, mail_of(OUTLOOK), bounce())  # an older one, and one that came back
        await all_done(box, 6)
        assert conferences.answers[HANS.address] is Answer.NONE
        assert conferences.words[HANS.address].startswith("550 5.1.1")
        assert (service.noted, service.passed_over, service.reachable) == (6, 0, True)
    assert all("Seen" not in flags for flags in box.flags()), "a person who looks sees them as unread"


async def test_nothing_is_taken_in_twice_after_a_restart(box: DovecotServer) -> None:
    conferences = FakeConferences()
    await deliver(box, mail_of(GOOGLE))
    async with running(box, conferences):
        await all_done(box, 1)
    await deliver(box, mail_of(APPLE))
    async with running(box, conferences):
        await all_done(box, 2)
    assert [one.answer for one in conferences.taken] == [Answer.DECLINED, Answer.ACCEPTED]


async def test_what_strangers_send_is_passed_over_and_keeps_nobody_waiting(
    box: DovecotServer, caplog: pytest.LogCaptureFixture
) -> None:
    conferences = FakeConferences()
    big = b"From: x@y.example\r\nSubject: Big\r\n\r\n" + 3_000 * (b"x" * 998 + b"\r\n")
    await deliver(
        box, big, b"From: x@y.example\r\nSubject: Hello\r\n\r\nHello\r\n", mail_of("BEGIN:VCALENDAR\nMETHOD:REPLY\n"),
        mail_of(vobject_reply(address="mallory@example.org")), mail_of(vobject_reply(uid="1@conferences.wwphone")),
        mail_of(vobject_reply(uid="other@example.org")), bounce(message_id="<1@x.example>"), b"\xff\xfe\0broken",
        mail_of(GOOGLE),
    )  # fmt: skip
    async with running(box, conferences) as service:
        await all_done(box, 9)
    assert [one.answer for one in conferences.taken] == [Answer.DECLINED]
    assert (service.noted, service.passed_over) == (1, 4)
    assert "it is too big (3" in caplog.text
    assert caplog.text.count("is not invited") == 2
    assert "mallory" not in caplog.text


async def test_where_no_flags_of_ours_are_kept_read_ones_are_done(caplog: pytest.LogCaptureFixture) -> None:
    conferences = FakeConferences()
    with DovecotServer(rights="lrwis") as box:
        await deliver(box, mail_of(GOOGLE))
        box.restrict("lrs")
        async with running(box, conferences):
            await all_done(box, 1, "\\Seen")
            assert conferences.answers[HANS.address] is Answer.DECLINED
        assert "$WwphoneRead" not in box.flags()[0]
        box.restrict("lr")
        inbox = open_inbox(ServerSettings(**MAIL, **box.settings()), utc_now)
        assert inbox is not None
        with pytest.raises(InboxDelayedError, match=r"INBOX. is not writable"):
            async with inbox.connected():
                pass


async def test_a_mailbox_that_is_away_is_tried_again(expected_logs: Logs) -> None:
    expected_logs("answers to invitations cannot be read", logger=SERVICE)
    conferences = FakeConferences()
    with DovecotServer() as box:
        async with running(box, conferences) as service:
            await deliver(box, mail_of(OUTLOOK))
            await all_done(box, 1)
            await asyncio.to_thread(box.stop)
            await wait_until_async(lambda: not service.reachable, "the mailbox to be missed")
            box.start()  # not on a thread, with which it would end
            await deliver(box, mail_of(GOOGLE))
            await all_done(box, 2)
            assert service.reachable
    assert [one.answer for one in conferences.taken] == [Answer.TENTATIVE, Answer.DECLINED]


async def test_a_store_that_is_away_loses_no_answer(box: DovecotServer) -> None:
    conferences = FakeConferences()
    conferences.broken = 3
    await deliver(box, mail_of(GOOGLE))
    async with running(box, conferences):
        await all_done(box, 1)
    assert conferences.answers[HANS.address] is Answer.DECLINED
    assert conferences.broken == 0


async def test_a_mistake_of_ours_costs_one_answer_and_not_those_after_it(
    box: DovecotServer, expected_logs: Logs
) -> None:
    records = expected_logs("an answer to an invitation could not be taken in", logger=SERVICE)
    conferences = FakeConferences()
    conferences.mistaken = 1
    await deliver(box, mail_of(OUTLOOK), mail_of(GOOGLE))
    async with running(box, conferences) as service:
        await all_done(box, 2)
        assert (service.noted, service.passed_over, service.reachable) == (1, 1, True)
    assert conferences.answers[HANS.address] is Answer.DECLINED
    assert "hans" not in str(records).lower()


async def test_ending_does_not_wait_for_the_mail_server(box: DovecotServer) -> None:
    conferences = FakeConferences()
    async with running(box, conferences) as service:
        await deliver(box, mail_of(GOOGLE))
        await all_done(box, 1)
        async with asyncio.timeout(5 * SECONDS):
            await service.shutdown()  # it waits to be told of the next mail


@pytest.mark.parametrize("wrong", ["password", "folder", "authority", "port"])
async def test_what_is_wrong_is_said_without_the_password(box: DovecotServer, wrong: str) -> None:
    values: dict[str, dict[str, Any]] = {
        "password": {"answers_password": "wrong-Ü"},
        "folder": {"answers_folder": "Nowhere"},
        "authority": {"answers_certificate_authority": None},
        "port": {"answers_port": 1},
    }
    words = {
        "password": "(?i)authenticat",
        "folder": "(?i)exist|mailbox",
        "authority": "(?i)certificate",
        "port": "(?i)refused",
    }
    inbox = open_inbox(ServerSettings(**MAIL, **box.settings(**values[wrong])), utc_now)
    assert inbox is not None
    with pytest.raises(InboxDelayedError, match=words[wrong]) as failed:
        async with inbox.connected():
            pass
    assert PASSWORD not in str(failed.value)


async def test_without_a_mailbox_nothing_is_read() -> None:
    service = ConferenceAnswersService(open_inbox(ServerSettings(), utc_now), FakeConferences())
    await service.start()
    await service.shutdown()
    assert (service.noted, service.reachable) == (0, True)


def answered_by_vobject(letter: Letter, answer: str) -> str:
    """What another library makes of an invitation when the invited person answers."""
    calendar = vobject.readOne(letter.calendar)
    calendar.method.value = "REPLY"
    event = calendar.vevent
    (own,) = [one for one in event.contents["attendee"] if one.value == f"mailto:{letter.recipient}"]
    own.params["PARTSTAT"] = [answer]
    own.params.pop("RSVP")
    event.contents["attendee"] = [own]
    event.contents.pop("valarm")
    return str(calendar.serialize(validate=False))


async def test_an_invitation_is_answered_by_another_program_and_another_one_comes_back(
    box: DovecotServer,
) -> None:
    conferences = FakeConferences()
    to_hans, to_anna = (
        writer().letter(planned(), one, LetterKind.INVITATION, ORGANIZER, NOW) for one in (HANS, ANNA)
    )
    sent = message_from_bytes(compose(to_anna, "phone@example.net", "").content)
    await deliver(
        box,
        mail_of(answered_by_vobject(to_hans, "TENTATIVE")),
        bounce(message_id=sent["Message-ID"], to=sent["To"]),
    )
    async with running(box, conferences):
        await all_done(box, 2)
    assert conferences.answers == {HANS.address: Answer.TENTATIVE, ANNA.address: Answer.NONE}
    assert conferences.words[ANNA.address].startswith("550 5.1.1")


@pytest.mark.parametrize("refused", [False, True], ids=["empty", "no"])
async def test_what_the_mailbox_does_not_give_hides_nothing_newer(
    box: DovecotServer, monkeypatch: pytest.MonkeyPatch, refused: bool
) -> None:
    fetch, kept = IMAPClient.fetch, set[int]()

    def keeping(client: IMAPClient, uids: list[int], parts: list[str]) -> Any:
        if parts == ["BODY.PEEK[]"] and kept.intersection(uids):
            if refused:
                raise IMAPClientError("FETCH failed: [SERVERBUG] Internal error")
            return {}
        return fetch(client, uids, parts)

    monkeypatch.setattr(IMAPClient, "fetch", keeping)
    monkeypatch.setattr(f"{SERVICE}._AT_ONCE", 2)
    conferences = FakeConferences()
    await deliver(box, *(mail_of(APPLE) for _ in range(3)), mail_of(GOOGLE))
    inbox = open_inbox(ServerSettings(**MAIL, **box.settings()), utc_now)
    assert inbox is not None
    async with inbox.connected() as line:
        uids = [one.uid for one in await line.look(9)]
    kept.update(uids[:3])
    async with running(box, conferences):
        await wait_until_async(lambda: conferences.taken, "the newest answer")
    assert [one.answer for one in conferences.taken] == [Answer.DECLINED]
    kept.clear()
    async with running(box, conferences):
        await all_done(box, 4)
    assert [one.answer for one in conferences.taken].count(Answer.ACCEPTED) == 3, "they are not given up"


async def test_an_answer_that_could_not_be_marked_counts_once_all_the_same(
    box: DovecotServer, monkeypatch: pytest.MonkeyPatch, expected_logs: Logs
) -> None:
    expected_logs("answers to invitations cannot be read: the line was lost", logger=SERVICE)
    conferences, mark_done = FakeConferences(), ImapLine.mark_done
    lost = 0

    async def losing(line: ImapLine, uid: int) -> None:
        nonlocal lost
        if not lost:
            lost += 1
            raise InboxDelayedError("the line was lost")
        await mark_done(line, uid)

    monkeypatch.setattr(ImapLine, "mark_done", losing)
    await deliver(box, mail_of(GOOGLE), mail_of(OUTLOOK))
    async with running(box, conferences):
        await all_done(box, 2)
    assert [one.answer for one in conferences.taken] == [Answer.DECLINED, Answer.DECLINED, Answer.TENTATIVE]
    assert conferences.answers[HANS.address] is Answer.DECLINED, "which is the later one"
