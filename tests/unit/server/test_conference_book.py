"""Planned conferences in memory: what becomes known while something else is being written."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from tests.helpers.planned import NOW, ORGANIZER, plan
from wwphone.domain.conference_plans import Answer, InvitationMail, RememberedPlan
from wwphone.server.conference_plans_api import ConferenceRecord, InviteeRecord
from wwphone.server.mail_api import Letter, MailState, QueuedLetter
from wwphone.server.services.conference_book import ConferenceBook

HANS = InviteeRecord("hans@mueller.example", "Hans", "482917", letter_id="1")
RECORD = ConferenceRecord("a1", "anna", plan(), ORGANIZER, 0, NOW, NOW + timedelta(days=2), invitees=(HANS,))


class _Store:
    """Keeps one conference; `book` hears of something else while it is being written."""

    def __init__(self) -> None:
        self.book: ConferenceBook | None = None
        self.kept = HANS

    async def planned_conferences(self) -> tuple[ConferenceRecord, ...]:
        return (RECORD,)

    async def numbers_of_addresses(self, user: str, addresses: Collection[str]) -> dict[str, str]:
        del user, addresses
        return {}

    async def remembered_plans(self) -> dict[str, RememberedPlan]:
        return {}

    async def note_invitees(self, conference_id: str, invitees: Collection[InviteeRecord]) -> None:
        del conference_id
        (self.kept,) = invitees
        if self.book is not None:
            book, self.book = self.book, None
            letter = Letter("1", HANS.address, "", "", NOW, NOW)
            book.on_letter(QueuedLetter(letter, MailState.SENT, 1, NOW, NOW))

    async def change_conference(self, *_: object) -> None:
        if self.book is not None:
            self.book.disown("anna")


async def started(store: Any) -> ConferenceBook:
    told: Any = SimpleNamespace(publish=lambda *_, **__: None)
    directory: Any = SimpleNamespace(users={})
    book = ConferenceBook(store, directory, told, lambda: NOW, "902")
    await book.start()
    store.book = book
    return book


async def test_a_letter_that_arrives_while_an_answer_is_written_is_not_forgotten() -> None:
    store = _Store()
    book = await started(store)
    await book.note("a1", HANS.address, lambda one: replace(one, answer=Answer.ACCEPTED, answered_at=NOW))
    (known,) = book.all()[0].record.invitees
    assert (known.mail, known.answer) == (InvitationMail.SENT, Answer.ACCEPTED)
    await book.shutdown()
    assert store.kept == known


async def test_whoever_is_removed_while_a_change_is_written_owns_nothing_afterwards() -> None:
    book = await started(_Store())
    async with book.lock:
        await book.change(replace(RECORD, sequence=1))
    (one,) = book.all()
    assert (one.record.owner, one.record.sequence) == ("", 1)
    await book.shutdown()
