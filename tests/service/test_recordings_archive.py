"""The archive: what is recorded is put away once and never lost, over full disks, missing folders and keys; what may not be kept goes."""

from __future__ import annotations

import errno
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.helpers.cti_server import user_record
from tests.helpers.migrated import put_migrated
from tests.helpers.recordings import archive_in, begun, decoded, later, samples, settings_in, write_raw
from tests.helpers.server_parts import FakeClock
from tests.helpers.waiting import wait_until_told
from wwphone.domain.recording import RecordingEnd, RecordingEntry, RecordingFilter, RecordingState
from wwphone.server.recordings import archive as archive_module
from wwphone.server.recordings.archive import Archive
from wwphone.server.recordings.keys import KeyUnusableError, find_key, new_key
from wwphone.server.recordings.sound import put_away, recorded_s
from wwphone.server.recordings_api import RecordingsStep, WrongKeyError
from wwphone.server.store.sql_store import SqlStore

A, B = samples(440, 1), samples(1000, 1)
LOGGER = "wwphone.server.recordings"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    store = SqlStore(await put_migrated(f"sqlite:///{tmp_path}/store.sqlite"))
    await store.open()
    await store.add_user(user_record("anna", "201", group=""))
    yield store
    await store.close()


@pytest.fixture
async def archive(tmp_path: Path, store: SqlStore) -> AsyncIterator[Archive]:
    archive = archive_in(tmp_path, store)
    await archive.start()
    yield archive
    await archive.shutdown()


async def entries(store: SqlStore, *, deleted: bool = False) -> dict[str, RecordingEntry]:
    page = await store.read_recordings("anna", RecordingFilter(deleted=deleted), None, 200)
    return {one.recording_id: one for one in page.entries}


async def wait_for(store: SqlStore, recording_id: str, state: RecordingState) -> RecordingEntry:
    async def look() -> RecordingEntry | None:
        one = (await entries(store)).get(recording_id)
        return one if one is not None and one.state is state else None

    return await wait_until_told(look, f"{recording_id} to be {state.value}")


async def wait_for_nothing_left(store: SqlStore) -> None:
    async def look() -> bool:
        return not await store.ended_recordings()

    await wait_until_told(look, "all to be put away")


async def record(
    archive: Archive, recording_id: str, mine: bytes | None = A, others: bytes | None = B
) -> None:
    files = archive.files_for(recording_id)
    await archive.begin(begun(recording_id, files))
    write_raw(files, mine, others)
    await archive.end(recording_id, later(1), RecordingEnd.STOPPED)


async def sound_of(archive: Archive, store: SqlStore, recording_id: str) -> bytes:
    kept = await store.recording(recording_id)
    assert kept is not None
    return await archive.read_sound(kept, 0, kept.entry.size)


async def test_it_is_put_away_told_and_the_raw_files_go(
    archive: Archive, store: SqlStore, tmp_path: Path
) -> None:
    told: list[RecordingsStep] = []
    archive.on_change(told.append)
    assert archive.possible
    assert archive.has_space()
    await record(archive, "rec-1")
    entry = await wait_for(store, "rec-1", RecordingState.READY)
    assert (entry.length_ms, entry.end) == (1000, RecordingEnd.STOPPED)
    await wait_for_nothing_left(store)
    assert list((tmp_path / "spool").iterdir()) == []
    assert list((tmp_path / "archive" / "unfinished").iterdir()) == []
    assert [[(one.state, one.revision) for one in step.entries] for step in told] == [
        [(RecordingState.WORKING, 1)], [(RecordingState.READY, 2)],
    ]  # fmt: skip
    frames, rate = decoded(await sound_of(archive, store, "rec-1"))
    assert rate == 24_000
    assert np.array_equal(frames[:, 0], np.frombuffer(A, "<i2"))
    assert np.array_equal(frames[:, 1], np.frombuffer(B, "<i2"))
    kept = await store.recording("rec-1")
    assert kept is not None
    assert await archive.examine(kept) is RecordingState.READY


async def test_what_did_not_come_about_leaves_nothing(
    archive: Archive, store: SqlStore, tmp_path: Path
) -> None:
    files = archive.files_for("rec-1")
    await archive.begin(begun("rec-1", files))
    write_raw(files, A, None)
    await archive.withdraw("rec-1")
    await wait_for_nothing_left(store)
    assert list((tmp_path / "spool").iterdir()) == []
    for name in ("../etc", "a/b", "", "x", ".hidden"):
        with pytest.raises(ValueError, match="id"):
            archive.files_for(name)


async def test_a_full_disk_keeps_the_raw_files_until_there_is_room(
    archive: Archive,
    store: SqlStore,
    monkeypatch: pytest.MonkeyPatch,
    expected_logs: Callable[..., Any],
) -> None:
    tries = []

    def full(*args: Any) -> Any:
        tries.append(args)
        if len(tries) < 4:
            raise OSError(errno.ENOSPC, "No space left on device")
        return put_away(*args)

    monkeypatch.setattr(archive_module, "put_away", full)
    records = expected_logs("rec-1 stays raw for now: the disk is full", logger=LOGGER)
    await record(archive, "rec-1")
    assert (await entries(store))["rec-1"].state is RecordingState.WORKING
    await wait_for(store, "rec-1", RecordingState.READY)
    assert len(tries) == 4
    assert len(records) == 1, "said once"
    assert len(await sound_of(archive, store, "rec-1")) > 1000


async def test_nothing_in_the_spool_is_told_soon_and_looked_for_again(
    tmp_path: Path, store: SqlStore, expected_logs: Callable[..., Any]
) -> None:
    clock = FakeClock()
    archive = archive_in(tmp_path, store, clock)
    await archive.start()
    expected_logs("rec-[12] stays raw for now: there is nothing", logger=LOGGER)
    for recording_id in ("rec-1", "rec-2"):
        await record(archive, recording_id, None, None)
    clock.pass_by(7)
    for recording_id in ("rec-1", "rec-2"):
        await wait_for(store, recording_id, RecordingState.MISSING)
    write_raw(archive.files_for("rec-1"), A, B)
    await wait_for(store, "rec-1", RecordingState.READY)
    given_up = expected_logs("nothing was written of the recording rec-2", logger=LOGGER)
    clock.pass_by(3600)
    await wait_until_told(_that(lambda: bool(given_up)), "the word that it is given up")
    await archive.shutdown()

    write_raw(archive.files_for("rec-2"), A, B)
    again = archive_in(tmp_path, store, clock)
    await again.start()
    await wait_for(store, "rec-2", RecordingState.READY)
    await again.shutdown()


async def test_of_what_was_killed_before_its_first_sample_its_owner_is_told_soon(
    tmp_path: Path, store: SqlStore, expected_logs: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, looks = FakeClock(), looks_of(monkeypatch)
    archive = archive_in(tmp_path, store, clock)
    await archive.start()
    expected_logs("nothing was written of the recording rec-1", logger=LOGGER)
    await record(archive, "rec-1", b"", b"")
    await wait_until_told(_that(lambda: len(looks) > 1), "a second look")
    assert (await entries(store))["rec-1"].state is RecordingState.WORKING
    clock.pass_by(7)
    entry = await wait_for(store, "rec-1", RecordingState.MISSING)
    assert entry.size == 0
    await archive.shutdown()


async def test_an_end_that_is_not_in_the_files_yet_is_waited_for(
    tmp_path: Path, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = looks_of(monkeypatch)
    archive = archive_in(tmp_path, store, FakeClock())
    await archive.start()
    await record(archive, "rec-1", A[: len(A) // 2], B[: len(B) // 2])
    await wait_until_told(_that(lambda: len(looks) > 1), "a second look")
    write_raw(archive.files_for("rec-1"), A, B)
    entry = await wait_for(store, "rec-1", RecordingState.READY)
    assert entry.length_ms == 1000
    await archive.shutdown()


def looks_of(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Each look at how much lies in the spool."""
    looks: list[Any] = []

    def look(files: Any) -> float:
        looks.append(files)
        return recorded_s(files)

    monkeypatch.setattr(archive_module, "recorded_s", look)
    return looks


async def test_what_is_no_sound_stays_where_it_is(
    archive: Archive, store: SqlStore, expected_logs: Callable[..., Any]
) -> None:
    expected_logs("the recording rec-1 stays raw: ", logger=LOGGER)
    files = archive.files_for("rec-1")
    odd = type(files)(files.mine.with_suffix(".wav16"), files.others)
    odd.mine.write_bytes(b"this is text and no sound at all")
    await archive.begin(begun("rec-1", odd))
    await archive.end("rec-1", later(1), RecordingEnd.STOPPED)
    await wait_for(store, "rec-1", RecordingState.CHANGED)
    assert odd.mine.exists()
    await record(archive, "rec-2")
    await wait_for(store, "rec-2", RecordingState.READY)


async def test_missing_and_changed_files_are_seen(
    archive: Archive, store: SqlStore, tmp_path: Path, expected_logs: Callable[..., Any]
) -> None:
    await record(archive, "rec-1")
    await wait_for(store, "rec-1", RecordingState.READY)
    kept = await store.recording("rec-1")
    assert kept is not None
    file = tmp_path / "archive" / "re" / "rec-1.recording"
    whole = file.read_bytes()
    expected_logs("a recording was changed: ", logger=LOGGER)
    file.write_bytes(whole[:-1])
    assert await archive.examine(kept) is RecordingState.CHANGED
    expected_logs("a recording is missing: ", logger=LOGGER)
    file.unlink()
    assert await archive.examine(kept) is RecordingState.MISSING
    file.write_bytes(whole)
    assert await archive.examine(kept) is RecordingState.READY


async def test_without_a_place_or_a_key_nothing_is_possible(
    tmp_path: Path, store: SqlStore, expected_logs: Callable[..., Any]
) -> None:
    shutil.rmtree(settings_in(tmp_path).spool)
    archive = Archive(store, settings_in(tmp_path), FakeClock(), lambda: None)
    for text in ("there is no key; `recordings new-key` makes one", "the recording key in"):
        expected_logs(text, logger=LOGGER)
    await archive.start()
    assert not archive.possible
    await archive.shutdown()

    broken = Archive(store, settings_in(tmp_path), FakeClock(), lambda: find_key({KEY_VARIABLE: "abc"}))
    await broken.start()
    assert not broken.possible
    await broken.shutdown()

    no_spool = Archive(
        store, type(settings_in(tmp_path))(tmp_path / "none", tmp_path / "a"), FakeClock(), new
    )
    await no_spool.start()
    assert (no_spool.possible, no_spool.has_space()) == (False, False)
    await no_spool.shutdown()


KEY_VARIABLE = "WWPHONE_RECORDING_KEY"


def new() -> bytes | None:
    return find_key({KEY_VARIABLE: new_key()})


async def test_another_key_is_refused_with_clear_words(
    tmp_path: Path, store: SqlStore, expected_logs: Callable[..., Any]
) -> None:
    archive = archive_in(tmp_path, store)
    await archive.start()
    await record(archive, "rec-1")
    await wait_for(store, "rec-1", RecordingState.READY)
    await archive.shutdown()
    expected_logs("calls cannot be recorded: the recordings in .* have another key", logger=LOGGER)
    other = archive_in(tmp_path, store, key=b"x" * 32)
    await other.start()
    assert not other.possible
    kept = await store.recording("rec-1")
    assert kept is not None
    with pytest.raises(WrongKeyError, match="no key"):
        await other.examine(kept)
    await other.shutdown()


def test_keys(fake_keyring: Any) -> None:
    text = new_key()
    key = find_key({KEY_VARIABLE: f" {text}\n"})
    assert key is not None
    assert len(key) == 32
    assert find_key({}) is None
    fake_keyring.set_password("wwphone-server", "recording-key", text)
    assert find_key({}) == key
    for wrong in ("abc", text[:-4], "ü" * 44, text + text):
        with pytest.raises(KeyUnusableError, match="new-key"):
            find_key({KEY_VARIABLE: wrong})
    assert new_key() != text


async def test_what_was_deleted_and_what_is_too_old_goes_for_good(tmp_path: Path, store: SqlStore) -> None:
    clock = FakeClock()
    archive = archive_in(tmp_path, store, clock, keep_days=10, undo_days=2)
    told: list[RecordingsStep] = []
    archive.on_change(told.append)
    await archive.start()
    for recording_id in ("rec-1", "rec-2"):
        await record(archive, recording_id)
    await wait_for(store, "rec-2", RecordingState.READY)
    await wait_for_nothing_left(store)
    await store.delete_recordings("anna", ["rec-1"], clock())

    def there() -> list[str]:
        return [file.name for file in (tmp_path / "archive").glob("??/*")]

    clock.pass_by(1.9 * 86_400)
    await archive.purge()
    assert (len(there()), list(await entries(store, deleted=True))) == (2, ["rec-1"])
    clock.pass_by(0.2 * 86_400)
    await archive.purge()
    assert there() == ["rec-2.recording"]
    assert told[-1].removed == (("anna", "rec-1"),)
    clock.pass_by(8 * 86_400)
    await archive.purge()
    assert there() == []
    assert [one.deleted_at is None for one in await store.chain_links(0, 9)] == [False, False]
    await archive.purge()
    await archive.shutdown()


async def test_the_recordings_of_a_removed_user_go_after_the_days_of_undoing(
    tmp_path: Path, store: SqlStore
) -> None:
    clock = FakeClock()
    archive = archive_in(tmp_path, store, clock, undo_days=2)
    await archive.start()
    await record(archive, "rec-1")
    await wait_for(store, "rec-1", RecordingState.READY)
    await wait_for_nothing_left(store)
    await store.remove_user("anna")
    await archive.purge()
    assert len(await store.all_recordings("anna")) == 1
    clock.pass_by(3 * 86_400)
    await archive.purge()
    assert await store.all_recordings("anna") == ()
    assert list((tmp_path / "archive").glob("??/*")) == []
    await archive.shutdown()


def _that(condition: Callable[[], bool]) -> Callable[[], Any]:
    async def ask() -> bool:
        return condition()

    return ask
