"""Planned conferences through a whole CTI server and a real mail server: who is told what, what the PBX lets in, once and never twice."""

from __future__ import annotations

import asyncio
import re
import ssl
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from icalendar import Calendar

from tests.helpers.cti_server import PEOPLE, CtiServerUnderTest
from tests.helpers.mail_server import MailServer
from tests.helpers.raw_cti import RawCtiClient
from tests.helpers.waiting import wait_until_async
from tests.service.test_server_history import code_of
from wwphone.domain.account import Right
from wwphone.domain.conference_plans import Answer
from wwphone.domain.phonebook import ContactDetails
from wwphone.server.api import PbxError, PbxRoom
from wwphone.server.certificates import IssuedFiles
from wwphone.server.clock import utc_now
from wwphone.server.conference_api import ConferenceAnswer, PbxDoor
from wwphone.server.phonebook_api import BookChange, ContactDraft
from wwphone.server.services import conference_plans as service
from wwphone.server.store import mails
from wwphone.server.store.sql_store import SqlStore

HOLDERS = frozenset({Right.CTI_ACCESS, Right.CONFERENCE_ROOM})
ANNA, BEAT, CARLA = (
    replace(one, email=f"{one.user}@example.net", rights=HOLDERS)
    for one in PEOPLE
    if one.user in ("anna", "beat", "carla")
)
CARLA = replace(CARLA, rights=frozenset({Right.CTI_ACCESS}))
SALES = PbxRoom("870", "Sales", pin="739154")
OUTSIDE = "+41445550180"
HANS, LENA = "hans@mueller.example", "lena@mueller.example"
AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)


class SetClock:
    """The wall clock, which a test can put forward."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.ahead


class Office:
    """A running server with two who may hold conferences, and one who may not."""

    def __init__(self, server: CtiServerUnderTest, mail: MailServer) -> None:
        self.server, self.mail = server, mail
        self.clock = SetClock()
        server.clock = self.clock

    @property
    def service(self) -> service.ConferencePlansService:
        return self.server.running.conferences.plans

    @property
    def doors(self) -> tuple[PbxDoor, ...]:
        return self.server.pbx.conference.doors

    def at(self, ahead: timedelta) -> datetime:
        """So long from now, to the minute, as plans are."""
        return (self.clock() + ahead).replace(second=0, microsecond=0)

    def put_forward(self, by: timedelta) -> None:
        self.clock.ahead += by
        self.service.look()

    def plan(self, *addresses: str, **fields: Any) -> dict[str, Any]:
        start = fields.pop("start", None) or self.at(2 * AN_HOUR)
        return {
            "room": "201",
            "starts_at": start.isoformat().replace("+00:00", "Z"),
            "zone": "Europe/Zurich",
            "duration_min": 60,
            "title": "Grüsse",
            "description": "Bitte <number> wählen, dann <pin>.",
            "place": "Telefon",
            "lead_min": 10,
            "addresses": list(addresses or ("anna@example.net", f"Hans Größle <{HANS}>")),
            **fields,
        }

    async def planned(self, client: RawCtiClient, *addresses: str, **fields: Any) -> dict[str, Any]:
        reply = await client.request("conference.plan", {"plan": self.plan(*addresses, **fields)})
        assert code_of(reply) == "conference.planned", reply
        return dict(reply["body"]["conference"])

    async def changed(
        self, client: RawCtiClient, before: dict[str, Any], *addresses: str, **fields: Any
    ) -> dict[str, Any]:
        plan = {**before["plan"], **fields}
        if addresses:
            plan["addresses"] = list(addresses)
        body = {"conference_id": before["conference_id"], "sequence": before.get("sequence", 0), "plan": plan}
        reply = await client.request("conference.change", body)
        assert code_of(reply) == "conference.planned", reply
        return dict(reply["body"]["conference"])

    async def letters(self, number: int) -> list[tuple[str, str, str]]:
        """Wait for so many, and no more; each with whom it is to, what calendars are to do, and its text."""
        await wait_until_async(lambda: len(self.mail.letters) >= number, f"{number} letters")
        await wait_until_async(self._nothing_waits, "the end of the queue")
        assert len(self.mail.letters) == number
        return sorted((one.recipients[0], _method(one.message), one.text) for one in self.mail.letters)

    async def kinds(self, number: int) -> list[tuple[str, str]]:
        return [(to, method) for to, method, _ in await self.letters(number)]

    async def states(self, client: RawCtiClient, *states: str) -> dict[str, Any]:
        """Wait until the invited of the only conference stand so; return it."""

        def there() -> dict[str, Any] | None:
            told = client.event_bodies("conference.plan_changed")
            stand = [one.get("mail", "queued") for one in told[-1]["conference"]["invitees"]] if told else []
            return told[-1]["conference"] if stand == list(states) else None

        return dict(await wait_until_async(there, f"the states {states}"))

    async def opened(self, *conference_ids: str) -> tuple[PbxDoor, ...]:
        """Wait until the PBX has the doors of these, and no others."""
        wanted = sorted(conference_ids)
        await wait_until_async(
            lambda: sorted(one.conference_id for one in self.doors) == wanted, f"doors of {wanted}"
        )
        return self.doors

    async def with_store(self) -> SqlStore:
        store = SqlStore(self.server.store_url)
        await store.open()
        return store

    def _nothing_waits(self) -> bool:
        mail = self.server.running.mail
        return not mail._handing and not mail._unwritten


def _method(message: Any) -> str:
    (part,) = (one for one in message.walk() if one.get_content_type() == "text/calendar")
    method = str(part.get_param("method"))
    (event,) = Calendar.from_ical(part.get_content()).walk("VEVENT")
    assert str(event["UID"])
    return f"{method} {event.get('SEQUENCE', 0)}"


def pins_of(conference: dict[str, Any]) -> dict[str, str]:
    return {one["address"]: one["pin"] for one in conference["invitees"]}


def problems(reply: dict[str, Any]) -> list[str]:
    assert code_of(reply) == "conference.previewed", reply
    return [one["problem"] for one in reply["body"].get("remarks", [])]


@pytest.fixture(scope="module")
def shared_mail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    with MailServer(tmp_path_factory.mktemp("mail")) as server:
        yield server


@pytest.fixture
def mail(shared_mail: MailServer) -> MailServer:
    shared_mail.letters.clear()
    shared_mail.recipient_answer = ""
    return shared_mail


@pytest.fixture
async def office(tmp_path: Path, tls_files: IssuedFiles, mail: MailServer) -> AsyncIterator[Office]:
    server = CtiServerUnderTest(
        tmp_path, tls_files, numbers_country="CH", conferences_number=OUTSIDE, **mail.settings()
    )
    office = Office(server, mail)
    await server.populate((ANNA, BEAT, CARLA))
    store = await office.with_store()
    await store.replace_room(SALES)
    await store.close()
    await server.start()
    yield office
    await server.stop()


async def test_who_is_invited_gets_a_pin_of_their_own_and_the_pbx_knows_it(office: Office) -> None:
    anna, beat = await office.server.signed_in("anna"), await office.server.signed_in("beat")
    start = office.at(2 * AN_HOUR)
    planned = await office.planned(anna, start=start)
    pins = pins_of(planned)
    assert len(set(pins.values())) == 2
    assert all(len(pin) == 6 for pin in pins.values())
    own, other = await office.letters(2)
    assert (own[0], other[0]) == ("anna@example.net", HANS)
    assert pins["anna@example.net"] in own[2]
    assert pins[HANS] not in own[2]
    assert f"044 555 01 80 wählen, dann {pins[HANS]}" in other[2]
    sent = await office.states(anna, "sent", "sent")
    assert sent["invitees"][1]["link"] == f"tel:{OUTSIDE},,{pins[HANS]}%23"
    (door,) = await office.opened(planned["conference_id"])
    (opening,) = door.openings
    assert (door.room, dict(door.pins)) == ("201", {pin: address for address, pin in pins.items()})
    assert (opening.opens_at, opening.closes_at) == (start - timedelta(minutes=10), start + AN_HOUR)
    remembered = (await anna.wait_for_event("conference.remembered"))["remembered"]
    assert (remembered["title"], remembered["first_address"]) == ("Grüsse", "anna@example.net")
    assert beat.event_bodies("conference.plan_changed") == []


async def test_a_restart_in_between_loses_nothing_and_sends_nothing_twice(office: Office) -> None:
    anna = await office.server.signed_in("anna")
    planned = await office.planned(anna)
    await office.letters(2)
    await office.states(anna, "sent", "sent")
    office.server.pbx.conference.doors = ()
    await office.server.restart()
    await office.opened(planned["conference_id"])
    anna = await office.server.signed_in("anna")
    (there,) = anna.snapshot["conferences"]["plans"]
    assert pins_of(there) == pins_of(planned)
    assert [one["mail"] for one in there["invitees"]] == ["sent", "sent"]
    assert anna.snapshot["conferences"]["remembered"]["place"] == "Telefon"
    await office.letters(2)


async def test_a_change_tells_each_what_concerns_them(office: Office) -> None:
    anna = await office.server.signed_in("anna")
    planned = await office.planned(anna)
    await office.letters(2)
    await office.states(anna, "sent", "sent")
    conference_id = planned["conference_id"]
    assert await office.service.note_answer(
        ConferenceAnswer(conference_id, "anna@example.net", Answer.ACCEPTED, utc_now())
    )
    start = office.at(A_DAY)
    after = await office.changed(
        anna, planned, "anna@example.net", LENA, starts_at=start.isoformat().replace("+00:00", "Z")
    )
    assert (after["sequence"], after["starts_at"]) == (1, start.isoformat().replace("+00:00", "Z"))
    assert pins_of(after)["anna@example.net"] == pins_of(planned)["anna@example.net"]
    assert after["invitees"][0].get("answer", "none") == "none", "an answer was to another time"
    assert (await office.kinds(5))[-4:] == [
        ("anna@example.net", "PUBLISH 1"),
        (HANS, "CANCEL 1"),
        (HANS, "REQUEST 0"),
        (LENA, "REQUEST 1"),
    ]
    await wait_until_async(lambda: office.doors[0].openings[0].starts_at == start, "the other time")
    assert {address for _, address in office.doors[0].pins} == {"anna@example.net", LENA}
    stale = {"conference_id": conference_id, "sequence": 0, "plan": planned["plan"]}
    assert code_of(await anna.request("conference.change", stale)) == "conflict"
    again = await office.changed(anna, after, "anna@example.net", LENA, HANS)
    assert again["sequence"] == 2
    assert (await office.kinds(6))[-3:] == [
        (HANS, "REQUEST 0"),
        (HANS, "REQUEST 2"),
        (LENA, "REQUEST 1"),
    ], "who stays sees no difference, so hears of none"
    assert pins_of(again)[HANS] != pins_of(planned)[HANS]


async def test_further_invitations_to_the_same_slot_join_the_conference(office: Office) -> None:
    anna = await office.server.signed_in("anna")
    start = office.at(2 * AN_HOUR)
    first = await office.planned(anna, start=start)
    reply = await anna.request(
        "conference.preview",
        {"plan": office.plan(LENA, start=start, title="Neu", description="<number> <pin>")},
    )
    assert problems(reply) == []
    both = await office.planned(anna, f"Lena <{LENA}>", HANS.upper(), start=start, title="Neu")
    assert both["conference_id"] == first["conference_id"]
    assert both["plan"]["addresses"] == [*first["plan"]["addresses"], f"Lena <{LENA}>"]
    assert pins_of(both).items() >= pins_of(first).items()
    letters = await office.letters(3)
    assert [to for to, _, _ in letters] == ["anna@example.net", HANS, LENA]
    assert sorted(str(one.message["Subject"]) for one in office.mail.letters) == ["Grüsse", "Grüsse", "Neu"]


async def test_a_cancelled_one_is_cancelled_for_everybody_and_stays_in_the_list(office: Office) -> None:
    anna, beat = await office.server.signed_in("anna"), await office.server.signed_in("beat")
    planned = await office.planned(anna)
    await office.letters(2)
    await office.states(anna, "sent", "sent")
    which = {"conference_id": planned["conference_id"]}
    assert code_of(await beat.request("conference.cancel", which)) == "not_found"
    assert code_of(await anna.request("conference.cancel", which)) == "done"
    assert [method for _, method in await office.kinds(4)] == [
        "CANCEL 1",
        "PUBLISH 0",
        "CANCEL 1",
        "REQUEST 0",
    ]
    await office.opened()
    assert anna.event_bodies("conference.plan_changed")[-1]["conference"]["cancelled"]
    assert code_of(await anna.request("conference.cancel", which)) == "conflict"
    await office.server.restart()
    anna = await office.server.signed_in("anna")
    assert anna.snapshot["conferences"]["plans"][0]["cancelled"]
    office.put_forward(30 * A_DAY)
    await anna.wait_for_event("conference.plan_removed", **which)


async def test_while_the_mail_server_is_away_letters_of_no_use_are_taken_back(
    office: Office, expected_logs: Any
) -> None:
    expected_logs("e-mails wait for the mail server", logger="wwphone.server.services.mail", optional=True)
    anna = await office.server.signed_in("anna")
    office.mail.stop()
    try:
        kept, gone = await office.planned(anna), await office.planned(anna, LENA, start=office.at(A_DAY))
        await office.changed(anna, kept, title="Ein anderer Titel")
        reply = await anna.request("conference.cancel", {"conference_id": gone["conference_id"]})
        assert code_of(reply) == "done"
        which = {"conference_id": kept["conference_id"], "addresses": [HANS]}
        assert code_of(await anna.request("conference.send_again", which)) == "done"
        store = await office.with_store()
        waiting = [one.letter for one in await store.letters()]
        await store.close()
    finally:
        office.mail.start()
    assert sorted(one.recipient for one in waiting) == ["anna@example.net", HANS]
    assert {one.subject for one in waiting} == {"Ein anderer Titel"}, "no update of what they do not know"


async def test_the_latest_invitation_is_sent_again_to_whom_one_wants(
    office: Office, expected_logs: Any
) -> None:
    expected_logs("an e-mail could not be sent", logger="wwphone.server.services.mail")
    anna = await office.server.signed_in("anna")
    office.mail.recipient_answer = "550 5.1.1 Hier wohnt niemand"
    with_logs = await office.planned(anna, HANS)
    failed = await office.states(anna, "failed")
    assert "Hier wohnt niemand" in failed["invitees"][0]["mail_words"]
    office.mail.recipient_answer = ""
    which = {"conference_id": with_logs["conference_id"], "addresses": [HANS.title()]}
    assert code_of(await anna.request("conference.send_again", which)) == "done"
    await office.states(anna, "sent")
    assert code_of(await anna.request("conference.send_again", which)) == "done"
    ((_, first, text), (_, second, _)) = await office.letters(2)
    assert (first, second) == ("REQUEST 0", "REQUEST 0")
    assert pins_of(with_logs)[HANS] in text
    stranger = {**which, "addresses": [LENA]}
    assert code_of(await anna.request("conference.send_again", stranger)) == "not_found"


async def test_a_conference_that_goes_on_is_extended_and_then_it_is_over(office: Office) -> None:
    anna = await office.server.signed_in("anna")
    start = office.at(2 * AN_HOUR)
    planned = await office.planned(anna, start=start)
    await office.letters(2)
    longer = {"conference_id": planned["conference_id"], "minutes": 15}
    assert code_of(await anna.request("conference.extend", longer)) == "conflict"
    assert office.service.going_on("201") == ""
    office.put_forward(2 * AN_HOUR)
    await wait_until_async(lambda: office.service.going_on("201") == planned["conference_id"], "its time")
    for wrong in (0, -5, 24 * 60):
        reply = await anna.request("conference.extend", {**longer, "minutes": wrong})
        assert code_of(reply) == "invalid"
    for _ in range(2):
        assert code_of(await anna.request("conference.extend", longer)) == "done"
    end = start + timedelta(minutes=90)
    await wait_until_async(lambda: office.doors[0].openings[0].closes_at == end, "the later end")
    told = anna.event_bodies("conference.plan_changed")[-1]["conference"]
    assert told["ends_at"] == end.isoformat().replace("+00:00", "Z")
    await office.server.restart()
    assert office.doors[0].openings[0].closes_at == end
    anna = await office.server.signed_in("anna")
    office.put_forward(timedelta(minutes=95))
    await office.opened()
    await wait_until_async(
        lambda: any(one["conference"].get("over") for one in anna.event_bodies("conference.plan_changed")),
        "its end",
    )
    assert code_of(await anna.request("conference.extend", longer)) == "conflict"
    assert (
        code_of(await anna.request("conference.cancel", {"conference_id": planned["conference_id"]}))
        == "conflict"
    )
    assert len(office.mail.letters) == 2


async def test_of_a_long_row_the_pbx_has_the_next_twenty_and_gets_the_others_in_time(office: Office) -> None:
    anna = await office.server.signed_in("anna")
    planned = await office.planned(anna, repeat="daily", times=30)
    (door,) = await office.opened(planned["conference_id"])
    assert len(door.openings) == 20
    office.put_forward(15 * A_DAY)
    await wait_until_async(lambda: len(office.doors[0].openings) == 15, "the rest")
    assert office.doors[0].openings[-1].starts_at - door.openings[-1].starts_at in (
        10 * A_DAY,
        10 * A_DAY + AN_HOUR,
        10 * A_DAY - AN_HOUR,
    )
    assert office.doors[0].pins == door.pins


async def test_of_two_answers_the_later_one_counts_and_a_bounce_is_told(office: Office) -> None:
    anna = await office.server.signed_in("anna")
    planned = await office.planned(anna)
    await office.letters(2)
    await office.states(anna, "sent", "sent")
    conference_id, now = planned["conference_id"], utc_now()

    async def answered(answer: Answer, ahead_s: float, address: str = HANS.upper(), words: str = "") -> bool:
        at = now + timedelta(seconds=ahead_s)
        return await office.service.note_answer(ConferenceAnswer(conference_id, address, answer, at, words))

    def hans() -> dict[str, Any]:
        return dict(anna.event_bodies("conference.plan_changed")[-1]["conference"]["invitees"][1])

    assert await answered(Answer.DECLINED, 20)
    assert await answered(Answer.ACCEPTED, 10)
    await wait_until_async(lambda: hans().get("answer") == "declined", "the later answer")
    assert await answered(Answer.TENTATIVE, 30)
    await wait_until_async(lambda: hans().get("answer") == "tentative", "a still later one")
    assert await answered(Answer.NONE, 40, words="550 no such user")
    await wait_until_async(lambda: hans()["mail"] == "failed", "the bounce")
    assert (hans()["answer"], hans()["mail_words"]) == ("tentative", "550 no such user")
    assert not await answered(Answer.ACCEPTED, 50, LENA)
    assert not await office.service.note_answer(ConferenceAnswer("none", HANS, Answer.ACCEPTED, now))
    await office.server.restart()
    anna = await office.server.signed_in("anna")
    (there,) = anna.snapshot["conferences"]["plans"]
    assert (there["invitees"][1]["answer"], there["invitees"][1]["mail"]) == ("tentative", "failed")


async def test_numbers_are_colleagues_and_of_the_phone_book(office: Office) -> None:
    store = await office.with_store()
    details = ContactDetails(
        first_name="Hans", surname="Größle", mobile="+41791112233", email="Hans@mueller.example"
    )
    await store.change_contacts(BookChange("anna", utc_now(), saved=(ContactDraft("1", "anna", details),)))
    await store.close()
    anna = await office.server.signed_in("anna")
    planned = await office.planned(anna, "Beat@example.net", HANS, LENA)
    assert [one.get("number", "") for one in planned["invitees"]] == ["202", "+41791112233", ""]
    assert office.service.name_of(planned["conference_id"], HANS) == ""


async def test_who_may_plan_where(office: Office) -> None:
    anna, carla = await office.server.signed_in("anna"), await office.server.signed_in("carla")
    for command, body in (
        ("conference.preview", {"plan": office.plan()}),
        ("conference.plan", {"plan": office.plan()}),
        ("conference.renew_feed", {}),
    ):
        assert code_of(await carla.request(command, body)) == "not_permitted"
    for room in ("202", "999", "203", "", "../etc"):
        assert problems(await anna.request("conference.preview", {"plan": office.plan(room=room)})) == [
            "unknown_room"
        ]
        assert code_of(await anna.request("conference.plan", {"plan": office.plan(room=room)})) == "invalid"
    planned = await office.planned(anna, room="870")
    beat = await office.server.signed_in("beat")
    same_time = office.plan(room="870", start=datetime.fromisoformat(planned["starts_at"]))
    reply = await beat.request("conference.preview", {"plan": same_time})
    (remark,) = reply["body"]["remarks"]
    assert remark == {"problem": "room_taken", "detail": ""}, "another's title is not told"
    assert code_of(await beat.request("conference.plan", {"plan": same_time})) == "conference.planned"
    await office.server.edit(replace(BEAT, rights=BEAT.rights | {Right.ADMINISTRATE}))
    await wait_until_async(
        lambda: Right.ADMINISTRATE in office.server.running.directory.users["beat"].rights, "the right"
    )
    assert problems(await beat.request("conference.preview", {"plan": office.plan(room="201")})) == []


HOSTILE: dict[str, tuple[dict[str, Any], str]] = {
    "a header in the title": ({"title": "Hallo\r\nBcc: all@example.net"}, "control_characters"),
    "a header in the place": ({"place": "Hier\nX-Header: 1"}, "control_characters"),
    "a header in the address for answers": ({"reply_to": "a@b.ch\r\nBcc: c@d.ch"}, "bad_address"),
    "a zero byte": ({"description": "<number> <pin>\0"}, "control_characters"),
    "no title": ({"title": "  "}, "no_title"),
    "a long title": ({"title": "x" * 201}, "too_long"),
    "a long description": ({"description": "<number> <pin>" + "x" * 8_000}, "too_long"),
    "a stranger's variable": ({"description": "<number> <pin> <password>"}, "unknown_variable"),
    "no address": ({"addresses": []}, "no_address"),
    "no such address": ({"addresses": ["anna@example.net", "Hans, Lena"]}, "bad_address"),
    "too many": ({"addresses": [f"a{number}@example.net" for number in range(501)]}, "too_many_addresses"),
    "yesterday": ({"starts_at": "2020-01-01T10:00:00Z"}, "in_the_past"),
    "the year 1": ({"starts_at": "0001-01-01T00:00:00Z"}, "in_the_past"),
    "the year 9999": ({"starts_at": "9999-12-31T23:59:00Z"}, "bad_duration"),
    "an end before the start": ({"duration_min": -60}, "bad_duration"),
    "no duration": ({"duration_min": 0}, "bad_duration"),
    "days": ({"duration_min": 24 * 60 + 1}, "bad_duration"),
    "a lead of days": ({"lead_min": 24 * 60 + 1}, "bad_duration"),
    "never": ({"times": 0, "repeat": "daily"}, "bad_duration"),
    "for ever": ({"times": 10**9, "repeat": "daily"}, "bad_duration"),
    "no zone": ({"zone": ""}, "unknown_zone"),
    "a zone of elsewhere": ({"zone": "../../etc/passwd"}, "unknown_zone"),
    "a folder": ({"zone": "Europe"}, "unknown_zone"),
}


async def test_bad_input_is_a_remark_and_nothing_is_sent(office: Office) -> None:
    anna = await office.server.signed_in("anna")
    for name, (fields, problem) in HOSTILE.items():
        plan = {"plan": office.plan() | fields}
        found = problems(await anna.request("conference.preview", plan))
        assert problem in found, name
        assert code_of(await anna.request("conference.plan", plan)) == "invalid", name
    bad_language = {"plan": office.plan(language="tlh")}
    assert code_of(await anna.request("conference.preview", bad_language)) == "invalid"
    for warning in ("<number> <pin>", "<pin>", "<number>"):
        assert "unknown_variable" not in problems(
            await anna.request("conference.preview", {"plan": office.plan(description=warning)})
        )
    assert (office.mail.letters, office.doors) == ([], ())
    assert anna.snapshot["conferences"]["plans"] == []


async def test_five_hundred_are_invited_at_once_with_longer_pins(office: Office, expected_logs: Any) -> None:
    expected_logs("e-mails wait for the mail server", logger="wwphone.server.services.mail", optional=True)
    office.mail.stop()  # five hundred letters are another test's business
    try:
        anna = await office.server.signed_in("anna")
        planned = await office.planned(anna, *(f"a{number}@example.net" for number in range(500)))
        pins = set(pins_of(planned).values())
        assert (len(pins), {len(pin) for pin in pins}) == (500, {7})
        (door,) = await office.opened(planned["conference_id"])
        assert {pin for pin, _ in door.pins} == pins
        start = datetime.fromisoformat(planned["starts_at"])
        reply = await anna.request("conference.preview", {"plan": office.plan(LENA, start=start)})
        assert "too_many_addresses" in problems(reply)
    finally:
        await office.server.stop()
        office.mail.start()


async def test_two_who_plan_at_once_get_pins_of_their_own(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter([482_917, 482_917, 730_164, 730_164, 592_813, 618_305, 940_275])
    monkeypatch.setattr(
        "wwphone.server.services.conference_pins.secrets.randbelow", lambda bound: next(drawn)
    )
    anna, beat = await office.server.signed_in("anna"), await office.server.signed_in("beat")
    one, other = await asyncio.gather(
        office.planned(anna, HANS), office.planned(beat, HANS, LENA, room="202")
    )
    pins = [*pins_of(one).values(), *pins_of(other).values()]
    assert len(set(pins)) == 3


async def test_a_pin_that_another_server_took_meanwhile_is_drawn_anew(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = await office.server.signed_in("anna")
    first = await office.planned(anna, HANS)
    taken = pins_of(first)[HANS]
    draws = iter([(taken,), ("592813",)])
    monkeypatch.setattr("wwphone.server.services.conference_checks.new_pins", lambda *_: next(draws))
    second = await office.planned(anna, LENA, start=office.at(A_DAY))
    assert pins_of(second)[LENA] == "592813"
    assert [to for to, _, _ in await office.letters(2)] == [HANS, LENA]


async def test_a_full_disk_leaves_nothing_half_done(
    office: Office, monkeypatch: pytest.MonkeyPatch, expected_logs: Any
) -> None:
    expected_logs("failed: the database failed", logger="wwphone.server.services.commands")
    anna = await office.server.signed_in("anna")

    def full(*_: Any) -> None:
        raise sa.exc.OperationalError("INSERT", {}, OSError("database or disk is full"))

    with monkeypatch.context() as patched:
        patched.setattr(mails, "queue", full)
        reply = await anna.request("conference.plan", {"plan": office.plan()})
        assert code_of(reply) == "internal"
    store = await office.with_store()
    assert (await store.planned_conferences(), await store.remembered_plans()) == ((), {})
    await store.close()
    assert office.doors == ()
    await office.planned(anna)
    await office.letters(2)


async def test_the_pbx_gets_the_times_as_soon_as_it_takes_them(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = await office.server.signed_in("anna")
    await wait_until_async(lambda: office.service._doors._told == (), "the first telling")
    conference = office.server.pbx.conference
    set_doors, refusals = conference.set_doors, [PbxError("no"), PbxError("no")]

    async def refusing(doors: Any) -> None:
        if refusals:
            raise refusals.pop()
        await set_doors(doors)

    monkeypatch.setattr("wwphone.server.services.conference_doors._FIRST_RETRY_S", 0.05)
    monkeypatch.setattr(conference, "set_doors", refusing)
    planned = await office.planned(anna)
    await office.opened(planned["conference_id"])


async def test_a_removed_user_s_conferences_are_cancelled(office: Office) -> None:
    anna = await office.server.signed_in("anna")
    await office.planned(anna)
    await office.letters(2)
    await office.states(anna, "sent", "sent")
    store = await office.with_store()
    await store.remove_user("anna")
    await store.close()
    assert [method for _, method in await office.kinds(4)] == [
        "CANCEL 1",
        "PUBLISH 0",
        "CANCEL 1",
        "REQUEST 0",
    ]
    await office.opened()


async def test_a_room_that_is_gone_is_left_for_one_s_own_or_the_conference_is_cancelled(
    office: Office,
) -> None:
    anna, beat = await office.server.signed_in("anna"), await office.server.signed_in("beat")
    one, other = await office.planned(anna, HANS, room="870"), await office.planned(beat, LENA, room="202")
    await office.letters(2)
    await office.server.stop()
    store = await office.with_store()
    await store.remove_room("870")
    await store.replace_user(replace(BEAT, number="222"))
    await store.close()
    await office.server.start()
    await wait_until_async(lambda: {door.room for door in office.doors} == {"201", "222"}, "their own rooms")
    assert {door.conference_id for door in office.doors} == {one["conference_id"], other["conference_id"]}
    await office.letters(2)
    beat = await office.server.signed_in("beat")
    await office.server.edit(replace(BEAT, number="222", rights=frozenset({Right.CTI_ACCESS})))
    await office.opened(one["conference_id"])
    assert [(to, method) for to, method in await office.kinds(3)][-2:] == [
        (LENA, "CANCEL 1"),
        (LENA, "REQUEST 0"),
    ]
    await wait_until_async(
        lambda: any(
            each["conference"].get("cancelled") for each in beat.event_bodies("conference.plan_changed")
        ),
        "its end",
    )


async def test_the_administrator_cancels_by_the_command_line(office: Office) -> None:
    anna = await office.server.signed_in("anna")
    planned = await office.planned(anna, HANS)
    await office.letters(1)
    store = await office.with_store()
    await store.wish_conference_cancelled(planned["conference_id"])
    await store.close()
    assert [method for _, method in await office.kinds(2)] == ["CANCEL 1", "REQUEST 0"]
    await office.opened()
    await wait_until_async(
        lambda: anna.event_bodies("conference.plan_changed")[-1]["conference"].get("cancelled"), "its end"
    )


# ---------------------------------------------------------------- the feed


def get(office: Office, path: str, headers: dict[str, str] | None = None) -> tuple[int, bytes, Any]:
    url = f"https://127.0.0.1:{office.server.running.listener.port}{path}"
    context: ssl.SSLContext | None = office.server.context()
    try:
        request = urllib.request.Request(url, headers=headers or {})
        with urllib.request.urlopen(request, context=context) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(), error.headers


async def fetch(office: Office, path: str, **headers: str) -> tuple[int, bytes, Any]:
    return await asyncio.to_thread(
        get, office, path, {name.replace("_", "-"): value for name, value in headers.items()}
    )


async def test_one_s_conferences_are_a_calendar_behind_a_secret_address(office: Office) -> None:
    anna = await office.server.signed_in("anna")
    assert not anna.snapshot["conferences"]["feed"]
    planned = await office.planned(anna, HANS, "anna@example.net", repeat="weekly", times=4)
    path = (await anna.request("conference.renew_feed"))["body"]["path"]
    assert re.fullmatch(r"/conferences/[A-Za-z0-9_-]{43}\.ics", path)
    assert await anna.wait_for_event("conference.feed_changed", feed=True)
    status, body, headers = await fetch(office, path)
    assert (status, headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    event: Any = Calendar.from_ical(body).walk("VEVENT")[0]
    start = datetime.fromisoformat(planned["plan"]["starts_at"])
    assert event["DTSTART"].dt.astimezone(UTC) == start
    assert event["DTSTART"].dt.tzinfo is not None
    assert planned["conference_id"] in event["UID"]
    text = body.replace(b"\r\n ", b"").decode()
    assert pins_of(planned)["anna@example.net"] in text
    assert pins_of(planned)[HANS] not in text
    assert "BEGIN:VTIMEZONE" in text
    assert (await fetch(office, path, If_None_Match=headers["ETag"]))[:2] == (304, b"")
    cancelled = await anna.request("conference.cancel", {"conference_id": planned["conference_id"]})
    assert code_of(cancelled) == "done"
    status, body, other = await fetch(office, path, If_None_Match=headers["ETag"])
    assert (status, other["ETag"] != headers["ETag"]) == (200, True)
    assert b"STATUS:CANCELLED" in body


async def test_a_feed_outlives_a_restart_and_no_other_address_leads_there(office: Office) -> None:
    anna = await office.server.signed_in("anna")
    former = (await anna.request("conference.renew_feed"))["body"]["path"]
    await office.server.restart()
    anna = await office.server.signed_in("anna")
    assert anna.snapshot["conferences"]["feed"]
    assert (await fetch(office, former))[0] == 200, "also without any conference"
    path = (await anna.request("conference.renew_feed"))["body"]["path"]
    for wrong in (
        former,
        "/conferences/.ics",
        "/conferences/x.ics",
        "/conferences/",
        path[:-5],
        f"{path}/../x",
    ):
        assert (await fetch(office, wrong))[0] == 404, wrong
    assert (await fetch(office, path, Origin="https://example.net"))[0] == 403
    store = await office.with_store()
    digests = await store.feed_digests()
    await store.close()
    assert all(digest not in path for digest in digests.values())
    await office.server.edit(replace(ANNA, rights=frozenset({Right.CTI_ACCESS})))
    await wait_until_async(
        lambda: Right.CONFERENCE_ROOM not in office.server.running.directory.users["anna"].rights, "no right"
    )
    assert (await fetch(office, path))[0] == 404
    await office.server.edit(ANNA)
    await wait_until_async(
        lambda: Right.CONFERENCE_ROOM in office.server.running.directory.users["anna"].rights, "the right"
    )
    assert (await fetch(office, path))[0] == 200
    assert code_of(await anna.request("conference.end_feed")) == "done"
    assert await anna.wait_for_event("conference.feed_changed", feed=False)
    assert (await fetch(office, path))[0] == 404
