"""The window of the demo: the real client, signed in as one of the company. `python -m demo.window`, order on stdin.

The order is one JSON line: server, user, password (never an argument), and for a run without a screen what to do and
where to put pictures. Without a screen the result is one JSON line on stdout.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from demo.kept import when_alone
from demo.order import Order, Result, Tour
from wwphone.app.hotkeys import system_hotkeys
from wwphone.app.main import run, sounds_folder
from wwphone.app.program import Program
from wwphone.config import options
from wwphone.config.logs import start_logging
from wwphone.config.notes import NotesFile
from wwphone.config.paths import Paths
from wwphone.config.settings import Settings
from wwphone.cti.link import WebSocketLink
from wwphone.domain.calls import CallKind, CallSnapshot, CallState, PhoneState
from wwphone.domain.presence import DEFAULT_REACH
from wwphone.gui.main_window import MainWindow
from wwphone.services.bundle import Ground
from wwphone.services.calls import CannotDialError
from wwphone.sip.api import EngineSettings, RegistrationState, SipEngine
from wwphone.sip.pjsua.engine import PjsuaEngine

_POLL_S = 0.05
_NEXT_TRY_S = 1.0


class SecretsInMemory:
    """The key store of the demo: forgotten with the window."""

    def __init__(self, secrets: dict[str, str]) -> None:
        self._secrets = secrets

    async def get(self, account: str) -> str | None:
        """See Secrets."""
        return self._secrets.get(account)

    async def put(self, account: str, secret: str) -> None:
        """See Secrets."""
        self._secrets[account] = secret

    async def remove(self, account: str) -> None:
        """See Secrets."""
        self._secrets.pop(account, None)


class Visitor:
    """Walks through the program when nobody is there to do it."""

    def __init__(self, program: Program, engine: SipEngine, tour: Tour) -> None:
        self._program = program
        self._services = program.services
        self._engine = engine
        self._tour = tour
        self.result = Result()
        self._services.calls.incoming.subscribe(self._on_incoming)

    async def walk(self) -> None:
        """Look, call, be called, and end the program."""
        try:
            async with asyncio.timeout(self._tour.seconds):
                await self._walk()
        except TimeoutError:
            self.result.problem = self.result.problem or "the time was over"
        finally:
            self._program.quit()

    async def _walk(self) -> None:
        ends_s = asyncio.get_running_loop().time() + self._tour.seconds - 2.0
        await self._until(lambda: self._registration() is RegistrationState.REGISTERED)
        self.result.registered = True
        await self._until(lambda: self._colleagues() > 1)
        self.result.colleagues = self._colleagues()
        self._picture("colleagues")
        await self._call()
        await asyncio.sleep(max(0.0, ends_s - asyncio.get_running_loop().time()))
        self._picture("end")

    async def _call(self) -> None:
        """Call until somebody answers: colleagues have a life of their own, and may be busy or away at this moment."""
        while not await self._call_somebody():  # noqa: ASYNC110 - each try is one, the pause is a person's
            await asyncio.sleep(_NEXT_TRY_S)
        self.result.problem = ""

    async def _call_somebody(self) -> bool:
        number = self._whom()
        if not number:
            self.result.problem = "nobody was free"
            return False
        try:
            call_id = self._services.calls.dial(number)
        except CannotDialError as refused:
            self.result.problem = f"nothing was dialled: {refused}"
            return False
        await self._until(lambda: self._state(call_id) in (CallState.ACTIVE, CallState.ENDED))
        call = self._services.calls.call(call_id)
        if call is None or call.state is CallState.ENDED:
            self.result.problem = f"the call ended: {call.end if call else 'unknown'}"
            return False
        self.result.called = number
        await self._talk(call_id)
        return True

    def _whom(self) -> str:
        """Whom to call: the one of the tour, else whoever is free and lets calls from inside ring; empty: nobody."""
        own = self._services.account.snapshot.profile
        free = [
            line.colleague.number
            for _, users in self._services.presence.by_group()
            for line in map(self._services.presence.line, users)
            if line is not None
            and line.phone is PhoneState.FREE
            and line.presence is not None
            and CallKind.INTERNAL in DEFAULT_REACH[line.presence.status]
            and (own is None or line.colleague.user != own.user)
        ]
        return self._tour.number if self._tour.number in free else next(iter(free), "")

    async def _talk(self, call_id: str) -> None:
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        self._engine.record_file(call_id, Path(self._tour.recording))
        self._engine.play_file(call_id, Path(self._tour.voice))
        await self._until(lambda: loop.time() - began_s > 6.0 or self._state(call_id) is not CallState.ACTIVE)
        self._picture("call")
        self.result.call_seconds = loop.time() - began_s
        self._services.calls.hang_up(call_id)
        await self._until(lambda: self._state(call_id) in (CallState.ENDED, None))
        self._picture("call_ended")

    def _on_incoming(self, call: CallSnapshot) -> None:
        self.result.incoming += 1
        asyncio.get_running_loop().call_later(1.5, self._take, call.call_id)

    def _take(self, call_id: str) -> None:
        self._picture("incoming")
        self._services.calls.answer(call_id)

    def _colleagues(self) -> int:
        return sum(len(lines) for _, lines in self._services.presence.by_group())

    def _registration(self) -> RegistrationState:
        return self._services.account.snapshot.registration.state

    def _state(self, call_id: str) -> CallState | None:
        call = self._services.calls.call(call_id)
        return call.state if call else None

    async def _until(self, condition: Callable[[], bool]) -> None:
        while not condition():  # noqa: ASYNC110 - the conditions belong to many parts that have no one event
            await asyncio.sleep(_POLL_S)

    def _picture(self, name: str) -> None:
        if not self._tour.pictures:
            return
        window: MainWindow = self._program.shell.window
        for part, widget in (
            ("", window),
            *(("_popup", popup) for popup in self._program.shell.popups.shown),
        ):
            target = Path(self._tour.pictures) / f"demo_{name}{part}.png"
            if widget.grab().save(str(target)):
                self.result.pictures.append(target.name)


def run_order(order: Order, prepare: Callable[[Program], None]) -> int:
    """Run the client as ordered; `prepare` gets the program as soon as its loop runs."""
    return _run(order, PjsuaEngine(), prepare)


def _run(order: Order, engine: SipEngine, prepare: Callable[[Program], None]) -> int:
    home = Path(order.home)
    paths = Paths(home / "settings", home / "data", home / "cache", home / "log").make()
    start_logging(paths.log_file)
    settings = Settings(paths.settings_file)
    for option, value in (
        (options.SERVER_HOST, order.host),
        (options.SERVER_PORT, order.port),
        (options.SERVER_AUTHORITY, order.authority),
        (options.USER, order.user),
        (options.LANGUAGE, order.language),
    ):
        settings.set(option, value)
    secrets = SecretsInMemory({f"{order.user}@{order.host}": order.password})
    link, notes = WebSocketLink(), NotesFile(paths.notes_file)

    def ground(_: Paths) -> Ground:
        # Not before: which hot-keys there are shows when Qt has its screen.
        return Ground(engine, link, settings, secrets, sounds_folder(), notes, system_hotkeys())

    engine_settings = EngineSettings(user_agent="wwphone demo (you)", null_sound=order.tour is not None)
    return run("", paths, ground, prepare, engine_settings)


def main() -> int:
    """Read the order, run the client, and tell what came of the tour."""
    fields = json.loads(sys.stdin.readline())
    tour = Tour(**fields.pop("tour")) if fields.get("tour") else None
    engine = PjsuaEngine()
    visitors: list[Visitor] = []

    def prepare(program: Program) -> None:
        loop = asyncio.get_running_loop()
        when_alone(lambda: loop.call_soon_threadsafe(program.quit))
        if tour:
            visitors.append(Visitor(program, engine, tour))
            program.tasks.start(visitors[0].walk())

    code = _run(Order(**{**fields, "tour": tour}), engine, prepare)
    for visitor in visitors:
        print(json.dumps(asdict(visitor.result)), flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
