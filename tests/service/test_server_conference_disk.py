"""The disk of the server's database is really full: conferences and their mails wait, none is lost and none comes twice."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.cti_server import CtiServerUnderTest
from tests.helpers.mail_server import MailServer
from tests.helpers.small_disk import MayNotMountError, SmallDisk
from tests.helpers.waiting import SECONDS, wait_until_async
from tests.service.conference_office import ANNA, BEAT, CARLA, HANS, LENA, OUTSIDE, Office
from tests.service.conference_office import mail as mail  # noqa: PLC0414 - a fixture
from tests.service.conference_office import shared_mail as shared_mail  # noqa: PLC0414 - a fixture
from tests.service.test_server_history import code_of
from wwphone.server.certificates import IssuedFiles
from wwphone.server.services import mail as mail_service

DISK_MB = 6


class Disk:
    """A small disk with the database on it."""

    def __init__(self, folder: Path) -> None:
        self.store = folder / "store.sqlite"
        self._disk = SmallDisk(folder, DISK_MB)

    def mount(self) -> None:
        self._disk.__enter__()

    def unmount(self) -> None:
        self._disk.__exit__(None, None, None)

    def fill(self) -> None:
        """Not even the room that the write-ahead log has taken is left."""
        connection = sqlite3.connect(self.store, timeout=10 * SECONDS)
        busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        connection.close()
        assert not busy
        self._disk.fill()

    def make_room(self) -> None:
        self._disk.make_room()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    folder = tmp_path / "small"
    folder.mkdir()
    disk = Disk(folder)
    try:
        disk.mount()
    except MayNotMountError as error:
        pytest.skip(f"a full disk needs a small file system of its own: {error}")
    yield disk
    disk.unmount()


@pytest.fixture
async def office(
    tmp_path: Path, tls_files: IssuedFiles, mail: MailServer, disk: Disk
) -> AsyncIterator[Office]:
    server = CtiServerUnderTest(
        tmp_path,
        tls_files,
        store_url=f"sqlite:///{disk.store}",
        numbers_country="CH",
        conferences_number=OUTSIDE,
        **mail.settings(),
    )
    await server.populate((ANNA, BEAT, CARLA))
    await server.start()
    yield Office(server, mail)
    await server.stop()


async def test_what_cannot_be_planned_for_want_of_room_is_planned_once_when_there_is_some(
    office: Office, disk: Disk, expected_logs: Any
) -> None:
    expected_logs(
        "failed: the database failed: database or disk is full", logger="wwphone.server.services.commands"
    )
    anna = await office.server.signed_in("anna")
    await asyncio.to_thread(disk.fill)
    for _ in range(2):
        reply = await anna.request("conference.plan", {"plan": office.plan()})
        assert code_of(reply) == "no_space"
        assert "the server's disk is full; nothing was changed" in str(reply)
    assert anna.event_bodies("conference.plan_changed") == []
    assert (office.service.book.all(), office.doors, office.mail.letters) == ((), (), [])

    disk.make_room()
    planned = await office.planned(anna)
    assert [to for to, _ in await office.kinds(2)] == ["anna@example.net", HANS]
    await asyncio.to_thread(disk.fill)
    body = {"conference_id": planned["conference_id"], "sequence": 0}
    changed = {**body, "plan": {**planned["plan"], "title": "Anders"}}
    assert code_of(await anna.request("conference.change", changed)) == "no_space"
    assert code_of(await anna.request("conference.cancel", body)) == "no_space"
    disk.make_room()
    await office.server.restart()
    anna = await office.server.signed_in("anna")
    (there,) = anna.snapshot["conferences"]["plans"]
    assert (there["plan"]["title"], there.get("cancelled", False)) == ("Grüsse", False)
    await office.opened(planned["conference_id"])
    await office.changed(anna, there, title="Anders")
    assert len(await office.letters(4)) == 4


async def test_a_disk_that_fills_up_while_mails_go_out_sends_none_twice_and_loses_none(
    office: Office, disk: Disk, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_service, "_RETRY_S", 0.2)
    waited = asyncio.Event()
    loop = asyncio.get_running_loop()

    def note(text: str, *_: object) -> None:
        if "waits for the store" in text:
            loop.call_soon_threadsafe(waited.set)

    monkeypatch.setattr(mail_service.logger, "info", note)
    filled: list[int] = []

    def fills_once() -> None:
        if not filled:
            filled.append(len(mail.letters))
            disk.fill()

    monkeypatch.setattr(mail, "before_answer", fills_once)
    anna = await office.server.signed_in("anna")
    planned = await office.planned(anna, "anna@example.net", HANS, LENA)
    await wait_until_async(waited.is_set, "the queue to wait for room", 20 * SECONDS)
    waited.clear()
    await wait_until_async(waited.is_set, "it to have tried again", 20 * SECONDS)
    assert len(mail.letters) == 1, "one was taken while there was room; none without a note of it"

    disk.make_room()
    await office.states(anna, "sent", "sent", "sent")
    there = Counter(to for to, _ in await office.kinds(3))
    assert there == Counter(("anna@example.net", HANS, LENA))
    await office.server.restart()
    anna = await office.server.signed_in("anna")
    (kept,) = anna.snapshot["conferences"]["plans"]
    assert kept["conference_id"] == planned["conference_id"]
    assert [one["mail"] for one in kept["invitees"]] == ["sent"] * 3
    assert len(mail.letters) == 3
