"""The real client as it is measured: signed in at a real CTI server, registered at the sink, on a screen in memory.

Its process is `benchmarks.painting`; nothing of Qt runs in the measuring one.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType

from benchmarks.sink import HOST, Sink
from demo.order import Order
from demo.server_process import ServerProcess, free_tcp_port
from tests.helpers.sound import SoundServer
from wwphone.server.certificates import issue

USER = "anna"
_READY_TIMEOUT_S = 30.0
IN_MEMORY: Mapping[str, str] = MappingProxyType({"QT_QPA_PLATFORM": "offscreen"})
"""Draws for real, shows nobody."""


class Window:
    """CTI server and client; `expect_painted` tells when the next thing of a kind was painted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.sink = Sink()
        self._server: ServerProcess | None = None
        self._sound = SoundServer(folder / "sound")
        self._password = ""
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._waiting: dict[str, asyncio.Future[float]] = {}

    @property
    def pid(self) -> int:
        """The client's process."""
        assert self._process
        return self._process.pid

    async def open(self) -> None:
        """Start the CTI server; its PBX is away, its SIP accounts are the sink's."""
        await self.sink.open()
        await asyncio.to_thread(self._sound.start)
        files = issue(self._folder / "tls", ["localhost", HOST])
        port = free_tcp_port()
        self._server = ServerProcess(
            self._folder / "server",
            {
                "listener": {"port": port},
                "http": {"port": -1},
                "tls": {"certificate": str(files.certificate), "key": str(files.key)},
                "store": {"url": f"sqlite:///{self._folder / 'server' / 'store.sqlite'}"},
                "pbx": {"ami_port": free_tcp_port(), "configuration_folder": str(self._folder / "unused")},
                "sip": {"host": HOST, "udp_port": self.sink.port, "transport": "udp"},
            },
            "unused",
        )
        passwords = await self._server.make_company()
        self._password = passwords[USER]
        await self._server.start()

    async def start(self, screen: Mapping[str, str] = IN_MEMORY) -> float:
        """Start the client on a screen; return the seconds until its window was painted, signed in and registered or not."""
        assert self._server
        order = Order(
            "localhost",
            self._server.port,
            str(self._folder / "tls" / "ca.pem"),
            USER,
            self._password,
            "en",
            str(self._folder / "home"),
        )
        painted = self.expect_painted("window")
        registered = self.sink.expect("REGISTER", "REGISTER")
        began_s = time.monotonic()
        with (self._folder / "window.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "benchmarks.painting",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                env={**os.environ, **self._sound.environment(), **screen},
            )
        assert self._process.stdin
        self._process.stdin.write(json.dumps(asdict(order)).encode() + b"\n")
        self._reader = asyncio.create_task(self._read())
        at_s = await asyncio.wait_for(painted, _READY_TIMEOUT_S)
        await asyncio.wait_for(registered, _READY_TIMEOUT_S)
        return at_s - began_s

    async def stop(self) -> None:
        """End the client."""
        assert self._process
        self._process.terminate()
        await self._process.wait()
        assert self._reader
        await self._reader

    async def close(self) -> None:
        """End the CTI server."""
        assert self._server
        await self._server.stop()
        await asyncio.to_thread(self._sound.stop)
        self.sink.close()

    def expect_painted(self, what: str) -> asyncio.Future[float]:
        """The moment (monotonic clock, s) at which the next `window` or `popup` is painted for the first time."""
        future: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._waiting[what] = future
        return future

    async def _read(self) -> None:
        assert self._process
        assert self._process.stdout
        async for line in self._process.stdout:
            what, _, at = line.decode().strip().partition(" ")
            future = self._waiting.pop(what, None)
            if future and not future.done():
                future.set_result(float(at))
