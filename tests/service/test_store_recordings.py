"""Recordings in the store, on SQLite and on PostgreSQL: each step once, pages, notes, deletion, the chain."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.helpers.recordings import begun, later
from tests.helpers.server_parts import MORNING
from tests.service.test_store_records import ANNA, JUERG, SALES
from wwphone.domain.calls import CallDirection, Party
from wwphone.domain.recording import (
    RecordingAccess,
    RecordingEnd,
    RecordingEntry,
    RecordingFilter,
    RecordingNote,
    RecordingPlace,
    RecordingPurpose,
    RecordingState,
    Waveform,
)
from wwphone.server.api import StoreError
from wwphone.server.recording_api import RecordingFiles
from wwphone.server.recordings_api import KeptSound
from wwphone.server.store import recordings
from wwphone.server.store.recording_chain import BEFORE_THE_FIRST, link_hash
from wwphone.server.store.sql_store import SqlStore

FILES = RecordingFiles(Path("/spool/mine.sln24"), Path("/spool/others.sln24"))
SOUND = KeptSound("f" * 64, 1000, 900, 60_000, Waveform((0, 50, 100), (100, 0, 0)))


@pytest.fixture
async def record(store: SqlStore) -> SqlStore:
    await store.replace_groups((SALES,))
    await store.add_user(JUERG)
    await store.add_user(ANNA)
    return store


async def keep(record: SqlStore, recording_id: str, minute: int = 0, **more: object) -> RecordingEntry:
    """Record and put away."""
    started = later(60 * minute)
    await record.begin_recording(begun(recording_id, FILES, started_at=started, **more))  # type: ignore[arg-type]
    await record.end_recording(recording_id, later(60, started), RecordingEnd.STOPPED)
    step = await record.keep_recording(recording_id, SOUND)
    await record.forget_raw_recording(recording_id)
    return step.entries[0]


async def found(record: SqlStore, wanted: RecordingFilter | None = None, user: str = "anna") -> list[str]:
    page = await record.read_recordings(user, wanted or RecordingFilter(), None, 200)
    assert page.total == len(page.entries)
    return [one.recording_id for one in page.entries]


async def test_a_recording_runs_pauses_ends_and_is_put_away(record: SqlStore) -> None:
    running = begun("rec-1", FILES)
    await record.begin_recording(running)
    await record.begin_recording(running)
    assert await record.unfinished_recordings() == (running,)
    assert (await found(record), await record.ended_recordings()) == ([], ())
    for seconds, paused in ((5, True), (6, True), (8, False), (9, False), (20, True)):
        await record.pause_recording("rec-1", later(seconds), paused=paused)
    assert await record.unfinished_recordings() == (replace(running, paused_at=later(20)),)

    step = await record.end_recording("rec-1", later(30), RecordingEnd.CALL_ENDED)
    (entry,) = step.entries
    assert (entry.state, entry.end, entry.length_ms) == (
        RecordingState.WORKING,
        RecordingEnd.CALL_ENDED,
        30_000,
    )
    assert entry.pauses == ((5_000, 8_000), (20_000, 30_000))
    assert (entry.revision, step.revision) == (1, 1)
    assert not (await record.end_recording("rec-1", later(99), RecordingEnd.STOPPED)).entries
    await record.pause_recording("rec-1", later(40), paused=True)
    assert await record.unfinished_recordings() == ()
    (waits,) = await record.ended_recordings()
    assert (waits.files, waits.ended_at, waits.put_away) == (FILES, later(30), False)

    (kept,) = (await record.keep_recording("rec-1", SOUND)).entries
    assert (kept.state, kept.size, kept.length_ms, kept.revision) == (RecordingState.READY, 900, 60_000, 2)
    assert not (await record.keep_recording("rec-1", replace(SOUND, file_hash="e" * 64))).entries
    assert (await record.ended_recordings())[0].put_away
    await record.forget_raw_recording("rec-1")
    assert await record.ended_recordings() == ()
    one = await record.recording("rec-1")
    assert one is not None
    assert (one.entry, one.file_size, one.waveform, one.as_put_away) == (kept, 1000, SOUND.waveform, True)
    assert await record.recordings_revision() == 2


async def test_what_did_not_come_about_is_forgotten(record: SqlStore) -> None:
    await record.begin_recording(begun("rec-1", FILES))
    await record.withdraw_recording("rec-1")
    await record.withdraw_recording("nothing")
    assert await record.unfinished_recordings() == ()
    assert not (await record.end_recording("rec-1", later(1), RecordingEnd.STOPPED)).entries
    assert [one.withdrawn for one in await record.ended_recordings()] == [True]
    await record.forget_raw_recording("rec-1")
    assert (await record.ended_recordings(), await found(record)) == ((), [])
    with pytest.raises(StoreError):
        await record.begin_recording(begun("rec-2", FILES, user="nobody"))


async def test_filters_and_pages(record: SqlStore) -> None:
    await keep(record, "r001", 1)
    await keep(record, "r002", 2, direction=CallDirection.OUTGOING, party=Party("0319998877", "Käser"))
    await keep(record, "r003", 3, automatic=True, party=Party("", "100% Käse"))
    await keep(record, "r004", 4, user="juerg")
    await record.delete_recordings("anna", ["r001"], later(9000))
    await record.set_recording_note("anna", "r003", RecordingNote(5, "Über die Offerte"))
    for wanted, expected in (
        (RecordingFilter(), ["r003", "r002"]),
        (RecordingFilter(deleted=True), ["r001"]),
        (RecordingFilter(directions=frozenset({CallDirection.OUTGOING})), ["r002"]),
        (RecordingFilter(automatic=True), ["r003"]),
        (RecordingFilter(automatic=False), ["r002"]),
        (RecordingFilter(number="+41 31 999 88 77"), ["r002"]),
        (RecordingFilter(text="kaes"), ["r003", "r002"]),
        (RecordingFilter(text="031 999"), ["r002"]),
        (RecordingFilter(text="uber offerte"), ["r003"]),
        (RecordingFilter(text="%"), ["r003"]),
        (RecordingFilter(since=later(180)), ["r003"]),
        (RecordingFilter(until=later(180)), ["r002"]),
        (RecordingFilter(recording_id="r002"), ["r002"]),
        (RecordingFilter(recording_id="r004"), []),
    ):
        assert await found(record, wanted) == expected, wanted
    for n in range(10, 21):
        await keep(record, f"p{n}", n // 3)
    seen: list[str] = []
    place: RecordingPlace | None = None
    while True:
        page = await record.read_recordings("anna", RecordingFilter(text="muller"), place, 4)
        assert page.total == 11
        seen += [one.recording_id for one in page.entries]
        if not page.more:
            break
        place = RecordingPlace(page.entries[-1].started_at, page.entries[-1].recording_id)
    assert seen == [f"p{n}" for n in reversed(range(10, 21))]


async def test_notes(record: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recordings, "MAX_RECORDING_NOTES", 4)
    await keep(record, "rec-1")
    for note in (RecordingNote(60_000, "end"), RecordingNote(0, "begin"), RecordingNote(7, "x")):
        (entry,) = (await record.set_recording_note("anna", "rec-1", note)).entries
    assert not (await record.set_recording_note("anna", "rec-1", RecordingNote(7, "x"))).entries
    (entry,) = (await record.set_recording_note("anna", "rec-1", RecordingNote(7, "seven"))).entries
    assert [(one.at_ms, one.text) for one in entry.notes] == [(0, "begin"), (7, "seven"), (60_000, "end")]
    (entry,) = (await record.set_recording_note("anna", "rec-1", RecordingNote(0, ""))).entries
    assert [one.at_ms for one in entry.notes] == [7, 60_000]
    one = await record.recording("rec-1")
    assert one is not None
    assert one.as_put_away, "notes are not part of what was put away"
    for at_ms in (-1, 60_001):
        with pytest.raises(ValueError, match="moment"):
            await record.set_recording_note("anna", "rec-1", RecordingNote(at_ms, "x"))
    for user, recording_id in (("juerg", "rec-1"), ("anna", "rec-2")):
        with pytest.raises(KeyError):
            await record.set_recording_note(user, recording_id, RecordingNote(1, "x"))
    for at_ms in range(100, 102):
        await record.set_recording_note("anna", "rec-1", RecordingNote(at_ms, "x"))
    with pytest.raises(ValueError, match="at most"):
        await record.set_recording_note("anna", "rec-1", RecordingNote(50, "x"))
    assert (await record.set_recording_note("anna", "rec-1", RecordingNote(100, "y"))).entries


async def test_deleting_and_taking_back_is_all_or_nothing(record: SqlStore) -> None:
    for n in range(3):
        await keep(record, f"rec-{n}", n)
    await keep(record, "other", user="juerg")
    for ids in (["rec-0", "other"], ["rec-0", "none"]):
        with pytest.raises(KeyError):
            await record.delete_recordings("anna", ids, later(100))
    assert len(await found(record)) == 3
    step = await record.delete_recordings("anna", ["rec-0", "rec-1"], later(100))
    assert [one.deleted_at for one in step.entries] == [later(100)] * 2
    with pytest.raises(KeyError):
        await record.delete_recordings("anna", ["rec-1"], later(100))
    with pytest.raises(KeyError):
        await record.restore_recordings("anna", ["rec-0"], later(101))
    with pytest.raises(KeyError):
        await record.restore_recordings("juerg", ["rec-0"], later(100))
    await record.restore_recordings("anna", ["rec-0"], later(100))
    assert await found(record) == ["rec-2", "rec-0"]


async def test_what_goes_for_good_leaves_its_link_alone(record: SqlStore) -> None:
    for n in range(3):
        await keep(record, f"rec-{n}", n)
    await record.note_access("rec-0", RecordingAccess(MORNING, "anna", "PC-1", RecordingPurpose.PLAY))
    await record.delete_recordings("anna", ["rec-0"], later(100))
    assert (await record.doomed_recordings(later(100), None))[1] == ()
    step, ids = await record.doomed_recordings(later(101), None)
    assert (step.removed, ids, step.revision) == ((("anna", "rec-0"),), ("rec-0",), 8)
    with pytest.raises(KeyError):
        await record.restore_recordings("anna", ["rec-0"], later(0))
    assert (await record.doomed_recordings(later(101), None))[1] == ("rec-0",), "until the file is gone"
    await record.forget_recordings(ids, later(200))
    assert await record.recording("rec-0") is None
    assert (await record.doomed_recordings(later(101), later(60)))[0].removed == ()
    step, ids = await record.doomed_recordings(later(101), later(90))
    assert ids == ("rec-1",), "older than it may be kept"
    await record.forget_recordings(ids, later(200))
    links = await record.chain_links(0, 10)
    assert [(one.number, one.recording_id, one.deleted_at is not None) for one in links] == [
        (1, "rec-0", True), (2, "rec-1", True), (3, "rec-2", False),
    ]  # fmt: skip
    assert [one.details_now is None for one in links] == [True, True, False]
    previous = BEFORE_THE_FIRST
    for one in links:
        assert one.previous_hash == previous
        previous = one.link_hash
        assert previous == link_hash(
            one.previous_hash, one.number, one.recording_id, one.file_hash, one.details_hash
        )
    assert links[2].details_now == links[2].details_hash
    assert await record.kept_ids() == {"rec-2"}


async def test_who_got_the_sound(record: SqlStore) -> None:
    await keep(record, "rec-1")
    accesses = [
        RecordingAccess(later(n), "anna", f"PC-{n}", purpose) for n, purpose in enumerate(RecordingPurpose)
    ]
    for one in accesses:
        await record.note_access("rec-1", one)
    assert await record.recording_accesses("anna", "rec-1", 10) == tuple(reversed(accesses))
    assert await record.recording_accesses("anna", "rec-1", 1) == (accesses[1],)
    with pytest.raises(KeyError):
        await record.recording_accesses("juerg", "rec-1", 10)
    with pytest.raises(KeyError):
        await record.note_access("none", accesses[0])


async def test_nobody_inherits_the_recordings_of_a_removed_user(record: SqlStore) -> None:
    await keep(record, "rec-1")
    await record.remove_user("anna")
    await record.add_user(ANNA)
    assert await found(record) == []
    with pytest.raises(KeyError):
        await record.recording_accesses("anna", "rec-1", 10)
    assert await record.delete_ownerless_recordings(later(100)) == 1
    assert await record.delete_ownerless_recordings(later(200)) == 0
    (entry,) = await record.all_recordings("anna")
    assert (entry.user, entry.deleted_at) == ("anna", later(100))
    step, ids = await record.doomed_recordings(later(101), None)
    assert (step.removed, ids) == ((("", "rec-1"),), ("rec-1",))
