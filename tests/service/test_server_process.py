"""`serve` as a process of its own: starts, tells systemd, survives a crash, stops in an orderly way, keeps its secrets."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.cti_server import PEOPLE, CtiServerUnderTest
from tests.helpers.ports import free_port
from tests.helpers.processes import ChildProcess
from tests.helpers.raw_cti import PASSWORD, RawCtiClient, http_get
from tests.helpers.waiting import SECONDS, wait_until, wait_until_async
from wwphone.server.certificates import IssuedFiles

AMI_SECRET = "hush-of-the-manager"


class ServerProcess:
    """The server under test as another process over the same settings."""

    def __init__(self, folder: Path, tls: IssuedFiles) -> None:
        self._folder = folder
        self.store = CtiServerUnderTest(folder, tls)
        self._tls = tls
        (folder / "asterisk").mkdir()
        (folder / "server.toml").write_text(
            f"""
            [listener]
            port = 0
            [http]
            port = 0
            [tls]
            certificate = "{tls.certificate}"
            key = "{tls.key}"
            [store]
            url = "{self.store.store_url}"
            [pbx]
            ami_port = {free_port()}
            configuration_folder = "asterisk"
            """
        )
        self.process = self._new(folder / "server-0.log")
        self._starts = 0

    def _new(self, log: Path) -> ChildProcess:
        command: list[str | Path] = [
            sys.executable,
            "-m",
            "wwphone.server.app",
            "--config",
            self._folder / "server.toml",
            "serve",
        ]
        environment = {"WWPHONE_PBX_AMI_SECRET": AMI_SECRET, "NOTIFY_SOCKET": str(self._folder / "notify")}
        return ChildProcess("wwphone-server", command, log, environment, Path(__file__).parents[2])

    def start(self) -> None:
        """Start it and wait until it listens."""
        self._starts += 1
        self.process = self._new(self._folder / f"server-{self._starts}.log").start()
        self.process.wait_until_ready(
            lambda: self._port_in("listening on"), "the server to listen", 20 * SECONDS
        )

    def _port_in(self, text: str) -> int | None:
        found = re.search(rf"{text} 127\.0\.0\.1 port (\d+)", self.process.log_text())
        return int(found[1]) if found else None

    @property
    def port(self) -> int:
        """Where clients connect."""
        port = self._port_in("listening on")
        assert port is not None
        return port

    def client(self) -> RawCtiClient:
        """A client that is not connected yet."""
        return RawCtiClient(f"wss://127.0.0.1:{self.port}/", self.store.context())


@pytest.fixture
def server(tmp_path: Path, tls_files: IssuedFiles) -> Iterator[ServerProcess]:
    server = ServerProcess(tmp_path, tls_files)
    asyncio.run(server.store.populate())
    yield server
    server.process.stop()


def test_sigterm_says_goodbye_makes_durable_and_ends_with_0(server: ServerProcess) -> None:
    async def scenario() -> None:
        client = await server.client().open()
        await client.sign_in("anna")
        await client.request("presence.set", {"status": "internal_only"})
        server.process.send_signal(signal.SIGTERM)
        assert (await client.wait_for("goodbye"))["body"]["code"] == "server_stopping"
        assert await client.wait_for_close() == 1001

    server.start()
    asyncio.run(scenario())
    assert server.process.wait_for_end() == 0
    assert "stopping" in server.process.log_text()


def test_a_killed_server_has_lost_nothing_that_was_confirmed(server: ServerProcess) -> None:
    async def before() -> RawCtiClient:
        client = await server.client().open()
        await client.sign_in("anna")
        await client.request("presence.set", {"status": "internal_only"})
        server.process.kill()
        await client.wait_for_close()
        return client

    async def after(client: RawCtiClient) -> None:
        again = await server.client().open()
        reply = await again.resume(client)
        assert reply["body"]["snapshot"]
        assert dict(again.snapshot["presences"])["anna"]["status"] == "internal_only"
        await again.close()

    server.start()
    client = asyncio.run(before())
    server.start()
    asyncio.run(after(client))


def test_systemd_is_told(server: ServerProcess, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(10 * SECONDS)
        server.start()
        assert systemd.recv(100) == b"READY=1"
        server.process.send_signal(signal.SIGTERM)
        assert systemd.recv(100) == b"STOPPING=1"
    assert server.process.wait_for_end() == 0


def test_sighup_reads_the_certificate_and_serves_on(server: ServerProcess) -> None:
    async def scenario() -> None:
        client = await server.client().open()
        server.process.send_signal(signal.SIGHUP)
        await wait_until_async(
            lambda: "the certificate was read again" in server.process.log_text(), "the reload"
        )
        assert (await client.sign_in("anna"))["kind"] == "reply"
        await client.close()

    server.start()
    asyncio.run(scenario())


def test_without_a_pbx_people_are_served_and_health_is_degraded(server: ServerProcess) -> None:
    async def scenario() -> None:
        client = await server.client().open()
        await client.sign_in("anna")
        assert client.snapshot["pbx_connected"] is False
        assert (await client.request("calls.dial", {"number": "202"}))["body"]["code"] == "pbx_unavailable"
        await client.close()
        status, _, text = await http_get(operations_port(server), "/health")
        assert status == 200
        assert '"degraded"' in text

    server.start()
    asyncio.run(scenario())


def operations_port(server: ServerProcess) -> int:
    found = wait_until(
        lambda: re.search(r"health and metrics on 127\.0\.0\.1 port (\d+)", server.process.log_text()),
        "its port",
    )
    return int(found[1])


def test_no_secret_is_in_the_log_or_in_the_list_of_processes(server: ServerProcess) -> None:
    async def scenario() -> str:
        client = await server.client().open()
        await client.sign_in("nobody", PASSWORD)
        reply = await client.sign_in("anna")
        await client.send("x" * 70_000)
        await client.wait_for_close()
        return str(reply["body"]["token"])

    server.start()
    token = asyncio.run(scenario())
    arguments = Path(f"/proc/{server.process.pid}/cmdline").read_bytes().decode()
    server.process.stop()
    log = server.process.log_text()
    assert "unknown user" in log
    for secret in (PASSWORD, token, AMI_SECRET, PEOPLE[0].sip_password, PEOPLE[0].cti_password_hash):
        assert secret not in log
        assert secret not in arguments


def test_a_taken_port_is_told_in_one_line(server: ServerProcess, tmp_path: Path) -> None:
    with socket.socket() as taker:
        taker.bind(("127.0.0.1", 0))
        taker.listen()
        file = tmp_path / "server.toml"
        file.write_text(file.read_text().replace("port = 0", f"port = {taker.getsockname()[1]}", 1))
        server.process = server._new(tmp_path / "taken.log").start()
        assert server.process.wait_for_end(20 * SECONDS) == 1
    assert "the server cannot start" in server.process.log_text()
    assert "Traceback" not in server.process.log_text()
