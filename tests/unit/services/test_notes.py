"""Notes about calls: whose, about whom, and when they are stored."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.helpers.waiting import wait_until_async
from tests.unit.services.conftest import Ground
from wwphone.config.notes import NotesInMemory, NotesUnavailableError
from wwphone.domain.calls import EndReason
from wwphone.domain.notes import MAX_NOTE, Note
from wwphone.services import calls as calls_module
from wwphone.services import notes as notes_module

THEN = datetime(2026, 3, 5, 10, 42, tzinfo=UTC)
FORMER = Note("former", "anna", "044 268 12 12", "Müller", "wants the offer", THEN)


def stored(ground: Ground) -> dict[str, Note]:
    store = ground.notes
    assert isinstance(store, NotesInMemory)
    return store.notes


async def test_a_note_is_stored_within_half_a_second_of_its_first_letter(
    signed_in: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert notes_module.STORED_WITHIN_S <= 0.5
    monkeypatch.setattr(notes_module, "STORED_WITHIN_S", 0.02)
    notes = signed_in.services.notes
    call_id = signed_in.services.calls.dial("207")
    await signed_in.settled()
    for text in ("c", "ca", "call back"):
        notes.write(call_id, text)
    assert notes.text(call_id) == "call back"
    await wait_until_async(lambda: stored(signed_in), "the note in the store")
    [note] = stored(signed_in).values()
    assert (note.user, note.number, note.text) == ("anna", "207", "call back")
    notes.write(call_id, "   ")
    await wait_until_async(lambda: not stored(signed_in), "its removal")
    assert notes.text(call_id) == ""


async def test_ending_the_program_stores_what_waits(signed_in: Ground) -> None:
    call_id = signed_in.services.calls.dial("207")
    await signed_in.settled()
    signed_in.services.notes.write(call_id, "call back")
    await signed_in.services.notes.shutdown()
    assert [note.text for note in stored(signed_in).values()] == ["call back"]


async def test_the_last_note_comes_up_when_the_number_does(signed_in: Ground) -> None:
    notes, calls = signed_in.services.notes, signed_in.services.calls
    first = calls.dial("+41 44 268 12 12")
    await signed_in.settled()
    assert notes.last("+41442681212") is None
    notes.write(first, "wants the offer")
    assert notes.last("0442681212", besides=first) is None, "not above the field in which it is written"
    last = notes.last("0442681212")
    assert last is not None
    assert last.text == "wants the offer"
    assert notes.last("207") is None
    assert notes.last("") is None


async def test_of_several_the_newest_and_only_ones_own(signed_in: Ground) -> None:
    newer = replace(FORMER, call_id="newer", text="has the offer", changed_at=THEN + timedelta(days=1))
    others = replace(newer, call_id="b", user="beat", text="private", changed_at=THEN + timedelta(days=2))
    stored(signed_in).update({note.call_id: note for note in (newer, FORMER, others)})
    told: list[None] = []
    signed_in.services.notes.changed.subscribe(told.append)
    signed_in.services.notes.start()
    await wait_until_async(lambda: told, "the former notes")
    assert signed_in.services.notes.last("+41442681212") == newer


async def test_a_caller_without_a_number_has_no_former_notes(signed_in: Ground) -> None:
    call_id = signed_in.engine.incoming("", "")
    await signed_in.settled()
    signed_in.services.notes.write(call_id, "would not say who")
    assert signed_in.services.notes.text(call_id) == "would not say who"
    assert signed_in.services.notes.last("") is None


async def test_a_note_has_its_limit_and_needs_a_call(signed_in: Ground) -> None:
    notes = signed_in.services.notes
    call_id = signed_in.services.calls.dial("207")
    await signed_in.settled()
    notes.write(call_id, "x" * (MAX_NOTE + 10))
    assert len(notes.text(call_id)) == MAX_NOTE
    notes.write("no such call", "text")
    assert notes.text("no such call") == ""


class BrokenStore(NotesInMemory):
    """A disk that refuses."""

    async def read(self) -> tuple[Note, ...]:
        """See NotesInMemory."""
        raise NotesUnavailableError("disk I/O error")

    async def write(self, note: Note) -> None:
        """See NotesInMemory."""
        raise NotesUnavailableError("database or disk is full")


async def test_a_broken_store_is_told_and_the_note_counts_meanwhile(
    monkeypatch: pytest.MonkeyPatch, expected_logs: Callable[..., object]
) -> None:
    monkeypatch.setattr(notes_module, "STORED_WITHIN_S", 0.0)
    records = [
        expected_logs("cannot be read: disk I/O error", logger="wwphone.services"),
        expected_logs("cannot be stored: database or disk is full", logger="wwphone.services"),
    ]
    ground = Ground(notes=BrokenStore())
    await ground.start()
    await ground.sign_in()
    await ground.settled()
    failed: list[str] = []
    ground.services.notes.failed.subscribe(failed.append)
    call_id = ground.services.calls.dial("207")
    await ground.settled()
    ground.services.notes.write(call_id, "secret matter")
    await wait_until_async(lambda: failed == [call_id], "the complaint")
    assert ground.services.notes.text(call_id) == "secret matter"
    assert "secret" not in str(records)
    await ground.close()


async def test_a_call_stays_in_sight_while_somebody_writes(
    signed_in: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls_module, "ENDED_CALL_SHOWN_S", 0.02)
    calls = signed_in.services.calls
    written, other = calls.dial("207"), calls.dial("208")
    await signed_in.settled()
    calls.keep_in_sight(written, kept=True)
    for call_id in (other, written):
        calls.hang_up(call_id)
    await wait_until_async(lambda: calls.call(other) is None, "the other to go")
    await asyncio.sleep(0)
    kept = calls.call(written)
    assert kept is not None
    assert kept.end is not None
    assert kept.end.reason is EndReason.CANCELLED
    calls.keep_in_sight(written, kept=False)
    await wait_until_async(lambda: calls.call(written) is None, "it to go as well")
