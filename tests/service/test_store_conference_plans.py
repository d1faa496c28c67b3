"""Planned conferences in the store, on SQLite and on PostgreSQL: a change with its letters and PINs, or nothing of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.service.test_store_mails import A_MINUTE, letter
from tests.service.test_store_records import ANNA, JUERG, NOON, SALES
from wwphone.domain.conference_plans import (
    Answer,
    ConferencePlan,
    InvitationMail,
    RememberedPlan,
    Repeat,
    TimeAnswer,
)
from wwphone.domain.phonebook import ContactDetails
from wwphone.server.api import DuplicateError, StoreError
from wwphone.server.conference_api import Organizer
from wwphone.server.conference_plans_api import ConferenceMail, ConferenceRecord, InviteeRecord
from wwphone.server.mail_api import MailNote, MailState
from wwphone.server.phonebook_api import BookChange, ContactDraft
from wwphone.server.store.sql_store import SqlStore

AN_HOUR = timedelta(hours=1)
REMEMBERED = RememberedPlan("Grüsse", "<number> <pin>", "Telefon", "r@x.net", "anna@example.net", 5, 30)


def record(
    conference_id: str, *pins: str, owner: str = "anna", letter_id: str = "conference:1"
) -> ConferenceRecord:
    invitees = tuple(
        InviteeRecord(
            f"guest{pin}@example.net",
            "Größle",
            pin,
            letter_id,
            NOON,
            1,
            InvitationMail.FAILED,
            "550 nein",
            Answer.TENTATIVE,
            NOON,
            NOON,
            (TimeAnswer(NOON + AN_HOUR, Answer.DECLINED, NOON),),
        )
        for pin in pins
    )
    plan = ConferencePlan(
        "201", NOON, "Europe/Zurich", 60, "Grüsse", "<number> <pin>", "Telefon", 5, Repeat.WEEKLY, 3, "r@x.net",
        tuple(f"Größle <{one.address}>" for one in invitees), "de",
    )  # fmt: skip
    organizer = Organizer("Anna", "anna@example.net", "r@x.net")
    return ConferenceRecord(
        conference_id, owner, plan, organizer, 2, NOON, NOON + AN_HOUR, NOON, 15, None, invitees
    )


def mail(letter_id: str, replaces: str = "", instead: str = "") -> ConferenceMail:
    return ConferenceMail(letter(letter_id), replaces, letter(instead) if instead else None)


@pytest.fixture
async def kept(store: SqlStore) -> SqlStore:
    await store.replace_groups((SALES,))
    await store.add_user(JUERG)
    await store.add_user(ANNA)
    return store


async def queued(store: SqlStore) -> list[str]:
    return sorted(one.letter.letter_id for one in await store.letters())


async def test_a_conference_comes_back_as_it_was_with_its_letters(kept: SqlStore) -> None:
    one, other = record("b", "482917", "730164"), record("a", "592813")
    await kept.add_conference(one, [mail("1"), mail("2")], REMEMBERED)
    await kept.add_conference(other, [], None)
    assert await kept.planned_conferences() == (other, one)
    assert await queued(kept) == ["1", "2"]
    assert await kept.remembered_plans() == {"anna": REMEMBERED}
    changed = replace(one, sequence=3, invitees=one.invitees[:1], cancelled_at=NOON, extended_start=None)
    await kept.change_conference(changed, [mail("3")], replace(REMEMBERED, title="Neu"))
    assert (await kept.planned_conferences())[1] == changed
    assert (await kept.remembered_plans())["anna"].title == "Neu"
    with pytest.raises(KeyError):
        await kept.change_conference(replace(one, conference_id="none"), [mail("4")])
    assert await queued(kept) == ["1", "2", "3"]


async def test_a_pin_belongs_to_one_conference_until_it_is_over_or_cancelled(kept: SqlStore) -> None:
    await kept.add_conference(record("a", "482917"), [], None)
    with pytest.raises(DuplicateError):
        await kept.add_conference(record("b", "730164", "482917"), [mail("1")], REMEMBERED)
    assert (await queued(kept), await kept.remembered_plans()) == ([], {}), "nothing of it was done"
    assert [one.conference_id for one in await kept.planned_conferences()] == ["a"]
    await kept.free_pins(["a"])
    await kept.add_conference(record("b", "730164", "482917"), [], None)
    with pytest.raises(DuplicateError):
        await kept.change_conference(record("a", "482917"), [mail("1")])
    await kept.change_conference(replace(record("b", "730164", "482917"), cancelled_at=NOON), [])
    await kept.change_conference(record("a", "482917"), [mail("1")])
    assert await queued(kept) == ["1"]


async def test_of_two_at_once_with_one_pin_one_is_refused_whole(kept: SqlStore) -> None:
    both = await asyncio.gather(
        kept.add_conference(record("a", "482917"), [mail("1")], None),
        kept.add_conference(record("b", "482917"), [mail("2")], None),
        return_exceptions=True,
    )
    assert [type(one) for one in both if one is not None] == [DuplicateError]
    (there,) = await kept.planned_conferences()
    assert await queued(kept) == ["1" if there.conference_id == "a" else "2"]


async def test_what_still_waits_is_replaced_and_what_is_on_its_way_is_not(kept: SqlStore) -> None:
    await kept.add_conference(record("a", "482917"), [mail("1"), mail("2"), mail("3")], None)
    await kept.note_letter("2", MailNote(MailState.SENDING, NOON))
    changes = [mail("1-update", "1", "1-new"), mail("2-update", "2", "2-new"), mail("3-cancel", "3")]
    await kept.change_conference(record("a", "482917"), changes)
    assert await queued(kept) == ["1-new", "2", "2-update"]


async def test_a_refused_letter_leaves_everything_as_it_was(kept: SqlStore) -> None:
    await kept.add_conference(record("a", "482917"), [mail("1")], None)
    stranger = ConferenceMail(letter("2", owner="nobody"), "1", letter("3", owner="nobody"))
    with pytest.raises(StoreError):
        await kept.change_conference(record("a", "730164"), [stranger], REMEMBERED)
    assert await kept.planned_conferences() == (record("a", "482917"),)
    assert (await queued(kept), await kept.remembered_plans()) == (["1"], {})


async def test_what_became_of_the_invited_is_noted_each_by_itself(kept: SqlStore) -> None:
    one = record("a", "482917", "730164")
    await kept.add_conference(one, [], None)
    noted = replace(one.invitees[1], mail=InvitationMail.SENT, mail_words="", answer=Answer.ACCEPTED)
    await kept.note_invitees("a", [noted, replace(noted, address="stranger@example.net")])
    assert (await kept.planned_conferences())[0].invitees == (one.invitees[0], noted)


async def test_a_removed_user_s_conferences_are_nobody_s_and_the_rest_is_gone(kept: SqlStore) -> None:
    await kept.add_conference(record("a", "482917"), [], REMEMBERED)
    await kept.save_feed("anna", "digest")
    await kept.remove_user("anna")
    await kept.add_user(ANNA)
    assert [one.owner for one in await kept.planned_conferences()] == [""]
    assert (await kept.remembered_plans(), await kept.feed_digests()) == ({}, {})
    await kept.forget_conferences(["a"])
    assert await kept.planned_conferences() == ()
    await kept.add_conference(record("b", "482917"), [], None)


async def test_a_feed_is_renewed_and_ended(kept: SqlStore) -> None:
    await kept.save_feed("anna", "one")
    await kept.save_feed("juerg", "two")
    await kept.save_feed("anna", "three")
    assert await kept.feed_digests() == {"anna": "three", "juerg": "two"}
    await kept.save_feed("anna", None)
    assert await kept.feed_digests() == {"juerg": "two"}


async def test_the_command_line_s_wish_is_seen_by_the_directory_s_counter(kept: SqlStore) -> None:
    await kept.add_conference(record("a", "482917"), [], None)
    before = await kept.directory_revision()
    await kept.wish_conference_cancelled("a")
    assert await kept.unwanted_conferences() == {"a"}
    assert await kept.directory_revision() == before + 1
    await kept.change_conference(record("a", "482917"), [])
    assert await kept.unwanted_conferences() == {"a"}, "another change does not undo it"
    await kept.change_conference(replace(record("a", "482917"), cancelled_at=NOON + A_MINUTE), [])
    assert await kept.unwanted_conferences() == frozenset()
    for gone in ("a", "none"):
        with pytest.raises(KeyError):
            await kept.wish_conference_cancelled(gone)


async def test_numbers_come_from_one_s_own_entries_before_everybody_s(kept: SqlStore) -> None:
    entries = (
        ContactDraft("1", "", ContactDetails(company="M", office="+41442681204", email="Hans@Example.net")),
        ContactDraft("2", "", ContactDetails(company="N", email="none@example.net")),
        ContactDraft("3", "anna", ContactDetails(company="O", mobile="+41791112233", email="hans@example.net")),
    )  # fmt: skip
    await kept.change_contacts(BookChange(by="anna", at=NOON, saved=entries))
    asked = ("hans@example.net", "none@example.net", "other@example.net")
    assert await kept.numbers_of_addresses("anna", asked) == {"hans@example.net": "+41791112233"}
    assert await kept.numbers_of_addresses("juerg", asked) == {"hans@example.net": "+41442681204"}
    assert await kept.numbers_of_addresses("juerg", ()) == {}
