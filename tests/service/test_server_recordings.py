"""Recordings over the wire and by HTTP: owners alone read, hear, note on and delete theirs; each opening is written down."""

from __future__ import annotations

import asyncio
import base64
import shutil
import threading
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.helpers.cti_server import PEOPLE, CtiServerUnderTest
from tests.helpers.raw_cti import RawCtiClient
from tests.helpers.recordings import KEY, begun, decoded, samples, settings_in, write_raw
from tests.helpers.waiting import SECONDS, wait_until_async, wait_until_told
from tests.service.line_kinds import line_processes as line_processes  # noqa: PLC0414 - a fixture
from wwphone.domain.account import Right
from wwphone.domain.recording import MAX_RECORDING_NOTE, MAX_RECORDING_SEARCH, RecordingEnd
from wwphone.protocol.recording import MAX_RECORDING_IDS, MAX_SOUND_BYTES
from wwphone.server.certificates import IssuedFiles
from wwphone.server.clock import utc_now
from wwphone.server.listener.limits import ListenerLimits
from wwphone.server.recordings.sound import put_away
from wwphone.server.recordings.vault import VaultReader

RECORDERS = tuple(
    replace(one, rights=one.rights | {Right.RECORD_CALLS}) if one.user in ("anna", "beat") else one
    for one in PEOPLE
)
A, B = samples(440, 2), samples(1000, 2)


@pytest.fixture
async def server(
    tmp_path: Path, tls_files: IssuedFiles, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[CtiServerUnderTest]:
    """A running server that may record, with anna and beat who may."""
    monkeypatch.setenv("WWPHONE_RECORDING_KEY", base64.b64encode(KEY).decode())
    places = settings_in(tmp_path)
    server = CtiServerUnderTest(
        tmp_path, tls_files, recording_spool=places.spool, recording_folder=places.folder,
        recording_least_free_mb=0, recording_keep_days=100,
    )  # fmt: skip
    await server.populate(RECORDERS)
    await server.start()
    yield server
    await server.stop()


async def record(
    server: CtiServerUnderTest, recording_id: str, user: str = "anna", mine: bytes = A, others: bytes = B
) -> None:
    """Record something and wait until it is put away."""
    keeper = server.running.archive
    files = keeper.files_for(recording_id)
    await keeper.begin(begun(recording_id, files, user, utc_now()))
    write_raw(files, mine, others)
    await keeper.end(recording_id, utc_now(), RecordingEnd.STOPPED)

    async def done() -> bool:
        return not await server.running._store.ended_recordings()

    await wait_until_told(done, f"{recording_id} to be put away")


async def ask(client: RawCtiClient, kind: str, **body: Any) -> dict[str, Any]:
    """The body of the reply; of a failure, its code."""
    reply = await client.request(f"recording.{kind}", body)
    return dict(reply["body"]) if reply["kind"] == "reply" else {"refused": reply["body"]["code"]}


async def read(client: RawCtiClient, **wanted: Any) -> list[str]:
    return [one["recording_id"] for one in (await ask(client, "read", filter=wanted))["entries"]]


async def opened(client: RawCtiClient, recording_id: str, purpose: str = "play") -> dict[str, Any]:
    return await ask(client, "open", recording_id=recording_id, purpose=purpose)


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


async def get(server: CtiServerUnderTest, path: str, token: str = "", *lines: str) -> Answer:
    """Ask by HTTP, as bytes on the line."""
    context = server.context()
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", server.running.listener.port, ssl=context, server_hostname="127.0.0.1"
    )
    head = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *lines]
    if token:
        head.append(f"Authorization: Bearer {token}")
    writer.write("\r\n".join([*head, "", ""]).encode())
    answer = await asyncio.wait_for(reader.read(), 20 * SECONDS)
    writer.close()
    first, _, body = answer.partition(b"\r\n\r\n")
    status, *fields = first.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in fields)}
    assert int(headers["content-length"]) == len(body)
    assert headers["cache-control"] == "no-store"
    return Answer(int(status.split()[1]), headers, body)


async def test_an_owner_is_told_reads_opens_and_hears(server: CtiServerUnderTest) -> None:
    anna, beat = await server.signed_in("anna"), await server.signed_in("beat")
    await record(server, "rec-1")
    await anna.wait_for_event("recording.changed", revision=2)
    states = [
        entry["state"] for event in anna.event_bodies("recording.changed") for entry in event["entries"]
    ]
    page = await ask(anna, "read", filter={})
    (entry,) = page["entries"]
    assert (entry["state"], entry["length_ms"], entry["called"], page["total"]) == ("ready", 2000, "201", 1)
    assert entry["delete_on"] is not None
    assert states[0] == "working"
    assert await read(beat) == []
    assert beat.event_bodies("recording.changed") == []

    access = await opened(anna, "rec-1")
    assert (access["media_type"], access["size"]) == ("audio/flac", entry["size"])
    assert len(access["waveform"]["left"]) == 40
    answer = await get(server, access["path"], access["token"])
    assert (answer.status, answer.headers["content-type"]) == (206, "audio/flac")
    assert answer.headers["content-range"] == f"bytes 0-{access['size'] - 1}/{access['size']}"
    frames, _ = decoded(answer.body)
    assert np.array_equal(frames[:, 0], np.frombuffer(A, "<i2"))
    assert np.array_equal(frames[:, 1], np.frombuffer(B, "<i2"))

    await opened(anna, "rec-1", "export")
    told = (await ask(anna, "read_accesses", recording_id="rec-1"))["accesses"]
    assert [(one["user"], one["host_name"], one["purpose"]) for one in told] == [
        ("anna", "PC-1", "export"), ("anna", "PC-1", "play"),
    ]  # fmt: skip


async def test_ranges(server: CtiServerUnderTest) -> None:
    anna = await server.signed_in("anna")
    noise = np.random.default_rng(1).integers(-20_000, 20_000, 400_000, dtype="<i2").tobytes()
    await record(server, "rec-1", mine=noise, others=noise[::-1])
    access = await opened(anna, "rec-1")
    size, path, token = access["size"], access["path"], access["token"]
    assert size > MAX_SOUND_BYTES
    whole = b""
    while len(whole) < size:
        answer = await get(server, path, token, f"Range: bytes={len(whole)}-{size - 1}")
        assert answer.status == 206
        assert 0 < len(answer.body) <= MAX_SOUND_BYTES
        whole += answer.body
    assert len(decoded(whole)[0]) == 400_000
    for wanted, first, last in (
        ("bytes=0-0", 0, 0),
        ("bytes=65535-65536", 65_535, 65_536),
        (f"bytes={size - 5}-", size - 5, size - 1),
        (f"bytes={size - 5}-{size + 100}", size - 5, size - 1),
        ("bytes=-7", size - 7, size - 1),
        ("bytes=9-3", 0, MAX_SOUND_BYTES - 1),
        ("bytes=0-1,5-6", 0, MAX_SOUND_BYTES - 1),
        ("items=0-1", 0, MAX_SOUND_BYTES - 1),
    ):
        answer = await get(server, path, token, f"Range: {wanted}")
        assert answer.status == 206, wanted
        assert answer.headers["content-range"] == f"bytes {first}-{last}/{size}", wanted
        assert answer.body == whole[first : last + 1], wanted
    for wanted in (f"bytes={size}-", "bytes=999999999999999-", "bytes=-0"):
        answer = await get(server, path, token, f"Range: {wanted}")
        assert (answer.status, answer.headers["content-range"]) == (416, f"bytes */{size}"), wanted


async def test_who_gets_no_sound(server: CtiServerUnderTest) -> None:
    anna = await server.signed_in("anna")
    await record(server, "rec-1")
    await record(server, "rec-2")
    access = await opened(anna, "rec-1")
    path, token = access["path"], access["token"]
    assert (await get(server, path, token)).status == 206
    for asked, given, lines, status in (
        (path, "", (), 401),
        (path, "x" * 43, (), 401),
        (path, anna.token, (), 401),
        ("/recordings/rec-2", token, (), 401),
        ("/recordings/../rec-1", token, (), 404),
        ("/recordings/", token, (), 404),
        (path + "?token=1", token, (), 404),
        (path, "", ("Authorization: Basic YTpi",), 401),
        (path, "", (f"Authorization: Bearer {token}", f"Authorization: Bearer {token}"), 400),
        (path, token, ("Origin: https://example.com",), 403),
        (path, token, ("Origin: null",), 403),
    ):
        answer = await get(server, asked, given, *lines)
        assert answer.status == status, (asked, lines)
        assert b"fLaC" not in answer.body
    assert "www-authenticate" in (await get(server, path)).headers


async def test_a_token_dies_with_its_session_its_right_and_its_recording(server: CtiServerUnderTest) -> None:
    anna, beat = await server.signed_in("anna"), await server.signed_in("beat")
    await record(server, "rec-1")
    access = await opened(anna, "rec-1")
    path, token = access["path"], access["token"]

    await ask(anna, "delete", recording_ids=["rec-1"])
    assert (await get(server, path, token)).status == 404
    await ask(anna, "restore", recording_ids=["rec-1"])
    assert (await get(server, path, token)).status == 206

    mine = next(one for one in RECORDERS if one.user == "anna")
    await server.edit(replace(mine, rights=frozenset({Right.CTI_ACCESS})))
    await anna.wait_for_event("account.profile_changed")
    assert (await get(server, path, token)).status == 403
    assert await opened(anna, "rec-1") == {"refused": "not_permitted"}
    await server.edit(mine)
    await wait_until_async(
        lambda: len(anna.event_bodies("account.profile_changed")) == 2, "the right to be back"
    )
    assert (await get(server, path, token)).status == 206

    await anna.request("account.sign_out")
    assert (await get(server, path, token)).status == 401
    assert await read(beat) == []


async def test_everything_of_others_is_not_found(server: CtiServerUnderTest) -> None:
    beat = await server.signed_in("beat")
    await record(server, "rec-1")
    not_found = {"refused": "not_found"}
    for recording_id in ("rec-1", "none", "../x"):
        assert await opened(beat, recording_id) == not_found
        assert await ask(beat, "read_accesses", recording_id=recording_id) == not_found
        assert await ask(beat, "set_note", recording_id=recording_id, at_ms=1, text="x") == not_found
        assert await ask(beat, "delete", recording_ids=[recording_id]) == not_found
        assert await ask(beat, "restore", recording_ids=[recording_id]) == not_found
    assert await read(beat, recording_id="rec-1") == []
    assert await read(await server.signed_in("anna")) == ["rec-1"]


async def test_what_cannot_be_asked_is_refused(server: CtiServerUnderTest) -> None:
    anna = await server.signed_in("anna")
    await record(server, "rec-1")
    invalid = {"refused": "invalid"}
    for wanted in ({"text": "x" * (MAX_RECORDING_SEARCH + 1)}, {"number": "1" * 300}, {"text": "a\x00"}):
        assert await ask(anna, "read", filter=wanted) == invalid
    place = {"started_at": "2026-03-02T10:00:00Z", "recording_id": "x" * 600}
    assert await ask(anna, "read", filter={}, after=place) == invalid
    assert await ask(anna, "delete", recording_ids=["x"] * (MAX_RECORDING_IDS + 1)) == invalid
    assert await ask(anna, "open", recording_id="x" * 200, purpose="play") == invalid
    for at_ms, text in ((-1, "x"), (2001, "x"), (10**30, "x"), (0, "x" * (MAX_RECORDING_NOTE + 1))):
        assert await ask(anna, "set_note", recording_id="rec-1", at_ms=at_ms, text=text) in (
            invalid, {"refused": "malformed"},
        )  # fmt: skip
    assert (await ask(anna, "read", filter={}, limit=-5))["total"] == 1


async def test_notes_and_deletion_reach_the_owners_other_client(server: CtiServerUnderTest) -> None:
    anna = await server.signed_in("anna")
    await record(server, "rec-1")
    await anna.wait_for_event("recording.changed", revision=2)
    await ask(anna, "set_note", recording_id="rec-1", at_ms=700, text=" Preis\r\nbesprochen\x07 ")
    event = await anna.wait_for_event("recording.changed", revision=3)
    assert event["entries"][0]["notes"] == [{"at_ms": 700, "text": "Preis\nbesprochen"}]
    assert await read(anna, text="preis") == ["rec-1"]
    await ask(anna, "delete", recording_ids=["rec-1"])
    event = await anna.wait_for_event("recording.changed", revision=4)
    assert event["entries"][0]["deleted_at"] is not None
    assert (await read(anna), await read(anna, deleted=True)) == ([], ["rec-1"])
    assert await opened(anna, "rec-1") == {"refused": "not_found"}
    await ask(anna, "restore", recording_ids=["rec-1"])
    assert await read(anna) == ["rec-1"]
    for _ in range(2):
        await server.restart()
    again = await server.signed_in("anna")
    assert await read(again) == ["rec-1"]


async def test_a_missing_and_a_changed_file_are_told(
    server: CtiServerUnderTest, tmp_path: Path, expected_logs: Callable[..., Any]
) -> None:
    anna = await server.signed_in("anna")
    await record(server, "rec-1")
    access = await opened(anna, "rec-1")
    file = tmp_path / "archive" / "re" / "rec-1.recording"
    aside = tmp_path / "aside"
    shutil.move(file, aside)
    expected_logs("is not there|is missing|cannot be read")
    assert await opened(anna, "rec-1") == {"refused": "conflict"}
    await anna.wait_for_event("recording.changed", revision=3)
    assert (await ask(anna, "read", filter={}))["entries"][0]["state"] == "missing"
    assert (await get(server, access["path"], access["token"])).status == 404
    shutil.move(aside, file)
    assert (await opened(anna, "rec-1"))["size"] == access["size"]
    assert (await ask(anna, "read", filter={}))["entries"][0]["state"] == "ready"

    sound = bytearray(file.read_bytes())
    sound[-40] ^= 1
    file.write_bytes(bytes(sound))
    expected_logs("is not what was put there")
    assert (await get(server, access["path"], access["token"])).status == 404
    assert (await ask(anna, "read", filter={}))["entries"][0]["state"] == "changed"


async def test_requests_count_as_connections(
    tmp_path: Path, tls_files: IssuedFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WWPHONE_RECORDING_KEY", base64.b64encode(KEY).decode())
    server = CtiServerUnderTest(tmp_path, tls_files)
    server.limits = ListenerLimits(connections_per_address=3, handshake_s=2 * SECONDS)
    await server.populate(RECORDERS)
    await server.start()
    clients = [await server.client().open() for _ in range(3)]
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", server.running.listener.port, ssl=server.context(), server_hostname="127.0.0.1"
    )
    writer.write(b"GET /recordings/rec-1 HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b" 503 " in await asyncio.wait_for(reader.read(), 10 * SECONDS)
    writer.close()
    await clients[0].close()

    async def welcome() -> bool:
        try:
            return (await get(server, "/recordings/rec-1")).status == 401
        except (AssertionError, KeyError, OSError):
            return False

    for _ in range(5):
        await wait_until_told(welcome, "room for one more, again and again")
    for client in clients[1:]:
        await client.close()
    await server.stop()


async def test_sounds_and_putting_away_do_not_hold_the_loop(
    server: CtiServerUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted is the processor's time of the loop's own thread, so that what else runs on the machine does not matter."""
    anna = await server.signed_in("anna")
    noise = np.random.default_rng(1).integers(-20_000, 20_000, 24_000 * 30, dtype="<i2").tobytes()
    await record(server, "rec-1", mine=noise, others=noise[::-1])
    access = await opened(anna, "rec-1")
    threads: set[int] = set()

    def noted(work: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any) -> Any:
            threads.add(threading.get_ident())
            return work(*args)

        return run

    monkeypatch.setattr(VaultReader, "read", noted(VaultReader.read))
    monkeypatch.setattr("wwphone.server.recordings.archive.put_away", noted(put_away))
    loop = asyncio.get_running_loop()
    longest_s, spent_s, timer = 0.0, time.thread_time(), loop.call_soon(lambda: None)

    def tick() -> None:
        nonlocal longest_s, spent_s, timer
        longest_s, spent_s = max(longest_s, time.thread_time() - spent_s), time.thread_time()
        timer = loop.call_soon(tick)

    tick()

    async def hear() -> None:
        for n in range(10):
            answer = await get(server, access["path"], access["token"], f"Range: bytes={n * 100_000}-")
            assert len(answer.body) == MAX_SOUND_BYTES

    await asyncio.gather(hear(), hear(), record(server, "rec-2", mine=noise, others=noise))
    timer.cancel()
    print(f"one turn of the loop took {1000 * longest_s:.1f} ms at most, our client's part included")
    assert longest_s < 0.05 * SECONDS
    assert threads
    assert threading.get_ident() not in threads
