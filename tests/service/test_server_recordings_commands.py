"""`wwphone-server recordings` as an administrator uses it: list, check after every kind of tampering, export, a key."""

from __future__ import annotations

import asyncio
import base64
import os
import shutil
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.cti_server import user_record
from tests.helpers.migrated import put_migrated
from tests.helpers.recordings import KEY, archive_in, begun, decoded, later, samples, write_raw
from tests.helpers.waiting import wait_until_told
from tests.service.test_server_numbers import Run
from tests.service.test_server_numbers import run as run  # noqa: PLC0414 - a fixture
from wwphone.domain.recording import RecordingEnd, RecordingFilter
from wwphone.server.clock import utc_now
from wwphone.server.store.sql_store import SqlStore

A, B = samples(440, 1), samples(1000, 1)
NAMES = tuple(f"rec-{n}" for n in range(1, 6))


async def _fill(url: str, folder: Path) -> None:
    """Five recordings; of the second one only its link is left."""
    store = SqlStore(await put_migrated(url))
    await store.open()
    await store.add_user(user_record("anna", "201", group=""))
    archive = archive_in(folder, store, undo_days=0)
    await archive.start()
    for recording_id in NAMES:
        files = archive.files_for(recording_id)
        await archive.begin(begun(recording_id, files))
        write_raw(files, A, B)
        await archive.end(recording_id, later(1), RecordingEnd.STOPPED)

    async def done() -> bool:
        return not await store.ended_recordings()

    await wait_until_told(done, "all to be put away")
    await store.delete_recordings("anna", ["rec-2"], later(1))
    await archive.purge()
    await archive.shutdown()
    await store.close()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store and an archive to be copied for each test."""
    folder = tmp_path_factory.mktemp("filled")
    asyncio.run(_fill(f"sqlite:///{folder}/data/store.sqlite", folder))
    return folder


@pytest.fixture
def archive(run: Run, filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder below which everything lies."""
    monkeypatch.setenv("WWPHONE_RECORDING_KEY", base64.b64encode(KEY).decode())
    monkeypatch.setenv("WWPHONE_RECORDING_SPOOL", str(tmp_path / "spool"))
    monkeypatch.setenv("WWPHONE_RECORDING_FOLDER", str(tmp_path / "archive"))
    shutil.rmtree(tmp_path / "data")
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    return tmp_path


def file_of(archive: Path, name: str) -> Path:
    return archive / "archive" / "re" / f"{name}.recording"


def tamper(archive: Path, statement: str) -> None:
    """Change the database behind the server's back."""
    connection = sqlite3.connect(archive / "data" / "store.sqlite")
    connection.execute("PRAGMA foreign_keys = ON")
    assert connection.execute(statement).rowcount == 1
    connection.commit()
    connection.close()


def findings(run: Run) -> list[str]:
    code, out, err = run("recordings", "check")
    assert code == 1
    assert "the chain ends at" in err
    return [
        line.partition(": ")[0] + ": " + line.partition(": ")[2].partition(":")[0]
        for line in out.splitlines()
    ]


def test_all_is_well(run: Run, archive: Path) -> None:
    code, out, err = run("recordings", "check")
    assert (code, err) == (0, "")
    assert out.startswith("4 recordings are there and unchanged; the chain ends at 5 with ")
    end = out.split()[-1]
    assert run("recordings", "check", "--noted", end)[0] == 0
    code, out, _ = run("recordings", "check", "--noted", "0" * 64)
    assert (code, "the chain does not hold 000" in out) == (1, True)
    lines = run("recordings", "list")[1].splitlines()
    assert [line.split()[:2] for line in lines[1:]] == [[n, "anna"] for n in NAMES if n != "rec-2"]
    assert "Müller" not in "".join(lines)
    assert len(run("recordings", "list", "beat")[1].splitlines()) == 1


def test_missing_and_changed_files(run: Run, archive: Path) -> None:
    file_of(archive, "rec-1").unlink()
    changed = file_of(archive, "rec-3")
    changed.write_bytes(changed.read_bytes()[:-1] + b"x")
    file_of(archive, "rec-5").write_bytes(file_of(archive, "rec-4").read_bytes())
    assert findings(run) == [
        "rec-1 (number 1): missing",
        "rec-3 (number 3): changed",
        "rec-5 (number 5): changed",
    ]


def test_inserted_ones(run: Run, archive: Path) -> None:
    file_of(archive, "rec-9").write_bytes(file_of(archive, "rec-4").read_bytes())
    file_of(archive, "rec-2").write_bytes(b"back again")
    tamper(
        archive,
        "INSERT INTO recordings SELECT 'rec-8', " + COLUMNS + " FROM recordings WHERE recording_id = 'rec-4'",
    )
    assert findings(run) == ["rec-2: inserted", "rec-8: inserted", "rec-9: inserted"]


COLUMNS = (
    '"user", recorded_by, leg_id, call_id, direction, kind, number, name, called, started_at, automatic, mine_file, '
    'others_file, raw_there, stage, state, ended_at, "end", length_ms, file_size, sound_size, wave_left, wave_right, '
    "salt, deleted_at, revision, line_key, search"
)


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE recordings SET number = '0' WHERE recording_id = 'rec-3'", ["rec-3 (number 3): changed"]),
        ("UPDATE recordings SET started_at = '2020-01-01' WHERE recording_id = 'rec-3'", ["rec-3 (number 3): changed"]),
        ("DELETE FROM recordings WHERE recording_id = 'rec-3'", ["rec-3 (number 3): missing"]),
        (
            "DELETE FROM recording_chain WHERE number = 3",
            ["number 3: missing in the chain", "rec-3: inserted"],
        ),
        ("DELETE FROM recording_chain WHERE number = 5", ["rec-5: inserted"]),
        (
            "UPDATE recording_chain SET file_hash = 'x' WHERE number = 3",
            ["rec-3 (number 3): its link in the chain was changed", "rec-3 (number 3): changed"],
        ),
        (
            f"UPDATE recording_chain SET link_hash = '{'1' * 64}' WHERE number = 3",
            ["rec-3 (number 3): its link in the chain was changed", "rec-4 (number 4): the link before it was changed or exchanged"],
        ),
        (
            "INSERT INTO recording_chain SELECT 0, 'rec-0', previous_hash, file_hash, details_hash, link_hash, '2020-01-01' FROM recording_chain WHERE number = 1",
            ["rec-0 (number 0): its link in the chain was changed", "rec-1 (number 1): the link before it was changed or exchanged"],
        ),
    ],
    ids=["number", "time", "row", "link", "last link", "file hash", "link hash", "before the first"],
)  # fmt: skip
def test_what_was_done_to_the_database(run: Run, archive: Path, statement: str, found: list[str]) -> None:
    tamper(archive, statement)
    assert findings(run) == found


def test_export_is_an_access(run: Run, archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUDO_USER", "eva")
    target = archive / "out.flac"
    assert run("recordings", "export", "rec-4", str(target)) == (0, f"{target}: 1.0 s\n", "")
    frames, _ = decoded(target.read_bytes())
    assert np.array_equal(frames[:, 0], np.frombuffer(A, "<i2"))
    assert target.stat().st_mode & 0o077 == 0
    code, _, err = run("recordings", "export", "rec-4", str(target))
    assert (code, "exists" in err) == (1, True)
    assert run("recordings", "export", "none", str(target))[::2] == (
        1, "wwphone-server: there is no recording none\n",
    )  # fmt: skip

    async def accesses() -> list[str]:
        store = SqlStore(os.environ["WWPHONE_STORE_URL"])
        await store.open()
        found = await store.recording_accesses("anna", "rec-4", 10)
        page = await store.read_recordings("anna", RecordingFilter(), None, 10)
        await store.close()
        assert all(one.started_at < utc_now() for one in page.entries)
        return [f"{one.user} {one.purpose.value}" for one in found]

    assert asyncio.run(accesses()) == ["administrator eva export"] * 2
    monkeypatch.setenv("WWPHONE_RECORDING_KEY", base64.b64encode(b"x" * 32).decode())
    code, _, err = run("recordings", "export", "rec-4", str(archive / "2.flac"))
    assert (code, "another key" in err) == (1, True)
    monkeypatch.setenv("WWPHONE_RECORDING_KEY", "nonsense")
    code, _, err = run("recordings", "export", "rec-4", str(archive / "2.flac"))
    assert (code, "not 32 bytes in base64" in err, "nonsense" in err) == (1, True, False)
    assert not (archive / "2.flac").exists()


def test_a_key_is_made(run: Run) -> None:
    first, second = run("recordings", "new-key"), run("recordings", "new-key")
    assert first[::2] == (0, "")
    assert len(base64.b64decode(first[1], validate=False)) == 32
    assert first[1] != second[1]
