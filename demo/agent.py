"""A phone without a window: `python -m demo.agent`, steered by JSON lines, as colleague of the demo and in the tests.

On stdin one command a line, `{"do": "dial", "address": "201", "call_id": "x"}`; on stdout one event a line,
`{"event": "CallChanged", "call": {…}}`: the events of `wwphone.sip.api` by class name with their fields. The SIP
account, password included, comes on stdin as well, so that it shows in no list of processes. The phone ends with
`{"do": "quit"}`, at the end of stdin, or on SIGTERM: it hangs up and unregisters first.

| command | fields |
|---|---|
| `start` | `settings`: fields of EngineSettings |
| `register` | `account`: fields of SipAccount |
| `unregister`, `register_again`, `play_test_tone`, `stop_ringing`, `refresh_sound_devices`, `quit` | none |
| `dial` | `address`, `call_id`, optional `headers` |
| `ring`, `answer`, `hold`, `resume` | `call_id` |
| `hang_up` | `call_id`, optional `reason` (an EndReason) |
| `mute` | `call_id`, `muted` |
| `transfer`, `deflect` | `call_id`, `address` |
| `transfer_to` | `call_id`, `other_call_id` |
| `join` | `call_ids` |
| `split` | `call_id` |
| `send_dtmf` | `call_id`, `digits` |
| `play_file`, `record_file` | `call_id`, `path` |
| `start_ringing` | `path` |
| `select_sound` | fields of SoundSelection |
| `set_measuring` | `levels`, `quality` |
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import IO, Any

from wwphone.domain.account import MediaEncryption, SipAccount, Transport
from wwphone.domain.calls import CallEnd, EndReason
from wwphone.domain.devices import SoundSelection
from wwphone.sip.api import EngineSettings, SipEngine, SipError, SipEvent
from wwphone.sip.pjsua.engine import PjsuaEngine

_LOG = logging.getLogger(__name__)


def as_json(value: Any) -> Any:
    """Turn events and what is in them into what JSON knows: enums by value, times in ISO 8601."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {each.name: as_json(getattr(value, each.name)) for each in dataclasses.fields(value)}
    if isinstance(value, (tuple, list)):
        return [as_json(each) for each in value]
    return value


def event_line(event: SipEvent) -> str:
    """Return the line that tells of an event."""
    return json.dumps({"event": type(event).__name__, **as_json(event)})


def account_from(fields: dict[str, Any]) -> SipAccount:
    """Read an account; raises KeyError, TypeError or ValueError."""
    return SipAccount(
        **{
            **fields,
            "transport": Transport(fields["transport"]),
            "media_encryption": MediaEncryption(fields["media_encryption"]),
        }
    )


def command_from(fields: dict[str, Any]) -> Callable[[SipEngine], None]:
    """Read a command; raises KeyError, TypeError or ValueError when it cannot be understood."""
    name = fields.pop("do")
    match name:
        case "register":
            account = account_from(fields["account"])
            return lambda engine: engine.register(account)
        case "hang_up":
            reason = fields.pop("reason", None)
            fields["end"] = CallEnd(EndReason(reason)) if reason else None
        case "play_file" | "record_file":
            path = Path(fields["path"])
            call_id = str(fields["call_id"])
            return lambda engine: getattr(engine, name)(call_id, path)
        case "start_ringing":
            sound = Path(fields["path"])
            return lambda engine: engine.start_ringing(sound)
        case "select_sound":
            selection = SoundSelection(**fields)
            return lambda engine: engine.select_sound(selection)
    if name not in _PLAIN_COMMANDS:
        raise ValueError(f"there is no command {name!r}")
    return lambda engine: getattr(engine, name)(**fields)


_PLAIN_COMMANDS = frozenset(
    {
        "unregister",
        "register_again",
        "play_test_tone",
        "stop_ringing",
        "refresh_sound_devices",
        "dial",
        "ring",
    }
    | {"answer", "hold", "resume", "hang_up", "mute", "send_dtmf", "set_measuring"}
    | {"transfer", "transfer_to", "deflect", "join", "split"}
)


class Agent:
    """One engine, with commands in and event lines out."""

    def __init__(self, engine: SipEngine, output: IO[str]) -> None:
        self._engine = engine
        self._output = output
        self.quit = asyncio.Event()

    async def take(self, line: str) -> None:
        """Carry one line out; what cannot be understood is answered with a BadCommand."""
        try:
            fields = json.loads(line)
            if fields.get("do") == "quit":
                self.quit.set()
            elif fields.get("do") == "start":
                await self._engine.start(EngineSettings(**fields.get("settings", {})), self._tell)
                self._write({"event": "Started"})
            else:
                command_from(fields)(self._engine)
        except (KeyError, TypeError, ValueError, AttributeError, SipError) as failure:
            self._write({"event": "BadCommand", "detail": f"{type(failure).__name__}: {failure}"})

    async def end(self) -> None:
        """Hang up, unregister, stop."""
        await self._engine.shutdown()
        self._write({"event": "Ended"})

    def _tell(self, event: SipEvent) -> None:
        self._print(event_line(event))

    def _write(self, fields: dict[str, Any]) -> None:
        self._print(json.dumps(fields))

    def _print(self, line: str) -> None:
        try:
            print(line, file=self._output, flush=True)
        except BrokenPipeError:  # whoever steered us is gone: so go we
            self.quit.set()


async def run(engine: SipEngine, source: IO[str], output: IO[str]) -> None:
    """Be a phone until told to quit, or until nobody can tell any more."""
    agent = Agent(engine, output)
    lines: asyncio.Queue[str | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, agent.quit.set)
    # A thread, because stdin may be a pipe, a file or a terminal; it ends with stdin or with the process.
    threading.Thread(target=_read, args=(source, loop, lines), name="stdin", daemon=True).start()
    quitting = asyncio.ensure_future(agent.quit.wait())
    try:
        while not agent.quit.is_set():
            reading = asyncio.ensure_future(lines.get())
            await asyncio.wait({reading, quitting}, return_when=asyncio.FIRST_COMPLETED)
            if not reading.done():
                reading.cancel()
                break
            line = reading.result()
            if line is None:
                break
            await agent.take(line)
    finally:
        quitting.cancel()
        await agent.end()


def _read(source: IO[str], loop: asyncio.AbstractEventLoop, lines: asyncio.Queue[str | None]) -> None:
    try:
        for line in source:
            if line.strip():
                loop.call_soon_threadsafe(lines.put_nowait, line)
        loop.call_soon_threadsafe(lines.put_nowait, None)
    except RuntimeError as closed:  # the loop has ended before stdin did
        _LOG.debug("a command came too late: %s", closed)


def main() -> None:
    """Run on stdin and stdout; the log goes to stderr."""
    level = os.environ.get("WWPHONE_AGENT_LOG", "WARNING").upper()
    logging.basicConfig(level=level, format="%(asctime)s %(name)s %(message)s")
    # PJSIP prints to stdout before anybody can tell it not to: stdout is kept for events, and that goes to stderr.
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as output:
        os.dup2(2, 1)
        asyncio.run(run(PjsuaEngine(), sys.stdin, output))


if __name__ == "__main__":
    main()
