"""The disk that Asterisk records to becomes full during a call: the recording ends and is kept, the call goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.baresip import PhoneSound
from tests.helpers.baresip_control import EventKind
from tests.helpers.company import CompanyPlan, RealCompany
from tests.helpers.small_disk import MayNotMountError, SmallDisk
from tests.helpers.waiting import SECONDS, wait_until
from wwphone.domain.recording import RecordingEnd, RecordingEntry, RecordingState
from wwphone.server.store.sql_store import SqlStore

pytestmark = pytest.mark.end_to_end

ANNA_HZ, BEAT_HZ = 440, 660
DISK_MB, LEAST_FREE_MB = 2, 1
_LASTS_S = (DISK_MB - LEAST_FREE_MB) * 1024 * 1024 / (2 * 2 * 24_000)
"""How long a recording takes to use what may be used: two channels of 16 bits, 24,000 times a second."""


@pytest.fixture
def company(tmp_path: Path) -> Iterator[RealCompany]:
    """Beat's calls are recorded, and there is little room for it."""
    plan = CompanyPlan(recorded=frozenset({"beat"}), settings={"recording": {"least_free_mb": LEAST_FREE_MB}})
    made = RealCompany(tmp_path, plan)
    try:
        disk = SmallDisk(tmp_path / "spool", DISK_MB).__enter__()
    except MayNotMountError as error:
        pytest.skip(f"a full disk needs a small file system of its own: {error}")
    try:
        with made:
            yield made
    finally:
        disk.__exit__(None, None, None)


def kept(folder: Path) -> list[RecordingEntry]:
    """What the store has of Beat."""

    async def read() -> tuple[RecordingEntry, ...]:
        store = SqlStore(f"sqlite:///{folder / 'store.sqlite'}")
        await store.open()
        try:
            return await store.all_recordings("beat")
        finally:
            await store.close()

    return list(asyncio.run(read()))


def test_a_full_disk_ends_the_recording_and_never_the_call(company: RealCompany, tmp_path: Path) -> None:
    anna = company.phone("anna", PhoneSound(ANNA_HZ))
    beat = company.phone("beat", PhoneSound(BEAT_HZ), answers_itself=True)
    with anna, beat:
        anna.register()
        beat.register()
        anna.dial(company.member("beat").number)
        anna.wait_for(EventKind.CALL_ESTABLISHED)
        wait_until(lambda: company.figure("wwphone_recordings_running") == 1.0, "the recording")
        wait_until(
            lambda: company.figure("wwphone_recordings_running") == 0.0,
            "its end",
            (_LASTS_S + 10) * SECONDS,
        )
        said_s = anna.heard().seconds
        wait_until(lambda: anna.heard().seconds > said_s + 1, "the call to go on", 10 * SECONDS)
        assert anna.heard().last(0.5).tone_share(BEAT_HZ) > 0.9
        assert len(company.channels()) == 2
        anna.hang_up()
        beat.wait_for(EventKind.CALL_CLOSED)
    wait_until(
        lambda: [one.state for one in kept(tmp_path)] == [RecordingState.READY],
        "it to be put away",
        30 * SECONDS,
    )
    (recording,) = kept(tmp_path)
    assert recording.end is RecordingEnd.DISK_FULL
    assert _LASTS_S - 1 <= recording.length_ms / 1000 <= _LASTS_S + 3
    assert "full" in company.server_log()
