"""The running program: services, window, tray icon, and the order in which they begin and end."""

from __future__ import annotations

import asyncio
import logging
import time

import wwphone
from wwphone.app import STARTED_S
from wwphone.cti.api import CommandRefusedError, LinkFailedError
from wwphone.domain.actions import CALL_ACTIONS, Action, Order, Outcome
from wwphone.gui.marked import marked_text
from wwphone.gui.shell import Shell
from wwphone.services.account import SignInGivenUpError
from wwphone.services.bundle import Ground, Services
from wwphone.services.tasks import TaskOwner
from wwphone.sip.api import EngineSettings, SipError

logger = logging.getLogger(__name__)

_REGISTERED_WITHIN_S = 10.0
"""How long a number that came from outside waits for the registration."""


class Program:
    """Shows the window first, then brings up voice and line: nobody waits in front of an empty screen."""

    def __init__(self, ground: Ground, engine_settings: EngineSettings | None = None) -> None:
        self.services = Services(ground)
        self.shell = Shell(self.services, self.quit)
        self.tasks = TaskOwner("program")
        self._engine_settings = engine_settings or EngineSettings(user_agent=f"wwphone/{wwphone.__version__}")
        self._quit = asyncio.Event()
        self.shell.window.painted.connect(self._on_painted)
        self.services.hotkeys.pressed.subscribe(self._on_hotkey_pressed)

    async def run(self, address: str = "") -> None:
        """Run until `quit`; `address` is dialled as soon as that is possible."""
        self.shell.show()
        self.tasks.start(self._begin(address))
        await self._quit.wait()
        self.shell.hide()  # ending PJSIP takes a second: nobody has to watch it
        await self.tasks.shutdown()
        await self.services.shutdown()
        await self.shell.close()

    def quit(self) -> None:
        """End the program in order."""
        self._quit.set()

    def carry_out(self, order: Order) -> Outcome:
        """Do what was asked from outside: the command line, the desktop, a hot-key."""
        if order.action in CALL_ACTIONS:
            return Outcome.DONE if self.services.actions.do(order.action) else Outcome.NOTHING
        match order.action:
            case Action.DIAL:
                self.dial(order.address)
            case Action.DIAL_MARKED:
                text = marked_text()
                if not text:
                    return Outcome.NOTHING
                self.dial(text)
            case Action.PICK_UP:
                if not self.shell.window.colleagues.ringing.take_first():
                    return Outcome.NOTHING
            case Action.SHOW:
                self.shell.show()
        return Outcome.DONE

    def dial(self, address: str) -> None:
        """Dial what came from outside (a link, a second start), and show the window."""
        self.shell.show()
        self.tasks.start(self._dial(address))

    async def _dial(self, address: str) -> None:
        """Dial as soon as this PC is registered, or after a while: then the field says why it cannot."""
        if not self.services.modes.ready:
            self.shell.dial_later(address)
            registered = asyncio.Event()

            def look(_: object) -> None:
                if self.services.modes.ready:
                    registered.set()

            unsubscribe = [
                self.services.account.changed.subscribe(look),
                self.services.modes.changed.subscribe(look),
            ]
            try:
                async with asyncio.timeout(_REGISTERED_WITHIN_S):
                    await registered.wait()
            except TimeoutError:
                logger.info("not registered in time to dial what was asked for")
            finally:
                for each in unsubscribe:
                    each()
        self.shell.dial(address)

    @staticmethod
    def _on_painted() -> None:
        logger.info("window painted after %.0f ms", (time.monotonic() - STARTED_S) * 1000)

    def _on_hotkey_pressed(self, action: Action) -> None:
        self.carry_out(Order(action))

    async def _begin(self, address: str) -> None:
        try:
            await self.services.start(self._engine_settings)
        except SipError as error:
            logger.exception("no voice on this PC")
            self.services.sound.engine_failed(str(error))
        if address:
            self.tasks.start(self._dial(address))
        try:
            signed_in = await self.services.account.sign_in_remembered()
        except (CommandRefusedError, LinkFailedError) as error:
            self.shell.ask_to_sign_in(error)
            return
        except SignInGivenUpError:
            return  # by the person, who sees how to try again
        if not signed_in:
            self.shell.ask_to_sign_in(None)
