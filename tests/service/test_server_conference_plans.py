"""Planned conferences through a whole CTI server and a real mail server: who is told what, what the PBX lets in, once and never twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.helpers.waiting import wait_until_async
from tests.service.conference_office import (
    A_DAY,
    AN_HOUR,
    HANS,
    LENA,
    OUTSIDE,
    Office,
    pins_of,
    problems,
)
from tests.service.conference_office import mail as mail  # noqa: PLC0414 - a fixture
from tests.service.conference_office import office as office  # noqa: PLC0414 - a fixture
from tests.service.conference_office import shared_mail as shared_mail  # noqa: PLC0414 - a fixture
from tests.service.test_server_history import code_of
from wwphone.domain.conference_plans import Answer
from wwphone.domain.phonebook import ContactDetails
from wwphone.server.api import PbxError
from wwphone.server.clock import utc_now
from wwphone.server.conference_api import ConferenceAnswer
from wwphone.server.phonebook_api import BookChange, ContactDraft


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
    assert f"+41 44 555 01 80 wählen, dann {pins[HANS]}" in other[2]
    sent = await office.states(anna, "sent", "sent")
    assert sent["invitees"][1]["link"] == f"tel:{OUTSIDE},,{pins[HANS]}%23"
    (door,) = await office.opened(planned["conference_id"])
    (opening,) = door.openings
    assert (door.room, dict(door.pins)) == ("201", {pin: address for address, pin in pins.items()})
    assert (opening.opens_at, opening.closes_at) == (start - timedelta(minutes=10), start + AN_HOUR)
    remembered = (await anna.wait_for_event("conference.remembered"))["remembered"]
    assert (remembered["title"], remembered["first_address"]) == ("Grüsse", "anna@example.net")
    assert beat.event_bodies("conference.plan_changed") == []


async def test_the_first_invitation_begins_with_ones_own_address(office: Office) -> None:
    anna = await office.server.signed_in("anna")
    remembered = anna.snapshot["conferences"]["remembered"]
    assert (remembered["reply_to"], remembered["first_address"]) == ("anna@example.net", "anna@example.net")
    assert remembered["title"] == ""


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
    assert code_of(await anna.request("conference.send_again", which)) == "conflict", "not at once"
    await office.letters(1)
    office.put_forward(timedelta(minutes=1))
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


async def test_an_answer_for_one_time_alone_is_kept_beside_the_one_for_all(office: Office) -> None:
    anna = await office.server.signed_in("anna")
    planned = await office.planned(anna, repeat="daily", times=3)
    conference_id, now = planned["conference_id"], utc_now()
    starts = [one.starts_at for one in (await office.opened(conference_id))[0].openings]
    clock = starts[2].astimezone(ZoneInfo(planned["plan"]["zone"])).replace(tzinfo=None)

    async def answered(answer: Answer, ahead_s: float, starts_at: datetime | None = None) -> bool:
        at = now + timedelta(seconds=ahead_s)
        return await office.service.note_answer(
            ConferenceAnswer(conference_id, HANS, answer, at, starts_at=starts_at)
        )

    def hans(client: Any = anna) -> tuple[str, list[tuple[datetime, str]]]:
        told = client.event_bodies("conference.plan_changed")
        plans = [told[-1]["conference"]] if told else client.snapshot["conferences"]["plans"]
        one = plans[0]["invitees"][1]
        times = [(datetime.fromisoformat(each["starts_at"]), each["answer"]) for each in one.get("times", ())]
        return one.get("answer", "none"), times

    assert await answered(Answer.ACCEPTED, 10)
    assert await answered(Answer.DECLINED, 20, starts[1])
    assert await answered(Answer.TENTATIVE, 20, clock)  # the conference's own clock
    assert await answered(Answer.ACCEPTED, 5, starts[0]), "older than the one for all: nothing changes"
    assert await answered(Answer.ACCEPTED, 15, starts[1]), "older than the one for this time"
    assert not await answered(Answer.DECLINED, 20, starts[1] + timedelta(minutes=1))
    expected = ("accepted", [(starts[1], "declined"), (starts[2], "tentative")])
    await wait_until_async(lambda: hans() == expected, "both answers")
    await office.server.restart()
    anna = await office.server.signed_in("anna")
    assert hans(anna) == expected
    assert await answered(Answer.DECLINED, 30)
    await wait_until_async(lambda: hans(anna) == ("declined", []), "a later one for all")
    assert await answered(Answer.ACCEPTED, 40, starts[1])
    await wait_until_async(
        lambda: hans(anna) == ("declined", [(starts[1], "accepted")]), "one time after all"
    )
    later = (starts[0] + timedelta(hours=2)).isoformat().replace("+00:00", "Z")
    (there,) = anna.snapshot["conferences"]["plans"]
    await office.changed(anna, there, starts_at=later)
    assert hans(anna) == ("none", []), "they were about other times"


async def test_answers_for_times_that_are_past_are_forgotten(office: Office) -> None:
    anna = await office.server.signed_in("anna")
    planned = await office.planned(anna, repeat="daily", times=3)
    conference_id = planned["conference_id"]
    starts = [one.starts_at for one in (await office.opened(conference_id))[0].openings]

    async def answered(starts_at: datetime) -> bool:
        answer = ConferenceAnswer(conference_id, HANS, Answer.DECLINED, utc_now(), starts_at=starts_at)
        return await office.service.note_answer(answer)

    def told(client: Any) -> list[datetime]:
        there = client.event_bodies("conference.plan_changed")
        plans = [there[-1]["conference"]] if there else client.snapshot["conferences"]["plans"]
        return [datetime.fromisoformat(one["starts_at"]) for one in plans[0]["invitees"][1].get("times", ())]

    async def kept() -> list[datetime]:
        store = await office.with_store()
        (record,) = await store.planned_conferences()
        await store.close()
        return [one.starts_at for one in record.invitees[1].times]

    assert [await answered(one) for one in starts] == [True] * 3
    await wait_until_async(lambda: told(anna) == starts, "all answers")
    office.put_forward(starts[0] - office.clock() + timedelta(minutes=30))
    await wait_until_async(lambda: office.service.going_on("201") == conference_id, "the first time")
    assert told(anna) == await kept() == starts, "it goes on"
    office.put_forward(AN_HOUR)
    await wait_until_async(lambda: told(anna) == starts[1:], "its end")
    assert await kept() == starts[1:]
    assert await answered(starts[0]), "late, and of no use"
    assert await kept() == starts[1:]

    office.clock.ahead += A_DAY  # while the server does not look
    await office.server.restart()
    anna = await office.server.signed_in("anna")
    await wait_until_async(lambda: told(anna) == starts[2:], "the start")
    assert await kept() == starts[2:]
    office.put_forward(A_DAY)
    await wait_until_async(
        lambda: any(one["conference"].get("over") for one in anna.event_bodies("conference.plan_changed")),
        "the end of all",
    )
    assert told(anna) == await kept() == starts[2:], "of the last one they stay as long as it"


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
