"""PJSIP's own C program as a peer, steered through its console."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path

READY_TIMEOUT_S = 15.0


def program() -> Path:
    """The `pjsua` that was built with the pjsua2 we ship. Raises FileNotFoundError."""
    path = Path(os.environ["WWPHONE_PJSUA2"]) / "bin" / "pjsua"
    if not path.exists():
        raise FileNotFoundError(path)
    return path


@dataclass(frozen=True)
class Login:
    """Where pjsua registers; the password goes into a file of its owner, not into the arguments."""

    user: str
    password: str
    host: str
    port: int


class Pjsua:
    """One pjsua process without a sound device, with PCMA alone."""

    def __init__(self, folder: Path, login: Login) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._login = login
        self._process: asyncio.subprocess.Process | None = None
        self._drain: asyncio.Task[None] | None = None
        self._registered = asyncio.Event()
        self._prompt = asyncio.Event()

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._process
        return self._process.pid

    async def start(self) -> None:
        """Start and register. Raises TimeoutError."""
        login = self._login
        registrar = f"sip:{login.host}:{login.port}"
        options = [
            "--null-audio",
            "--no-tcp",
            "--local-port=0",
            "--bound-addr=127.0.0.1",
            "--ip-addr=127.0.0.1",
            f"--id=sip:{login.user}@{login.host}:{login.port}",
            f"--registrar={registrar}",
            "--realm=*",
            f"--username={login.user}",
            f"--password={login.password}",
            "--auto-answer=180",
            "--dis-codec=*",
            "--add-codec=PCMA",
            "--no-vad",  # as ours: else it sends nothing while it hears silence
            "--no-color",
            "--app-log-level=3",
            "--max-calls=4",
        ]
        file = self._folder / "pjsua.cfg"
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write("\n".join(options) + "\n")
        self._process = await asyncio.create_subprocess_exec(
            "stdbuf",  # becomes pjsua, which would keep its words back in a pipe
            "-oL",
            program(),
            f"--config-file={file}",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        self._drain = asyncio.create_task(self._read())
        async with asyncio.timeout(READY_TIMEOUT_S):
            await self._prompt.wait()
            await self._registered.wait()

    def dial(self, address: str) -> None:
        """Call a SIP address."""
        self._type(f"m\n{address}\n")

    def hang_up_all(self) -> None:
        """End every call."""
        self._type("ha\n")

    async def stop(self) -> None:
        """End the program."""
        assert self._process
        self._type("q\n")
        try:
            await asyncio.wait_for(self._process.wait(), 5.0)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        assert self._drain
        await self._drain

    def _type(self, text: str) -> None:
        assert self._process
        assert self._process.stdin
        self._process.stdin.write(text.encode())

    async def _read(self) -> None:
        assert self._process
        assert self._process.stdout
        async for line in self._process.stdout:
            text = line.decode(errors="replace")
            if "registration success" in text:
                self._registered.set()
            if "You have" in text:
                self._prompt.set()
