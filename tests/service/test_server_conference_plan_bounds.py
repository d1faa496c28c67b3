"""What may not be planned, and what happens when users, rooms, PINs and disks are not as they should be."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from tests.helpers.waiting import wait_until_async
from tests.service.conference_office import (
    A_DAY,
    ANNA,
    BEAT,
    HANS,
    LENA,
    Office,
    pins_of,
    problems,
)
from tests.service.conference_office import mail as mail  # noqa: PLC0414 - a fixture
from tests.service.conference_office import office as office  # noqa: PLC0414 - a fixture
from tests.service.conference_office import shared_mail as shared_mail  # noqa: PLC0414 - a fixture
from tests.service.test_server_history import code_of
from wwphone.domain.account import Right
from wwphone.server.store import mails


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


async def test_who_may_hold_none_any_more_sends_nothing_but_cancellations(office: Office) -> None:
    anna = await office.server.signed_in("anna")
    planned = await office.planned(anna, HANS, room="870")
    await office.letters(1)
    await office.server.edit(replace(ANNA, rights=frozenset({Right.CTI_ACCESS})))
    await wait_until_async(
        lambda: Right.CONFERENCE_ROOM not in office.server.running.directory.users["anna"].rights, "the end"
    )
    which = {"conference_id": planned["conference_id"]}
    again = {**which, "addresses": [HANS]}
    assert code_of(await anna.request("conference.send_again", again)) == "not_permitted"
    change = {**which, "sequence": 0, "plan": planned["plan"]}
    assert code_of(await anna.request("conference.change", change)) == "not_permitted"
    assert code_of(await anna.request("conference.cancel", which)) == "done"
    assert [method for _, method in await office.kinds(2)] == ["CANCEL 1", "REQUEST 0"]


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


async def test_who_is_invited_later_gets_a_pin_drawn_anew_too(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = await office.server.signed_in("anna")
    first = await office.planned(anna, HANS)
    taken, start = pins_of(first)[HANS], office.at(A_DAY)
    second = await office.planned(anna, HANS, start=start)
    draws = iter([(taken,), ("592813",), (taken,), (taken,), ("618305",)])
    monkeypatch.setattr("wwphone.server.services.conference_checks.new_pins", lambda *_: next(draws))
    more = await office.planned(anna, LENA, start=start)
    assert (more["conference_id"], pins_of(more)[LENA]) == (second["conference_id"], "592813")
    changed = await office.changed(anna, more, HANS, LENA, "eva@example.org")
    assert pins_of(changed) == {**pins_of(more), "eva@example.org": "618305"}
    assert next(draws, None) is None
    assert [to for to, _, _ in await office.letters(4)] == ["eva@example.org", HANS, HANS, LENA]


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


async def test_a_zone_that_this_machine_lost_leaves_one_conference_out_and_serves_the_others(
    office: Office, monkeypatch: pytest.MonkeyPatch, expected_logs: Any
) -> None:
    anna = await office.server.signed_in("anna")
    lost = await office.planned(anna, HANS, zone="Asia/Kolkata")
    kept = await office.planned(anna, LENA, start=office.at(A_DAY))
    await office.server.stop()
    expected_logs(
        f"conference {lost['conference_id']} is left out", logger="wwphone.server.services.conference_book"
    )
    with monkeypatch.context() as patched:
        patched.setattr("wwphone.domain.conference_times.zone_names", lambda: frozenset({"Europe/Zurich"}))
        await office.server.start()
        anna = await office.server.signed_in("anna")
        assert [one["conference_id"] for one in anna.snapshot["conferences"]["plans"]] == [
            kept["conference_id"]
        ]
        await office.server.stop()
    await office.server.start()
    await office.opened(lost["conference_id"], kept["conference_id"])
