"""A change of presence on its way to everybody: 2,000 clients of one CTI server, and Asterisk's own NOTIFY beside it.

The CTI server is the real one, a process of its own with TLS, SQLite and an Asterisk that keeps what a presence does to calls;
its clients are `benchmarks.crowd`, a second process, which times every delivery to every client. So on two processors
the measuring competes with what is measured: figures are upper limits. Signing in by password takes longer than the measurement.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.crowd import Order
from benchmarks.figures import Figure
from benchmarks.processes import cpu_s, descendants
from benchmarks.watchers import Watchers
from demo.private_asterisk import AsteriskPaths, ManagerAccount, PrivateAsterisk, TlsFiles, free_ports
from demo.server_process import ServerProcess, free_tcp_port
from wwphone.domain.presence import PresenceGroup
from wwphone.server.api import UserRecord
from wwphone.server.certificates import IssuedFiles, issue
from wwphone.server.services.passwords import generated_password, quick_hash
from wwphone.server.store.sql_store import SqlStore

CROWDS = ((200, 500), (2_000, 50))
"""So many clients, and so many changes a second: at both a hundred thousand deliveries a second. Ten times as many for the second
are more than the measuring clients could read on one processor."""
SECONDS = 60.0
LIMIT_MS = 100.0
WATCHERS = 200
TOGGLES = 60
_GROUPS = 40
_EXTENSION = "bench"
_PAUSE_S = 0.25


@dataclass(frozen=True)
class Site:
    """A running company without people at its phones."""

    asterisk: PrivateAsterisk
    asterisk_pid: int
    server: ServerProcess
    server_pid: int
    authority: Path
    password: str


def users(count: int) -> list[str]:
    """The names of all."""
    return [f"user{number:05}" for number in range(count)]


async def fan_out(
    ready: Path,
    folder: Path,
    crowds: Sequence[tuple[int, int]] = CROWDS,
    seconds: float = SECONDS,
    line_processes: int = 0,
) -> list[Figure]:
    """Measure with so many clients and changes a second, few clients first; `ready` is the folder of packaging/asterisk.

    `line_processes`: as the setting; what they cost counts as the server's.
    """
    figures: list[Figure] = []
    ours_us, deliveries = 0.0, 0
    most = max(clients for clients, _ in crowds)
    async with _site(ready, folder, most + 1, line_processes) as site:
        for clients, rate in crowds:
            told, spent = await _changes(site, clients, rate, seconds)
            print(json.dumps(told), file=sys.stderr)
            deliveries = told["deliveries"]
            ours_us = sum(spent) / max(1, deliveries) * 1e6
            figures.append(_latency(clients, rate, told, [each_s / told["took_s"] for each_s in spent]))
        notified, asterisk_s = await _notifications(site)
    peer_us = asterisk_s / notified * 1e6
    remark = f"{deliveries} deliveries to {most} clients; {notified} NOTIFYs to {WATCHERS} subscriptions"
    cost = Figure(
        "CPU a delivered change", "µs", ours_us, peer_us, "Asterisk's dialog-info NOTIFY", "≤ 0.1 x",
        ours_us <= 0.1 * peer_us, remark,
    )  # fmt: skip
    return [*figures, cost]


def _latency(clients: int, rate: int, told: dict[str, Any], of_core: list[float]) -> Figure:
    whole = (
        not (told["undelivered"] or told["twice"] or told["refused"] or told["dropped"])
        and told["sleeper_dropped"]
    )
    dropped = "dropped" if told["sleeper_dropped"] else "NOT dropped"
    lines = "".join(f", a line process {share * 100:.0f} %" for share in of_core[1:])
    remark = (
        f"median {told['p50_ms']:.0f}, slowest {told['max_ms']:.0f} ms; {told['changes']} changes, {told['deliveries']} deliveries, "
        f"{told['undelivered']} missing, {told['twice']} twice, {told['refused']} refused, {told['dropped']} dropped; a client that never read was {dropped}; "
        f"CTI server {of_core[0] * 100:.0f} % of a core{lines}, the measuring clients {told['cpu'] * 100:.0f} %"
    )
    name = f"{rate} presence changes/s to {clients} clients, p99"
    met = whole and told["p99_ms"] <= LIMIT_MS
    return Figure(name, "ms", told["p99_ms"], 0.0, "", f"≤ {LIMIT_MS:.0f} ms", met, remark)


@asynccontextmanager
async def _site(ready: Path, folder: Path, people: int, line_processes: int) -> AsyncIterator[Site]:
    files = await asyncio.to_thread(issue, folder / "tls", ["localhost", "127.0.0.1"])
    manager = ManagerAccount("wwphone", secrets.token_urlsafe(24))
    asterisk = PrivateAsterisk(
        AsteriskPaths(ready, folder / "asterisk"),
        free_ports(),
        manager,
        TlsFiles(files.certificate, files.key),
    )
    await asyncio.to_thread(asterisk.prepare)
    local = asterisk.configuration_dir.parent / "wwphone-local"
    local.mkdir()
    (local / "extensions.conf").write_text(
        f"[wwphone-hints](+)\nexten => {_EXTENSION},hint,Custom:{_EXTENSION}\n", "utf-8"
    )
    await asyncio.to_thread(asterisk.start)
    store = f"sqlite:///{folder / 'store.sqlite'}"
    password = generated_password()
    await _hire(store, people, password)
    settings = _settings(asterisk, files, store)
    settings["listener"]["line_processes"] = line_processes
    server = ServerProcess(folder / "server", settings, manager.secret)
    try:
        await server.start()
        site = Site(
            asterisk, _pid_of(b"asterisk.conf"), server, _pid_of(b"demo.kept"), files.authority, password
        )
        await _configured(site, people)
        yield site
    finally:
        await server.stop()
        await asyncio.to_thread(asterisk.stop)


def _pid_of(word: bytes) -> int:
    """The program of ours with this word among its arguments, shells that watch over it left out."""
    found = [
        pid
        for pid in descendants(os.getpid())
        if word in (line := Path(f"/proc/{pid}/cmdline").read_bytes()) and not line.startswith(b"/bin/sh")
    ]
    return found[0]


async def _configured(site: Site, people: int) -> None:
    last = users(people)[-1]
    async with asyncio.timeout(60):
        while f"Endpoint:  {last}" not in await asyncio.to_thread(_endpoint, site, last):
            continue


def _endpoint(site: Site, user: str) -> str:
    time.sleep(_PAUSE_S)
    return site.asterisk.command(f"pjsip show endpoint {user}")


async def _hire(url: str, people: int, password: str) -> None:
    store = SqlStore(url)
    await store.open()
    await store.replace_groups(
        tuple(PresenceGroup(f"Group {number}", number) for number in range(1, _GROUPS + 1))
    )
    password_hash = quick_hash(password)
    for number, user in enumerate(users(people)):
        group = f"Group {number % _GROUPS + 1}"
        await store.add_user(
            UserRecord(
                user, str(20_000 + number), f"User {number}", group, secrets.token_hex(12), password_hash
            )
        )
    first = users(1)[0]
    await store.replace_user(UserRecord(first, "20000", "User 0", "Group 1", password, password_hash))
    await store.close()


def _settings(asterisk: PrivateAsterisk, files: IssuedFiles, store: str) -> dict[str, Any]:
    return {
        # Nobody reads while thousands sign in one after the other, so nobody answers either.
        "listener": {"port": free_tcp_port(), "heartbeat_s": 600.0},
        "http": {"port": -1},
        "tls": {"certificate": str(files.certificate), "key": str(files.key)},
        "store": {"url": store},
        "pbx": {
            "ami_port": asterisk.ports.ami,
            "ami_user": asterisk.manager.user,
            "configuration_folder": str(asterisk.configuration_dir),
            "media_address": "127.0.0.1",
        },
        "sip": {
            "host": "localhost",
            "udp_port": asterisk.ports.sip,
            "tls_port": asterisk.ports.sip_tls,
            "transport": "udp",
            "certificate_authority": str(files.authority),
        },
    }


async def _changes(site: Site, clients: int, rate: int, seconds: float) -> tuple[dict[str, Any], list[float]]:
    """Run the crowd; return what it saw and the processor time of the CTI server and its line processes meanwhile."""
    crowd = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks.crowd",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert crowd.stdin
    assert crowd.stdout
    order = Order(site.server.port, str(site.authority), site.password, users(clients + 1), rate, seconds)
    crowd.stdin.write(json.dumps(asdict(order)).encode() + b"\n")
    print((await crowd.stdout.readline()).decode(), file=sys.stderr)
    await asyncio.sleep(2)
    ours = [site.server_pid, *_line_processes(site.server_pid)]
    before = [cpu_s(pid) for pid in ours]
    crowd.stdin.write(b"go\n")
    await crowd.stdout.readline()
    spent = [cpu_s(pid) - spent_before for pid, spent_before in zip(ours, before, strict=True)]
    crowd.stdin.write(b"tell\n")
    told = json.loads(await crowd.stdout.readline())
    await crowd.wait()
    return told, spent


def _line_processes(server_pid: int) -> list[int]:
    """Those that keep lines for the server; what else it starts may be gone any moment."""
    found = []
    for pid in descendants(server_pid):
        with contextlib.suppress(OSError):
            if b"wwphone.server.lines" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(pid)
    return found


async def _notifications(site: Site) -> tuple[int, float]:
    """Toggle one state; return how many NOTIFYs went out and Asterisk's processor time for them."""
    watchers = Watchers(users(1)[0], site.password, _EXTENSION, site.asterisk.ports.sip)
    try:
        await watchers.open(WATCHERS)
        before_s, before = cpu_s(site.asterisk_pid), watchers.notified
        for number in range(TOGGLES):
            state = "INUSE" if number % 2 == 0 else "NOT_INUSE"
            await asyncio.to_thread(site.asterisk.command, f"devstate change Custom:{_EXTENSION} {state}")
            await watchers.wait_for(before + (number + 1) * WATCHERS)
        return watchers.notified - before, cpu_s(site.asterisk_pid) - before_s
    finally:
        watchers.close()
