"""A colleague's phone: one `demo.agent` process, steered and followed from asyncio."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from demo.agent import as_json
from wwphone.domain.account import SipAccount

logger = logging.getLogger(__name__)

STOP_TIMEOUT_S = 6.0
PhoneListener = Callable[[dict[str, Any]], None]


class Phone:
    """Starts with `start`, tells its events to one listener, ends with `stop`; never outlives this process."""

    def __init__(self, name: str, log: Path, listener: PhoneListener) -> None:
        self.name = name
        self._log = log
        self._listener = listener
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._process
        return self._process.pid

    async def start(self, account: SipAccount, **more_settings: Any) -> None:
        """Start the process and register; more fields of EngineSettings may be given.

        Raises OSError when it cannot be started.
        """
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "demo.agent",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for us; we end the phones in order
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
        self._reader = asyncio.create_task(self._read(), name=f"phone of {self.name}")
        settings = {
            "user_agent": f"wwphone demo ({self.name})",
            "null_sound": True,
            "bind_address": "127.0.0.1",
            **more_settings,
        }
        self.do("start", settings=settings)
        self.do("register", account=as_json(account))

    async def stop(self) -> None:
        """Hang up, unregister, end."""
        process = self._process
        if process is None:
            return
        self.do("quit")
        try:
            await asyncio.wait_for(process.wait(), STOP_TIMEOUT_S)
        except TimeoutError:
            logger.warning("the phone of %s did not end by itself", self.name)
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if self._reader:
            await self._reader
        self._process = None

    def do(self, command: str, **fields: Any) -> None:
        """Give a command; see demo.agent for them. A phone that is gone hears nothing."""
        if self._process is None or self._process.stdin is None or self._process.returncode is not None:
            return
        line = json.dumps({"do": command, **fields}) + "\n"
        with contextlib.suppress(ConnectionError, RuntimeError):  # it ended at this very moment
            self._process.stdin.write(line.encode())

    def dial(self, address: str) -> str:
        """Call somebody; return the call's id."""
        call_id = uuid.uuid4().hex
        self.do("dial", address=address, call_id=call_id)
        return call_id

    async def _read(self) -> None:
        assert self._process
        assert self._process.stdout
        async for line in self._process.stdout:
            try:
                event = json.loads(line)
            except ValueError:
                logger.warning("the phone of %s said %r", self.name, line[:200])
                continue
            if event.get("event") == "BadCommand":
                logger.warning("the phone of %s did not understand: %s", self.name, event.get("detail"))
            self._listener(event)
