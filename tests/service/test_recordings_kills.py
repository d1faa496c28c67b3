"""A process that puts recordings away is killed at random moments: each is put away once in the end, whole."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.cti_server import user_record
from tests.helpers.migrated import put_migrated
from tests.helpers.recordings import archive_in, begun, decoded, later, samples, write_raw
from tests.helpers.waiting import SECONDS, wait_until_told
from wwphone.domain.recording import RecordingEnd, RecordingState
from wwphone.server.recording_api import RecordingFiles
from wwphone.server.recordings.vault import file_hash
from wwphone.server.store.recording_chain import BEFORE_THE_FIRST
from wwphone.server.store.sql_store import SqlStore

KILLS = 50
EACH_TIME = 2
_LONGEST_S = 0.12
"""So long a process may work; two recordings take about as long."""


@pytest.fixture
def killed(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """What forks an archive for each line; see `tests.helpers.killed_archive`."""
    words = [sys.executable, "-m", "tests.helpers.killed_archive", str(tmp_path)]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    yield process
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    process.stdout.close()
    assert process.wait(10 * SECONDS) == 0


def kill_one(killed: subprocess.Popen[str], after_s: float) -> None:
    """Let one work for so long and kill it."""
    assert killed.stdin is not None
    assert killed.stdout is not None
    killed.stdin.write("\n")
    killed.stdin.flush()
    child = int(killed.stdout.readline())
    assert killed.stdout.readline() == "began\n"
    end_s = time.perf_counter() + after_s
    while time.perf_counter() < end_s:
        pass
    os.kill(child, signal.SIGKILL)


def raw_of(files: RecordingFiles) -> tuple[bytes, bytes]:
    """What lies in the spool."""
    return files.mine.read_bytes(), files.others.read_bytes()


@pytest.mark.skipif(sys.platform == "win32", reason="there is neither fork nor kill -9")
async def test_nothing_is_lost_or_doubled_at_fifty_random_kills(
    tmp_path: Path, killed: subprocess.Popen[str]
) -> None:
    chance = random.Random(4)
    store = SqlStore(await put_migrated(f"sqlite:///{tmp_path}/store.sqlite"))
    await store.open()
    await store.add_user(user_record("anna", "201", group=""))
    archive = archive_in(tmp_path, store)
    raw: dict[str, tuple[bytes, bytes]] = {}
    interrupted = 0
    for kill in range(KILLS):
        for n in range(EACH_TIME):
            recording_id = f"rec-{kill:02}-{n}"
            sides = samples(300 + 10 * kill, 1 + n / 2), samples(2000 + 10 * kill, 1)
            raw[recording_id] = sides
            files = archive.files_for(recording_id)
            write_raw(files, *sides)
            await archive.begin(begun(recording_id, files))
            await archive.end(recording_id, later(2), RecordingEnd.CALL_ENDED)
        await asyncio.to_thread(kill_one, killed, chance.random() * _LONGEST_S)
        left = {one.recording_id for one in await store.ended_recordings()}
        interrupted += bool(left)
        links = [one.recording_id for one in await store.chain_links(0, 1000)]
        assert len(links) == len(set(links))
        for recording_id in raw.keys() - set(links):
            assert raw_of(archive.files_for(recording_id)) == raw[recording_id], (
                "no link, so it is there and whole"
            )
    print(f"{interrupted} of {KILLS} kills came while there was work")
    assert interrupted >= KILLS // 10, "the kills come while there is work"

    await archive.start()

    async def all_done() -> bool:
        return not await store.ended_recordings()

    await wait_until_told(all_done, "the rest to be put away", 30 * SECONDS)
    links_now = await store.chain_links(0, 1000)
    assert sorted(one.recording_id for one in links_now) == sorted(raw)
    previous = BEFORE_THE_FIRST
    for number, link in enumerate(links_now, 1):
        assert (link.number, link.previous_hash, link.details_now) == (number, previous, link.details_hash)
        previous = link.link_hash
        file = tmp_path / "archive" / "re" / f"{link.recording_id}.recording"
        assert file_hash(file) == link.file_hash
        kept = await store.recording(link.recording_id)
        assert kept is not None
        assert kept.entry.state is RecordingState.READY
        frames, _ = decoded(await archive.read_sound(kept, 0, kept.entry.size))
        for channel, data in enumerate(raw[link.recording_id]):
            there = np.frombuffer(data, "<i2")
            assert np.array_equal(frames[: len(there), channel], there)
    assert list((tmp_path / "spool").iterdir()) == []
    assert list((tmp_path / "archive" / "unfinished").iterdir()) == []
    await archive.shutdown()
    await store.close()
