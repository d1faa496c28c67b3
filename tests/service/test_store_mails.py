"""The outgoing mail in the store, on SQLite and on PostgreSQL: queued once, moved as the table says, gone with its owner."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.service.test_store_history import call, called_back, group_call
from tests.service.test_store_records import ANNA, JUERG, NOON, SALES
from wwphone.domain.history import CallResult
from wwphone.domain.mail import MailFailure
from wwphone.domain.phonebook import ContactDetails
from wwphone.server.history_api import RecordedCall
from wwphone.server.mail_api import INTERRUPTED_WORDS, MOVES, Letter, MailNote, MailQueue, MailState
from wwphone.server.phonebook_api import BookChange, ContactDraft
from wwphone.server.store.sql_store import SqlStore

A_MINUTE = timedelta(minutes=1)


def letter(letter_id: str, owner: str = "anna", minute: int = 0) -> Letter:
    at = NOON + minute * A_MINUTE
    return Letter(
        letter_id, f"{owner}@example.net", "Grüsse", "Ein Text", at, at + timedelta(days=1), "Anna", "r@x.net", "CAL",
        owner, "CANCEL", "<p>Ein Text</p>", "Anna Muster", "conf-1",
    )  # fmt: skip


def about(*calls: RecordedCall) -> dict[str, Letter]:
    return {one.entry_id: letter(f"missed:{one.entry_id}", one.user) for one in calls}


@pytest.fixture
async def queue(store: SqlStore) -> SqlStore:
    await store.replace_groups((SALES,))
    await store.add_user(JUERG)
    await store.add_user(ANNA)
    return store


async def queued(queue: SqlStore) -> list[str]:
    return [one.letter.letter_id for one in await queue.letters()]


async def write(queue: SqlStore, *calls: RecordedCall) -> None:
    await queue.write_history(calls, None, letters=about(*calls))


async def test_a_letter_is_queued_once_and_comes_back_as_it_was(queue: SqlStore) -> None:
    first = letter("1")
    await queue.queue_letters([first, letter("2", minute=1), letter("3", owner="", minute=2), first])
    await queue.queue_letters([replace(first, subject="another")])
    assert await queued(queue) == ["1", "2", "3"]
    (one,) = await queue.due_letters(NOON, 10)
    assert (one.letter, one.state, one.attempts, one.next_at) == (first, MailState.QUEUED, 0, NOON)
    assert [due.letter.letter_id for due in await queue.due_letters(NOON + A_MINUTE, 10)] == ["1", "2"]
    assert len(await queue.due_letters(NOON + A_MINUTE, 1)) == 1
    assert await queue.next_letter_at() == NOON
    await queue.queue_letters([letter("a_b:4"), letter("aXb:5")])
    assert [found.letter.letter_id for found in await queue.letters("a_b")] == ["a_b:4"]


async def test_what_has_ended_is_never_due_and_its_text_is_forgotten(queue: SqlStore) -> None:
    await queue.queue_letters([letter("1")])
    await queue.note_letter("1", MailNote(MailState.QUEUED, NOON, "450 later", NOON + A_MINUTE, 1))
    assert await queue.due_letters(NOON, 10) == ()
    (one,) = await queue.due_letters(NOON + A_MINUTE, 10)
    assert (one.words, one.attempts) == ("450 later", 1)
    await queue.note_letter("1", MailNote(MailState.SENDING, NOON, attempts=1))
    assert await queue.due_letters(NOON + A_MINUTE, 10) == ()
    await queue.note_letter("1", MailNote(MailState.SENT, NOON, "250 ok"))
    (one,) = await queue.letters()
    assert (one.state, one.attempts) == (MailState.SENT, 2)
    assert (one.letter.text, one.letter.html, one.letter.calendar) == ("", "", "")
    assert await queue.next_letter_at() is None


@pytest.mark.parametrize("state", MailState, ids=lambda state: state.value)
async def test_only_the_moves_of_the_table_are_made(queue: SqlStore, state: MailState) -> None:
    ways = {
        MailState.QUEUED: (),
        MailState.SENDING: (MailState.SENDING,),
        MailState.SENT: (MailState.SENDING, MailState.SENT),
        MailState.REFUSED: (MailState.REFUSED,),
        MailState.UNCERTAIN: (MailState.SENDING, MailState.UNCERTAIN),
    }
    for after in MailState:
        await queue.queue_letters([letter(f"to-{after.value}")])
        for step in ways[state]:
            await queue.note_letter(f"to-{after.value}", MailNote(step, NOON))
        if after in MOVES[state]:
            await queue.note_letter(f"to-{after.value}", MailNote(after, NOON))
        else:
            with pytest.raises(KeyError):
                await queue.note_letter(f"to-{after.value}", MailNote(after, NOON))
    with pytest.raises(KeyError):
        await queue.note_letter("none", MailNote(MailState.QUEUED, NOON))


async def test_what_was_interrupted_is_uncertain_and_stays_unsent(queue: SqlStore) -> None:
    await queue.queue_letters([letter("1"), letter("2")])
    await queue.note_letter("1", MailNote(MailState.SENDING, NOON))
    assert await queue.settle_interrupted_letters(NOON + A_MINUTE) == 1
    assert await queue.settle_interrupted_letters(NOON + A_MINUTE) == 0
    one, other = await queue.letters()
    assert (one.state, one.words, other.state) == (MailState.UNCERTAIN, INTERRUPTED_WORDS, MailState.QUEUED)
    assert [due.letter.letter_id for due in await queue.due_letters(NOON + A_MINUTE, 10)] == ["2"]


async def test_old_ends_are_forgotten_and_a_user_s_letters_go_with_the_user(queue: SqlStore) -> None:
    await queue.queue_letters([letter("1"), letter("2"), letter("3", owner=""), letter("4", owner="juerg")])
    await queue.note_letter("1", MailNote(MailState.REFUSED, NOON, "550 no"))
    assert await queue.forget_letters(NOON) == 0
    assert await queue.forget_letters(NOON + A_MINUTE) == 1
    assert await queued(queue) == ["2", "3", "4"]
    await queue.save_missed_mail_wish("anna", "de")
    await queue.remove_user("anna")
    assert await queued(queue) == ["3", "4"]
    assert await queue.missed_mail_wishes() == {}


async def test_the_queue_in_figures_with_the_latest_words(queue: SqlStore) -> None:
    assert await queue.mail_queue() == MailQueue(0, None, 0, None)
    await queue.queue_letters([letter(str(n), minute=n) for n in range(5)])
    assert await queue.mail_queue() == MailQueue(5, NOON, 0, None), "who was not tried yet has no words"
    later = NOON + 10 * A_MINUTE
    await queue.note_letter("0", MailNote(MailState.REFUSED, NOON + 2 * A_MINUTE, "550 no"))
    await queue.note_letter("1", MailNote(MailState.SENDING, NOON))
    await queue.note_letter("1", MailNote(MailState.UNCERTAIN, NOON + A_MINUTE, "lost"))
    await queue.note_letter("2", MailNote(MailState.SENDING, NOON))
    await queue.note_letter("2", MailNote(MailState.SENT, NOON + 9 * A_MINUTE, "250 taken"))
    refused = MailFailure(NOON + 2 * A_MINUTE, "550 no", waits=False)
    assert await queue.mail_queue() == MailQueue(2, NOON + 3 * A_MINUTE, 2, refused)
    await queue.note_letter("3", MailNote(MailState.QUEUED, NOON + 3 * A_MINUTE, "450 later", later))
    waits = MailFailure(NOON + 3 * A_MINUTE, "450 later", waits=True)
    assert await queue.mail_queue() == MailQueue(2, NOON + 4 * A_MINUTE, 2, waits)


async def test_who_wants_missed_calls(queue: SqlStore) -> None:
    await queue.save_missed_mail_wish("anna", "de")
    await queue.save_missed_mail_wish("juerg", "en")
    await queue.save_missed_mail_wish("anna", "en")
    assert await queue.missed_mail_wishes() == {"anna": "en", "juerg": "en"}
    await queue.save_missed_mail_wish("anna", None)
    assert await queue.missed_mail_wishes() == {"juerg": "en"}


async def test_letters_come_with_the_rows_of_open_tasks_and_never_again(queue: SqlStore) -> None:
    missed, answered = call("anna", "1", 0), call("anna", "2", 1, result=CallResult.ANSWERED)
    await write(queue, missed, answered, call("nobody", "3", 2))
    assert await queued(queue) == ["missed:1-anna"]
    await queue.note_letter("missed:1-anna", MailNote(MailState.REFUSED, NOON))
    await queue.forget_letters(NOON + A_MINUTE)
    await write(queue, missed, answered)
    assert await queued(queue) == [], (
        "a replay of what is known tells nothing, even when the letter is forgotten"
    )
    await write(queue, replace(answered, result=CallResult.VOICEMAIL))
    assert await queued(queue) == ["missed:2-anna"], "more became known of it"


async def test_what_was_called_back_already_needs_no_letter(queue: SqlStore) -> None:
    await write(queue, group_call("anna", "1", 0), called_back("anna", "2", 5))
    assert await queued(queue) == []
    await write(queue, group_call("juerg", "1", 0))
    assert await queued(queue) == [], "done for all of the group"


async def test_one_s_own_entries_name_a_number_before_everybody_s(queue: SqlStore) -> None:
    def entry(contact_id: str, owner: str, **details: str) -> ContactDraft:
        return ContactDraft(contact_id, owner, ContactDetails(**details))

    entries = (
        entry("1", "", surname="Müller", company="Müller AG", office="+41442681204"),
        entry("2", "", company="Bäckerei", mobile="+41791112233"),
        entry("3", "anna", first_name="Tante", surname="Käthi", private="+41442681204"),
    )
    await queue.change_contacts(BookChange(by="anna", at=NOON, saved=entries))
    numbers = ("+41442681204", "+41791112233", "+41000000000")
    assert await queue.names_of_numbers("anna", numbers) == {
        "+41442681204": "Tante Käthi", "+41791112233": "Bäckerei",
    }  # fmt: skip
    assert (await queue.names_of_numbers("juerg", numbers))["+41442681204"] == "Müller · Müller AG"
