"""Missed calls by e-mail through a whole CTI server and a real mail server: to whom, what it says, once and never twice."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.helpers.cti_server import PEOPLE, CtiServerUnderTest
from tests.helpers.mail_server import MailServer
from tests.helpers.waiting import wait_until_async
from tests.service.test_server_history import code_of, happens
from tests.service.test_store_history import call, called_back, group_call
from wwphone.domain.history import CallResult
from wwphone.domain.phonebook import ContactDetails
from wwphone.server.certificates import IssuedFiles
from wwphone.server.clock import utc_now
from wwphone.server.history_api import RecordedCall
from wwphone.server.phonebook_api import BookChange, ContactDraft
from wwphone.server.store.sql_store import SqlStore

WITH_ADDRESSES = tuple(replace(one, email=f"{one.user}@example.net") for one in PEOPLE if one.user != "carla")
CARLA = next(one for one in PEOPLE if one.user == "carla")


@pytest.fixture(scope="module")
def shared_mail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    with MailServer(tmp_path_factory.mktemp("mail")) as server:
        yield server


@pytest.fixture
def mail(shared_mail: MailServer) -> MailServer:
    shared_mail.letters.clear()
    return shared_mail


@pytest.fixture
async def server(
    tmp_path: Path, tls_files: IssuedFiles, mail: MailServer
) -> AsyncIterator[CtiServerUnderTest]:
    """A running server that can send; all but Carla have an address."""
    server = CtiServerUnderTest(tmp_path, tls_files, numbers_country="CH", **mail.settings())
    await server.populate((*WITH_ADDRESSES, CARLA))
    await server.start()
    yield server
    await server.stop()


def now_(one: RecordedCall, **ago: float) -> RecordedCall:
    """The call as if it had begun just now, or so long ago."""
    return replace(one, started_at=utc_now() - timedelta(**(ago or {"seconds": 15})))


async def switched_on(server: CtiServerUnderTest, *users: str, language: str = "en") -> None:
    for user in users:
        client = await server.signed_in(user)
        reply = await client.request("history.set_missed_mail", {"on": True, "language": language})
        assert code_of(reply) == "done", reply


async def arrived(mail: MailServer, number: int) -> None:
    await wait_until_async(lambda: len(mail.letters) >= number, f"{number} letters")


async def queued(server: CtiServerUnderTest) -> list[str]:
    store = SqlStore(server.store_url)
    await store.open()
    found = [one.letter.letter_id for one in await store.letters()]
    await store.close()
    return found


async def test_the_switch_is_one_s_own_and_kept(server: CtiServerUnderTest) -> None:
    anna = await server.signed_in("anna")
    assert (anna.snapshot["history"]["mail_missed"], anna.snapshot["history"]["mail_possible"]) == (
        False,
        True,
    )
    await anna.request("history.set_missed_mail", {"on": True, "language": "de"})
    assert await anna.wait_for_event("history.missed_mail_changed") == {"on": True, "possible": True}
    await server.restart()
    anna, beat = await server.signed_in("anna"), await server.signed_in("beat")
    assert anna.snapshot["history"]["mail_missed"]
    assert not beat.snapshot["history"]["mail_missed"]
    await anna.request("history.set_missed_mail", {"on": False})
    assert await anna.wait_for_event("history.missed_mail_changed", on=False)


async def test_who_has_no_address_cannot_have_it_until_there_is_one(server: CtiServerUnderTest) -> None:
    carla = await server.signed_in("carla")
    assert not carla.snapshot["history"]["mail_possible"]
    assert code_of(await carla.request("history.set_missed_mail", {"on": True})) == "invalid"
    await server.edit(replace(CARLA, email="carla@example.net"))
    assert await carla.wait_for_event("history.missed_mail_changed", possible=True)
    assert code_of(await carla.request("history.set_missed_mail", {"on": True})) == "done"
    await server.edit(CARLA)
    assert await carla.wait_for_event("history.missed_mail_changed", on=True, possible=False)
    happens(server, now_(call("carla", "1", 0)))
    assert await carla.wait_for_event("history.changed")
    assert code_of(await carla.request("history.set_missed_mail", {"on": False})) == "done"
    assert await queued(server) == []


async def test_a_missed_call_arrives_with_names_and_numbers_as_people_write_them(
    server: CtiServerUnderTest, mail: MailServer
) -> None:
    await switched_on(server, "anna", language="de")
    happens(server, now_(call("anna", "1", 0)), now_(call("beat", "2", 0)))
    await arrived(mail, 1)
    (letter,) = mail.letters
    assert letter.recipients == ("anna@example.net",)
    assert letter.message["To"].addresses[0].display_name == "Anna Müller"
    assert letter.message["Subject"] == "Verpasster Anruf von Müller AG, 044 268 12 04"
    for line in ("Anruf von:  Müller AG", "Nummer:     044 268 12 04", "Gewählt:    201, Ihre Nummer"):
        assert line in letter.text.splitlines()
    assert "Geklingelt: 12 s" in letter.text
    assert "UTC" in letter.text


async def test_colleagues_and_the_phone_book_give_the_name(
    server: CtiServerUnderTest, mail: MailServer
) -> None:
    store = SqlStore(server.store_url)
    await store.open()
    details = ContactDetails(first_name="Käthi", surname="Größle", mobile="+41791112233")
    await store.change_contacts(BookChange("anna", utc_now(), saved=(ContactDraft("1", "anna", details),)))
    await store.close()
    await switched_on(server, "anna", "beat")
    happens(
        server,
        now_(call("anna", "1", 0, number="0791112233", name="")),
        now_(call("anna", "2", 0, number="202", name="a phone's own idea")),
        now_(call("anna", "3", 0, number="", name="")),
        now_(call("beat", "4", 0, number="0791112233", name="0791112233")),
        now_(call("anna", "5", 0, number="204", name="Somebody")),
    )
    await arrived(mail, 5)
    assert sorted(letter.message["Subject"] for letter in mail.letters) == [
        "Missed call from 079 111 22 33",
        "Missed call from Beat, 202",
        "Missed call from Käthi Größle, 079 111 22 33",
        "Missed call from Somebody, 204",
        "Missed call from a withheld number",
    ]


async def test_a_group_s_call_is_told_to_each_member_who_has_it_on(
    server: CtiServerUnderTest, mail: MailServer
) -> None:
    await switched_on(server, "anna", "beat")
    happens(server, *(now_(group_call(user, "1", 0)) for user in ("anna", "beat", "plain")))
    await arrived(mail, 2)
    assert sorted(letter.recipients[0] for letter in mail.letters) == ["anna@example.net", "beat@example.net"]
    first, second = mail.letters
    assert first.message["Subject"] == "Missed call for Hotline from Müller AG, 044 268 12 04"
    assert "This call was for everybody in Hotline" in second.text
    assert "300, Hotline" in second.text


async def test_what_somebody_took_or_declined_and_what_is_old_is_not_told(
    server: CtiServerUnderTest, mail: MailServer
) -> None:
    await switched_on(server, "anna")
    others = [one for one in CallResult if one not in (CallResult.MISSED, CallResult.VOICEMAIL)]
    happens(
        server,
        *(now_(call("anna", f"other-{one.value}", 0, result=one)) for one in others),
        now_(call("anna", "old", 0), hours=1, minutes=1),
        now_(call("anna", "done", 0, number="+41791112233"), minutes=5),
        now_(called_back("anna", "back", 0, number="+41791112233"), minutes=4),
        now_(call("anna", "voicemail", 0, result=CallResult.VOICEMAIL)),
        now_(call("anna", "missed", 0), minutes=59),
    )
    await arrived(mail, 2)
    assert sorted(await queued(server)) == ["missed:missed-anna", "missed:voicemail-anna"]


async def test_nothing_is_told_twice_when_the_records_are_read_again(
    server: CtiServerUnderTest, mail: MailServer
) -> None:
    await switched_on(server, "anna")
    first = now_(call("anna", "1", 0))
    happens(server, first)
    await arrived(mail, 1)
    await server.restart()
    happens(server, first, now_(call("anna", "2", 0, number="+41791112233", name="Later")), first)
    await arrived(mail, 2)
    assert [letter.message["Subject"] for letter in mail.letters] == [
        "Missed call from Müller AG, 044 268 12 04",
        "Missed call from Later, 079 111 22 33",
    ]
    metrics = server.running.metrics
    await wait_until_async(lambda: metrics.value("wwphone_mail_sent") == 1.0, "the figure")
