"""A real Asterisk, fetched, starts, keeps to this computer, and never outlives its owner."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import ssl
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.private_asterisk import AsteriskError, AsteriskPorts, PrivateAsterisk, TlsFiles, free_ports
from tests.helpers.pbx import ThrowawayPbx
from tests.helpers.ports import LOOPBACK
from tests.helpers.waiting import SECONDS, wait_until

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def pbx(tmp_path: Path) -> Iterator[ThrowawayPbx]:
    """One that is made ready; what a test starts is stopped."""
    pbx = ThrowawayPbx(tmp_path)
    yield pbx
    pbx.asterisk.stop()


@pytest.fixture(scope="module")
def running_pbx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ThrowawayPbx]:
    """One that runs, for tests that only look."""
    with ThrowawayPbx(tmp_path_factory.mktemp("pbx")) as pbx:
        yield pbx


def processes_of(asterisk: PrivateAsterisk) -> dict[int, str]:
    """Every process, of whatever parent, that was started for this Asterisk: pid → command."""
    mark = str(asterisk.paths.run)
    found: dict[int, str] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue  # it has ended meanwhile
        if mark in command and int(folder.name) != os.getpid():
            found[int(folder.name)] = command
    return found


def local_addresses_of(pid: int) -> set[tuple[str, str, int]]:
    """What a process's internet sockets are bound to: (udp, udp6, tcp or tcp6; address; port)."""
    inodes = set()
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        target = str(entry.readlink())
        if target.startswith("socket:["):
            inodes.add(target[len("socket:[") : -1])
    found = set()
    for table in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[9] in inodes:
                address, port = fields[1].split(":")
                found.add((table, _address(address), int(port, 16)))
    return found


def _address(hexadecimal: str) -> str:
    """Read an address as /proc/net prints it: 32-bit words in the byte order of this computer."""
    words = [
        int(hexadecimal[start : start + 8], 16).to_bytes(4, sys.byteorder)
        for start in range(0, len(hexadecimal), 8)
    ]
    packed = b"".join(words)
    return socket.inet_ntop(socket.AF_INET if len(packed) == 4 else socket.AF_INET6, packed)


def ami(asterisk: PrivateAsterisk, secret: str) -> str:
    """Sign in to AMI, ask for a ping, and return everything until it hangs up."""
    with socket.create_connection((LOOPBACK, asterisk.ports.ami), 10 * SECONDS) as link:
        user = asterisk.manager.user
        link.sendall(f"Action: Login\r\nUsername: {user}\r\nSecret: {secret}\r\n\r\n".encode())
        link.sendall(b"Action: Ping\r\n\r\nAction: Logoff\r\n\r\n")
        with link.makefile("rb") as stream:
            return stream.read().decode()


class TestRunning:
    def test_it_is_new_enough_and_says_so(self, running_pbx: ThrowawayPbx) -> None:
        assert running_pbx.asterisk.running
        version = running_pbx.asterisk.command("core show version")
        assert int(version.removeprefix("Asterisk ").split(".")[0]) >= 20

    def test_it_starts_without_a_complaint(self, running_pbx: ThrowawayPbx) -> None:
        lines = (running_pbx.asterisk.logs / "messages.log").read_text().splitlines()

        complaints = [line for line in lines if "WARNING" in line or "ERROR" in line]
        # On a host without any IPv6 address it has no DNS client of its own and takes the system's.
        assert [line for line in complaints if "Could not create DNS resolver" not in line] == []
        assert any("modules will be loaded" in line for line in lines)

    def test_ami_answers_the_right_secret(self, running_pbx: ThrowawayPbx) -> None:
        said = ami(running_pbx.asterisk, running_pbx.asterisk.manager.secret)

        assert said.startswith("Asterisk Call Manager/")
        assert "Authentication accepted" in said
        assert "Ping: Pong" in said

    def test_ami_refuses_another(self, running_pbx: ThrowawayPbx) -> None:
        said = ami(running_pbx.asterisk, "guess")

        assert "Authentication failed" in said
        assert "Pong" not in said

    @pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
    def test_sip_over_tls_shows_our_certificate(
        self, running_pbx: ThrowawayPbx, version: ssl.TLSVersion
    ) -> None:
        context = ssl.create_default_context(cafile=str(running_pbx.authority.ca_file))
        context.minimum_version = context.maximum_version = version
        port = running_pbx.asterisk.ports.sip_tls

        with (
            socket.create_connection((LOOPBACK, port), 10 * SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=LOOPBACK) as link,
        ):
            link.sendall(options("TLS", port))
            assert link.recv(4096).startswith(b"SIP/2.0 ")

    def test_sip_answers_by_udp_and_tcp(self, running_pbx: ThrowawayPbx) -> None:
        port = running_pbx.asterisk.ports.sip
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram:
            datagram.settimeout(10 * SECONDS)
            datagram.connect((LOOPBACK, port))
            datagram.send(options("UDP", port))
            assert datagram.recv(4096).startswith(b"SIP/2.0 ")
        with socket.create_connection((LOOPBACK, port), 10 * SECONDS) as stream:
            stream.sendall(options("TCP", port))
            assert stream.recv(4096).startswith(b"SIP/2.0 ")

    def test_no_socket_of_it_is_open_to_the_network(self, running_pbx: ThrowawayPbx) -> None:
        ports = running_pbx.asterisk.ports

        addresses = {a for pid in processes_of(running_pbx.asterisk) for a in local_addresses_of(pid)}

        expected = {("udp", ports.sip), ("tcp", ports.sip), ("tcp", ports.sip_tls), ("tcp", ports.ami)}
        assert expected <= {(table, port) for table, _, port in addresses}
        assert {address for _, address, _ in addresses} <= {"127.0.0.1", "::1"}

    def test_it_has_music_prompts_and_a_place_to_park(self, running_pbx: ThrowawayPbx) -> None:
        command = running_pbx.asterisk.command

        assert "/moh/" in command("moh show files")
        assert "700" in command("parking show default")
        assert "701-720" in command("parking show default")
        assert "opus" in command("core show translation")

    def test_it_keeps_call_records(self, running_pbx: ThrowawayPbx) -> None:
        status = running_pbx.asterisk.command("cdr show status")

        assert "cdr_manager" in status
        assert "sqlite3" in status

    def test_no_ari_is_there(self, running_pbx: ThrowawayPbx) -> None:
        assert "0 modules loaded" in running_pbx.asterisk.command("module show like res_ari")

    def test_secrets_are_in_no_command_line_and_no_file_of_others(self, running_pbx: ThrowawayPbx) -> None:
        asterisk = running_pbx.asterisk
        secret = asterisk.manager.secret

        assert all(secret not in command for command in processes_of(asterisk).values())
        assert secret not in repr(asterisk.manager)
        assert stat.S_IMODE(asterisk.paths.run.stat().st_mode) == 0o700
        assert stat.S_IMODE((asterisk.paths.run / "tls/pbx.key").stat().st_mode) == 0o600
        holders = [
            f for f in asterisk.paths.run.rglob("*") if f.is_file() and secret.encode() in f.read_bytes()
        ]
        assert [holder.name for holder in holders] == ["manager.conf"]

    def test_a_second_start_is_refused(self, running_pbx: ThrowawayPbx) -> None:
        with pytest.raises(AsteriskError, match="runs already"):
            running_pbx.asterisk.start()
        assert running_pbx.asterisk.running


def options(transport: str, port: int) -> bytes:
    """An OPTIONS request of RFC 3261 section 11, which a living user agent answers, if only by a refusal."""
    lines = [
        f"OPTIONS sip:{LOOPBACK}:{port} SIP/2.0",
        f"Via: SIP/2.0/{transport} {LOOPBACK}:9;rport;branch=z9hG4bK{transport}",
        "Max-Forwards: 70",
        f"From: <sip:test@{LOOPBACK}>;tag=1",
        f"To: <sip:{LOOPBACK}>",
        f"Call-ID: {transport}-{port}",
        "CSeq: 1 OPTIONS",
        f"Contact: <sip:test@{LOOPBACK}>",
        "Content-Length: 0",
        "",
        "",
    ]
    return "\r\n".join(lines).encode()


class TestGenerated:
    def test_what_the_cti_server_writes_later_is_read_on_reload(self, pbx: ThrowawayPbx) -> None:
        asterisk = pbx.asterisk
        asterisk.start(30 * SECONDS)
        assert "No objects found" in asterisk.command("pjsip show endpoints")
        generated = asterisk.configuration_dir
        (generated / "extensions.conf").write_text("[office]\nexten => 801,1,Echo()\n")
        (generated / "pjsip.conf").write_text("[anna]\ntype=endpoint\ncontext=office\nallow=alaw\n")
        (generated / "voicemail.conf").write_text("[default]\n41 => 1234,Anna\n")
        (generated / "confbridge.conf").write_text("[small]\ntype=bridge\nmax_members=3\n")
        (generated / "queues.conf").write_text("[hotline]\nstrategy=ringall\n")

        for module in ("pbx_config", "res_pjsip", "app_voicemail", "app_confbridge", "app_queue"):
            asterisk.command(f"module reload {module}.so")

        assert "Echo" in asterisk.command("dialplan show 801@office")
        assert "anna" in asterisk.command("pjsip show endpoints")
        assert "41" in asterisk.command("voicemail show users for default")
        assert "small" in asterisk.command("confbridge show profile bridges")
        assert "hotline" in asterisk.command("queue show")


class TestEnd:
    def test_stop_leaves_nothing_and_may_be_repeated(self, pbx: ThrowawayPbx) -> None:
        pbx.asterisk.start(30 * SECONDS)
        assert len(processes_of(pbx.asterisk)) >= 2

        pbx.asterisk.stop()

        assert processes_of(pbx.asterisk) == {}
        assert not pbx.asterisk.running
        pbx.asterisk.stop()
        assert "Asterisk cleanly ending (0)" in (pbx.asterisk.logs / "full.log").read_text()

    def test_a_killed_one_starts_again_on_the_ports_of_its_cut_connections(self, pbx: ThrowawayPbx) -> None:
        asterisk = pbx.asterisk
        asterisk.start(30 * SECONDS)
        ports = (asterisk.ports.sip, asterisk.ports.sip_tls, asterisk.ports.ami)

        with contextlib.ExitStack() as cut:
            for port in ports:
                cut.enter_context(socket.create_connection((LOOPBACK, port), 10 * SECONDS)).send(b"x")
            asterisk.kill()
            assert not asterisk.running
            assert processes_of(asterisk) == {}
            asterisk.start(30 * SECONDS)

        assert "Pong" in ami(asterisk, asterisk.manager.secret)

    def test_restart_makes_a_new_process_that_remembers(self, pbx: ThrowawayPbx) -> None:
        asterisk = pbx.asterisk
        asterisk.start(30 * SECONDS)
        before = set(processes_of(asterisk))
        asterisk.command("database put DND anna 1")

        asterisk.restart(30 * SECONDS)

        assert before.isdisjoint(processes_of(asterisk))
        assert "Value: 1" in asterisk.command("database get DND anna")
        assert "Pong" in ami(asterisk, asterisk.manager.secret)

    def test_one_that_dies_by_itself_is_noticed(self, pbx: ThrowawayPbx) -> None:
        asterisk = pbx.asterisk
        asterisk.start(30 * SECONDS)
        [pid] = [pid for pid, command in processes_of(asterisk).items() if "--argv0 asterisk" in command]

        os.kill(pid, signal.SIGSEGV)

        wait_until(lambda: not asterisk.running, "its end to be noticed")
        with pytest.raises(AsteriskError, match="does not run"):
            asterisk.command("core show version")
        asterisk.stop()
        asterisk.start(30 * SECONDS)
        assert asterisk.running

    def test_one_that_hangs_is_stopped_by_force(self, pbx: ThrowawayPbx) -> None:
        asterisk = pbx.asterisk
        asterisk.start(30 * SECONDS)
        [pid] = [pid for pid, command in processes_of(asterisk).items() if "--argv0 asterisk" in command]
        os.kill(pid, signal.SIGSTOP)

        asterisk.stop(timeout_s=0.2 * SECONDS)

        assert processes_of(asterisk) == {}

    async def test_it_outlives_the_thread_that_started_it(self, pbx: ThrowawayPbx) -> None:
        await asyncio.to_thread(pbx.asterisk.start, 30 * SECONDS)
        await asyncio.get_running_loop().shutdown_default_executor()

        assert pbx.asterisk.running
        assert "Pong" in ami(pbx.asterisk, pbx.asterisk.manager.secret)

    def test_it_does_not_outlive_its_killed_owner(self, pbx: ThrowawayPbx, tmp_path: Path) -> None:
        owner = subprocess.Popen(
            [sys.executable, "-c", OWNER, tmp_path / "owned"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
            env={**os.environ, "WWPHONE_ASTERISK": str(pbx.asterisk.paths.ready)},
        )  # fmt: skip
        with owner:
            assert owner.stdout is not None
            run = Path(owner.stdout.readline().strip())
            owned = PrivateAsterisk(
                type(pbx.asterisk.paths)(pbx.asterisk.paths.ready, run), pbx.asterisk.ports,
                pbx.asterisk.manager, TlsFiles(run, run),
            )  # fmt: skip
            assert len(processes_of(owned)) >= 2

            owner.kill()

        wait_until(lambda: processes_of(owned) == {}, "nothing of it to be left")


OWNER = """
import pathlib, sys
from tests.helpers.pbx import ThrowawayPbx
with ThrowawayPbx(pathlib.Path(sys.argv[1])) as pbx:
    print(pbx.asterisk.paths.run, flush=True)
    sys.stdin.read()
"""


class TestNoStart:
    def test_a_key_of_another_certificate_is_told_before(self, pbx: ThrowawayPbx) -> None:
        good, other = pbx.authority.good(), pbx.authority.self_signed()
        asterisk = PrivateAsterisk(
            pbx.asterisk.paths, pbx.asterisk.ports, pbx.asterisk.manager,
            TlsFiles(good.certificate_file, other.key_file),
        )  # fmt: skip

        with pytest.raises(
            AsteriskError, match=r"(?i)good.crt and key .*self-signed.key cannot serve: .*mismatch"
        ):
            asterisk.prepare()

    @pytest.mark.parametrize(
        ("port", "name"), [("sip", "SIP by TCP"), ("sip_tls", "SIP by TLS"), ("ami", "AMI")]
    )
    def test_a_taken_port_is_told_and_nothing_runs(self, pbx: ThrowawayPbx, port: str, name: str) -> None:
        number = getattr(pbx.asterisk.ports, port)

        with (
            socket.create_server((LOOPBACK, number)),
            pytest.raises(AsteriskError, match=rf"another program has the port of {name} \(port {number}\)"),
        ):
            pbx.asterisk.start(30 * SECONDS)

        assert processes_of(pbx.asterisk) == {}

    def test_a_transport_that_does_not_come_up_is_told_and_nothing_runs(self, pbx: ThrowawayPbx) -> None:
        (pbx.asterisk.paths.run / "tls/pbx.crt").unlink()

        with pytest.raises(AsteriskError, match=r"(?s)without SIP by TLS\n.*pbx\.crt"):
            pbx.asterisk.start(30 * SECONDS)

        assert processes_of(pbx.asterisk) == {}

    def test_one_that_is_too_slow_is_told_and_nothing_runs(self, pbx: ThrowawayPbx) -> None:
        with pytest.raises(AsteriskError, match="did not offer AMI in time"):
            pbx.asterisk.start(timeout_s=0.01)

        assert processes_of(pbx.asterisk) == {}

    def test_a_broken_configuration_is_told_with_the_log(self, pbx: ThrowawayPbx) -> None:
        (pbx.asterisk.paths.run / "etc/modules.conf").write_text(
            "[modules]\nautoload=no\nrequire=res_missing.so\n"
        )

        with pytest.raises(AsteriskError, match=r"(?s)ended instead of starting.*res_missing"):
            pbx.asterisk.start(30 * SECONDS)


def test_free_ports_are_free_different_and_out_of_the_way() -> None:
    ports = free_ports()

    single = {ports.sip, ports.sip_tls, ports.ami}
    assert len(single) == 3
    assert single.isdisjoint(range(ports.rtp_first, ports.rtp_last + 1))
    assert ports.rtp_last - ports.rtp_first >= 1000
    for port in single:
        with socket.create_server((LOOPBACK, port)):
            pass
    ephemeral = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    assert max(*single, ports.rtp_last) < ephemeral
    assert isinstance(ports, AsteriskPorts)
