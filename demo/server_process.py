"""The demo's CTI server: `wwphone-server` as a process of its own; settings in a file, secrets in its environment."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import secrets
import signal
import socket
import sys
from pathlib import Path

from demo.errors import DemoError

Settings = dict[str, dict[str, str | int | bool | float]]

START_TIMEOUT_S = 20.0
STOP_TIMEOUT_S = 10.0
_POLL_S = 0.02
_LOOPBACK = "127.0.0.1"


def free_tcp_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((_LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


class ServerProcess:
    """Makes the company's people, then serves until stopped; may be killed and started again on the same port."""

    def __init__(self, folder: Path, settings: Settings, ami_secret: str) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._settings_file = folder / "wwphone-server.toml"
        self._settings_file.write_text(_toml(settings), "utf-8")
        key = base64.b64encode(secrets.token_bytes(32)).decode()  # of this run: nothing is kept longer
        self._environment = {**os.environ, "WWPHONE_PBX_AMI_SECRET": ami_secret, "WWPHONE_RECORDING_KEY": key}
        self._process: asyncio.subprocess.Process | None = None
        self.port = int(settings["listener"]["port"])

    @property
    def log(self) -> Path:
        """What the server says."""
        return self._folder / "server.log"

    async def make_company(self) -> dict[str, str]:
        """Make the demo people; return their CTI passwords. Raises DemoError."""
        file = self._folder / "passwords"
        process = await asyncio.create_subprocess_exec(
            *self._command("demo-data", "--passwords-file", str(file)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            env=self._environment,
        )
        _, complaints = await process.communicate()
        if process.returncode != 0:
            raise DemoError(f"the company could not be made: {complaints.decode(errors='replace').strip()}")
        lines = (line.partition(":") for line in file.read_text("utf-8").splitlines())
        return {user: password for user, _, password in lines}

    async def start(self) -> None:
        """Serve; returns when clients can connect. Raises DemoError."""
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command("serve"),
                stdin=asyncio.subprocess.PIPE,  # never written to: see demo.kept
                stdout=log,
                stderr=log,
                env=self._environment,
                start_new_session=True,  # Ctrl-C is for the demo, which ends its server in order
            )
        try:
            async with asyncio.timeout(START_TIMEOUT_S):
                while not await self._answers():
                    if self._process.returncode is not None:
                        raise DemoError(f"the CTI server ended at once; its log is {self.log}")
                    await asyncio.sleep(_POLL_S)
        except TimeoutError:
            raise DemoError(f"the CTI server does not answer; its log is {self.log}") from None

    async def stop(self) -> None:
        """End it in order."""
        await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        """End it as a crash would."""
        await self._end(signal.SIGKILL)

    async def _end(self, number: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(number)
        try:
            await asyncio.wait_for(process.wait(), STOP_TIMEOUT_S)
        except TimeoutError:
            process.kill()
            await process.wait()

    async def _answers(self) -> bool:
        try:
            _, writer = await asyncio.open_connection(_LOOPBACK, self.port)
        except OSError:
            return False
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        return True

    def _command(self, *words: str) -> tuple[str, ...]:
        program = ("-m", "demo.kept") if words == ("serve",) else ("-m",)
        return (sys.executable, *program, "wwphone.server.app", "--config", str(self._settings_file), *words)


def _toml(settings: Settings) -> str:
    lines: list[str] = []
    for table, values in settings.items():
        lines.append(f"[{table}]")
        # A JSON text, number or switch is one in TOML as well.
        lines += [f"{key} = {json.dumps(value)}" for key, value in values.items()]
    return "\n".join(lines) + "\n"
