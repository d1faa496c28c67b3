"""Line processes: one that dies, hangs or lies; the core that dies; their end, their certificate, and what they know."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.cti_server import CtiServerUnderTest
from tests.helpers.raw_cti import RawCtiClient
from tests.helpers.waiting import SECONDS, wait_until, wait_until_async
from tests.service.test_server_process import AMI_SECRET, ServerProcess
from tests.service.test_server_resume import DESK_PHONE
from wwphone.domain.calls import PhoneState
from wwphone.protocol.calls import PhoneStateChanged
from wwphone.server.certificates import IssuedFiles, issue
from wwphone.server.listener import line_process
from wwphone.server.listener.line_process import LineProcess
from wwphone.server.listener.process_gate import ProcessGate

ExpectLogs = Callable[..., list[Any]]
ENDED = "a line process has ended"


def gate_of(server: CtiServerUnderTest) -> ProcessGate:
    gate = server.running.listener.gate
    assert isinstance(gate, ProcessGate)
    return gate


def busiest(server: CtiServerUnderTest) -> LineProcess:
    return max(gate_of(server).running, key=lambda process: process.lines)


async def started(folder: Path, tls: IssuedFiles, count: int = 2) -> CtiServerUnderTest:
    server = await CtiServerUnderTest(folder, tls, listener_line_processes=count).populate()
    return await server.start()


class Follower:
    """A client that comes back, and all that it was told over its lines."""

    def __init__(self, server: CtiServerUnderTest, client: RawCtiClient) -> None:
        self._server = server
        self.client = client
        self._before: list[str] = []
        self.returns = 0

    @property
    def told(self) -> list[str]:
        bodies = self.client.event_bodies("calls.phone_state_changed")
        return self._before + [one["user"] for one in bodies if one["user"].startswith("user-")]

    async def come_back(self, **fields: Any) -> None:
        before, self._before = self.client, self.told
        self.client = await self._server.client().open()
        assert not (await self.client.resume(before, **fields))["body"]["snapshot"]
        self.returns += 1


async def test_a_killed_line_process_costs_its_clients_a_moment_and_nobody_an_event(
    tmp_path: Path, tls_files: IssuedFiles, expected_logs: ExpectLogs
) -> None:
    expected_logs(ENDED)
    server = await started(tmp_path, tls_files)
    server.pbx.register("anna", DESK_PHONE)
    followers = [
        Follower(server, await server.signed_in(user)) for user in ("anna", "beat", "plain", *4 * ("carla",))
    ]
    anna, published = followers[0], 0
    for wave in range(30):
        for _ in range(20):
            server.running.log.publish(PhoneStateChanged(f"user-{published}", PhoneState.FREE))
            published += 1
        if wave == 10:
            await anna.client.ask("calls.dial", {"number": "202"}, "dial-1")
            for process in gate_of(server).running:
                os.kill(process.pid, signal.SIGKILL)
        due = partial(has_all, published)
        await wait_until_async(partial(all_of, due, followers), "all events, or the end")
        for follower in followers:
            if follower.client.ended:
                await follower.come_back(**({"pending": ["dial-1"]} if follower is anna else {}))
    await wait_until_async(lambda: all(len(one.told) == published for one in followers), "all events")
    for follower in followers:
        assert follower.told == [f"user-{number}" for number in range(published)]
        assert follower.returns == 1
    answer = await anna.client.answer_to("dial-1")
    dialled = answer["kind"] == "reply"
    assert dialled or answer["body"]["code"] == "not_executed"
    assert len(server.pbx.asked.originated) == dialled
    await wait_until_async(lambda: server.running.listener.processes == 2, "both processes", 20 * SECONDS)
    for follower in followers:
        await follower.client.close()
    await wait_until_async(lambda: not server.running.listener.connections, "no connections")
    assert len(server.running.listener._reception._admission) == 0
    await server.stop()


def has_all(published: int, follower: Follower) -> bool:
    return follower.client.ended or len(follower.told) >= published


def all_of(condition: Callable[[Follower], bool], followers: list[Follower]) -> bool:
    return all(map(condition, followers))


async def test_the_lines_of_other_processes_stand(
    tmp_path: Path, tls_files: IssuedFiles, expected_logs: ExpectLogs
) -> None:
    expected_logs(ENDED)
    server = await started(tmp_path, tls_files)
    clients: list[RawCtiClient] = []
    while not all(process.lines for process in gate_of(server).running):
        clients.append(await server.client().open())
        assert len(clients) < 200
    victim, other = gate_of(server).running
    stay = other.lines
    os.kill(victim.pid, signal.SIGKILL)
    await wait_until_async(lambda: server.running.listener.connections == stay, "the lines of one to end")
    await wait_until_async(lambda: sum(one.ended for one in clients) == len(clients) - stay, "their ends")
    for client in clients:
        if not client.ended:
            await client.send("nonsense")
            await client.wait_for("failure")
    await server.stop()
    for client in clients:
        await client.wait_for_close()


async def test_a_process_that_hangs_is_ended(
    tmp_path: Path, tls_files: IssuedFiles, expected_logs: ExpectLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected_logs("hangs and is ended")
    expected_logs(ENDED)
    server = await started(tmp_path, tls_files, 1)
    client = await server.signed_in("anna")
    hanging = busiest(server)
    os.kill(hanging.pid, signal.SIGSTOP)
    monkeypatch.setattr(line_process, "_SILENCE_S", 0.5)
    await wait_until_async(lambda: not server.running.listener.connections, "the line to be given up")
    monkeypatch.undo()
    again = await server.client().open()
    assert (await again.resume(client))["kind"] == "reply"
    assert busiest(server).pid != hanging.pid
    await client.wait_for_close()
    await again.close()
    await server.stop()


@pytest.mark.parametrize(
    "lie", [b"\xff" * 9, b"\0\0\0\x09\x24\0\0\xff\xff\0\0\0\1"], ids=["noise", "no-line"]
)
async def test_a_process_that_breaks_the_rules_is_replaced(
    tmp_path: Path, tls_files: IssuedFiles, expected_logs: ExpectLogs, lie: bytes
) -> None:
    expected_logs("breaks the rules")
    expected_logs(ENDED)
    server = await started(tmp_path, tls_files, 1)
    client = await server.signed_in("anna")
    liar = busiest(server)
    liar._channel.data_received(lie)
    await client.wait_for_close()
    again = await server.client().open()
    assert (await again.resume(client))["kind"] == "reply"
    assert busiest(server) is not liar
    await again.close()
    await server.stop()


async def test_a_process_that_cannot_start_is_tried_again(tmp_path: Path, expected_logs: ExpectLogs) -> None:
    expected_logs(ENDED)
    tries = expected_logs("a line process does not start")
    files = issue(tmp_path / "tls", ["127.0.0.1"])
    server = await started(tmp_path, files, 1)
    key = files.key.read_bytes()
    files.key.write_text("broken")
    os.kill(busiest(server).pid, signal.SIGKILL)
    await wait_until_async(lambda: len(tries) >= 2, "tries that fail", 20 * SECONDS)
    files.key.write_bytes(key)
    client = await server.signed_in("anna")
    await client.close()
    await server.stop()


async def test_when_none_can_start_the_server_does_not(
    tmp_path: Path, tls_files: IssuedFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    server = await CtiServerUnderTest(tmp_path, tls_files, listener_line_processes=2).populate()
    with pytest.raises(OSError, match="a line process does not start"):
        await server.start()


async def test_a_renewed_certificate_is_used_by_new_connections(tmp_path: Path) -> None:
    files = issue(tmp_path / "tls", ["127.0.0.1"], days=30)
    server = await started(tmp_path, files)
    standing = await server.signed_in("anna")
    issue(tmp_path / "tls", ["127.0.0.1"], days=60)
    server.running.reload_certificate()
    old = standing.socket.transport.get_extra_info("peercert")["notAfter"]
    seen: set[str] = {old}
    while seen == {old}:  # each process reads it in its own time
        async with server.client() as client:
            seen.add(client.socket.transport.get_extra_info("peercert")["notAfter"])
    assert (await standing.request("presence.set", {"status": "unavailable"}))["type"] == "done"
    await standing.close()
    await server.stop()


# ---------------------------------------------------------------- the core as a process


@pytest.fixture
def process(tmp_path: Path, tls_files: IssuedFiles) -> Any:
    """A server with two line processes, not started yet."""
    server = ServerProcess(tmp_path, tls_files)
    file = tmp_path / "server.toml"
    file.write_text(file.read_text().replace("[listener]", "[listener]\nline_processes = 2", 1))
    asyncio.run(server.store.populate())
    yield server
    server.process.stop()


def children(pid: int) -> list[int]:
    """The line processes of a server."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and entry.name != str(pid):
            try:
                words = (entry / "cmdline").read_bytes()
                parent = int(re.search(r"PPid:\s+(\d+)", (entry / "status").read_text())[1])  # type: ignore[index]
            except OSError:
                continue
            if b"wwphone.server.lines" in words and parent == pid:
                found.append(int(entry.name))
    return found


def lives(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def test_when_the_server_is_killed_its_line_processes_end_and_clients_come_back(
    process: ServerProcess,
) -> None:
    async def before() -> RawCtiClient:
        client = await process.client().open()
        await client.sign_in("anna")
        process.process.kill()
        await client.wait_for_close()
        return client

    async def after(client: RawCtiClient) -> None:
        again = await process.client().open()
        assert (await again.resume(client))["kind"] == "reply"
        await again.close()

    process.start()
    kept = children(process.process.pid)
    assert len(kept) == 2
    client = asyncio.run(before())
    wait_until(lambda: not any(map(lives, kept)), "the line processes to end")
    process.start()
    asyncio.run(after(client))


def test_a_signal_to_all_of_the_service_ends_it_with_a_goodbye(process: ServerProcess) -> None:
    async def scenario() -> None:
        clients = [await process.client().open() for _ in range(4)]
        for pid in kept:  # as systemd does: to every process of the unit
            os.kill(pid, signal.SIGTERM)
        process.process.send_signal(signal.SIGTERM)
        for client in clients:
            assert (await client.wait_for("goodbye"))["body"]["code"] == "server_stopping"
            assert await client.wait_for_close() == 1001

    process.start()
    kept = children(process.process.pid)
    asyncio.run(scenario())
    assert process.process.wait_for_end() == 0
    assert not any(map(lives, kept))
    assert "Traceback" not in process.process.log_text()


def test_a_line_process_is_told_no_secret(process: ServerProcess) -> None:
    process.start()
    for pid in children(process.process.pid):
        environment = Path(f"/proc/{pid}/environ").read_bytes().decode()
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode()
        assert AMI_SECRET not in environment + words
        assert "WWPHONE" not in environment
        assert "server.key" not in words
